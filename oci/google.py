"""A token for Google's registries, fetched at the moment it is needed (it lives one hour).

Owns: the call, whose credentials it is made with, and what Google's refusals mean. Does not own who
may push: IAM decides that when the registry is spoken to. No message carries a token, a key, an address, or
an answer of Google that cannot be read: only its code and its sentence.

Sources, read 2026-11:
- user name and token: https://docs.cloud.google.com/artifact-registry/docs/docker/authentication;
- where credentials are looked for: https://docs.cloud.google.com/docs/authentication/application-default-credentials;
- https://docs.cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/generateAccessToken.
"""

import json
import re
import warnings
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from contract.image import is_loopback
from contract.problem import printable
from contract.variables import Name
from oci.credential import Credential
from oci.no_credential import NoCredentialError

if TYPE_CHECKING:
    from oci.google_transport import Silent

USER = "oauth2accesstoken"
"""The user name that goes with every token of Google."""

# Nothing narrower lets one push: https://docs.cloud.google.com/artifact-registry/docs/access-control, read 2026-11.
_SCOPE = "https://www.googleapis.com/auth/cloud-platform"
_LONGEST_MESSAGE = 300

_HOST = re.compile(r"[a-z][a-z0-9-]*-docker\.pkg\.dev|(?:[a-z]+\.)?gcr\.io")
_ACCOUNT = re.compile(r"[a-z0-9][a-z0-9-]{0,62}@(?:[a-z0-9-]+\.)*gserviceaccount\.com")

_LOG_IN = "log in by `gcloud auth application-default login`"
_ENDED = frozenset({"invalid_grant", "invalid_rapt", "rapt_required", "invalid_token"})
_BUSY = frozenset({"RESOURCE_EXHAUSTED", "UNAVAILABLE", "INTERNAL", "internal_failure", "temporarily_unavailable"})
# What the token endpoint says where a key of a service account, and not a person's login, is at fault.
_KEY = re.compile(r"JWT|account not found", re.IGNORECASE)

T = TypeVar("T")


def is_google(host: str) -> bool:
    """Whether `host` is a registry of Google: Artifact Registry, also under its older names at gcr.io."""
    return _HOST.fullmatch(host) is not None


def place_mistake(host: str) -> NoCredentialError | None:
    """Why a token must not be sent to `host`, or None where it may.

    A token opens everything that its owner may use at Google: it goes to Google's registries, or stays on
    this machine.
    """
    if is_loopback(host) or is_google(host):
        return None
    return NoCredentialError(
        f"names the host {printable(host)}, which is no registry of Google",
        f"write the registry's own host, <location>-docker.pkg.dev, or remove {Name.GOOGLE_SERVICE_ACCOUNT}",
        "a Google token was not fetched, since it would have been sent there",
        variable=Name.DOCKER_REGISTRY,
    )


def account_mistake(account: str) -> NoCredentialError | None:
    """Why nobody can act as `account`, or None where one may try."""
    if not account:
        return NoCredentialError(
            "is missing, so there is no service account to act as",
            "use the credentials that you have (--as-caller), or give the registry somebody who may push",
            variable=Name.GOOGLE_SERVICE_ACCOUNT,
        )
    if _ACCOUNT.fullmatch(account) is None:
        return NoCredentialError(
            f"{printable(account)!r} is not the address of a service account",
            "run `pulumi up`, which delivers it anew",
            variable=Name.GOOGLE_SERVICE_ACCOUNT,
        )
    return None


def token(account: str = "") -> Credential:
    """A credential for Google's registries: as `account`, where one is given, else as whoever is logged in here.

    Raises NoCredentialError. `account` is taken as it is: `account_mistake` judges it.
    """
    # A third of a second, which only who needs a token should wait for.
    import google.auth
    from google.auth import impersonated_credentials

    from oci.google_transport import Transport

    transport = Transport()
    with warnings.catch_warnings():
        # That a person's login has no project to bill: a registry never asks for one.
        warnings.simplefilter("ignore")
        found: Any = _asked(
            "find Google credentials", lambda: google.auth.default(scopes=[_SCOPE], request=transport)[0]
        )
    _asked("fetch a token from Google", lambda: found.refresh(transport), _secrets(found))
    # Whoever is that account already may not be let to act as itself.
    if account and getattr(found, "service_account_email", "") != account:
        acting: Any = _asked(
            f"act as {account}",
            lambda: impersonated_credentials.Credentials(found, target_principal=account, target_scopes=[_SCOPE]),  # type: ignore[no-untyped-call]
        )
        _asked(f"act as {account}", lambda: acting.refresh(transport), _secrets(found))
        found = acting
    return _credential(found.token)


def _secrets(credentials: object) -> tuple[str, ...]:
    kept = (getattr(credentials, name, None) for name in ("token", "refresh_token", "client_secret"))
    return tuple(value for value in kept if isinstance(value, str) and value)


def _credential(token: object) -> Credential:
    # A header is made of it: whatever is not visible ASCII could forge another.
    if not isinstance(token, str) or not token or not token.isascii() or not token.isprintable() or " " in token:
        raise NoCredentialError(
            "Google answered without a token that can be read", "try again; see Google Cloud's status page if it stays"
        )
    return Credential(USER, token)


def _asked(what: str, question: Callable[[], T], secrets: Iterable[str] = ()) -> T:
    """The answer to `question`, or NoCredentialError in words that say what to do."""
    from google.auth import exceptions

    from oci.google_transport import Silent

    failure: NoCredentialError
    try:
        return question()
    except Silent as error:
        failure = _unanswered(what, error)
    except exceptions.DefaultCredentialsError as error:
        failure = _unusable(what, str(error.args[0]) if error.args else "")
    except exceptions.GoogleAuthError as error:
        failure = _refused(what, error, secrets)
    except OSError as error:
        failure = _unusable(what, error.strerror or "a file cannot be read")
    except (ValueError, TypeError, KeyError, AttributeError):
        failure = _unusable(what, "the file with the credentials, or the answer to them, is not what it should be")
    # Outside the handlers: what Google's library has raised can hold the whole answer.
    raise failure


def _unanswered(what: str, silent: "Silent") -> NoCredentialError:
    host = printable(silent.host)
    if silent.metadata:
        return NoCredentialError(
            f"cannot {what}: there are none here, and no metadata server answers",
            f"{_LOG_IN} (or name a file of credentials by GOOGLE_APPLICATION_CREDENTIALS), or run it where the "
            "builder's service account is attached",
            "a token of Google is given to a known caller only",
        )
    if silent.tls:
        return NoCredentialError(
            f"cannot {what}: TLS failed at {host}",
            "set REQUESTS_CA_BUNDLE to the authority of the proxy in between, if there is one",
            unreachable=True,
        )
    return NoCredentialError(
        f"cannot {what}: {host} does not answer", "see DNS, proxy and endpoints of the network", unreachable=True
    )


def _unusable(what: str, reason: str) -> NoCredentialError:
    return NoCredentialError(
        f"cannot {what}: {printable(reason, _LONGEST_MESSAGE)}",
        f"correct GOOGLE_APPLICATION_CREDENTIALS or the file that it names, or {_LOG_IN}",
    )


def _refused(what: str, error: Exception, secrets: Iterable[str]) -> NoCredentialError:
    from google.auth import exceptions

    code, message = _said(error, secrets)
    told = f"{message or 'Google gave no reason that can be read'}{f' ({code})' if code else ''}"
    if error.args and isinstance(error.args[0], exceptions.TransportError):
        return NoCredentialError(
            f"cannot {what}: the metadata server gives no token",
            "attach the builder's service account to this machine, or, in GKE, let the pod's Kubernetes service "
            f"account act as {Name.GOOGLE_SERVICE_ACCOUNT}",
        )
    if isinstance(error, exceptions.OAuthError):
        return NoCredentialError(
            f"cannot {what}: the workload identity provider refuses this workload: {told}",
            f"compare {Name.GOOGLE_WORKLOAD_IDENTITY_PROVIDER} with the one that is used, and the registry's `access` "
            "with the repository, branch or environment that this runs for",
        )
    if code in _BUSY:
        return NoCredentialError(f"cannot {what}: Google asks to slow down: {told}", "try again in a minute")
    if _KEY.search(message):
        return NoCredentialError(
            f"cannot {what}: the service account's key is refused: {told}",
            "see whether key or account was deleted or switched off, and compare this machine's clock with the time",
        )
    if code in _ENDED or str(error).startswith("Reauthentication"):
        return NoCredentialError(
            f"cannot {what}: the Google credentials have ended or were revoked{f' ({code})' if code else ''}",
            f"{_LOG_IN} again",
        )
    if code == "PERMISSION_DENIED" and "API" in message:
        return NoCredentialError(
            f"cannot {what}: {told}",
            "enable the API iamcredentials.googleapis.com in the project of the credentials that you use",
        )
    if code in {"PERMISSION_DENIED", "NOT_FOUND"}:
        return NoCredentialError(
            f"cannot {what}: {told}",
            "let the caller act as it (roles/iam.serviceAccountTokenCreator on that account; the registry's `access` "
            "says who may), or use other credentials",
        )
    return NoCredentialError(f"cannot {what}: {told}", f"see what Google says; it may help to {_LOG_IN}")


def _said(error: Exception, secrets: Iterable[str]) -> tuple[str, str]:
    """Google's code and sentence, where its answer was JSON; else nothing of it: a proxy may repeat what was sent."""
    answer: object = error.args[1] if len(error.args) > 1 else None
    if isinstance(answer, str):
        try:
            answer = json.loads(answer)
        except (ValueError, RecursionError):
            answer = None
    if not isinstance(answer, dict):
        return "", ""
    inner = answer.get("error")
    code, message = (
        (inner.get("status") or inner.get("code"), inner.get("message"))
        if isinstance(inner, dict)
        else (inner, answer.get("error_description"))
    )
    text = str(message or "")
    for secret in secrets:
        text = Credential("", secret).redact(text)
    return printable(str(code or "")), printable(text, _LONGEST_MESSAGE)
