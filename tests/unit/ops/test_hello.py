"""The program written by hand: seen running where this machine, or an emulator, can run it."""

import platform
import shutil
import subprocess
from pathlib import Path

import pytest

from ops.hello import GREETING, Machine, executable

_EMULATORS = {Machine.AMD64: "qemu-x86_64", Machine.ARM64: "qemu-aarch64"}
_NATIVE = {"x86_64": Machine.AMD64, "aarch64": Machine.ARM64}


@pytest.mark.parametrize("machine", list(Machine))
def test_it_greets_and_ends_well(machine: Machine, tmp_path: Path) -> None:
    program = tmp_path / "hello"
    program.write_bytes(executable(machine))
    program.chmod(0o755)
    native = platform.system() == "Linux" and _NATIVE.get(platform.machine()) is machine
    emulator = shutil.which(_EMULATORS[machine]) or shutil.which(f"{_EMULATORS[machine]}-static")
    if not native and emulator is None:
        pytest.skip(f"neither this processor nor {_EMULATORS[machine]} can run {machine}")
    command = [str(program)] if native else [str(emulator), str(program)]
    done = subprocess.run(command, capture_output=True, timeout=20, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, GREETING, b"")


@pytest.mark.parametrize(("machine", "number"), [(Machine.AMD64, 62), (Machine.ARM64, 183)])
def test_it_is_an_elf_for_its_processor_and_tiny(machine: Machine, number: int) -> None:
    content = executable(machine)
    assert content[:7] == b"\x7fELF\x02\x01\x01"
    assert int.from_bytes(content[18:20], "little") == number
    assert len(content) < 256
