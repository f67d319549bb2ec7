"""One server of Harbor on EC2, told what the config holds."""

import json

import pulumi

from components.harbor.ec2.server import Ec2Server
from components.harbor.ec2.settings import Ec2Settings
from components.harbor.server import ServerArgs
from contract.kinds import Environment

config = pulumi.Config()
told = json.loads(config.require("args"))
server = Ec2Server(
    "main",
    Ec2Settings.model_validate(json.loads(config.require("vm"))),
    ServerArgs(
        **{**told, "environment": Environment(told["environment"])},
        secrets=config.require_secret("secrets"),
    ),
)
pulumi.export("address", server.address)
pulumi.export("digest", server.digest)
pulumi.export("serial", server.serial)
