"""Rules on a program as a whole: its environment, whose it is, what there is only one of, and how it grows.

Owns: what components say of themselves (`snapdeploy:registry:*`), tags, singletons, numbers. Does not own: how one
gets into a registry (`registry.py`), or its providers (`providers.py`).
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from pulumi_policy import EnforcementLevel, Severity

from policies import docker_hub, ecr, google_registry
from policies._props import Gap, Props, group, printable, read, text
from policies._rule import Finding, Practice, Remark, Rule, Seen, StackRule
from policies.providers import AWS, place, told

REGISTRIES = "snapdeploy:registry:"
LOCAL = "snapdeploy:registry:Local"
_ENVIRONMENTS = ("local", "dev", "prod")
_TAGGED = {
    ecr.REPOSITORY: "tags",
    "aws:iam/role:Role": "tags",
    "aws:kms/key:Key": "tags",
    "aws:secretsmanager/secret:Secret": "tags",
    "aws:ssm/parameter:Parameter": "tags",
    "aws:lambda/function:Function": "tags",
    "aws:sns/topic:Topic": "tags",
    "aws:cloudwatch/logGroup:LogGroup": "tags",
    "aws:ec2/instance:Instance": "tags",
    "aws:ec2/securityGroup:SecurityGroup": "tags",
    "aws:ebs/volume:Volume": "tags",
    "aws:s3/bucket:Bucket": "tags",
    google_registry.REPOSITORY: "labels",
    "gcp:secretmanager/secret:Secret": "labels",
    "gcp:compute/instance:Instance": "labels",
    "gcp:compute/disk:Disk": "labels",
    "gcp:storage/bucket:Bucket": "labels",
}
_SINGLETONS = {
    ecr.SCANNING: (),
    "aws:ecr/replicationConfiguration:ReplicationConfiguration": (),
    "aws:ecr/registryPolicy:RegistryPolicy": (),
    "aws:ecr/accountSetting:AccountSetting": ("name",),
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": ("url",),
    "gcp:projects/iAMAuditConfig:IAMAuditConfig": ("project", "service"),
}
_GLOBAL = frozenset({"aws:iam/openIdConnectProvider:OpenIdConnectProvider"})
_PER_APP = frozenset(
    {
        ecr.REPOSITORY,
        ecr.LIFECYCLE,
        "aws:ecr/repositoryPolicy:RepositoryPolicy",
        google_registry.REPOSITORY,
        "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember",
        docker_hub.REPOSITORIES,
        "github:index/actionsSecret:ActionsSecret",
        "github:index/repositoryEnvironment:RepositoryEnvironment",
    }
)
_PRODUCTION = "prod"


def _environment(seen: Seen) -> Iterator[Remark]:
    said = text(seen.props, "environment")
    if said is Gap.UNKNOWN:
        yield Gap.UNKNOWN
    elif isinstance(said, Gap):
        yield Finding(f"registry {seen} does not say in which environment it is: `environment` is missing")
    elif said not in _ENVIRONMENTS:
        yield Finding(
            f"registry {seen} is in environment `{printable(said)}`, which is none of {', '.join(_ENVIRONMENTS)}"
        )


def _at_home(seen: Seen) -> Iterator[Remark]:
    said = text(seen.props, "environment")
    if said is Gap.UNKNOWN:
        yield Gap.UNKNOWN
    elif said != "local":
        yield Finding(f"registry {seen} is a process on this machine, in an environment that others rely on")


def _tags(seen: Seen) -> Mapping[str, object] | Gap:
    """The tags that a resource will carry, its own and its provider's."""
    found: dict[str, object] = {}
    own = group(seen.props, _TAGGED[seen.type])
    if own is Gap.UNKNOWN:
        return own
    if seen.provider is not None:
        common = told(seen.provider, "defaultTags" if seen.provider.type == AWS else "defaultLabels")
        if common is Gap.UNKNOWN:
            return Gap.UNKNOWN
        if isinstance(common, Mapping) and seen.provider.type == AWS:
            common = read(common, "tags")
        if isinstance(common, Mapping):
            found |= {str(name): read(common, name) for name in common}
    if isinstance(own, Mapping):
        found |= {str(name): read(own, name) for name in own}
    return found


def _tagged(seen: Seen) -> Iterator[Remark]:
    found = _tags(seen)
    if isinstance(found, Gap):
        yield found
        return
    missing = [str(name) for name in seen.settings["tags"] if found.get(str(name)) in (None, "")]
    if missing:
        yield Finding(f"{seen} does not carry {', '.join(f'`{printable(name)}`' for name in missing)}")


def _owned(seen: Seen) -> Iterator[Remark]:
    found = _tags(seen)
    if isinstance(found, Gap):
        yield found
        return
    names = [str(name) for name in seen.settings["tags"]]
    if not any(found.get(name) for name in names):
        yield Finding(f"{seen} does not say whose it is: it carries none of {', '.join(names)}")


def _protected(resources: list[Seen], settings: Mapping[str, Any]) -> Iterator[Remark]:
    """In production, what holds images is protected: by the program, or by its cloud."""
    production = {str(name).lower() for name in settings["environments"]}
    there = {one.urn: one for one in resources}
    for one in resources:
        if one.type not in (ecr.REPOSITORY, google_registry.REPOSITORY) or one.protected:
            continue
        where = _where(one, there)
        if where is Gap.UNKNOWN:
            yield Gap.UNKNOWN
            continue
        kept = text(one.props, "deletionPolicy")
        if not isinstance(where, str) or where.lower() not in production or kept in ("PREVENT", "ABANDON"):
            continue
        if kept is Gap.UNKNOWN:
            yield Gap.UNKNOWN
        elif not _is_meant(one):
            yield Finding(f"repository {one} holds production's images, and `protect` is not set", one.urn)


def _is_meant(one: Seen) -> bool:
    """Whether its loss has been confirmed in the config, which marks it so for one update."""
    tags = group(one.props, "tags")
    return isinstance(tags, Mapping) and "snapdeploy:replaceable" in tags


def _facts(one: Seen) -> Props:
    """What a component says of itself: as it was declared, else what it put out."""
    return one.inputs or one.props


def _where(one: Seen, there: Mapping[str, Seen]) -> str | Gap:
    """The environment of a resource: its registry's, which it belongs to, else what its tags say."""
    holder = there.get(one.parent or "")
    while holder is not None:
        if holder.type.startswith(REGISTRIES):
            return text(_facts(holder), "environment")
        holder = there.get(holder.parent or "")
    found = _tags(one)
    if isinstance(found, Gap):
        return found
    said = found.get("environment", found.get("Environment", Gap.MISSING))
    return said if isinstance(said, str | Gap) else Gap.MISSING


def _once(resources: list[Seen], _settings: Mapping[str, Any]) -> Iterator[Remark]:
    """No two resources of a stack set what an account and region have only one of."""
    owners: dict[tuple[object, ...], Seen] = {}
    # The program declares in any order: the same one has to be told each time.
    for one in sorted(resources, key=lambda each: each.urn):
        if one.type not in _SINGLETONS:
            continue
        key = [text(one.props, name) for name in _SINGLETONS[one.type]]
        where = place(one, everywhere=one.type in _GLOBAL)
        if Gap.UNKNOWN in (*key, *where):
            yield Gap.UNKNOWN
            continue
        first = owners.setdefault((one.type, *key, *where), one)
        if first is not one:
            yield Finding(f"{one} sets what {first} sets: there is one of it for each account and region", one.urn)


def _constant(resources: list[Seen], settings: Mapping[str, Any]) -> Iterator[Remark]:
    most, total = float(settings["perType"]), float(settings["total"])
    for kind, count in sorted(Counter(one.type for one in resources if one.type in _PER_APP).items()):
        if count > most:
            yield Finding(
                f"the stack has {count} resources of type {kind}: it seems to make one for each app", _stack(resources)
            )
    if len(resources) > total:
        yield Finding(f"the stack has {len(resources)} resources", _stack(resources))


def _stack(resources: list[Seen]) -> str | None:
    return next((one.urn for one in resources if one.type == "pulumi:pulumi:Stack"), None)


def _registries(resources: list[Seen], settings: Mapping[str, Any]) -> Iterator[tuple[Seen, Props] | Gap]:
    """The registries of the environments that a rule is for."""
    strict = {str(name).lower() for name in settings["environments"]}
    for one in resources:
        if one.type.startswith(REGISTRIES):
            said = text(_facts(one), "environment")
            if said is Gap.UNKNOWN:
                yield Gap.UNKNOWN
            elif isinstance(said, Gap) or said.lower() in strict:
                yield one, one.props


def _promise(name: str, wanting: str) -> Any:
    def judge(resources: list[Seen], settings: Mapping[str, Any]) -> Iterator[Remark]:
        for found in _registries(resources, settings):
            if isinstance(found, Gap):
                yield found
                continue
            one, props = found
            said = read(props, name)
            if said is Gap.UNKNOWN:
                yield Gap.UNKNOWN
            elif said in (Gap.MISSING, False, "none", ""):
                yield Finding(f"registry {one} {wanting}", one.urn)

    return judge


def _fresh(resources: list[Seen], settings: Mapping[str, Any]) -> Iterator[Remark]:
    """A delivered credential has an end, and it is not near."""
    for found in _registries(resources, settings):
        if isinstance(found, Gap):
            yield found
            continue
        one, props = found
        auth, end = text(_facts(one), "auth"), text(props, "expires_at")
        if Gap.UNKNOWN in (auth, end):
            yield Gap.UNKNOWN
        elif auth == "static":
            yield from _ending(one, end, float(settings["days"]))


def _ending(one: Seen, end: str | Gap, days: float) -> Iterator[Remark]:
    if isinstance(end, Gap):
        yield Finding(f"the credential of registry {one} never ends", one.urn)
        return
    try:
        moment = datetime.fromisoformat(end)
    except ValueError:
        yield Finding(f"registry {one} does not say readably when its credential ends", one.urn)
        return
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if moment - datetime.now(UTC) < timedelta(days=days):
        yield Finding(f"the credential of registry {one} ends on {moment.date().isoformat()}", one.urn)


def _environments(default: list[str]) -> dict[str, Any]:
    return {
        "environments": {
            "type": "array",
            "items": {"type": "string"},
            "default": default,
            "description": "environments in which the rule holds",
        }
    }


def _named(default: list[str], description: str) -> dict[str, Any]:
    return {"tags": {"type": "array", "items": {"type": "string"}, "default": default, "description": description}}


RULES: tuple[Rule, ...] = (
    Rule(
        name="registry-names-its-environment",
        says="A registry says what is at stake in it.",
        refuses="a registry whose `environment` is missing, or is none of local, dev and prod",
        why="the rules for production pass it by",
        mend="write `snapdeploy-registry:environment` in the stack's config",
        severity=Severity.MEDIUM,
        types=(REGISTRIES,),
        judge=_environment,
    ),
    Rule(
        name="local-registry-stays-local",
        says="The registry on this machine serves this machine.",
        refuses="a registry of kind `local` in an environment other than `local`",
        why="its images go with this machine's disk, and nobody else can pull them",
        mend="write another `registries.<name>.kind`, or `environment: local`",
        severity=Severity.HIGH,
        practices=(Practice.PRIVATE,),
        types=(LOCAL,),
        judge=_at_home,
    ),
    Rule(
        name="resources-are-tagged",
        says="What is paid for says what it is for.",
        refuses="a resource that can carry tags or labels, without those of the setting `tags`",
        why="nobody can tell from the bill, or in the console, which environment it belongs to and whether it may go",
        mend="write `snapdeploy-registry:tags: {project: …, environment: …}` (`tags`, `labels`, or the provider's "
        "`defaultTags`, `defaultLabels`)",
        severity=Severity.LOW,
        settings=_named(["project", "environment"], "tags or labels that have to be there"),
        types=tuple(_TAGGED),
        judge=_tagged,
    ),
    Rule(
        name="resources-have-an-owner",
        says="What is paid for says whose it is.",
        refuses="a resource that can carry tags or labels, without one that names its owner",
        why="when it fails, or is found open, nobody knows whom to ask",
        mend="add `owner: <team>` to `snapdeploy-registry:tags` (`tags`, `labels`)",
        severity=Severity.LOW,
        level=EnforcementLevel.ADVISORY,
        settings=_named(["owner", "team"], "tags or labels of which one has to be there"),
        types=tuple(_TAGGED),
        judge=_owned,
    ),
    StackRule(
        name="production-images-are-protected",
        says="Production's images cannot be deleted by mistake.",
        refuses="a repository of ECR or Artifact Registry in production without the option `protect`, or Google's "
        "`deletionPolicy: PREVENT`",
        why="a renamed resource, or a `destroy` on the wrong stack, takes what runs and all ways back",
        mend="remove `registries.<name>.protect: false` (`protect=True` in ResourceOptions)",
        severity=Severity.HIGH,
        settings=_environments([_PRODUCTION, "production"]),
        over=_protected,
    ),
    StackRule(
        name="singletons-are-owned-once",
        says="What an account and region have only one of is set in one place.",
        refuses="two resources of a stack that set the same scanning, replication, registry policy, account "
        "setting, provider for an issuer, or audit log",
        why="whoever is written last wins, in every update anew, and what the other said is lost without a word",
        mend="leave `registries.<name>.accountWide` to one registry, and look the provider up elsewhere",
        severity=Severity.HIGH,
        over=_once,
    ),
    StackRule(
        name="resources-do-not-grow-with-apps",
        says="The number of resources does not depend on the number of apps.",
        refuses="a stack with more than `perType` resources of a type that one makes for each app, or more than "
        "`total`",
        why="the state is written again for each of them: the time of an update grows with the square of their number",
        mend="let the creation template make repositories, and grant on the namespace; "
        "`registries.<name>.repositories` is for what needs a line of its own",
        severity=Severity.LOW,
        level=EnforcementLevel.ADVISORY,
        settings={
            "perType": {"type": "number", "default": 20, "description": "the most resources of one such type"},
            "total": {"type": "number", "default": 500, "description": "the most resources of a stack"},
        },
        over=_constant,
    ),
    StackRule(
        name="registry-scans-images",
        says="A registry says what scans the images that are pushed to it.",
        refuses="a registry in production whose `scan` is `none`",
        why="an image with a known hole runs until somebody finds it by other means",
        mend="write `registries.<name>.accountWide.scanning: {type: basic}` for kind `ecr`, "
        "`registries.<name>.scanning: {enabled: true}` for `artifact-registry`; GHCR and Docker Hub scan nothing by "
        "themselves: scan in the builder",
        severity=Severity.MEDIUM,
        level=EnforcementLevel.ADVISORY,
        practices=(Practice.SCANNING,),
        settings=_environments([_PRODUCTION]),
        over=_promise("scan", "has nothing that scans what is pushed: `scan` is none"),
    ),
    StackRule(
        name="registry-removes-old-images",
        says="A registry says what removes the images that nobody needs.",
        refuses="a registry in production whose `retention` is `none`",
        why="storage grows with every push, and is paid for each month",
        mend="write `registries.<name>.retention`",
        severity=Severity.LOW,
        level=EnforcementLevel.ADVISORY,
        settings=_environments([_PRODUCTION]),
        over=_promise("retention", "keeps everything: `retention` is none"),
    ),
    StackRule(
        name="registry-tags-are-immutable",
        says="A registry keeps a pushed tag what it is.",
        refuses="a registry in production whose `immutable` is false",
        why="whoever can push can put another image under a tag that is deployed",
        mend="write `registries.<name>.immutability`; where the kind has none, deploy by digest",
        severity=Severity.MEDIUM,
        level=EnforcementLevel.ADVISORY,
        practices=(Practice.TAGS,),
        settings=_environments([_PRODUCTION]),
        over=_promise("immutable", "lets a pushed tag be moved: `immutable` is false"),
    ),
    StackRule(
        name="registry-credential-ends",
        says="A delivered password has an end, and is replaced before it.",
        refuses="a registry in production with `auth: static` whose `expires_at` is missing, or less than `days` away",
        why="one that never ends is valid for whoever has seen it; one that ends soon stops every push on that day",
        mend="write `registries.<name>.tokenExpires`, and rotate it before: make a new one, deliver, revoke the old",
        severity=Severity.MEDIUM,
        level=EnforcementLevel.ADVISORY,
        practices=(Practice.ROTATION, Practice.TOKENS),
        settings={
            **_environments([_PRODUCTION]),
            "days": {"type": "number", "default": 14, "description": "how many days before its end one is told"},
        },
        over=_fresh,
    ),
)
