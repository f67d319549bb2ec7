"""Mocks that record what a delivery declares, and refuse what it should not ask for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi.runtime import mocks, rpc

from components.delivery._interface import Context
from contract.kinds import Environment

CANARY = "canary-delivery-77"
STATIC = {
    "DOCKER_REGISTRY": "registry.example.com/apps",
    "DOCKER_REGISTRY_USERNAME": "builder",
    "DOCKER_REGISTRY_PASSWORD": CANARY,
    "BUILDER_WORK_DIR": "/tmp/builds",
    "BUILDER_LOG_DIR": "./temp",
}
PROD = Context("prod", Environment.PROD, {"team": "platform"})
DEV = Context("dev", Environment.DEV, {})


@dataclass
class Recorder(mocks.Mocks):
    """Keeps every resource's inputs by its logical name."""

    inputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    secret: dict[str, set[str]] = field(default_factory=dict)
    """Which inputs were handed over as secrets."""
    providers: dict[str, str] = field(default_factory=dict)
    answers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """What the lookups answer, by their token; any other is an error."""

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        self.secret[args.name] = {name for name, value in args.inputs.items() if _is_secret(value)}
        self.inputs[args.name] = {
            name: value["value"] if _is_secret(value) else value for name, value in args.inputs.items()
        }
        self.types[args.name] = args.typ
        self.providers[args.name] = args.provider or ""
        return f"{args.name}-id", {**args.inputs, "arn": f"arn:of:{args.name}"}

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        if args.token not in self.answers:
            raise AssertionError(f"a delivery asks nobody, but {args.token} was called")
        return dict(self.answers[args.token]), []


def _is_secret(value: object) -> bool:
    return isinstance(value, dict) and rpc._special_sig_key in value


def outputs(values: Mapping[str, str], secret: str = "DOCKER_REGISTRY_PASSWORD") -> dict[str, pulumi.Output[str]]:
    """`values` as a registry hands them over."""
    return {
        name: pulumi.Output.secret(value) if name == secret else pulumi.Output.from_input(value)
        for name, value in values.items()
    }


def declared(program: Callable[[], object], answers: Mapping[str, Mapping[str, Any]] | None = None) -> Recorder:
    """What `program` declares, where the lookups answer with `answers`."""
    recorder = Recorder(answers=answers or {})
    mocks.set_mocks(recorder, project="throwaway", stack="test", preview=False)

    @pulumi.runtime.test  # type: ignore[untyped-decorator]  # the SDK's own
    def run() -> None:
        program()

    run()
    return recorder
