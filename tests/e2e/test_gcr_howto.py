"""docs/artifact-registry.md, coming from gcr.io: the copy that it tells of, from one real registry into another."""

import os
import re
import subprocess
from pathlib import Path

from tests.support.checkout import ROOT
from tests.support.crane import CRANE
from tests.support.registry import RunningRegistry, run_registry

PAGE = (ROOT / "docs" / "artifact-registry.md").read_text(encoding="utf-8")


def _block() -> str:
    """The page's block that copies."""
    blocks: list[str] = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    (found,) = [block for block in blocks if "crane copy" in block]
    return found


def test_images_move_with_their_tags_and_digests_and_a_second_run_adds_what_is_new(tmp_path: Path) -> None:
    crane = CRANE.ensure()
    environment = os.environ | {
        "DOCKER_CONFIG": str(tmp_path / "docker"),
        "PATH": f"{crane.parent}{os.pathsep}{os.environ['PATH']}",
    }

    def run(*arguments: str, stdin: str | None = None) -> str:
        done = subprocess.run(
            [str(crane), *arguments], env=environment, input=stdin, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def log_in(running: RunningRegistry) -> None:
        host = str(running.registry).partition("/")[0]
        run(
            "auth",
            "login",
            host,
            "-u",
            running.credential.username,
            "--password-stdin",
            stdin=running.credential.password,
        )

    def push(image: str, content: str) -> str:
        layer = tmp_path / "layer.tar"
        (tmp_path / "content").write_text(content)
        subprocess.run(["tar", "-cf", str(layer), "-C", str(tmp_path), "content"], check=True)
        run("append", "--oci-empty-base", "-f", str(layer), "-t", image)
        return run("digest", image)

    with run_registry(tmp_path / "old") as old, run_registry(tmp_path / "new") as new:
        log_in(old)
        log_in(new)
        told = _block()
        assert "gcr.io/your-project" in told
        script = told.replace("gcr.io/your-project", str(old.registry))
        environment["DOCKER_REGISTRY"] = str(new.registry)

        def follow() -> None:
            subprocess.run(["sh", "-euc", script], env=environment, check=True, capture_output=True, text=True)

        digests = {name: push(f"{old.registry}/{name}", name) for name in ("web:v1", "web:v2", "team/api:v1")}
        follow()
        assert {name: run("digest", f"{new.registry}/{name}") for name in digests} == digests

        moved = push(f"{old.registry}/web:v1", "another image under an old tag")
        added = push(f"{old.registry}/web:v3", "a new one")
        follow()
        assert run("digest", f"{new.registry}/web:v3") == added
        assert run("digest", f"{new.registry}/web:v1") == digests["web:v1"] != moved, "what is there stays"
