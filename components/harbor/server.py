"""What a server for Harbor is told, and what it answers, whichever cloud it stands in.

Owns: that interface, and the wanted document's text with its digest. Does not own: a cloud's resources (`ec2/`,
`gce/`), what the server makes of the document (`boot/`), or waiting for it (`ready.py`).
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi

from components._base import Component
from contract.kinds import Environment


def text_of(wanted: Mapping[str, Any]) -> str:
    """The wanted document as it is written and hashed."""
    return json.dumps(wanted, sort_keys=True, separators=(",", ":"))


def digest_of(text: str) -> str:
    """By which a report says which wanted document it answers."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class ServerArgs:
    """What is known before anything is made; all plain but `secrets`."""

    host: str
    """The registry's host name: the DNS record's, and the certificate's."""
    owner: str
    """Who the server is, in words that no other stack has; `Surroundings.owner`."""
    slug: str
    """The beginning of every name in the cloud: `<stack>-<registry>`, up to 32 of a-z, 0-9 and '-'."""
    tags: Mapping[str, str]
    environment: Environment
    protect: bool
    """Whether what holds data may not be deleted."""
    wanted: Mapping[str, Any]
    """The wanted document without `storage` and `backup`, which the server completes with its buckets' names."""
    storage: Mapping[str, Any]
    """`{"kind": "disk"}`, or `s3` or `gcs` with `bucket` (empty: made here) and, for `s3`, `region`."""
    backup: Mapping[str, Any]
    """`{"bucket": "" (made here) or a name, "at": "02:15", "days": 30}`."""
    secrets: pulumi.Input[str]
    """The secret document, JSON, secret."""
    http_challenge: bool
    """Whether port 80 has to be open to the world for the certificate's challenge."""
    dns_challenge: bool
    """Whether the server may write the challenge's record into the configured zone."""
    metrics_push: bool
    """Whether the server may write its measurements to the cloud's own monitoring."""


@dataclass(frozen=True)
class Report:
    """Where the server's report is read: the inputs of `Ready`."""

    cloud: str
    """`ec2` or `compute-engine`."""
    place: Mapping[str, pulumi.Input[str]]
    """EC2: `region`, `parameter`. Compute Engine: `project`, `zone`, `instance`, `attribute`."""


class Server(Component):
    """A server that makes itself what the wanted document says. Subclasses set all of these in `__init__`."""

    address: pulumi.Output[str]
    """The static public address."""

    def __init__(self, name: str, facts: Mapping[str, Any], opts: pulumi.ResourceOptions | None) -> None:
        super().__init__(name, facts, opts)
        self.report: Report
        self.digest: pulumi.Output[str]
        """SHA-256 of the wanted document's exact text."""
        self.serial: pulumi.Output[str]
        """Another text for another server: its instance id."""
        self.there: tuple[pulumi.Resource, ...] = ()
        """What has to be there before the report can come."""
        self.by_hand: tuple[str, ...] = ()
        """What a person has to do, such as the DNS record where no zone was given; each a sentence without secrets."""
        self.secret = ""
        """Where the secret document lies, and with it the administrator's password: a name, never a value."""
        self.backups = ""
        """Where backups go: the bucket and the path in it."""
        self.provider: pulumi.ProviderResource
        """The provider of the server's cloud, for what watches it."""
        self.watched: Mapping[str, pulumi.Input[str]] = {}
        """What the watch looks at: `instance` with EC2's `region`, `account`, or Compute Engine's `project`, `zone`."""
