"""Workload identity federation: pools, and the issuers that each trusts.

Owns: WorkloadIdentityPool, WorkloadIdentityPoolProvider. What is deleted is kept for 30 days under its id, which
nothing else can have in that time; the provider takes it for gone, its lookup too. `by_hand.undelete` brings it back.
The store has no clock: here the 30 days do not end.

A condition and a mapping are looked at for their form. Whether they are CEL, and who would be let in, is not simulated.
Rules from https://docs.cloud.google.com/iam/docs/reference/rest/v1/projects.locations.workloadIdentityPools and
https://docs.cloud.google.com/iam/docs/workload-identity-federation-with-deployment-pipelines#conditions, read 2026-11.
"""

import json
import re

from tests.simulated.behaviour import Call
from tests.simulated.checker import Mistake
from tests.simulated.providers.gcp.kind import Kind
from tests.simulated.providers.gcp.members import POOL
from tests.simulated.providers.gcp.place import project, project_number
from tests.simulated.providers.gcp.words import (
    IMMUTABLE,
    NOT_FOUND,
    RefusedError,
    known,
    one_of,
    part,
    parts,
    text,
    texts,
    within,
)
from tests.simulated.store import Key
from tests.simulated.wire import Properties

PROVIDER = "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider"

SHARED = ("token.actions.githubusercontent.com", "gitlab.com", "app.terraform.io")
"""Issuers that whole worlds share: without a condition everybody on them would be let in."""

_ID = re.compile(r"[0-9a-z-]+")
_MAPPED = re.compile(r"google\.(?:subject|groups|display_name|profile_photo)|attribute\.[a-z0-9_]+")
_CLAIM = re.compile(r"\b(?:assertion|google|attribute)\.[A-Za-z_]|\bassertion\[|\battribute\[")
_CONDITION = 4096
_EXPRESSION = 2048
_KEY = 100
_CUSTOM = 50
_AUDIENCES = 10
_AUDIENCE = 256
_CONDITIONS = (
    "The attribute condition must reference one of the provider's claims. For more information, see"
    " https://cloud.google.com/iam/docs/workload-identity-federation-with-deployment-pipelines#conditions"
)


class Deleted(Kind):
    """What is kept under its id when it is deleted."""

    api = "iam.googleapis.com"

    def unset(self, call: Call) -> Properties:
        return {"disabled": False}

    def gone(self, properties: Properties) -> bool:
        return properties.get("state") == "DELETED"

    def leave(self, call: Call, id_: str, olds: Properties) -> None:
        call.store.drift(self._key(call, id_), {"state": "DELETED"})


class Pool(Deleted):
    """A pool of identities from outside."""

    noun = "WorkloadIdentityPool"
    replace_on_change = frozenset({"workloadIdentityPoolId"})
    stable = frozenset({"name", "state", "mode"})
    filled = frozenset({"mode"})

    def rules(self, inputs: Properties) -> list[Mistake]:
        return [
            *_id(inputs, "workloadIdentityPoolId", "workload_identity_pool_id"),
            *within(inputs, "displayName", 32),
            *within(inputs, "description", 256),
            *one_of(inputs, "mode", ("FEDERATION_ONLY", "TRUST_DOMAIN", "SYSTEM_TRUST_DOMAIN")),
        ]

    def identity(self, call: Call, inputs: Properties) -> str:
        return _pool(project(call.config, inputs), text(inputs, "workloadIdentityPoolId"))

    def outputs(self, call: Call, id_: str, properties: Properties) -> Properties:
        owner = id_.split("/")[1]
        name = _pool(project_number(owner), id_.rpartition("/")[2])
        mode = properties.get("mode") or "FEDERATION_ONLY"
        return {"name": name, "state": "ACTIVE", "mode": mode}

    def judge(self, call: Call, id_: str, properties: Properties, before: Properties | None) -> None:
        if before is not None and before.get("mode") != properties.get("mode"):
            raise RefusedError(400, IMMUTABLE)


class Provider(Deleted):
    """One issuer that a pool trusts."""

    noun = "WorkloadIdentityPoolProvider"
    replace_on_change = frozenset({"workloadIdentityPoolId", "workloadIdentityPoolProviderId"})
    stable = frozenset({"name", "state"})

    def rules(self, inputs: Properties) -> list[Mistake]:
        kinds = [name for name in ("aws", "oidc", "saml", "x509") if inputs.get(name) is not None]
        one = f"exactly one of aws, oidc, saml, x509 must be specified, not {len(kinds)}"
        return [
            *_id(inputs, "workloadIdentityPoolProviderId", "workload_identity_pool_provider_id"),
            *within(inputs, "displayName", 32),
            *within(inputs, "description", 256),
            *([] if len(kinds) == 1 else [Mistake("oidc", one)]),
        ]

    def identity(self, call: Call, inputs: Properties) -> str:
        pool = _pool(project(call.config, inputs), text(inputs, "workloadIdentityPoolId"))
        return f"{pool}/providers/{text(inputs, 'workloadIdentityPoolProviderId')}"

    def outputs(self, call: Call, id_: str, properties: Properties) -> Properties:
        _, owner, rest = id_.split("/", 2)
        name = f"projects/{project_number(owner)}/{rest}"
        return {"name": name, "state": "ACTIVE"}

    def judge(self, call: Call, id_: str, properties: Properties, before: Properties | None) -> None:
        pool = call.store.get(Key(POOL, "", id_.partition("/providers/")[0]), {})
        if pool is None or pool.get("state") != "ACTIVE":
            raise RefusedError(404, NOT_FOUND)
        if pool.get("mode") != "FEDERATION_ONLY":
            raise RefusedError(400, "A provider can only be in a pool of the mode FEDERATION_ONLY.")
        _judge_mapping(properties)
        _judge_oidc(properties)


def _judge_mapping(properties: Properties) -> None:
    mapping = part(properties, "attributeMapping")
    if not properties.get("aws") and "google.subject" not in mapping:
        raise RefusedError(400, "The attribute mapping must contain a mapping to google.subject.")
    for name, expression in mapping.items():
        if _MAPPED.fullmatch(name) is None or len(name) > _KEY:
            raise RefusedError(400, f"Invalid attribute mapping key: {name}.")
        if not expression or len(expression) > _EXPRESSION:
            raise RefusedError(400, f"The mapping of {name} must have 1 to {_EXPRESSION} characters.")
    if sum(name.startswith("attribute.") for name in mapping) > _CUSTOM:
        raise RefusedError(400, f"At most {_CUSTOM} custom attributes can be mapped.")
    condition = text(properties, "attributeCondition")
    if len(condition) > _CONDITION:
        raise RefusedError(400, f"The attribute condition must have at most {_CONDITION} characters.")
    for name in re.findall(r"\battribute\.[a-z0-9_]+", condition):
        if name not in mapping:
            raise RefusedError(400, f"The attribute condition references {name}, which is not mapped.")
    issuer = text(part(properties, "oidc"), "issuerUri").removeprefix("https://").split("/")[0]
    if (issuer in SHARED or condition) and _CLAIM.search(condition) is None:
        raise RefusedError(400, _CONDITIONS)


def _judge_oidc(properties: Properties) -> None:
    oidc = part(properties, "oidc")
    if not oidc:
        return
    if not text(oidc, "issuerUri").startswith("https://"):
        raise RefusedError(400, "The issuer URI must be an https URI.")
    audiences = texts(oidc, "allowedAudiences")
    if len(audiences) > _AUDIENCES or any(len(one) > _AUDIENCE for one in audiences):
        raise RefusedError(400, f"At most {_AUDIENCES} audiences of {_AUDIENCE} characters can be allowed.")
    jwks = text(oidc, "jwksJson")
    if jwks:
        try:
            whole = bool(parts(json.loads(jwks), "keys"))
        except ValueError:
            whole = False
        if not whole:
            raise RefusedError(400, "The JWKS is not a set of keys.")


def _id(inputs: Properties, name: str, provider_name: str) -> list[Mistake]:
    """The provider's own check of an id, in its words."""
    value = known(inputs, name)
    if value is None:
        return []
    said = []
    if value.startswith("gcp-"):
        said.append(f'"{provider_name}" ("{value}") can not start with "gcp-"')
    if _ID.fullmatch(value) is None:
        said.append(f'"{provider_name}" must contain only lowercase letters (a-z), numbers (0-9), or dashes (-)')
    if len(value) < 4:
        said.append(f'"{provider_name}" cannot be smaller than 4 characters')
    if len(value) > 32:
        said.append(f'"{provider_name}" cannot be greater than 32 characters')
    return [Mistake(name, one) for one in said]


def _pool(owner: str, pool: str) -> str:
    return f"projects/{owner}/locations/global/workloadIdentityPools/{pool}"
