"""Fetching a token for ECR: from an emulated AWS, and from one that refuses in each way AWS does."""

import json
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore import endpoint as calls

from contract.image import Registry
from oci import ecr, keychain
from oci.checks import Proof
from oci.no_credential import NoCredentialError
from tests.support import registry as real
from tests.support.emulator import Emulator, emulator, emulator_server

__all__ = ["emulator", "emulator_server"]

ACCOUNT = "123456789012"
OTHER = "210987654321"
REGION = "eu-central-1"
HOST = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com"
ECR = {"DOCKER_REGISTRY": f"{HOST}/apps", "AWS_REGION": REGION, "AWS_ACCOUNT_ID": ACCOUNT}
CANARY = "canarysecretkey0123456789ABCDEFabcdef1234"
TOKEN = f"{ACCOUNT}-auth-token"


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No credential of the machine's own: no variable, no file, no metadata service."""
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_ROLE_ARN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
def aws(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    """An emulated AWS and a caller that it lets in."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", emulator.endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", CANARY)
    return emulator


@contextmanager
def enforced(emulator: Emulator) -> Iterator[None]:
    """The emulator asks IAM about each call, as AWS does."""

    def count(text: bytes) -> None:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        address = f"{emulator.endpoint}/moto-api/reset-auth"
        request = urllib.request.Request(address, data=text, headers={"Content-Type": "text/plain"}, method="POST")
        with opener.open(request, timeout=20):
            pass

    count(b"0")
    try:
        yield
    finally:
        count(b"Infinity")


def failure(variables: dict[str, str] | None = None, *, as_role: bool = False) -> NoCredentialError:
    """Why no token was to be had. Neither a token nor a key is in it, nor hangs on to it."""
    with pytest.raises(NoCredentialError) as caught:
        keychain.credential({**ECR, **(variables or {})}, as_role=as_role)
    error = caught.value
    assert error.__context__ is None
    assert error.__cause__ is None
    for hidden in (CANARY, TOKEN):
        assert hidden not in f"{error} {error!r} {error.args} {error.mend}"
    assert error.mend
    return error


def test_the_caller_gets_a_token_of_the_registrys_account(aws: Emulator) -> None:
    credential = keychain.credential(ECR)
    assert (credential.username, credential.password) == ("AWS", TOKEN)
    assert TOKEN not in repr(credential)


def test_another_accounts_token_is_refused(aws: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    error = failure({"AWS_ACCOUNT_ID": OTHER, "DOCKER_REGISTRY": "127.0.0.1:5000/apps"})
    assert error.what == f"the AWS credentials in use are of account {ACCOUNT}, but the registry's account is {OTHER}"
    assert "--as-role" in error.mend


def test_as_the_role_the_token_is_of_the_roles_account(aws: Emulator) -> None:
    role = f"arn:aws:iam::{OTHER}:role/builder"
    variables = {"AWS_ACCOUNT_ID": OTHER, "DOCKER_REGISTRY": "127.0.0.1:5000/apps", "AWS_ROLE_ARN": role}
    assert keychain.credential({**ECR, **variables}, as_role=True).password == f"{OTHER}-auth-token"
    # Without being asked for it, no role is assumed.
    assert "credentials in use are of account" in failure(variables).what


def test_a_delivered_key_comes_before_what_the_machine_has(aws: Emulator) -> None:
    user = aws.client("iam")
    user.create_user(UserName="builder")
    user.put_user_policy(
        UserName="builder",
        PolicyName="push",
        PolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*"}],
            }
        ),
    )
    key = user.create_access_key(UserName="builder")["AccessKey"]
    delivered = {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
    with enforced(aws):
        assert keychain.credential({**ECR, **delivered}).password == TOKEN
        # The machine's own key is none that this AWS knows.
        assert "cannot fetch a token from ECR" in failure().what


def test_a_session_of_the_environment_keeps_its_token(aws: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a workflow has after it logged in to AWS: a key that is worth nothing without its session token."""
    sent: list[str] = []
    with answering(200, {"authorizationData": []}, sent) as (endpoint, _):
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        monkeypatch.setenv("AWS_SESSION_TOKEN", "session-token")
        shell = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": CANARY}
        other = {**shell, "AWS_ACCESS_KEY_ID": "AKIAANOTHEREXAMPLE"}
        for variables in (shell, other):
            failure(variables)
    assert sent == ["session-token", ""]


def test_a_caller_that_may_not_assume_the_role_is_told_so(aws: Emulator) -> None:
    user = aws.client("iam")
    user.create_user(UserName="stranger")
    key = user.create_access_key(UserName="stranger")["AccessKey"]
    role = f"arn:aws:iam::{ACCOUNT}:role/builder"
    delivered = {
        "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
        "AWS_ROLE_ARN": role,
    }
    with enforced(aws):
        denied = failure(delivered, as_role=True)
        wrong = failure({**delivered, "AWS_SECRET_ACCESS_KEY": CANARY}, as_role=True)
        unknown = failure({**delivered, "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE"}, as_role=True)
    assert denied.what.startswith(f"cannot assume {role}: User: arn:aws:iam::{ACCOUNT}:user/stranger is not authorized")
    assert "the role's trust too" in denied.mend
    assert not denied.unreachable
    assert "the signature is refused" in wrong.what
    assert "AWS does not know the access key" in unknown.what


def test_a_caller_without_the_right_is_told_which(aws: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    message = "User: arn:aws:iam::1:user/x is not authorized to perform: ecr:GetAuthorizationToken on resource: *"
    with answering(400, {"__type": "AccessDeniedException", "message": message}) as (endpoint, _):
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        error = failure()
    assert message in error.what
    assert "`ecr:GetAuthorizationToken` on `*`" in error.mend


def test_without_any_credentials_it_says_how_to_get_some(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", emulator.endpoint)
    error = failure()
    assert error.what == "cannot fetch a token from ECR: no AWS credentials were found here"
    assert "aws sso login" in error.mend


def test_a_profile_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nowhere")
    error = failure()
    assert "(nowhere) could not be found" in error.what
    assert "AWS_PROFILE" in error.mend


def test_an_aws_that_does_not_answer_is_unreachable(aws: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{real.free_port()}")
    monkeypatch.setattr(ecr, "_ATTEMPTS", 1)
    error = failure()
    assert error.unreachable
    assert "AWS does not answer" in error.what


@contextmanager
def answering(status: int, body: object, sent: list[str] | None = None) -> Iterator[tuple[str, list[str]]]:
    """A server that answers everything alike, and what it was asked; `sent` takes the session tokens."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.headers.get("X-Amz-Target", ""))
            if sent is not None:
                sent.append(self.headers.get("X-Amz-Security-Token", ""))
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("ExpiredTokenException", "the AWS credentials have ended"),
        ("RequestExpired", "the AWS credentials have ended"),
        ("UnrecognizedClientException", "AWS does not know the access key"),
        ("InvalidSignatureException", "the signature is refused"),
        ("SomethingNew", f"{'x' * 20}"),
    ],
)
def test_each_refusal_is_told_in_its_own_words(
    code: str, what: str, aws: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What AWS says of a signature repeats the request's headers, a session token among them.
    message = "x" * 20 if code == "SomethingNew" else f"x-amz-security-token:{CANARY} {'x' * 20}"
    with answering(400, {"__type": code, "message": message}) as (endpoint, asked):
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        error = failure()
    assert what in error.what
    assert code in error.what
    assert len(asked) == 1


def test_a_throttled_call_is_tried_again_within_a_limit(aws: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "time", SimpleNamespace(sleep=lambda seconds: None))  # how long is botocore's affair
    with answering(400, {"__type": "ThrottlingException", "message": "Rate exceeded"}) as (address, asked):
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        error = failure()
    assert "AWS asks to slow down" in error.what
    assert len(asked) == 4


@pytest.mark.parametrize("token", ["", "not base64!", "QVdT", "YWRtaW46eA==", "QVdTOgphCg=="])
def test_an_answer_without_a_token_is_no_credential(token: str, aws: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = {"authorizationData": [{"authorizationToken": token, "proxyEndpoint": f"https://{HOST}"}]}
    with answering(200, answer) as (endpoint, _):
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        assert "without a token that can be read" in failure().what


def test_an_answer_of_nobodys_account_is_refused(aws: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(200, {"authorizationData": [{"authorizationToken": "QVdTOng="}]}) as (endpoint, _):
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        assert "of an account that ECR does not name" in failure().what


def test_the_host_chooses_the_kind_of_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    import boto3

    seen: list[tuple[str, object, object]] = []

    def client(_self: object, service: str, config: Any) -> Any:
        seen.append((service, config.use_fips_endpoint, config.use_dualstack_endpoint))
        raise RuntimeError

    monkeypatch.setattr(boto3.Session, "client", client)
    for host in (HOST, f"{ACCOUNT}.dkr.ecr-fips.{REGION}.amazonaws.com", f"{ACCOUNT}.dkr-ecr.{REGION}.on.aws"):
        with pytest.raises(RuntimeError):
            ecr.token(host, ACCOUNT, REGION, ecr.Caller("k", "s"))
    assert seen == [("ecr", None, None), ("ecr", True, None), ("ecr", None, True)]


def test_a_real_registry_lets_the_token_in(aws: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A distribution registry stands for ECR: it takes user and password as ECR does, by Basic."""
    monkeypatch.setattr(real, "USER", ecr.USER)
    monkeypatch.setattr(real, "PASSWORD", TOKEN)
    with real.run_registry(tmp_path) as running:
        credential = keychain.credential({**ECR, "DOCKER_REGISTRY": str(running.registry)})
        checks = list(Proof(Registry(running.registry.host, "apps"), credential).run())
    assert [check.name for check in checks if not check.ok] == []
    assert TOKEN not in repr(checks)
