"""Words for jobs of GitHub's that come in through Google: by the claims that their tokens are compared by.

Owns: which claims are told in who it is, and how the others are compared. Does not own which conditions there are
(`cel.py`, `federation.py`). Pure.
"""

import re
from collections.abc import Sequence

from ops.explain.federation import CLAIM, REPOSITORY
from ops.explain.grants import Condition
from ops.explain.sentence import Own, Sentence, say

_CLAIMS = {
    **dict.fromkeys(REPOSITORY, ("StringEquals",)),
    **dict.fromkeys(("repository", "ref", "environment"), ("StringEquals", "StringLike")),
}
"""Claims of GitHub's tokens that are told in who it is, and by which comparison."""
_NO_PULL_REQUEST = ("StringNotLike", ("pull_request*",))
_REFS = {"refs/heads/": "branch", "refs/tags/": "tag"}


def is_told(one: Condition) -> bool:
    """Whether `who` says it."""
    claim = one.key.removeprefix(CLAIM)
    if claim == "event_name":
        return (one.operator, one.values) == _NO_PULL_REQUEST
    return claim != one.key and claim in _CLAIMS and one.operator in _CLAIMS[claim]


def who(conditions: Sequence[Condition]) -> Sentence:
    """Jobs of GitHub's by the claims of their token. What is not told here stands behind it, as `if`."""
    claims = {(one.operator, one.key.removeprefix(CLAIM)): one.values for one in conditions}

    def told(claim: str) -> str | None:
        return next(
            (values[0] for (how, name), values in claims.items() if name == claim and how in _CLAIMS[name]), None
        )

    repository, number = told("repository"), told("repository_id")
    owner, owner_number = told("repository_owner"), told("repository_owner_id")
    if repository:
        numbers = "/".join(one for one in (owner_number, number) if one)
        which = say(
            "GitHub repository {}{}",
            repository,
            say(" ({})", Own(numbers) if re.fullmatch(r"[0-9/]+", numbers) else numbers) if numbers else Own(""),
        )
    elif number:
        which = say("the GitHub repository with number {}", number)
    elif owner or owner_number:
        which = say("ANY repository of {} on GitHub", owner or owner_number)
    else:
        which = say("ANY repository on GitHub")
    ref, environment = told("ref"), told("environment")
    where = [say(" in environment {}", environment)] if environment else []
    if ref:
        kind = next((kind for kind in _REFS if ref.startswith(kind)), "")
        where.append(say(f" on {_REFS.get(kind, 'ref')} {{}}", ref.removeprefix(kind)))
    if not any(name == "event_name" for _, name in claims):
        where.append(say(", those of pull requests too,"))
    return say("jobs of {}" + "{}" * len(where), which, *where)


def verb(one: Condition) -> str:
    """How a condition compares; that of AWS's patterns is told by the pattern."""
    if not one.key.startswith(CLAIM):
        return "is not" if one.operator.startswith(("StringNot", "ArnNot")) else "is"
    return {
        "StringNotEquals": "is not",
        "StringNotLike": "is not",
        "Matches": "matches",
        "NotMatches": "does not match",
        "Contains": "contains",
        "NotContains": "does not contain",
        "Has": "is there",
        "HasNot": "is not there",
    }.get(one.operator, "is")
