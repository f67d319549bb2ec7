"""What the tool makes of delivered values: right ones, and each way of being wrong."""

import json
from pathlib import Path

import pytest

from contract.image import Registry
from contract.problem import Problems
from oci.credential import Credential
from oci.no_credential import NoCredentialError
from ops import delivered as module
from ops.delivered import Delivered, NoTokenError, find_env_file, from_environment, from_file, from_outputs, login_of

CANARY = "canary-5d2f"
GOOD = {
    "DOCKER_REGISTRY": "ghcr.io/team",
    "DOCKER_REGISTRY_USERNAME": "builder",
    "DOCKER_REGISTRY_PASSWORD": CANARY,
}


def written(folder: Path, content: str | bytes, mode: int = 0o600) -> Path:
    path = folder / ".env"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    path.chmod(mode)
    return path


def problems_of(values: dict[str, str]) -> list[str]:
    with pytest.raises(Problems) as caught:
        login_of(from_environment(values))
    assert CANARY not in str(caught.value)
    return [f"{problem.where} {problem.what}" for problem in caught.value.problems]


def test_the_nearest_project_above_is_found(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "Pulumi.yaml").touch()
    assert find_env_file(inner) == tmp_path / ".env"
    (tmp_path / "a" / "Pulumi.yaml").touch()
    assert find_env_file(inner) == tmp_path / "a" / ".env"


def test_without_a_project_the_folder_itself_counts(tmp_path: Path) -> None:
    assert find_env_file(tmp_path) == tmp_path / ".env"


def test_values_are_read_as_they_stand(tmp_path: Path) -> None:
    content = (
        "# mine\nOTHER=kept out\n\n\nDOCKER_REGISTRY=ghcr.io/team\nexport DOCKER_REGISTRY_USERNAME='b'\n"
        "DOCKER_REGISTRY_PASSWORD='${HOME} $(id) `id` \\'x\\' \\\\ \" #'\n"
    )
    delivered = from_file(written(tmp_path, content))
    assert dict(delivered.values) == {
        "DOCKER_REGISTRY": "ghcr.io/team",
        "DOCKER_REGISTRY_USERNAME": "b",
        "DOCKER_REGISTRY_PASSWORD": "${HOME} $(id) `id` 'x' \\ \" #",
    }
    assert delivered.lines == {
        "DOCKER_REGISTRY": 5,
        "DOCKER_REGISTRY_USERNAME": 6,
        "DOCKER_REGISTRY_PASSWORD": 7,
    }
    assert delivered.warnings == ()


def test_good_values_are_a_login(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").touch()
    login = login_of(from_environment({**GOOD, "DOCKER_REGISTRY_CA_FILE": str(tmp_path / "ca.pem"), "PATH": "x"}))
    assert (login.registry, login.credential.username, login.credential.password, login.authority) == (
        Registry("ghcr.io", "team"),
        "builder",
        CANARY,
        tmp_path / "ca.pem",
    )


def test_no_value_is_shown_in_a_repr() -> None:
    delivered = from_environment(GOOD)
    assert CANARY not in f"{delivered!r} {login_of(delivered)!r}"


@pytest.mark.parametrize(
    ("mode", "warned"), [(0o600, False), (0o400, False), (0o640, True), (0o604, True), (0o666, True)]
)
def test_a_file_that_others_can_read_is_warned_of(tmp_path: Path, mode: int, warned: bool) -> None:
    path = written(tmp_path, f"DOCKER_REGISTRY_PASSWORD={CANARY}\n", mode)
    warnings = from_file(path).warnings
    assert [warning.mend for warning in warnings] == ([f"chmod 600 {path}"] if warned else [])


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"DOCKER_REGISTRY": ""}, ["DOCKER_REGISTRY is missing or empty"]),
        ({"DOCKER_REGISTRY": "ghcr.io"}, ["has no namespace"]),
        ({"DOCKER_REGISTRY": "your-username/x"}, ["Docker Hub user"]),
        ({"DOCKER_REGISTRY": "https://ghcr.io/team"}, ["does not begin with a host"]),
        ({"DOCKER_REGISTRY": "ghcr.io/Team"}, ["upper-case"]),
        ({"DOCKER_REGISTRY_USERNAME": ""}, ["DOCKER_REGISTRY_USERNAME is missing"]),
        ({"DOCKER_REGISTRY_PASSWORD": ""}, ["DOCKER_REGISTRY_PASSWORD is missing"]),
        ({"DOCKER_REGISTRY_PASSWORD": f"{CANARY}\n"}, ["line break"]),
        ({"DOCKER_REGISTRY_PASSWORD": f" {CANARY}"}, ["space at an end"]),
        ({"DOCKER_REGISTRY_USERNAME": "a\x1b[31m"}, ["control character"]),
        ({"DOCKER_REGISTRY_USERNAME": "a:b"}, ["has a ':'"]),
        ({"DOCKER_REGISTRY_CA_FILE": "/nowhere/ca.pem"}, ["is no file"]),
        ({"DOCKER_REGISTRY": "x", "DOCKER_REGISTRY_USERNAME": "", "DOCKER_REGISTRY_CA_FILE": "/no"}, ["", "", ""]),
    ],
)
def test_each_mistake_is_named_with_its_place(values: dict[str, str], expected: list[str]) -> None:
    found = problems_of({**GOOD, **values})
    assert len(found) == len(expected)
    for what, part in zip(found, expected, strict=True):
        assert part in what
        assert "the environment DOCKER_REGISTRY" in what


def test_a_place_in_a_file_has_its_line(tmp_path: Path) -> None:
    path = written(tmp_path, "# x\nDOCKER_REGISTRY=ghcr.io\n")
    with pytest.raises(Problems, match=rf"{path}:2 DOCKER_REGISTRY: 'ghcr\.io' has no namespace"):
        login_of(from_file(path))


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"DOCKER_REGISTRY": "x.pkg.dev/p/r", "GOOGLE_SERVICE_ACCOUNT": "a@b"}, "which is no registry of Google"),
        ({"DOCKER_REGISTRY": "a.example.com/apps"}, "and so is DOCKER_REGISTRY_USERNAME"),
    ],
)
def test_a_registry_without_a_stored_password_is_told_apart(values: dict[str, str], why: str) -> None:
    (found,) = problems_of(values)
    assert why in found


def test_a_missing_file_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(Problems, match="run `pulumi up`"):
        from_file(tmp_path / ".env")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(Problems, match="directory"):
        from_file(tmp_path)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"DOCKER_REGISTRY=a\nDOCKER_REGISTRY_PASSWORD=" + CANARY.encode() + b"\xff\n", r"\.env:2: is not UTF-8"),
        (f"A=b\nDOCKER_REGISTRY_PASSWORD='{CANARY}\n".encode(), r"\.env:2: is no `NAME=value` line"),
        (b"#" * (1 << 20) + b"#", "larger than"),
    ],
    ids=["not UTF-8", "open quote", "huge"],
)
def test_an_unreadable_file_is_refused_without_showing_it(tmp_path: Path, content: bytes, why: str) -> None:
    with pytest.raises(Problems, match=why) as caught:
        from_file(written(tmp_path, content))
    assert CANARY not in str(caught.value)
    assert caught.value.__context__ is None


def test_the_place_of_a_missing_value_is_its_source() -> None:
    assert Delivered("x.env", {}).place("DOCKER_REGISTRY") == "x.env DOCKER_REGISTRY"


HOST = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
ECR = {"DOCKER_REGISTRY": f"{HOST}/apps", "AWS_REGION": "us-east-1", "AWS_ACCOUNT_ID": "123456789012"}


def test_a_token_is_fetched_for_a_registry_that_takes_one(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []

    def fetch(values: dict[str, str], *, as_role: bool) -> Credential:
        asked.append(as_role)
        return Credential("AWS", CANARY)

    monkeypatch.setattr(module, "credential", fetch)
    delivered = from_environment({**ECR, "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/builder"})
    login = login_of(delivered)
    assert (str(login.registry), login.credential) == (f"{HOST}/apps", Credential("AWS", CANARY))
    login_of(delivered, as_role=True)
    assert asked == [False, True]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"AWS_ACCOUNT_ID": "", "AWS_REGION": ""}, ["AWS_REGION is missing", "AWS_ACCOUNT_ID is missing"]),
        ({"DOCKER_REGISTRY": ""}, ["DOCKER_REGISTRY is missing"]),
        ({"DOCKER_REGISTRY": "example.com/apps"}, ["DOCKER_REGISTRY names the host example.com"]),
        (
            {"DOCKER_REGISTRY": HOST},
            ["DOCKER_REGISTRY '123456789012.dkr.ecr.us-east-1.amazonaws.com' has no namespace"],
        ),
        ({"AWS_SECRET_ACCESS_KEY": CANARY}, ["AWS_ACCESS_KEY_ID is missing"]),
        (
            {"AWS_REGION": "x", "DOCKER_REGISTRY_CA_FILE": "/nowhere/ca.pem"},
            ["AWS_REGION is not the name", "DOCKER_REGISTRY_CA_FILE '/nowhere/ca.pem' is no file"],
        ),
    ],
)
def test_no_token_is_fetched_with_values_that_are_wrong(
    values: dict[str, str], expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "credential", None)
    found = problems_of({**ECR, **values})
    assert len(found) == len(expected), found
    for what, part in zip(found, expected, strict=True):
        assert what.startswith(f"the environment {part}")


@pytest.mark.parametrize("unreachable", [False, True])
def test_a_token_that_is_not_to_be_had_is_a_problem_of_its_own(
    unreachable: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(values: dict[str, str], *, as_role: bool) -> Credential:
        raise NoCredentialError("cannot fetch a token", "log in", unreachable=unreachable)

    monkeypatch.setattr(module, "credential", refuse)
    with pytest.raises(NoTokenError, match="the environment: cannot fetch a token") as caught:
        login_of(from_environment(ECR))
    assert caught.value.unreachable is unreachable
    assert caught.value.__context__ is None


def test_a_stored_password_is_fetched_by_no_role() -> None:
    with pytest.raises(Problems, match="leave out --as-role"):
        login_of(from_environment(GOOD), as_role=True)


def test_a_stacks_outputs_are_read_from_standard_input_as_the_engine_prints_them() -> None:
    found = from_outputs(json.dumps({"builder_env": {**GOOD, "STRANGE": "x"}, "registry": "ghcr.io/team"}))
    assert dict(found.values) == GOOD
    assert (found.unprovable, CANARY in repr(found)) == ("", False)


@pytest.mark.parametrize(
    ("outputs", "why"),
    [
        ({"SIMULATED": True}, "the clouds are simulated"),
        (
            {"registry": "ghcr.io/team", "registries": {"x": {"auth": "github-token", "registry": "ghcr.io/team"}}},
            "no credential is delivered",
        ),
        ({"registry": "ghcr.io/team", "registries": {"x": {"auth": "github-token", "registry": "ghcr.io/other"}}}, ""),
    ],
)
def test_what_nobody_here_can_log_in_to_says_why(outputs: dict[str, object], why: str) -> None:
    assert why in from_outputs(json.dumps({"builder_env": GOOD, **outputs})).unprovable


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "have no `builder_env`"),
        ("[]", "have no `builder_env`"),
        (json.dumps({"builder_env": {"X": 1, "Y": CANARY}}), "have no `builder_env`"),
        (json.dumps({"builder_env": {"X": CANARY, "DOCKER_REGISTRY_PASSWORD": "[secret]"}}), "are masked"),
    ],
)
def test_outputs_that_are_none_or_masked_are_refused_without_a_value(text: str, why: str) -> None:
    with pytest.raises(Problems, match=why) as raised:
        from_outputs(text)
    assert CANARY not in str(raised.value)
    assert raised.value.__cause__ is None
