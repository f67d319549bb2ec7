"""Reads one block of the config into its settings model, and puts each mistake into words.

Owns: the translation of pydantic's errors. Does not own the models, which say in `description`
and `examples` what to write instead, or the way through them (`_way.py`).
"""

import json
from collections.abc import Iterable, Mapping, Sized
from typing import TypeVar

from pydantic import SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from components._settings import MistakeError, Settings
from stack._file import Place
from stack._report import Report
from stack._way import Spot, alternatives, find, keys, vocabulary
from stack._words import HIDDEN, line_of_yaml, listed, nearest

__all__ = ["keys", "not_an_object", "read", "unknown_key"]

_Model = TypeVar("_Model", bound=Settings)

_EXPECTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "a number",
    "bool_type": "true or false",
    "dict_type": "keys with values",
    "mapping_type": "keys with values",
    "model_type": "keys with values",
    "model_attributes_type": "keys with values",
    "list_type": "a list",
    "tuple_type": "a list",
    "too_short": "a list of at least {min_length}",
    "too_long": "a list of at most {max_length}",
    "string_too_short": "text of at least {min_length} character",
    "string_too_long": "text of at most {max_length} characters",
    "greater_than_equal": "a number of at least {ge}",
    "less_than_equal": "a number of at most {le}",
    "enum": "one of {expected}",
    "literal_error": "one of {expected}",
}


def read(model: type[_Model], block: Mapping[str, object], place: Place, report: Report) -> _Model | None:
    """`block` as `model`; None where it has mistakes, each of which is then in the report."""
    report.knows(vocabulary(model))
    errors: list[ErrorDetails] = []
    try:
        return model.model_validate(dict(block), by_alias=True, by_name=False)
    except ValidationError as error:
        errors = error.errors(include_url=False)
    for detail in errors:
        _explain(detail, model, place, report)
    return None


def unknown_key(place: Place, known: Iterable[str], report: Report) -> None:
    """Reports that the last key of `place` is not among `known`."""
    known = list(known)
    name = report.name(place)
    # A name that is left out must not be told by what it is like.
    meant = nearest(place[-1], known) if name != HIDDEN else None
    report.add(
        place,
        "is not a key that can stand here",
        f"write `{meant}` instead of `{name}`"
        if meant
        else f"delete it; the keys that can stand here: {listed(known)}",
        "it would be ignored, and what it was meant to set would keep its default",
    )


def not_an_object(place: Place, found: object, example: str, report: Report) -> None:
    """Reports that the value at `place` should be keys with values."""
    # Text in an object's place may be that whole object, secrets included, with one comma too few.
    what = "text" if isinstance(found, str) else report.value(place, found)
    report.add(place, f"has to be keys with values, but is {what}", f"write {example}")


def _explain(detail: ErrorDetails, model: type[Settings], place: Place, report: Report) -> None:
    spot = find(model, detail["loc"])
    at = (*place, *spot.inside)
    if report.wrong_at(at) or _follows_from_others(detail):
        return  # A placeholder, or what an item broke already: that it breaks a rule as well is no second mistake.
    if detail["type"].startswith("union_tag_"):
        _explain_choice(detail, spot, at, report)
        return
    if detail["type"] == "extra_forbidden":
        unknown_key(at, keys(spot.owner), report)
        return
    mend = _mend(at, spot, detail, report)
    if detail["type"] == "missing":
        report.add(at, "is missing", mend)
        return
    mistake = detail.get("ctx", {}).get("error")
    if spot.is_name:
        # The name stands in the place already.
        what = mistake.what if isinstance(mistake, MistakeError) else "is not a name that can stand here"
        report.add(
            at, what, mistake.mend if isinstance(mistake, MistakeError) and mistake.mend else "write another name"
        )
        return
    value = report.value(at, detail["input"], secret=_is_secret(spot.field))
    if isinstance(mistake, MistakeError):
        # Of a key that is left out there is no value to speak of.
        what = mistake.what if detail["input"] is None else f"{value} {mistake.what}"
        report.add(at, what, mistake.mend or mend, mistake.consequence)
    elif (expected := _EXPECTED.get(detail["type"])) is not None:
        report.add(at, f"has to be {expected.format(**detail.get('ctx', {}))}, but is {value}", mend)
    else:
        report.add(at, f"{value} is not accepted: {detail['type'].replace('_', ' ')}", mend)


def _explain_choice(detail: ErrorDetails, spot: Spot, at: Place, report: Report) -> None:
    """A block of several kinds that does not say, or says wrongly, which kind it is."""
    key, words = spot.choice
    where = (*at, key)
    if report.wrong_at(where):
        return
    found = detail["input"].get(key) if isinstance(detail["input"], Mapping) else None
    if found is None:
        report.add(where, "is missing", f"write `{key}: {words[0]}`, or another of: {listed(words[1:])}")
        return
    meant = nearest(found, words) if isinstance(found, str) and not report.hides(where) else None
    report.add(
        where,
        f"has to be one of {listed(words)}, but is {report.value(where, found)}",
        f"write `{key}: {meant or words[0]}`",
    )


def _follows_from_others(detail: ErrorDetails) -> bool:
    """Whether a list is only too short because of items that have mistakes of their own."""
    found = detail["input"]
    return (
        detail["type"] == "too_short"
        and isinstance(found, Sized)
        and len(found) >= detail.get("ctx", {}).get("min_length", 0)
    )


def _is_secret(field: FieldInfo | None) -> bool:
    return field is not None and SecretStr in alternatives(field.annotation)


def _mend(at: Place, spot: Spot, detail: ErrorDetails, report: Report) -> str:
    if _is_secret(spot.field):
        return f"run `pulumi config set --secret --path '{report.dotted(at)}'`"
    field = spot.field
    if field is None or not field.examples:
        return f"correct `{report.name(at)}` or delete it"
    unquoted = None if report.hides(at) else _unquoted(detail)
    if unquoted is not None:
        return f"write `{line_of_yaml(spot.key, unquoted)}`, without quotes"
    meaning = f" ({field.description})" if field.description else ""
    return f"write for example `{line_of_yaml(spot.key, field.examples[0])}`{meaning}"


def _unquoted(detail: ErrorDetails) -> int | bool | None:
    """The number or truth value that was meant by text in its place."""
    wanted = {"int_type": int, "bool_type": bool}.get(detail["type"])
    text = detail["input"]
    if wanted is None or not isinstance(text, str) or len(text) > 20:
        return None
    try:
        meant: object = json.loads(text.lower())
    except ValueError:
        return None
    # A truth value is an int to isinstance, and no port.
    return meant if isinstance(meant, (int, bool)) and type(meant) is wanted else None
