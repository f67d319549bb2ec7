"""What a stack or one component declares, seen under Pulumi's mocks: resources, where they hang, and loaded SDKs.

Owns: running `__main__.py`, or a program with one component, in a process of its own, since the SDK's mocks and
settings are global, and so is what has been imported. Does not own: what is expected (`tests/program/inventories`).
The mocks answer for the types and functions that the caller names, and raise on every other.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
from google.protobuf.json_format import MessageToDict
from pulumi.runtime import rpc as wire

from tests.support import forked

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
    import_id: str
    """The id under which it is taken over; empty where it is made."""
    provider: str
    """The reference of the explicit provider; empty for the default one."""
    after: tuple[str, ...]
    """The names of what has to be there before it."""
    ignored: tuple[str, ...] = ()
    """The inputs that count only where it is made."""

    @property
    def kind(self) -> str:
        """The last part of its type."""
        return self.type.rpartition(":")[2]

    @property
    def is_component(self) -> bool:
        """Whether it only holds others."""
        return self.type.startswith(("snapdeploy:", STACK))


@dataclass(frozen=True)
class Program:
    """One run of the program."""

    resources: tuple[Resource, ...]
    outputs: Mapping[str, Mapping[str, Any]]
    """What each component puts out, by its name; a secret is the word `[secret]`."""
    sdks: tuple[str, ...]
    """The provider SDKs that were imported, `pulumi_aws`."""

    def inventory(self) -> list[dict[str, str]]:
        """Name, type and parent of each resource, by name: what an inventory file holds."""
        found = [{"name": each.name, "parent": each.parent, "type": each.type} for each in self.resources]
        return sorted(found, key=lambda entry: (entry["name"], entry["type"]))

    def of(self, type_: str) -> list[Resource]:
        """The resources of one type."""
        return [each for each in self.resources if each.type == type_]


class _Refused(grpc.RpcError):
    """How the engine says that a function failed."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self._why = why

    def code(self) -> grpc.StatusCode:
        return grpc.StatusCode.UNKNOWN

    def details(self) -> str:
        return self._why


def declare(
    stack: str,
    made: Mapping[str, Mapping[str, Any]],
    *,
    config: Mapping[str, object] | None = None,
    answers: Mapping[str, Mapping[str, Any]] | None = None,
    simulated: bool = False,
    alone: bool = False,
) -> Program:
    """Runs the program for `stack` under mocks; `alone`, where what it imports is to be seen.

    `made` gives, by resource type, the outputs that a provider would add to the inputs, where `{input}` stands for one
    of those and `{__name__}` for the resource's name; a type that is not in it is an error, and so is a function that
    is not in `answers`. An answer of `{"__fails__": why}` is a failure of the lookup. `config` is the project's,
    without its namespace.
    Raises AssertionError with what the program printed where it fails.
    """
    order = {"stack": stack, "made": made, "answers": answers or {}, "config": config or {}, "simulated": simulated}
    found = _alone(order) if alone else forked.run("tests.support.declared:_run", order)
    return _read(found)


def component(
    work: str, made: Mapping[str, Mapping[str, Any]], *, stack: str = "test", preview: bool = False, **told: Any
) -> Program:
    """What a program of one component declares, where every function fails.

    `work` (`module:name`) is handed an order with all that is `told`, makes its program of it, and has both `observe`d.
    """
    order = {"stack": stack, "made": made, "answers": {}, "config": {}, "simulated": False, "preview": preview}
    return _read(forked.run(work, {**order, **told}))


def _read(found: Mapping[str, Any]) -> Program:
    resources = [
        Resource(**{**each, "after": tuple(each["after"]), "ignored": tuple(each["ignored"])})
        for each in found["resources"]
    ]
    return Program(tuple(resources), found["outputs"], tuple(found["sdks"]))


def _alone(order: dict[str, Any]) -> Any:
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
    return json.loads(done.stdout.splitlines()[-1])


def _run(order: dict[str, Any]) -> None:
    import runpy

    observe(order, lambda: runpy.run_path("__main__.py", run_name="__main__"))


def observe(order: dict[str, Any], program: Callable[[], object]) -> None:
    """Runs `program` under the mocks of `order`, and prints what it declared. Only in a process of its own."""
    import os

    from pulumi.runtime import mocks, set_all_config, test

    seen: list[dict[str, Any]] = []
    outputs: dict[str, Any] = {}

    class Answers(mocks.Mocks):
        def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
            if args.typ.startswith(("snapdeploy:", "pulumi:providers:")):
                return f"{args.name}-id", dict(args.inputs)
            if args.typ not in order["made"]:
                raise AssertionError(f"unknown type of resource {args.typ} ({args.name})")
            added = {
                key: _filled(value, {**args.inputs, "__name__": args.name})
                for key, value in order["made"][args.typ].items()
            }
            return f"{args.name}-id", {**args.inputs, **added}

        def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
            if args.token not in order["answers"]:
                raise AssertionError(f"unknown function {args.token}")
            answer = dict(order["answers"][args.token])
            if "__fails__" in answer:
                raise _Refused(answer["__fails__"])
            return answer, []

    class Recorder(mocks.MockMonitor):
        def RegisterResource(self, request: Any) -> Any:
            seen.append(
                {
                    "type": request.type,
                    "name": request.name,
                    "parent": request.parent.rpartition("::")[2],
                    "inputs": _plain(MessageToDict(request.object)),
                    "protect": request.protect,
                    "retain_on_delete": request.retainOnDelete,
                    "import_id": request.importId,
                    "provider": request.provider,
                    "after": [urn.rpartition("::")[2] for urn in request.dependencies],
                    "ignored": list(request.ignoreChanges),
                }
            )
            registered: Any = super()
            return registered.RegisterResource(request)

        def RegisterResourceOutputs(self, request: Any) -> Any:
            outputs[request.urn.rpartition("::")[2]] = _plain(MessageToDict(request.outputs))
            registered: Any = super()
            return registered.RegisterResourceOutputs(request)

    os.environ["SNAPDEPLOY_SIMULATED"] = "1" if order["simulated"] else ""
    answers = Answers()
    mocks.set_mocks(
        answers,
        project="snapdeploy-registry",
        stack=order["stack"],
        preview=order.get("preview", False),
        monitor=Recorder(answers),
    )
    values = {key: value if isinstance(value, str) else json.dumps(value) for key, value in order["config"].items()}
    set_all_config({f"snapdeploy-registry:{key}": value for key, value in values.items()})

    # `test` waits for all that the program has begun.
    awaited: Any = test
    awaited(lambda: program() and None)()
    sdks = sorted({name.split(".")[0] for name in sys.modules if name.startswith("pulumi_")})
    print(json.dumps({"resources": seen, "outputs": outputs, "sdks": sdks}))


def _filled(value: Any, inputs: Mapping[str, Any]) -> Any:
    """`value`, a text with each `{input}` in it as that input is."""
    for key, given in inputs.items():
        if isinstance(value, str) and isinstance(given, str):
            value = value.replace(f"{{{key}}}", given)
    return value


def _plain(value: Any) -> Any:
    """`value` without what marks its parts on the wire; a secret as `[secret]`, a file or a folder as its text."""
    if isinstance(value, list):
        return [_plain(child) for child in value]
    if not isinstance(value, dict):
        return value
    if value.get(wire._special_sig_key) == wire._special_secret_sig:
        return "[secret]"
    if value.get(wire._special_sig_key) in (wire._special_asset_sig, wire._special_archive_sig):
        return _plain(value.get("assets", value.get("text")))
    return {key: _plain(child) for key, child in value.items()}


if __name__ == "__main__":
    _run(json.load(sys.stdin))
