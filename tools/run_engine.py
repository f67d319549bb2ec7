"""What `tools/pulumi` does: set everything, see that the stack is there, become the engine.

On every command's way, so it starts with as little of Python as there is: no site
packages, and nothing imported that the quick path does not use.
"""

import os
import subprocess
import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)

from tools import engine as engines
from tools import environment as environments
from tools import places, simulation
from tools.say import Failure, guarded, say

# Commands that speak of no stack's resources, or make the stack themselves.
_WITHOUT_STACK = frozenset(
    {
        "version",
        "about",
        "help",
        "plugin",
        "schema",
        "package",
        "login",
        "logout",
        "whoami",
        "new",
        "completion",
        "install",
    }
)


def named_stack(arguments: list[str], environment: dict[str, str]) -> str | None:
    """The stack that the command line or the environment names, as the engine would read it."""
    for position, argument in enumerate(arguments):
        if argument in ("-s", "--stack"):
            return arguments[position + 1] if position + 1 < len(arguments) else None
        if argument.startswith("--stack="):
            return argument.removeprefix("--stack=")
    return environment.get("PULUMI_STACK")


def ensure_stack(stack: str, engine: engines.Engine, environment: dict[str, str], *, simulated: bool) -> None:
    """Makes the stack in the checkout's own backend where it is not there yet. Raises `Failure` where it cannot."""
    if not environments.uses_own_backend(simulated=simulated):
        return
    stacks = environments.backend_folder(simulated=simulated) / ".pulumi" / "stacks"
    if any((folder / f"{stack}.json").exists() for folder in stacks.glob("*")):
        return
    if stack != "local" and not (places.ROOT / f"Pulumi.{stack}.yaml").exists():
        return
    made = subprocess.run(
        [engine.pulumi, "stack", "init", stack, "--no-select", "--non-interactive"],
        # Where the stack's file is: making a stack writes into it.
        cwd=simulation.folder() if simulated else places.ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode != 0 and "already exists" not in made.stderr:
        raise Failure(f"the stack {stack} could not be made in this checkout's own state:\n{made.stderr.strip()}")


def prepare(arguments: list[str]) -> tuple[engines.Engine, dict[str, str]]:
    """The engine and its environment, both ready for `arguments`. Raises `Failure`."""
    simulated = environments.is_simulated()
    engine = engines.remembered() if places.PYTHON.exists() else None
    if engine is None or simulated:
        from tools import bootstrap

        bootstrap.ensure(dev=simulated)
        engine = engine or engines.ensure()
    environment = environments.environment(engine, simulated=simulated)
    stack = named_stack(arguments, environment)
    if stack is not None and simulated:
        environment |= simulation.stack_file(stack)
    if stack is not None and not _WITHOUT_STACK & set(arguments[:1]) and arguments[:2] != ["stack", "init"]:
        ensure_stack(stack, engine, environment, simulated=simulated)
    return engine, environment


def become_engine() -> int:
    """Does not return where the engine starts. Raises `Failure`."""
    arguments = sys.argv[1:]
    engine, environment = prepare(arguments)
    if environments.is_simulated():
        say("SIMULATED: no real cloud, state or credential is used; nothing below exists outside this checkout")
    if not Path.cwd().is_relative_to(places.ROOT):
        os.chdir(places.ROOT)
    os.execve(engine.pulumi, ["pulumi", *arguments], environment)


def main() -> int:
    """`tools/pulumi ARGUMENTS…`: exits with what the engine exits with."""
    return guarded(become_engine)


if __name__ == "__main__":
    sys.exit(main())
