"""The Lambda that counts what ECR does not publish, with its role, its log and its schedule.

Owns: those resources, and the role's rights as pure functions. Does not own: what is counted (`usage/handler.py`).

The code is two texts, not a folder: an archive of a folder has what Python leaves there (`__pycache__`), and with it
another hash on each machine and at each run. The runtime's name is in `published.json`, with the day it ends.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws

from components._base import Component
from components.ecr.watch.failed_pushes import NAMESPACE
from components.ecr.watch.names import Names
from components.ecr.watch.settings import UsageSettings

_FOLDER = Path(__file__).parent
_PARTS = ("handler.py", "quotas.json")
_TIMEOUT = 900  # the most that Lambda gives; the handler stops in time and says what is left
_MEMORY = 256
_LOG_DAYS = 30


def runtime() -> str:
    """The Lambda runtime's name."""
    data: dict[str, Any] = json.loads((_FOLDER / "published.json").read_text(encoding="utf-8"))
    return str(data["lambdaRuntime"]["name"])


def trust() -> dict[str, Any]:
    """Lambda, as whose function the code runs."""
    principal = {"Service": "lambda.amazonaws.com"}
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}],
    }


def rights(names: Names) -> dict[str, Any]:
    """Listing repositories, reading the namespace's images, publishing in one metric namespace, writing one log.

    `cloudwatch:GetMetricData` and `PutMetricData` know no resources; the second knows the metric namespace.
    """
    log = names.arn("logs", f"log-group:/aws/lambda/{names.of('usage')}:*")
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "List",
                "Effect": "Allow",
                "Action": "ecr:DescribeRepositories",
                "Resource": names.arn("ecr", "repository/*"),
            },
            {
                "Sid": "Count",
                "Effect": "Allow",
                "Action": "ecr:DescribeImages",
                "Resource": f"{names.repository_arns}*",
            },
            {
                "Sid": "Publish",
                "Effect": "Allow",
                "Action": "cloudwatch:PutMetricData",
                "Resource": "*",
                "Condition": {"StringEquals": {"cloudwatch:namespace": NAMESPACE}},
            },
            {"Sid": "Compare", "Effect": "Allow", "Action": "cloudwatch:GetMetricData", "Resource": "*"},
            {
                "Sid": "Log",
                "Effect": "Allow",
                "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                "Resource": log,
            },
        ],
    }


def variables(names: Names, settings: UsageSettings) -> dict[str, str]:
    """What the code is told."""
    raised = {
        "IMAGES_PER_REPOSITORY": settings.images_per_repository,
        "REPOSITORIES_PER_REGION": settings.repositories_per_region,
    }
    return {"NAMESPACE": names.namespace, **{key: str(value) for key, value in raised.items() if value is not None}}


class Usage(Component):
    """Counts storage, images and repositories, and publishes them as metrics."""

    TYPE = "snapdeploy:ecr:WatchUsage"

    def __init__(
        self,
        name: str,
        *,
        names: Names,
        settings: UsageSettings,
        tags: Mapping[str, str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, {"namespace": names.namespace, "schedule": settings.schedule}, opts)
        role = aws.iam.Role(
            self.child("role"),
            name=names.of_role("usage"),
            assume_role_policy=json.dumps(trust()),
            tags=dict(tags),
            opts=self.options(),
        )
        may = aws.iam.RolePolicy(
            self.child("rights"),
            name="count",
            role=role.name,
            policy=json.dumps(rights(names)),
            opts=self.options(),
        )
        log = aws.cloudwatch.LogGroup(
            self.child("log"),
            name=f"/aws/lambda/{names.of('usage')}",
            retention_in_days=_LOG_DAYS,
            region=names.region,
            tags=dict(tags),
            opts=self.options(),
        )
        texts = {part: (_FOLDER / "counter" / part).read_text(encoding="utf-8") for part in _PARTS}
        function = aws.lambda_.Function(
            self.child("function"),
            name=names.of("usage"),
            description=f"Counts storage, images and repositories of {names.namespace}",
            role=role.arn,
            runtime=runtime(),
            architectures=["arm64"],
            handler="handler.handler",
            code=pulumi.AssetArchive({part: pulumi.StringAsset(text) for part, text in texts.items()}),
            timeout=_TIMEOUT,
            memory_size=_MEMORY,
            environment={"variables": variables(names, settings)},
            region=names.region,
            tags=dict(tags),
            # Without them its first run would fail, or make a log group that never forgets.
            opts=self.options(depends_on=[may, log]),
        )
        rule = aws.cloudwatch.EventRule(
            self.child("schedule"),
            name=names.of("usage"),
            description=f"Runs {names.of('usage')}",
            schedule_expression=settings.schedule,
            region=names.region,
            tags=dict(tags),
            opts=self.options(),
        )
        permission = aws.lambda_.Permission(
            self.child("permission"),
            function=function.name,
            action="lambda:InvokeFunction",
            principal="events.amazonaws.com",
            source_arn=rule.arn,
            region=names.region,
            opts=self.options(),
        )
        aws.cloudwatch.EventTarget(
            self.child("schedule-target"),
            rule=rule.name,
            target_id="function",
            arn=function.arn,
            region=names.region,
            opts=self.options(depends_on=[permission]),
        )
        self.register_outputs({})
