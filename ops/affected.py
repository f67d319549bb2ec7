"""The verb `affected`: which stacks a change touches.

Owns: the list of stacks in the repository, what of a change belongs to one stack, to all, or to none, and the order in
which stacks are deployed. Does not own what is then run. The stack `local` is left out: it is a registry on one's own
machine.
"""

import json
import re
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from contract.kinds import Environment
from contract.problem import Problem, Problems

_STACK = re.compile(r"Pulumi\.(?P<stack>[A-Za-z0-9_.-]+)\.ya?ml")
_RULES = re.compile(r"policies/config/(?P<environment>[^/]+)\.json")
# What a stack is neither made of nor judged by. Whatever is not here counts as part of the program.
_APART = re.compile(
    r"(docs|tests|builder|\.ci)/.*|[^/]*\.md|\.gitignore|LICENSE[^/]*|\.github/(?!workflows/|actions/).*"
)
_ORDER = (Environment.LOCAL, Environment.DEV, None, Environment.PROD)
_NO_COMMIT = "0" * 40
_TITLE = "The stacks cannot be listed"


@dataclass(frozen=True)
class Stack:
    """One stack of the repository, and the configuration of the policy pack that it is held to."""

    stack: str
    environment: str
    policies: str


def stacks(root: Path) -> list[Stack]:
    """Every stack that git knows a file of, in the order in which a change goes through them; raises Problems."""
    project = document(root / "Pulumi.yaml").get("name", "")
    found, problems = [], []
    for name in _git(root, "ls-files", "--", "Pulumi.*"):
        match = _STACK.fullmatch(name)
        if match is None or match["stack"] == Environment.LOCAL:
            continue
        config = document(root / name).get("config") or {}
        environment = str(config.get(f"{project}:environment") or match["stack"])
        policies = f"policies/config/{environment}.json"
        if not (root / policies).is_file():
            what = f"belongs to environment {environment}, and {policies} is missing"
            mend = f"write {policies}; {{}} holds it to every rule as it is"
            problems.append(Problem(name, what, mend, "its previews would be judged by rules that nobody chose"))
        found.append(Stack(match["stack"], environment, policies))
    if problems:
        raise Problems(_TITLE, problems)
    return sorted(found, key=lambda one: (_rank(one.environment), one.stack))


def touched(files: Iterable[str], among: list[Stack]) -> list[Stack]:
    """The stacks that a change of `files` touches."""
    own: set[str] = set()
    for file in files:
        of_stack, of_environment = _STACK.fullmatch(file), _RULES.fullmatch(file)
        if of_stack is not None:
            own.add(of_stack["stack"])
        elif of_environment is not None:
            own |= {one.stack for one in among if one.environment == of_environment["environment"]}
        elif _APART.fullmatch(file) is None:
            return among
    return [one for one in among if one.stack in own]


def changed_since(root: Path, commit: str) -> list[str] | None:
    """The files that differ from where the present commit left `commit`; None where that is not known here."""
    if commit in ("", _NO_COMMIT):
        return None
    try:
        # Names as they are, and both names of a file that was moved.
        return _git(root, "diff", "--name-only", "--no-renames", f"{commit}...HEAD", "--")
    except Problems:
        return None  # A push that rewrote history: what was there before is gone.


def since(event: Mapping[str, Any]) -> str:
    """The commit that a workflow's event starts from; empty where it has none."""
    pull = event.get("pull_request")
    base = (pull.get("base") or {}).get("sha") if isinstance(pull, dict) else event.get("before")
    return base if isinstance(base, str) and re.fullmatch(r"[0-9a-f]{40,64}", base) else ""


def as_matrix(found: list[Stack]) -> str:
    """On one line, for a workflow's matrix."""
    return json.dumps([asdict(one) for one in found])


def _rank(environment: str) -> int:
    return _ORDER.index(Environment(environment)) if environment in list(Environment) else _ORDER.index(None)


def document(file: Path) -> Mapping[str, Any]:
    """A YAML file of the project; raises Problems."""
    import yaml

    try:
        found = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        what = f"cannot be read: {type(error).__name__}"
        raise Problems(
            _TITLE, [Problem(str(file), what, "run it in the project's folder, and mend the file")]
        ) from None
    return found if isinstance(found, dict) else {}


def _git(root: Path, *arguments: str) -> list[str]:
    command = ["git", "-c", "core.quotePath=false", *arguments]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, timeout=60)
    if done.returncode != 0:
        said = done.stderr.strip().splitlines()[-1:] or [f"exit code {done.returncode}"]
        mend = "check the repository out with its history (actions/checkout with fetch-depth: 0)"
        raise Problems(_TITLE, [Problem("git", said[0], mend)])
    return done.stdout.splitlines()
