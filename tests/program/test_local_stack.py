"""The whole program under mocks: what stack `local` declares, where it hangs, and what it costs to import."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
INVENTORY = Path(__file__).parent / "inventories" / "local.yaml"

# In a process of its own: the SDK's mocks and settings are global, and so is what has been imported.
_RUN = """
import asyncio, json, runpy, sys
import pulumi
from pulumi.runtime import mocks, run_in_stack

seen = []

class Mocks(mocks.Mocks):
    def new_resource(self, args):
        made = {"main-password": {"value": "generated"}, "main-process": {"host": "127.0.0.1:5000", "since": "1: made"},
                "main-smoke-test-run": {"proven": {"login": "seen"}}, "dotenv-file": {}}
        known = {"main", "main-smoke-test", "dotenv", *made}
        if args.name not in known and args.typ != "pulumi:pulumi:Stack":
            raise AssertionError(f"unknown resource {args.name}")
        return f"{args.name}-id", {**args.inputs, **made.get(args.name, {})}
    def call(self, args):
        raise AssertionError(f"unknown call {args.token}")

monitor = mocks.MockMonitor(Mocks())
register = monitor.RegisterResource
def recorded(request):
    seen.append({"type": request.type, "name": request.name, "parent": request.parent.rpartition("::")[2]})
    return register(request)
monitor.RegisterResource = recorded
mocks.set_mocks(Mocks(), project="snapdeploy-registry", stack="local", monitor=monitor)
asyncio.run(run_in_stack(lambda: runpy.run_path("__main__.py", run_name="__main__") and None))
sdks = sorted(name for name in sys.modules if name.startswith("pulumi_"))
print(json.dumps({"resources": seen, "sdks": sdks}))
"""


def _declared() -> dict[str, Any]:
    done = subprocess.run([sys.executable, "-c", _RUN], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_the_stack_is_its_inventory_and_imports_no_providers_sdk() -> None:
    found = _declared()
    resources = sorted(found["resources"], key=lambda resource: str(resource["name"]))
    assert resources == yaml.safe_load(INVENTORY.read_text())
    assert not found["sdks"], "a provider's SDK costs half a second, and this stack has none"


def test_no_child_lives_outside_its_component() -> None:
    for resource in _declared()["resources"]:
        if resource["type"].startswith("pulumi-python:"):
            assert resource["parent"], resource
            assert resource["name"].startswith(f"{resource['parent']}-"), resource
