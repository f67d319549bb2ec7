"""Who may do what, as roles of Google's: the least that each part needs.

Owns: which role a right is, and which role it takes to become a right's service account. Does not own: who gets them
(`access.py`), or who may become that (`federation.py`). Pure.

A role is granted on one repository, or on one service account, and never on the project. What is in the roles stands
in docs/artifact-registry-permissions.md.

Sources, read 2026-11: https://docs.cloud.google.com/artifact-registry/docs/access-control and
https://docs.cloud.google.com/iam/docs/service-account-permissions.
"""

from typing import assert_never

from components._access import Right

FEDERATE = "roles/iam.workloadIdentityUser"
"""To become a service account by the token of another issuer, or of a cluster."""

IMPERSONATE = "roles/iam.serviceAccountTokenCreator"
"""To become a service account as another one."""


def role(right: Right) -> str:
    """The role on a repository that `right` is."""
    match right:
        case Right.PUSH:
            return "roles/artifactregistry.writer"
        case Right.PULL:
            return "roles/artifactregistry.reader"
        case Right.CLEAN:
            return "roles/artifactregistry.repoAdmin"
        case _:
            assert_never(right)
