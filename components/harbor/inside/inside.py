"""What is inside a Harbor, as resources.

Owns: the project with its rules, Harbor's own jobs, how it is set, and the robot that pushes. Does not own Harbor
itself, or what is handed to the builder.

Projects, rules, jobs and endpoints are the bridge's, which forgets one of these only where Harbor says that it is not
there. Robots and settings are asked of Harbor's API (`robots.py`, `configuration.py` say why).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumiverse_harbor as harbor

from components._base import Component
from components.harbor.inside import configuration, retention
from components.harbor.inside.cache import Cache
from components.harbor.inside.cron import as_told
from components.harbor.inside.replication import Replication
from components.harbor.inside.robots import RobotInUse, Robots
from components.harbor.inside.settings import Block, InsideSettings
from components.harbor.inside.trust import Trust

_ADMINISTRATOR = "admin"


@dataclass(frozen=True)
class Door:
    """How one gets into a Harbor as its administrator."""

    url: pulumi.Input[str]
    """`https://<host>`."""
    admin_password: pulumi.Input[str]
    ca: pulumi.Input[str]
    """PEM of the certificate authority to trust besides the world's; empty: none."""
    private_ca: bool = False
    """Whether `ca` is to be trusted; known before anything is made."""


class Inside(Component):
    """The project, who may use it, and what keeps it in order."""

    TYPE = "snapdeploy:harbor:Inside"

    username: pulumi.Output[str]
    """The robot that pushes: `robot$<project>+<name>`."""
    password: pulumi.Output[str]
    """Its secret, always a secret output."""
    expires_at: pulumi.Output[str]
    """When it ends, RFC 3339."""

    def __init__(
        self,
        name: str,
        settings: InsideSettings,
        door: Door,
        *,
        namespace: str,
        owner: str,
        protect: bool,
        tags: Mapping[str, str],  # noqa: ARG002  # nothing inside a Harbor can carry one
        after: tuple[pulumi.Resource, ...],
        admin_login: bool = True,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`owner`: who the registry is, in words that no other stack has; `after`: what has to be there before."""
        immutable = settings.immutability.enabled
        days = settings.robot.days
        super().__init__(name, {"project": namespace, "immutable": immutable, "robotDays": days}, opts)
        self._settings = settings
        self._namespace = namespace
        self._door = {
            "url": door.url,
            "admin_password": pulumi.Output.secret(door.admin_password),
            "ca": door.ca,
        }
        there = list(after)
        if door.private_ca:
            there.append(Trust(self.child("trust"), f"{pulumi.get_stack()}-{name}", door.ca, self.options()))
        self._bridge = harbor.Provider(
            self.child("harbor"),
            url=door.url,
            username=_ADMINISTRATOR,
            password=self._door["admin_password"],
            # Left out, the bridge would trust whoever answers.
            insecure=False,
            opts=self.options(depends_on=there),
        )
        settled = configuration.Configuration(
            self.child("configuration"),
            {
                **self._door,
                "values": configuration.values(settings, admin_login=admin_login),
                "client_secret": pulumi.Output.secret(
                    settings.oidc.client_secret.get_secret_value() if settings.oidc is not None else ""
                ),
                "purge_after": settings.audit_log.days,
            },
            self.options(depends_on=list(after)),
        )
        project = self._project(protect=protect)
        self._rules(project)
        self._jobs()
        caches = [
            Cache(
                self.child(f"cache-{upstream}"),
                told,
                upstream=upstream,
                schedule=settings.schedules.retention,
                provider=self._bridge,
                opts=self.options(),
            )
            for upstream, told in settings.caches.items()
        ]
        for label, told in settings.replication.items():
            Replication(
                self.child(f"replication-{label}"),
                told,
                label=label,
                project=project,
                namespace=namespace,
                provider=self._bridge,
                opts=self.options(),
            )
        robots = Robots(
            self.child("robots"),
            {
                **self._door,
                "project": project.name,
                "project_id": project.project_id,
                "caches": sorted(str(upstream) for upstream in settings.caches),
                "days": days,
                "rotation": settings.robot.rotation,
                "owner": owner,
            },
            # Its name is made with the prefix that the configuration sets.
            self.options(depends_on=[settled, *(cache.project for cache in caches)]),
        )
        RobotInUse(
            self.child("robot-in-use"),
            {**self._door, "owner": owner, "robot_id": robots.robot_id, "making": robots.since},
            self.options(depends_on=[robots]),
        )
        self.username = robots.username
        self.password = pulumi.Output.secret(robots.password)
        self.expires_at = robots.expires_at
        self.ready: tuple[pulumi.Resource, ...] = (project, robots)
        """What has to be there before anything can be pushed."""
        self.scan = "Trivy, on push and by schedule" if settings.project.scan else "none"
        """What scans images, in words."""
        self.retention = retention.words(settings.retention)
        """What removes old images, in words."""
        self.immutable = immutable and not settings.immutability.exclude
        """Whether no pushed tag can ever point to anything else."""
        self.register_outputs({"username": self.username, "password": self.password, "expires_at": self.expires_at})

    def _project(self, *, protect: bool) -> harbor.Project:
        told = self._settings.project
        return harbor.Project(
            self.child("project"),
            name=self._namespace,
            public=False,
            vulnerability_scanning=told.scan,
            auto_sbom_generation=told.sbom,
            # The bridge's own `none` blocks every image; left out, nothing is blocked.
            deployment_security=None if told.block is Block.NONE else str(told.block),
            storage_quota=told.quota_gb if told.quota_gb is not None else -1,
            force_destroy=not protect,
            opts=self.options(provider=self._bridge, protect=protect),
        )

    def _rules(self, project: harbor.Project) -> None:
        immutability = self._settings.immutability
        if immutability.enabled:
            patterns = retention.either(immutability.exclude)
            harbor.ImmutableTagRule(
                self.child("immutability"),
                project_id=project.id,
                repo_matching="**",
                tag_excluding=patterns or None,
                tag_matching=None if patterns else "**",
                opts=self.options(provider=self._bridge, deleted_with=project),
            )
        rules = retention.policy(self._settings.retention)
        if rules:
            harbor.RetentionPolicy(
                self.child("retention"),
                scope=project.id,
                schedule=as_told(self._settings.schedules.retention),
                rules=[harbor.RetentionPolicyRuleArgs(**rule.arguments()) for rule in rules],
                opts=self.options(provider=self._bridge, deleted_with=project),
            )

    def _jobs(self) -> None:
        schedules = self._settings.schedules
        harbor.GarbageCollection(
            self.child("garbage-collection"),
            schedule=as_told(schedules.garbage_collection),
            delete_untagged=schedules.delete_untagged,
            workers=1,
            opts=self.options(provider=self._bridge),
        )
        if self._settings.project.scan:
            harbor.InterrogationServices(
                self.child("scan-all"),
                vulnerability_scan_policy=as_told(schedules.scan_all),
                opts=self.options(provider=self._bridge),
            )
