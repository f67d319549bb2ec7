"""Which engine is used: the first way that works, and nothing that is too old, too alone or damaged."""

import json
import os
from pathlib import Path

import pytest

from tools import engine, go_program, places
from tools.say import Failure


@pytest.fixture(autouse=True)
def _own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "STATE", tmp_path / "state")
    monkeypatch.setenv("SNAPDEPLOY_CACHE", str(tmp_path / "cache"))
    places.cache_folder.cache_clear()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(engine, "_VENDOR", "https://127.0.0.1:1/")  # nobody listens there


def _program(path: Path, says: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho {says}\n")
    path.chmod(0o755)
    return path


def _build(program: go_program.GoProgram) -> None:
    """What a finished build leaves in the cache."""
    _program(program.path, program.version)
    proof = {"size": program.path.stat().st_size, "sha256": go_program._sha256(program.path)}
    (program.folder / "built.json").write_text(json.dumps(proof))


def test_a_new_enough_engine_with_its_host_on_path_comes_first(tmp_path: Path) -> None:
    _build(engine.BUILT)
    pulumi = _program(tmp_path / "bin" / "pulumi", "v99.0.0")
    _program(tmp_path / "bin" / "pulumi-language-python", "")
    found = engine.ensure()
    assert (found.pulumi, found.own_host) == (pulumi, False)
    assert engine.remembered() == found


@pytest.mark.parametrize(("version", "host"), [("v3.1.0", True), ("v99.0.0", False), ("nonsense", True)])
def test_one_that_is_too_old_alone_or_broken_is_passed_over(
    tmp_path: Path, version: str, host: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    _build(engine.BUILT)
    _program(tmp_path / "bin" / "pulumi", version)
    if host:
        _program(tmp_path / "bin" / "pulumi-language-python", "")
    assert engine.ensure().pulumi == engine.BUILT.path
    assert "not used" in capsys.readouterr().err


def test_what_is_remembered_is_forgotten_when_anything_changed(tmp_path: Path) -> None:
    _build(engine.BUILT)
    assert engine.ensure() == engine.remembered()
    _program(tmp_path / "bin" / "pulumi", "v3.1.0")
    assert engine.remembered() is None, "another pulumi is on PATH"
    (tmp_path / "bin" / "pulumi").unlink()
    assert engine.remembered() is not None
    os.utime(engine.BUILT.path, (1, 1))
    assert engine.remembered() is None, "the binary is another one"


@pytest.mark.parametrize("damage", ["cut short", "changed inside", "no proof", "gone"])
def test_a_damaged_build_is_seen_and_made_again(
    damage: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _build(engine.BUILT)
    content = engine.BUILT.path.read_bytes()
    if damage == "cut short":
        engine.BUILT.path.write_bytes(content[:-3])
    elif damage == "changed inside":
        engine.BUILT.path.write_bytes(content[:-3] + b"xyz")
    elif damage == "no proof":
        (engine.BUILT.folder / "built.json").unlink()
    else:
        engine.BUILT.path.unlink()
    monkeypatch.setattr(go_program.GoProgram, "_compile", lambda self, out: _program(out, self.version) and None)
    assert engine.ensure().pulumi.read_bytes() == content
    assert engine.BUILT.is_built(thoroughly=True)
    assert "incomplete or damaged" in capsys.readouterr().err


def test_a_build_that_fails_publishes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_self: go_program.GoProgram, out: Path) -> None:
        out.write_text("half")
        raise Failure("no compiler")

    monkeypatch.setattr(go_program.GoProgram, "_compile", fail)
    with pytest.raises(Failure, match="no compiler"):
        engine.ensure()
    assert not engine.BUILT.folder.exists()
    assert not list(engine.BUILT.folder.parent.glob(".building-*"))
