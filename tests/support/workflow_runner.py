"""Runs this project's own workflows on this machine: each `run:` step's text as it stands in the file, in order.

Owns: jobs and their order, contexts, environments with reviewers, a job's token with exactly the permissions that the
file gives it, and stand-ins for the actions of others. Does not own GitHub's API, which `FakeGitHub` stands in for.
An action, a key or an expression that is not known here is an error: what GitHub would do with it was not tested.

No secret that a job holds may show in what its steps print or in its summary; that is looked at after each step.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.support.fake_github import FakeGitHub, Token
from tests.support.workflow_expressions import as_text, filled, holds

BOT = "github-actions[bot]"
STAMP = "snapdeploy.json"
"""What `tools/bootstrap.py` knows an environment by."""
_SECONDS = 300
_PINNED = re.compile(r"(?P<name>[\w-]+/[\w-]+)@[0-9a-f]{40}")
# Whatever the machine's owner has set must not steer a test.
_STRANGE = ("PULUMI_", "SNAPDEPLOY_", "DOCKER_", "PYTHON", "SIMULATE", "AWS_", "GOOGLE_", "GITHUB_", "GH_", "RUNNER_")
_JOB_KEYS = {"name", "needs", "if", "runs-on", "environment", "concurrency", "permissions", "env", "outputs"} | {
    "strategy",
    "steps",
    "timeout-minutes",
}
_STEP_KEYS = {"name", "id", "if", "uses", "with", "env", "run", "shell"}


@dataclass
class Environment:
    """A deployment environment of the repository."""

    vars: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    reviewers: bool = False
    """Whether somebody has to approve a job before it starts."""
    machine: dict[str, str] = field(default_factory=dict)
    """What the environment's own runners have set, as a simulation does."""


@dataclass
class Step:
    """A step that ran, or was left out."""

    name: str
    outcome: str
    text: str = ""


@dataclass
class Job:
    """A job that ran, was left out, or waits for its reviewers."""

    name: str
    result: str
    steps: list[Step] = field(default_factory=list)
    summary: str = ""
    outputs: dict[str, str] = field(default_factory=dict)
    permissions: dict[str, str] = field(default_factory=dict)
    signed_in: list[str] = field(default_factory=list)

    def step(self, name: str) -> Step:
        """The step of that name."""
        return next(step for step in self.steps if step.name == name)

    @property
    def text(self) -> str:
        """All that it printed, step by step, for a failing test."""
        return "\n".join(f"--- {step.name}: {step.outcome}\n{step.text}" for step in self.steps)


@dataclass
class Run:
    """One run of a workflow."""

    jobs: list[Job]

    def job(self, name: str) -> Job:
        """The job of that name."""
        return next(job for job in self.jobs if job.name == name)

    @property
    def results(self) -> dict[str, str]:
        """How each job ended."""
        return {job.name: job.result for job in self.jobs}

    @property
    def text(self) -> str:
        """All that was printed."""
        return "\n".join(f"=== {job.name}: {job.result}\n{job.text}" for job in self.jobs)


@dataclass
class Runner:
    """A machine that runs the workflows of the repository in `root`, which is a git checkout with an environment."""

    root: Path
    repository: str
    github: FakeGitHub
    address: str
    environments: dict[str, Environment]
    scratch: Path
    machine: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    meanwhile: dict[str, Callable[[], object]] = field(default_factory=dict)
    """What happens on the machine just before the step of that name."""
    _count: int = 0
    _kept: dict[str, Job] = field(default_factory=dict)

    def run(
        self,
        workflow: str,
        event_name: str,
        event: Mapping[str, Any],
        *,
        sha: str,
        approved: tuple[str, ...] = (),
        goes_on: Run | None = None,
    ) -> Run:
        """Runs `.github/workflows/<workflow>.yml` of `sha` on an event; jobs of `approved` environments start.

        A run that `goes_on` keeps the jobs that have succeeded.
        """
        self._kept = {job.name: job for job in goes_on.jobs if job.result == "success"} if goes_on else {}
        git(self.root, "checkout", "--quiet", "--force", "--detach", sha)
        self.settle_environment()
        text = (self.root / ".github" / "workflows" / f"{workflow}.yml").read_text(encoding="utf-8")
        document = yaml.load(text, Loader=yaml.BaseLoader)
        assert event_name in document["on"], f"{workflow} does not start on {event_name}"
        assert document["permissions"] == {}, "a job gets no more than it asks for"
        self._count += 1
        finished: dict[str, list[Job]] = {}
        for key, told in document["jobs"].items():
            assert set(told) <= _JOB_KEYS, f"keys of a job that are not known here: {set(told) - _JOB_KEYS}"
            finished[key] = self._job(key, told, document, event_name, event, sha, finished, approved)
        return Run([job for jobs in finished.values() for job in jobs])

    def settle_environment(self) -> None:
        """Says that the environment is what the commit's locks ask for, whatever they are.

        The libraries are links to those under test: an installation would go through them and change these for
        everybody (2026-11-25: it did, where the locks of a branch were older than the environment).
        """
        stamp = self.root / ".venv" / STAMP
        assert not stamp.is_symlink(), "a stamp that is a link is the shared environment's own"
        digest = hashlib.sha256()
        for name in ("requirements/uv.txt", "requirements/dev.txt", "tools/bootstrap.py"):
            digest.update((self.root / name).read_bytes())
        stamp.write_text(json.dumps({"lock": "dev.txt", "digest": digest.hexdigest()}), encoding="utf-8")

    def _job(
        self,
        key: str,
        told: dict[str, Any],
        document: dict[str, Any],
        event_name: str,
        event: Mapping[str, Any],
        sha: str,
        finished: dict[str, list[Job]],
        approved: tuple[str, ...],
    ) -> list[Job]:
        before = told.get("needs", [])
        needed = [before] if isinstance(before, str) else before
        needs = {name: {"outputs": finished[name][0].outputs, "result": finished[name][0].result} for name in needed}
        well = all(job.result == "success" for name in needed for job in finished[name])
        contexts: dict[str, Any] = {
            "github": {"event": event, "event_name": event_name, "repository": self.repository, "sha": sha},
            "needs": needs,
            "inputs": event.get("inputs") or {},
        }
        if not holds(told.get("if"), contexts, well=well):
            return [Job(key, "skipped")]
        strategy = told.get("strategy", {})
        assert set(strategy) <= {"fail-fast", "max-parallel", "matrix"}
        rows: list[dict[str, Any]] = filled(strategy["matrix"]["include"], contexts) if strategy else [{}]
        jobs: list[Job] = []
        for row in rows:
            own = contexts | {"matrix": row}
            name = as_text(filled(told.get("name", key), own))
            stopped = strategy.get("fail-fast", "true") == "true" and any(job.result == "failure" for job in jobs)
            environment = as_text(filled(told.get("environment", ""), own))
            assert not environment or environment in self.environments, f"there is no environment {environment}"
            place = self.environments.get(environment, Environment())
            if name in self._kept:
                jobs.append(self._kept[name])
            elif stopped:
                jobs.append(Job(name, "cancelled"))
            elif place.reviewers and environment not in approved:
                jobs.append(Job(name, "waiting"))
            else:
                jobs.append(self._ran(Job(name, "success"), told, document, own, place, event_name, event, sha))
        return jobs

    def _ran(
        self,
        job: Job,
        told: dict[str, Any],
        document: dict[str, Any],
        contexts: dict[str, Any],
        place: Environment,
        event_name: str,
        event: Mapping[str, Any],
        sha: str,
    ) -> Job:
        fork = _is_from_outside(event, self.repository)
        job.permissions = dict(told["permissions"])
        if fork:
            # https://docs.github.com/en/actions/reference/security/secure-use: read only, no secrets, no OIDC token.
            job.permissions = {name: "read" for name in job.permissions if name != "id-token"}
        token = f"ghs_{'canary' * 5}{self._count:06}"
        self.github.tokens[token] = Token(BOT, "", permissions=job.permissions)
        secrets = {} if fork else self.secrets | place.secrets
        folder = self.scratch / f"{self._count}-{re.sub(r'[^a-z0-9]+', '-', job.name)}"
        folder.mkdir(parents=True)
        (folder / "event.json").write_text(json.dumps(event), encoding="utf-8")
        contexts |= {
            "github": contexts["github"] | {"token": token},
            "vars": {} if fork else place.vars,
            "secrets": secrets,
            "steps": {},
        }
        work = _Work(self, job, contexts, folder, self._environment(place, folder, event_name, sha), fork)
        work.environ |= {name: as_text(filled(text, contexts)) for name, text in told.get("env", {}).items()}
        work.hidden = [value for value in (token, *secrets.values()) if value]
        work.steps(told["steps"], document.get("defaults", {}).get("run", {}).get("shell"))
        job.outputs = {name: as_text(filled(text, contexts)) for name, text in told.get("outputs", {}).items()}
        summary = folder / "summary.md"
        job.summary = summary.read_text(encoding="utf-8") if summary.exists() else ""
        work.keeps_quiet(job.summary)
        return job

    def _environment(self, place: Environment, folder: Path, event_name: str, sha: str) -> dict[str, str]:
        machine = {name: value for name, value in os.environ.items() if not name.startswith(_STRANGE)}
        cache = os.environ.get("SNAPDEPLOY_CACHE")
        found = (
            machine
            | ({"SNAPDEPLOY_CACHE": cache} if cache else {})
            | {
                "CI": "true",
                "GITHUB_ACTIONS": "true",
                "GITHUB_EVENT_NAME": event_name,
                "GITHUB_EVENT_PATH": str(folder / "event.json"),
                "GITHUB_OUTPUT": str(folder / "output"),
                "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
                "GITHUB_REPOSITORY": self.repository,
                "GITHUB_RUN_ID": str(self._count),
                "GITHUB_SERVER_URL": "https://github.com",
                "GITHUB_SHA": sha,
                "RUNNER_TEMP": str(folder),
                # What sends the tool to the double, and only the tool: `tool_environment` takes it off for the engine.
                "TEST_GITHUB": self.address,
            }
        )
        return found | self.machine | place.machine


@dataclass
class _Work:
    """The steps of one job."""

    runner: Runner
    job: Job
    contexts: dict[str, Any]
    folder: Path
    environ: dict[str, str]
    fork: bool
    hidden: list[str] = field(default_factory=list)

    def steps(self, told: list[dict[str, Any]], shell: str | None) -> None:
        for number, step in enumerate(told):
            assert set(step) <= _STEP_KEYS, f"keys of a step that are not known here: {set(step) - _STEP_KEYS}"
            name = as_text(filled(step.get("name", step.get("uses", f"step {number}")), self.contexts))
            well = self.job.result == "success"
            outcome, text = "skipped", ""
            outputs: dict[str, str] = {}
            if holds(step.get("if"), self.contexts, well=well):
                if "uses" in step:
                    outcome = self._use(step)
                else:
                    outcome, text, outputs = self._run(step, shell)
            if "id" in step:
                self.contexts["steps"][step["id"]] = {"outcome": outcome, "conclusion": outcome, "outputs": outputs}
            if outcome == "failure":
                self.job.result = "failure"
            if "run" in step or outcome == "failure":
                self.job.steps.append(Step(name, outcome, text))

    def keeps_quiet(self, text: str) -> None:
        for secret in self.hidden:
            assert secret not in text, "a secret shows"

    def _run(self, step: dict[str, Any], shell: str | None) -> tuple[str, str, dict[str, str]]:
        assert "${{" not in step["run"], "what others wrote could become part of the script: hand it over by `env`"
        assert step.get("shell", shell) in ("bash", None)
        options = ["--noprofile", "--norc", "-eo", "pipefail"] if step.get("shell", shell) else ["-e"]
        self.runner.meanwhile.get(step.get("name", ""), lambda: None)()
        script = self.folder / "script.sh"
        script.write_text(step["run"], encoding="utf-8")
        output = self.folder / "output"
        output.write_text("", encoding="utf-8")
        given = {name: as_text(filled(text, self.contexts)) for name, text in step.get("env", {}).items()}
        done = subprocess.run(
            ["bash", *options, str(script)],
            cwd=self.runner.root,
            env=self.environ | given,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=_SECONDS,
        )
        text = f"{done.stdout}{done.stderr}"
        self.keeps_quiet(text)
        outputs = dict(line.split("=", 1) for line in output.read_text(encoding="utf-8").splitlines())
        return ("success" if done.returncode == 0 else "failure"), text, outputs

    def _use(self, step: dict[str, Any]) -> str:
        given = filled(step.get("with", {}), self.contexts)
        if step["uses"].startswith("./"):
            return self._composite(step["uses"], given)
        pinned = _PINNED.fullmatch(step["uses"])
        assert pinned is not None, f"{step['uses']} is not pinned by its commit"
        action = _ACTIONS.get(pinned["name"])
        assert action is not None, f"{pinned['name']} is not known here"
        action(self, given)
        return "success"

    def _composite(self, path: str, given: dict[str, Any]) -> str:
        document = yaml.load((self.runner.root / path / "action.yml").read_text("utf-8"), Loader=yaml.BaseLoader)
        assert document["runs"]["using"] == "composite"
        assert set(given) <= set(document["inputs"]), f"inputs that {path} does not have"
        inputs = {name: as_text(told.get("default", "")) for name, told in document["inputs"].items()} | given
        outer = self.contexts
        self.contexts = {"inputs": inputs, "steps": {}}
        try:
            self.steps(document["runs"]["steps"], None)
        finally:
            self.contexts = outer
        return "success" if self.job.result == "success" else "failure"

    def check_out(self, given: dict[str, Any]) -> None:
        assert set(given) <= {"fetch-depth", "persist-credentials"}
        assert given["persist-credentials"] == "false", "the token would lie in .git for every step"
        assert self.job.permissions.get("contents") == "read"

    def set_up_python(self, given: dict[str, Any]) -> None:
        assert set(given) == {"python-version"}
        folder = self.folder / "python"
        folder.mkdir(exist_ok=True)
        python = folder / "python3"
        if not python.exists():
            python.symlink_to(Path(sys.executable).resolve())
        self.environ["PATH"] = f"{folder}{os.pathsep}{self.environ['PATH']}"

    def sign_in_to_aws(self, given: dict[str, Any]) -> None:
        assert set(given) == {"role-to-assume", "aws-region"}, "a key would be a secret"
        self._sign_in(given["role-to-assume"])

    def sign_in_to_google(self, given: dict[str, Any]) -> None:
        assert set(given) == {"workload_identity_provider", "service_account"}, "a key would be a secret"
        self._sign_in(given["service_account"])

    def _sign_in(self, who: str) -> None:
        assert not self.fork
        assert self.job.permissions.get("id-token") == "write", "without it GitHub gives the job no token to sign in by"
        self.job.signed_in.append(who)


_ACTIONS = {
    "actions/checkout": _Work.check_out,
    "actions/setup-python": _Work.set_up_python,
    "aws-actions/configure-aws-credentials": _Work.sign_in_to_aws,
    "google-github-actions/auth": _Work.sign_in_to_google,
}


def git(root: Path, *arguments: str) -> str:
    """Runs git in `root` as a person named so that commits are the same on every machine; returns what it printed."""
    person = {f"GIT_{who}_{what}": "a@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    own = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    done = subprocess.run(
        ["git", *arguments],
        cwd=root,
        env=os.environ | person | own,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, f"git {' '.join(arguments)}\n{done.stderr}"
    return done.stdout.strip()


def _is_from_outside(event: Mapping[str, Any], repository: str) -> bool:
    pull = event.get("pull_request")
    if pull is None:
        return False
    return bool(pull["head"]["repo"]["full_name"] != repository or pull["user"]["login"] == "dependabot[bot]")
