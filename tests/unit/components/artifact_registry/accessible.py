"""The access to one registry alone, declared under mocks that know the types it is made of and raise on any other.

Owns: such a run, and what Google would add to the inputs. Does not own: what is expected.
"""

from collections.abc import Mapping
from typing import Any

from tests.support.declared import Program, component, observe

PROJECT = "my-project"
LOCATION = "europe-west1"
PREFIX = "snapdeploy-prod-main"
POOL = "projects/123456789012/locations/global/workloadIdentityPools/made-up"
REPOSITORIES = {
    "push": {"images": "snapdeploy-apps"},
    "pull": {"images": "snapdeploy-apps", "hub": "snapdeploy-apps-hub"},
    "clean": {"images": "snapdeploy-apps"},
}

ACCOUNT = "gcp:serviceaccount/account:Account"
TRUST = "gcp:serviceaccount/iAMMember:IAMMember"
KEY = "gcp:serviceaccount/key:Key"
POOLS = "gcp:iam/workloadIdentityPool:WorkloadIdentityPool"
PROVIDER = "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider"
GRANT = "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember"

_ADDRESS = "{accountId}@my-project.iam.gserviceaccount.com"
MADE: Mapping[str, Mapping[str, Any]] = {
    "gcp:projects/service:Service": {},
    ACCOUNT: {
        "email": _ADDRESS,
        "member": f"serviceAccount:{_ADDRESS}",
        "name": f"projects/my-project/serviceAccounts/{_ADDRESS}",
    },
    POOLS: {"name": POOL, "state": "ACTIVE"},
    PROVIDER: {"name": f"{POOL}/providers/made-up", "state": "ACTIVE"},
    KEY: {"privateKey": "bWFkZS11cA==", "validBefore": "2027-02-01T00:00:00Z"},
    GRANT: {"etag": "made-up"},
    TRUST: {"etag": "made-up"},
}

GITHUB = {"from": "github", "repository": "owner/name", "ownerId": 11, "repositoryId": 22, "branches": ["main"]}
GKE = {"from": "gke", "namespace": "builder", "serviceAccount": "builder"}
COMPUTE = {"from": "compute", "serviceAccount": "vm@my-project.iam.gserviceaccount.com"}
DEPLOYER = {"from": "account", "member": "serviceAccount:deployer@other-project.iam.gserviceaccount.com"}
KEYS = {"from": "key", "a": "2026-11"}


def address(right: str, prefix: str = PREFIX) -> str:
    """The address of a right's service account."""
    return f"{prefix}-{right}@{PROJECT}.iam.gserviceaccount.com"


def access(
    block: Mapping[str, Any], *, project: str = PROJECT, preview: bool = False, key: Mapping[str, Any] | None = None
) -> Program:
    """What the access of `block`, a part of the config, declares. `key` is what Google adds to a key beside the rest.

    The component `told` puts out what the builder gets, and `reads-<variable>` is there after what that waits for.
    """
    made = {**MADE, KEY: {**MADE[KEY], **(key or {})}}
    return component(f"{__name__}:_run", made, preview=preview, block=block, project=project)


def _run(order: dict[str, Any]) -> None:
    import pulumi
    import pulumi_gcp as gcp

    from components._access import Right
    from components.artifact_registry.access import Access
    from components.artifact_registry.settings_access import AccessSettings
    from components.gcp.place import Place

    def program() -> None:
        switch = gcp.projects.Service("switch", service="iam.googleapis.com")
        access = Access(
            "main-access",
            AccessSettings.model_validate(order["block"], by_alias=True, by_name=False),
            place=Place(order["project"], LOCATION),
            repositories={Right(right): parts for right, parts in REPOSITORIES.items()},
            prefix=PREFIX,
            after=[switch],
        )
        for name, value in access.variables.items():
            gcp.projects.Service(f"reads-{name}", service=value)
        told = pulumi.ComponentResource("snapdeploy:test:Told", "told")
        told.register_outputs({**access.variables, "expires_at": access.expires_at})

    observe(order, program)
