"""A delivery that proves what it was given before it counts: a stand-in for the ones that come after a registry."""

import json
from pathlib import Path
from typing import Any

import pulumi
from pulumi.dynamic import CreateResult, Resource, UpdateResult

from components._provided import Failed, Provider

BROKEN = "broken"
"""A file of this name beside the delivered one makes every delivery fail."""


class DeliveryProvider(Provider):
    """Logs in with the credential, then writes it to a file."""

    def create(self, props: dict[str, Any]) -> CreateResult:
        self._deliver(props)
        return CreateResult("delivery", props)

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        self._deliver(_news)
        return UpdateResult(_news)

    def _deliver(self, props: dict[str, Any]) -> None:
        import httpx

        file = Path(props["file"])
        if file.with_name(BROKEN).exists():
            raise Failed("the delivery did not arrive")
        answer = httpx.get(f"{props['url']}/v2/", auth=(props["username"], props["password"]), trust_env=False)
        if answer.status_code != 200:
            raise Failed(f"the credential opens nothing: HTTP {answer.status_code}")
        file.write_text(json.dumps([props["username"], props["password"]]), encoding="utf-8")


class Delivery(Resource, module="test", name="Delivery"):
    """A credential in a file."""

    def __init__(self, name: str, props: dict[str, Any], opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(DeliveryProvider(), name, {**props, "since": None}, opts)
