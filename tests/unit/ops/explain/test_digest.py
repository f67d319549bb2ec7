"""What the engine's digest is read as, and what is said of everything else."""

import json
from typing import Any

import pytest

from contract.problem import Problems
from ops.explain import digest, policies
from ops.explain.digest import Mark, Op

URN = "urn:pulumi:prod::registry::aws:sns/topic:Topic::alerts"
SIGNATURE = "4dabf18193072939515e22adb298388d"


def step(**changed: Any) -> dict[str, Any]:
    return {"op": "create", "urn": URN, "newState": {"type": "aws:sns/topic:Topic", "inputs": {"name": "a"}}, **changed}


def read(*steps: dict[str, Any], **more: Any) -> digest.Preview:
    return digest.read(json.dumps({"steps": list(steps), **more}))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        (" \n", "is empty"),
        ("{", "is not JSON"),
        ("Previewing update (prod)", "begins with 'Previewing update (prod)'"),
        ("[]", "is a JSON list"),
        ("null", "is a JSON NoneType"),
        ("{}", "has none of `steps`"),
        ('{"problems": []}', "has none of `steps`"),
        ('{"sequence": 0, "timestamp": 1}', "stream of events"),
        ('{"sequence": 0, "timestamp": 1}\n{"sequence": 1, "timestamp": 1}', "stream of events"),
        ('{"steps": {"a": 1}}', "`steps` that is not a list"),
        ('{"steps": 1}', "`steps` that is not a list"),
        ('{"steps": [1]}', "the 1th"),
        ('{"steps": [{"op": "create"}]}', "without `op` and `urn`"),
        ('{"steps": [{"op": "create", "urn": "u", "newState": 3}]}', "state is not a JSON object"),
        ('{"changeSummary": {"same": -1}}', "`changeSummary`"),
        ('{"changeSummary": [1]}', "`changeSummary`"),
        ('{"diagnostics": ["x"]}', "diagnostic"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_what_is_no_digest_is_told_apart(text: str, said: str) -> None:
    with pytest.raises(Problems) as caught:
        digest.read(text)
    (problem,) = caught.value.problems
    assert said in problem.what
    assert problem.mend


def test_marks_of_the_engine_are_told_apart_from_texts_that_look_like_ours() -> None:
    (change,) = read(
        step(
            newState={
                "type": "t:t:T",
                "inputs": {
                    "hidden": "[secret]",
                    "late": "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
                    "forged": "(secret)",
                    "marked": {SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "canary"},
                    "wrapped": {SIGNATURE: "d0e6a833031e9bbcd3f4e8bde6ca49a4", "value": "canary", "secret": True},
                    "later": {SIGNATURE: "d0e6a833031e9bbcd3f4e8bde6ca49a4"},
                    "plain": {SIGNATURE: "d0e6a833031e9bbcd3f4e8bde6ca49a4", "value": "seen"},
                    "strange": {SIGNATURE: "ffffffffffffffffffffffffffffffff", "value": "canary"},
                    "file": {SIGNATURE: "c44067f5952c0a294b673a41bacd8c17", "text": "canary", "hash": "1"},
                },
                "outputs": {"private": "canary"},
                "additionalSecretOutputs": ["private"],
            }
        )
    ).changes
    assert change.new is not None
    told = change.new.inputs
    assert told["hidden"] is told["marked"] is told["wrapped"] is told["strange"] is Mark.SECRET
    assert told["late"] is told["later"] is Mark.UNKNOWN
    assert told["forged"] is not Mark.SECRET
    assert told["plain"] == "seen"
    assert "canary" not in f"{change.new} {told['file']}"


def test_a_replacement_is_told_once_however_many_steps_it_has() -> None:
    old, new = {"type": "t:t:T", "inputs": {"a": 1}}, {"type": "t:t:T", "inputs": {"a": 2}}
    halves = [
        {"op": "create-replacement", "urn": URN, "oldState": old, "newState": new},
        {"op": "delete-replaced", "urn": URN, "oldState": old},
    ]
    whole = {"op": "replace", "urn": URN, "oldState": old, "newState": new}
    assert [change.op for change in read(*halves, whole).changes] == [Op.REPLACE]
    assert [change.op for change in read(*halves).changes] == [Op.REPLACE]


def test_an_operation_that_is_not_known_is_still_told() -> None:
    (change,) = read(step(op="frobnicate")).changes
    assert change.op is Op.OTHER


def test_what_the_digest_leaves_out_is_counted() -> None:
    preview = read(step(op="same"), step(urn=URN + "2"), changeSummary={"same": 41, "create": 1})
    assert preview.unseen == 40
    assert (preview.stack, preview.project) == ("prod", "registry")


def test_only_the_policies_are_read_from_an_event_log() -> None:
    log = [
        {"sequence": 1, "timestamp": 1, "resourcePreEvent": {"metadata": {"new": {"inputs": {"a": "canary"}}}}},
        {
            "sequence": 2,
            "timestamp": 1,
            "policyEvent": {"policyName": "r", "enforcementLevel": "advisory", "message": "m"},
        },
        {
            "sequence": 3,
            "timestamp": 1,
            "policyEvent": {"policyName": "s", "enforcementLevel": "mandatory", "message": "m"},
        },
        {
            "sequence": 3,
            "timestamp": 1,
            "policyEvent": {"policyName": "s", "enforcementLevel": "mandatory", "message": "m"},
        },
        {"sequence": 4, "timestamp": 1, "summaryEvent": {"PolicyPacks": {"pack|local|/x": "1.0"}}},
    ]
    found = policies.read("\n".join(map(json.dumps, log)))
    assert (len(found.refused), len(found.advised), found.packs) == (1, 1, {"pack": "1.0"})
    assert "canary" not in str(found)


@pytest.mark.parametrize("text", ["", "nonsense", '{"steps": []}', '{"sequence": 1}\n[]'])
def test_what_is_no_event_log_is_refused(text: str) -> None:
    with pytest.raises(Problems, match="event log cannot be read"):
        policies.read(text)
