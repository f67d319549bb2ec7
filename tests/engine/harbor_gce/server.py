"""The program under test: a managed zone that is somebody's, and one server of Harbor in it."""

import json

import pulumi
import pulumi_gcp as gcp

from components.harbor.gce.server import ComputeEngineServer
from components.harbor.gce.settings import ComputeEngineSettings
from components.harbor.server import ServerArgs
from contract.kinds import Environment
from tests.unit.components.harbor.gce.declared import stand_in

stand_in()
config = pulumi.Config()
told = json.loads(config.require("args"))
vm = json.loads(config.require("vm"))
dns = gcp.projects.Service("dns", project=vm["project"], service="dns.googleapis.com", disable_on_destroy=False)
gcp.dns.ManagedZone(
    "zone",
    project=vm["project"],
    name="example-com",
    dns_name="example.com.",
    opts=pulumi.ResourceOptions(depends_on=[dns]),
)
server = ComputeEngineServer(
    "main",
    ComputeEngineSettings.model_validate(vm, by_alias=True, by_name=False),
    ServerArgs(**{**told, "environment": Environment(told["environment"])}, secrets=config.require_secret("secrets")),
    pulumi.ResourceOptions(depends_on=[dns]),
)
pulumi.export("address", server.address)
pulumi.export("digest", server.digest)
pulumi.export("serial", server.serial)
