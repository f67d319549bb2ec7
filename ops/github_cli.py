"""The verbs for GHCR: what is there, what may go or come back, and the workflow that pushes.

Owns: what a user types and sees. Does not own any work: each verb is a function in a file of its own, imported when
it is asked for.
"""

import os
from typing import TYPE_CHECKING

import click

from ops._verbs import EXIT_CODES, Exit, answered, print_json, reads_delivered

if TYPE_CHECKING:
    from ops.delivered import Delivered
    from ops.prune import Pruned


@click.command(epilog=EXIT_CODES)
@reads_delivered
def packages(delivered: "Delivered", as_json: bool) -> Exit:
    """List the packages on GHCR.

    Shows visibility, linked repository and number of versions of each package in the delivered namespace, and the
    pages for what only a person can change. Asks with GITHUB_TOKEN, or else with the delivered token.
    """
    from ops.packages import report as listed

    def run() -> Exit:
        from ops.github_access import open_access

        rows = listed(open_access(delivered, os.environ))
        if as_json:
            print_json({"ok": True, "packages": [row.as_dict() for row in rows]})
        for row in rows if not as_json else ():
            linked = row.repository or "no repository"
            click.echo(
                f"{row.name}  {row.visibility}  {linked}  {row.versions} versions  {row.updated_at}\n  {row.page}"
            )
            for advice in row.advice:
                click.echo(f"  {advice}:\n    {row.settings}")
        return Exit.OK

    return answered(run, as_json=as_json)


@click.command(epilog=EXIT_CODES)
@click.option("--keep-newest", type=click.IntRange(min=1), default=50, show_default=True, help="Tagged images to keep.")
@click.option(
    "--untagged-days",
    type=click.IntRange(min=1),
    default=14,
    show_default=True,
    help="Age at which what has no tag goes.",
)
@click.option("--keep", multiple=True, metavar="PATTERN", help="Keep images with a tag like this, `*` for any part.")
@click.option(
    "--package", "only", multiple=True, metavar="NAME", help="Only this package, by its name below the owner."
)
@click.option("--delete", is_flag=True, help="Delete what the dry run shows.  [default: only show]")
@reads_delivered
def prune(
    delivered: "Delivered",
    as_json: bool,
    *,
    keep_newest: int,
    untagged_days: int,
    keep: tuple[str, ...],
    only: tuple[str, ...],
    delete: bool,
) -> Exit:
    """Remove old versions from GHCR.

    Shows what would go, and deletes only with --delete. Platforms of an image that stays, its signatures and its
    attestations stay with it. Deleting takes a token with delete:packages in GITHUB_TOKEN; GitHub keeps what was
    deleted for 30 days, in which it can be restored.
    """
    from datetime import UTC, datetime, timedelta

    from github.retention import Rules
    from ops.prune import prune as work

    def run() -> Exit:
        from ops.github_access import open_access

        rules = Rules(keep_newest, timedelta(days=untagged_days), keep)
        done = work(open_access(delivered, os.environ), rules, now=datetime.now(UTC), delete=delete, only=only)
        missing = set(only) - {one.package for one in done}
        if as_json:
            print_json({"ok": all(one.ok for one in done) and not missing, "packages": [one.as_dict() for one in done]})
        for one in done if not as_json else ():
            _show(one, delete=delete)
        for name in sorted(missing):
            click.echo(f"error: there is no package {name} in the namespace", err=True)
        return Exit.OK if all(one.ok for one in done) and not missing else Exit.FAILED

    return answered(run, as_json=as_json)


@click.command(epilog=EXIT_CODES)
@click.argument("package")
@click.argument("versions", nargs=-1, required=True, type=click.IntRange(min=1), metavar="VERSION...")
@reads_delivered
def restore(delivered: "Delivered", as_json: bool, *, package: str, versions: tuple[int, ...]) -> Exit:
    """Bring deleted versions back to GHCR.

    PACKAGE is its name below the owner, VERSION the number that `prune` shows. GitHub keeps what was deleted for 30
    days, as long as nothing else has taken its name. Takes a token with delete:packages in GITHUB_TOKEN.
    """
    from ops.restore import restore as work

    def run() -> Exit:
        from ops.github_access import open_access

        done = work(open_access(delivered, os.environ), package, versions)
        if as_json:
            print_json(done.as_dict())
        else:
            click.echo(f"{done.package}: {len(done.versions)} of {len(versions)} versions restored")
        if done.failure:
            click.echo(f"error: {done.failure}", err=True)
        return Exit.FAILED if done.failure else Exit.OK

    return answered(run, as_json=as_json)


@click.command(epilog=EXIT_CODES)
@click.option("--repository", required=True, metavar="OWNER/NAME", help="The repository that the workflow is for.")
@click.option("--app", default="app", show_default=True, help="What the image is called below DOCKER_REGISTRY.")
@click.option("--environment", help="The deployment environment that holds the variables.  [default: the repository]")
def workflow(repository: str, app: str, environment: str | None) -> Exit:
    """Print a workflow that pushes to GHCR.

    It logs in with the token that GitHub makes for each run, so that no password is kept anywhere, and links the
    package to the repository.
    """
    from contract.image import namespace_mistake
    from github import names
    from github.workflow import workflow as text

    owner, slash, name = repository.partition("/")
    wrong = names.login_mistake(owner) or names.repository_mistake(name) if slash else "has no '/' in it"
    if wrong:
        raise click.BadParameter(f"{wrong}; write <owner>/<name>", param_hint="--repository")
    wrong = namespace_mistake(app)
    if wrong:
        raise click.BadParameter(wrong, param_hint="--app")
    wrong = names.environment_mistake(environment) if environment is not None else None
    if environment is not None and "${{" in environment:
        wrong = "has an expression in it, which GitHub would work out"
    if wrong:
        raise click.BadParameter(wrong, param_hint="--environment")
    click.echo(text(repository, app, environment), nl=False)
    return Exit.OK


def _show(one: "Pruned", *, delete: bool) -> None:
    removed = one.plan.removed
    verb = "deleted" if delete else "would go"
    counted = len(one.deleted) if delete else len(removed)
    click.echo(f"{one.package}: {counted} of {len(one.plan.judged)} versions {verb}")
    for judged in one.plan.judged:
        if judged.removed:
            click.echo(
                f"  {judged.version.id}  {judged.version.digest}  {' '.join(judged.version.tags)}  ({judged.why})"
            )
    for digest in one.plan.blind:
        click.echo(
            f"  error: the manifest {digest} cannot be read, so what it needs is not known: nothing goes", err=True
        )
    if one.failure:
        click.echo(f"  error: {one.failure}", err=True)


VERBS: tuple[click.Command, ...] = (packages, prune, restore, workflow)
