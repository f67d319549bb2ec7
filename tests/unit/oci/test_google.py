"""Fetching a token for Google's registries: from a double of Google's endpoints, and from one that refuses."""

import json
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from google.auth import iam
from google.auth.compute_engine import _metadata
from google.oauth2 import credentials

from contract.image import Registry
from oci import google, google_transport, keychain
from oci.checks import Proof
from oci.no_credential import NoCredentialError
from tests.support import registry as real
from tests.support.google import ACTING, BUILDER, CALLER, EVERY_SECRET, MACHINE, REFRESH, SUBJECT, Google
from tests.support.token_service import Manner, TokenService

HOST = "europe-west1-docker.pkg.dev"
GOOGLE = {"DOCKER_REGISTRY": f"{HOST}/my-project/apps", "GOOGLE_SERVICE_ACCOUNT": BUILDER}
IAM = f"/v1/projects/-/serviceAccounts/{BUILDER}:generateAccessToken"
SWITCHED_OFF = "IAM Service Account Credentials API has not been used in project 1 before or it is disabled."
LIBRARYS_OWN_SECONDS = 8.0
"""Three tries of three seconds are what Google's library waits by itself; a busy machine is far below."""
DENIED = "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist)."


@pytest.fixture
def double(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Google]:
    """A Google in which nobody is logged in yet: no variable, no file, no metadata server of the machine's own."""
    for name in ("GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_CLOUD_QUOTA_PROJECT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path / "gcloud"))
    # Else Google's library asks which project a workload identity pool is of.
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "my-project")
    monkeypatch.setenv("GCE_METADATA_IP", f"127.0.0.1:{real.free_port()}")
    monkeypatch.setattr(google_transport, "_PAUSES", (0.01, 0.01))
    with Google().running() as running:
        # Google's own addresses are the library's; the metadata server's was read when that was loaded.
        monkeypatch.setattr(credentials, "_GOOGLE_OAUTH2_TOKEN_ENDPOINT", f"{running.address}/token")
        monkeypatch.setattr(iam, "_IAM_ENDPOINT", running.address + IAM.replace(BUILDER, "{}"))
        monkeypatch.setattr(_metadata, "_GCE_METADATA_HOST", running.host)
        yield running
        assert running.unknown == []


@pytest.fixture
def person(double: Google, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Google:
    """Somebody who ran `gcloud auth application-default login`."""
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(double.person(tmp_path)))
    return double


def failure(variables: dict[str, str] | None = None, *, as_role: bool = False) -> NoCredentialError:
    """Why no token was to be had. Neither a token nor a key is in it, nor hangs on to it."""
    with pytest.raises(NoCredentialError) as caught:
        keychain.credential({**GOOGLE, **(variables or {})}, as_role=as_role)
    error = caught.value
    assert error.__context__ is None
    assert error.__cause__ is None
    for hidden in EVERY_SECRET:
        assert hidden not in f"{error} {error!r} {error.args} {error.mend}"
    assert "http" not in error.what
    assert error.mend
    return error


def test_whoever_is_logged_in_gets_a_token(person: Google) -> None:
    credential = keychain.credential(GOOGLE)
    assert (credential.username, credential.password) == ("oauth2accesstoken", CALLER)
    assert CALLER not in repr(credential)
    (asked,) = person.asked
    assert asked.fields["refresh_token"] == REFRESH


def test_a_persons_login_is_no_reason_to_warn(person: Google) -> None:
    """Google's library warns of a login without a project to bill, which a registry never asks for."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert keychain.credential(GOOGLE).password == CALLER


def test_the_file_that_gcloud_keeps_is_found_without_a_variable(double: Google, tmp_path: Path) -> None:
    double.person(tmp_path / "gcloud").rename(tmp_path / "gcloud" / "application_default_credentials.json")
    assert keychain.credential(GOOGLE).password == CALLER


def test_as_the_role_one_acts_as_the_service_account(person: Google) -> None:
    assert keychain.credential(GOOGLE, as_role=True).password == ACTING
    acting = person.asked[-1]
    assert acting.path == IAM
    assert acting.authorization == f"Bearer {CALLER}"
    assert json.loads(acting.fields["scope"]) == ["https://www.googleapis.com/auth/cloud-platform"]
    assert json.loads(acting.fields["lifetime"]) == "3600s"


def test_without_being_asked_for_it_nobody_acts_as_another(person: Google) -> None:
    keychain.credential(GOOGLE)
    assert IAM not in person.paths()


def test_whoever_is_the_account_already_need_not_act_as_it(
    double: Google, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(double.key(tmp_path)))
    double.refuse(IAM, 403, {"error": {"status": "PERMISSION_DENIED", "message": DENIED}})
    assert keychain.credential(GOOGLE, as_role=True).password == CALLER
    assert double.paths() == ["/token"]


def test_a_workflow_exchanges_its_own_token(double: Google, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(double.workload(tmp_path, account=BUILDER)))
    for as_role in (False, True):
        double.asked.clear()
        assert keychain.credential(GOOGLE, as_role=as_role).password == ACTING
        assert double.paths() == ["/sts", IAM]
        assert double.asked[0].fields["subject_token"] == SUBJECT


def test_a_machine_of_google_has_an_account_of_its_own(double: Google, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GCE_METADATA_IP", double.host)
    # A proxy could not reach the metadata server.
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{real.free_port()}")
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{real.free_port()}")
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("no_proxy", "")
    assert keychain.credential(GOOGLE).password == CALLER
    assert "/computeMetadata/v1/instance/service-accounts/default/token" in double.paths()


def test_a_machine_may_be_the_builder(double: Google, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GCE_METADATA_IP", double.host)
    account = "/v1/projects/-/serviceAccounts/"
    mine = {"GOOGLE_SERVICE_ACCOUNT": MACHINE}
    assert keychain.credential({**GOOGLE, **mine}, as_role=True).password == CALLER
    assert not any(path.startswith(account) for path in double.paths())
    assert keychain.credential(GOOGLE, as_role=True).password == ACTING


def test_where_nobody_is_logged_in_it_says_so_at_once(double: Google) -> None:
    started = time.monotonic()
    error = failure()
    assert time.monotonic() - started < LIBRARYS_OWN_SECONDS
    assert error.what == "cannot find Google credentials: there are none here, and no metadata server answers"
    assert "gcloud auth application-default login" in error.mend
    assert not error.unreachable


def test_a_metadata_server_that_falls_silent_is_not_waited_for(double: Google, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine that says that it is Google's, whose metadata server cannot be reached."""
    monkeypatch.setattr(_metadata, "is_on_gce", lambda request: True)
    monkeypatch.setattr(_metadata, "_GCE_METADATA_HOST", f"127.0.0.1:{real.free_port()}")
    started = time.monotonic()
    assert "no metadata server answers" in failure().what
    assert time.monotonic() - started < LIBRARYS_OWN_SECONDS


def test_a_silent_endpoint_is_tried_three_times(
    double: Google, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tried: list[float] = []
    monkeypatch.setattr(time, "sleep", tried.append)
    nowhere = double.key(tmp_path, f"http://127.0.0.1:{real.free_port()}/{REFRESH}")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(nowhere))
    error = failure()
    assert error.what == "cannot fetch a token from Google: 127.0.0.1 does not answer"
    assert error.unreachable
    assert tried == [0.01, 0.01]


def test_a_server_that_nobody_trusts_is_told_apart(
    double: Google, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with real.run_registry(tmp_path / "registry", tls=True) as running:
        strange = double.key(tmp_path, f"https://{running.registry.host}/token")
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(strange))
        error = failure()
    assert error.what == "cannot fetch a token from Google: TLS failed at 127.0.0.1"
    assert "REQUESTS_CA_BUNDLE" in error.mend
    assert error.unreachable


def test_an_endpoint_that_redirects_gets_nothing_sent_after(person: Google) -> None:
    person.answers["/token"] = (307, {"Location": f"{person.address}/stolen"}, b"{}")
    failure()
    assert "/stolen" not in person.paths()


@pytest.mark.parametrize(
    ("answer", "what", "mend"),
    [
        (
            {"error": "invalid_grant", "error_description": "Token has been expired or revoked."},
            "the Google credentials have ended or were revoked (invalid_grant)",
            "gcloud auth application-default login` again",
        ),
        (
            {"error": "invalid_grant", "error_description": "Bad Request", "error_subtype": "invalid_rapt"},
            "the Google credentials have ended or were revoked",
            "gcloud auth application-default login` again",
        ),
        (
            {"error": "invalid_grant", "error_description": "Invalid JWT Signature."},
            "the service account's key is refused: Invalid JWT Signature. (invalid_grant)",
            "this machine's clock",
        ),
        (
            {"error": "invalid_grant", "error_description": "Invalid grant: account not found"},
            "the service account's key is refused",
            "see whether key or account was deleted",
        ),
        ({"error": "deleted_client", "error_description": "gone"}, "gone (deleted_client)", "log in"),
        ({"unheard": "of"}, "Google gave no reason that can be read", "log in"),
        (["a list"], "the answer to them, is not what it should be", "log in"),
    ],
)
def test_each_refusal_is_told_in_its_own_words(answer: object, what: str, mend: str, person: Google) -> None:
    person.refuse("/token", 400, answer)
    error = failure()
    assert error.what.startswith("cannot fetch a token from Google: ")
    assert what in error.what
    assert mend in error.mend
    assert not error.unreachable
    assert person.paths() == ["/token"]


@pytest.mark.parametrize(
    ("status", "answer", "what", "mend"),
    [
        (403, {"error": {"status": "PERMISSION_DENIED", "message": DENIED}}, DENIED, "serviceAccountTokenCreator"),
        (403, {"error": {"status": "PERMISSION_DENIED", "message": SWITCHED_OFF}}, "it is disabled", "enable the API"),
        (
            404,
            {"error": {"code": 404, "status": "NOT_FOUND", "message": "Not found; Gaia id not found for email x"}},
            "Gaia id not found",
            "use other credentials",
        ),
        (429, {"error": {"code": 429, "status": "RESOURCE_EXHAUSTED", "message": "Quota"}}, "slow down", "in a minute"),
        (502, "<html>a proxy</html>", "Google gave no reason that can be read", "see what Google says"),
    ],
)
def test_who_may_not_act_as_the_account_is_told_so(
    status: int, answer: object, what: str, mend: str, person: Google
) -> None:
    person.refuse(IAM, status, answer)
    error = failure(as_role=True)
    assert error.what.startswith(f"cannot act as {BUILDER}: ")
    assert what in error.what
    assert mend in error.mend


def test_a_workload_that_the_provider_does_not_trust_is_told_so(
    double: Google, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(double.workload(tmp_path)))
    told = "The given credential is rejected by the attribute condition."
    double.refuse("/sts", 400, {"error": "unauthorized_client", "error_description": told})
    error = failure()
    assert f"refuses this workload: {told} (unauthorized_client)" in error.what
    assert "GOOGLE_WORKLOAD_IDENTITY_PROVIDER" in error.mend


def test_a_machine_without_an_account_is_told_so(double: Google, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GCE_METADATA_IP", double.host)
    double.refuse("/computeMetadata/v1/instance/service-accounts/default/", 404, CALLER)
    error = failure()
    assert "the metadata server gives no token" in error.what
    assert "attach the builder's service account to this machine" in error.mend


@pytest.mark.parametrize("repeated", [REFRESH, CALLER, "canary-client-secret-9c4e"])
def test_what_an_answer_repeats_of_the_request_is_not_shown(repeated: str, person: Google) -> None:
    person.refuse("/token", 400, {"error": "odd", "error_description": f"you sent {repeated}, which is odd"})
    if repeated == CALLER:  # known only once it was fetched
        del person.answers["/token"]
        person.refuse(IAM, 400, {"error": {"status": "ODD", "message": f"you sent {repeated}, which is odd"}})
    error = failure(as_role=True)
    assert "you sent ***, which is odd" in error.what
    person.refuse("/token", 400, f"you sent {repeated}")
    failure()


def test_a_busy_endpoint_is_asked_again_within_a_limit(person: Google, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    person.refuse("/token", 503, {"error": "temporarily_unavailable", "error_description": "later"})
    assert "Google asks to slow down: later" in failure().what
    assert person.paths() == ["/token"] * 3


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (None, "was not found"),
        ("{", "is not a valid json file"),
        ("[]", "is not what it should be"),
        ('{"type": "unheard-of"}', "does not have a valid type"),
        ('{"type": "authorized_user"}', "Failed to load authorized user credentials"),
    ],
)
def test_a_file_that_holds_no_credentials_is_named(
    content: str | None, what: str, double: Google, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "credentials.json"
    if content is not None:
        file.write_text(content)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(file))
    error = failure()
    assert what in error.what
    assert "GOOGLE_APPLICATION_CREDENTIALS" in error.mend


@pytest.mark.parametrize("token", ["", "two words", "with\nbreak", "ключ", 7])
def test_an_answer_without_a_token_is_no_credential(token: object, person: Google) -> None:
    person.refuse("/token", 200, {"access_token": token, "expires_in": 3599})
    assert "without a token that can be read" in failure().what


def test_a_registry_like_googles_lets_the_token_in(person: Google, tmp_path: Path) -> None:
    """A distribution registry behind a token service with Artifact Registry's manners."""
    rights = {ACTING: frozenset({"pull", "push", "delete"})}
    service = TokenService(Manner.GOOGLE, {ACTING: google.USER}, rights)
    with service.running(tmp_path) as tokens, real.run_registry(tmp_path / "registry", tokens=tokens) as running:
        credential = keychain.credential({**GOOGLE, "DOCKER_REGISTRY": str(running.registry)}, as_role=True)
        checks = list(Proof(Registry(running.registry.host, "my-project/apps"), credential).run())
        log = running.log.read_text(encoding="utf-8", errors="replace")
    assert [check for check in checks if not check.ok] == []
    assert ACTING not in repr(checks) + log
    assert {asked.user for asked in service.asked} >= {google.USER}
    assert service.unknown == []
