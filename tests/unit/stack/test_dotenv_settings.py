"""Where a `.env` may be written: inside the project, and never over one of its own files."""

import subprocess
from pathlib import Path

import pytest

from components._settings import DotenvSettings
from tests.unit.stack.reading import mistake, mistakes, parse

ROOT = Path(__file__).resolve().parents[3]


def _dotenv(path: object) -> dict[str, object]:
    return {"delivery": {"file": {"target": "dotenv", "path": path}}}


@pytest.mark.parametrize(
    "path",
    [
        "/etc/x.env",
        "../.env",
        "a/../../.env",
        "a/..",
        "~/.env",
        "C:/x.env",
        "a\\.env",
        "",
        ".",
        "./",
        "config/",
        ".env/",
        ".env/.",
        ".git/.env",
        ".GIT/x.env",
        ".state/.env",
        ".venv/.env",
        ".env.example",
        "x/.env.sample",
        "Makefile",
        "__main__.py",
        ".ENV",
        "environment",
        "a\n.env",
        "\x00.env",
        "$(id).env",
        "`id`.env",
        "'.env",
        " .env",
        "x" * 2000 + ".env",
        5,
        None,
        True,
        [".env"],
    ],
)
def test_a_path_that_could_do_harm_is_refused(path: object) -> None:
    assert mistake(_dotenv(path)).where.endswith("delivery.file.path")


@pytest.mark.parametrize(
    ("path", "read"),
    [
        (".env", ".env"),
        ("./.env", ".env"),
        (".env.dev", ".env.dev"),
        ("builder/prod.env", "builder/prod.env"),
        ("a folder/ü.env", "a folder/ü.env"),
    ],
)
def test_a_path_inside_the_project_is_taken(path: str, read: str) -> None:
    file = parse(_dotenv(path)).delivery["file"]
    assert isinstance(file, DotenvSettings)
    assert file.path == read


def test_no_file_of_the_project_can_be_named() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        timeout=30,
        check=True,
    )
    files = [name for name in listed.stdout.decode().split("\0") if name]
    assert files, "the project's own files are not listed, so that this test would prove nothing"
    for name in files:
        assert all(problem.where.endswith("delivery.file.path") for problem in mistakes(_dotenv(name))), name


def test_a_folder_of_that_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".env").mkdir()
    problem = mistake({}, root=tmp_path)
    assert problem.where.endswith("delivery.dotenv")
    assert "is a folder that exists" in problem.what


def test_a_link_that_leads_out_of_the_project_is_refused(tmp_path: Path) -> None:
    root, outside = tmp_path / "project", tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    (root / "linked").symlink_to(outside)
    raw = _dotenv("linked/.env")
    assert "symbolic link" in mistake(raw, root=root).what
    (root / "linked").unlink()
    (root / "linked").mkdir()
    assert parse(raw, root=root).delivery
