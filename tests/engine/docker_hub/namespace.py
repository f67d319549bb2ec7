"""The program under test: a namespace of Docker Hub, as the config tells it."""

import json

import pulumi

from components.docker_hub.registry import DockerHub

config = pulumi.Config()
hub = DockerHub(
    "hub",
    {
        "namespace": "acme",
        "username": "acme-ci",
        "token": config.require_secret("token"),
        "admin_token": config.require_secret("admin"),
        "repositories": json.loads(config.require("repositories")),
        "delete_repositories": config.get_bool("delete") or False,
    },
)
pulumi.export("report", hub.report())
