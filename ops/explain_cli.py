"""The verb `explain`: arguments, printing and exit codes.

Owns: what a user types and sees. Does not own the explanation (`explain/`), which is imported when it is asked for.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from contract.problem import Problem, Problems
from ops._verbs import Exit, print_json

if TYPE_CHECKING:
    from ops.explain.explanation import Explanation

_EXIT_CODES = """\b
Exit codes:
  0    explained, whatever the preview holds
  1    it holds a danger, has failed or is refused by a policy, and --fail-on danger was given
  2    wrong usage, or a preview or event log that cannot be read
  130  interrupted
"""
_LARGEST = 1 << 30
_AMOUNT = click.FloatRange(min=0, max=1e12)


@click.command(epilog=_EXIT_CODES)
@click.argument("preview", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True), default="-")
@click.option(
    "--format",
    "form",
    type=click.Choice(["markdown", "text", "json"]),
    default="markdown",
    show_default=True,
    help="Markdown stays under GitHub's limit for a comment; text and JSON leave nothing out.",
)
@click.option(
    "--environment", metavar="NAME", help="What the heading and the hidden marker name.  [default: the stack]"
)
@click.option(
    "--events",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    metavar="FILE",
    help="The event log of the same preview, for what the policies say.",
)
@click.option(
    "--fail-on", type=click.Choice(["never", "danger"]), default="never", show_default=True, help="When to end with 1."
)
@click.option(
    "--expiry-days",
    type=click.IntRange(min=0, max=3650),
    default=30,
    show_default=True,
    help="Name credentials that end within so many days.",
)
@click.option("--storage-gb", type=_AMOUNT, help="Assume so many GB of images in each registry.  [default: 20]")
@click.option("--images-per-day", type=_AMOUNT, help="Assume so many images pushed a day.  [default: 10]")
@click.option("--pulls-per-day", type=_AMOUNT, help="Assume so many deployments a day.  [default: 100]")
@click.option(
    "--internet-gb", type=_AMOUNT, help="Assume so many GB a month pulled from outside the region.  [default: 0]"
)
def explain(
    preview: Path,
    *,
    form: str,
    environment: str | None,
    events: Path | None,
    fail_on: str,
    expiry_days: int,
    storage_gb: float | None,
    images_per_day: float | None,
    pulls_per_day: float | None,
    internet_gb: float | None,
) -> Exit:
    """Say in plain words what a preview will do.

    PREVIEW is the output of `pulumi preview --json`, as a file or `-` for standard input. Dangers come first: what is
    lost, made public, may do more, or is protected less. Then what the builder is handed anew, who gains or loses
    what, what it costs a month, and each change. It never shows a secret.
    """
    from datetime import UTC, datetime, timedelta

    from ops.explain.explanation import explain as work
    from ops.prices import Usage

    told = {
        "storage_gb": storage_gb,
        "images_per_day": images_per_day,
        "pulls_per_day": pulls_per_day,
        "internet_gb": internet_gb,
    }
    try:
        explained = work(
            _read(preview),
            now=datetime.now(UTC),
            environment=environment,
            events=_read(events) if events is not None else None,
            usage=Usage(**{name: value for name, value in told.items() if value is not None}),
            expiry_within=timedelta(days=expiry_days),
        )
    except Problems as problems:
        if form == "json":
            print_json({"ok": False, "problems": [vars(problem) for problem in problems.problems]})
        click.echo(f"error: {problems}", err=True)
        return Exit.USAGE
    _print(explained, form)
    return Exit.FAILED if fail_on == "danger" and explained.dangerous else Exit.OK


def _print(explained: "Explanation", form: str) -> None:
    if form == "json":
        print_json(explained.as_dict())
    elif form == "text":
        from ops.explain.text import text

        click.echo(text(explained), nl=False)
    else:
        from ops.explain.markdown import markdown

        click.echo(markdown(explained), nl=False)


def _read(path: Path) -> str:
    """The text of a file or of standard input. Raises Problems."""
    name = "standard input" if str(path) == "-" else str(path)
    try:
        with click.open_file(str(path), "rb") as file:
            read: bytes = file.read(_LARGEST + 1)
    except OSError as error:
        raise _unreadable(name, f"cannot be read: {error.strerror}", "name a file that is there, or `-`") from None
    if len(read) > _LARGEST:
        raise _unreadable(name, "is more than 1 GB", "run the preview without --show-sames")
    try:
        return read.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _unreadable(
            name, "is not UTF-8", "write it with `> preview.json`, and not through another tool"
        ) from None


def _unreadable(name: str, what: str, mend: str) -> Problems:
    return Problems("The preview cannot be explained; nothing was written.", [Problem(name, what, mend)])
