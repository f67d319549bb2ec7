"""What one component declares, seen under Pulumi's mocks: resources, where they hang, and what they wait for.

Owns: mocks that raise on what they do not know, and the record of what is registered. Does not own: which component, or
what is expected. The SDK's mocks are global, so `declare` is called in a process of its own (`forked.py`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

OWN = "snapdeploy:"
"""Where the type of every component of ours begins."""


@dataclass(frozen=True)
class Resource:
    """One resource as it is registered."""

    type: str
    name: str
    parent: str
    inputs: Mapping[str, Any]
    waits_for: tuple[str, ...] = ()
    """The names of what has to be there before it."""

    @property
    def kind(self) -> str:
        """The last part of its type."""
        return self.type.rpartition(":")[2]


def resources(found: list[dict[str, Any]]) -> tuple[Resource, ...]:
    """What `declare` returned, after its way between two processes."""
    return tuple(
        Resource(each["type"], each["name"], each["parent"], each["inputs"], tuple(each["waits_for"])) for each in found
    )


def declare(
    program: Callable[[], Any],
    made: Mapping[str, Mapping[str, Any]],
    calls: Mapping[str, Mapping[str, Any]] | None = None,
) -> list[dict[str, Any]]:
    """What `program` registers. `made`: what each type's resources answer; `calls`: what each function does."""
    from pulumi.runtime import mocks, test
    from pulumi.runtime import rpc as wire

    seen: list[dict[str, Any]] = []

    class Answers(mocks.Mocks):
        def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
            if args.typ.startswith(OWN):
                return "", dict(args.inputs)
            if args.typ not in made:
                raise AssertionError(f"unknown type of resource {args.typ} ({args.name})")
            return f"{args.name}-id", {**args.inputs, **made[args.typ]}

        def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
            if args.token not in (calls or {}):
                raise AssertionError(f"unknown function {args.token}")
            return dict((calls or {})[args.token]), None

    class Recorder(mocks.MockMonitor):
        def RegisterResource(self, request: Any) -> Any:
            if request.type != "pulumi:pulumi:Stack":
                seen.append(
                    {
                        "type": request.type,
                        "name": request.name,
                        "parent": _name(request.parent),
                        "inputs": _plain(wire.deserialize_properties(request.object)),
                        "waits_for": sorted(_name(urn) for urn in request.dependencies),
                    }
                )
            registered: Any = super()
            return registered.RegisterResource(request)

    answers = Answers()
    mocks.set_mocks(answers, project="snapdeploy-registry", stack="test", monitor=Recorder(answers))
    awaited: Any = test
    awaited(program)()
    return seen


def _name(urn: str) -> str:
    return urn.rpartition("::")[2]


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(child) for key, child in value.items()}
    if isinstance(value, list):
        return [_plain(child) for child in value]
    if hasattr(value, "assets"):
        return _plain(value.assets)
    if hasattr(value, "text"):
        return value.text
    return value if value is None or isinstance(value, str | int | float | bool) else type(value).__name__
