"""One mistake, which the environment names."""

import os
from typing import Any

import pulumi_gcp as gcp

misspelt: Any = {"imutableTags": True}

match os.environ["MISTAKE"]:
    case "unknown":
        gcp.artifactregistry.Repository("apps", repository_id="apps", format="DOCKER", docker_config=misspelt)
    case "off":
        gcp.artifactregistry.Repository("apps", repository_id="apps", format="DOCKER")
    case "account":
        gcp.serviceaccount.Account("short", account_id="ci")
    case "member":
        gcp.projects.IAMMember(
            "grant",
            project="my-project",
            role="roles/viewer",
            member="serviceAccount:nobody@my-project.iam.gserviceaccount.com",
        )
    case "pool":
        gcp.iam.WorkloadIdentityPool("pool", workload_identity_pool_id="p" * 33)
    case "secret":
        gcp.secretmanager.Secret("secret", secret_id="builder", replication={})
    case "function":
        gcp.organizations.get_folder(folder="folders/1")
    case "type":
        gcp.iam.DenyPolicy("policy", parent="my-project", rules=[])
