"""Google's token endpoints on loopback: OAuth 2.0, IAM Credentials, the security token service, the metadata server.

Owns: what each of them answers, and whose credentials find the way here. Does not own what a caller makes
of it. A request that the double does not know is noted, answered with 418 and so fails its test.

Shapes, read 2026-11: https://developers.google.com/identity/protocols/oauth2/service-account,
https://docs.cloud.google.com/iam/docs/reference/credentials/rest, https://docs.cloud.google.com/compute/docs/metadata.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth._cloud_sdk import CLOUD_SDK_CLIENT_ID

from tests.support.http_double import Answer, serving

CALLER = "ya29.canary-of-whoever-is-logged-in"
ACTING = "ya29.canary-of-the-service-account"
REFRESH = "1//canary-refresh-token-5d2a"
CLIENT_SECRET = "canary-client-secret-9c4e"
SUBJECT = "canary-subject-token-77aa"
EVERY_SECRET = (CALLER, ACTING, REFRESH, CLIENT_SECRET, SUBJECT)

BUILDER = "snapdeploy-prod-main@my-project.iam.gserviceaccount.com"
MACHINE = "123456789012-compute@developer.gserviceaccount.com"
_METADATA = "/computeMetadata/v1/"


@dataclass(frozen=True)
class Asked:
    """One request: the path, and its body's fields."""

    path: str
    fields: Mapping[str, str]
    authorization: str = ""


@dataclass
class Google:
    """The double; `answers` are given by path instead of its own."""

    address: str = ""
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    @property
    def host(self) -> str:
        """Host and port, as GCE_METADATA_HOST takes them."""
        return self.address.removeprefix("http://")

    def refuse(self, path: str, status: int, answer: object) -> None:
        """Answers `path` so from now on."""
        body = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
        self.answers[path] = (status, {}, body)

    def paths(self) -> list[str]:
        """Which paths were asked, in order."""
        return [asked.path for asked in self.asked]

    @contextmanager
    def running(self) -> Iterator["Google"]:
        """Serves on loopback."""
        with serving(self._answer) as self.address:
            yield self

    def _answer(self, method: str, address: str, headers: Mapping[str, str], body: bytes) -> Answer:
        path = urlsplit(address).path
        self.asked.append(Asked(path, _fields(headers, body), headers.get("authorization", "")))
        if path in self.answers:
            return self.answers[path]
        if method == "GET" and headers.get("metadata-flavor") == "Google":
            return self._metadata(path)
        if method == "POST" and path in {"/token", "/sts"}:
            return _json({"access_token": CALLER, "expires_in": 3599, "token_type": "Bearer"})
        if method == "POST" and path == f"/v1/projects/-/serviceAccounts/{BUILDER}:generateAccessToken":
            return _json({"accessToken": ACTING, "expireTime": "2099-01-01T00:00:00Z"})
        self.unknown.append(f"{method} {address}")
        return 418, {}, b"{}"

    def _metadata(self, path: str) -> Answer:
        known: dict[str, object] = {
            **{
                f"instance/service-accounts/{name}/": {"email": MACHINE, "scopes": [], "aliases": ["default"]}
                for name in ("default", MACHINE)
            },
            "instance/service-accounts/default/token": {"access_token": CALLER, "expires_in": 3599},
        }
        flavour = {"Metadata-Flavor": "Google"}
        key = path.removeprefix(_METADATA)
        if key in known:
            return 200, flavour, json.dumps(known[key]).encode()
        text = {"/": b"computeMetadata/\n", "project/project-id": b"my-project"}.get(key)
        if text is not None:
            return 200, {**flavour, "Content-Type": "application/text"}, text
        return 404, flavour, b"not found"

    def person(self, folder: Path) -> Path:
        """What `gcloud auth application-default login` leaves. It names no endpoint: the library knows Google's."""
        return _written(
            folder,
            {
                "type": "authorized_user",
                "client_id": CLOUD_SDK_CLIENT_ID,
                "client_secret": CLIENT_SECRET,
                "refresh_token": REFRESH,
            },
        )

    def key(self, folder: Path, endpoint: str = "") -> Path:
        """The builder's key; it asks at `endpoint` where one is given."""
        return _written(
            folder,
            {
                "type": "service_account",
                "project_id": "my-project",
                "private_key_id": "0",
                "private_key": _private_key(),
                "client_email": BUILDER,
                "token_uri": endpoint or f"{self.address}/token",
            },
        )

    def workload(self, folder: Path, *, account: str = "") -> Path:
        """What google-github-actions/auth leaves in a workflow: a subject token in a file, to be exchanged."""
        (folder / "subject").write_text(SUBJECT, encoding="utf-8")
        told: dict[str, object] = {
            "type": "external_account",
            "audience": "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/x",
            "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
            "token_url": f"{self.address}/sts",
            "credential_source": {"file": str(folder / "subject")},
        }
        if account:
            url = f"{self.address}/v1/projects/-/serviceAccounts/{account}:generateAccessToken"
            told["service_account_impersonation_url"] = url
        return _written(folder, told)


def _fields(headers: Mapping[str, str], body: bytes) -> Mapping[str, str]:
    if headers.get("content-type", "").startswith("application/json"):
        return {name: json.dumps(value) for name, value in json.loads(body or b"{}").items()}
    return {name: value for name, (value, *_) in parse_qs(body.decode()).items()}


def _json(answer: object) -> Answer:
    return 200, {}, json.dumps(answer).encode()


def _written(folder: Path, told: Mapping[str, object]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "credentials.json"
    file.write_text(json.dumps(told), encoding="utf-8")
    file.chmod(0o600)
    return file


@cache
def _private_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
