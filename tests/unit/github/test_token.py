"""A token is told by its first letters, and by what GitHub says in the headers."""

from datetime import UTC, datetime, timedelta

import pytest

from github import token
from github.token import TokenKind

CLASSIC = "ghp_" + "a" * 36


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (CLASSIC, TokenKind.CLASSIC),
        ("0123456789abcdef0123456789abcdef01234567", TokenKind.CLASSIC),
        ("github_pat_" + "a" * 82, TokenKind.FINE_GRAINED),
        ("ghs_" + "a" * 36, TokenKind.INSTALLATION),
        ("ghu_" + "a" * 36, TokenKind.USER_TO_SERVER),
        ("gho_" + "a" * 36, TokenKind.OAUTH),
        ("ghr_" + "a" * 76, TokenKind.REFRESH),
        ("hunter2", TokenKind.UNKNOWN),
        ("", TokenKind.UNKNOWN),
        ("GHP_" + "a" * 36, TokenKind.UNKNOWN),
    ],
)
def test_the_kind_is_told_by_the_first_letters(text: str, kind: TokenKind) -> None:
    assert token.kind_of(text) is kind


def test_a_classic_token_is_the_only_kind_that_may_be_used() -> None:
    assert token.mistake(CLASSIC) is None
    assert token.mistake("0123456789abcdef0123456789abcdef01234567") is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("github_pat_" + "a" * 82, "the container registry does not take these"),
        ("ghs_" + "a" * 36, "ends within the hour"),
        ("ghu_" + "a" * 36, "ends within hours"),
        ("gho_" + "a" * 36, "gh auth login"),
        ("ghr_" + "a" * 76, "only serves to get another token"),
        ("hunter2", "a password of the account least of all"),
    ],
)
def test_any_other_kind_is_refused_with_the_reason_and_never_shown(text: str, reason: str) -> None:
    found = token.mistake(text)
    assert found is not None
    assert reason in found.consequence
    assert "github.com/settings/tokens/new?scopes=write:packages" in found.mend
    assert text not in f"{found.what} {found.mend} {found.consequence}"


@pytest.mark.parametrize(
    "text", [CLASSIC + "\n", CLASSIC + " ", "ghp_é" + "a" * 30, "ghp_\x1b[31m" + "a" * 30, "ghp_a"]
)
def test_a_token_that_was_copied_badly_is_told(text: str) -> None:
    found = token.mistake(text)
    assert found is not None
    assert "character that no token" in found.what


def test_scopes_and_the_end_come_from_the_headers() -> None:
    found = token.facts(
        "acme-bot",
        {
            "x-oauth-scopes": "repo, write:packages , read:packages",
            "github-authentication-token-expiration": "2026-12-01 10:00:00 UTC",
        },
    )
    assert found.can_push
    assert found.excess == {"repo"}
    assert found.expires_at == datetime(2026, 12, 1, 10, tzinfo=UTC)
    assert found.days_left(datetime(2026, 11, 24, 9, tzinfo=UTC)) == 7
    assert found.expires_at is not None
    assert token.rfc3339(found.expires_at) == "2026-12-01T10:00:00Z"


def test_an_end_with_an_offset_is_read_in_utc() -> None:
    found = token.facts("x", {"github-authentication-token-expiration": "2026-12-01 10:00:00 -0500"})
    assert found.expires_at is not None
    assert token.rfc3339(found.expires_at) == "2026-12-01T15:00:00Z"
    assert found.expires_at.utcoffset() == timedelta(hours=-5)


def test_no_headers_are_no_scopes_and_no_end() -> None:
    found = token.facts("x", {})
    assert (found.scopes, found.expires_at, found.can_push) == (frozenset(), None, False)
    assert found.days_left(datetime.now(UTC)) is None


@pytest.mark.parametrize("text", ["", "never", "2026-13-01 00:00:00 UTC", "2026-12-01"])
def test_an_end_that_cannot_be_read_is_not_taken_for_never(text: str) -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        token.facts("x", {"github-authentication-token-expiration": text})
