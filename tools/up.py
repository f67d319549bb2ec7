"""`make up`: from whatever state the checkout is in to a registry that is proven to work.

Owns: the order of the steps and what is said at the end. Each step is its own room's.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from contract.variables import in_order
from tools import bootstrap, engine_run, places, recovery, registry_binary, run_engine
from tools import engine as engines
from tools import environment as environments
from tools.locks import locked
from tools.say import guarded, say

STACK = "local"
_POLICIES = ("--policy-pack", "policies")


def up() -> int:
    """Sets up, provisions, delivers, verifies; returns the exit code. Raises `Failure` and `Stopped`."""
    bootstrap.ensure(dev=False)
    with locked(places.state_folder() / "up.lock", "running make up or make down"):
        engine, environment = ready()
        registry_binary.ensure()
        outcome = engine_run.run(engine, environment, "preview", "--stack", STACK, *_POLICIES)
        if not outcome.unchanged:
            outcome = engine_run.run(engine, environment, "up", "--stack", STACK, *_POLICIES)
        say(f"engine: {outcome.in_words()}")
        proof = _verify(outcome.outputs)
    _summarize(outcome.outputs, proof)
    return 0 if proof.get("ok") else 1


def ready() -> tuple[engines.Engine, dict[str, str]]:
    """The engine and its environment, with the stack there and nothing of an earlier run in the way."""
    recovery.before_environment()
    engine = engines.remembered() or engines.ensure()
    environment = environments.environment(engine)
    run_engine.ensure_stack(STACK, engine, environment, simulated=False)
    recovery.before_run(engine, environment, STACK)
    return engine, environment


def _verify(outputs: Mapping[str, Any]) -> dict[str, Any]:
    """What the delivered values are good for, as the tool reports it; its table goes to stdout."""
    primary: Mapping[str, Any] = next(iter((outputs.get("registries") or {}).values()), {})
    expected = "--immutable" if primary.get("immutable") else "--mutable"
    tool = [str(places.VENV / "bin" / "snapdeploy-registry"), "verify", expected, "--json"]
    done = subprocess.run(tool, cwd=places.ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=False)
    try:
        report = json.loads(done.stdout)
    except ValueError:
        report = {}
    return report if isinstance(report, dict) else {}


def _summarize(outputs: Mapping[str, Any], proof: Mapping[str, Any]) -> None:
    checks = proof.get("checks") or []
    failed = [check for check in checks if not check["ok"]]
    deliveries = ", ".join(str(place) for place in (outputs.get("deliveries") or {}).values())
    variables = ", ".join(in_order(outputs.get("builder_env") or {}))
    lines = [
        ("registry", f"{outputs.get('registry')}   ({outputs.get('kind')}, on this machine)"),
        ("delivered", f"{deliveries}: {variables}"),
        ("verified", ", ".join(check["name"] for check in checks if check["ok"]) or "nothing"),
        *(("FAILED", f"{check['name']}: {check['detail']}") for check in failed),
        *(("skipped", f"{', '.join(names)}: {reason}") for reason, names in _skipped(proof).items()),
        ("state", _where_state_is()),
        (
            "next",
            'set -a; . ./.env; set +a; docker push "$DOCKER_REGISTRY/<app>:<tag>"   (after: snapdeploy-registry login)',
        ),
        ("", "make down takes it all away again; make down KEEP_IMAGES=1 keeps the images"),
    ]
    for label, text in lines:
        print(f"{label:<10} {text}".rstrip())


def _skipped(proof: Mapping[str, Any]) -> dict[str, list[str]]:
    """The names of what was not run, by the reason."""
    reasons: dict[str, list[str]] = {}
    for skipped in proof.get("skipped") or []:
        reasons.setdefault(skipped["reason"], []).append(skipped["name"])
    return reasons


def _where_state_is() -> str:
    if environments.uses_own_backend(simulated=False):
        return ".state in this checkout, encrypted with .state/passphrase"
    return "the backend that you chose"


STOPPED = "stopped. Nothing is half done: `make up` goes on from here, `make down` takes it away"


def main() -> int:
    """`python -m tools.up`. Exit codes: 0 all verified, 1 something failed, 130 interrupted."""
    argparse.ArgumentParser(prog="make up", description=__doc__).parse_args()
    return guarded(up, stopped=STOPPED)


if __name__ == "__main__":
    sys.exit(main())
