"""Stack `gcp` as it stands in the repository: a whole life under simulation, read back from Google, not from state."""

import re
from collections.abc import Iterator
from subprocess import CompletedProcess
from typing import Any

import pytest

from tests.engine.stacks.conftest import UNDER_THE_PACK, Google
from tests.simulated.faults import Fault, Faults, Moment, Operation
from tests.simulated.providers.gcp import by_hand, grants, payloads
from tests.simulated.providers.gcp.artifact_registry import REPOSITORY
from tests.simulated.providers.gcp.federation import PROVIDER
from tests.simulated.providers.gcp.kms import KEY, RING, USES
from tests.simulated.providers.gcp.members import ACCOUNT, POOL
from tests.simulated.providers.gcp.place import FOREIGN, SERVICE, project_number
from tests.simulated.providers.gcp.services import IDENTITY, agent
from tests.simulated.store import Key
from tests.support.checkout import checkout

PROJECT = "your-project"
APPS = f"projects/{PROJECT}/locations/europe-west1/repositories/snapdeploy-apps"
KEPT = {SERVICE, IDENTITY, POOL, PROVIDER, KEY, RING}
"""What Google keeps of what is destroyed: APIs, its own accounts, ids for 30 days, keys for ever."""

ADVISED = {"google-cleanup-is-no-rehearsal"}
"""What the pack says of the stack as it stands, on purpose: a cleanup is read before it is done."""


def _unprotected(registry: dict[str, Any], delivery: dict[str, Any]) -> None:
    registry["protect"] = False
    delivery["protect"] = False


def _there(gcp: Google, token: str, id_: str) -> dict[str, Any]:
    found = gcp.store.get(Key(token, "", id_), {})
    assert found is not None, id_
    return found


def test_a_whole_life(gcp: Google) -> None:
    previewed = gcp.run("preview")
    assert "SIMULATED" in previewed.stdout + previewed.stderr
    assert gcp.store.held() == [], "a preview makes nothing"

    gcp.change(_unprotected)
    gcp.up()
    apps = _there(gcp, REPOSITORY, APPS)
    assert (apps["format"], apps["mode"], apps["dockerConfig"]) == (
        "DOCKER",
        "STANDARD_REPOSITORY",
        {"immutableTags": True},
    )
    assert apps["cleanupPolicyDryRun"] is True
    assert apps["kmsKeyName"] == gcp.held(KEY)[0]
    assert apps["vulnerabilityScanningConfig"]["enablementState"] == "SCANNING_ACTIVE"
    assert apps["effectiveLabels"]["environment"] == "prod"
    itself = f"serviceAccount:{agent(PROJECT, 'artifactregistry.googleapis.com')}"
    assert grants.has(gcp.store, gcp.held(KEY)[0], USES, itself)

    given = {(grant.role, grant.member.partition(":")[0]) for grant in grants.on(gcp.store, APPS)}
    assert given == {
        ("roles/artifactregistry.reader", "group"),
        ("roles/artifactregistry.repoAdmin", "serviceAccount"),
        ("roles/artifactregistry.writer", "serviceAccount"),
    }, "three rights, on this repository alone"
    (pool,) = gcp.held(POOL)
    conditions = [_there(gcp, PROVIDER, id_)["attributeCondition"] for id_ in gcp.held(PROVIDER)]
    assert len(conditions) == 2
    assert all("7654321" in condition and "1234567" in condition for condition in conditions)
    builder = payloads.latest(gcp.store, PROJECT, "snapdeploy-gcp-builder") or ""
    assert "europe-west1-docker.pkg.dev/your-project/snapdeploy-apps" in builder
    assert (
        f"projects/{project_number(PROJECT)}/locations/global/workloadIdentityPools/{pool.rpartition('/')[2]}"
        in builder
    )
    assert "PRIVATE KEY" not in builder

    gcp.up("--expect-no-changes")
    gcp.refresh("--expect-no-changes")

    # By hand, behind its back.
    (writer,) = [grant.key for grant in grants.on(gcp.store, APPS) if grant.role.endswith("writer")]
    gcp.store.drop(writer)
    gcp.store.drift(Key(REPOSITORY, "", APPS), {"dockerConfig": {"immutableTags": False}})
    condition = _there(gcp, PROVIDER, gcp.held(PROVIDER)[0])["attributeCondition"]
    gcp.store.drift(Key(PROVIDER, "", gcp.held(PROVIDER)[0]), {"attributeCondition": "assertion.sub != ''"})
    assert "2 updated" in gcp.refresh().stdout
    gcp.up()
    assert _there(gcp, REPOSITORY, APPS)["dockerConfig"] == {"immutableTags": True}
    assert _there(gcp, PROVIDER, gcp.held(PROVIDER)[0])["attributeCondition"] == condition
    assert writer in gcp.store.held()
    gcp.up("--expect-no-changes")

    gcp.destroy()
    assert {key.token for key in gcp.store.held()} == KEPT
    apis = gcp.held(SERVICE)
    assert f"{PROJECT}/artifactregistry.googleapis.com" in apis, "what others may rely on stays"
    assert _there(gcp, POOL, pool)["state"] == "DELETED"

    gcp.up()
    gcp.up("--expect-no-changes")
    assert gcp.held(SERVICE) == apis
    assert len(gcp.held(POOL)) == 2, "a deleted pool keeps its id, and the new one has another"
    assert len(gcp.held(RING)) == 1, "the ring is taken back"


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Google]:
    """The stack as it stands in the repository, and one image pushed; each test leaves both."""
    with checkout(tmp_path_factory.mktemp("standing") / "registry") as project:
        stack = Google(project, "gcp")
        _keeps_the_rules(stack.up(*UNDER_THE_PACK))
        by_hand.push(stack.store, APPS, "web", f"sha256:{'a' * 64}", "v1")
        yield stack
        assert APPS in stack.held(REPOSITORY)


def _keeps_the_rules(done: CompletedProcess[str]) -> None:
    assert set(re.findall(r"\[advisory\] \[severity: \w+\]\s+(\S+)", done.stdout)) == ADVISED
    assert "[mandatory]" not in done.stdout
    assert "can't run policy" not in done.stdout + done.stderr


def test_the_finished_state_in_which_nothing_is_unknown_keeps_the_rules(standing: Google) -> None:
    _keeps_the_rules(standing.run("policy", "analyze", *UNDER_THE_PACK))


def test_a_changed_encryption_is_counted_and_refused(standing: Google) -> None:
    def plain(registry: dict[str, Any], delivery: dict[str, Any]) -> None:
        registry["encryption"] = {"type": "google"}

    before = standing.file.read_text(encoding="utf-8")
    standing.change(plain)
    refused = standing.up(fails=True)
    standing.file.write_text(before, encoding="utf-8")
    assert "snapdeploy-apps (1) would be replaced, and 1 images would go" in refused.stdout
    assert APPS in standing.held(REPOSITORY)


def test_what_is_protected_stays(standing: Google) -> None:
    refused = standing.destroy(fails=True)
    assert "main-repository-standard" in refused.stdout + refused.stderr
    assert APPS in standing.held(REPOSITORY)
    # The engine's lock lifted by hand, the provider's holds.
    urn = next(
        line.split("'")[1]
        for line in (refused.stdout + refused.stderr).splitlines()
        if "Repository::main-repository-standard'" in line
    )
    standing.run("state", "unprotect", urn, "--yes")
    again = standing.destroy(fails=True)
    assert 'without setting deletion_policy="DELETE"' in again.stdout + again.stderr


def test_another_project_is_refused_before_anything_is_made(gcp: Google) -> None:
    foreign = min(FOREIGN)

    def moved(registry: dict[str, Any], delivery: dict[str, Any]) -> None:
        registry["project"] = foreign

    gcp.change(moved)
    refused = gcp.up(fails=True)
    assert f"{foreign} cannot be read with these credentials" in refused.stdout
    assert "Traceback" not in refused.stdout + refused.stderr
    assert gcp.held(REPOSITORY) == gcp.held(ACCOUNT) == gcp.held(POOL) == []


def test_an_api_that_fails_is_named_and_the_next_up_goes_on_and_converges(gcp: Google) -> None:
    said = "googleapi: Error 503: The service is currently unavailable., backendError"
    for moment in (Moment.BEFORE, Moment.PARTIAL):
        Faults(gcp.kept).order(Fault(Operation.CREATE, REPOSITORY, said, moment=moment))
        failed = gcp.up(fails=True)
        assert "main-repository-standard" in failed.stdout, moment
        assert said in failed.stdout
        assert "Traceback" not in failed.stdout + failed.stderr
    gcp.up()
    gcp.up("--expect-no-changes")


def test_values_of_the_documentation_are_refused_for_real(gcp: Google) -> None:
    done = gcp.project.pulumi("preview", "-s", "gcp")
    assert done.returncode != 0
    said = done.stdout + done.stderr
    assert "Pulumi.gcp.yaml:" in said
    assert "your-project" in said
    assert "Traceback" not in said
