"""A mistake deep in a block is reported where the file has it: in maps of groups, in lists, and in groups of several
kinds, for which pydantic names a step that nobody has written."""

from enum import StrEnum
from typing import Annotated, Literal

import pytest
from pydantic import AfterValidator, Field, SecretStr, Strict, model_validator

from components._retention import Refusal, refuse
from components._settings import MistakeError, Settings
from contract.problem import Problem, Problems
from stack._file import StackFile
from stack._models import read
from stack._report import Report
from stack._way import find, vocabulary

CANARY = "c4n4ry-7f3a"


class Shape(StrEnum):
    ROUND = "round"
    SQUARE = "square"


def _even(number: int) -> int:
    if number % 2:
        raise MistakeError("is odd")
    return number


def _short(name: str) -> str:
    if len(name) > 5:
        raise MistakeError("is a name of more than 5 letters")
    return name


class Round(Settings):
    """One kind of group."""

    shape: Literal[Shape.ROUND]
    radius: Annotated[int, AfterValidator(_even)] = Field(description="its radius", examples=[4])
    token: SecretStr | None = Field(default=None, description="a token", min_length=100)


class Square(Settings):
    """Another kind of group, whose own key is called otherwise in Python."""

    shape: Literal[Shape.SQUARE]
    side_length: int = Field(description="its side", examples=[3])
    colours: Annotated[tuple[str, ...], Strict(False), Field(min_length=1, max_length=2)] = Field(
        default=("red",), description="its colours", examples=[["red"]]
    )
    corners: dict[str, int] = Field(default_factory=dict, description="its corners", examples=[{"a": 1}])

    @model_validator(mode="after")
    def _small(self) -> "Square":
        if self.side_length > 100:
            raise MistakeError("is larger than the sheet", "write a smaller `sideLength`")
        return self


def _apart(shapes: "dict[str, Round | Square]") -> "dict[str, Round | Square]":
    if len(shapes) > 1:
        refuse(Refusal((name, "shape"), str(one.shape), MistakeError("overlaps")) for name, one in shapes.items())
    return shapes


Name = Annotated[str, AfterValidator(_short)]
AnyShape = Annotated[Round | Square, Field(discriminator="shape")]


class Sheet(Settings):
    """What holds them."""

    shapes: Annotated[dict[Name, AnyShape], AfterValidator(_apart)] = Field(
        default_factory=dict, description="the shapes", examples=[{}]
    )
    plain: dict[str, Square] = Field(default_factory=dict, description="squares", examples=[{}])
    first: AnyShape | None = Field(default=None, description="the first", examples=[{}])


def _problems(block: dict[str, object], *, secret: frozenset[str] = frozenset()) -> tuple[Problem, ...]:
    report = Report(stack="dev", file=None, secret_keys=secret)
    assert read(Sheet, block, ("registries", "main"), report) is None
    with pytest.raises(Problems) as caught:
        report.raise_if_any()
    return caught.value.problems


def _problem(block: dict[str, object]) -> tuple[str, str, str]:
    (problem,) = _problems(block)
    return problem.where.removeprefix("stack dev: registries.main."), problem.what, problem.mend


def _round(**keys: object) -> dict[str, object]:
    return {"shape": "round", "radius": 4, **keys}


def _square(**keys: object) -> dict[str, object]:
    return {"shape": "square", "sideLength": 3, **keys}


def test_what_is_right_is_read() -> None:
    report = Report(stack="dev", file=None, secret_keys=())
    sheet = read(Sheet, {"shapes": {"a": _round()}, "first": _square(colours=["red", "blue"])}, (), report)
    assert sheet is not None
    assert isinstance(sheet.shapes["a"], Round)
    assert isinstance(sheet.first, Square)
    assert sheet.first.colours == ("red", "blue")


@pytest.mark.parametrize(
    ("block", "where", "what", "mend"),
    [
        (
            {"shapes": {"a": _round(radius=5)}},
            "shapes.a.radius",
            "`5` is odd",
            "write for example `radius: 4` (its radius)",
        ),
        (
            {"shapes": {"a": _round(radius="6")}},
            "shapes.a.radius",
            "has to be a whole number, but is the text `6`",
            "write `radius: 6`, without quotes",
        ),
        (
            {"shapes": {"a": {"shape": "square"}}},
            "shapes.a.sideLength",
            "is missing",
            "write for example `sideLength: 3` (its side)",
        ),
        (
            {"shapes": {"a": _square(sidelength=3)}},
            "shapes.a.sidelength",
            "is not a key that can stand here",
            "write `sideLength` instead of `sidelength`",
        ),
        (
            {"first": _round(colours=["red"])},
            "first.colours",
            "is not a key that can stand here",
            "delete it; the keys that can stand here: shape, radius, token",
        ),
        (
            {"shapes": {"a": {"shape": "rond"}}},
            "shapes.a.shape",
            "has to be one of round, square, but is the text `rond`",
            "write `shape: round`",
        ),
        (
            {"first": {"shape": 5}},
            "first.shape",
            "has to be one of round, square, but is `5`",
            "write `shape: round`",
        ),
        (
            {"shapes": {"a": {"radius": 4}}},
            "shapes.a.shape",
            "is missing",
            "write `shape: round`, or another of: square",
        ),
        (
            {"shapes": {"a": 5}},
            "shapes.a",
            "has to be keys with values, but is `5`",
            "write for example `shapes: {}` (the shapes)",
        ),
        (
            {"shapes": {"a": _square(sideLength=101)}},
            "shapes.a",
            "an object of 2 is larger than the sheet",
            "write a smaller `sideLength`",
        ),
        (
            {"shapes": {"a": _square(colours=["red", 5])}},
            "shapes.a.colours.1",
            "has to be text, but is `5`",
            'write for example `colours: ["red"]` (its colours)',
        ),
        (
            {"shapes": {"a": _square(colours=[])}},
            "shapes.a.colours",
            "has to be a list of at least 1, but is a list of 0",
            'write for example `colours: ["red"]` (its colours)',
        ),
        (
            {"shapes": {"a": _square(colours=["a", "b", "c"])}},
            "shapes.a.colours",
            "has to be a list of at most 2, but is a list of 3",
            'write for example `colours: ["red"]` (its colours)',
        ),
        (
            {"shapes": {"a": _square(colours="red")}},
            "shapes.a.colours",
            "has to be a list, but is the text `red`",
            'write for example `colours: ["red"]` (its colours)',
        ),
        (
            {"plain": {"a": _square(corners={"x": "left"})}},
            "plain.a.corners.x",
            "has to be a whole number, but is the text `left`",
            'write for example `corners: {"a": 1}` (its corners)',
        ),
        (
            {"shapes": {"toolong": _round()}},
            "shapes.toolong",
            "is a name of more than 5 letters",
            "write another name",
        ),
        (
            {"shapes": []},
            "shapes",
            "has to be keys with values, but is a list of 0",
            "write for example `shapes: {}` (the shapes)",
        ),
    ],
)
def test_a_mistake_is_told_at_its_own_place(block: dict[str, object], where: str, what: str, mend: str) -> None:
    assert _problem(block) == (where, what, mend)


def test_an_item_that_is_wrong_does_not_make_its_list_too_short_as_well() -> None:
    (problem,) = _problems({"shapes": {"a": _square(colours=[5])}})
    assert problem.where.endswith("shapes.a.colours.0")


def test_a_rule_between_entries_is_told_at_each_entry() -> None:
    problems = _problems({"shapes": {"a": _round(), "b": _square()}})
    assert [problem.where for problem in problems] == [
        "stack dev: registries.main.shapes.a.shape",
        "stack dev: registries.main.shapes.b.shape",
    ]
    assert problems[0].what == "the text `round` overlaps"


def test_an_entry_that_is_called_like_a_kind_is_an_entry_all_the_same() -> None:
    where, *_ = _problem({"shapes": {"round": _round(radius=5)}})
    assert where == "shapes.round.radius"


@pytest.mark.parametrize("group", ["shapes", "plain"])
def test_a_key_that_is_called_like_a_kind_is_a_key_all_the_same(group: str) -> None:
    where, what, _ = _problem({group: {"a": _square(square=1)}})
    assert (where, what) == (f"{group}.a.square", "is not a key that can stand here")


def test_the_line_of_a_deep_mistake_is_told() -> None:
    text = "config:\n  registries:\n    main:\n      shapes:\n        a:\n          shape: round\n          radius: 5\n"
    report = Report(stack="dev", file=StackFile.parse("Pulumi.dev.yaml", text), secret_keys=())
    assert read(Sheet, {"shapes": {"a": _round(radius=5)}}, ("registries", "main"), report) is None
    with pytest.raises(Problems) as caught:
        report.raise_if_any()
    assert caught.value.problems[0].where == "Pulumi.dev.yaml:7 registries.main.shapes.a.radius"


def test_a_secret_deep_inside_is_told_how_to_be_set_and_not_shown() -> None:
    (problem,) = _problems({"shapes": {"a": _round(token=CANARY)}})
    assert problem.mend == "run `pulumi config set --secret --path 'registries.main.shapes.a.token'`"
    assert CANARY not in str(problem)


@pytest.mark.parametrize(
    "block",
    [
        {"shapes": {"a": {"shape": CANARY}}},
        {"shapes": {CANARY: _round()}},
        {"shapes": {"a": _square(colours=[CANARY, CANARY, CANARY])}},
        {"shapes": {"a": _square(corners={CANARY: CANARY})}},
        {"shapes": {"a": _round(**{CANARY: 1})}},
    ],
)
def test_under_a_secret_key_nothing_deep_is_shown(block: dict[str, object]) -> None:
    problems = _problems(block, secret=frozenset({"registries"}))
    assert CANARY not in "".join(str(problem) for problem in problems)


def test_under_a_secret_key_what_is_hidden_is_not_told_by_what_it_resembles() -> None:
    (problem,) = _problems({"shapes": {"a": {"shape": "squar"}}}, secret=frozenset({"registries"}))
    assert "`shape: square`" not in problem.mend


def test_under_a_secret_key_the_projects_own_keys_are_shown() -> None:
    (problem,) = _problems({"shapes": {"a": _square(sideLength="x")}}, secret=frozenset({"registries"}))
    assert problem.where == "stack dev: registries.***.shapes.***.sideLength"


def test_the_vocabulary_is_of_all_groups_inside() -> None:
    assert vocabulary(Sheet) >= {"shapes", "plain", "first", "shape", "radius", "token", "sideLength", "corners"}


def test_the_way_ends_where_the_models_do() -> None:
    spot = find(Sheet, ("plain", "a", "corners", "x", "y", "z"))
    assert spot.inside == ("plain", "a", "corners", "x", "y", "z")
    assert spot.key == "corners"
