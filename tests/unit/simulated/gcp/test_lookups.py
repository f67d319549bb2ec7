"""The simulated Google's lookups answer in the SDK's own shape, and find nothing that is deleted."""

import importlib
import inspect
import json
import re
from typing import Any

import pytest

from tests.simulated.behaviour import CloudError
from tests.simulated.providers.gcp import by_hand
from tests.simulated.providers.gcp.artifact_registry import REPOSITORY
from tests.simulated.providers.gcp.federation import PROVIDER
from tests.simulated.providers.gcp.kms import KEY, RING
from tests.simulated.providers.gcp.lookups import invokes
from tests.simulated.providers.gcp.members import ACCOUNT, POOL
from tests.simulated.providers.gcp.place import FOREIGN, project_number
from tests.simulated.providers.gcp.projects import AUDIT
from tests.simulated.wire import Properties
from tests.unit.simulated.gcp.conftest import PROJECT, Cloud

WHERE = f"projects/{PROJECT}/locations/europe-west1"
POLICY = "gcp:projects/getIamPolicy:getIamPolicy"
GET_PROJECT = "gcp:organizations/getProject:getProject"
REPOSITORIES = "gcp:artifactregistry/getRepositories:getRepositories"


def _filled(cloud: Cloud) -> None:
    """One of each thing that something looks up."""
    policies = [
        {"id": "old", "action": "DELETE", "condition": {"olderThan": "30d"}},
        {"id": "last", "action": "KEEP", "mostRecentVersions": {"keepCount": 3}},
    ]
    cloud.make(REPOSITORY, repositoryId="apps", format="DOCKER", cleanupPolicies=policies)
    by_hand.push(cloud.store, f"{WHERE}/repositories/apps", "web", "sha256:1", "v1")
    cloud.make(POOL, workloadIdentityPoolId="pool")
    oidc = {"issuerUri": "https://issuer.example.com"}
    told: dict[str, Any] = {"workloadIdentityPoolId": "pool", "workloadIdentityPoolProviderId": "trusted"}
    cloud.make(PROVIDER, **told, oidc=oidc, attributeMapping={"google.subject": "assertion.sub"})
    ring = cloud.make(RING, name="ring", location="europe-west1").id
    cloud.make(KEY, name="key", keyRing=ring)
    cloud.make(ACCOUNT, accountId="builder-ci")


ARGUMENTS: dict[str, Properties] = {
    GET_PROJECT: {},
    POLICY: {"project": PROJECT},
    "gcp:organizations/getClientConfig:getClientConfig": {},
    "gcp:artifactregistry/getRepository:getRepository": {"repositoryId": "apps", "location": "europe-west1"},
    REPOSITORIES: {"location": "europe-west1"},
    "gcp:artifactregistry/getDockerImages:getDockerImages": {"repositoryId": "apps", "location": "europe-west1"},
    "gcp:iam/getWorkloadIdentityPool:getWorkloadIdentityPool": {"workloadIdentityPoolId": "pool"},
    "gcp:iam/getWorkloadIdentityPoolProvider:getWorkloadIdentityPoolProvider": {
        "workloadIdentityPoolId": "pool",
        "workloadIdentityPoolProviderId": "trusted",
    },
    "gcp:kms/getKeyRings:getKeyRings": {"location": "europe-west1"},
    "gcp:kms/getCryptoKeys:getCryptoKeys": {"keyRing": f"{WHERE}/keyRings/ring"},
    "gcp:serviceaccount/getAccount:getAccount": {"accountId": "builder-ci"},
}


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


@pytest.mark.parametrize("token", sorted(invokes()))
def test_every_answer_has_what_the_sdk_reads(cloud: Cloud, token: str) -> None:
    _filled(cloud)
    answer = cloud.life.invoke(token, ARGUMENTS[token])
    _, module, function = token.split(":")
    read = importlib.import_module(f"pulumi_gcp.{module.split('/')[0]}.{_snake(function)}")
    result = getattr(read, f"{function[0].upper()}{function[1:]}Result")
    wanted = set(inspect.signature(result.__init__).parameters) - {"__self__", "self"}
    assert {_snake(name) for name in answer} >= wanted
    source = inspect.getsource(getattr(read, _snake(function)))
    taken = set(re.findall(r"__args__\['(\w+)'\]", source))
    assert invokes()[token].arguments == taken, "it takes what the SDK sends"


def test_a_project_has_its_number_and_a_foreign_one_is_not_seen(cloud: Cloud) -> None:
    assert cloud.life.invoke(GET_PROJECT, {})["number"] == project_number(PROJECT)
    assert cloud.life.invoke(GET_PROJECT, {"projectId": "other-project"})["projectId"] == "other-project"
    with pytest.raises(CloudError, match=r"does not have permission to access Project .* or it may not exist"):
        cloud.life.invoke(GET_PROJECT, {"projectId": min(FOREIGN)})


def test_what_is_deleted_is_not_found(cloud: Cloud) -> None:
    made = cloud.make(POOL, workloadIdentityPoolId="pool")
    cloud.delete(POOL, made)
    with pytest.raises(CloudError, match="workloadIdentityPools/pool not found"):
        cloud.life.invoke("gcp:iam/getWorkloadIdentityPool:getWorkloadIdentityPool", {"workloadIdentityPoolId": "pool"})


def test_repositories_are_filtered_by_name(cloud: Cloud) -> None:
    for name in ("apps", "apps-hub", "other"):
        cloud.make(REPOSITORY, repositoryId=name, format="DOCKER")

    def named(wanted: str) -> list[str]:
        found = cloud.life.invoke(REPOSITORIES, {"location": "europe-west1", "nameFilter": wanted})["repositories"]
        assert isinstance(found, list)
        return sorted(str(one["repositoryId"]) for one in found if isinstance(one, dict))

    assert named("apps") == ["apps"]
    assert named("apps*") == ["apps", "apps-hub"]
    assert named("*hub") == ["apps-hub"]
    assert len(named("")) == 3


def test_a_lookup_where_the_api_is_off_says_so(bare: Cloud) -> None:
    with pytest.raises(CloudError, match="SERVICE_DISABLED"):
        bare.life.invoke(REPOSITORIES, {"location": "europe-west1"})


def test_a_projects_policy_has_its_grants_and_its_audit_logs(cloud: Cloud) -> None:
    cloud.make("gcp:projects/iAMMember:IAMMember", project=PROJECT, role="roles/viewer", member="user:a@example.com")
    cloud.make(AUDIT, project=PROJECT, service="allServices", auditLogConfigs=[{"logType": "DATA_READ"}])
    policy = json.loads(str(cloud.life.invoke(POLICY, {"project": PROJECT})["policyData"]))
    assert policy["bindings"] == [{"role": "roles/viewer", "members": ["user:a@example.com"]}]
    assert policy["auditConfigs"] == [{"service": "allServices", "auditLogConfigs": [{"logType": "DATA_READ"}]}]


def test_no_token_is_made_up(cloud: Cloud) -> None:
    answer = cloud.life.invoke("gcp:organizations/getClientConfig:getClientConfig", {})
    assert (answer["accessToken"], answer["project"], answer["region"]) == ("", PROJECT, "europe-west1")
