"""What the simulated Google answers to a function: which project it is, and what is there already.

Owns: which functions are answered, and in which shape: what is one block in a resource is a list in a lookup.
"""

import json
from collections.abc import Callable
from typing import Any

from tests.simulated.behaviour import CloudError
from tests.simulated.provider import Invoke, Lookup
from tests.simulated.providers.gcp import artifact_registry, federation, grants, kms, members
from tests.simulated.providers.gcp.place import address, admit, location, project, project_number, reachable
from tests.simulated.providers.gcp.projects import AUDIT
from tests.simulated.providers.gcp.words import RefusedError, part, parts, text, worded
from tests.simulated.store import Key, Store
from tests.simulated.wire import Properties, Value

Answer = Callable[[Store, Properties, Properties], Properties]

_API = "artifactregistry.googleapis.com"


def _project(store: Store, config: Properties, arguments: Properties) -> Properties:
    wanted = text(arguments, "projectId") or text(config, "project")
    if not wanted:
        raise CloudError(
            "no project value set. `project_id` must be set at the resource level, or a default `project` value must be"
            " specified on the provider"
        )
    if not reachable(wanted):
        raise CloudError(f'the user does not have permission to access Project "{wanted}" or it may not exist')
    with worded(f'Error when reading or editing Project "{wanted}"'):
        admit(store, wanted, "cloudresourcemanager.googleapis.com")
    return {
        "autoCreateNetwork": False,
        "billingAccount": "000000-SIMULA-TED000",
        "deletionPolicy": "PREVENT",
        "effectiveLabels": {},
        "folderId": "",
        "id": f"projects/{wanted}",
        "labels": {},
        "name": wanted,
        "number": project_number(wanted),
        "orgId": "",
        "projectId": wanted,
        "pulumiLabels": {},
        "tags": {},
    }


def _client(config: Properties, arguments: Properties) -> Properties:
    """No access token: nothing that is simulated could use one, and a made-up one could be taken for real."""
    region = text(config, "region")
    return {
        "accessToken": "",
        "defaultLabels": part(config, "defaultLabels"),
        "id": f'projects/"{text(config, "project")}"/regions/"{region}"/zones/"{text(config, "zone")}"',
        "project": text(config, "project"),
        "region": region,
        "zone": text(config, "zone"),
    }


def _policy(store: Store, config: Properties, arguments: Properties) -> Properties:
    owner = project(config, arguments)
    with worded(f'Error retrieving IAM policy for project "{owner}"'):
        admit(store, owner, "cloudresourcemanager.googleapis.com")
    held: dict[str, list[str]] = {}
    for grant in grants.on(store, owner):
        held.setdefault(grant.role, []).append(grant.member)
    audits: list[dict[str, Any]] = []
    for key in store.held():
        if key.token == AUDIT and key.id.startswith(f"{owner}/"):
            entry = store.get(key, {}) or {}
            configs = [
                {
                    "logType": text(one, "logType"),
                    **({"exemptedMembers": out} if (out := one.get("exemptedMembers")) else {}),
                }
                for one in parts(entry, "auditLogConfigs")
            ]
            audits.append({"service": text(entry, "service"), "auditLogConfigs": configs})
    document: dict[str, Any] = {"bindings": [{"role": role, "members": held[role]} for role in sorted(held)]}
    if audits:
        document["auditConfigs"] = audits
    return {"etag": "BwSIMULATED=", "id": owner, "policyData": json.dumps(document), "project": owner}


def _where(store: Store, config: Properties, arguments: Properties, api: str) -> str:
    """The project and the location that a lookup is about, as the beginning of an id."""
    owner = project(config, arguments)
    with worded(f"Error when reading or editing {owner}"):
        admit(store, owner, api)
    return f"projects/{owner}/locations/{location(config, arguments)}"


def _found(store: Store, token: str, id_: str) -> Properties:
    entry = store.get(Key(token, "", id_), {})
    if entry is None or entry.get("state") == "DELETED":
        raise CloudError(f"{id_} not found")
    return {**entry, "id": id_}


def _listed(entry: Properties, *blocks: str) -> Properties:
    """`entry` with blocks as lists, under their plural names."""
    found = {name: value for name, value in entry.items() if name not in blocks}
    for name in blocks:
        value = entry.get(name)
        found[f"{name}s"] = [] if value in (None, {}) else [value]
    return found


def _repository(store: Store, config: Properties, arguments: Properties) -> Properties:
    where = _where(store, config, arguments, _API)
    entry = _found(store, artifact_registry.REPOSITORY, f"{where}/repositories/{text(arguments, 'repositoryId')}")
    plain: Properties = {"cleanupPolicyDryRun": False, "description": "", "kmsKeyName": "", "labels": {}}
    policies: list[Value] = [_policy_block(policy) for policy in parts(entry, "cleanupPolicies")]
    blocks = [
        *("dockerConfig", "mavenConfig", "remoteRepositoryConfig", "virtualRepositoryConfig"),
        "vulnerabilityScanningConfig",
    ]
    return {**plain, **_listed(entry, *blocks), "cleanupPolicies": policies, "labels": entry["effectiveLabels"]}


def _policy_block(policy: Properties) -> Properties:
    told = _listed({"action": "", **policy}, "condition")
    return {**told, "mostRecentVersions": _one(policy.get("mostRecentVersions"))}


def _one(value: Value) -> list[Value]:
    return [] if value in (None, {}) else [value]


def _repositories(store: Store, config: Properties, arguments: Properties) -> Properties:
    where, wanted = _where(store, config, arguments, _API), text(arguments, "nameFilter")
    found: list[Value] = []
    for key in store.held():
        if key.token == artifact_registry.REPOSITORY and key.id.startswith(f"{where}/repositories/"):
            name = key.id.rpartition("/")[2]
            if wanted and not _matches(wanted, name):
                continue
            entry = store.get(key, {}) or {}
            kept = {one: text(entry, one) for one in ("createTime", "description", "format", "updateTime")}
            found.append({**kept, "id": key.id, "repositoryId": name})
    return {
        "id": f"{where}/repositories",
        "location": where.split("/")[3],
        "nameFilter": wanted,
        "project": where.split("/")[1],
        "repositories": found,
    }


def _matches(wanted: str, name: str) -> bool:
    """A filter is a name, or the beginning or the end of one with `*` for the rest."""
    if wanted.startswith("*") or wanted.endswith("*"):
        begins, _, ends = wanted.strip('"').partition("*")
        return name.startswith(begins) and name.endswith(ends.strip("*"))
    return name == wanted


def _images(store: Store, config: Properties, arguments: Properties) -> Properties:
    where = _where(store, config, arguments, _API)
    id_ = f"{where}/repositories/{text(arguments, 'repositoryId')}"
    if store.get(Key(artifact_registry.REPOSITORY, "", id_), {}) is None:
        raise CloudError(
            f"Error listing Artifact Registry Docker images: {RefusedError(404, 'Requested entity was not found.')}"
        )
    found: list[Value] = [store.get(key, {}) for key in artifact_registry.images(store, id_)]
    return {
        "dockerImages": found,
        "id": id_,
        "location": where.split("/")[3],
        "project": where.split("/")[1],
        "repositoryId": text(arguments, "repositoryId"),
    }


def _pool(store: Store, config: Properties, arguments: Properties) -> Properties:
    owner = project(config, arguments)
    pool = f"projects/{owner}/locations/global/workloadIdentityPools/{text(arguments, 'workloadIdentityPoolId')}"
    with worded(f'Error when reading or editing WorkloadIdentityPool "{pool}"'):
        admit(store, owner, "iam.googleapis.com")
    entry = _found(store, members.POOL, pool)
    none: Properties = {"attestationRules": [], "description": "", "displayName": ""}
    return {**none, **_listed(entry, "inlineCertificateIssuanceConfig", "inlineTrustConfig")}


def _provider(store: Store, config: Properties, arguments: Properties) -> Properties:
    owner, pool = project(config, arguments), text(arguments, "workloadIdentityPoolId")
    name = text(arguments, "workloadIdentityPoolProviderId")
    id_ = f"projects/{owner}/locations/global/workloadIdentityPools/{pool}/providers/{name}"
    with worded(f'Error when reading or editing WorkloadIdentityPoolProvider "{id_}"'):
        admit(store, owner, "iam.googleapis.com")
    entry = _found(store, federation.PROVIDER, id_)
    none: Properties = {"attributeCondition": "", "attributeMapping": {}, "description": "", "displayName": ""}
    oidc: list[Value] = [{"allowedAudiences": [], "jwksJson": "", **one} for one in [part(entry, "oidc")] if one]
    return {**none, **_listed(entry, "saml", "x509"), "aws": _one(entry.get("aws")), "oidcs": oidc}


def _key_rings(store: Store, config: Properties, arguments: Properties) -> Properties:
    where = _where(store, config, arguments, "cloudkms.googleapis.com")
    found: list[Value] = [
        {"id": key.id, "name": key.id.rpartition("/")[2]}
        for key in store.held()
        if key.token == kms.RING and key.id.startswith(f"{where}/keyRings/")
    ]
    about: Properties = {"location": where.split("/")[3], "project": where.split("/")[1]}
    return {**about, "filter": text(arguments, "filter"), "id": f"{where}/keyRings", "keyRings": found}


def _keys(store: Store, config: Properties, arguments: Properties) -> Properties:
    ring = text(arguments, "keyRing")
    with worded(f"Error when reading or editing {ring}"):
        admit(store, ring.split("/")[1] if "/" in ring else project(config, {}), "cloudkms.googleapis.com")
    found: list[Value] = [
        _key_entry(key.id, store.get(key, {}) or {})
        for key in store.held()
        if key.token == kms.KEY and key.id.startswith(f"{ring}/cryptoKeys/")
    ]
    return {"filter": text(arguments, "filter"), "id": f"{ring}/cryptoKeys", "keyRing": ring, "keys": found}


def _key_entry(id_: str, entry: Properties) -> Properties:
    none: Properties = {"cryptoKeyBackend": "", "rotationPeriod": "", "skipInitialVersionCreation": False, "labels": {}}
    entry = _listed(entry, "keyAccessJustificationsPolicy", "versionTemplate")
    entry["keyAccessJustificationsPolicies"] = entry.pop("keyAccessJustificationsPolicys")
    return {**none, **entry, "id": id_}


def _account(store: Store, config: Properties, arguments: Properties) -> Properties:
    owner, name = project(config, arguments), text(arguments, "accountId")
    email = name.rpartition("/")[2] if "@" in name else address(owner, name)
    id_ = f"projects/{owner}/serviceAccounts/{email}"
    with worded(f'Error when reading or editing Service Account "{id_}"'):
        admit(store, owner, "iam.googleapis.com")
    return {"displayName": "", **_found(store, members.ACCOUNT, id_), "accountId": email.partition("@")[0]}


_LOOKUPS: dict[str, tuple[Answer, frozenset[str]]] = {
    "gcp:organizations/getProject:getProject": (_project, frozenset({"projectId"})),
    "gcp:projects/getIamPolicy:getIamPolicy": (_policy, frozenset({"project"})),
    "gcp:artifactregistry/getRepository:getRepository": (
        _repository,
        frozenset({"location", "project", "repositoryId"}),
    ),
    "gcp:artifactregistry/getRepositories:getRepositories": (
        _repositories,
        frozenset({"location", "nameFilter", "project"}),
    ),
    "gcp:artifactregistry/getDockerImages:getDockerImages": (
        _images,
        frozenset({"location", "project", "repositoryId"}),
    ),
    "gcp:iam/getWorkloadIdentityPool:getWorkloadIdentityPool": (
        _pool,
        frozenset({"project", "workloadIdentityPoolId"}),
    ),
    "gcp:iam/getWorkloadIdentityPoolProvider:getWorkloadIdentityPoolProvider": (
        _provider,
        frozenset({"project", "workloadIdentityPoolId", "workloadIdentityPoolProviderId"}),
    ),
    "gcp:kms/getKeyRings:getKeyRings": (_key_rings, frozenset({"filter", "location", "project"})),
    "gcp:kms/getCryptoKeys:getCryptoKeys": (_keys, frozenset({"filter", "keyRing"})),
    "gcp:serviceaccount/getAccount:getAccount": (_account, frozenset({"accountId", "project"})),
}


def invokes() -> dict[str, Invoke | Lookup]:
    """Every function that is answered, by token."""
    answered: dict[str, Invoke | Lookup] = {token: Lookup(*about) for token, about in _LOOKUPS.items()}
    return {"gcp:organizations/getClientConfig:getClientConfig": Invoke(_client), **answered}
