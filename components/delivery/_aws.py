"""What the deliveries into AWS share: an account and a region, and the provider for exactly these.

Owns: the settings that all of them have. Does not own what is
kept there. A wrong account is refused by the provider before it changes anything.
"""

import pulumi_aws as aws
from pydantic import Field

from components._settings import DeliverySettings, MistakeError
from components.aws.place import Account, Region, region_of_key
from components.aws.provider import aws_provider
from components.delivery._interface import Context, Delivery


class AwsDeliverySettings(DeliverySettings):
    """Where in AWS a delivery goes."""

    account: Account = Field(
        description="the AWS account that it goes to; any other is refused", examples=["123456789012"]
    )
    region: Region = Field(description="the region that it goes to", examples=["eu-central-1"])


def key_mistake(key: str, region: str) -> MistakeError | None:
    """Why `key` cannot encrypt what is kept in `region`, or None where it can."""
    where = region_of_key(key)
    if where == region:
        return None
    return MistakeError(
        f"names a KMS key in {where} for what is kept in {region}",
        f"write the ARN of a key in {region}",
        "a key works in its own region only",
    )


def provider(delivery: Delivery, settings: AwsDeliverySettings, context: Context) -> aws.Provider:
    """The delivery's own provider: that account, that region, the stack's tags on everything."""
    return aws_provider(
        delivery.child("aws"),
        region=settings.region,
        account=settings.account,
        tags=context.tags,
        opts=delivery.options(),
    )
