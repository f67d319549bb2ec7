"""Copies of each pushed image in other regions and accounts.

Owns: the account's replication configuration, under its mark, and in each region of this account the template and the
scanning that the copies meet there. Does not own: the other account's side, which only that account can set; what it
has to allow is an output.
"""

import json
from collections.abc import Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from components.aws.place import Place
from components.ecr import rights
from components.ecr.account_wide import Owned, Singleton
from components.ecr.settings import ReplicationSettings


class Replication(Owned):
    """Switched on last: what is copied before its template is there is a repository without protection."""

    TYPE = "snapdeploy:ecr:Replication"

    def __init__(
        self,
        name: str,
        settings: ReplicationSettings,
        *,
        namespace: str,
        place: Place,
        owner: str,
        ready: Sequence[pulumi.Resource],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`ready`: what has to stand in the other regions first."""
        super().__init__(name, Singleton.REPLICATION, owner=owner, region=place.region, opts=opts)
        aws.ecr.ReplicationConfiguration(
            self.child("configuration"),
            replication_configuration={
                "rules": [
                    {
                        "destinations": destinations(settings, place.account),
                        "repository_filters": [{"filter": f"{namespace}/", "filter_type": "PREFIX_MATCH"}],
                    }
                ]
            },
            region=place.region,
            opts=self.below_mark(ready),
        )
        self.asked_of_others = asked_of_others(settings, place, namespace)
        self.register_outputs({"asked_of_others": self.asked_of_others})


def destinations(settings: ReplicationSettings, account: str) -> list[Any]:
    """Where copies go, as the provider has it: regions of this account, then other accounts, each by name."""
    own = [{"region": region, "registry_id": account} for region in sorted(settings.regions)]
    others = [{"region": chosen.region, "registry_id": other} for other, chosen in sorted(settings.accounts.items())]
    return own + others


def asked_of_others(settings: ReplicationSettings, place: Place, namespace: str) -> dict[str, str]:
    """By account, the registry policy that it has to set for the copies to be taken."""
    return {
        other: json.dumps(
            rights.registry(place.elsewhere(account=other, region=chosen.region), namespace, sources=[place.account])
        )
        for other, chosen in sorted(settings.accounts.items())
    }
