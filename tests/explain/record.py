"""Records previews by the real engine: `python -m tests.explain.record [situation …]`, all of them in two minutes.

Owns: running each situation, and the files in `previews/` and `golden/`. A recorded preview is what the engine printed,
scrubbed (`scrub.py`); a golden explanation is what the tool makes of it, to be read before it is committed.
"""

import gzip
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from ops.explain.digest import UNKNOWNS
from ops.explain.explanation import Explanation, explain
from ops.explain.markdown import markdown
from tests.engine.policies import test_on_the_engine as policies
from tests.explain import programs, stacks
from tests.explain.scrub import scrubbed, scrubbed_events
from tests.support.checkout import checkout
from tests.support.engine import EngineProject

FOLDER = Path(__file__).parent
PREVIEWS, GOLDEN = FOLDER / "previews", FOLDER / "golden"
NOW = datetime(2026, 11, 25, tzinfo=UTC)
"""When the explanations were made, as far as they know."""
_COMPRESSED = frozenset({"many"})
Digest = dict[str, Any]


def record_program(name: str, folder: Path) -> Digest:
    """The preview of one of the small programs."""
    before, *rest = programs.PROGRAMS[name]
    declared = name in programs.DECLARED
    project = EngineProject(
        folder,
        before,
        providers=() if declared else ("aws",),
        name="registry",
        stack="prod",
        config=programs.CONFIG.get(name),
    )
    if rest:
        project.up()
        project.write_program(rest[0])
    return _scrub(project.preview("--json", fails=name in programs.FAILS).stdout)


def record_stack(stack: str, folder: Path, wanted: Callable[[str], bool]) -> Iterator[tuple[str, Digest]]:
    """The previews of one of the project's own stacks: new, then after an update with each change."""
    with checkout(folder / "registry") as project:

        def preview(*arguments: str, fails: bool = False, command: str = "preview") -> Digest:
            done = project.pulumi(command, "-s", stack, "--json", *arguments, SIMULATE="1")
            assert (done.returncode != 0) == fails, done.stdout + done.stderr
            return _scrub(done.stdout)

        if wanted(f"{stack}-first"):
            yield f"{stack}-first", preview()
        done = project.pulumi("up", "-s", stack, "--yes", "--skip-preview", SIMULATE="1")
        assert done.returncode == 0, done.stdout + done.stderr
        file = project.root / f"Pulumi.{stack}.yaml"
        original = file.read_text(encoding="utf-8")
        for name, (change, arguments) in stacks.CHANGES[stack].items():
            if not wanted(name):
                continue
            for step in (stacks.PREPARED.get(name), change):
                if step is None:
                    continue
                told = yaml.safe_load(original)
                step(told["config"])
                file.write_text(yaml.safe_dump(told, sort_keys=False), encoding="utf-8")
                if step is not change:
                    done = project.pulumi("up", "-s", stack, "--yes", "--skip-preview", SIMULATE="1")
                    assert done.returncode == 0, done.stdout + done.stderr
            yield name, preview(*arguments, fails=name in stacks.FAILS)
            file.write_text(original, encoding="utf-8")
        if wanted(f"{stack}-destroy"):
            name = f"{stack}-destroy"
            yield name, preview("--preview-only", command="destroy", fails=name in stacks.FAILS)
        if stack == "prod" and wanted("prod-refresh"):
            yield "prod-refresh", preview("--preview-only", command="refresh")


def record_policies(folder: Path) -> tuple[Digest, list[dict[str, Any]]]:
    """A preview that the policy pack refuses, and its event log."""
    project = policies.declared(folder, policies.WRONG)
    done = policies.judged(project, "preview", "--json", fails=True)
    return _scrub(done.stdout), scrubbed_events(list(done.events))


def names() -> list[str]:
    """All situations."""
    told = [name for changes in stacks.CHANGES.values() for name in changes]
    first = [f"{stack}-first" for stack in stacks.CHANGES]
    return sorted(
        [*programs.PROGRAMS, *told, *first, "prod-destroy", "gcp-destroy", "prod-refresh", "refused-by-policy"]
    )


def load(name: str) -> str:
    """The recorded preview, as the tool is given it."""
    if name in _COMPRESSED:
        return gzip.decompress((PREVIEWS / f"{name}.json.gz").read_bytes()).decode()
    return (PREVIEWS / f"{name}.json").read_text(encoding="utf-8")


def events(name: str) -> str | None:
    """The event log recorded beside it, if there is one."""
    path = PREVIEWS / f"{name}.events.jsonl"
    return path.read_text(encoding="utf-8") if path.exists() else None


def explained(name: str, preview: str | None = None) -> Explanation:
    """The explanation of a recorded preview, or of another of the same situation."""
    return explain(load(name) if preview is None else preview, now=NOW, events=events(name))


def text(digest: Digest) -> str:
    """The digest with each step on a line of its own."""
    steps = ",\n".join(json.dumps(step, ensure_ascii=False) for step in digest["steps"])
    rest = {name: value for name, value in digest.items() if name != "steps"}
    return f'{{"steps": [\n{steps}\n],\n{json.dumps(rest, ensure_ascii=False, indent=1)[1:]}\n'


def _scrub(printed: str) -> Digest:
    return scrubbed(json.loads(printed), UNKNOWNS)


def _write(name: str, digest: Digest) -> None:
    PREVIEWS.mkdir(exist_ok=True)
    if name in _COMPRESSED:
        # Without the hour, so that the same preview is the same file.
        (PREVIEWS / f"{name}.json.gz").write_bytes(gzip.compress(text(digest).encode(), mtime=0))
    else:
        (PREVIEWS / f"{name}.json").write_text(text(digest), encoding="utf-8")


def main(arguments: list[str]) -> None:
    """Records the situations that are named, or all; with `--golden` only the explanations are made anew."""
    chosen = [one for one in arguments if not one.startswith("-")] or names()
    if unknown := sorted(set(chosen) - set(names())):
        sys.exit(f"no such situation: {', '.join(unknown)}; there are {', '.join(names())}")
    if "--golden" not in arguments:
        with tempfile.TemporaryDirectory(prefix="previews-") as made:
            for name in (one for one in chosen if one in programs.PROGRAMS):
                _write(name, record_program(name, Path(made) / name))
            for stack in stacks.CHANGES:
                if any(one.startswith(f"{stack}-") for one in chosen):
                    for name, digest in record_stack(stack, Path(made) / stack, chosen.__contains__):
                        _write(name, digest)
            if "refused-by-policy" in chosen:
                digest, log = record_policies(Path(made) / "policies")
                _write("refused-by-policy", digest)
                lines = "".join(f"{json.dumps(event)}\n" for event in log)
                (PREVIEWS / "refused-by-policy.events.jsonl").write_text(lines, encoding="utf-8")
    GOLDEN.mkdir(exist_ok=True)
    for name in chosen:
        (GOLDEN / f"{name}.md").write_text(markdown(explained(name)), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
