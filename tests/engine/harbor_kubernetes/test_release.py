"""A release of Harbor on the real engine, in a simulated cluster: what updates change, and what is in the state."""

import base64
import json
from pathlib import Path
from typing import Any

from tests.simulated.providers.kubernetes import CLUSTER
from tests.support.engine import ROOT, EngineProject

PROGRAM = Path(__file__).with_name("standby.py")
CANARIES = {name: f"canary-{name}-5e1f" for name in ("admin", "database", "redis")}
TOLD: dict[str, Any] = {"context": "production", "ingress": {"class": "nginx"}}


def tell(stack: EngineProject, **changed: Any) -> None:
    stack.configure({"throwaway:told": json.dumps({**TOLD, **changed})})


def held(folder: Path, secret: str, key: str) -> str:
    """What a secret in the cluster holds."""
    manifest = json.loads((folder / "harbor" / f"{secret}.json").read_text())
    return base64.b64decode(manifest["data"][key]).decode()


def test_it_stands_and_is_changed_in_place(tmp_path: Path) -> None:
    """One stack and one story, since each update costs seconds."""
    cluster = tmp_path / "cluster"
    stack = EngineProject(
        tmp_path / "project",
        PROGRAM.read_text(encoding="utf-8"),
        secrets={f"throwaway:{name}": value for name, value in CANARIES.items()},
        providers=("kubernetes", "pulumi-python"),
        environment={"PYTHONPATH": str(ROOT), CLUSTER: str(cluster)},
    )
    tell(stack)
    stack.up()
    assert held(cluster, "snapdeploy-admin", "HARBOR_ADMIN_PASSWORD") == CANARIES["admin"]
    assert held(cluster, "snapdeploy-redis", "REDIS_PASSWORD") == CANARIES["redis"]
    resources = stack.resources()
    assert not [name for name, value in CANARIES.items() if value in json.dumps(resources)]
    before = resources["standby-release"]["outputs"]
    assert before["status"]["revision"] == 1

    assert stack.up("--expect-no-changes").changes == {}

    tell(stack, replicas=3)
    stack.run("config", "set", "throwaway:redis", "--secret", stdin="canary-rotated")
    # The component, the release, one secret, and waiting for the answer; nothing is replaced.
    assert stack.up().changes == {"update": 4}
    after = stack.resources()["standby-release"]["outputs"]
    assert after["status"]["revision"] == 2
    assert after["values"]["core"]["replicas"] == 3
    assert held(cluster, "snapdeploy-redis", "REDIS_PASSWORD") == "canary-rotated"
    # Kubernetes starts no pod again because a secret changed: their annotation has to change with it.
    assert after["values"]["core"]["podAnnotations"] != before["values"]["core"]["podAnnotations"]
