"""What can go wrong with GitHub's API: one exception, which knows what follows and what to do."""

from enum import StrEnum

from contract.problem import printable

_LONGEST = 200


class Why(StrEnum):
    """The kinds of failure that callers tell apart."""

    UNREACHABLE = "unreachable"
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not found"
    LIMITED = "rate limit"
    UNEXPECTED = "unexpected"


class GitHubError(Exception):
    """GitHub did not do what was asked: the fact, and how to mend it. Never holds a token."""

    def __init__(self, why: Why, what: str, reason: str, mend: str, *, status: int = 0) -> None:
        """`what` was tried, in a few words; `reason` may come from GitHub and is made safe to print."""
        self.why = why
        self.what = what
        self.reason = printable(reason, _LONGEST)
        self.mend = mend
        self.status = status
        super().__init__(f"GitHub did not {what}: {self.reason}")

    def __str__(self) -> str:
        return f"GitHub did not {self.what}: {self.reason}\nmend: {self.mend}"
