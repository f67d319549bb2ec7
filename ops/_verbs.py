"""What every verb of the tool shares: exit codes, the options that say where values are read, and how mistakes look.

Owns: the frame around a verb. Does not own any verb (`cli.py`, `github_cli.py`).
"""

import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from enum import IntEnum
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate, ParamSpec

import click

from contract.problem import Problem, Problems

if TYPE_CHECKING:
    from ops.delivered import Delivered

_P = ParamSpec("_P")

EXIT_CODES = """\b
Exit codes:
  0    all that was asked for held
  1    a check failed, or the credential for the registry was refused
  2    wrong usage, or delivered values that are missing or malformed
  3    the registry cannot be reached, or the service that gives tokens for it
  130  interrupted
"""


class Exit(IntEnum):
    """How the tool ends; documented in `--help`."""

    OK = 0
    FAILED = 1
    USAGE = 2
    UNREACHABLE = 3
    INTERRUPTED = 130


def reads_delivered(
    verb: Callable[Concatenate["Delivered", bool, _P], Exit],
) -> Callable[..., Exit]:
    """Adds the options that every verb has, reads the delivered values, and reports what is wrong with them."""

    @click.option(
        "--env-file",
        type=click.Path(path_type=Path),
        help="Read the delivered values from this file.  [default: .env beside the nearest Pulumi.yaml]",
    )
    @click.option("--from-environment", is_flag=True, help="Read them from the environment instead of a file.")
    @click.option(
        "--from-outputs",
        is_flag=True,
        help="Read them from standard input, as `pulumi stack output --json --show-secrets` prints them.",
    )
    @click.option("--json", "as_json", is_flag=True, help="Print the result as JSON on standard output.")
    @wraps(verb)
    def command(
        env_file: Path | None,
        from_environment: bool,
        from_outputs: bool,
        as_json: bool,
        *args: _P.args,
        **kwargs: _P.kwargs,
    ) -> Exit:
        from ops import delivered as reader

        if (env_file is not None) + from_environment + from_outputs > 1:
            raise click.UsageError("--env-file, --from-environment and --from-outputs exclude each other.")
        try:
            if from_outputs:
                delivered = reader.from_outputs(sys.stdin.read())
            elif from_environment:
                delivered = reader.from_environment(os.environ)
            else:
                delivered = reader.from_file(env_file or reader.find_env_file(Path.cwd()))
            for warning in delivered.warnings:
                click.echo(f"warning: {warning}", err=True)
            return verb(delivered, as_json, *args, **kwargs)
        except reader.NoTokenError as failure:
            report(failure, as_json)
            return Exit.UNREACHABLE if failure.unreachable else Exit.FAILED
        except Problems as problems:
            report(problems, as_json)
            return Exit.USAGE

    return command


def answered(run: Callable[[], Exit], *, as_json: bool = False) -> Exit:
    """Turns a failure of GitHub's, or values that are wrong, into a sentence and a code."""
    from github.errors import GitHubError, Why

    try:
        return run()
    except Problems as wrong:
        report(wrong, as_json)
        return Exit.USAGE
    except GitHubError as failure:
        what = f"did not {failure.what}: {failure.reason}"
        problems = Problems("GitHub did not do what was asked", [Problem("GitHub", what, failure.mend)])
        unreachable = failure.why in {Why.UNREACHABLE, Why.LIMITED}
    report(problems, as_json)
    return Exit.UNREACHABLE if unreachable else Exit.FAILED


def report(problems: Problems, as_json: bool) -> None:
    """Prints what is wrong: to a person on standard error, and to a program as JSON too."""
    if as_json:
        listed = [asdict(problem) for problem in problems.problems]
        print_json({"ok": False, "checks": [], "skipped": [], "problems": listed})
    click.echo(f"error: {problems}", err=True)


def print_json(value: object) -> None:
    """Prints the result for a program."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))
