"""Declares the resources of cases, from a JSON file beside it: how a program with these resources looks to the engine.

The cases' properties are those on the wire, so that a resource is declared by its type and not by its class; the
simulated providers hold them against the SDK's types all the same.
"""

import json
from pathlib import Path
from typing import Any

import pulumi


def value(told: Any) -> Any:
    if isinstance(told, dict):
        if "@unknown" in told:
            return pulumi.Output.from_input(pulumi.UNKNOWN if pulumi.runtime.is_dry_run() else None)
        if "@late" in told:
            return pulumi.Output.from_input(pulumi.UNKNOWN if pulumi.runtime.is_dry_run() else told["@late"])
        if "@secret" in told:
            return pulumi.Output.secret(value(told["@secret"]))
        return {name: value(one) for name, one in told.items()}
    return [value(one) for one in told] if isinstance(told, list) else told


class Component(pulumi.ComponentResource):
    def __init__(self, entry: dict[str, Any]) -> None:
        super().__init__(entry["type"], entry["name"], value(entry["props"]))
        self.register_outputs(value(entry["outputs"] or {}))


class Custom(pulumi.CustomResource):
    def __init__(self, entry: dict[str, Any], provider: pulumi.ProviderResource | None) -> None:
        options = pulumi.ResourceOptions(protect=entry["protect"] or None, provider=provider)
        super().__init__(entry["type"], entry["name"], value(entry["props"]), options)


providers: dict[str, pulumi.ProviderResource] = {}
for entry in json.loads(Path(__file__).with_name("cases.json").read_text()):
    if entry["type"].startswith("pulumi:providers:"):
        package = entry["type"].rpartition(":")[2]
        providers[entry["name"]] = pulumi.ProviderResource(package, entry["name"], value(entry["props"]))
    elif entry["component"]:
        Component(entry)
    else:
        Custom(entry, providers.get(entry["provider"]))
