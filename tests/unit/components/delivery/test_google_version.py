"""Whether a secret's newest version is the delivered one: found before anything is declared, and told by a number."""

from collections.abc import Mapping
from typing import Any

import grpc
import pulumi
import pytest
from pulumi.runtime import mocks

from components.delivery._google_version import Newest, follows, newest

FOUND = "gcp:secretmanager/getSecretVersion:getSecretVersion"
SECRET = "gcp:secretmanager/getSecret:getSecret"
ACCESSED = "gcp:secretmanager/getSecretVersionAccess:getSecretVersionAccess"
CANARY = "canary-held-44d1"
OFF = "googleapi: Error 403: Secret Manager API has not been used in project 1 before or it is disabled."


class Refusal(grpc.RpcError):  # type: ignore[misc]  # the package ships no types
    """How the engine says that a function failed."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self._why = why

    def code(self) -> grpc.StatusCode:
        return grpc.StatusCode.UNKNOWN

    def details(self) -> str:
        return self._why


class Answers(mocks.Mocks):
    """Google's answers by function; a text is a refusal."""

    def __init__(self, answers: Mapping[str, dict[str, Any] | str]) -> None:
        self.answers = answers
        self.asked: list[dict[str, Any]] = []

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        raise AssertionError(f"a lookup declares nothing, but {args.name} was")

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        self.asked.append(dict(args.args))
        answer = self.answers[args.token]
        if isinstance(answer, str):
            raise Refusal(answer)
        return answer, []


def looked_up(answers: Mapping[str, dict[str, Any] | str]) -> tuple[Newest | None, list[dict[str, Any]]]:
    told = Answers(answers)
    mocks.set_mocks(told, project="throwaway", stack="test", preview=False)
    found: list[Newest | None] = []

    @pulumi.runtime.test  # type: ignore[untyped-decorator]  # the SDK's own
    def run() -> None:
        found.append(newest("my-project", "builder", pulumi.InvokeOptions()))

    run()
    return found[0], told.asked


def valued(output: pulumi.Output[Any] | None) -> tuple[Any, bool]:
    """What an output holds, and whether it is secret."""
    assert output is not None
    found: list[Any] = []

    @pulumi.runtime.test  # type: ignore[untyped-decorator]
    def run() -> pulumi.Output[None]:
        async def seen() -> None:
            found.extend([await output.future(), await output.is_secret()])

        return pulumi.Output.from_input(seen())

    run()
    return found[0], found[1]


@pytest.mark.parametrize("why", ["googleapi: Error 404: Secret [x] not found., notFound", OFF])
def test_a_secret_that_is_not_there_yet_has_no_version(why: str) -> None:
    assert looked_up({FOUND: why})[0] == Newest(0, None)


def test_the_newest_version_is_read_by_its_own_number() -> None:
    held = {"secretData": CANARY, "version": "7"}
    marks = {"effectiveAnnotations": {"snapdeploy-follows": "6"}}
    version = {"enabled": True, "version": "7", "destroyTime": ""}
    found, asked = looked_up({FOUND: version, ACCESSED: held, SECRET: marks})
    assert found is not None
    assert (found.number, found.follows) == (7, "6")
    assert valued(found.data) == (CANARY, True)
    assert [each.get("version") for each in asked] == ["latest", "7", None]
    assert asked[0]["fetchSecretData"] is False


@pytest.mark.parametrize(
    "state", [{"enabled": False, "destroyTime": ""}, {"enabled": True, "destroyTime": "2026-01-01T00:00:00Z"}]
)
def test_one_that_nobody_can_read_holds_nothing(state: dict[str, Any]) -> None:
    found, asked = looked_up({FOUND: {"version": "7", **state}})
    assert found == Newest(7, None)
    assert len(asked) == 1


@pytest.mark.parametrize("refused", [FOUND, ACCESSED, SECRET])
def test_who_may_not_look_is_warned_and_nothing_changes(refused: str, monkeypatch: pytest.MonkeyPatch) -> None:
    warnings: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", warnings.append)
    answers: dict[str, dict[str, Any] | str] = {
        FOUND: {"enabled": True, "version": "7", "destroyTime": ""},
        ACCESSED: {"secretData": "x", "version": "7"},
    }
    found, _ = looked_up({**answers, refused: "googleapi: Error 403: Permission denied on resource"})
    assert found is None
    assert follows(found, pulumi.Output.from_input("wanted")) is None
    (warning,) = warnings
    assert "a value that was added by hand is not found" in warning
    assert "secretmanager.versions.get and access" in warning


@pytest.mark.parametrize(
    ("there", "number"),
    [
        (Newest(), "0"),
        (Newest(4), "4"),
        (Newest(4, pulumi.Output.secret("by hand"), "2"), "4"),
        (Newest(3, pulumi.Output.secret("wanted"), "2"), "2"),
        (Newest(9, pulumi.Output.secret("wanted"), "2"), "2"),
        (Newest(3, pulumi.Output.secret("wanted")), "3"),
    ],
    ids=["none", "unreadable", "another's", "ours", "another's with our value", "without the annotation"],
)
def test_the_number_moves_only_where_the_newest_version_is_not_what_is_wanted(there: Newest, number: str) -> None:
    assert valued(follows(there, pulumi.Output.secret("wanted")))[0] == number


def test_the_number_tells_nothing_of_the_values() -> None:
    number, secret = valued(follows(Newest(2, pulumi.Output.secret(CANARY)), pulumi.Output.secret("wanted")))
    assert (number, secret) == ("2", False)
