"""The program under test: a server that is waited for, by its report in a parameter."""

import pulumi

from components.harbor.ready import HarborReady
from components.harbor.server import Report

config = pulumi.Config()
ready = HarborReady(
    "ready",
    Report("ec2", {"region": "eu-central-1", "parameter": "/snapdeploy/prod-main/report"}),
    host="registry.example.com",
    wanted=pulumi.Output.from_input(config.require("wanted")),
    asked=config.require("version"),
    serial=pulumi.Output.from_input("i-1"),
    minutes=5,
    opts=pulumi.ResourceOptions(),
)
pulumi.export("version", ready.version)
pulumi.export("ca", ready.ca)
