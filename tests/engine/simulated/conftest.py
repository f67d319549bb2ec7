"""Programs of this folder, each in a project of its own on the real engine with simulated clouds."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.support.emulator import emulator, emulator_server
from tests.support.engine import EngineProject

__all__ = ["emulator", "emulator_server"]

PROGRAMS = Path(__file__).with_name("programs")

Project = Callable[..., EngineProject]


def engine_project(folder: Path, name: str, **options: Any) -> EngineProject:
    """A project of `programs/<name>.py` under `folder`, in a path that nobody would choose."""
    program = (PROGRAMS / f"{name}.py").read_text(encoding="utf-8")
    return EngineProject(folder / f"{name} with spaces, é", program, **options)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Makes projects of this test's own."""
    return partial(engine_project, tmp_path)
