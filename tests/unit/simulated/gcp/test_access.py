"""The simulated IAM: accounts, keys, grants with their members, and workload identity federation."""

import base64
import json
from typing import Any

import pytest

from tests.simulated.behaviour import CloudError
from tests.simulated.providers.gcp import by_hand, grants
from tests.simulated.providers.gcp.artifact_registry import REPOSITORY
from tests.simulated.providers.gcp.federation import PROVIDER
from tests.simulated.providers.gcp.members import ACCOUNT, CHANNEL, POOL
from tests.simulated.providers.gcp.place import project_number
from tests.simulated.providers.gcp.service_accounts import KEY, NEVER
from tests.simulated.providers.gcp.services import agent
from tests.simulated.wire import Properties, Secret
from tests.unit.simulated.gcp.conftest import PROJECT, Cloud

ON_PROJECT = "gcp:projects/iAMMember:IAMMember"
ON_ACCOUNT = "gcp:serviceaccount/iAMMember:IAMMember"
ON_REPOSITORY = "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember"
NUMBER = project_number(PROJECT)
READER = "roles/artifactregistry.reader"
GITHUB = "https://token.actions.githubusercontent.com"
TRUSTED: dict[str, Any] = {
    "workloadIdentityPoolId": "pool",
    "workloadIdentityPoolProviderId": "github",
    "attributeMapping": {"google.subject": "assertion.sub", "attribute.trusted": '"ci"'},
    "attributeCondition": "assertion.repository_id == '1'",
    "oidc": {"issuerUri": GITHUB},
}


@pytest.mark.parametrize("name", ["ci", "a" * 31, "Builder", "1builder", "builder-", "buil_der", "büilder"])
def test_an_accounts_id_that_the_provider_refuses_is_a_mistake(cloud: Cloud, name: str) -> None:
    assert '"account_id"' in cloud.mistakes(ACCOUNT, accountId=name)[0]


def test_an_account_has_its_address_and_is_one(cloud: Cloud) -> None:
    made = cloud.make(ACCOUNT, accountId="builder-ci")
    email = f"builder-ci@{PROJECT}.iam.gserviceaccount.com"
    assert made.id == f"projects/{PROJECT}/serviceAccounts/{email}"
    assert made.properties["member"] == f"serviceAccount:{email}"
    with pytest.raises(CloudError, match="Error creating service account: googleapi: Error 409"):
        cloud.make(ACCOUNT, accountId="builder-ci")
    assert cloud.make(ACCOUNT, accountId="builder-ci", createIgnoreAlreadyExists=True).id == made.id


def test_a_key_is_given_out_once_and_opens_nothing_in_the_store(cloud: Cloud) -> None:
    account = cloud.make(ACCOUNT, accountId="builder-ci")
    made = cloud.make(KEY, serviceAccountId=account.properties["name"])
    private = made.properties["privateKey"]
    assert isinstance(private, Secret)
    file = json.loads(base64.b64decode(str(private.value)))
    assert (file["type"], file["client_email"]) == ("service_account", account.properties["email"])
    assert file["private_key"].startswith("-----BEGIN PRIVATE KEY-----")
    assert made.properties["validBefore"] == NEVER
    assert str(private.value) not in cloud.store.file.read_text(encoding="utf-8")
    known = cloud.read(KEY, made.id, made.properties)
    assert known is not None
    assert known["privateKey"] == private
    imported = cloud.read(KEY, made.id)
    assert imported is not None
    assert "privateKey" not in imported
    inputs: Properties = {"serviceAccountId": account.id}
    assert cloud.diff(KEY, made, inputs, {**inputs, "keepers": {"turn": "b"}}).replaces == ("keepers",)


def test_an_account_has_ten_keys_and_takes_them_along(cloud: Cloud) -> None:
    account = cloud.make(ACCOUNT, accountId="builder-ci")
    *_, last = [cloud.make(KEY, serviceAccountId=account.properties["email"]) for _ in range(10)]
    with pytest.raises(CloudError, match="Maximum number of keys on account reached"):
        cloud.make(KEY, serviceAccountId=account.id)
    cloud.delete(ACCOUNT, account)
    assert cloud.read(KEY, last.id) is None
    with pytest.raises(CloudError, match="does not exist"):
        cloud.make(KEY, serviceAccountId=account.id)


def test_a_grant_needs_what_it_is_on_and_goes_with_it(cloud: Cloud) -> None:
    told: dict[str, Any] = {"repository": "apps", "role": READER, "member": "user:Ada@Example.com"}
    with pytest.raises(CloudError, match=r'Error retrieving IAM policy for artifactregistry repository ".*Error 404'):
        cloud.make(ON_REPOSITORY, **told)
    apps = cloud.make(REPOSITORY, repositoryId="apps", format="DOCKER")
    made = cloud.make(ON_REPOSITORY, **told)
    assert made.id == f"{apps.id}/{READER}/user:ada@example.com"
    assert cloud.make(ON_REPOSITORY, **told).id == made.id, "a second one of the same is the same"
    cloud.delete(REPOSITORY, apps)
    assert cloud.read(ON_REPOSITORY, made.id) is None


def test_a_grant_needs_the_account_that_it_is_for_and_goes_with_it(cloud: Cloud) -> None:
    email = f"builder-ci@{PROJECT}.iam.gserviceaccount.com"
    told: dict[str, Any] = {"project": PROJECT, "role": "roles/logging.viewer", "member": f"serviceAccount:{email}"}
    with pytest.raises(
        CloudError, match=f"Error setting IAM policy for project .*Service account {email} does not exist"
    ):
        cloud.make(ON_PROJECT, **told)
    account = cloud.make(ACCOUNT, accountId="builder-ci")
    made = cloud.make(ON_PROJECT, **told)
    by_somebody = by_hand.account(cloud.store, PROJECT, "runtime")
    cloud.make(ON_PROJECT, **{**told, "member": f"serviceAccount:{by_somebody}"})
    cloud.delete(ACCOUNT, account)
    assert cloud.read(ON_PROJECT, made.id) is None


def test_an_agent_is_there_when_somebody_asked_for_it(cloud: Cloud) -> None:
    told: dict[str, Any] = {"project": PROJECT, "role": "roles/pubsub.publisher"}
    monitoring = f"serviceAccount:{agent(PROJECT, 'monitoring.googleapis.com')}"
    with pytest.raises(CloudError, match="does not exist"):
        cloud.make(ON_PROJECT, **told, member=monitoring)
    topic = f"projects/{PROJECT}/topics/alerts"
    cloud.make(CHANNEL, type="pubsub", labels={"topic": topic})
    cloud.make(ON_PROJECT, **told, member=monitoring)


@pytest.mark.parametrize(
    "member",
    [
        "allUsers",
        "allAuthenticatedUsers",
        "group:team@example.com",
        "domain:example.com",
        f"projectOwner:{PROJECT}",
        f"serviceAccount:{PROJECT}.svc.id.goog[apps/builder]",
        f"serviceAccount:{NUMBER}-compute@developer.gserviceaccount.com",
        "serviceAccount:somebody@not-yours-at-all.iam.gserviceaccount.com",
        "principal://iam.googleapis.com/locations/global/workforcePools/staff/subject/ada",
    ],
)
def test_a_member_that_google_knows_is_taken(cloud: Cloud, member: str) -> None:
    cloud.make(ON_PROJECT, project=PROJECT, role="roles/viewer", member=member)


@pytest.mark.parametrize(
    ("member", "said"),
    [
        ("user:ada", "Invalid member"),
        ("robot:ada@example.com", "is of an unknown type"),
        (f"principalSet://iam.googleapis.com/projects/{NUMBER}/x", "Invalid principal"),
        (
            f"principalSet://iam.googleapis.com/projects/{NUMBER}/locations/global/workloadIdentityPools/none/*",
            "Identity Pool does not exist",
        ),
    ],
)
def test_a_member_that_google_does_not_know_is_refused(cloud: Cloud, member: str, said: str) -> None:
    with pytest.raises(CloudError, match=said):
        cloud.make(ON_PROJECT, project=PROJECT, role="roles/viewer", member=member)


def test_a_text_that_is_no_member_is_a_mistake(cloud: Cloud) -> None:
    told: dict[str, Any] = {"project": PROJECT, "role": "roles/viewer"}
    assert 'invalid value "ada" for member' in cloud.mistakes(ON_PROJECT, **told, member="ada")[0]
    gone = cloud.mistakes(ON_PROJECT, **told, member="deleted:user:ada@example.com?uid=1")
    assert "does not support IAM members for deleted principals" in gone[0]


@pytest.mark.parametrize(
    ("role", "said"),
    [
        ("roles/artifactregistry.write", "does not exist"),
        ("artifactregistry.writer", "does not exist"),
        ("roles/viewer", "is not supported for this resource"),
        ("roles/pubsub.publisher", "is not supported for this resource"),
    ],
)
def test_a_role_that_a_repository_does_not_know_is_refused(cloud: Cloud, role: str, said: str) -> None:
    cloud.make(REPOSITORY, repositoryId="apps", format="DOCKER")
    with pytest.raises(CloudError, match=said):
        cloud.make(ON_REPOSITORY, repository="apps", role=role, member="user:ada@example.com")


def test_a_pool_is_known_by_its_number_alone(cloud: Cloud) -> None:
    pool = cloud.make(POOL, workloadIdentityPoolId="pool")
    assert pool.id == f"projects/{PROJECT}/locations/global/workloadIdentityPools/pool"
    assert pool.properties["name"] == pool.id.replace(PROJECT, NUMBER)
    account = cloud.make(ACCOUNT, accountId="builder-ci").id
    told: dict[str, Any] = {"serviceAccountId": account, "role": "roles/iam.workloadIdentityUser"}
    by_id = f"principalSet://iam.googleapis.com/{pool.id}/attribute.trusted/ci"
    with pytest.raises(CloudError, match="Identity Pool does not exist"):
        cloud.make(ON_ACCOUNT, **told, member=by_id)
    by_number = f"principalSet://iam.googleapis.com/{pool.properties['name']}/attribute.trusted/ci"
    cloud.make(ON_ACCOUNT, **told, member=by_number)
    assert grants.has(cloud.store, account, told["role"], by_number)


def test_what_is_deleted_keeps_its_id_and_comes_back(cloud: Cloud) -> None:
    pool = cloud.make(POOL, workloadIdentityPoolId="pool")
    trusted = cloud.make(PROVIDER, **TRUSTED)
    cloud.delete(PROVIDER, trusted)
    assert cloud.read(PROVIDER, trusted.id) is None
    with pytest.raises(CloudError, match="Error creating WorkloadIdentityPoolProvider: googleapi: Error 409"):
        cloud.make(PROVIDER, **TRUSTED)
    cloud.delete(POOL, pool)
    assert cloud.read(POOL, pool.id) is None
    with pytest.raises(
        CloudError, match="Error creating WorkloadIdentityPool: googleapi: Error 409: Requested entity al"
    ):
        cloud.make(POOL, workloadIdentityPoolId="pool")
    with pytest.raises(CloudError, match="Error 404"):
        cloud.make(PROVIDER, **{**TRUSTED, "workloadIdentityPoolProviderId": "second"})
    by_hand.undelete(cloud.store, POOL, pool.id)
    by_hand.undelete(cloud.store, PROVIDER, trusted.id)
    again = cloud.read(PROVIDER, trusted.id)
    assert again is not None
    assert again["state"] == "ACTIVE"


@pytest.mark.parametrize("name", ["abc", "a" * 33, "gcp-pool", "Pool", "po_ol"])
def test_an_id_that_the_provider_refuses_is_a_mistake(cloud: Cloud, name: str) -> None:
    assert '"workload_identity_pool_id"' in cloud.mistakes(POOL, workloadIdentityPoolId=name)[0]
    wrong = {**TRUSTED, "workloadIdentityPoolProviderId": name}
    assert '"workload_identity_pool_provider_id"' in cloud.mistakes(PROVIDER, **wrong)[0]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"attributeCondition": None}, "must reference one of the provider's claims"),
        ({"attributeCondition": "true"}, "must reference one of the provider's claims"),
        ({"attributeCondition": f"assertion.sub == '{'x' * 4096}'"}, "at most 4096 characters"),
        ({"attributeCondition": "attribute.other == 'x'"}, "references attribute.other, which is not mapped"),
        ({"attributeMapping": {"attribute.a": "assertion.sub"}}, "must contain a mapping to google.subject"),
        ({"attributeMapping": {"google.subject": "x", "attribute.A": "x"}}, "Invalid attribute mapping key"),
        ({"attributeMapping": {"google.subject": "x" * 2049}}, "1 to 2048 characters"),
        ({"oidc": {"issuerUri": "http://token.example.com"}}, "must be an https URI"),
        ({"oidc": {"issuerUri": GITHUB, "allowedAudiences": ["a"] * 11}}, "At most 10 audiences"),
    ],
)
def test_a_trust_that_google_refuses_is_refused(cloud: Cloud, wrong: Properties, said: str) -> None:
    cloud.make(POOL, workloadIdentityPoolId="pool")
    with pytest.raises(CloudError, match=said):
        cloud.make(PROVIDER, **{**TRUSTED, **wrong})


def test_a_condition_can_be_left_out_where_the_issuer_is_ones_own(cloud: Cloud) -> None:
    cloud.make(POOL, workloadIdentityPoolId="pool")
    own = {**TRUSTED, "attributeCondition": None, "oidc": {"issuerUri": "https://issuer.example.com"}}
    cloud.make(PROVIDER, **own)
    assert "not 0" in cloud.mistakes(PROVIDER, **{**TRUSTED, "oidc": None})[0]


def test_a_pools_mode_is_for_ever(cloud: Cloud) -> None:
    made = cloud.make(POOL, workloadIdentityPoolId="pool")
    with pytest.raises(CloudError, match="Attempted to update an immutable field"):
        cloud.update(POOL, made, {"workloadIdentityPoolId": "pool", "mode": "TRUST_DOMAIN"})
