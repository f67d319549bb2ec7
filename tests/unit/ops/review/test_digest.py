"""Two previews have one digest where they would do the same, and two where they would not."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from contract.problem import Problems
from ops.review.digest import digest, parse

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def _step(name: str, op: str = "create", /, **inputs: object) -> dict[str, Any]:
    urn = f"urn:pulumi:prod::registry::aws:iam/role:Role::{name}"
    return {"op": op, "urn": urn, "newState": {"inputs": inputs, "dependencies": []}}


PREVIEW: dict[str, Any] = {
    "steps": [
        _step("a", name="x-1a2b", path="/", __defaults=["name"]),
        _step("b", "update", policy={"Statement": [UNKNOWN]}, password="[secret]"),
        _step("c", "same"),
    ]
}


def _changed(change: Callable[[list[dict[str, Any]]], object]) -> str:
    made = copy.deepcopy(PREVIEW)
    change(made["steps"])
    return digest(made).value


def test_it_counts_what_changes() -> None:
    assert digest(PREVIEW).steps == 2
    assert digest({"steps": [_step("c", "same"), _step("d", "refresh")]}).steps == 0


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda steps: steps.reverse(), id="the order"),
        pytest.param(lambda steps: steps.pop(), id="what stays the same"),
        pytest.param(lambda steps: steps[0]["newState"]["inputs"].update(name="x-9z"), id="a name that was made up"),
        pytest.param(lambda steps: steps[0]["newState"].update(dependencies=["urn"]), id="dependencies"),
    ],
)
def test_what_changes_nothing_changes_no_digest(change: Callable[[list[dict[str, Any]]], object]) -> None:
    assert _changed(change) == digest(PREVIEW).value


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda steps: steps[0].update(op="replace"), id="the operation"),
        pytest.param(lambda steps: steps[0].update(urn="urn:other"), id="the resource"),
        pytest.param(lambda steps: steps[0]["newState"]["inputs"].update(path="/x/"), id="a value"),
        pytest.param(lambda steps: steps[1]["newState"]["inputs"].update(policy={"Statement": ["*"]}), id="known now"),
        pytest.param(lambda steps: steps[1].update(diffReasons=["password"]), id="which secret"),
        pytest.param(lambda steps: steps[1].update(replaceReasons=["password"]), id="why it is replaced"),
        pytest.param(lambda steps: steps[1]["newState"].update(protect=True), id="protection"),
        pytest.param(lambda steps: steps.append(_step("e", "delete")), id="one more"),
        pytest.param(lambda steps: steps.pop(0), id="one less"),
    ],
)
def test_what_does_something_else_has_another_digest(change: Callable[[list[dict[str, Any]]], object]) -> None:
    assert _changed(change) != digest(PREVIEW).value


@pytest.mark.parametrize("text", ["", "[]", "error: no", '{"steps": 1}'])
def test_what_is_no_preview_is_refused(text: str) -> None:
    with pytest.raises(Problems, match="is not what `pulumi preview --json` writes"):
        parse(text, "preview.json")
