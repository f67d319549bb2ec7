"""What every delivery target is: a component over a registry's variables."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

import pulumi

from components._base import Component
from components._settings import DeliverySettings


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
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`variables` in the contract's order, those that are secret as secret outputs."""
        super().__init__(name, settings.model_dump(mode="json"), opts)
        self.destination = pulumi.Output.from_input(settings.destination())
        self.deliver(settings, variables)
        self.register_outputs({"destination": self.destination})

    @abstractmethod
    def deliver(self, settings: Any, variables: Mapping[str, pulumi.Output[str]]) -> None:
        """Declares the target's own resources."""
