"""The access to one repository of Artifact Registry, as the config's `block` says it."""

import json

import pulumi
import pulumi_gcp as gcp

from components._access import Right
from components.artifact_registry.access import APIS, Access
from components.artifact_registry.settings_access import AccessSettings
from components.gcp.place import Place
from components.gcp.provider import gcp_provider

PLACE = Place("my-project", "europe-west1")

google = gcp_provider("google", project=PLACE.project, location=PLACE.location)
here = pulumi.ResourceOptions(provider=google)
apis = [
    gcp.projects.Service(api, service=api, project=PLACE.project, disable_on_destroy=False, opts=here)
    for api in ("artifactregistry.googleapis.com", *APIS)
]
below = pulumi.ResourceOptions(provider=google, depends_on=apis)
machine = gcp.serviceaccount.Account("vm", account_id="vm-account", project=PLACE.project, opts=below)
apps = gcp.artifactregistry.Repository(
    "apps",
    project=PLACE.project,
    location=PLACE.location,
    repository_id="snapdeploy-apps",
    format="DOCKER",
    opts=below,
)
access = Access(
    "main-access",
    AccessSettings.model_validate(json.loads(pulumi.Config().require("block")), by_alias=True, by_name=False),
    place=PLACE,
    repositories={right: {"standard": apps.repository_id} for right in Right},
    prefix="snapdeploy-test-main",
    after=[*apis, machine],
    opts=pulumi.ResourceOptions(providers=[google]),
)
pulumi.export("told", dict(access.variables))
