"""What stands in the way of a server on EC2, by what the account answers."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from components._base import Surroundings
from components.harbor.ec2 import preflight
from components.harbor.ec2.settings import Ec2Settings
from contract.kinds import Environment

HOST = "registry.example.com"
GIVEN = {"vpc": "vpc-0123456789abcdef0", "subnet": "subnet-0123456789abcdef0"}


class Account:
    """An account in which all is well but what is said to differ."""

    def __init__(self, **differs: Any) -> None:
        right = {
            "account": "123456789012",
            "vpc": "vpc-0123456789abcdef0",
            "zones": ["us-east-1a", "us-east-1b"],
            "domain": "example.com.",
            "private": False,
        }
        found = SimpleNamespace(**{**right, **differs})
        self.asked: list[str] = []
        self.get_caller_identity = self._answers("identity", account_id=found.account)
        self.ec2 = SimpleNamespace(
            get_subnet=self._answers("subnet", vpc_id=found.vpc, availability_zone="us-east-1a"),
            get_instance_type_offerings=self._answers("offerings", locations=found.zones),
            GetInstanceTypeOfferingsFilterArgs=SimpleNamespace,
        )
        self.route53 = SimpleNamespace(get_zone=self._answers("zone", name=found.domain, private_zone=found.private))

    def _answers(self, what: str, **answer: Any) -> Callable[..., SimpleNamespace]:
        def asked(**_: Any) -> SimpleNamespace:
            self.asked.append(what)
            return SimpleNamespace(**answer)

        return asked


def told(
    monkeypatch: pytest.MonkeyPatch, account: Account, network: dict[str, str] = GIVEN, *, simulated: bool = False
) -> list[str]:
    """Each obstacle, with the key that it is about."""
    least = {"kind": "ec2", "account": "123456789012", "region": "us-east-1", "dns": {"zone": "Z0123456789"}}
    settings = Ec2Settings.model_validate({**least, "network": network})
    monkeypatch.setattr(preflight, "aws", account)
    monkeypatch.setattr(preflight, "aws_provider", lambda *_, **__: None)
    monkeypatch.setattr("pulumi.log.warn", lambda _: None)
    around = Surroundings("prod", Environment.PROD, {}, simulated=simulated)
    return [f"{'.'.join(each.inside)} {each.what}" for each in preflight.obstacles("main", settings, HOST, around)]


def test_nothing_stands_in_the_way_of_what_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    account = Account()
    assert told(monkeypatch, account) == []
    assert account.asked == ["identity", "subnet", "offerings", "zone"]


def test_of_another_account_nothing_more_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    account = Account(account="999999999999")
    (obstacle,) = told(monkeypatch, account)
    assert obstacle.startswith("vm.account refusing to touch account 999999999999")
    assert account.asked == ["identity"]


def test_in_a_simulation_only_the_account_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    account = Account(vpc="vpc-1", zones=[], domain="example.org.")
    assert told(monkeypatch, account, simulated=True) == []
    assert account.asked == ["identity"]


@pytest.mark.parametrize(
    ("differs", "what"),
    [
        ({"vpc": "vpc-00000000"}, "vm.network.subnet lies in vpc-00000000"),
        ({"zones": ["us-east-1b"]}, "vm.instanceType is not to be had in us-east-1a"),
        ({"domain": "example.org."}, "vm.dns.zone is the zone of example.org"),
        ({"domain": "ample.com."}, "vm.dns.zone is the zone of ample.com"),
        ({"private": True}, "vm.dns.zone is a private zone"),
    ],
)
def test_each_obstacle_is_named(monkeypatch: pytest.MonkeyPatch, differs: dict[str, Any], what: str) -> None:
    (obstacle,) = told(monkeypatch, Account(**differs))
    assert what in obstacle


@pytest.mark.parametrize(
    ("network", "zones", "what"),
    [
        ({"zone": "us-east-1e"}, ["us-east-1a"], "is not to be had in us-east-1e: it is in us-east-1a"),
        ({}, [], "is not to be had in us-east-1: it is in no zone of us-east-1"),
    ],
)
def test_a_network_that_is_made_needs_a_zone_with_the_type(
    monkeypatch: pytest.MonkeyPatch, network: dict[str, str], zones: list[str], what: str
) -> None:
    account = Account(zones=zones)
    (obstacle,) = told(monkeypatch, account, network)
    assert what in obstacle
    assert "subnet" not in account.asked
    assert told(monkeypatch, Account(), {}) == []
