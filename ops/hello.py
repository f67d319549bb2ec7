"""A program small enough to be written by hand, so that an image to test with needs no base image.

Owns: a static Linux executable, as bytes, that writes "Hello from SnapDeploy" and exits with 0, for
amd64 and arm64. Does not own the image around it. Nothing is pulled, compiled or downloaded for it.
"""

import struct
from enum import StrEnum

GREETING = b"Hello from SnapDeploy\n"

_ELF_HEADER = struct.Struct("<16sHHIQQQIHHHHHH")  # Elf64_Ehdr
_PROGRAM_HEADER = struct.Struct("<IIQQQQQQ")  # Elf64_Phdr
_IDENT = b"\x7fELF\x02\x01\x01".ljust(16, b"\0")  # 64 bits, little endian, version 1, System V
_BASE = 0x400000
_CODE_AT = _ELF_HEADER.size + _PROGRAM_HEADER.size


class Machine(StrEnum):
    """The processors that Docker engines run on, in Docker's words."""

    AMD64 = "amd64"
    ARM64 = "arm64"


_ELF_MACHINE = {Machine.AMD64: 62, Machine.ARM64: 183}  # EM_X86_64, EM_AARCH64


def executable(machine: Machine) -> bytes:
    """The whole ELF file; the kernel maps it at once, readable and executable."""
    code = _amd64() if machine is Machine.AMD64 else _arm64()
    body = code + GREETING
    size = _CODE_AT + len(body)
    header = _ELF_HEADER.pack(
        _IDENT, 2, _ELF_MACHINE[machine], 1, _BASE + _CODE_AT, _ELF_HEADER.size, 0, 0, _ELF_HEADER.size,
        _PROGRAM_HEADER.size, 1, 0, 0, 0,
    )  # fmt: skip
    load = _PROGRAM_HEADER.pack(1, 5, 0, _BASE, _BASE, size, size, 0x10000)  # PT_LOAD, read + execute, 64 KiB pages
    return header + load + body


def _amd64() -> bytes:
    finish = b"\xb8\x3c\0\0\0" + b"\x31\xff" + b"\x0f\x05"  # mov eax, 60 (exit); xor edi, edi; syscall
    # The text follows the code: what is left to run after `lea` is `mov edx`, `syscall` and the exit.
    offset = 5 + 2 + len(finish)
    return b"".join(
        (
            b"\xb8\x01\0\0\0",  # mov eax, 1 (write)
            b"\xbf\x01\0\0\0",  # mov edi, 1 (standard output)
            b"\x48\x8d\x35" + struct.pack("<i", offset),  # lea rsi, [rip + offset]
            b"\xba" + struct.pack("<I", len(GREETING)),  # mov edx, length
            b"\x0f\x05",  # syscall
            finish,
        )
    )


def _arm64() -> bytes:
    def set_register(register: int, value: int) -> int:
        return 0xD2800000 | value << 5 | register  # movz x<register>, #value

    call = 0xD4000001  # svc #0
    words_to_text = 7  # from `adr` to the end of the code, in instructions
    instructions = (
        set_register(0, 1),  # standard output
        0x10000000 | words_to_text << 5 | 1,  # adr x1, text
        set_register(2, len(GREETING)),
        set_register(8, 64),  # write
        call,
        set_register(0, 0),
        set_register(8, 93),  # exit
        call,
    )
    return struct.pack(f"<{len(instructions)}I", *instructions)
