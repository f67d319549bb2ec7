"""Where a simulated Google resource is: the project, its number, and what is on in it.

Owns: which projects the deployer may reach, the numbers and service accounts' addresses that follow from a
project's id, and which APIs stand enabled in every project.

The deployer reaches each project whose id could be one, but for those of `FOREIGN` and those that
`SNAPDEPLOY_SIMULATED_GCP_FOREIGN` names, separated by commas: Google says of a project that one may not see what
it says of one that does not exist. A project's number follows from its id, so that it is the same in each run.

Enabled from the start is what Google enables in a new project, as far as anything here asks for it, and
`STARTED`: without those two the provider can read neither a project nor an API, so that a deployer has to have
enabled them by hand (`gcloud services enable`). All else is off until a program turns it on; on Google itself
an API that was just enabled may stay refused for some minutes, which is not simulated.
https://docs.cloud.google.com/service-usage/docs/enabled-service#default, read 2026-11.
"""

import os
import re

from tests.simulated.behaviour import CloudError
from tests.simulated.providers.gcp.words import RefusedError, number, text
from tests.simulated.store import Key, Store
from tests.simulated.wire import Properties

FOREIGN = frozenset({"somebody-elses", "not-yours-at-all"})
"""Projects that belong to somebody else."""
OTHERS = "SNAPDEPLOY_SIMULATED_GCP_FOREIGN"

SERVICE = "gcp:projects/service:Service"
STARTED = frozenset({"cloudresourcemanager.googleapis.com", "serviceusage.googleapis.com"})
STANDING = STARTED | {
    "bigquery.googleapis.com",
    "cloudapis.googleapis.com",
    "cloudtrace.googleapis.com",
    "logging.googleapis.com",
    "monitoring.googleapis.com",
    "servicemanagement.googleapis.com",
    "storage-api.googleapis.com",
    "storage.googleapis.com",
}
TITLES = {
    "artifactregistry.googleapis.com": "Artifact Registry API",
    "compute.googleapis.com": "Compute Engine API",
    "dns.googleapis.com": "Cloud DNS API",
    "cloudkms.googleapis.com": "Cloud Key Management Service (KMS) API",
    "cloudresourcemanager.googleapis.com": "Cloud Resource Manager API",
    "containeranalysis.googleapis.com": "Container Analysis API",
    "containerscanning.googleapis.com": "Container Scanning API",
    "iam.googleapis.com": "Identity and Access Management (IAM) API",
    "iamcredentials.googleapis.com": "IAM Service Account Credentials API",
    "logging.googleapis.com": "Cloud Logging API",
    "monitoring.googleapis.com": "Cloud Monitoring API",
    "pubsub.googleapis.com": "Cloud Pub/Sub API",
    "secretmanager.googleapis.com": "Secret Manager API",
    "serviceusage.googleapis.com": "Service Usage API",
    "sts.googleapis.com": "Security Token Service API",
}

_PROJECT = re.compile(r"(?:(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}:)?[a-z][a-z0-9-]{4,28}[a-z0-9]")


def project(config: Properties, properties: Properties) -> str:
    """The project of a resource: its own, else the provider's. Raises CloudError where neither is set."""
    chosen = text(properties, "project") or text(config, "project")
    if not chosen:
        raise CloudError("project: required field is not set")
    return chosen.removeprefix("projects/")


def location(config: Properties, properties: Properties) -> str:
    """The location of a resource: its own, else the provider's region. Raises CloudError where neither is set."""
    chosen = text(properties, "location") or text(config, "region")
    if not chosen:
        raise CloudError("Cannot determine location: set in this resource, or set provider-level 'region' or 'zone'.")
    return chosen


def project_number(project_id: str) -> str:
    """The project's number, in which Google answers where a program says the id."""
    return number(f"project {project_id}", 12)


def address(project_id: str, account: str) -> str:
    """The address of a service account; a project in a domain's scope, `example.com:name`, turns around."""
    domain, _, name = project_id.rpartition(":")
    return f"{account}@{name}.{domain + '.' if domain else ''}iam.gserviceaccount.com"


def reachable(project_id: str) -> bool:
    """Whether the deployer may see the project; Google does not tell one that is another's from one that is not."""
    foreign = FOREIGN | {name.strip() for name in os.environ.get(OTHERS, "").split(",")}
    return _PROJECT.fullmatch(project_id) is not None and project_id not in foreign


def enabled(store: Store, project_id: str, api: str) -> bool:
    """Whether `api` is on in the project."""
    return api in STANDING or store.get(Key(SERVICE, "", f"{project_id}/{api}"), {}) is not None


def admit(store: Store, project_id: str, api: str) -> None:
    """Raises RefusedError where the deployer may not see the project, or `api` is off in it."""
    if not reachable(project_id):
        raise RefusedError(403, f"Permission denied on resource project {project_id}., forbidden")
    if enabled(store, project_id, api):
        return
    its_number = project_number(project_id)
    raise RefusedError(
        403,
        f"{TITLES.get(api, api)} has not been used in project {its_number} before or it is disabled. Enable it by"
        f" visiting https://console.developers.google.com/apis/api/{api}/overview?project={its_number} then retry. If"
        " you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry.\n"
        'Details: [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "domain": "googleapis.com",'
        f' "metadata": {{"consumer": "projects/{its_number}", "service": "{api}"}}, "reason": "SERVICE_DISABLED"}}]',
    )


def same_project(one: str, other: str) -> bool:
    """Whether two names of projects, each an id or a number, mean the same one."""
    return one == other or one == project_number(other) or other == project_number(one)
