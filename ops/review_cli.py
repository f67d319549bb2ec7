"""The verbs of the review in pull requests, as the workflows run them: affected, review, drift, alert.

Owns: what a user types and sees. Does not own any work: each verb is a function in a file of its own, imported when
it is asked for. docs/reviewed.md goes through them.
"""

import os
from pathlib import Path

import click

from contract.problem import Problem, Problems
from ops._verbs import EXIT_CODES, Exit, answered, print_json

_ENVIRONMENT = click.option(
    "--environment", required=True, metavar="STACK", help="The stack, which is also its GitHub environment's name."
)
_FILE = click.Path(path_type=Path, dir_okay=False)
_AUTHOR = click.option(
    "--author", default="github-actions[bot]", show_default=True, help="Who writes: an app's name and `[bot]`."
)


@click.command(epilog=EXIT_CODES)
@click.option("--all", "every", is_flag=True, help="Every stack of the repository.")
@click.option("--since", metavar="COMMIT", help="Where the change begins.  [default: as the workflow's event says]")
@click.option("--github-output", type=_FILE, help="Also write `stacks` and `trusted` into this file of the workflow's.")
def affected(*, every: bool, since: str | None, github_output: Path | None) -> Exit:
    """Tell which stacks a change touches.

    A change of `Pulumi.<stack>.yaml` touches that stack, one of `policies/config/<environment>.json` the stacks of that
    environment, one of docs/ or tests/ none, and any other all. Prints a JSON list, dev before prod. `trusted` is
    false for a pull request from a fork or from a bot.
    """

    def run() -> Exit:
        from ops import affected as work
        from ops.repository_access import event, is_trusted

        told = event(os.environ)
        known = work.stacks(Path.cwd())
        asked = (told.get("inputs") or {}).get("stack")
        if every:
            found = known
        elif since is None and asked:
            found = [one for one in known if one.stack == asked]
            if not found:
                mend = f"write one of {', '.join(one.stack for one in known)}"
                raise Problems("The stacks cannot be listed", [Problem("stack", f"{asked!r} is not one here", mend)])
        else:
            changed = work.changed_since(Path.cwd(), work.since(told) if since is None else since)
            found = known if changed is None else work.touched(changed, known)
        line = work.as_matrix(found)
        click.echo(line)
        if github_output is not None:
            trusted = str(is_trusted(told, os.environ.get("GITHUB_REPOSITORY", ""))).lower()
            with github_output.open("a", encoding="utf-8") as file:
                file.write(f"stacks={line}\ntrusted={trusted}\n")
        return Exit.OK

    return answered(run)


@click.group()
def review() -> None:
    """Show a preview in a pull request, and hold a deploy to it."""


@review.command(epilog=EXIT_CODES)
@_ENVIRONMENT
@click.option("--preview", type=_FILE, required=True, help="What `pulumi preview --json` wrote.")
@click.option("--outcome", required=True, help="How the preview's step ended: `success`, or what a workflow says.")
@click.option("--pull-request", type=click.IntRange(min=1), help="Its number.  [default: as the event says]")
@_AUTHOR
@click.argument("explained", type=_FILE)
def comment(
    *, environment: str, preview: Path, outcome: str, pull_request: int | None, author: str, explained: Path
) -> Exit:
    """Write the comment on a pull request, or edit the one that is there.

    EXPLAINED is the Markdown of `explain`. The comment carries the digest of the preview's steps, which `review check`
    compares after the merge; a preview that failed has none.
    """

    def run() -> Exit:
        from ops.repository_access import open_notes, read, workflow
        from ops.review import comment as work
        from ops.review.digest import digest, parse

        where = workflow(os.environ)
        found = digest(parse(read(preview), str(preview))) if outcome == "success" else None
        text = work.body(environment, read(explained, absent=""), found, where.page)
        with open_notes(os.environ, author) as notes:
            done = notes.write_comment(_pull(pull_request, where.pull), text)
        click.echo(f"comment on {environment}: {done}")
        return Exit.OK

    return answered(run)


@review.command(epilog=EXIT_CODES)
@click.option("--except", "kept", required=True, metavar="JSON", help="The stacks that are touched, from `affected`.")
@click.option("--pull-request", type=click.IntRange(min=1), help="Its number.  [default: as the event says]")
@_AUTHOR
def withdraw(*, kept: str, pull_request: int | None, author: str) -> Exit:
    """Remove the comments on stacks that the pull request no longer touches."""

    def run() -> Exit:
        import json

        from ops.repository_access import open_notes, workflow
        from ops.review import comment as work

        try:
            names = {str(one["stack"]) for one in json.loads(kept)}
        except (ValueError, TypeError, KeyError):
            raise click.BadParameter("is not the list that `affected` prints", param_hint="--except") from None
        where = workflow(os.environ)
        with open_notes(os.environ, author) as notes:
            gone = work.withdraw(notes, _pull(pull_request, where.pull), names)
        click.echo(f"withdrawn: {', '.join(gone) or 'nothing'}")
        return Exit.OK

    return answered(run)


@review.command(epilog=EXIT_CODES)
@_ENVIRONMENT
@click.option("--preview", type=_FILE, required=True, help="What `pulumi preview --json` wrote just now.")
@click.option("--reviewed", default="", metavar="DIGEST", help="The digest that was read, for a deploy by hand.")
@click.option("--commit", help="The merged commit.  [default: GITHUB_SHA]")
@_AUTHOR
def check(*, environment: str, preview: Path, reviewed: str, commit: str | None, author: str) -> Exit:
    """Tell whether what would be applied is what was reviewed.

    Compares the digest of the preview with the one in the comment on the merged pull request, or with --reviewed. Ends
    with 1 where they differ, and says how to go on.
    """

    def run() -> Exit:
        from ops.repository_access import open_notes, read, summarize, workflow
        from ops.review.check import check as work
        from ops.review.digest import digest, parse

        where = workflow(os.environ)
        found = digest(parse(read(preview), str(preview)))
        with open_notes(os.environ, author) as notes:
            verdict = work(
                notes,
                environment,
                found,
                commit=commit or where.commit,
                given=reviewed,
                repository=where.repository,
            )
        summarize(os.environ, verdict.as_markdown(environment))
        click.echo(verdict.as_markdown(environment), err=not verdict.ok)
        return Exit.OK if verdict.ok else Exit.FAILED

    return answered(run)


@review.command(epilog=EXIT_CODES)
@_ENVIRONMENT
def simulated(*, environment: str) -> Exit:
    """Say why a preview is simulated, as Markdown."""
    from ops.review.comment import SIMULATED

    click.echo(SIMULATED.format(environment=environment))
    return Exit.OK


@click.command(epilog=EXIT_CODES)
@_ENVIRONMENT
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON, and write no issue.")
@_AUTHOR
@click.argument("refreshed", type=_FILE)
def drift(*, environment: str, as_json: bool, author: str, refreshed: Path) -> Exit:
    """Keep one issue on what was changed behind a stack's back.

    REFRESHED is what `pulumi refresh --preview-only --json` wrote. The issue is opened, edited, or closed where nothing
    has drifted. Names of properties are told, never values.
    """

    def run() -> Exit:
        from ops import drift as work
        from ops.repository_access import open_notes, read, summarize, workflow
        from ops.review.digest import parse

        found = work.drifted(parse(read(refreshed), str(refreshed)))
        if as_json:
            print_json({"ok": not found, "drifted": [one.as_dict() for one in found]})
            return Exit.OK
        where = workflow(os.environ)
        with open_notes(os.environ, author) as notes:
            done = work.report(notes, environment, found, repository=where.repository, page=where.page)
        line = f"{environment}: {len(found)} resources are not as declared; issue {done}"
        summarize(os.environ, line)
        click.echo(line)
        return Exit.OK

    return answered(run, as_json=as_json)


@click.command(epilog=EXIT_CODES)
@_ENVIRONMENT
@click.option("--applied", required=True, help="How the step that applied ended: `success`, or what a workflow says.")
@click.option("--verified", type=_FILE, required=True, help="What `verify --json` wrote.")
@_AUTHOR
def alert(*, environment: str, applied: str, verified: Path, author: str) -> Exit:
    """Keep one issue on a deploy that did not hold, with the way back.

    Opens or edits it where the update or a check failed, closes it where all is well, and writes the run's summary.
    """

    def run() -> Exit:
        from ops import alert as work
        from ops.repository_access import open_notes, summarize, workflow

        where = workflow(os.environ)
        deploy = work.Deploy(
            environment,
            where.commit,
            where.before,
            where.repository,
            where.page,
            work.ending(applied, verified),
            work.is_merge(Path.cwd(), where.commit),
        )
        summarize(os.environ, deploy.as_markdown())
        with open_notes(os.environ, author) as notes:
            done = work.tell(notes, deploy)
        click.echo(f"{environment}: {'not well' if deploy.ending.failures else 'well'}; issue {done}")
        return Exit.OK

    return answered(run)


def _pull(given: int | None, told: int | None) -> int:
    found = given or told
    if found is None:
        raise click.UsageError("The workflow was started by no pull request: name one by --pull-request.")
    return found


VERBS: tuple[click.Command, ...] = (affected, review, drift, alert)
