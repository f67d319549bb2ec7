"""The stacks `dev` and `local` keep the rules as they stand; `prod` and `gcp` do in tests/engine/stacks."""

from pathlib import Path

import pytest

from tests.support.checkout import checkout


@pytest.mark.parametrize(
    ("stack", "config"), [("dev", ["--policy-pack-config", "policies/config/dev.json"]), ("local", [])]
)
def test_a_stack_is_passed_without_a_word(stack: str, config: list[str], tmp_path: Path) -> None:
    with checkout(tmp_path / "registry") as project:
        simulated = {} if stack == "local" else {"SIMULATE": "1"}
        project.pulumi("stack", "init", "-s", stack, **simulated)
        done = project.pulumi("preview", "-s", stack, "--policy-pack", "policies", *config, **simulated)
    told = done.stdout + done.stderr
    assert done.returncode == 0, told
    assert "✅ snapdeploy-registry@v" in told
    assert "[mandatory]" not in told
    assert "[advisory]" not in told
    assert "can't run policy" not in told
