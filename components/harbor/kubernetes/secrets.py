"""The secrets of Harbor on Kubernetes: what lies in the cluster under which name, for the chart to refer to.

Owns: their names, keys and contents, and the fingerprint by which pods are told of a change. Does not own: making what
is in them (`kept.py`), or which value of the chart names which (`values.py`).
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import pulumi

from components.harbor.kubernetes.kept import SERVED, Certificates, Keys

OPAQUE = "Opaque"
TLS = "kubernetes.io/tls"
_FINGERPRINT = 16
"""Hexadecimal digits of it that are shown: enough to tell two apart."""


PREFIX = "snapdeploy-"
"""What the secrets' names begin with, apart from those that the chart makes."""


class Name(StrEnum):
    """The secrets' names."""

    ADMIN = "snapdeploy-admin"
    KEYS = "snapdeploy-keys"
    TOKEN = "snapdeploy-token"  # noqa: S105  # the name of one
    REGISTRY = "snapdeploy-registry"
    DATABASE = "snapdeploy-database"
    REDIS = "snapdeploy-redis"
    TLS = "snapdeploy-tls"
    """The host's certificate; made by cert-manager where it comes from Let's Encrypt."""
    AUTHORITY = "snapdeploy-authority"
    """Our authority's certificate, for the portal to offer; only where the host's certificate is under it."""
    TRUSTED = "snapdeploy-trusted"
    """Further authorities that the pods trust."""


def internal(part: str) -> str:
    """The name of the secret with the certificate that `part` shows to the others."""
    return f"{PREFIX}internal-{part}"


@dataclass(frozen=True)
class Content:
    """One secret."""

    data: Mapping[str, pulumi.Input[str]]
    type: str = OPAQUE

    def encoded(self) -> dict[str, pulumi.Output[str]]:
        """As the API keeps it, secret."""
        return {
            key: pulumi.Output.secret(pulumi.Output.from_input(value).apply(_base64))
            for key, value in self.data.items()
        }


def contents(
    keys: Keys, certificates: Certificates, given: Mapping[str, pulumi.Input[str]], *, tls: str, authorities: str | None
) -> dict[str, Content]:
    """What every secret holds, by its name. `given` is the secret document, `tls` the certificate's mode."""
    made: dict[str, Content] = {
        # It counts at the first start only; later it is changed through Harbor's API.
        Name.ADMIN: Content({"HARBOR_ADMIN_PASSWORD": given["adminPassword"]}),
        Name.KEYS: Content(
            {
                "secretKey": keys.secret_key,
                "secret": keys.core_secret,
                "CSRF_KEY": keys.csrf_key,
                "JOBSERVICE_SECRET": keys.jobservice_secret,
                "REGISTRY_HTTP_SECRET": keys.registry_secret,
            }
        ),
        Name.TOKEN: Content({"tls.crt": keys.token_certificate, "tls.key": keys.token_key}, TLS),
        Name.REGISTRY: Content(
            {"REGISTRY_PASSWD": keys.registry_password, "REGISTRY_HTPASSWD": keys.registry_htpasswd}
        ),
        Name.DATABASE: Content({"password": given["databasePassword"]}),
        Name.REDIS: Content({"REDIS_PASSWORD": given["redisPassword"]}),
    }
    if tls == "given":
        made[Name.TLS] = Content({"tls.crt": given["tlsChain"], "tls.key": given["tlsKey"]}, TLS)
    if tls == "internal":
        made[Name.TLS] = Content(_pair(certificates.host), TLS)
        made[Name.AUTHORITY] = Content({"ca.crt": certificates.authority})
    if authorities:
        made[Name.TRUSTED] = Content({"ca.crt": authorities})
    for part in SERVED:
        pair = _pair(getattr(certificates, part))
        made[internal(part)] = Content({**pair, "ca.crt": certificates.authority}, TLS)
    return made


def fingerprint(key: pulumi.Input[str], held: Mapping[str, Content]) -> pulumi.Output[str]:
    """What changes when any of the secrets does: plain, and keyed, so that no password can be guessed by it."""
    values = {f"{name}/{item}": value for name, each in held.items() for item, value in each.data.items()}
    found = pulumi.Output.all(key=key, values=values).apply(lambda told: _digest(told["key"], told["values"]))
    return pulumi.Output.unsecret(found)


def _digest(key: str, values: Mapping[str, str]) -> str:
    text = json.dumps(values, sort_keys=True)
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()[:_FINGERPRINT]


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")


def _pair(pair: pulumi.Output[Mapping[str, str]]) -> dict[str, pulumi.Input[str]]:
    return {"tls.crt": pair.apply(lambda told: told["certificate"]), "tls.key": pair.apply(lambda told: told["key"])}
