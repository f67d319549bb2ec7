"""The command line of `snapdeploy-registry`: arguments, printing and exit codes, nothing else.

Owns: what a user types and sees. Does not own any work: each verb is a function in a file of its
own, imported when it is asked for, so that `--help` answers at once.
"""

import io
import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from enum import IntEnum
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate, NoReturn, ParamSpec

import click

from contract.problem import Problem, Problems
from ops import __version__

if TYPE_CHECKING:
    from ops.delivered import Delivered

_P = ParamSpec("_P")

_EXIT_CODES = """\b
Exit codes:
  0    all that was asked for held
  1    a check failed
  2    wrong usage, or delivered values that are missing or malformed
  3    the registry cannot be reached
  130  interrupted
"""
_UNIT = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
_LARGEST_LAYER = 10 << 30


class Exit(IntEnum):
    """How the tool ends; documented in `--help`."""

    OK = 0
    FAILED = 1
    USAGE = 2
    UNREACHABLE = 3
    INTERRUPTED = 130


class Size(click.ParamType[int]):
    """A number of bytes, with K, M or G for powers of 1024."""

    name = "size"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Reads `value`; fails as wrong usage."""
        if isinstance(value, int):
            return value
        text = str(value).lower().removesuffix("b").removesuffix("i")
        digits, unit = (text[:-1], text[-1:]) if text[-1:] in "kmg" else (text, "")
        if not (digits.isascii() and digits.isdigit() and len(digits) < 12):
            self.fail("write a number of bytes, such as 1024, 512K or 50M", param, ctx)
        size = int(digits) * _UNIT[unit]
        if size > _LARGEST_LAYER:
            self.fail("is more than 10G, the largest layer that registries take", param, ctx)
        return size


def _reads_delivered(
    verb: Callable[Concatenate["Delivered", bool, _P], Exit],
) -> Callable[..., Exit]:
    """Adds the options that every verb has, reads the delivered values, and reports what is wrong with them."""

    @click.option(
        "--env-file",
        type=click.Path(path_type=Path),
        help="Read the delivered values from this file.  [default: .env beside the nearest Pulumi.yaml]",
    )
    @click.option("--from-environment", is_flag=True, help="Read them from the environment instead of a file.")
    @click.option("--json", "as_json", is_flag=True, help="Print the result as JSON on standard output.")
    @wraps(verb)
    def command(
        env_file: Path | None, from_environment: bool, as_json: bool, *args: _P.args, **kwargs: _P.kwargs
    ) -> Exit:
        from ops import delivered as reader

        if env_file is not None and from_environment:
            raise click.UsageError("--env-file and --from-environment exclude each other.")
        try:
            if from_environment:
                delivered = reader.from_environment(os.environ)
            else:
                delivered = reader.from_file(env_file or reader.find_env_file(Path.cwd()))
            for warning in delivered.warnings:
                click.echo(f"warning: {warning}", err=True)
            return verb(delivered, as_json, *args, **kwargs)
        except Problems as problems:
            _report(problems, as_json)
            return Exit.USAGE

    return command


@click.group(epilog=_EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="snapdeploy-registry", message="%(prog)s %(version)s")
def cli() -> None:
    """Day-to-day work around the container registry that SnapDeploy's builder pushes to.

    `pulumi up` makes the registry and delivers its address and credential; this tool reads what
    was delivered, exactly as the builder does, and never changes it.
    """


@cli.command(epilog=_EXIT_CODES)
@click.option(
    "--docker/--no-docker", default=None, help="Also go the guide's five steps.  [default: if an engine answers]"
)
@click.option(
    "--immutable/--mutable", default=None, help="Expect that a tag can (not) be overwritten.  [default: report]"
)
@click.option("--layer-size", type=Size(), default="1K", show_default=True, help="Size of the test image's layer.")
@click.option("-q", "--quiet", is_flag=True, help="Print only what failed.")
@_reads_delivered
def verify(
    delivered: "Delivered",
    as_json: bool,
    *,
    docker: bool | None,
    immutable: bool | None,
    layer_size: int,
    quiet: bool,
) -> Exit:
    """Prove that the delivered values work.

    Logs in, pushes a small image as <registry>/snapdeploy-verify, pulls it by digest, lists tags,
    and sees that a wrong password and no password are refused; then, where a Docker engine
    answers, logs in, builds, pushes, pulls and runs an image through it. Removes what it made.
    """
    from ops import delivered as reader
    from ops import show
    from ops.verify import verify as run

    login = reader.login_of(delivered)
    with show.progress(enabled=not (quiet or as_json)) as on_check:
        report = run(login, docker=docker, immutable=immutable, layer_size=layer_size, on_check=on_check)
    if as_json:
        _print_json(report.as_dict())
    else:
        show.report(report, f"{login.registry}  ({delivered.source})", only_failures=quiet)
    if report.unreachable:
        return Exit.UNREACHABLE
    return Exit.OK if report.ok else Exit.FAILED


@cli.command(epilog=_EXIT_CODES)
@click.option("--reveal", is_flag=True, help="Show secrets too.")
@_reads_delivered
def env(delivered: "Delivered", as_json: bool, *, reveal: bool) -> Exit:
    """Print the builder's variables.

    The form is that of a dotenv file, with secrets masked unless --reveal is given.
    """
    from ops.env import env as run

    shown = run(delivered, reveal=reveal)
    if not shown:
        mend = "run `pulumi up`, which delivers them"
        raise Problems(
            "Nothing was delivered", [Problem(delivered.source, "holds none of the builder's variables", mend)]
        )
    if as_json:
        _print_json({"source": delivered.source, "variables": [variable.as_dict() for variable in shown]})
    else:
        for variable in shown:
            click.echo(variable.as_dotenv())
    return Exit.OK


@cli.command(epilog=_EXIT_CODES)
@_reads_delivered
def login(delivered: "Delivered", as_json: bool) -> Exit:
    """Log Docker in.

    Runs `docker login` with the password on its standard input. Docker keeps the credential
    where it is configured to (DOCKER_CONFIG, credential helpers).
    """
    from ops import delivered as reader
    from ops.login import login as run

    done = run(reader.login_of(delivered))
    if as_json:
        _print_json(done.as_dict())
    else:
        click.echo(done.output, err=not done.ok)
    return Exit.OK if done.ok else Exit.FAILED


def main() -> NoReturn:
    """Runs the tool and exits; whatever goes wrong ends in a sentence and a code, not a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that cannot show a character must not turn a result into a traceback.
            stream.reconfigure(errors="backslashreplace")
    code: int
    try:
        code = cli.main(prog_name="snapdeploy-registry", standalone_mode=False)
    except (click.Abort, KeyboardInterrupt):
        code = Exit.INTERRUPTED
    except click.ClickException as error:
        error.show()
        code = Exit.USAGE
    sys.exit(code)


def _report(problems: Problems, as_json: bool) -> None:
    if as_json:
        listed = [asdict(problem) for problem in problems.problems]
        _print_json({"ok": False, "checks": [], "skipped": [], "problems": listed})
    click.echo(f"error: {problems}", err=True)


def _print_json(value: object) -> None:
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))
