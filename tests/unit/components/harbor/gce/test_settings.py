"""What a server on Compute Engine may be told, how a mistake in it reaches the user, and the names that follow."""

from typing import Any

import pytest

from components.harbor.gce import facts, names
from components.harbor.gce.buckets import bucket_name
from components.harbor.gce.settings import ComputeEngineSettings
from contract.problem import Problems
from stack._models import read
from stack._report import Report
from tests.unit.components.harbor.gce.declared import BARE, FULL, GIVEN

KEY = "projects/my-project/locations/{}/keyRings/harbor/cryptoKeys/disks"


def _taken(**block: Any) -> ComputeEngineSettings:
    return ComputeEngineSettings.model_validate({**BARE, **block}, by_alias=True, by_name=False)


def test_the_least_is_a_project_and_a_zone() -> None:
    found = _taken()
    assert (found.machine_type, found.data_gib, found.root_gib) == ("e2-standard-2", 160, 30)
    assert found.region == "europe-west1"
    assert found.allow_from == ("0.0.0.0/0",)
    assert found.metrics_from == ()


@pytest.mark.parametrize(
    ("block", "where", "what"),
    [
        ({"project": "Acme"}, "project", "is not a project's id"),
        ({"zone": "europe-west1"}, "zone", "is not a zone"),
        ({"machineType": "e2-small"}, "machineType", "has 2 CPUs and 2 GiB of memory: Harbor needs 2 CPUs and 4 GiB"),
        ({"machineType": "n1-standard-1"}, "machineType", "has 1 CPUs and 3.75 GiB"),
        ({"machineType": "c2d-standard-112"}, "machineType", "is a type whose size we do not know"),
        ({"machineType": "x9-tiny-1", "cpus": 1, "memoryGib": 8}, "machineType", "has 1 CPUs"),
        ({"machineType": "c2d-standard-112", "cpus": 112}, "machineType", "is a type whose size we do not know"),
        ({"machineType": "t2a-standard-4"}, "machineType", "are Arm"),
        ({"machineType": "n4-standard-4"}, "machineType", "takes Hyperdisk only"),
        ({"cpus": 4}, "machineType", "is written beside it"),
        ({"dataGib": 39}, "dataGib", "is less than the 40 GiB"),
        ({"metricsFrom": ["0.0.0.0/0"]}, "metricsFrom.0", "is the whole internet"),
        ({"allowFrom": ["203.0.113.7/24"]}, "allowFrom.0", "is not an IPv4 network"),
        ({"allowFrom": ["::/0"]}, "allowFrom.0", "is not an IPv4 network"),
        ({"allowFrom": []}, "allowFrom", ""),
        ({"maintenance": "Sunday 3:00"}, "maintenance", "is not a day and a time"),
        ({"snapshots": {"at": "01:30"}}, "snapshots.at", "is not a full hour"),
        ({"key": "harbor"}, "key", "is not the full name of a KMS key"),
        ({"key": KEY.format("us-central1")}, "key", "lies in us-central1, and the disks in europe-west1"),
        ({"image": "ubuntu"}, "image", "is not an image"),
        ({"dns": {"zone": "example.com"}}, "dns.zone", "is not a managed zone's name"),
        ({"network": {"network": "default"}}, "network", "names a `network` without a `subnetwork`"),
        ({"network": {"cidr": "203.0.113.0/24"}}, "network.cidr", "is not a private IPv4 network"),
        ({"network": {"cidr": "10.0.0.0/30"}}, "network.cidr", "is longer than /29"),
        ({"network": {"network": "a", "subnetwork": "b", "cidr": "10.0.0.0/24"}}, "network", "has `cidr` beside"),
        (
            {"network": {"network": "a", "subnetwork": "projects/p/regions/us-east1/subnetworks/b"}},
            "network.subnetwork",
            "lies in us-east1",
        ),
        ({"diskGib": 200}, "diskGib", ""),
    ],
)
def test_a_mistake_is_told_where_it_is(block: dict[str, Any], where: str, what: str) -> None:
    report = Report(stack="prod", file=None, secret_keys=())
    assert read(ComputeEngineSettings, {**BARE, **block}, ("vm",), report) is None
    with pytest.raises(Problems) as caught:
        report.raise_if_any()
    (one,) = caught.value.problems
    assert one.where.partition("vm")[2].removeprefix(".").replace("[", ".").replace("]", "") == where
    assert what in one.what


def test_several_mistakes_are_told_at_once() -> None:
    report = Report(stack="prod", file=None, secret_keys=())
    read(ComputeEngineSettings, {**BARE, "dataGib": 1, "machineType": "e2-micro"}, ("vm",), report)
    with pytest.raises(Problems) as caught:
        report.raise_if_any()
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize("block", [FULL, GIVEN, {"key": KEY.format("europe")}, {"machineType": "e2-medium"}])
def test_what_is_right_is_taken(block: dict[str, Any]) -> None:
    _taken(**block)


def test_a_type_that_nobody_knows_is_as_big_as_the_config_says() -> None:
    assert _taken(machineType="c2d-standard-112", cpus=112, memoryGib=448).size == facts.Size(112, 448)


@pytest.mark.parametrize(
    ("block", "words"),
    [
        ({}, ["Harbor recommends 4 CPUs and 8 GiB"]),
        ({"machineType": "e2-standard-4"}, []),
        ({"machineType": "e2-highcpu-4", "dataGib": 40}, ["e2-highcpu-4 has 4 CPUs and 4 GiB", "less than the 160"]),
    ],
)
def test_less_than_harbor_recommends_is_said_and_taken(block: dict[str, Any], words: list[str]) -> None:
    said = list(_taken(**block).warnings())
    assert len(said) == len(words)
    assert all(word in text for word, text in zip(words, said, strict=True))


def test_every_type_of_the_table_can_be_asked_for_or_is_too_small() -> None:
    """No line of the dated file is one that the rules refuse for another reason."""
    least = facts.minimum().size
    for type_, (cpus, memory) in facts.document()["types"].items():
        assert not facts.unusable(type_)
        if cpus >= least.cpus and memory >= least.memory:
            _taken(machineType=type_)


@pytest.mark.parametrize("slug", ["prod-main", "a", "-x-", "a-stack-with-a-very-long-name-00"])
def test_names_are_what_google_takes(slug: str) -> None:
    assert len(names.title(slug)) <= 43
    assert 6 <= len(names.account_id(slug)) <= 30
    assert len(names.role_id(slug, "records")) <= 64
    assert "-" not in names.role_id(slug, "records")
    for name in (names.title(slug), names.account_id(slug)):
        assert name[0].isalpha()
        assert name[-1].isalnum()
    assert len(bucket_name(slug, "storage", "my-project", "org/p/s/r")) <= 63


def test_names_that_are_cut_stay_apart() -> None:
    long = "a-stack-with-a-very-long-name-0"
    assert names.account_id(f"{long}1") != names.account_id(f"{long}2")
    assert bucket_name("x", "backup", "my-project", "a") != bucket_name("x", "backup", "my-project", "b")
