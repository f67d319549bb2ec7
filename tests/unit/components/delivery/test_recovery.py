"""How long what is gone can be restored, wherever secrets are kept."""

import pytest

from components.delivery._recovery import recovery_days, recovery_mistake
from contract.kinds import Environment


@pytest.mark.parametrize(
    ("days", "environment", "expected"),
    [
        (None, Environment.PROD, 30),
        (None, Environment.DEV, 0),
        (7, Environment.PROD, 7),
        (7, Environment.DEV, 7),
        (0, Environment.DEV, 0),
    ],
)
def test_production_can_restore_what_is_gone(days: int | None, environment: Environment, expected: int) -> None:
    assert recovery_days(days, environment) == expected


def test_production_may_not_do_without() -> None:
    mistake = recovery_mistake(0, Environment.PROD, "a secret that is deleted")
    assert mistake is not None
    assert "`recoveryDays: 0`, which production cannot have" in mistake.what
    assert mistake.consequence.startswith("a secret that is deleted by mistake would be gone")
    assert recovery_mistake(0, Environment.DEV, "it") is None
    assert recovery_mistake(None, Environment.PROD, "it") is None
