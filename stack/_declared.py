"""Reads the two groups of named blocks: registries and deliveries.

Owns: names, the choice of a settings model by kind or target, and the rules between blocks.
Does not own what a kind may be told (its model), nor the rules of the whole stack (`settings.py`).
"""

import re
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from components._settings import DeliverySettings, RegistrySettings, Settings
from components._table import REGISTRIES, TARGETS
from contract.kinds import Environment, Kind, Target
from stack import _plain_secrets
from stack._file import NAMESPACE, Place
from stack._models import not_an_object, read
from stack._report import Report
from stack._words import HIDDEN, listed, nearest

Loader = Callable[[str], type]
"""Gives the class behind an entry of the table of components."""

_Word = TypeVar("_Word", bound=StrEnum)

_NONE_YET = "work on the stack `local` for now: of the kinds that may be used here, none is available yet"
_NAME = re.compile(r"[a-z][a-z0-9-]{0,30}")


def names(blocks: object) -> list[str]:
    """The names of the blocks in a group, whether or not these are right."""
    return [str(name) for name in blocks] if isinstance(blocks, Mapping) else []


def registries(
    blocks: object, environment: Environment | None, *, simulated: bool, report: Report, loader: Loader
) -> dict[str, RegistrySettings]:
    """The registries without mistakes; of the others, the mistakes are in the report."""
    found: dict[str, RegistrySettings] = {}
    for place, block in _named("registries", blocks, "`main: {kind: <kind>}`", report):
        kind = _word((*place, "kind"), Kind, REGISTRIES, usable=available(environment), block=block, report=report)
        if kind is Kind.LOCAL:
            _check_local((*place, "kind"), environment, simulated=simulated, report=report)
        if kind is None:
            continue
        model = _model(loader, REGISTRIES[kind])
        if not issubclass(model, RegistrySettings):
            raise TypeError(f"{REGISTRIES[kind]}.Settings is no RegistrySettings")
        settings = read(model, {**block, "kind": kind}, place, report)
        if settings is not None:
            found[place[-1]] = settings
            if not simulated:
                _plain_secrets.check(settings, place, report)
    return found


def deliveries(
    blocks: object, registry_names: list[str], primary: str | None, *, root: Path | None, report: Report, loader: Loader
) -> dict[str, DeliverySettings]:
    """The deliveries without mistakes; one that names no registry delivers the primary."""
    found: dict[str, DeliverySettings] = {}
    taken: dict[tuple[Target, str], Place] = {}
    for place, block in _named("delivery", blocks, "`dotenv: {target: dotenv}`", report):
        registry = block.get("registry")
        if isinstance(registry, str) and not report.wrong_at((*place, "registry")):
            check_names_registry((*place, "registry"), registry, registry_names, report)
        target = _word((*place, "target"), Target, TARGETS, usable=list(TARGETS), block=block, report=report)
        if target is None:
            continue
        model = _model(loader, TARGETS[target])
        if not issubclass(model, DeliverySettings):
            raise TypeError(f"{TARGETS[target]}.Settings is no DeliverySettings")
        settings = read(model, {"registry": primary or "", **block, "target": target}, place, report)
        if settings is None:
            continue
        found[place[-1]] = settings
        _check_destination(settings, place, taken, root, report)
    return found


def check_credentials(
    registries: Mapping[str, RegistrySettings], deliveries: Mapping[str, DeliverySettings], report: Report
) -> None:
    """Reports each delivery of a registry whose credential its target cannot keep."""
    for name, told in deliveries.items():
        registry = registries.get(told.registry)
        refused = told.refusal(registry.builder_auth()) if registry is not None else None
        if refused is not None:
            report.add(("delivery", name), refused.what, refused.mend, refused.consequence)


def check_names_registry(place: Place, name: str, registry_names: list[str], report: Report) -> None:
    """Reports where `name` at `place` is none of the registries that are declared."""
    if name in registry_names or not registry_names:
        return
    there = [report.name(("registries", other)) for other in registry_names]
    told = [name for name in there if name != HIDDEN]
    meant = None if report.hides(place) else nearest(name, told)
    if meant is not None:
        mend = f"write `{place[-1]}: {meant}`"
    else:
        mend = f"write one of: {listed(told)}" if told else "write the name of a registry that is declared"
    report.add(place, f"names no registry of this stack, but is {report.value(place, name)}", mend)


def available(environment: Environment | None) -> list[Kind]:
    """The kinds of registry that exist today and may be used in `environment`."""
    return [kind for kind in REGISTRIES if kind is not Kind.LOCAL or environment in {Environment.LOCAL, None}]


def how_to_declare(environment: Environment | None) -> str:
    """What to write for a registry in `environment`, with the kinds that exist today."""
    kinds = available(environment)
    if not kinds:
        return _NONE_YET
    return f"write `{NAMESPACE}:registries:` under `config:`, and under it `main: {{kind: {kinds[0]}}}`" + (
        f" (or another kind: {listed(kinds[1:])})" if kinds[1:] else ""
    )


def _named(group: str, blocks: object, example: str, report: Report) -> Iterable[tuple[Place, Mapping[str, object]]]:
    if not isinstance(blocks, Mapping):
        not_an_object((group,), blocks, example, report)
        return
    for key, block in blocks.items():
        place = (group, str(key))
        if _NAME.fullmatch(str(key)) is None:
            report.add(
                place,
                "is not a name: a lower-case letter, then up to 30 of a-z, 0-9 and '-'",
                "write for example `main`",
                "resources and outputs are named after it",
            )
        if isinstance(block, Mapping):
            yield place, {str(inner): value for inner, value in block.items()}
        else:
            not_an_object(place, block, f"it like {example}", report)


def _word(
    place: Place,
    words: type[_Word],
    table: Mapping[_Word, str],
    *,
    usable: list[_Word],
    block: Mapping[str, object],
    report: Report,
) -> _Word | None:
    """The kind or target that `block` names at `place`; None where it is missing or cannot be had.

    `words` are all that are planned, the keys of `table` those that exist today, and `usable`
    those of them that may be used here.
    """
    key = place[-1]
    report.knows([key])
    if key not in block:
        report.add(place, "is missing", _one_of(key, usable))
        return None
    found = block[key]
    if not isinstance(found, str) or found not in set(words):
        meant = nearest(found, words) if isinstance(found, str) and not report.hides(place) else None
        if not report.wrong_at(place):
            report.add(
                place,
                f"has to be one of {listed(words)}, but is {report.value(place, found)}",
                f"write `{key}: {meant}`" if meant else _one_of(key, usable),
            )
        return None
    word = words(found)
    if word in table:
        return word
    report.add(place, f"{report.value(place, found)} is not available yet", _one_of(key, usable))
    return None


def _one_of(key: str, usable: list[_Word]) -> str:
    if not usable:
        return _NONE_YET
    return f"write `{key}: {usable[0]}`" + (f", or another of: {listed(usable[1:])}" if usable[1:] else "")


def _check_local(place: Place, environment: Environment | None, *, simulated: bool, report: Report) -> None:
    if simulated:
        report.add(
            place,
            "is `local`, which is not simulated",
            "run it without SIMULATE=1",
            "a registry on this machine is real and costs nothing, so a simulation would only prove less",
        )
    if environment not in {Environment.LOCAL, None}:
        report.add(
            place,
            f"is `local`, which environment `{environment}` cannot use",
            _one_of(place[-1], available(environment)),
            "it listens on this machine only: nobody else could push or pull",
        )


def _check_destination(
    settings: DeliverySettings, place: Place, taken: dict[tuple[Target, str], Place], root: Path | None, report: Report
) -> None:
    destination = (settings.target, settings.destination())
    first = taken.setdefault(destination, place)
    if first != place:
        report.add(
            place,
            f"writes to the same place as `{report.dotted(first)}`",
            "give one of them another place, or delete it",
            "each would overwrite what the other has written",
        )
    obstacle = settings.obstacle(root) if root is not None else None
    if obstacle is not None:
        report.add(place, f"its place {obstacle.what}", obstacle.mend, obstacle.consequence)


def _model(loader: Loader, path: str) -> type[Settings]:
    model = getattr(loader(path), "Settings", None)
    if not isinstance(model, type) or not issubclass(model, Settings):
        raise TypeError(f"{path} declares no `Settings`")
    return model
