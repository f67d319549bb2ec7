"""A secret input stays secret: in the state, in what is printed, and in the simulated cloud's own file."""

import json
from pathlib import Path

from tests.engine.simulated.conftest import Project
from tests.simulated.faults import Fault, Faults, Operation
from tests.simulated.store import Store
from tests.simulated.wire import Secret

CANARY = "canary-4f1c9a"
ANOTHER = "canary-other-77"
REPOSITORY = "aws:ecr/repository:Repository"


def _holding(folder: Path, text: str) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file() and text.encode() in file.read_bytes()]


def test_a_secret_is_kept_and_compared_and_never_shown(project: Project) -> None:
    stack = project("secret", secrets={"throwaway:token": CANARY})
    runs = [stack.preview(), stack.up(), stack.up("--expect-no-changes"), stack.refresh("--expect-no-changes")]
    assert stack.outputs()["tags"] == "[secret]"
    assert stack.outputs(secrets=True)["tags"] == {"token": CANARY}
    assert CANARY not in json.dumps(stack.state())
    tags = stack.resources()["apps"]["outputs"]["tagsAll"]
    assert tags["token"]["4dabf18193072939515e22adb298388d"] == "1b47061264138c4ac30d75fd1eb44270"

    stack.run("config", "set", "throwaway:token", "--secret", stdin=ANOTHER)
    runs.append(stack.up())
    assert runs[-1].changes == {"update": 1}
    assert stack.outputs(secrets=True)["tags"] == {"token": ANOTHER}

    (key,) = Store(stack.simulated, "aws").held()
    Store(stack.simulated, "aws").drift(key, {"tags": {"token": Secret("changed behind our back")}})
    runs.append(stack.refresh())
    assert runs[-1].changes == {"update": 1}
    runs.append(stack.up())
    assert runs[-1].changes == {"update": 1}
    assert stack.refresh("--expect-no-changes").changes == {}

    for secret in (CANARY, ANOTHER):
        assert [run.arguments for run in runs if secret in run.text] == []
        assert _holding(stack.folder.parent, secret) == []


def test_an_error_that_repeats_a_secret_is_shown_without_it(project: Project) -> None:
    stack = project("secret", secrets={"throwaway:token": CANARY})
    message = f"InvalidTagParameterException: {CANARY} is not a tag"
    Faults(stack.simulated).order(Fault(Operation.CREATE, REPOSITORY, message))
    # The order itself holds the text, and is gone once it is carried out.
    refused = stack.up(fails=True)
    assert "InvalidTagParameterException: [secret] is not a tag" in refused.diagnostics
    assert CANARY not in refused.text
    assert _holding(stack.folder.parent, CANARY) == []
