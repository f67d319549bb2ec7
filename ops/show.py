"""How results look to a person: a table on standard output, progress on a terminal's standard error.

Owns: layout and colour (NO_COLOR respected, none without a terminal). Does not own the results.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from oci.checks import Check
from ops.verify import Report

_OK, _FAILED, _SKIPPED = "ok", "FAILED", "skipped"
_COLOURS = {_OK: "green", _FAILED: "red", _SKIPPED: "yellow"}


@contextmanager
def progress(*, enabled: bool) -> Iterator[Callable[[Check], None]]:
    """Gives a function to call with each check; its one line is gone when the block ends."""
    if not (enabled and sys.stderr.isatty()):
        yield lambda _: None
        return
    count = 0

    def show(check: Check) -> None:
        nonlocal count
        count += 1
        click.echo(f"\r\x1b[K{count} checked, last: {check.name}", err=True, nl=False)

    try:
        click.echo("checking …", err=True, nl=False)
        yield show
    finally:
        click.echo("\r\x1b[K", err=True, nl=False)


def report(result: Report, title: str, *, only_failures: bool) -> None:
    """Prints `result` as a table, or only what failed."""
    rows = [
        (_OK if check.ok else _FAILED, check.name, f"{check.seconds:.2f} s", check.detail) for check in result.checks
    ]
    rows += [(_SKIPPED, skipped.name, "", skipped.reason) for skipped in result.skipped]
    if only_failures:
        rows = [row for row in rows if row[0] == _FAILED]
    else:
        click.echo(f"{title}\n")
    names = max((len(row[1]) for row in rows), default=0)
    for state, name, seconds, detail in rows:
        click.echo(f"  {_coloured(state)}  {name:<{names}}  {seconds:>8}  {detail}")
    if not only_failures:
        click.echo(f"\n{_sum(result)}")


def _sum(result: Report) -> str:
    held = sum(check.ok for check in result.checks)
    parts = [f"{held} of {len(result.checks)} checks held"]
    if result.skipped:
        parts.append(f"{len(result.skipped)} skipped")
    return f"{', '.join(parts)}."


def _coloured(state: str) -> str:
    text = f"{state:<7}"
    wanted = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return click.style(text, fg=_COLOURS[state]) if wanted else text
