"""Ids that nothing has had before, for what Google deletes slowly.

Owns: such an id. Does not own: what has it. Why: a deleted workload identity pool or provider keeps its id for thirty
days, in which nothing else can have it, and Google's provider for Pulumi takes it for one that never was; under a fixed
id, `destroy` and then `up`, or a principal that comes back, would end in `409 Requested entity already exists`.
(https://docs.cloud.google.com/iam/docs/manage-workload-identity-pools-providers#delete-pool, read 2026-11.)

The id is told to the provider by whoever makes the resource, with `ignore_changes` on it: so it is drawn anew at each
run, and counts only where there is none yet.
"""

import secrets
from typing import cast

import pulumi


def fresh(beginning: str) -> pulumi.Output[str]:
    """`beginning` and four characters drawn by lot; unknown in a preview, which cannot know what the update draws."""
    if pulumi.runtime.is_dry_run():
        return cast("pulumi.Output[str]", pulumi.Output.from_input(pulumi.UNKNOWN))
    return pulumi.Output.from_input(f"{beginning}-{secrets.token_hex(2)}")
