"""docs/docker-hub.md followed from top to bottom in a checkout, with a double in the Hub's place."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from dotenv import dotenv_values

from components.docker_hub.api import API_VARIABLE
from tests.support.checkout import ROOT, Checkout, checkout
from tests.support.hub import FakeHub

PAGE = (ROOT / "docs" / "docker-hub.md").read_text(encoding="utf-8")
PUSH, ADMIN, NEW, WRONG = (f"dckr_pat_canary-{what}-{what}" for what in ("push", "admin", "new", "wrong"))


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Checkout]:
    with checkout(tmp_path / "my prójects" / "registry") as made:
        yield made


def _run(project: Checkout, address: str, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["tools/pulumi", *arguments, "--non-interactive"],
        cwd=project.root,
        env=project.environment(**{API_VARIABLE: address}),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_the_page_can_be_followed(project: Checkout) -> None:
    block = yaml.safe_load(re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[0])
    hub = block["config"]["snapdeploy-registry:registries"]["hub"]
    del hub["token"], hub["adminToken"]
    # Nothing in here reaches docker.io: the smoke test would, and has no double.
    block["config"]["snapdeploy-registry:smokeTest"] = {"enabled": False}
    (project.root / "Pulumi.dev.yaml").write_text(yaml.safe_dump(block))
    commands = re.findall(r"^tools/pulumi (config set .*?) '(.*?)'$", PAGE, re.MULTILINE)
    assert [key.rpartition(".")[2] for _, key in commands] == ["token", "adminToken"]

    fake = FakeHub(tokens={"acme-ci": [PUSH, ADMIN, NEW]}, readers={PUSH, NEW})
    told = []
    with fake.serving() as address:

        def pulumi(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
            told.append(_run(project, address, *arguments, stdin=stdin))
            return told[-1]

        for (command, key), token in zip(commands, (PUSH, ADMIN), strict=True):
            done = pulumi(*command.split(), key, stdin=token)
            assert done.returncode == 0, done.stderr
        up = pulumi("up", "-s", "dev", "--yes", "--skip-preview")
        assert up.returncode == 0, up.stdout + up.stderr
        assert fake.repositories == {"shop": True, "landing-page": False, "snapdeploy-verify": True}
        delivered = dotenv_values(project.env_file, interpolate=False)
        assert (delivered["DOCKER_REGISTRY"], delivered["DOCKER_REGISTRY_USERNAME"]) == ("docker.io/acme", "acme-ci")
        assert delivered["DOCKER_REGISTRY_PASSWORD"] == PUSH

        # Refused before anything is declared, at its line, and what was delivered stays.
        pulumi(*commands[0][0].split(), commands[0][1], stdin=WRONG)
        refused = pulumi("up", "-s", "dev", "--yes", "--skip-preview")
        assert refused.returncode != 0
        assert re.search(
            r"Pulumi\.dev\.yaml:\d+ registries\.hub\.token: does not open Docker Hub: .*HTTP 401", refused.stdout
        )
        assert dotenv_values(project.env_file, interpolate=False) == delivered

        pulumi(*commands[0][0].split(), commands[0][1], stdin=NEW)
        assert pulumi("up", "-s", "dev", "--yes", "--skip-preview").returncode == 0
        assert dotenv_values(project.env_file, interpolate=False)["DOCKER_REGISTRY_PASSWORD"] == NEW
        spent = pulumi("stack", "output", "-s", "dev", "revocable")
        assert "can be revoked: its successor is delivered, but not proven," in spent.stdout
        assert pulumi("destroy", "-s", "dev", "--yes", "--skip-preview").returncode == 0
        assert "shop" in fake.repositories

    for secret in (PUSH, ADMIN, NEW, WRONG):
        assert [done.args for done in told if secret in done.stdout + done.stderr] == []
        kept = [file for file in project.root.rglob("*") if file.is_file() and not file.is_symlink()]
        assert [file for file in kept if secret.encode() in file.read_bytes()] == []
    assert fake.unknown == []
