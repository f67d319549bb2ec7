"""What the deliveries into Google Cloud share: a project, and the provider for exactly that.

Owns: the settings that all of them have, and that the stack's tags can be labels. Does not own what is
kept there, or an API being on: each target enables its own.
"""

import pulumi_gcp as gcp
from pydantic import Field

from components._settings import DeliverySettings, MistakeError
from components.delivery._interface import Context, Delivery
from components.gcp.labels import labels, mistakes
from components.gcp.place import Project
from components.gcp.provider import gcp_provider


class GoogleDeliverySettings(DeliverySettings):
    """Where in Google Cloud a delivery goes."""

    project: Project = Field(description="the id of the project that it goes to", examples=["my-project"])


def tags_mistake(context: Context) -> MistakeError | None:
    """Why the stack's tags cannot be labels, or None where they can."""
    for key, why in mistakes(context.tags):
        return MistakeError(
            f"cannot be labelled as the stack is tagged: the tag `{key}` {why}",
            "write it so in `tags`, or delete it",
            "Google would refuse the label, and a changed one would not be found again",
        )
    return None


def provider(delivery: Delivery, settings: GoogleDeliverySettings, context: Context) -> gcp.Provider:
    """The delivery's own provider: that project, the stack's tags as labels on everything."""
    return gcp_provider(
        delivery.child("google"), project=settings.project, labels=labels(context.tags), opts=delivery.options()
    )
