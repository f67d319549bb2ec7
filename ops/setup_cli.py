"""The verbs that set a team up: backend init, init github.

Owns: what a user types and sees. Does not own any work: a bucket is made in `backend/`, workflows are written by
`init_github.py`, imported when they are asked for.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ops._verbs import EXIT_CODES, Exit, answered, print_json

if TYPE_CHECKING:
    from backend.parts import Backend


@click.group()
def backend() -> None:
    """Where a team's state lies, where it keeps one of its own."""


@backend.command("init", epilog=EXIT_CODES)
@click.option("--url", required=True, metavar="URL", help="s3://<bucket> or gs://<bucket>.")
@click.option("--region", default="us-east-1", show_default=True, help="Of a bucket on AWS.")
@click.option("--project", help="Of a bucket on Google Cloud.")
@click.option("--location", default="us-central1", show_default=True, help="Of a bucket on Google Cloud.")
@click.option("--key", help="A KMS key that is there: its ARN or alias, or Google's full name.  [default: make one]")
@click.option(
    "--keep-days", type=click.IntRange(min=30), default=90, show_default=True, help="How long old versions are kept."
)
@click.option("--dry-run", is_flag=True, help="Only tell what would be done.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON on standard output.")
def backend_init(
    *,
    url: str,
    region: str,
    project: str | None,
    location: str,
    key: str | None,
    keep_days: int,
    dry_run: bool,
    as_json: bool,
) -> Exit:
    """Make the bucket and the key for a state of one's own.

    Versions kept, encrypted with a KMS key, closed to the public, TLS only; the engine locks each stack by itself. What
    is there already is made stronger where it is weak and is never weakened: a second run changes nothing. Runs as
    whoever is logged in to the cloud.
    """

    def run() -> Exit:
        from backend.address import Cloud, parse

        where = parse(url)
        if where.cloud is Cloud.AWS:
            from backend.aws import init as on_aws

            made = on_aws(where.bucket, region=region, key=key, keep_days=keep_days, dry_run=dry_run)
        else:
            from backend.google import init as on_google

            if project is None:
                raise click.UsageError("A bucket on Google Cloud needs --project.")
            made = on_google(
                where.bucket, project=project, location=location, key=key, keep_days=keep_days, dry_run=dry_run
            )
        if as_json:
            parts = [part.as_dict() for part in made.found]
            print_json({"ok": True, "url": made.url, "secrets_provider": made.secrets_provider, "parts": parts})
        else:
            _show(made)
        return Exit.OK

    return answered(run, as_json=as_json)


def _show(made: "Backend") -> None:
    width = max(len(part.name) for part in made.found)
    for part in made.found:
        click.echo(f"  {part.name:<{width}}  {part.outcome}: {part.what}")
    click.echo("" if made.changed else "\nEverything is as it should be.")
    click.echo(
        f"""
On your machine, once a stack:
  pulumi login '{made.url}'
  pulumi stack init <stack> --secrets-provider '{made.secrets_provider}'
  # where the stack has another provider:  pulumi stack change-secrets-provider '{made.secrets_provider}'
For the workflows, in each of the stack's two environments:
  gh variable set PULUMI_BACKEND_URL --env <stack> --body '{made.url}'
  gh variable set PULUMI_BACKEND_URL --env <stack>-preview --body '{made.url}'"""
    )


@click.group()
def init() -> None:
    """Set a repository up."""


@init.command(epilog=EXIT_CODES)
@click.option("--repository", metavar="OWNER/NAME", help="On GitHub.  [default: as git's remote `origin` says]")
@click.option("--force", is_flag=True, help="Write over what was changed by hand, after showing the difference.")
@click.option("--dry-run", is_flag=True, help="Only tell what would be written.")
def github(*, repository: str | None, force: bool, dry_run: bool) -> Exit:
    """Write the workflows, and say what remains to click.

    Puts preview, deploy, drift and what they share into .github/ of the project, and reads its Pulumi.*.yaml for what
    GitHub and the clouds have to be told, each with its command. A second run has nothing to do. A file that was
    changed by hand is left alone.
    """

    def run() -> Exit:
        from ops import init_github as work

        root = work.find_project(Path.cwd())
        name = repository or work.repository_of(root)
        written = work.write(root, force=force, dry_run=dry_run)
        for file in written:
            click.echo(f"  {file.outcome:<12} {file.name}")
            if file.difference:
                click.echo(file.difference)
        if not any(file.changes for file in written):
            click.echo("Nothing to write: the workflows are there.")
        click.echo(work.remains(root, name))
        kept = any(file.outcome is work.Outcome.KEPT for file in written)
        return Exit.FAILED if kept else Exit.OK

    return answered(run)


VERBS: tuple[click.Command, ...] = (backend, init)
