"""A machine of Google's as a Harbor stands on it: a reserved address, and its data on a disk of its own."""

from typing import Any

import pytest

from policies import machines
from tests.policies.cases.google import instance
from tests.policies.cases.table import Made, late
from tests.policies.test_cases import said_by

_ADDRESS, _DATA = "machine-has-no-public-address", "machine-data-is-protected"


def _at(**access: Any) -> Made:
    return instance(networkInterfaces=[{"network": "default", "accessConfigs": [access]}])


def _holding(disks: Any, protection: Any = False) -> Made:
    return instance(attachedDisks=disks, deletionProtection=protection)


@pytest.mark.parametrize(
    ("rule", "machine", "refused", "waits"),
    [
        (_ADDRESS, _at(networkTier="PREMIUM"), True, False),
        (_ADDRESS, _at(natIp="203.0.113.7"), False, False),
        (_ADDRESS, _at(natIp=late("203.0.113.7")), False, False),
        (_DATA, _holding([]), True, False),
        (_DATA, _holding([{"source": "data"}]), False, False),
        (_DATA, _holding(late([{"source": "data"}])), False, True),
        (_DATA, _holding([], protection=True), False, False),
    ],
)
def test_a_reserved_address_and_disks_of_its_own_are_a_choice(
    rule: str, machine: Made, *, refused: bool, waits: bool
) -> None:
    told, waiting = said_by(machines.RULES, [machine])
    assert ((rule, "main") in told) is refused
    assert (rule in waiting) is waits
