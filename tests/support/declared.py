"""What a whole stack declares, seen under Pulumi's mocks: resources, where they hang, and which SDKs were loaded.

Owns: running `__main__.py` in a process of its own, since the SDK's mocks and settings are global, and so is what
has been imported. Does not own: what is expected (`tests/program/inventories`). The mocks answer for the types and
functions that the caller names, and raise on every other.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
STACK = "pulumi:pulumi:Stack"
_SECONDS = 120


@dataclass(frozen=True)
class Resource:
    """One resource as the program registers it."""

    type: str
    name: str
    parent: str
    """The parent's name; empty for the stack itself."""
    inputs: Mapping[str, Any]
    protect: bool
    retain_on_delete: bool

    @property
    def is_component(self) -> bool:
        """Whether it only holds others."""
        return self.type.startswith(("snapdeploy:", STACK))


@dataclass(frozen=True)
class Program:
    """One run of the program."""

    resources: tuple[Resource, ...]
    sdks: tuple[str, ...]
    """The provider SDKs that were imported, `pulumi_aws`."""

    def inventory(self) -> list[dict[str, str]]:
        """Name, type and parent of each resource, by name: what an inventory file holds."""
        found = [{"name": each.name, "parent": each.parent, "type": each.type} for each in self.resources]
        return sorted(found, key=lambda entry: (entry["name"], entry["type"]))

    def of(self, type_: str) -> list[Resource]:
        """The resources of one type."""
        return [each for each in self.resources if each.type == type_]


def declare(
    stack: str,
    made: Mapping[str, Mapping[str, Any]],
    *,
    config: Mapping[str, object] | None = None,
    answers: Mapping[str, Mapping[str, Any]] | None = None,
    simulated: bool = False,
) -> Program:
    """Runs the program for `stack` under mocks.

    `made` gives, by resource type, the outputs that a provider would add to the inputs; a type that is not in it is
    an error, and so is a function that is not in `answers`. `config` is the project's, without its namespace.
    Raises AssertionError with what the program printed where it fails.
    """
    order = {"stack": stack, "made": made, "answers": answers or {}, "config": config or {}, "simulated": simulated}
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.declared"],
        cwd=ROOT,
        input=json.dumps(order),
        capture_output=True,
        text=True,
        check=False,
        timeout=_SECONDS,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    return Program(tuple(Resource(**each) for each in found["resources"]), tuple(found["sdks"]))


def _main() -> None:
    import os
    import runpy

    from pulumi.runtime import mocks, set_all_config, test
    from pulumi.runtime import rpc as wire

    order = json.load(sys.stdin)
    seen: list[dict[str, Any]] = []

    class Answers(mocks.Mocks):
        def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
            if args.typ.startswith(("snapdeploy:", "pulumi:providers:")):
                return f"{args.name}-id", dict(args.inputs)
            if args.typ not in order["made"]:
                raise AssertionError(f"unknown type of resource {args.typ} ({args.name})")
            return f"{args.name}-id", {**args.inputs, **order["made"][args.typ]}

        def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
            if args.token not in order["answers"]:
                raise AssertionError(f"unknown function {args.token}")
            return dict(order["answers"][args.token]), []

    class Recorder(mocks.MockMonitor):
        def RegisterResource(self, request: Any) -> Any:
            seen.append(
                {
                    "type": request.type,
                    "name": request.name,
                    "parent": request.parent.rpartition("::")[2],
                    "inputs": _plain(wire.deserialize_properties(request.object)),
                    "protect": request.protect,
                    "retain_on_delete": request.retainOnDelete,
                }
            )
            registered: Any = super()
            return registered.RegisterResource(request)

    os.environ["SNAPDEPLOY_SIMULATED"] = "1" if order["simulated"] else ""
    answers = Answers()
    mocks.set_mocks(answers, project="snapdeploy-registry", stack=order["stack"], monitor=Recorder(answers))
    values = {key: value if isinstance(value, str) else json.dumps(value) for key, value in order["config"].items()}
    set_all_config({f"snapdeploy-registry:{key}": value for key, value in values.items()})

    # `test` waits for all that the program has begun.
    awaited: Any = test
    awaited(lambda: runpy.run_path("__main__.py", run_name="__main__") and None)()
    sdks = sorted({name.split(".")[0] for name in sys.modules if name.startswith("pulumi_")})
    print(json.dumps({"resources": seen, "sdks": sdks}))


def _plain(value: Any) -> Any:
    """`value` as JSON can hold it: secrets and whatever else is no plain value as their names."""
    if isinstance(value, Mapping):
        return {key: _plain(child) for key, child in value.items()}
    if isinstance(value, list):
        return [_plain(child) for child in value]
    return value if value is None or isinstance(value, str | int | float | bool) else type(value).__name__


if __name__ == "__main__":
    _main()
