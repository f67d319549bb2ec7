"""What every delivery target is: a component over a registry's variables."""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import pulumi

from components._base import Component
from components._settings import DeliverySettings, MistakeError
from contract.kinds import Environment

STACK = "{stack}"
"""Stands for the stack's name in a setting that names a place, so that one block serves every stack."""


@dataclass(frozen=True)
class Context:
    """The stack that a delivery belongs to, as far as a target may know it."""

    stack: str
    environment: Environment
    tags: Mapping[str, str]
    """What everything that can be tagged is tagged with."""

    def place(self, text: str) -> str:
        """`text` with the stack's name where it says `{stack}`."""
        return text.replace(STACK, self.stack)


class Delivery(Component):
    """The builder's variables, written where the builder reads them."""

    Settings: ClassVar[type[DeliverySettings]]
    """What the stack's config may say of this target."""

    destination: pulumi.Output[str]
    """Where they went, as a person would look for it."""

    def __init__(
        self,
        name: str,
        settings: DeliverySettings,
        variables: Mapping[str, pulumi.Output[str]],
        context: Context,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`variables` in the contract's order, those that are secret as secret outputs."""
        super().__init__(name, settings.model_dump(mode="json"), opts)
        self.destination = pulumi.Output.from_input(context.place(settings.destination()))
        self.deliver(settings, variables, context)
        self.register_outputs({"destination": self.destination})

    @classmethod
    def objection(cls, settings: Any, context: Context) -> MistakeError | None:  # noqa: ARG003 (most targets have none)
        """Why this stack may not be told so, where the settings alone are right; None where it may."""
        return None

    @classmethod
    def delivers(cls, name: str) -> bool:  # noqa: ARG003 (most targets keep them all)
        """Whether the variable `name` is among what this target keeps."""
        return True

    @abstractmethod
    def deliver(self, settings: Any, variables: Mapping[str, pulumi.Output[str]], context: Context) -> None:
        """Declares the target's own resources."""
