"""Rights as facts: patterns, conditions and documents, and what is gained and lost between two sets."""

import json
from fnmatch import fnmatchcase
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.explain import iam
from ops.explain.grants import EVERYTHING, Condition, Grant, Set, conditions, covers, difference, meet

PATTERNS = st.text(alphabet="ab*?", max_size=6)
NAMES = st.text(alphabet="ab", max_size=6)
SUB = "token.actions.githubusercontent.com:sub"


@given(wide=PATTERNS, narrow=PATTERNS, name=NAMES)
def test_a_pattern_that_covers_another_matches_all_that_it_does(wide: str, narrow: str, name: str) -> None:
    if covers(wide, narrow) and fnmatchcase(name, narrow):
        assert fnmatchcase(name, wide)


@given(pattern=PATTERNS, name=NAMES)
def test_of_a_plain_name_it_is_exact(pattern: str, name: str) -> None:
    assert covers(pattern, name) == fnmatchcase(name, pattern)


@given(one=PATTERNS, other=PATTERNS, name=NAMES)
def test_patterns_that_share_a_name_meet(one: str, other: str, name: str) -> None:
    if fnmatchcase(name, one) and fnmatchcase(name, other):
        assert meet(one, other)


@given(
    mine=st.lists(PATTERNS, max_size=3),
    theirs=st.lists(PATTERNS, max_size=3),
    but=st.booleans(),
    also=st.booleans(),
    name=NAMES,
)
def test_a_set_that_covers_another_holds_all_that_it_does(
    mine: list[str], theirs: list[str], but: bool, also: bool, name: str
) -> None:
    wide, narrow = Set(tuple(mine), but), Set(tuple(theirs), also)

    def holds(one: Set) -> bool:
        return any(fnmatchcase(name, pattern) for pattern in one.patterns) != one.but

    if wide.covers(narrow) and holds(narrow):
        assert holds(wide)


def test_a_pattern_longer_than_any_cloud_takes_is_compared_as_it_stands() -> None:
    long = "a*" * 5000
    assert covers(long, long)
    assert not covers(long, "a" * 5000)
    assert meet(long, "b")


def test_alternatives_of_a_condition_are_ways_of_their_own() -> None:
    two = conditions({"StringEquals": {SUB: ["a", "b"], "aud": "sts"}})
    assert len(two) == 2
    assert conditions({}) == conditions(None) == ((),)
    many = conditions({"StringLike": {str(key): [str(n) for n in range(20)] for key in range(4)}})
    assert len(many) == 1, "too many to tell apart: one, and compared as a whole"


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: Any, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": "*", **more}


def changed(before: str, after: str) -> tuple[list[str], list[str]]:
    """What `role:r` gains and loses, as actions."""
    old, new = (list(iam.grants(iam.Held(text, "role:r"))) for text in (before, after))
    found = difference(old, new)
    gained, lost = ([one for grant in side for one in grant.may.patterns] for side in (found.gained, found.lost))
    return gained, lost


def deny(action: str) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": "*"}


def but(*actions: str) -> dict[str, Any]:
    return {"Effect": "Allow", "NotAction": list(actions), "Resource": "*"}


def where(operator: str, *values: str) -> dict[str, Any]:
    return allow("a:X", Condition={operator: {"k": list(values)}})


@pytest.mark.parametrize(
    ("before", "after", "gained", "lost"),
    [
        ([allow("ecr:PutImage")], [allow(["ecr:PutImage"])], [], []),
        ([allow("ecr:PutImage")], [allow("ECR:putimage")], [], []),
        ([allow("ecr:*")], [allow("ecr:PutImage")], [], ["ecr:*"]),
        ([allow("ecr:PutImage")], [allow("ecr:Put*")], ["ecr:Put*"], []),
        ([where("Bool", "true")], [allow("a:X")], ["a:X"], []),
        ([allow("a:X")], [where("Bool", "true")], [], ["a:X"]),
        ([where("StringLike", "p-*")], [where("StringEquals", "p-1")], [], ["a:X"]),
        ([where("StringEquals", "1")], [where("StringEquals", "1", "2")], ["a:X"], []),
        ([allow("a:X"), allow("b:Y")], [allow(["b:Y", "a:X"])], [], []),
        ([but("iam:*")], [allow("*")], ["*"], []),
        ([but("iam:*")], [allow("s3:Get*")], [], ["iam:*"]),
        ([but("iam:*", "kms:*")], [but("iam:*")], ["iam:*"], []),
        ([allow("a:X", Resource=["arn:1"])], [allow("a:X", Resource=["arn:1", "arn:2"])], ["a:X"], []),
        ([], [deny("a:X")], ["a:X"], []),
        ([allow("a:X")], [deny("a:X")], ["a:X"], ["a:X"]),
        ([deny("a:*")], [deny("a:X")], [], ["a:*"]),
    ],
)
def test_a_change_of_a_document_is_a_change_of_rights(
    before: list[dict[str, Any]], after: list[dict[str, Any]], gained: list[str], lost: list[str]
) -> None:
    assert changed(document(*before), document(*after)) == (gained, lost)


@pytest.mark.parametrize(
    ("principal", "whos"),
    [
        ("*", ["*"]),
        ({"AWS": "*"}, ["*"]),
        ({"AWS": "123456789012"}, ["account:123456789012"]),
        ({"AWS": ["arn:aws:iam::123456789012:root"]}, ["account:123456789012"]),
        ({"AWS": "arn:aws-cn:iam::123456789012:role/r"}, ["arn:aws-cn:iam::123456789012:role/r"]),
        ({"Service": ["a.amazonaws.com", "b.amazonaws.com"]}, ["service:a.amazonaws.com", "service:b.amazonaws.com"]),
    ],
)
def test_a_principal_is_named_one_way(principal: Any, whos: list[str]) -> None:
    statement = {**allow("a:X"), "Principal": principal}
    assert [grant.who for grant in iam.grants(iam.Held(document(statement), None))] == whos


@pytest.mark.parametrize(
    "text",
    [
        "no json",
        "[]",
        "[" * 100_000,
        document({"Effect": "Perhaps", "Action": "a", "Resource": "*"}),
        document({"Effect": "Allow", "Resource": "*"}),
        document({"Effect": "Allow", "Action": [1], "Resource": "*"}),
        json.dumps({"Statement": "x"}),
    ],
)
def test_a_document_that_cannot_be_read_is_no_document_without_rights(text: str) -> None:
    with pytest.raises(iam.UnreadableError):
        list(iam.grants(iam.Held(text, "role:r")))


def test_what_everybody_may_covers_what_one_may() -> None:
    one = Grant("account:1", Set(("a:X",)), EVERYTHING)
    everybody = Grant("*", Set(("a:*",)), EVERYTHING, (Condition("Bool", "k", ("true",)),))
    assert not difference([one], [Grant("*", Set(("a:*",)), EVERYTHING)]).lost
    assert difference([one], [everybody]).lost == (one,)
