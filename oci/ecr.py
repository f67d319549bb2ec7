"""A token for Amazon ECR, fetched at the moment it is needed (it lives 12 hours).

Owns: the call, whose credentials it is made with, and what its refusals mean. Does not own who
may push: IAM decides that when the registry is spoken to. No message carries a token, a key, or
what AWS says of a signature, which repeats the headers that it was made from.
"""

import base64
import binascii
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from contract.image import is_loopback
from contract.problem import printable
from contract.variables import Name
from oci.credential import Credential
from oci.no_credential import NoCredentialError

USER = "AWS"
"""The user name that goes with every token of ECR."""

_CONNECT = 5
_READ = 20
_ATTEMPTS = 4
_SESSION = "snapdeploy-registry"
_SHORTEST_SESSION = 900  # the least that STS gives, in seconds: one token is fetched in it
_LONGEST_MESSAGE = 300

_HOST = re.compile(
    r"(?P<account>[0-9]{12})\.dkr(?:\.ecr(?P<fips>-fips)?\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?"
    r"|-ecr(?P<dual_fips>-fips)?\.(?P<dual>[a-z0-9-]+)\.on\.(?:aws|amazonwebservices\.com\.cn))"
)
_ROLE = re.compile(r"arn:aws[a-z-]*:iam::(?P<account>[0-9]{12}):role/[\w+=,.@/-]+", re.ASCII)

_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
_UNKNOWN = frozenset({"UnrecognizedClientException", "InvalidClientTokenId", "AuthFailure"})
_SIGNATURE = frozenset({"InvalidSignatureException", "SignatureDoesNotMatch", "IncompleteSignature"})
_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})

T = TypeVar("T")


@dataclass(frozen=True)
class Host:
    """What the name of an ECR registry says."""

    account: str
    region: str
    fips: bool
    dual_stack: bool


@dataclass(frozen=True)
class Caller:
    """Whose credentials fetch the token: these where they are given, else those that AWS's own chain finds."""

    key_id: str = ""
    secret_key: str = field(default="", repr=False)

    @property
    def given(self) -> bool:
        """Whether it is an IAM user's key that was delivered."""
        return bool(self.key_id)


def host_of(host: str) -> Host | None:
    """What `host` says of itself, or None where it is no registry of ECR."""
    found = _HOST.fullmatch(host)
    if found is None:
        return None
    return Host(
        account=found["account"],
        region=found["region"] or found["dual"],
        fips=bool(found["fips"] or found["dual_fips"]),
        dual_stack=found["dual"] is not None,
    )


def place_mistake(host: str, account: str, region: str) -> NoCredentialError | None:
    """Why a token of `account` in `region` must not be sent to `host`, or None where it may.

    A token opens every repository that its owner may use: it goes to that account's registry, or stays on
    this machine.
    """
    if is_loopback(host):
        return None
    found = host_of(host)
    if found is None:
        return NoCredentialError(
            f"names the host {printable(host)}, which is no registry of ECR",
            f"write the registry's own host, <account>.dkr.ecr.<region>.amazonaws.com, or remove {Name.AWS_ACCOUNT_ID}",
            "an AWS token was not fetched, since it would have been sent there",
            variable=Name.DOCKER_REGISTRY,
        )
    for name, wanted, told in (
        (Name.AWS_ACCOUNT_ID, found.account, account),
        (Name.AWS_REGION, found.region, region),
    ):
        if wanted != told:
            return NoCredentialError(
                f"is {printable(told)}, but {Name.DOCKER_REGISTRY} names the registry of {wanted}",
                "run `pulumi up`, which delivers both anew, or correct the one that is wrong",
                variable=name,
            )
    return None


def role_mistake(role: str, account: str) -> NoCredentialError | None:
    """Why `role` cannot be assumed to reach the registry of `account`, or None where it can."""
    found = _ROLE.fullmatch(role)
    if not role:
        return NoCredentialError(
            "is missing, so there is no role to assume",
            "use the credentials that you have (--as-caller), or give the registry a role",
            variable=Name.AWS_ROLE_ARN,
        )
    if found is None:
        return NoCredentialError(
            f"{printable(role)!r} is not the ARN of a role",
            "run `pulumi up`, which delivers it anew",
            variable=Name.AWS_ROLE_ARN,
        )
    if found["account"] != account:
        return NoCredentialError(
            f"names a role of account {found['account']}, but the registry's is {account}",
            "run `pulumi up`, which delivers both anew",
            variable=Name.AWS_ROLE_ARN,
        )
    return None


def token(host: str, account: str, region: str, caller: Caller, role: str = "") -> Credential:
    """A credential for the registry `host` of `account` in `region`; as `role`, where one is given.

    Raises NoCredentialError. Its values are taken as they are: `place_mistake` and `role_mistake` judge them.
    """
    # Half a second, which only who needs a token should wait for.
    import boto3
    from botocore.config import Config

    named = host_of(host)
    config = Config(
        connect_timeout=_CONNECT,
        read_timeout=_READ,
        retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
        **({"use_fips_endpoint": True} if named and named.fips else {}),
        **({"use_dualstack_endpoint": True} if named and named.dual_stack else {}),
    )
    keys: dict[str, str] = {}
    # What stands in the environment is left to AWS's chain, which knows the session token that may go with it.
    if caller.given and caller.key_id != os.environ.get(Name.AWS_ACCESS_KEY_ID):
        keys = {"aws_access_key_id": caller.key_id, "aws_secret_access_key": caller.secret_key}
    # A session of its own: the default one is shared, and making clients from it is not safe between threads.
    session: Any = _asked("find AWS credentials", lambda: boto3.Session(region_name=region, **keys))
    if role:
        assumed = _asked(
            f"assume {role}",
            lambda: session.client("sts", config=config).assume_role(
                RoleArn=role, RoleSessionName=_SESSION, DurationSeconds=_SHORTEST_SESSION
            )["Credentials"],
        )
        session = boto3.Session(
            region_name=region,
            aws_access_key_id=assumed["AccessKeyId"],
            aws_secret_access_key=assumed["SecretAccessKey"],
            aws_session_token=assumed["SessionToken"],
        )
    answer = _asked(
        "fetch a token from ECR",
        lambda: session.client("ecr", config=config).get_authorization_token().get("authorizationData"),
    )
    first = answer[0] if answer else {}
    _check_account(str(first.get("proxyEndpoint", "")), account, as_role=bool(role))
    return _credential(str(first.get("authorizationToken", "")))


def _check_account(endpoint: str, account: str, *, as_role: bool) -> None:
    found = re.match(r"(?:https://)?([0-9]{12})\.", endpoint)
    if found is not None and found[1] == account:
        return
    whose = f"of account {found[1]}" if found else "of an account that ECR does not name"
    raise NoCredentialError(
        f"the AWS credentials in use are {whose}, but the registry's account is {account}",
        f"use credentials of {account}"
        + ("" if as_role else f" (AWS_PROFILE), or assume the role that may push: --as-role with {Name.AWS_ROLE_ARN}"),
        "a token of another account opens another registry",
    )


def _credential(token: str) -> Credential:
    try:
        user, colon, password = base64.b64decode(token, validate=True).decode("ascii").partition(":")
    except (binascii.Error, ValueError):
        user, colon, password = "", "", ""
    if user != USER or not colon or not password or not password.isprintable():
        raise NoCredentialError(
            "ECR answered without a token that can be read", "try again; see AWS's health page if it stays"
        )
    return Credential(user, password)


def _asked(what: str, question: Callable[[], T]) -> T:
    """The answer to `question`, or NoCredentialError in words that say what to do."""
    from botocore import exceptions as aws

    failure: NoCredentialError
    try:
        return question()
    except aws.ClientError as error:
        failure = _refused(what, error.response.get("Error", {}))
    except (aws.NoCredentialsError, aws.PartialCredentialsError):
        failure = NoCredentialError(
            f"cannot {what}: no AWS credentials were found here",
            "log in (`aws sso login`, AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY), or run it where "
            "the builder's role is attached",
            "a token for ECR is given to a known caller only",
        )
    except (aws.ProfileNotFound, aws.ConfigParseError, aws.ConfigNotFound) as error:
        failure = NoCredentialError(
            f"cannot {what}: {printable(str(error), _LONGEST_MESSAGE)}", "correct AWS_PROFILE or ~/.aws/config"
        )
    except aws.SSLError as error:
        failure = NoCredentialError(
            f"cannot {what}: TLS failed: {printable(str(error), _LONGEST_MESSAGE)}",
            "set AWS_CA_BUNDLE to the authority of the proxy in between, if there is one",
            unreachable=True,
        )
    except (aws.ConnectionError, aws.HTTPClientError) as error:
        failure = NoCredentialError(
            f"cannot {what}: AWS does not answer: {printable(str(error), _LONGEST_MESSAGE)}",
            f"compare {Name.AWS_REGION} with the registry's region, and see DNS, proxy and endpoints of the network",
            unreachable=True,
        )
    except aws.BotoCoreError as error:
        # Credentials that had to be fetched from somewhere, an ended SSO session among them.
        failure = NoCredentialError(
            f"cannot {what}: {printable(str(error), _LONGEST_MESSAGE)}",
            "log in again (`aws sso login`), or use other credentials",
        )
    # Outside the handlers: what AWS's library has raised can hold the whole request.
    raise failure


def _refused(what: str, told: Any) -> NoCredentialError:
    code = printable(str(told.get("Code", "")))
    if code in _EXPIRED:
        return NoCredentialError(
            f"cannot {what}: the AWS credentials have ended ({code})", "log in again, for example by `aws sso login`"
        )
    if code in _UNKNOWN:
        return NoCredentialError(
            f"cannot {what}: AWS does not know the access key ({code})",
            "see whether it was deleted or switched off; `pulumi up` delivers the current one",
        )
    if code in _SIGNATURE:
        return NoCredentialError(
            f"cannot {what}: the signature is refused ({code})",
            "compare the secret access key with the key's id, and this machine's clock with the time",
        )
    message = printable(str(told.get("Message", "")), _LONGEST_MESSAGE)
    if code in _DENIED:
        return NoCredentialError(
            f"cannot {what}: {message or 'access is denied'} ({code})",
            "let the caller do it (`ecr:GetAuthorizationToken` on `*`; to assume a role, the role's trust too), or "
            "use other credentials",
        )
    if "Throttl" in code or code == "TooManyRequestsException":
        return NoCredentialError(f"cannot {what}: AWS asks to slow down ({code})", "try again in a minute")
    return NoCredentialError(f"cannot {what}: {message} ({code})", "see what AWS says, and its health page")
