"""A change on its way from a proposal to its deployment, and what comes after: told as it happens.

Owns: the story, and the page that is made of it, docs/from-proposal-to-deployed.md. Does not own the workflows, which
run as they stand in .github/, nor the verdict: test_demonstration.py has it.
`python -m tests.engine.workflows.demonstration` writes the page anew.
"""

import json
import os
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.support.emulator import Emulator, emulating
from tests.support.fake_repository import Issue
from tests.support.team import Team, rewritten, team
from tests.support.workflow_runner import Environment, Run, git
from tools import registry_binary

PAGE = Path(__file__).resolve().parents[3] / "docs" / "from-proposal-to-deployed.md"
PARAMETER = "/snapdeploy/prod/builder/DOCKER_REGISTRY"
_ROLE = {"AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/deploy", "AWS_REGION": "us-east-1"}
_PASSPHRASE = "only for this demonstration"

_DEV = """\
config:
  snapdeploy-registry:environment: local
  snapdeploy-registry:registries:
    main: {kind: local}
  snapdeploy-registry:delivery:
    dotenv: {target: dotenv}
"""
_BUILDER = "          builder: {from: ec2} # instances that carry the role's profile\n"
_NIGHTLY = "          nightly: {from: github, repository: your-org/your-repository, branches: [nightly]}\n"
_OLD = '          old-machine: {from: user, active: a, a: "2026-11"}\n'

_HEAD = """\
# From a proposal to a deployment

Written by a test, which runs the workflows of `.github/workflows/` step by step, as their text stands there, on the
real engine (`python -m tests.engine.workflows.demonstration` writes it anew). Stack `dev` is a real registry on this
machine; `prod` is the repository's own `Pulumi.prod.yaml` on an emulated AWS, whose registry cannot be spoken to.
GitHub's API is a double that is held to GitHub's description. Times, run numbers and digests are made equal.
[Changes reviewed in a pull request](reviewed.md) says how each part works.
"""


@dataclass
class Page:
    """What is told, paragraph by paragraph."""

    parts: list[str] = field(default_factory=lambda: [_HEAD])

    def head(self, title: str) -> None:
        """A new section."""
        self.parts.append(f"## {len([part for part in self.parts if part.startswith('## ')]) + 1}. {title}\n")

    def say(self, text: str) -> None:
        """A paragraph."""
        self.parts.append(f"{text}\n")

    def code(self, text: str, kind: str = "") -> None:
        """A block, as it was printed."""
        self.parts.append(f"````{kind}\n{_settled(text).strip()}\n````\n")

    def run(self, run: Run) -> None:
        """How the jobs of a run ended."""
        self.code("\n".join(f"{job.result:<8}  {job.name}" for job in run.jobs if job.result != "skipped"))

    def text(self) -> str:
        """The page."""
        return "\n".join(self.parts)


@dataclass
class Story:
    """What the test asks about, once all is told."""

    page: str
    refused: str
    fixed: str
    waiting: Run
    deployed: Run
    drifted: Issue
    alerted: Issue
    parameter: str
    runs: list[Run]


def tell(folder: Path, emulator: Emulator) -> Story:
    """Lives through the story in `folder`."""
    backend = folder / "backend"
    backend.mkdir(parents=True)
    own = {"PULUMI_BACKEND_URL": f"file://{quote(str(backend))}"}
    secret = {
        "PULUMI_CONFIG_PASSPHRASE": _PASSPHRASE,
        "SNAPDEPLOY_REGISTRY_BINARY": os.environ.get("SNAPDEPLOY_REGISTRY_BINARY") or str(registry_binary.ensure()),
    }
    simulated = {"SIMULATE": "1", **emulator.environment}
    environments = {
        "dev-preview": Environment(own, machine=secret),
        "dev": Environment(own, machine=secret),
        "prod-preview": Environment(_ROLE, machine=simulated),
        "prod": Environment(_ROLE, reviewers=True, machine=simulated),
    }
    with team(folder, environments, _prepare) as people:
        _begin(people, own | secret | {"SNAPDEPLOY_BACKEND": "login"}, simulated)
        return _lived(people, emulator)


def _prepare(root: Path) -> None:
    (root / "Pulumi.dev.yaml").write_text(_DEV, encoding="utf-8")
    (root / "policies" / "config" / "local.json").write_text("{}\n", encoding="utf-8")
    rules = root / "policies" / "config" / "prod.json"
    told = json.loads(rules.read_text(encoding="utf-8"))
    rules.write_text(json.dumps(told | {"no-long-lived-access-keys": "mandatory"}), encoding="utf-8")


def _begin(people: Team, real: dict[str, str], simulated: dict[str, str]) -> None:
    """Both stacks are there before the story begins."""
    for stack, variables in (("dev", real), ("prod", simulated)):
        for command in (("stack", "init", stack), ("up", "-s", stack, "--yes", "--skip-preview")):
            if command[0] == "up" or stack == "dev":
                done = people.checkout.pulumi(*command, **variables)
                assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    git(people.root, "commit", "--quiet", "--all", "--message", "Make the stacks")


def _lived(people: Team, emulator: Emulator) -> Story:
    page, runs = Page(), []

    def ran(run: Run) -> Run:
        runs.append(run)
        page.run(run)
        return run

    page.head("A change is proposed")
    page.say("Nightly builds are to push, and so is an old machine; and `dev` shall log elsewhere.")
    number = people.propose(_propose)
    page.code(git(people.root, "diff", "--unified=0", "main", "--", "Pulumi.*.yaml"), "diff")
    page.say("The workflow `preview` sees which stacks are touched, and previews each:")
    ran(people.preview(number))
    refused = people.comments(number)["prod"]
    page.say("Two comments are written. That on `prod`: a rule refuses the old machine's key.")
    page.code(refused, "markdown")

    page.head("It is mended")
    people.propose(lambda root: rewritten(root / "Pulumi.prod.yaml", (_OLD, "")), to=number)
    page.say("The line on the old machine goes. The workflow runs again:")
    ran(people.preview(number))
    fixed = people.comments(number)["prod"]
    page.say("The comment is the same one, edited. A reviewer reads who may do what from now on, and approves:")
    page.code(fixed, "markdown")

    page.head("It is merged, and deployed to `dev`")
    push = people.merge(number)
    waiting = ran(people.deploy(push))
    page.say("`dev` was previewed again, held against the comment, applied, and verified on the registry itself:")
    page.code(waiting.job("deploy of dev").summary.partition("### dev: what was reviewed")[1] + _after(waiting, "dev"))
    page.say("`prod` waits for a reviewer of its environment. Until then its job has no right at all.")

    page.head("A reviewer lets it into `prod`")
    deployed = ran(people.deploy(push, approved=("prod",), goes_on=waiting))
    page.code("### prod: what was reviewed" + _after(deployed, "prod"))

    page.head("Somebody changes `prod` by hand")
    people.runner.meanwhile = {}
    ssm = emulator.client("ssm")
    page.code(f"aws ssm put-parameter --overwrite --name {PARAMETER} --value ghcr.io/stranger")
    ssm.put_parameter(Name=PARAMETER, Value="ghcr.io/stranger", Type="String", Overwrite=True)
    page.say("At night the workflow `drift` finds it, and opens an issue:")
    ran(people.night())
    drifted = people.repository.issues[-1]
    page.code(f"# {drifted.title}\n\n{drifted.body}", "markdown")
    page.say("It is not wanted. The deploy stops first, since nobody has read what it would do:")
    stopped = ran(people.deploy_by_hand("prod", approved=("prod",)))
    told = stopped.job("deploy of prod").step("Hold it against what was reviewed").text
    page.code(told, "markdown")
    page.say("Somebody reads it, and starts it with that digest:")
    ran(people.deploy_by_hand("prod", _digest(told), approved=("prod",)))
    value = str(ssm.get_parameter(Name=PARAMETER)["Parameter"]["Value"])
    page.code(f"$ aws ssm get-parameter --name {PARAMETER} --query Parameter.Value --output text\n{value}")
    page.say("The next night closes the issue:")
    ran(people.night())
    page.code(f"{drifted.state}: {people.repository.comments[-1].body}")

    page.head("A deploy does not hold")
    page.say("Another change reaches `dev`, and before it is verified the registry's process dies:")
    second = people.propose(lambda root: rewritten(root / "Pulumi.dev.yaml", ("./elsewhere", "./logs")))
    people.preview(second)
    push = people.merge(second)
    people.runner.meanwhile = {"Verify": lambda: _kill(people)}
    ran(people.deploy(push))
    people.runner.meanwhile = {}
    alerted = people.repository.issues[-1]
    page.say("An issue says what failed, and shows the way back:")
    page.code(f"# {alerted.title}\n\n{alerted.body}", "markdown")
    page.say("Here nothing has to go back: the next deploy starts the registry again, verifies, and closes the issue.")
    stopped = people.deploy_by_hand("dev")
    told = stopped.job("deploy of dev").step("Hold it against what was reviewed").text
    ran(people.deploy_by_hand("dev", _digest(told)))
    page.code(f"{alerted.state}: {people.repository.comments[-1].body}")
    return Story(page.text(), refused, fixed, waiting, deployed, drifted, alerted, value, runs)


def _kill(people: Team) -> None:
    for process in people.checkout.registries():
        process.kill()


def _propose(root: Path) -> None:
    rewritten(root / "Pulumi.prod.yaml", (_BUILDER, _BUILDER + _NIGHTLY + _OLD))
    rewritten(
        root / "Pulumi.dev.yaml", ("config:\n", "config:\n  snapdeploy-registry:builder: {logDir: ./elsewhere}\n")
    )


def _after(run: Run, stack: str) -> str:
    """What a deploy's summary says after the explanation."""
    return run.job(f"deploy of {stack}").summary.partition(f"### {stack}: what was reviewed")[2]


def _digest(told: str) -> str:
    found = re.search(r"-f reviewed=(sha256:[0-9a-f]{64})", told)
    assert found is not None, told
    return found[1]


_SETTLE: tuple[tuple[str, str | Callable[[Any], str]], ...] = (
    (r"sha256:[0-9a-f]{64}", "sha256:…"),
    (r"\b[0-9a-f]{40}\b", "<commit>"),
    (r"actions/runs/\d+", "actions/runs/1"),
    (r"index [0-9a-f]+\.\.[0-9a-f]+ \d+\n", ""),
    (r"127\.0\.0\.1:\d+", "127.0.0.1:5000"),
    (r"\d{8}T\d{6}-[0-9a-f]{8}", "20261101T120000-00000000"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)", "2026-11-01T12:00:00Z"),
)


def _settled(text: str) -> str:
    # The engine's order is another one each time.
    text = re.sub(
        r"(?:^- .*\n)+", lambda found: "".join(sorted(found[0].splitlines(keepends=True))), text, flags=re.MULTILINE
    )
    for pattern, same in _SETTLE:
        text = re.sub(pattern, same, text)
    return text


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch, emulating() as server:
        PAGE.write_text(tell(Path(scratch) / "demonstration", server).page, encoding="utf-8")
