"""What the program makes once for Harbor on Kubernetes and keeps, secret, in its state: keys and certificates.

Owns: making them, and renewing certificates before they end. Does not own: where they lie in the cluster
(`secrets.py`).

The chart would make most of these itself, at each rendering anew: pods would not know each other after an update. Some
it does not make but publishes: its defaults are known to everybody.
"""

import datetime
import secrets
import string
from typing import Any

import bcrypt
import pulumi
from pulumi.dynamic import CheckResult, CreateResult, Resource, UpdateResult

from components._provided import Provider
from components.harbor.kubernetes.certificates import CERTIFICATE_DAYS, Pair, authority, issue, token_pair

REGISTRY_USERNAME = "harbor_registry_user"
"""Who Harbor's core is to its own registry. A name, not a secret: the chart's."""
SERVED = ("core", "jobservice", "registry", "portal", "trivy")
"""The parts that serve TLS inside the cluster, as the chart names them."""
_LETTERS = string.ascii_letters + string.digits
# The chart's values.yaml says of each how many characters it has to have.
_LENGTHS = {"secret_key": 16, "core_secret": 16, "jobservice_secret": 16, "registry_secret": 16, "csrf_key": 32}
_RENEW_DAYS = 60
_ROUNDS = 5
"""Of bcrypt, as `htpasswd` does it: the inner registry compares at each request, and nobody guesses 192 random bits."""
_KEYS = (*_LENGTHS, "registry_password", "registry_htpasswd", "token_key", "token_certificate", "fingerprint_key")
_CERTIFICATES = ("authority_key", "host", *SERVED)


class _KeysProvider(Provider):
    def create(self, props: dict[str, Any]) -> CreateResult:
        password = secrets.token_urlsafe(24)
        token = token_pair(_now())
        made = {name: "".join(secrets.choice(_LETTERS) for _ in range(length)) for name, length in _LENGTHS.items()}
        hashed = bcrypt.hashpw(password.encode(), bcrypt.gensalt(_ROUNDS)).decode()
        return CreateResult(
            "keys",
            {
                **props,
                **made,
                "registry_password": password,
                "registry_htpasswd": f"{REGISTRY_USERNAME}:{hashed}",
                "token_key": token.key,
                "token_certificate": token.certificate,
                "fingerprint_key": secrets.token_hex(32),
            },
        )

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        return UpdateResult({**_news, **{name: _olds[name] for name in _KEYS}})


class Keys(Resource, module="snapdeploy", name="HarborKeys"):
    """The keys of one Harbor: made once. Without `secret_key` what its database keeps encrypted cannot be read."""

    secret_key: pulumi.Output[str]
    core_secret: pulumi.Output[str]
    jobservice_secret: pulumi.Output[str]
    registry_secret: pulumi.Output[str]
    csrf_key: pulumi.Output[str]
    registry_password: pulumi.Output[str]
    registry_htpasswd: pulumi.Output[str]
    token_key: pulumi.Output[str]
    token_certificate: pulumi.Output[str]
    fingerprint_key: pulumi.Output[str]
    """What fingerprints of secrets are keyed by; in no cluster."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions) -> None:
        own = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(additional_secret_outputs=list(_KEYS)))
        super().__init__(_KeysProvider(), name, dict.fromkeys(_KEYS), own)


class _CertificatesProvider(Provider):
    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Adds `ends`, the day after which the certificates are refused: the old one while it is far."""
        checked = super().check(_olds, news)
        today = _now().date()
        ends = _olds.get("ends")
        if ends is None or datetime.date.fromisoformat(str(ends)) - today < datetime.timedelta(days=_RENEW_DAYS):
            ends = (today + datetime.timedelta(days=CERTIFICATE_DAYS)).isoformat()
        return CheckResult({**checked.inputs, "ends": ends}, checked.failures)

    def create(self, props: dict[str, Any]) -> CreateResult:
        return CreateResult("certificates", certificates(props, authority("SnapDeploy Harbor", _now())))

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        return UpdateResult(certificates(_news, Pair(_olds["authority"], _olds["authority_key"])))


def certificates(props: dict[str, Any], by: Pair) -> dict[str, Any]:
    """`props` with a certificate and key for each part, and for `domain` where it is not empty, signed by `by`."""
    now = _now()
    namespace, domain = str(props["namespace"]), str(props["domain"])
    made: dict[str, Any] = {**props, "authority": by.certificate, "authority_key": by.key, "host": None}
    for part in SERVED:
        service = f"{props['fullname']}-{part}"
        # Core speaks to itself by loopback: CORE_LOCAL_URL in the chart.
        mine, here = (["localhost"], ["127.0.0.1"]) if part == "core" else ([], [])
        pair = issue(by, [service, f"{service}.{namespace}", f"{service}.{namespace}.svc", *mine], now, here)
        made[part] = {"certificate": pair.certificate, "key": pair.key}
    if domain:
        pair = issue(by, [domain], now)
        made["host"] = {"certificate": pair.certificate, "key": pair.key}
    return made


class Certificates(Resource, module="snapdeploy", name="HarborCertificates"):
    """An authority of one Harbor's own, and what it signed. Renewed two months before the end, by the next update."""

    authority: pulumi.Output[str]
    """The authority's certificate, plain."""
    host: pulumi.Output[Any]
    """`certificate` and `key` for the host; None where that is somebody else's work. The parts' alike."""
    core: pulumi.Output[Any]
    jobservice: pulumi.Output[Any]
    registry: pulumi.Output[Any]
    portal: pulumi.Output[Any]
    trivy: pulumi.Output[Any]

    def __init__(self, name: str, fullname: str, namespace: str, domain: str, opts: pulumi.ResourceOptions) -> None:
        """`domain`: the host that a certificate is made for; empty: none."""
        own = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(additional_secret_outputs=list(_CERTIFICATES)))
        told = {"fullname": fullname, "namespace": namespace, "domain": domain}
        unknown = dict.fromkeys(("authority", *_CERTIFICATES))
        super().__init__(_CertificatesProvider(), name, {**told, **unknown}, own)


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
