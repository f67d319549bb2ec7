"""Every mistake in the inputs is found, with its path and what was expected, and no value is shown."""

import pytest

from tests.simulated.checker import check
from tests.simulated.sdk import Sdk
from tests.simulated.wire import UNKNOWN, Blob, Properties, Reference, Secret, Value
from tests.unit.simulated.conftest import TOY_BOX

ASSET = Blob("c44067f5952c0a294b673a41bacd8c17", {"text": "x"})
ARCHIVE = Blob("0def7320c3a5731c473e5ecbe6d01bc7", {"path": "x"})


def _mistakes(sdk: Sdk, inputs: Properties) -> list[str]:
    return [str(mistake) for mistake in check(sdk.resource(TOY_BOX), inputs)]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("colour", "blue"),
        ("colour", UNKNOWN),
        ("colour", Secret("red")),
        ("colour", Secret(UNKNOWN)),
        ("weight", 1.5),
        ("weight", 2),
        ("wheels", []),
        ("wheels", UNKNOWN),
        ("wheels", [UNKNOWN, {"sizeInMm": 3.0}, {"sizeInMm": Secret(4.0), "spare": True}]),
        ("labels", {"any key": "any text"}),
        ("picture", ASSET),
        ("picture", ARCHIVE),
        ("inside", Reference("urn:…", "id")),
        ("rest", {"any": ["thing"]}),
        ("either", "text"),
        ("either", {"sizeInMm": 3.0}),
    ],
)
def test_what_the_types_allow_passes(sdk: Sdk, name: str, value: Value) -> None:
    assert _mistakes(sdk, {"colour": "red", name: value}) == []


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({}, "colour: is required by toy:shop/toyBox:ToyBox and missing (expected one of red, blue)"),
        ({"colour": "green"}, "colour: expected one of red, blue, found str"),
        (
            {"colour": "red", "color": "red"},
            "color: toy:shop/toyBox:ToyBox has no such property; did you mean 'colour'?",
        ),
        ({"colour": "red", "zzz": "red"}, "zzz: toy:shop/toyBox:ToyBox has no such property"),
        ({"colour": "red", "name": 1.0}, "name: expected str, found int"),
        ({"colour": "red", "name": True}, "name: expected str, found bool"),
        ({"colour": "red", "weight": "1"}, "weight: expected float, found str"),
        ({"colour": "red", "weight": True}, "weight: expected float, found bool"),
        ({"colour": "red", "wheels": {}}, "wheels: expected a list of WheelArgs, found a map"),
        ({"colour": "red", "wheels": ["x"]}, "wheels[0]: expected WheelArgs, found str"),
        ({"colour": "red", "wheels": [{"sizeInMm": 1.5}]}, "wheels[0].sizeInMm: expected int, found float"),
        ({"colour": "red", "wheels": [{}]}, "wheels[0].sizeInMm: is required by WheelArgs and missing (expected int)"),
        (
            {"colour": "red", "wheels": [{"size_in_mm": 1.0, "sizeInMm": 1.0}]},
            "wheels[0].size_in_mm: WheelArgs has no such property; did you mean 'sizeInMm'?",
        ),
        ({"colour": "red", "labels": {"a": 1.0}}, "labels.a: expected str, found int"),
        ({"colour": "red", "labels": "a"}, "labels: expected a map of str, found str"),
        ({"colour": "red", "picture": "a"}, "picture: expected Asset or Archive, found str"),
        ({"colour": "red", "inside": "a"}, "inside: expected ToyBox, found str"),
        ({"colour": "red", "either": 1.0}, "either: expected str or WheelArgs, found int"),
        ({"colour": "red", "either": {}}, "either.sizeInMm: is required by WheelArgs and missing (expected int)"),
    ],
)
def test_what_they_do_not_is_named(sdk: Sdk, inputs: Properties, said: str) -> None:
    assert _mistakes(sdk, inputs) == [said]


def test_all_mistakes_are_reported_together(sdk: Sdk) -> None:
    assert len(_mistakes(sdk, {"name": 1.0, "zzz": 1.0, "labels": {"a": 1.0, "b": 2.0}})) == 5


def test_a_value_is_never_shown(sdk: Sdk) -> None:
    found = _mistakes(
        sdk, {"colour": Secret("canary"), "weight": Secret("canary"), "labels": {"a": Secret(["canary"])}}
    )
    assert len(found) == 3
    assert not any("canary" in mistake for mistake in found)


def test_a_type_that_cannot_be_judged_is_an_error_and_no_pass() -> None:
    from tests.simulated.sdk import Property, ResourceTypes

    odd = ResourceTypes("toy:shop/odd:Odd", {"x": Property("x", "x", (complex,), False)}, {})
    with pytest.raises(TypeError, match="cannot check a value against the SDK's type"):
        check(odd, {"x": "1"})
