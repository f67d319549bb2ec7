"""The way through a settings model to the place that an error of pydantic's is about.

Owns: how models, groups in them, maps of groups, lists and groups of several kinds lie inside one another. Does not
own: the words (`_models.py`). Pydantic names places by what it tried: the kind of a block is a step of its own there,
which nobody has written in the file.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from components._settings import Settings
from stack._file import Place

_NAME = "[key]"  # what pydantic calls the name of an entry in a map


@dataclass(frozen=True)
class Spot:
    """Where an error is, as the file has it."""

    inside: Place
    """The keys that lead there from the model."""
    owner: type[Settings]
    """The model, or the innermost group, that the place belongs to."""
    field: FieldInfo | None
    """The innermost field; None at the model itself."""
    key: str
    """What that field is called in the file."""
    kinds: tuple[type[Settings], ...]
    """The groups that could stand there."""
    is_name: bool
    """Whether it is the name of an entry that is wrong, not the entry."""

    @property
    def choice(self) -> tuple[str, tuple[str, ...]]:
        """The key by which the groups that could stand there are told apart, and its words."""
        told = [_told_by(kind) for kind in self.kinds]
        return told[0][0], tuple(word for _, words in told for word in words)


def keys(model: type[Settings]) -> list[str]:
    """The keys of `model` as they are written in YAML."""
    return [field.alias or name for name, field in model.model_fields.items()]


@cache
def vocabulary(model: type[Settings]) -> frozenset[str]:
    """The keys of `model` and of all groups inside it."""
    words, todo, seen = set[str](), [model], set[type[Settings]]()
    while todo:
        one = todo.pop()
        if one not in seen:
            seen.add(one)
            words.update(keys(one))
            todo.extend(kind for field in one.model_fields.values() for kind in _groups_below(field.annotation))
    return frozenset(words)


def find(model: type[Settings], location: Sequence[str | int]) -> Spot:
    """The spot at `location`, pydantic's own, as far as the models know the way."""
    inside: list[str] = []
    owner, field, key = model, None, ""
    types: tuple[object, ...] = (model,)
    is_name = False
    for part in location:
        if part == _NAME:
            is_name = True
            break
        groups = _groups(types)
        chosen = next((group for group in groups if len(groups) > 1 and part in _told_by(group)[1]), None)
        if chosen is not None:
            types, owner = (chosen,), chosen
            continue
        inside.append(str(part))
        if len(groups) == 1:
            owner = groups[0]
            found = {one.alias or name: one for name, one in owner.model_fields.items()}.get(str(part))
            if found is not None:
                field, key = found, str(part)
            types = alternatives(found.annotation) if found is not None else ()
        else:
            types = _items(types)
    groups = _groups(types)
    if len(groups) == 1:
        owner = groups[0]
    return Spot(tuple(inside), owner, field, key, groups, is_name)


def alternatives(annotation: object) -> tuple[object, ...]:
    """The types that `annotation` allows, without what is said about them."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return alternatives(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return tuple(inner for one in get_args(annotation) for inner in alternatives(one))
    return (annotation,)


def _groups(types: tuple[object, ...]) -> tuple[type[Settings], ...]:
    return tuple(one for one in types if isinstance(one, type) and issubclass(one, Settings))


def _items(types: tuple[object, ...]) -> tuple[object, ...]:
    """What stands in a map or a list."""
    for one in types:
        origin: Any = get_origin(one)
        if isinstance(origin, type) and issubclass(origin, Mapping | Sequence):
            arguments = get_args(one)
            return alternatives(arguments[1 if issubclass(origin, Mapping) else 0])
    return ()


def _groups_below(annotation: object) -> tuple[type[Settings], ...]:
    types = alternatives(annotation)
    return _groups(types) or _groups(_items(types))


def _told_by(group: type[Settings]) -> tuple[str, tuple[str, ...]]:
    """The key by which `group` is told from others in its place, with the words that mean it."""
    for name, field in group.model_fields.items():
        if get_origin(field.annotation) is Literal:
            return field.alias or name, tuple(str(word) for word in get_args(field.annotation))
    return "", ()
