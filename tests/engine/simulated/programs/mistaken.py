"""One good repository, and one mistake beside it: the one that `MISTAKE` names."""

import os
from typing import Any

import pulumi
import pulumi_aws as aws

mistake = os.environ["MISTAKE"]
# What a program without a type checker could hand over.
no_bool: Any = "canary-do-not-print"
no_number: Any = "many"
no_scanning: Any = {"scan_on_pull": True}
no_filter: Any = {"filter": "latest"}
aws.ecr.Repository("good")


def raw(token: str, properties: dict[str, Any]) -> None:
    """A resource past the SDK's own signature, as a transform or another language could declare it."""
    pulumi.CustomResource(token, "bad", properties)


repository = "aws:ecr/repository:Repository"
match mistake:
    case "unknown":
        raw(repository, {"imageTagMutabillity": "IMMUTABLE"})
    case "unknown-inside":
        aws.ecr.Repository("bad", image_scanning_configuration=no_scanning)
    case "missing":
        raw("aws:ecr/repositoryPolicy:RepositoryPolicy", {"repository": "apps"})
    case "missing-inside":
        aws.ecr.Repository("bad", image_tag_mutability_exclusion_filters=[no_filter])
    case "type":
        aws.ecr.Repository("bad", force_delete=no_bool)
    case "secret-type":
        aws.ecr.Repository("bad", force_delete=pulumi.Output.secret(no_bool))
    case "token":
        raw("aws:ecr/repositry:Repository", {})
    case "function":
        pulumi.runtime.invoke("aws:ecr/getAuthorizationToken:getAuthorizationToken", {})
    case "argument":
        pulumi.runtime.invoke("aws:index/getRegion:getRegion", {"regoin": "eu-west-1"})
    case "provider":
        aws.ecr.Repository("bad", opts=pulumi.ResourceOptions(provider=aws.Provider("odd", max_retries=no_number)))
    case _:
        raise ValueError(mistake)
