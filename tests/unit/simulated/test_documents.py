"""Two texts that say the same are no change."""

import json

import pytest

from tests.simulated import documents
from tests.simulated.wire import UNKNOWN, Secret, Value


def _policy(**statement: object) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('{"a": 1, "b": [2]}', '{\n "b": [2], "a": 1}'),
        (_policy(Action="s:A", Resource="*"), _policy(Resource=["*"], Action=["s:A"])),
        (_policy(Action=["s:A", "s:B"]), _policy(Action=["s:B", "s:A"])),
        (_policy(Condition={"Bool": {"aws:x": "true"}}), _policy(Condition={"Bool": {"aws:x": [True]}})),
        (_policy(Principal={"AWS": "1"}), _policy(Principal={"AWS": ["1"]})),
        ('{"Statement": {"Effect": "Deny"}}', '{"Statement": [{"Effect": "Deny"}]}'),
        (Secret('{"a": 1}'), Secret('{"a":1}')),
    ],
)
def test_the_same_in_other_words(one: Value, other: Value) -> None:
    assert documents.normal(one) == documents.normal(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('{"a": [1, 2]}', '{"a": [2, 1]}'),
        (_policy(Action="s:A"), _policy(Action="s:B")),
        (_policy(Action="s:A"), _policy(NotAction="s:A")),
        (_policy(Sid="a"), _policy(Sid="b")),
        ("not json", "not  json"),
    ],
)
def test_something_else(one: Value, other: Value) -> None:
    assert documents.normal(one) != documents.normal(other)


def test_a_document_given_as_a_map_is_written_out() -> None:
    assert documents.text({"Statement": []}) == '{"Statement": []}'
    assert documents.text(Secret({"a": 1})) == Secret('{"a": 1}')
    assert documents.text("as it is") == "as it is"
    assert documents.text({"a": UNKNOWN}) == {"a": UNKNOWN}
