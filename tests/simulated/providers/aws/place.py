"""Where a simulated AWS resource is: the account, the region, and what a partition changes.

Owns: who the caller is, and the form of an ARN. The account is that of the role which the
provider assumes, else the one that `SNAPDEPLOY_SIMULATED_AWS_ACCOUNT` names, else the one
that the provider's `allowedAccountIds` names, so that a stack pinned to its account can be
simulated, else that of AWS's own documentation.
"""

import os
from dataclasses import dataclass

from tests.simulated.behaviour import CloudError
from tests.simulated.wire import Properties, Value, plain

CALLER = "SNAPDEPLOY_SIMULATED_AWS_ACCOUNT"
ACCOUNT = "123456789012"
REGION = "us-east-1"


@dataclass(frozen=True)
class Place:
    """An account and a region in it."""

    account: str
    region: str
    partition: str
    domain: str

    def arn(self, service: str, resource: str) -> str:
        """The ARN of `resource` in this region."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"

    def global_arn(self, service: str, resource: str) -> str:
        """The ARN of `resource` in a service that has no regions, such as IAM."""
        return f"arn:{self.partition}:{service}::{self.account}:{resource}"


def account(config: Properties) -> str:
    """The id of the account that the caller is in."""
    roles = plain(config.get("assumeRoles"))
    if isinstance(roles, list) and roles and isinstance(roles[-1], dict) and "roleArn" in roles[-1]:
        return str(roles[-1]["roleArn"]).split(":")[4]
    allowed = config.get("allowedAccountIds")
    named = str(allowed[0]) if isinstance(allowed, list) and allowed else ACCOUNT
    return os.environ.get(CALLER) or named


def admitted(config: Properties) -> Properties:
    """The configuration as the provider completes it. Raises CloudError where it may not touch the account."""
    owner, allowed, forbidden = account(config), config.get("allowedAccountIds"), config.get("forbiddenAccountIds")
    if (isinstance(allowed, list) and allowed and owner not in allowed) or (
        isinstance(forbidden, list) and owner in forbidden
    ):
        raise CloudError(f"AWS account ID not allowed: {owner}")
    return {"region": REGION, **config}


def region(config: Properties, properties: Properties) -> str:
    """The region of a resource: its own, else the provider's."""
    chosen = properties.get("region") or config.get("region")
    return chosen if isinstance(chosen, str) else REGION


def partition(region_name: str) -> tuple[str, str]:
    """The partition of a region and its domain. Raises CloudError for one that is not simulated."""
    if region_name.startswith("cn-"):
        return "aws-cn", "amazonaws.com.cn"
    if region_name.startswith("us-gov-"):
        return "aws-us-gov", "amazonaws.com"
    if region_name.startswith(("us-iso", "eu-iso", "eusc-")):
        raise CloudError(f"the region {region_name} is not simulated: its partition is not known here")
    return "aws", "amazonaws.com"


def place(config: Properties, properties: Properties) -> Place:
    """Where a resource with these properties is."""
    chosen = region(config, properties)
    return Place(account(config), chosen, *partition(chosen))


def all_tags(config: Properties, tags: Value) -> Properties:
    """A resource's own tags over those that the provider puts on everything."""
    default = config.get("defaultTags")
    common = default.get("tags") if isinstance(default, dict) else None
    return {**(common if isinstance(common, dict) else {}), **(tags if isinstance(tags, dict) else {})}
