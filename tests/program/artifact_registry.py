"""What the program's tests of Artifact Registry share: a right registry, and a Google that answers for its types.

Owns: the types that the component may declare, with the outputs that Google would add; any other is an error. Does not
own: what is expected.
"""

from collections.abc import Mapping
from typing import Any

from tests.support.declared import Program, declare

PROJECT = "your-project"
NUMBER = "234567890123"
LOCATION = "europe-west1"
HERE = f"projects/{PROJECT}/locations/{LOCATION}"
ACCOUNT = f"made-up@{PROJECT}.iam.gserviceaccount.com"
POOLS = f"projects/{NUMBER}/locations/global/workloadIdentityPools"
AGENT = f"serviceAccount:service-{NUMBER}@gcp-sa-artifactregistry.iam.gserviceaccount.com"

MADE: Mapping[str, Mapping[str, Any]] = {
    "gcp:artifactregistry/repository:Repository": {},
    "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember": {},
    "gcp:eventarc/trigger:Trigger": {},
    "gcp:iam/workloadIdentityPool:WorkloadIdentityPool": {"name": f"{POOLS}/made-up"},
    "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider": {"name": f"{POOLS}/made-up/providers/made-up"},
    "gcp:kms/cryptoKey:CryptoKey": {},
    "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember": {},
    "gcp:kms/keyRing:KeyRing": {},
    "gcp:logging/metric:Metric": {},
    "gcp:monitoring/alertPolicy:AlertPolicy": {},
    "gcp:monitoring/dashboard:Dashboard": {},
    "gcp:monitoring/notificationChannel:NotificationChannel": {"name": f"projects/{PROJECT}/notificationChannels/1"},
    "gcp:projects/iAMAuditConfig:IAMAuditConfig": {},
    "gcp:projects/iAMMember:IAMMember": {},
    "gcp:projects/service:Service": {},
    "gcp:projects/serviceIdentity:ServiceIdentity": {"member": AGENT},
    "gcp:secretmanager/secret:Secret": {},
    "gcp:secretmanager/secretIamMember:SecretIamMember": {},
    "gcp:secretmanager/secretVersion:SecretVersion": {"name": f"projects/{NUMBER}/secrets/made-up/versions/1"},
    "gcp:serviceaccount/account:Account": {
        "email": ACCOUNT,
        "member": f"serviceAccount:{ACCOUNT}",
        "name": f"projects/{PROJECT}/serviceAccounts/{ACCOUNT}",
    },
    "gcp:serviceaccount/iAMMember:IAMMember": {},
    "gcp:serviceaccount/key:Key": {"privateKey": "made-up", "validBefore": "2027-02-01T00:00:00Z"},
    "gcp:workflows/workflow:Workflow": {},
    "pulumi-python:dynamic/snapdeploy:DeliveryReceipt": {"revocable": {}},
    "pulumi-python:dynamic/snapdeploy:Password": {"value": "generated"},
}
PROJECTS = "gcp:organizations/getProject:getProject"
REPOSITORIES = "gcp:artifactregistry/getRepositories:getRepositories"
STANDING = "gcp:artifactregistry/getRepository:getRepository"
IMAGES = "gcp:artifactregistry/getDockerImages:getDockerImages"
DELIVERED = "gcp:secretmanager/getSecretVersion:getSecretVersion"
RINGS = "gcp:kms/getKeyRings:getKeyRings"
POLICY = "gcp:projects/getIamPolicy:getIamPolicy"
KEYS = "gcp:kms/getCryptoKeys:getCryptoKeys"

ANSWERS: Mapping[str, Mapping[str, Any]] = {
    PROJECTS: {"projectId": PROJECT, "number": NUMBER},
    REPOSITORIES: {"repositories": []},
    RINGS: {"keyRings": []},
    POLICY: {"policyData": "{}"},
    DELIVERED: {"__fails__": "googleapi: Error 404: Secret Version … not found"},
}


def registry(**keys: Any) -> dict[str, Any]:
    """A right block of Artifact Registry with `keys` in it."""
    return {"kind": "artifact-registry", "project": PROJECT, "location": LOCATION, **keys}


def program(
    block: Mapping[str, Any],
    answers: Mapping[str, Mapping[str, Any]] | None = None,
    *,
    made: Mapping[str, Mapping[str, Any]] = MADE,
    **config: Any,
) -> Program:
    """The stack `gcp`, which is in production, with `block` as its only registry."""
    return declare(
        "gcp",
        made,
        config={"environment": "prod", "registries": {"main": dict(block)}, **config},
        answers={**ANSWERS, **(answers or {})},
        simulated=True,
    )
