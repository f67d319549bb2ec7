"""How the tests of the config read one: with settings classes, but without the components behind them."""

from collections.abc import Collection, Mapping
from pathlib import Path

import pytest

from components._settings import DotenvSettings, LocalSettings
from contract.problem import Problem, Problems
from stack._file import StackFile
from stack.settings import StackSettings
from stack.settings import parse as parse_config


class Local:
    """Stands for the component of kind `local`."""

    Settings = LocalSettings


class Dotenv:
    """Stands for the component of target `dotenv`."""

    Settings = DotenvSettings


CLASSES: Mapping[str, type] = {"components.local:Local": Local, "components.delivery.dotenv:Dotenv": Dotenv}


def parse(
    raw: Mapping[str, object],
    *,
    stack: str = "local",
    text: str | None = None,
    simulated: bool = False,
    secret: Collection[str] = (),
    root: Path | None = None,
) -> StackSettings:
    """The settings in `raw`, with `text` as the stack's file. A class that no test knows is a KeyError."""
    file = None
    if text is not None:
        file = StackFile.parse(f"Pulumi.{stack}.yaml", text)
        assert file is not None, "the test's own YAML cannot be read"
    return parse_config(
        raw, stack=stack, file=file, simulated=simulated, secret=secret, root=root, loader=CLASSES.__getitem__
    )


def mistakes(
    raw: Mapping[str, object],
    *,
    stack: str = "local",
    text: str | None = None,
    simulated: bool = False,
    secret: Collection[str] = (),
    root: Path | None = None,
) -> tuple[Problem, ...]:
    """What is wrong with `raw`; fails where nothing is."""
    with pytest.raises(Problems) as caught:
        parse(raw, stack=stack, text=text, simulated=simulated, secret=secret, root=root)
    return caught.value.problems


def mistake(
    raw: Mapping[str, object],
    *,
    stack: str = "local",
    text: str | None = None,
    simulated: bool = False,
    secret: Collection[str] = (),
    root: Path | None = None,
) -> Problem:
    """The one thing that is wrong with `raw`; fails where it is not one."""
    found = mistakes(raw, stack=stack, text=text, simulated=simulated, secret=secret, root=root)
    assert len(found) == 1, found
    return found[0]
