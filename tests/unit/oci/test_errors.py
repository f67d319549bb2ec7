"""What a failure says: the registry's words, and what to do."""

import ssl

import httpx
import pytest

from oci import errors
from oci.advice import advise


@pytest.mark.parametrize(
    ("text", "status", "remedy"),
    [
        ("no basic auth credentials", 401, "compare user name and password"),
        ("denied: requested access to the resource is denied", 403, "namespace"),
        ("denied: Your authorization token has expired. Reauthenticate and try again.", 403, "12 hours"),
        ("name unknown: The repository with name 'X' does not exist in the registry with id '1'", 404, "template"),
        ("not authorized to perform: ecr:InitiateLayerUpload on resource x", 403, "role's policy"),
        ("denied: permission_denied: write_package", 403, "Manage Actions access"),
        ("denied: installation not allowed to Create organization package", 403, "packages: write"),
        ("unauthenticated: User cannot be authenticated with the token provided.", 401, "classic"),
        ('Permission "artifactregistry.repositories.uploadArtifacts" denied on resource "x"', 403, "writer"),
        ("Permission 'artifactregistry.repositories.uploadArtifacts' denied", 403, "writer"),
        (
            'Unauthenticated request. They do not have permission "artifactregistry.repositories.uploadArtifacts"',
            403,
            "live one hour",
        ),
        ("toomanyrequests: You have reached your unauthenticated pull rate limit", 429, "mirror"),
        ("", 429, "slow down"),
        ("no basic auth credentials", None, "compare user name and password"),
        ("denied: requested access to the resource is denied", None, "namespace"),
        ("toomanyrequests: slow down", None, "slow down"),
        ("", 503, "try again later"),
        ("manifest unknown", 404, "no such tag"),
        ("manifest blob unknown", 404, "push the image again"),
        ("[Errno 111] Connection refused", None, "nothing listens"),
        ("certificate verify failed: unable to get local issuer certificate", None, "DOCKER_REGISTRY_CA_FILE"),
        ("[SSL: WRONG_VERSION_NUMBER] wrong version number", None, "plain HTTP"),
        ("[Errno -2] Name or service not known", None, "DNS"),
    ],
)
def test_each_text_that_people_see_has_its_remedy(text: str, status: int | None, remedy: str) -> None:
    assert remedy in advise(text, status)


def test_nothing_is_made_up_for_an_unknown_text() -> None:
    assert advise("the moon is full") == ""


@pytest.mark.parametrize(
    ("body", "code", "reason"),
    [
        (b'{"errors":[{"code":"DENIED","message":"no","detail":"x"}]}', "DENIED", "no"),
        (b'{"errors":[{"code":"DENIED","detail":"why"}]}', "DENIED", "why"),
        (b'{"error":"invalid_token","error_description":"ended"}', "invalid_token", "ended"),
        (b'{"details":"incorrect username or password"}', "", "incorrect username or password"),
        (b'{"errors":[]}', "", "Forbidden"),
        (b'{"errors":[{"code":7,"message":{}}]}', "", "Forbidden"),
        (b"<html>", "", "Forbidden"),
        (b"[" * 100_000, "", "Forbidden"),
        (b"\xff\xfe", "", "Forbidden"),
    ],
)
def test_the_registrys_own_words_are_kept(body: bytes, code: str, reason: str) -> None:
    failure = errors.from_response("push", httpx.Response(403, content=body))
    assert (type(failure), failure.status, failure.code, failure.reason) == (errors.DeniedError, 403, code, reason)


@pytest.mark.parametrize(
    ("status", "family"),
    [
        (400, errors.RefusedError),
        (401, errors.AuthenticationError),
        (404, errors.NotFoundError),
        (405, errors.UnsupportedError),
        (412, errors.RefusedError),
        (429, errors.RateLimitedError),
        (500, errors.UnavailableError),
        (302, errors.ProtocolError),
    ],
)
def test_each_status_has_its_family(status: int, family: type[errors.RegistryError]) -> None:
    assert type(errors.from_response("x", httpx.Response(status))) is family


def test_a_tls_failure_keeps_its_reason() -> None:
    failure = httpx.ConnectError("x")
    failure.__cause__ = ssl.SSLCertVerificationError(1, "certificate verify failed: self-signed certificate")
    shown = errors.from_transport("log in", failure)
    assert isinstance(shown, errors.UntrustedError)
    assert "self-signed" in str(shown)
    assert "DOCKER_REGISTRY_CA_FILE" in str(shown)
