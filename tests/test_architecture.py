"""The rooms' imports run one way, the program stays a table of contents, and no secret word slips in.

Read from the source with `ast`: nothing is imported, so that an import inside a function counts too.
"""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from components._table import REGISTRIES

ROOT = Path(__file__).resolve().parent.parent

ROOMS = {"contract", "oci", "github", "backend", "components", "stack", "ops", "policies", "tools", "tests"}
MAY_IMPORT = {
    "contract": set(),
    "oci": {"contract"},
    "github": {"contract"},
    "backend": {"contract"},
    "components": {"contract", "oci", "github"},
    "stack": {"components", "contract"},
    "ops": {"contract", "oci", "github", "backend"},
    "policies": set(),
    "tools": {"contract"},
    "__main__.py": {"stack", "contract"},
}
STANDARD_LIBRARY_ONLY = ("contract", "tools")
NEVER = {
    "contract": {"pulumi"},
    "oci": {"pulumi"},
    "github": {"pulumi"},
    "backend": {"pulumi"},
    "ops": {"pulumi", "boto3", "google"},
}


def _sources(room: str) -> list[Path]:
    path = ROOT / room
    return [path] if path.is_file() else sorted(path.rglob("*.py"))


def _imports(file: Path) -> Iterator[tuple[int, str]]:
    """Each module that `file` imports, at whatever depth, with the line."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno}: imports are absolute in this project"
            yield node.lineno, node.module or ""


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_only_the_rooms_below_it(room: str) -> None:
    allowed = MAY_IMPORT[room] | {room}
    wrong = [
        f"{file.relative_to(ROOT)}:{line} imports {module}"
        for file in _sources(room)
        for line, module in _imports(file)
        if module.split(".")[0] in ROOMS - allowed
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("room", NEVER)
def test_a_room_keeps_out_what_others_pay_for(room: str) -> None:
    wrong = [
        f"{file.relative_to(ROOT)}:{line} imports {module}"
        for file in _sources(room)
        for line, module in _imports(file)
        if module.split(".")[0].removeprefix("pulumi_") in NEVER[room] or module.split(".")[0] in NEVER[room]
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("room", STANDARD_LIBRARY_ONLY)
def test_what_runs_before_anything_is_installed_needs_nothing_installed(room: str) -> None:
    import sys

    own_host = ROOT / "tools" / "language_host"  # runs in the environment that is installed by then
    wrong = [
        f"{file.relative_to(ROOT)}:{line} imports {module}"
        for file in _sources(room)
        if not file.is_relative_to(own_host)
        for line, module in _imports(file)
        if module.split(".")[0] not in sys.stdlib_module_names | ROOMS | {"__future__"}
    ]
    assert not wrong, "\n".join(wrong)


def test_one_registry_never_imports_another() -> None:
    kinds = {path.split(":")[0].split(".")[1] for path in REGISTRIES.values()}
    wrong = [
        f"{file.relative_to(ROOT)}:{line} imports {module}"
        for file in (ROOT / "components").rglob("*.py")
        for line, module in _imports(file)
        if module.startswith("components.")
        and module.split(".")[1] in kinds - {file.relative_to(ROOT).with_suffix("").parts[1]}
    ]
    assert not wrong, "\n".join(wrong)


def test_the_program_is_a_table_of_contents() -> None:
    source = (ROOT / "__main__.py").read_text()
    assert len(source.splitlines()) <= 60
    branches = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.If | ast.Match | ast.IfExp)]
    assert not branches, "the program decides nothing: the settings and the tables do"


def test_locks_name_no_address() -> None:
    named = [lock.name for lock in (ROOT / "requirements").glob("*.txt") if "://" in lock.read_text()]
    assert not named


def test_nothing_of_this_machine_is_tracked() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    private = [name for name in tracked if name.startswith((".state", ".venv")) or name == ".env"]
    assert not private
    folder = str(ROOT)
    wrong = [
        name
        for name in tracked
        if (ROOT / name).is_file() and folder in (ROOT / name).read_text(encoding="utf-8", errors="ignore")
    ]
    assert not wrong, f"{folder} stands in {wrong}"


def test_no_helper_module_is_left_unused() -> None:
    """A private module that nothing imports is dead code."""
    named = {module for room in ROOMS - {"policies"} for file in _sources(room) for _, module in _imports(file)}
    text = "\n".join(file.read_text() for room in ROOMS for file in _sources(room))
    unused = [
        file.relative_to(ROOT)
        for room in ("components", "stack", "oci", "github", "backend", "ops")
        for file in _sources(room)
        if file.stem.startswith("_")
        and not file.stem.startswith("__")
        and ".".join(file.relative_to(ROOT).with_suffix("").parts) not in named
        and f"import {file.stem}" not in text
    ]
    assert not unused
