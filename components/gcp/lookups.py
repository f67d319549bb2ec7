"""What a failed lookup at Google means.

Owns: telling an API that is off from what is worse. The SDK has one exception for every failure of a lookup, and the
provider hands on what the API said (https://docs.cloud.google.com/apis/design/errors, read 2026-11). Pure.
"""

_OFF = ("SERVICE_DISABLED", "accessNotConfigured", "it is disabled")


def is_off(error: Exception) -> bool:
    """Whether a lookup failed because its API is not on in the project: then there is nothing of it yet."""
    return any(sign in str(error) for sign in _OFF)
