"""Pull secrets on the real engine, in a simulated cluster that keeps manifests: read as a kubelet reads them."""

import base64
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.simulated.providers.kubernetes import CLUSTER
from tests.support.engine import ROOT, EngineProject

PROGRAM = Path(__file__).with_name("pull_secrets.py")
CANARY = "dckr_pat_canary-61c2f0"
ANOTHER = "dckr_pat_canary-rotated-9d"
BY_HAND = "canary-by-hand-55"
TOLD: dict[str, Any] = {"context": "production", "namespaces": {"apps": {}, "builders": {"secret": "regcred"}}}


@dataclass(frozen=True)
class Cluster:
    """The simulated cluster's manifests."""

    folder: Path

    def secrets(self) -> dict[str, str]:
        """The file of each secret, by namespace and name."""
        return {str(file.relative_to(self.folder).with_suffix("")): str(file) for file in self.folder.rglob("*.json")}

    def auths(self, secret: str) -> dict[str, dict[str, str]]:
        """The credentials in one secret, as a kubelet reads them."""
        manifest = json.loads((self.folder / f"{secret}.json").read_text())
        assert manifest["type"] == "kubernetes.io/dockerconfigjson"
        auths: dict[str, dict[str, str]] = json.loads(base64.b64decode(manifest["data"][".dockerconfigjson"]))["auths"]
        return auths

    def edit(self, secret: str, password: str) -> None:
        """Somebody changes a secret by hand."""
        file = self.folder / f"{secret}.json"
        manifest = json.loads(file.read_text())
        auths = {"https://index.docker.io/v1/": {"username": "acme-ci", "password": password, "auth": "x"}}
        manifest["data"][".dockerconfigjson"] = base64.b64encode(json.dumps({"auths": auths}).encode()).decode()
        file.write_text(json.dumps(manifest))


@pytest.fixture
def cluster(tmp_path: Path) -> Cluster:
    return Cluster(tmp_path / "cluster")


@pytest.fixture
def stack(tmp_path: Path, cluster: Cluster) -> EngineProject:
    made = EngineProject(
        tmp_path / "a folder, é",
        PROGRAM.read_text(encoding="utf-8"),
        secrets={"throwaway:token": CANARY},
        providers=("kubernetes",),
        environment={"PYTHONPATH": str(ROOT), CLUSTER: str(cluster.folder)},
    )
    tell(made, TOLD)
    return made


def tell(stack: EngineProject, told: dict[str, Any]) -> None:
    stack.configure({"throwaway:told": json.dumps(told)})


def test_they_are_delivered_and_a_second_up_changes_nothing(stack: EngineProject, cluster: Cluster) -> None:
    stack.preview()
    assert cluster.secrets() == {}
    stack.up()
    assert sorted(cluster.secrets()) == ["apps/snapdeploy-test", "builders/regcred"]
    # The key that docker and a kubelet look Docker Hub's credential up by.
    assert list(cluster.auths("builders/regcred")) == ["https://index.docker.io/v1/"]
    entry = cluster.auths("apps/snapdeploy-test")["https://index.docker.io/v1/"]
    assert (entry["username"], entry["password"]) == ("acme-ci", CANARY)
    assert base64.b64decode(entry["auth"]).decode() == f"acme-ci:{CANARY}"
    assert stack.outputs()["destination"] == "production:apps/snapdeploy-test,builders/regcred"
    assert stack.up("--expect-no-changes").changes == {}
    assert stack.refresh("--expect-no-changes").changes == {}


def test_another_registry_is_kept_under_its_own_host(stack: EngineProject, cluster: Cluster) -> None:
    stack.configure({"throwaway:registry": "registry.example.com:5000/apps"})
    stack.up()
    assert list(cluster.auths("builders/regcred")) == ["registry.example.com:5000"]


def test_a_new_token_arrives_in_one_step_without_a_moment_without_any(stack: EngineProject, cluster: Cluster) -> None:
    stack.up()
    stack.run("config", "set", "throwaway:token", "--secret", stdin=ANOTHER)
    # An update, not a replacement: the name is fixed, so the old one would have to go first.
    assert stack.up().changes == {"update": 2}
    for secret in cluster.secrets():
        assert cluster.auths(secret)["https://index.docker.io/v1/"]["password"] == ANOTHER
    assert stack.up("--expect-no-changes").changes == {}


def test_what_was_changed_or_lost_by_hand_is_mended(stack: EngineProject, cluster: Cluster) -> None:
    stack.up()
    cluster.edit("builders/regcred", BY_HAND)
    assert stack.refresh().changes == {"update": 1}
    assert stack.up().changes == {"update": 1}
    assert cluster.auths("builders/regcred")["https://index.docker.io/v1/"]["password"] == CANARY

    Path(cluster.secrets()["apps/snapdeploy-test"]).unlink()
    stack.refresh()
    stack.up()
    assert cluster.auths("apps/snapdeploy-test")["https://index.docker.io/v1/"]["password"] == CANARY
    assert stack.up("--expect-no-changes").changes == {}


@pytest.mark.parametrize("how", ["a namespace", "the delivery", "destroy"])
def test_what_is_taken_out_is_gone_there(stack: EngineProject, cluster: Cluster, how: str) -> None:
    stack.up()
    if how == "destroy":
        stack.destroy()
    elif how == "the delivery":
        stack.run("config", "rm", "throwaway:told")
        stack.up()
    else:
        tell(stack, {**TOLD, "namespaces": {"apps": {}}})
        stack.up()
    assert list(cluster.secrets()) == (["apps/snapdeploy-test"] if how == "a namespace" else [])


def test_the_token_shows_nowhere_else(stack: EngineProject, cluster: Cluster) -> None:
    runs = [stack.preview("--diff"), stack.up()]
    stack.run("config", "set", "throwaway:token", "--secret", stdin=ANOTHER)
    runs += [stack.preview("--diff"), stack.up()]
    cluster.edit("builders/regcred", BY_HAND)
    runs += [stack.refresh(), stack.preview("--diff"), stack.up()]
    kept = json.dumps(stack.state()) + json.dumps(stack.outputs())
    for secret in (CANARY, ANOTHER, BY_HAND):
        forms = {secret, base64.b64encode(f"acme-ci:{secret}".encode()).decode()}
        for form in forms:
            assert form not in kept
            assert [run.arguments for run in runs if form in run.text or form in json.dumps(run.events)] == []


def test_a_namespace_that_is_not_there_is_the_clusters_refusal(stack: EngineProject, cluster: Cluster) -> None:
    tell(stack, {**TOLD, "namespaces": {"elsewhere": {}}})
    refused = stack.up(fails=True)
    assert 'namespaces "elsewhere" not found' in refused.diagnostics
    assert CANARY not in refused.text
