"""Our block in somebody else's file: theirs is kept to the byte, ours is read back by every reader."""

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from dotenv import dotenv_values
from hypothesis import given
from hypothesis import strategies as st

from components.delivery import _dotenv_file as dotenv_file

VALUES = {
    "DOCKER_REGISTRY": "127.0.0.1:5000/apps",
    "DOCKER_REGISTRY_PASSWORD": "s3cret-_~",
    "BUILDER_LOG_DIR": "./te mp",
}
OTHER = {"DOCKER_REGISTRY": "ghcr.io/me"}

theirs = st.lists(
    st.sampled_from(["# a comment\n", "A=1\n", "\n", "export B='x y'\r\n", "DOCKER_REGISTRY=mine\n", "# >>> other\n"]),
    max_size=6,
).map("".join)


@given(theirs, theirs)
def test_putting_in_changing_and_taking_out_leaves_theirs_as_it_was(before: str, after: str) -> None:
    once = dotenv_file.with_block(before, dotenv_file.block(VALUES)) + after
    assert dotenv_file.current_block(once) == dotenv_file.block(VALUES)
    assert dotenv_file.with_block(once, dotenv_file.block(VALUES)) == once
    changed = dotenv_file.with_block(once, dotenv_file.block(OTHER))
    assert dotenv_file.current_block(changed) == dotenv_file.block(OTHER)
    assert dotenv_file.with_block(changed, dotenv_file.block(VALUES)) == once
    rest = dotenv_file.without_block(once)
    assert rest.replace("\n", "") == (before + after).replace("\n", "")
    assert rest.endswith(after)


def test_a_block_whose_end_was_cut_off_is_replaced_whole() -> None:
    cut = dotenv_file.block(VALUES).rsplit("\n", 2)[0] + "\n"
    assert dotenv_file.with_block(f"A=1\n{cut}# theirs\n", dotenv_file.block(OTHER)) == (
        "A=1\n" + dotenv_file.block(OTHER) + "# theirs\n"
    )


def test_python_and_the_shell_read_the_same(tmp_path: Path) -> None:
    values = VALUES | {"BUILDER_WORK_DIR": '/tmp/$(touch x)/`y`/"z" #é'}
    file = tmp_path / ".env"
    dotenv_file.write(file, dotenv_file.block(values))
    assert dotenv_values(file, interpolate=False) == values
    names = " ".join(f'"${name}"' for name in values)
    shell = shutil.which("sh")
    assert shell is not None
    read = subprocess.run(
        [shell, "-c", f"set -a; . ./.env; printf '%s\\n' {names}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert read.stdout.splitlines() == list(values.values())


@pytest.mark.parametrize("value", ["it's", "two\nlines", "nul\0", "tab\t"])
def test_a_value_that_readers_disagree_on_is_refused_without_showing_it(value: str) -> None:
    with pytest.raises(dotenv_file.Unwritable) as refused:
        dotenv_file.block({"DOCKER_REGISTRY_PASSWORD": value})
    assert "DOCKER_REGISTRY_PASSWORD" in str(refused.value)
    assert value not in str(refused.value)


def test_the_file_is_replaced_in_one_step_closed_to_others_and_its_link_kept(tmp_path: Path) -> None:
    real = tmp_path / "elsewhere.env"
    real.write_bytes(b"\xff=not utf-8\r\n")
    link = tmp_path / ".env"
    link.symlink_to(real)
    before = os.umask(0)
    try:
        dotenv_file.write(link, dotenv_file.with_block(dotenv_file.read(link), dotenv_file.block(OTHER)))
    finally:
        os.umask(before)
    assert link.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o600
    assert real.read_bytes().startswith(b"\xff=not utf-8\r\n\n# >>>")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".env", "elsewhere.env"]


def test_a_failed_write_leaves_the_old_file_and_no_scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / ".env"
    file.write_text("A=1\n")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        dotenv_file.write(file, "B=2\n")
    assert file.read_text() == "A=1\n"
    assert [path.name for path in tmp_path.iterdir()] == [".env"]
