"""A token service as registries send their clients to, in the manner of GHCR, of Docker Hub or of Google.

Speaks https://distribution.github.io/distribution/spec/auth/token/ and signs what a real
distribution registry accepts. A request that it does not know is noted, answered with 500 and
so fails its test. What it refuses, it refuses in the vendor's words as they were met until 2026-11;
where GHCR and Google themselves would hand out a token and refuse the upload, this service refuses the token. What
Google's says of a wrong token was not met: those words are the double's own.
"""

import base64
import datetime
import json
import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509.oid import NameOID

from tests.support.http_double import Answer, serving
from tests.support.registry import TokenAuth

_HALF = 32  # bytes of each half of an ES256 signature
_KNOWN = frozenset({"service", "scope", "account", "client_id", "offline_token"})


class Manner(StrEnum):
    """Whom the service behaves like."""

    GHCR = "ghcr.io"
    DOCKER_HUB = "registry.docker.io"
    GOOGLE = "europe-west1-docker.pkg.dev"

    @property
    def path(self) -> str:
        """Where tokens are asked for: Google's service is the registry's own host, below its API."""
        return "/v2/token" if self is Manner.GOOGLE else "/token"


@dataclass(frozen=True)
class Asked:
    """One request for a token."""

    user: str
    scopes: tuple[str, ...]


@dataclass
class TokenService:
    """`rights` gives what each password may do; `passwords` whose it is."""

    manner: Manner
    passwords: dict[str, str]
    rights: dict[str, frozenset[str]]
    life: float = 300.0
    """How long a token works; it is always said to be five minutes."""
    busy: list[Answer] = field(default_factory=list)
    """Answers that are given first, whatever is asked."""
    asked: list[Asked] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    _key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "token service of a test")])
        now = datetime.datetime.now(datetime.UTC)
        self._certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self._key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(minutes=5))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(self._key, hashes.SHA256())
        )

    @contextmanager
    def running(self, folder: Path) -> Iterator[TokenAuth]:
        """Serves on loopback; yields what a registry has to be told."""
        bundle = folder / "token-service.pem"
        folder.mkdir(parents=True, exist_ok=True)
        bundle.write_bytes(self._certificate.public_bytes(serialization.Encoding.PEM))
        with serving(self.answer) as address:
            yield TokenAuth(f"{address}{self.manner.path}", str(self.manner), f"auth.{self.manner}", bundle)

    def answer(self, method: str, address: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """The service's answer."""
        parts = urlsplit(address)
        query = parse_qs(parts.query)
        with self._lock:
            if (method, parts.path) != ("GET", self.manner.path) or query.keys() - _KNOWN:
                self.unknown.append(f"{method} {address}")
                return _refused(500, "UNKNOWN", f"the double does not know {method} {address}")
            if query.get("service") != [str(self.manner)]:
                self.unknown.append(f"service {query.get('service')}")
                return _refused(400, "UNSUPPORTED", "unknown service")
            user, password = _basic(headers.get("authorization", ""))
            scopes = tuple(" ".join(query.get("scope", [])).split())
            self.asked.append(Asked(user, scopes))
            if self.busy:
                return self.busy.pop(0)
            if user and self.passwords.get(password) != user:
                return self._wrong_password()
            return self._token(user, scopes, self.rights.get(password, frozenset()))

    def _wrong_password(self) -> Answer:
        if self.manner is Manner.DOCKER_HUB:
            return 401, {}, json.dumps({"details": "incorrect username or password"}).encode()
        if self.manner is Manner.GOOGLE:
            return _refused(401, "UNAUTHORIZED", "authentication failed")
        return _refused(401, "UNAUTHORIZED", "unauthenticated: User cannot be authenticated with the token provided.")

    def _token(self, user: str, scopes: tuple[str, ...], rights: frozenset[str]) -> Answer:
        access = []
        for scope in scopes:
            type_, _, rest = scope.partition(":")
            name, _, wanted = rest.rpartition(":")
            granted = sorted(set(wanted.split(",")) & rights) if type_ == "repository" else []
            missing = set(wanted.split(",")) - rights
            # Docker Hub grants what there is, and leaves it to the registry to miss the rest.
            if self.manner is Manner.GHCR and missing & {"pull", "push"}:
                if not user:
                    return _refused(401, "UNAUTHORIZED", "authentication required")
                return _refused(403, "DENIED", "permission_denied: write_package")
            if self.manner is Manner.GOOGLE and missing & {"pull", "push"}:
                return _denied_by_google(user, "upload" if "push" in missing else "download")
            access.append({"type": type_, "name": name, "actions": granted})
        now = time.time()
        claims = {
            "iss": f"auth.{self.manner}",
            "sub": user,
            "aud": str(self.manner),
            "exp": int(now + self.life),
            "nbf": int(now) - 10,
            "iat": int(now),
            "jti": secrets.token_hex(8),
            "access": access,
        }
        token = self._signed(claims)
        issued = datetime.datetime.now(datetime.UTC).isoformat()
        return 200, {}, json.dumps({"token": token, "expires_in": 300, "issued_at": issued}).encode()

    def _signed(self, claims: dict[str, object]) -> str:
        der = self._certificate.public_bytes(serialization.Encoding.DER)
        header = {"typ": "JWT", "alg": "ES256", "x5c": [base64.b64encode(der).decode()]}
        text = f"{_url_safe(json.dumps(header).encode())}.{_url_safe(json.dumps(claims).encode())}"
        r, s = decode_dss_signature(self._key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{text}.{_url_safe(r.to_bytes(_HALF, 'big') + s.to_bytes(_HALF, 'big'))}"


def too_many(seconds: int) -> Answer:
    """Docker Hub's refusal of one pull too many, which asks to wait."""
    status, _, body = _refused(
        429, "TOOMANYREQUESTS", "You have reached your pull rate limit. https://www.docker.com/increase-rate-limit"
    )
    return status, {"Retry-After": str(seconds)}, body


def _denied_by_google(user: str, verb: str) -> Answer:
    permission = f'"artifactregistry.repositories.{verb}Artifacts"'
    on = 'on resource "projects/p/locations/europe-west1/repositories/r" (or it may not exist)'
    if not user:
        told = f"Unauthenticated request. Unauthenticated requests do not have permission {permission} {on}"
        return _refused(401, "UNAUTHORIZED", told)
    return _refused(403, "DENIED", f"Permission {permission} denied {on}")


def _refused(status: int, code: str, message: str) -> Answer:
    return status, {}, json.dumps({"errors": [{"code": code, "message": message}]}).encode()


def _basic(header: str) -> tuple[str, str]:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    user, _, password = base64.b64decode(encoded).decode().partition(":")
    return user, password


def _url_safe(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
