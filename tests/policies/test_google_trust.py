"""Which conditions in CEL pin a repository, whatever stands around them."""

import pytest

from tests.policies.cases import google
from tests.policies.judged import judge

REPOSITORY, OWNER = "assertion.repository_id == '7654321'", 'assertion.repository_owner_id == "1234567"'
BOTH = f"{REPOSITORY} && {OWNER}"


def said(condition: str) -> list[str]:
    provider = google.trust(condition)
    return judge("google-trust-pins-repository", provider.type, dict(provider.props))


@pytest.mark.parametrize(
    "condition",
    [
        BOTH,
        f"({BOTH})",
        f"{BOTH} && (assertion.ref == 'refs/heads/main' || assertion.ref.startsWith('refs/tags/v'))",
        f"({BOTH} && assertion.ref == 'x') || ({BOTH} && assertion.ref == 'y')",
        f"'7654321' == attribute.repository_id && {OWNER}",
        f"assertion.repository_id in ['1', '2'] && {OWNER}",
        f"{BOTH} && assertion.repository == 'a||b'",
    ],
)
def test_a_condition_that_pins_passes(condition: str) -> None:
    assert said(condition) == []


@pytest.mark.parametrize(
    "condition",
    [
        "",
        REPOSITORY,
        f"{REPOSITORY} || {OWNER}",
        f"{BOTH} || true",
        f"({BOTH} || assertion.repository == 'acme/web')",
        f"!({BOTH})",
        f"!({REPOSITORY}) && {OWNER}",
        f"{REPOSITORY}.size() > 0 && {OWNER}",
        f"assertion.repository_id != '7654321' && {OWNER}",
        "assertion.repository == \"assertion.repository_id == '1' && assertion.repository_owner_id == '2'\"",
        "assertion.repository_id == assertion.repository_id && assertion.repository_owner_id == '1'",
    ],
)
def test_one_that_does_not_is_refused(condition: str) -> None:
    (message,) = said(condition)
    assert "attributeCondition" in message
