"""A lookup that fails because an API is off is told from one that fails for worse."""

import pytest

from components.gcp.lookups import is_off

OFF = (
    "Error 403: Cloud KMS API has not been used in project 1 before or it is disabled. Enable it by visiting …",
    'googleapi: Error 403: … "reason": "SERVICE_DISABLED" …',
    "googleapi: Error 403: Access Not Configured., accessNotConfigured",
)
WORSE = ("Error 403: The caller does not have permission", "Error 404: not found", "Secret version is disabled.", "")


@pytest.mark.parametrize(("said", "off"), [*((said, True) for said in OFF), *((said, False) for said in WORSE)])
def test_only_an_api_that_is_off_is_one(said: str, off: bool) -> None:
    assert is_off(Exception(said)) == off
