"""How long a store of secrets can give back what is gone, and that production can always get it back.

Owns: the default, and that rule. Does not own: how many days a vendor takes, or what is gone with it: a whole secret
(AWS) or an old value (Google). Pure.
"""

from components._settings import MistakeError
from contract.kinds import Environment

_IN_PRODUCTION = 30


def recovery_days(told: int | None, environment: Environment) -> int:
    """The days in force. Outside production none where nothing is told: until then a name stays taken."""
    if told is not None:
        return told
    return _IN_PRODUCTION if environment is Environment.PROD else 0


def recovery_mistake(told: int | None, environment: Environment, lost: str) -> MistakeError | None:
    """What is wrong with the days that are told; `lost` begins the sentence about what would be gone at once."""
    if environment is not Environment.PROD or told != 0:
        return None
    return MistakeError(
        "has `recoveryDays: 0`, which production cannot have",
        "write `recoveryDays: 30`, or delete the line",
        f"{lost} by mistake would be gone at once, and with it every build",
    )
