"""Failures that a test orders in advance, in a file of the simulated folder.

Owns: the order book. Does not own: carrying an order out (`lifecycle`).
"""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from tests.simulated.store import write_private


class Operation(StrEnum):
    """What can be made to fail."""

    CREATE = "create"
    READ = "read"
    UPDATE = "update"
    DELETE = "delete"


class Moment(StrEnum):
    """How far the operation gets before it fails."""

    BEFORE = "before"
    """Nothing happened in the cloud."""
    LOST = "lost"
    """It happened, and the answer was lost: the engine does not know."""
    PARTIAL = "partial"
    """It happened, and something after it did not: the engine keeps the resource as unfinished."""


@dataclass(frozen=True)
class Fault:
    """Fail the next `operation` on a resource of type `token` with `message`, once."""

    operation: Operation
    token: str
    message: str
    moment: Moment = Moment.BEFORE
    name: str = ""
    """Only the resource of this logical name; empty for any."""


class Faults:
    """The orders of one simulated folder, taken in the order in which they were given."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file = folder / "faults.json"

    def order(self, fault: Fault) -> None:
        """Adds one failure. Raises ValueError for a moment that the operation does not have."""
        if fault.moment is Moment.PARTIAL and fault.operation not in (Operation.CREATE, Operation.UPDATE):
            raise ValueError(f"a {fault.operation} is not left half done: only a create or an update can be partial")
        with self._changing() as faults:
            faults.append(fault)

    def take(self, operation: Operation, token: str, name: str) -> Fault | None:
        """The next failure that fits, which is then gone; None where there is none."""
        if not self._file.exists():
            return None
        with self._changing() as faults:
            for fault in faults:
                if (fault.operation, fault.token) == (operation, token) and fault.name in ("", name):
                    faults.remove(fault)
                    return fault
        return None

    @contextlib.contextmanager
    def _changing(self) -> Iterator[list[Fault]]:
        descriptor = os.open(self._file.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            faults = self._load()
            yield faults
            write_private(self._file, json.dumps([asdict(fault) for fault in faults], indent=1))
        finally:
            os.close(descriptor)

    def _load(self) -> list[Fault]:
        if not self._file.exists():
            return []
        try:
            return [
                Fault(
                    operation=Operation(entry["operation"]),
                    token=entry["token"],
                    message=entry["message"],
                    moment=Moment(entry.get("moment", Moment.BEFORE)),
                    name=entry.get("name", ""),
                )
                for entry in json.loads(self._file.read_text(encoding="utf-8"))
            ]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            # Read as "no failure", it would let a test pass that meant to fail something.
            raise ValueError(
                f"{self._file} is no list of failures: {error}\n"
                'mend: [{"operation": "create", "token": "aws:ecr/repository:Repository", "message": "…"}]'
            ) from None
