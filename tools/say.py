"""What the tools say while they work: on stderr, so that stdout holds results only."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Failure(Exception):
    """Something that ends the command: the message says what, what follows and how to mend it."""


def say(text: str) -> None:
    """One line for the person who waits."""
    print(text, file=sys.stderr, flush=True)


def guarded(command: Callable[[], int], *, stopped: str = "stopped") -> int:
    """Runs a command; returns its exit code, 1 after a `Failure` and 130 after Ctrl-C, each with its message."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return command()
    except Failure as failure:
        say(f"error: {failure}")
        return 1
    except KeyboardInterrupt:
        say(stopped)
        return 130


class Progress:
    """One line that is written over while something runs; nothing at all where stderr is no terminal."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._start = time.monotonic()
        self._shown = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"

    def show(self, done: int, total: int) -> None:
        """`done` of `total` steps, with the time gone and, once it can be told, the time left."""
        if not self._shown:
            return
        gone = time.monotonic() - self._start
        share = min(done / total, 1.0) if total else 0.0
        left = f", about {_minutes(gone / share - gone)} left" if share > 0.05 and gone > 5 else ""
        print(f"\r\033[K{self._label}: {share:4.0%} after {_minutes(gone)}{left}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Takes the line away."""
        if self._shown:
            print("\r\033[K", end="", file=sys.stderr, flush=True)


@contextmanager
def progress(label: str) -> Iterator[Progress]:
    """A progress line that is gone when the block ends, however it ends."""
    line = Progress(label)
    try:
        yield line
    finally:
        line.clear()


def _minutes(seconds: float) -> str:
    whole = max(int(seconds), 0)
    return f"{whole // 60} min {whole % 60:02d} s" if whole >= 60 else f"{whole} s"
