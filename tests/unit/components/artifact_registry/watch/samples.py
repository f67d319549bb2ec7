"""Log entries and notices as Google and others have published them, with the test's own project in them.

Form of the audit entries: a failed `Docker-GetManifest` and `Docker-HeadManifest` in the tests of ONSdigital's
blaise-gcp-alerts, read 2026-11, and Google's list of methods (see `metrics.py`). Form of notice and occurrence:
https://docs.cloud.google.com/artifact-analysis/docs/pub-sub-notifications. Each function returns a fresh one, so that a
test can spoil it.
"""

import base64
import json
from typing import Any

from components.artifact_registry.watch.names import Names
from components.gcp.place import Place

PLACE = Place("my-project", "europe-west1")
NAMES = Names(PLACE, "snapdeploy-apps", ("docker-hub", "all"))
OWNER = "acme/snapdeploy-registry/gcp/main"
DIGEST = "sha256:7f5b2640fe6fb4f46592dfd3410c4a79dac4f89e4782432e0378abcd12345678"

Entry = dict[str, Any]


def call(
    method: str = "Docker-PutManifest",
    *,
    code: int | None = None,
    repository: str = "snapdeploy-apps",
    place: Place = PLACE,
    log: str = "cloudaudit.googleapis.com%2Fdata_access",
    service: str = "artifactregistry.googleapis.com",
    image: str = "/dockerImages/team%2Fweb",
    before: str = "",
) -> Entry:
    """One call that was logged; with `code`, one that failed."""
    return {
        "logName": f"projects/{place.project}/logs/{log}",
        "severity": "INFO" if code is None else "ERROR",
        "resource": {
            "type": "audited_resource",
            "labels": {"project_id": place.project, "service": service, "method": method},
        },
        "protoPayload": {
            "@type": "type.googleapis.com/google.cloud.audit.AuditLog",
            "serviceName": service,
            "methodName": method,
            "resourceName": f"{before}{place.resource(repository)}{image}",
            "status": {} if code is None else {"code": code, "message": "why"},
            "authenticationInfo": {"principalEmail": "builder@my-project.iam.gserviceaccount.com"},
            "authorizationInfo": [{"resource": place.resource(repository), "granted": code != 7}],
        },
    }


def told(workflow: str, **payload: str) -> Entry:
    """What `sys.log` writes."""
    return {
        "logName": f"projects/{PLACE.project}/logs/Workflows",
        "severity": "WARNING",
        "resource": {
            "type": "workflows.googleapis.com/Workflow",
            "labels": {"workflow_id": workflow, "location": PLACE.location},
        },
        "jsonPayload": payload,
    }


def notice(kind: str = "VULNERABILITY", name: str = "projects/my-project/occurrences/1") -> dict[str, Any]:
    """A CloudEvent with a notice of Container Analysis in it, as a trigger hands it to a workflow."""
    text = json.dumps({"name": name, "kind": kind, "notificationTime": "2026-11-25T00:00:00Z"})
    return {"data": {"message": {"data": base64.b64encode(text.encode()).decode()}}}


def occurrence(
    severity: str = "CRITICAL",
    image: str = f"https://europe-west1-docker.pkg.dev/my-project/snapdeploy-apps/web@{DIGEST}",
) -> dict[str, Any]:
    """What Container Analysis knows of a finding."""
    return {
        "name": "projects/my-project/occurrences/1",
        "resourceUri": image,
        "noteName": "projects/goog-vulnz/notes/CVE-2026-0001",
        "kind": "VULNERABILITY",
        "vulnerability": {"severity": "MEDIUM", "effectiveSeverity": severity},
    }
