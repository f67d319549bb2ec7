"""The stack's config, read once into frozen settings, or refused with every mistake at once.

Owns: the rules of the whole stack and their defaults. Does not own what a kind of registry or a
target may be told (each has its model beside its component), and declares nothing: where a
mistake is found, no resource has been registered yet.
"""

import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import pulumi

from components._settings import DeliverySettings, RegistrySettings
from components._table import load as load_component
from contract.kinds import Environment, Kind, Target
from contract.problem import Problem, printable
from stack import _declared
from stack._file import NAMESPACE, Place, StackFile
from stack._groups import BuilderSettings, SmokeTestSettings, tag_key_mistake, tag_value_mistake
from stack._models import not_an_object, read, unknown_key
from stack._placeholders import placeholders
from stack._raw import KEYS, decode, misspelt_namespaces, secret_keys
from stack._report import Report
from stack._words import dotted, listed, nearest

SIMULATED_VARIABLE = "SNAPDEPLOY_SIMULATED"
"""The environment variable that is `1` where the engine runs with simulated providers."""

_DEFAULT_REGISTRIES: Mapping[str, object] = {"main": {"kind": Kind.LOCAL.value}}
_DEFAULT_DELIVERY: Mapping[str, object] = {"dotenv": {"target": Target.DOTENV.value}}


@dataclass(frozen=True)
class StackSettings:
    """Everything that a stack was told, checked as a whole."""

    stack: str
    environment: Environment
    primary: str
    """The name of the registry that the builder pushes to; a key of `registries`."""
    registries: Mapping[str, RegistrySettings]
    delivery: Mapping[str, DeliverySettings]
    """By name; the `registry` of each is a key of `registries`."""
    builder: BuilderSettings
    smoke_test: SmokeTestSettings
    tags: Mapping[str, str]
    simulated: bool
    """Whether this run is against simulated providers, so that nothing real may be touched."""
    where: Callable[[Place], str] = field(default=dotted, repr=False, compare=False)
    """Where a key stands, as a person would look for it: with the file and the line where they are known."""


def load() -> StackSettings:
    """The running stack's settings. Raises Problems with every mistake in its config."""
    config = pulumi.runtime.config.CONFIG.get()
    raw = decode(config)
    stack = pulumi.get_stack()
    file = StackFile.read(Path.cwd() / f"Pulumi.{stack}.yaml")
    simulated, elsewhere = _simulated(os.environ.get(SIMULATED_VARIABLE, ""))
    return parse(
        raw,
        stack=stack,
        file=file if file is not None and file.describes(raw) else None,
        simulated=simulated,
        secret=secret_keys(raw, pulumi.runtime.is_config_secret),
        root=Path.cwd(),
        elsewhere=[*elsewhere, *misspelt_namespaces(config)],
    )


def parse(
    raw: Mapping[str, object],
    *,
    stack: str,
    file: StackFile | None,
    simulated: bool,
    secret: Collection[str] = (),
    root: Path | None = None,
    elsewhere: Collection[Problem] = (),
    loader: _declared.Loader = load_component,
) -> StackSettings:
    """The settings in `raw`, the config's keys without their namespace and with objects decoded.

    `file` gives the lines; `secret` names the keys of which no value may be shown; `root` is the
    project's folder, where deliveries to files are held against what is there already (None: they
    are not); `elsewhere` are mistakes found outside the config, to be reported with the rest.
    Raises Problems with every mistake; changes nothing.
    """
    report = Report(stack=stack, file=file, secret_keys=secret)
    report.knows(KEYS)
    for problem in elsewhere:
        report.add_elsewhere(problem)
    _check_keys(raw, file, report)
    if not simulated:
        _check_placeholders(raw, report)

    environment = _environment(raw.get("environment"), stack, report)
    registry_blocks, delivery_blocks = _blocks(raw, environment, report)
    names = _declared.names(registry_blocks)
    registries = _declared.registries(registry_blocks, environment, simulated=simulated, report=report, loader=loader)
    primary = _primary(raw.get("primary"), names, report)
    delivery = _declared.deliveries(delivery_blocks, names, primary, root=root, report=report, loader=loader)
    _declared.check_credentials(registries, delivery, report)
    builder = read(BuilderSettings, _object(raw, "builder", report), ("builder",), report)
    smoke_test = read(SmokeTestSettings, _object(raw, "smokeTest", report), ("smokeTest",), report)
    tags = _tags(_object(raw, "tags", report), report)

    report.raise_if_any()
    if environment is None or primary is None or builder is None or smoke_test is None:
        raise AssertionError("a setting is missing, but no mistake was reported")
    return StackSettings(
        stack=stack,
        environment=environment,
        primary=primary,
        registries=MappingProxyType(registries),
        delivery=MappingProxyType(delivery),
        builder=builder,
        smoke_test=smoke_test,
        tags=MappingProxyType(tags),
        simulated=simulated,
        where=report.where,
    )


def _simulated(value: str) -> tuple[bool, list[Problem]]:
    if value in {"", "0", "1"}:
        return value == "1", []
    problem = Problem(
        where=f"environment variable {SIMULATED_VARIABLE}",
        what=f"has to be `1` or absent, but is `{printable(value)}`",
        mend=f"run `unset {SIMULATED_VARIABLE}`, or set it to 1",
        consequence="whether anything real may be touched would be a guess",
    )
    return False, [problem]


def _check_keys(raw: Mapping[str, object], file: StackFile | None, report: Report) -> None:
    for key in raw:
        if key not in KEYS:
            unknown_key((key,), KEYS, report)
    for twice in file.twice() if file is not None else ():
        report.add(
            twice.place,
            f"is written twice: on line {twice.first_line} and on line {twice.line}",
            f"delete line {twice.first_line} or line {twice.line}",
            "which of the two counts would be an accident",
        )


def _check_placeholders(raw: Mapping[str, object], report: Report) -> None:
    for place, value, known in placeholders(raw):
        report.add(
            place,
            f"{report.value(place, value)} {known.what}",
            known.mend,
            "it is taken under SIMULATE=1 only; a real stack would fail there or reach somebody else's",
        )


def _environment(found: object, stack: str, report: Report) -> Environment | None:
    place = ("environment",)
    words = [str(environment) for environment in Environment]
    if found in (None, ""):
        if stack in words:
            return Environment(stack)
        report.add(
            place,
            f"is missing, and the stack's name is none of {listed(words)}",
            f"write `{NAMESPACE}:environment: {Environment.DEV}` under `config:`, or another of them",
            "how strict to be would be a guess",
        )
        return None
    if isinstance(found, str) and found in words:
        return Environment(found)
    meant = nearest(found, words) if isinstance(found, str) and not report.hides(place) else None
    if not report.wrong_at(place):
        report.add(
            place,
            f"has to be one of {listed(words)}, but is {report.value(place, found)}",
            f"write `{NAMESPACE}:environment: {meant or Environment.DEV}`",
        )
    return None


def _blocks(raw: Mapping[str, object], environment: Environment | None, report: Report) -> tuple[object, object]:
    """The registries and the deliveries, with the embedded defaults of environment `local`, each for itself."""
    registries, delivery = raw.get("registries"), raw.get("delivery")
    # `{}` is what the engine hands over for a key that is left out: the default in Pulumi.yaml.
    nothing: tuple[object, ...] = (None, "", {})
    if delivery in nothing:
        # Whoever only sets a port must not lose the file of variables by it.
        delivery = _DEFAULT_DELIVERY if environment is Environment.LOCAL else {}
    if registries not in nothing:
        return registries, delivery
    if environment is Environment.LOCAL:
        return _DEFAULT_REGISTRIES, delivery
    if environment is not None:
        report.add(
            ("registries",),
            f"no registry is declared; the kinds are {listed(Kind)}",
            _declared.how_to_declare(environment),
            "the builder would have nowhere to push to",
        )
    return {}, delivery


def _primary(found: object, names: list[str], report: Report) -> str | None:
    place = ("primary",)
    if found in (None, ""):
        if len(names) > 1:
            report.add(
                place,
                f"is missing, and there are {len(names)} registries",
                f"write `{NAMESPACE}:primary: {report.name(('registries', names[0]))}` under `config:`, or another one",
                "which of them the builder pushes to would be a guess",
            )
        return names[0] if len(names) == 1 else None
    if not isinstance(found, str):
        report.add(place, f"has to be the name of a registry, but is {report.value(place, found)}", "write its name")
        return None
    if not report.wrong_at(place):
        _declared.check_names_registry(place, found, names, report)
    return found if found in names else None


def _object(raw: Mapping[str, object], key: str, report: Report) -> Mapping[str, object]:
    found = raw.get(key)
    if found is None or found == "":
        return {}
    if isinstance(found, Mapping):
        return {str(inner): value for inner, value in found.items()}
    not_an_object((key,), found, "`key: value` lines under it, or delete it", report)
    return {}


def _tags(block: Mapping[str, object], report: Report) -> dict[str, str]:
    tags: dict[str, str] = {}
    for key, value in block.items():
        place = ("tags", key)
        mistake = tag_key_mistake(key)
        if mistake is not None:
            report.add(place, mistake, "write for example `team: platform`")
        if report.wrong_at(place):
            continue
        if not isinstance(value, str):
            report.add(place, f"has to be text, but is {report.value(place, value)}", "write its value in quotes")
        elif (mistake := tag_value_mistake(value)) is not None:
            report.add(place, f"{report.value(place, value)} {mistake}", "write for example `team: platform`")
        else:
            tags[key] = value
    return tags
