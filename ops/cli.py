"""The command line of `snapdeploy-registry`: arguments, printing and exit codes, nothing else.

Owns: what a user types and sees. Does not own any work: each verb is a function in a file of its
own, imported when it is asked for, so that `--help` answers at once.
"""

import io
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, NoReturn, ParamSpec

import click

from contract.problem import Problem, Problems
from ops import __version__, explain_cli, github_cli, review_cli, setup_cli
from ops._verbs import EXIT_CODES, Exit, print_json, reads_delivered

if TYPE_CHECKING:
    from ops.delivered import Delivered

_P = ParamSpec("_P")

_UNIT = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
_LARGEST_LAYER = 10 << 30


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


def _gets_in(verb: Callable[_P, Exit]) -> Callable[_P, Exit]:
    """Adds the option of whose credentials a token is fetched with."""
    return click.option(
        "--as-role/--as-caller",
        default=False,
        help="Fetch a token as AWS_ROLE_ARN or GOOGLE_SERVICE_ACCOUNT, or with the credentials that this shell has, as "
        "the builder does, which runs as the role.  [default: --as-caller]",
    )(verb)


@click.group(epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="snapdeploy-registry", message="%(prog)s %(version)s")
def cli() -> None:
    """Day-to-day work around the container registry that SnapDeploy's builder pushes to.

    `pulumi up` makes the registry and delivers its address and credential; this tool reads what
    was delivered, exactly as the builder does, and never changes it.
    """


@cli.command(epilog=EXIT_CODES)
@click.option(
    "--docker/--no-docker", default=None, help="Also go the guide's five steps.  [default: if an engine answers]"
)
@click.option(
    "--immutable/--mutable", default=None, help="Expect that a tag can (not) be overwritten.  [default: report]"
)
@click.option("--layer-size", type=Size(), default="1K", show_default=True, help="Size of the test image's layer.")
@click.option("-q", "--quiet", is_flag=True, help="Print only what failed.")
@_gets_in
@reads_delivered
def verify(
    delivered: "Delivered",
    as_json: bool,
    *,
    docker: bool | None,
    immutable: bool | None,
    layer_size: int,
    quiet: bool,
    as_role: bool,
) -> Exit:
    """Prove that the delivered values work.

    Logs in, pushes a small image as <registry>/snapdeploy-verify, pulls it by digest, lists tags,
    and sees that a wrong password and no password are refused; then, where a Docker engine
    answers, logs in, builds, pushes, pulls and runs an image through it. Removes what it made.
    """
    from ops import delivered as reader
    from ops import show
    from ops.verify import Report, Skipped
    from ops.verify import verify as run

    if delivered.unprovable:
        report = Report((), (Skipped("all", delivered.unprovable),), unreachable=False)
    else:
        login = reader.login_of(delivered, as_role=as_role)
        with show.progress(enabled=not (quiet or as_json)) as on_check:
            report = run(login, docker=docker, immutable=immutable, layer_size=layer_size, on_check=on_check)
    if as_json:
        print_json(report.as_dict())
    else:
        registry = delivered.values.get("DOCKER_REGISTRY", "")
        show.report(report, f"{registry}  ({delivered.source})", only_failures=quiet)
    if report.unreachable:
        return Exit.UNREACHABLE
    return Exit.OK if report.ok or delivered.unprovable else Exit.FAILED


@cli.command(epilog=EXIT_CODES)
@click.option("--reveal", is_flag=True, help="Show secrets too.")
@reads_delivered
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
        print_json({"source": delivered.source, "variables": [variable.as_dict() for variable in shown]})
    else:
        for variable in shown:
            click.echo(variable.as_dotenv())
    return Exit.OK


@cli.command(epilog=EXIT_CODES)
@click.option("--key-stdin", is_flag=True, help="Read the key from standard input.  [default: from the environment]")
@click.option("--expect", metavar="FINGERPRINT", help="Compare with this one, from the stack's output `fingerprints`.")
@reads_delivered
def fingerprint(delivered: "Delivered", as_json: bool, *, key_stdin: bool, expect: str | None) -> Exit:
    """Tell whether the same values are here as were delivered, without showing one.

    The stack's output `fingerprints` has the fingerprint of each delivery; the key is its secret output
    `fingerprint_key`, taken from standard input or from SNAPDEPLOY_FINGERPRINT_KEY.
    """
    from ops.delivered import OUTPUTS
    from ops.fingerprint import fingerprint as run
    from ops.fingerprint import read_key

    if key_stdin and delivered.source == OUTPUTS:
        raise click.UsageError("--key-stdin and --from-outputs both read standard input.")
    found = run(delivered, read_key(os.environ, sys.stdin if key_stdin else None), expect)
    if as_json:
        print_json(found.as_dict())
    elif found.matches is None:
        click.echo(found.value)
    else:
        click.echo(f"{'the same values' if found.matches else 'OTHER VALUES'} as were delivered  ({found.source})")
    return Exit.FAILED if found.matches is False else Exit.OK


@cli.command(epilog=EXIT_CODES)
@_gets_in
@reads_delivered
def login(delivered: "Delivered", as_json: bool, *, as_role: bool) -> Exit:
    """Log Docker in.

    Runs `docker login` with the password on its standard input. Docker keeps the credential
    where it is configured to (DOCKER_CONFIG, credential helpers). For ECR and for Google's Artifact
    Registry the password is a token that is fetched now and ends after 12 hours, or after one.
    """
    from ops import delivered as reader
    from ops.login import login as run

    done = run(reader.login_of(delivered, as_role=as_role))
    if as_json:
        print_json(done.as_dict())
    else:
        click.echo(done.output, err=not done.ok)
    return Exit.OK if done.ok else Exit.FAILED


for _verb in (*github_cli.VERBS, explain_cli.explain, *review_cli.VERBS, *setup_cli.VERBS):
    cli.add_command(_verb)


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
