"""Cases of the rules on Google."""

from typing import Any

from tests.policies.cases.table import TAGS, Case, Expected, Made, case

_KEY = "projects/acme-images/locations/europe-west3/keyRings/images/cryptoKeys/images"
_PINNED = (
    "assertion.repository_id == '7654321' && assertion.repository_owner_id == '1234567'"
    " && (assertion.ref == 'refs/heads/main' || (has(assertion.environment) && assertion.environment == 'prod'))"
)
_ISSUER = "https://token.actions.githubusercontent.com"


def repository(**changed: Any) -> Made:
    protect = changed.pop("protect", False)
    right = {
        "project": "{rule}",
        "repositoryId": "apps",
        "location": "europe-west3",
        "format": "DOCKER",
        "dockerConfig": {"immutableTags": True},
        "kmsKeyName": _KEY,
        "cleanupPolicies": [{"id": "untagged", "action": "DELETE", "condition": {"tagState": "UNTAGGED"}}],
        "labels": TAGS,
    }
    return Made("gcp:artifactregistry/repository:Repository", {**right, **changed}, protect=protect)


def audit(**changed: Any) -> Made:
    kinds = [{"logType": "DATA_WRITE"}]
    right = {"project": "{rule}", "service": "artifactregistry.googleapis.com", "auditLogConfigs": kinds}
    return Made("gcp:projects/iAMAuditConfig:IAMAuditConfig", {**right, **changed}, "audit")


def member(**changed: Any) -> Made:
    right = {
        "repository": "apps",
        "location": "europe-west3",
        "role": "roles/artifactregistry.reader",
        "member": "serviceAccount:deployer@acme-images.iam.gserviceaccount.com",
    }
    return Made("gcp:artifactregistry/repositoryIamMember:RepositoryIamMember", {**right, **changed})


def on_project(role: Any) -> Made:
    who = "serviceAccount:builder@acme-images.iam.gserviceaccount.com"
    return Made("gcp:projects/iAMMember:IAMMember", {"project": "acme-images", "role": role, "member": who})


def on_account(who: Any) -> Made:
    account = "projects/acme-images/serviceAccounts/builder@acme-images.iam.gserviceaccount.com"
    told = {"serviceAccountId": account, "role": "roles/iam.workloadIdentityUser", "member": who}
    return Made("gcp:serviceaccount/iAMMember:IAMMember", told)


def trust(condition: Any = _PINNED, **oidc: Any) -> Made:
    told = {
        "workloadIdentityPoolId": "builders",
        "workloadIdentityPoolProviderId": "github",
        "attributeCondition": condition,
        "oidc": {"issuerUri": _ISSUER, **oidc},
    }
    return Made("gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider", told)


def instance(**changed: Any) -> Made:
    right = {
        "machineType": "e2-medium",
        "zone": "europe-west3-a",
        "bootDisk": {"initializeParams": {"image": "debian-cloud/debian-12"}},
        "networkInterfaces": [{"network": "default"}],
        "deletionProtection": True,
        "serviceAccount": {"email": "vm@acme-images.iam.gserviceaccount.com", "scopes": ["cloud-platform"]},
        "shieldedInstanceConfig": {"enableVtpm": True, "enableIntegrityMonitoring": True},
        "metadata": {"enable-oslogin": "TRUE"},
        "labels": TAGS,
    }
    return Made("gcp:compute/instance:Instance", {**right, **changed})


def key(keepers: Any) -> Made:
    account = "projects/acme-images/serviceAccounts/builder@acme-images.iam.gserviceaccount.com"
    return Made("gcp:serviceaccount/key:Key", {"serviceAccountId": account, "keepers": keepers})


_REMOTE = {"mode": "REMOTE_REPOSITORY", "dockerConfig": ..., "cleanupPolicies": ...}

CASES: tuple[Case, ...] = (
    case(
        "google-tags-are-immutable",
        lambda on: [repository(dockerConfig={"immutableTags": on}), audit()],
        wrong=False,
        right=True,
    ),
    case(
        "google-images-are-scanned",
        lambda how: [repository(vulnerabilityScanningConfig={"enablementConfig": how}), audit()],
        wrong="DISABLED",
        right="INHERITED",
    ),
    case(
        "google-old-images-go",
        lambda policies: [repository(cleanupPolicies=policies), audit()],
        wrong=[{"id": "keep", "action": "KEEP", "mostRecentVersions": {"keepCount": 10}}],
        right=[{"id": "untagged", "action": "DELETE", "condition": {"tagState": "UNTAGGED"}}],
    ),
    case(
        "google-cleanup-is-no-rehearsal",
        lambda on: [repository(cleanupPolicyDryRun=on), audit()],
        wrong=True,
        right=False,
    ),
    case(
        "google-encrypted-with-own-key",
        lambda name: [repository(kmsKeyName=name), audit()],
        wrong=...,
        right=_KEY,
        verdict=Expected.FINE,
    ),
    case(
        "google-caches-use-tls",
        lambda url: [
            repository(**_REMOTE, remoteRepositoryConfig={"commonRepository": {"uri": url}}),
            audit(),
        ],
        wrong="http://registry.example.com",
        right="https://registry.example.com",
    ),
    case("google-no-public-members", lambda who: [member(member=who)], wrong="allUsers", right="group:dev@example.com"),
    case(
        "google-no-administrators",
        lambda role: [member(role=role)],
        wrong="roles/artifactregistry.admin",
        right="roles/artifactregistry.writer",
    ),
    case(
        "google-grants-are-on-one-thing",
        lambda role: [on_project(role)],
        wrong="roles/artifactregistry.writer",
        right="roles/logging.logWriter",
    ),
    case(
        "google-pool-is-not-trusted-whole",
        lambda who: [on_account(who)],
        wrong="principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/builders/*",
        right="principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/builders/"
        "attribute.repository_id/7654321",
    ),
    case(
        "google-trust-pins-repository",
        lambda condition: [trust(condition)],
        wrong="assertion.repository == 'acme/web'",
        right=_PINNED,
    ),
    case(
        "google-trust-keeps-audience",
        lambda audience: [trust(allowedAudiences=[audience])],
        wrong="https://elsewhere.example.com",
        right="https://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/builders/providers/github",
    ),
    case(
        "google-machine-has-own-account",
        lambda email: [instance(serviceAccount={"email": email, "scopes": ["cloud-platform"]})],
        wrong="1234567-compute@developer.gserviceaccount.com",
        right="vm@acme-images.iam.gserviceaccount.com",
        verdict=Expected.FINE,
    ),
    case(
        "google-machine-is-shielded",
        lambda on: [instance(shieldedInstanceConfig={"enableVtpm": on})],
        wrong=False,
        right=True,
    ),
    case(
        "google-machine-has-own-doors",
        lambda on: [instance(metadata={"enable-oslogin": on})],
        wrong="FALSE",
        right="TRUE",
    ),
    case(
        "google-audit-exempts-nobody",
        lambda who: [
            audit(auditLogConfigs=[{"logType": "DATA_WRITE", "exemptedMembers": who}]),
        ],
        wrong=["user:somebody@example.com"],
        right=[],
        blamed=("audit",),
    ),
    case(
        "google-registry-is-audited",
        lambda service: [repository(), audit(service=service)],
        wrong="storage.googleapis.com",
        right="artifactregistry.googleapis.com",
    ),
)
"""Those of the two keys' rules are in `OVERLAPPING`: a key breaks one of them by being there."""

OVERLAPPING: tuple[Case, ...] = (
    case("google-keys-rotate", lambda keepers: [key(keepers)], wrong=..., right={"rotation": "2026-11"}),
    case(
        "no-long-lived-google-keys",
        lambda keepers: [member()] if keepers == "none" else [key({"rotation": keepers})],
        wrong="2026-11",
        right="none",
        verdict=Expected.REFUSED,
    ),
)
"""Cases whose right and unknown ones are also advised against by name, by the rule that advises against any key."""
