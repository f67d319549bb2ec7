"""Artifact Registry: repositories, and what an upstream, a key and a virtual repository need.

Owns: Repository. Does not own: its cleanup policies (`cleanup_rules`). Nothing is stored but what `by_hand.push` says;
no upstream is asked, so that a wrong password is not found; of scanning there is only whether it is on.

Google tries an upstream's credential when it makes a remote repository, unless `disableUpstreamValidation` says not to,
and its agent needs the right to read the secret for that: taken from
https://docs.cloud.google.com/artifact-registry/docs/repositories/configure-remote-auth-dockerhub, read 2026-11.
Names and locations: https://docs.cloud.google.com/artifact-registry/docs/repositories/create-repos, read 2026-11.
"""

import re
from typing import Any

from tests.simulated.behaviour import Call, CloudError
from tests.simulated.checker import Mistake
from tests.simulated.providers.gcp import cleanup_rules, grants, kms, secret_manager
from tests.simulated.providers.gcp.kind import Kind
from tests.simulated.providers.gcp.place import enabled, location, project
from tests.simulated.providers.gcp.services import agent
from tests.simulated.providers.gcp.words import MADE, RefusedError, one_of, part, parts, text
from tests.simulated.store import Key, Store
from tests.simulated.wire import Properties

REPOSITORY = "gcp:artifactregistry/repository:Repository"
IMAGE = "simulated:gcp/image"
"""The token under which the store keeps what was pushed."""

STANDARD, REMOTE, VIRTUAL = "STANDARD_REPOSITORY", "REMOTE_REPOSITORY", "VIRTUAL_REPOSITORY"

_API = "artifactregistry.googleapis.com"
_ID = re.compile(r"[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?")
_LOCATION = re.compile(
    r"us|europe|asia|(?:africa|asia|australia|europe|me|northamerica|southamerica|us)-"
    r"(?:north|south|east|west|central|northeast|northwest|southeast|southwest)[1-9][0-9]?"
)
_FORMATS = frozenset({"APT", "DOCKER", "GENERIC", "GO", "GOOGET", "KFP", "MAVEN", "NPM", "PYTHON", "RUBY", "YUM"})
_UPSTREAMS = ("apt", "common", "docker", "maven", "npm", "python", "yum")
_FIXED = frozenset(
    {f"remoteRepositoryConfig.{kind}Repository" for kind in _UPSTREAMS}
    | {"remoteRepositoryConfig.description", "remoteRepositoryConfig.noCache"}
)
_READS = "roles/secretmanager.secretAccessor"


class Repository(Kind):
    """A repository of one format: a standard one, a cache of an upstream, or one in front of others."""

    api = _API
    noun = "Repository"
    labelled = True
    exists = "the repository already exists"
    replace_on_change = frozenset({"format", "repositoryId", "kmsKeyName", "location", "mode", *_FIXED})
    stable = frozenset({"createTime", "name", "registryUri"})
    filled = frozenset(
        {
            "cleanupPolicies.condition.tagState",
            "vulnerabilityScanningConfig",
            *(f"vulnerabilityScanningConfig.enablement{name}" for name in ("Config", "State", "StateReason")),
        }
    )

    def unset(self, call: Call) -> Properties:
        return {"mode": STANDARD}

    def rules(self, inputs: Properties) -> list[Mistake]:
        found = [*one_of(inputs, "mode", (STANDARD, VIRTUAL, REMOTE, "")), *cleanup_rules.mistakes(inputs)]
        scanning = part(inputs, "vulnerabilityScanningConfig")
        here = "vulnerabilityScanningConfig.enablementConfig"
        found += one_of(scanning, "enablementConfig", ("INHERITED", "DISABLED", ""), here)
        if inputs.get("remoteRepositoryConfig") is not None and inputs.get("virtualRepositoryConfig") is not None:
            found.append(Mistake("remoteRepositoryConfig", "conflicts with virtual_repository_config"))
        return [*found, *_upstream_mistakes(inputs)]

    def names(self, inputs: Properties) -> None:
        name = text(inputs, "repositoryId")
        if _ID.fullmatch(name) is None:
            raise RefusedError(
                400,
                f'Invalid repository ID "{name}": it has up to 63 lowercase letters, numbers and hyphens, begins with a'
                " letter and ends with a letter or a number.",
            )

    def identity(self, call: Call, inputs: Properties) -> str:
        where = f"projects/{project(call.config, inputs)}/locations/{location(call.config, inputs)}"
        return f"{where}/repositories/{text(inputs, 'repositoryId')}"

    def outputs(self, call: Call, id_: str, properties: Properties) -> Properties:
        _, owner, _, place, _, name = id_.split("/")
        kind = text(properties, "format").lower()
        uri = f"{place}-{kind}.pkg.dev/{owner.replace(':', '/')}/{name}"
        found: Properties = {"createTime": MADE, "updateTime": MADE, "name": name, "registryUri": uri}
        if properties.get("cleanupPolicies"):
            found["cleanupPolicies"] = [_filled(policy) for policy in parts(properties, "cleanupPolicies")]
        if properties.get("mode") == STANDARD:
            found["vulnerabilityScanningConfig"] = _scanning(call.store, owner, properties)
        return found

    def judge(self, call: Call, id_: str, properties: Properties, before: Properties | None) -> None:
        _, owner, _, place, _, _ = id_.split("/")
        if _LOCATION.fullmatch(place) is None:
            raise RefusedError(403, f"Location {place} is not found or access is unauthorized., forbidden")
        if text(properties, "format") not in _FORMATS:
            raise RefusedError(400, f"Invalid repository format: {text(properties, 'format')}.")
        cleanup_rules.judge(properties)
        _judge_mode(properties)
        if properties.get("mode") == REMOTE:
            _judge_remote(call.store, owner, properties)
        if properties.get("mode") == VIRTUAL:
            _judge_virtual(call.store, id_, properties)
        if before is None and text(properties, "kmsKeyName"):
            _judge_key(call.store, owner, place, text(properties, "kmsKeyName"))

    def leave(self, call: Call, id_: str, olds: Properties) -> None:
        for key in images(call.store, id_):
            call.store.drop(key)
        grants.drop_with(call.store, id_)
        super().leave(call, id_, olds)


def images(store: Store, repository: str) -> list[Key]:
    """What was pushed to a repository."""
    return [key for key in store.held() if key.token == IMAGE and key.scope == repository]


def _filled(policy: dict[str, Any]) -> Properties:
    """A cleanup policy as the provider tells it: of any tag state where none is named."""
    condition = part(policy, "condition")
    return {**policy, "condition": {"tagState": "ANY", **condition}} if condition else dict(policy)


def _scanning(store: Store, owner: str, properties: Properties) -> Properties:
    """What Google makes of the wish: a repository is scanned where the project's API for it is on."""
    wish = text(part(properties, "vulnerabilityScanningConfig"), "enablementConfig") or "INHERITED"
    on = enabled(store, owner, "containerscanning.googleapis.com")
    if wish == "DISABLED":
        state, reason = "SCANNING_DISABLED", "Scanning is disabled for this repository."
    elif text(properties, "format") != "DOCKER":
        state, reason = "SCANNING_UNSUPPORTED", "This repository has a format that is not scanned."
    elif on:
        state, reason = "SCANNING_ACTIVE", ""
    else:
        state, reason = "SCANNING_DISABLED", "API containerscanning.googleapis.com is not enabled."
    told: Properties = {"enablementConfig": wish, "enablementState": state}
    return {**told, "enablementStateReason": reason} if reason else told


def _judge_mode(properties: Properties) -> None:
    mode = text(properties, "mode")
    for name, wanted in (("remoteRepositoryConfig", REMOTE), ("virtualRepositoryConfig", VIRTUAL)):
        if bool(properties.get(name)) != (mode == wanted):
            raise RefusedError(400, f"{name} goes with the mode {wanted}, and only with it.")
    if properties.get("dockerConfig") and text(properties, "format") != "DOCKER":
        raise RefusedError(400, "docker_config can only be set on a repository of the format DOCKER.")


def _judge_remote(store: Store, owner: str, properties: Properties) -> None:
    remote = part(properties, "remoteRepositoryConfig")
    for uri in _uris(remote):
        if not uri.startswith(("https://", "http://", "projects/")):
            raise RefusedError(400, f"Invalid upstream URI: {uri}")
    credential = part(part(remote, "upstreamCredentials"), "usernamePasswordCredentials")
    named = text(credential, "passwordSecretVersion")
    if not credential:
        return
    if not named or not text(credential, "username"):
        raise RefusedError(400, "Upstream credentials need a username and a password_secret_version.")
    version = secret_manager.version(store, named)
    if version is None:
        raise RefusedError(400, f"The secret version {named} does not exist.")
    reader = f"serviceAccount:{agent(owner, _API)}"
    checked = remote.get("disableUpstreamValidation") is not True
    if checked and not grants.has(store, text(version, "secret"), _READS, reader):
        raise RefusedError(
            400,
            "Failed to validate remote upstream: Permission 'secretmanager.versions.access' denied on resource"
            f" '{named}' (or it may not exist) for {reader}.",
        )


def _uris(remote: dict[str, Any]) -> list[str]:
    found = [text(part(remote, "commonRepository"), "uri")]
    found += [text(part(part(remote, f"{kind}Repository"), "customRepository"), "uri") for kind in _UPSTREAMS]
    return [uri for uri in found if uri]


def _judge_virtual(store: Store, id_: str, properties: Properties) -> None:
    policies = parts(part(properties, "virtualRepositoryConfig"), "upstreamPolicies")
    names = [text(policy, "id") for policy in policies]
    if not policies:
        raise RefusedError(400, "A virtual repository needs at least one upstream policy.")
    if len(set(names)) < len(names) or "" in names:
        raise RefusedError(400, "Each upstream policy needs an id of its own.")
    for policy in policies:
        upstream, priority = text(policy, "repository"), policy.get("priority", 0)
        if not isinstance(priority, int | float) or priority < 0 or not float(priority).is_integer():
            raise RefusedError(400, f"The priority of the upstream policy {text(policy, 'id')} is no whole number.")
        found = store.get(Key(REPOSITORY, "", upstream), {})
        if found is None:
            raise RefusedError(404, f"The upstream repository {upstream} was not found.")
        if found.get("mode") == VIRTUAL:
            raise RefusedError(400, f"The upstream {upstream} is itself a virtual repository.")
        if found.get("format") != properties.get("format"):
            raise RefusedError(400, f"The upstream {upstream} is of another format.")
        if upstream.split("/")[3] != id_.split("/")[3]:
            raise RefusedError(400, f"The upstream {upstream} is in another location.")


def _judge_key(store: Store, owner: str, place: str, key: str) -> None:
    if kms.location(key) != place:
        raise RefusedError(400, f"The KMS key {key} has to be in the location of the repository, {place}.")
    if kms.usable(store, key, f"serviceAccount:{agent(owner, _API)}"):
        # Found while the repository is being made, so that the provider words it in another way.
        raise CloudError(
            "Error waiting to create Repository: Error waiting for Creating Repository: Error code 7, message:"
            " Permission denied on Cloud KMS key. Please ensure your Artifact Registry service account has been"
            " authorized to use the configured key."
        )


def _upstream_mistakes(inputs: Properties) -> list[Mistake]:
    remote = part(inputs, "remoteRepositoryConfig")
    if not remote:
        return []
    kinds = [kind for kind in _UPSTREAMS if remote.get(f"{kind}Repository") is not None]
    if len(kinds) != 1:
        listed = ", ".join(f"{kind}Repository" for kind in _UPSTREAMS)
        return [Mistake("remoteRepositoryConfig", f"exactly one of {listed} must be specified, not {len(kinds)}")]
    here = "remoteRepositoryConfig.dockerRepository"
    docker = part(remote, "dockerRepository")
    found = one_of(docker, "publicRepository", ("DOCKER_HUB", ""), f"{here}.publicRepository")
    if docker.get("publicRepository") and docker.get("customRepository"):
        found.append(Mistake(here, "publicRepository conflicts with customRepository"))
    return found
