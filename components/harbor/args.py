"""What the Harbor component is told when it is used from a program, in this language or another.

Owns: the arguments' types and their meaning, from which the component's schema is made. Does not own their rules: the
component reads its arguments into `HarborSettings`, which is also what the stack's config is read into. The values
shape what is declared, so they are plain; texts stand for words that the settings list. A block that has several forms,
or belongs to another room, is a map here, with the keys of its settings.
"""

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict


class HarborArgs(TypedDict):
    """A Harbor of one's own, on a server that is made for it or in a cluster that exists."""

    host: str
    """The registry's name in DNS."""
    namespace: NotRequired[str]
    """The project that images are pushed to. Default: `snapdeploy-apps`."""
    mode: NotRequired[str]
    """`vm` (default) or `kubernetes`."""
    version: NotRequired[str]
    """Harbor's version. Default: the newest supported one."""
    sha256: NotRequired[str]
    """The SHA-256 of the offline installer, where the table has none."""
    vm: NotRequired[Mapping[str, Any]]
    """The server, with mode `vm`: `kind`, `ec2` or `compute-engine`, and its keys."""
    kubernetes: NotRequired[Mapping[str, Any]]
    """The cluster, with mode `kubernetes`."""
    tls: Mapping[str, Any]
    """The certificate: `mode`, `lets-encrypt`, `given` or `internal`, and its keys."""
    storage: NotRequired[Mapping[str, Any]]
    """Where images lie: `kind`, `disk` (default), `s3` or `gcs`, and its keys."""
    database: NotRequired[Mapping[str, Any]]
    """A PostgreSQL of your own. Default: Harbor's."""
    redis: NotRequired[Mapping[str, Any]]
    """A Redis of your own. Default: Harbor's."""
    backup: NotRequired[Mapping[str, Any]]
    """The daily backup. Default: at 02:15 UTC, kept for 30 days, in a bucket that is made."""
    admin_login: NotRequired[bool]
    """Whether people may log in as Harbor's administrator. Default: true."""
    timeout_minutes: NotRequired[int]
    """For how long an update waits for the server, in minutes. Default: 30."""
    watch: NotRequired[Mapping[str, Any]]
    """Alarms and a dashboard. Default: none."""
    project: NotRequired[Mapping[str, Any]]
    """How the project scans, blocks and limits what is pushed."""
    immutability: NotRequired[Mapping[str, Any]]
    """Whether tags can move."""
    retention: NotRequired[Mapping[str, Any]]
    """Which images go, by name of the rule. Default: none go."""
    schedules: NotRequired[Mapping[str, str]]
    """When retention, garbage collection and scans run."""
    audit_log: NotRequired[Mapping[str, Any]]
    """How long the audit log is kept, and whom it is forwarded to."""
    caches: NotRequired[Mapping[str, Any]]
    """Proxy caches of other registries, by name."""
    replication: NotRequired[Mapping[str, Any]]
    """Copies from and to other registries, by name."""
    robot: NotRequired[Mapping[str, Any]]
    """The robot that the builder pushes as: how long it lasts, and its rotation."""
    oidc: NotRequired[Mapping[str, Any]]
    """How people log in."""
    environment: NotRequired[str]
    """What is at stake: `local`, `dev` or `prod` (default)."""
    tags: NotRequired[dict[str, str]]
    """On everything in the cloud that can carry them."""
    work_dir: NotRequired[str]
    """BUILDER_WORK_DIR."""
    log_dir: NotRequired[str]
    """BUILDER_LOG_DIR."""
