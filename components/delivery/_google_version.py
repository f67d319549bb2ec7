"""Which version of a secret is the newest, and whether it is the one that was delivered.

Owns: finding it before anything is declared, and the number that tells the engine when to make a new one. Does not own
the version itself. Google gives every new version the next number and reads the newest as `latest`; the provider looks
at its own version only, so that a value which somebody added by hand stays `latest` and no refresh tells
(https://github.com/hashicorp/terraform-provider-google/issues/14488, read 2026-11). So it is looked for here.
"""

from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from components.gcp.lookups import is_off

FOLLOWS = "snapdeploy-follows"
"""The secret's annotation that says after which version the delivered one was made."""
LATEST = "latest"

# What the provider makes of Google's errors: https://docs.cloud.google.com/apis/design/errors, read 2026-11.
_NOT_THERE = ("Error 404", "notFound", "not found", "NOT_FOUND")
_LONGEST_REASON = 300


@dataclass(frozen=True)
class Newest:
    """A secret's newest version; number 0 where there is none."""

    number: int = 0
    data: pulumi.Output[str] | None = None
    """What it holds; None where that cannot be read: it was disabled or destroyed."""
    follows: str = ""
    """What the secret's annotation says."""


def newest(project: str, secret: str, options: pulumi.InvokeOptions) -> Newest | None:
    """The newest version of `secret`; None where this caller may not see it, which is said as a warning."""
    try:
        found = gcp.secretmanager.get_secret_version(
            project=project, secret=secret, version=LATEST, fetch_secret_data=False, opts=options
        )
        if not found.enabled or found.destroy_time:
            return Newest(int(found.version))
        held = gcp.secretmanager.get_secret_version_access(
            project=project, secret=secret, version=found.version, opts=options
        )
        marks = gcp.secretmanager.get_secret(project=project, secret_id=secret, opts=options).effective_annotations
    except Exception as error:  # noqa: BLE001 - the SDK has one exception for every failure of a lookup
        if is_off(error) or any(sign in str(error) for sign in _NOT_THERE):
            return Newest()
        pulumi.log.warn(
            f"the newest version of the secret {secret} cannot be looked at, so a value that was added by hand is not"
            f" found: {str(error)[:_LONGEST_REASON]}\nmend: let who runs this do secretmanager.versions.get and access"
        )
        return None
    return Newest(int(found.version), pulumi.Output.secret(held.secret_data), marks.get(FOLLOWS, ""))


def follows(there: Newest | None, wanted: pulumi.Output[str]) -> pulumi.Output[str] | None:
    """The number that the delivered version follows, for the secret's annotation. None: nothing is known.

    Another number has a new version made. Where the newest version holds what is `wanted`, whoever made it, the number
    stays as the annotation has it. Else it is that version's own.
    """
    if there is None:
        return None
    if there.data is None:
        return pulumi.Output.from_input(str(there.number))
    stays, moves = there.follows or str(there.number), str(there.number)
    # A number tells nothing of the values that were compared.
    return pulumi.Output.unsecret(
        pulumi.Output.all(there.data, wanted).apply(lambda both: stays if both[0] == both[1] else moves)
    )
