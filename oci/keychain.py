"""From the builder's variables to a credential that works now.

Owns: telling by the variables how one gets in, and what is wrong with them. Does not own
fetching a token (`ecr.py`, `google.py`), nor reading the variables from anywhere.
"""

import re
from collections.abc import Iterator, Mapping

from contract.image import Registry
from contract.kinds import Auth
from contract.variables import Name
from oci import ecr, google
from oci.credential import Credential
from oci.no_credential import NoCredentialError

_ACCOUNT = re.compile(r"[0-9]{12}")
_REGION = re.compile(r"[a-z]{2,4}(?:-[a-z]+)+-[0-9]{1,2}")
_GHCR = "ghcr.io"
_DELIVER = "run `pulumi up`, which delivers it"


def auth_of(variables: Mapping[str, str]) -> Auth | None:
    """How the builder gets in with these `variables`; None where they do not say."""
    if variables.get(Name.DOCKER_REGISTRY_USERNAME) or variables.get(Name.DOCKER_REGISTRY_PASSWORD):
        return Auth.STATIC
    host = variables.get(Name.DOCKER_REGISTRY, "").partition("/")[0]
    if google.is_google(host):
        return Auth.GOOGLE
    if variables.get(Name.AWS_ACCOUNT_ID) or variables.get(Name.AWS_REGION) or ecr.host_of(host) is not None:
        return Auth.ECR
    if host == _GHCR:
        return Auth.GITHUB_TOKEN
    return Auth.GOOGLE if variables.get(Name.GOOGLE_SERVICE_ACCOUNT) else None


def mistakes(variables: Mapping[str, str], *, as_role: bool = False) -> Iterator[NoCredentialError]:
    """Everything in `variables` that stands in the way of a credential; asks nobody."""
    match auth_of(variables):
        case Auth.STATIC:
            yield from _missing(variables, Name.DOCKER_REGISTRY_USERNAME, Name.DOCKER_REGISTRY_PASSWORD)
        case Auth.ECR:
            yield from _missing(variables, Name.AWS_REGION, Name.AWS_ACCOUNT_ID)
            yield from _ecr_mistakes(variables, as_role=as_role)
        case Auth.GITHUB_TOKEN:
            yield NoCredentialError(
                "is not delivered: each run of a workflow has a token of its own",
                "in a workflow set DOCKER_REGISTRY_USERNAME to ${{ github.actor }} and DOCKER_REGISTRY_PASSWORD to "
                "${{ github.token }}; for a builder elsewhere give the registry a `credential`",
                variable=Name.DOCKER_REGISTRY_PASSWORD,
            )
        case Auth.GOOGLE:
            yield from _google_mistakes(variables, as_role=as_role)
        case _:
            yield NoCredentialError(
                "is missing, and so is DOCKER_REGISTRY_USERNAME",
                "run `pulumi up` to deliver them",
                "nothing else says how one gets in",
                variable=Name.DOCKER_REGISTRY_PASSWORD,
            )


def credential(variables: Mapping[str, str], *, as_role: bool = False) -> Credential:
    """A credential for DOCKER_REGISTRY, now; fetches a token where the registry takes one.

    `as_role` assumes AWS_ROLE_ARN, or acts as GOOGLE_SERVICE_ACCOUNT, first. Without it the caller's own credentials
    are used, which is how the builder does it: it runs as the role. An IAM user's delivered key comes before what
    AWS's chain finds.
    Raises NoCredentialError.
    """
    mistake = next(mistakes(variables, as_role=as_role), None)
    if mistake is not None:
        raise mistake
    auth = auth_of(variables)
    if auth is Auth.STATIC:
        return Credential(variables[Name.DOCKER_REGISTRY_USERNAME], variables[Name.DOCKER_REGISTRY_PASSWORD])
    if auth is Auth.GOOGLE:
        return google.token(variables[Name.GOOGLE_SERVICE_ACCOUNT] if as_role else "")
    return ecr.token(
        _host(variables),
        variables[Name.AWS_ACCOUNT_ID],
        variables[Name.AWS_REGION],
        ecr.Caller(variables.get(Name.AWS_ACCESS_KEY_ID, ""), variables.get(Name.AWS_SECRET_ACCESS_KEY, "")),
        variables[Name.AWS_ROLE_ARN] if as_role else "",
    )


def _ecr_mistakes(variables: Mapping[str, str], *, as_role: bool) -> Iterator[NoCredentialError]:
    account, region = variables.get(Name.AWS_ACCOUNT_ID, ""), variables.get(Name.AWS_REGION, "")
    sound, host = True, ""
    for name, value, rule, told in (
        (Name.AWS_REGION, region, _REGION, "is not the name of an AWS region"),
        (Name.AWS_ACCOUNT_ID, account, _ACCOUNT, "is not an AWS account id: 12 digits"),
    ):
        if rule.fullmatch(value) is None:
            sound = False
            if value:
                yield NoCredentialError(told, "run `pulumi up`, which delivers it anew", variable=name)
    try:
        host = _host(variables)
    except ValueError as error:
        sound = False
        yield NoCredentialError(str(error), _DELIVER, variable=Name.DOCKER_REGISTRY)
    if sound and (mistake := ecr.place_mistake(host, account, region)) is not None:
        yield mistake
    if sound and as_role and (mistake := ecr.role_mistake(variables.get(Name.AWS_ROLE_ARN, ""), account)) is not None:
        yield mistake
    yield from _key_mistakes(variables)


def _google_mistakes(variables: Mapping[str, str], *, as_role: bool) -> Iterator[NoCredentialError]:
    try:
        mistake = google.place_mistake(_host(variables))
    except ValueError as error:
        mistake = NoCredentialError(str(error), _DELIVER, variable=Name.DOCKER_REGISTRY)
    if mistake is not None:
        yield mistake
    if as_role and (mistake := google.account_mistake(variables.get(Name.GOOGLE_SERVICE_ACCOUNT, ""))) is not None:
        yield mistake


def _key_mistakes(variables: Mapping[str, str]) -> Iterator[NoCredentialError]:
    pair = (Name.AWS_ACCESS_KEY_ID, Name.AWS_SECRET_ACCESS_KEY)
    if any(variables.get(name) for name in pair):
        yield from _missing(variables, *pair)
    for name in pair:
        value = variables.get(name, "")
        if not value.isascii() or not value.isprintable() or " " in value:
            yield NoCredentialError(
                "has a space, a line break or another character that no key of AWS has",
                "deliver it again without; a copied key often ends in a line break",
                variable=name,
            )


def _missing(variables: Mapping[str, str], *names: Name) -> Iterator[NoCredentialError]:
    for name in names:
        if not variables.get(name):
            yield NoCredentialError("is missing or empty", _DELIVER, variable=name)


def _host(variables: Mapping[str, str]) -> str:
    """The host in DOCKER_REGISTRY. Raises ValueError where it is missing or malformed."""
    return Registry.parse(variables.get(Name.DOCKER_REGISTRY, "")).host
