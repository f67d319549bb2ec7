"""The builder's variables: their names, their order, and which of them are secret.

Delivery targets, the command-line tool, the docs and the Go package's test vectors take
them from here, so that a variable is added in one place.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from contract.kinds import Auth


class Name(StrEnum):
    """The variables, in the order in which they are written wherever they are delivered."""

    DOCKER_REGISTRY = "DOCKER_REGISTRY"
    DOCKER_REGISTRY_USERNAME = "DOCKER_REGISTRY_USERNAME"
    DOCKER_REGISTRY_PASSWORD = "DOCKER_REGISTRY_PASSWORD"
    DOCKER_REGISTRY_CA_FILE = "DOCKER_REGISTRY_CA_FILE"
    DOCKER_REGISTRY_CA = "DOCKER_REGISTRY_CA"
    AWS_REGION = "AWS_REGION"
    AWS_ACCOUNT_ID = "AWS_ACCOUNT_ID"
    AWS_ROLE_ARN = "AWS_ROLE_ARN"
    AWS_ACCESS_KEY_ID = "AWS_ACCESS_KEY_ID"
    AWS_SECRET_ACCESS_KEY = "AWS_SECRET_ACCESS_KEY"
    GOOGLE_WORKLOAD_IDENTITY_PROVIDER = "GOOGLE_WORKLOAD_IDENTITY_PROVIDER"
    GOOGLE_SERVICE_ACCOUNT = "GOOGLE_SERVICE_ACCOUNT"
    BUILDER_WORK_DIR = "BUILDER_WORK_DIR"
    BUILDER_LOG_DIR = "BUILDER_LOG_DIR"


@dataclass(frozen=True)
class Variable:
    """One variable that the builder reads.

    `secret` decides how a target stores it; `auths` under which kinds of authentication it
    exists (empty: under all); `optional` whether it may be absent where it could exist.
    """

    name: Name
    meaning: str
    secret: bool = False
    auths: frozenset[Auth] = frozenset()
    optional: bool = False


BUILDER_VARIABLES: tuple[Variable, ...] = (
    Variable(Name.DOCKER_REGISTRY, "host and namespace; an image is $DOCKER_REGISTRY/<app>:<tag>"),
    Variable(Name.DOCKER_REGISTRY_USERNAME, "user name for docker login", auths=frozenset({Auth.STATIC})),
    Variable(
        Name.DOCKER_REGISTRY_PASSWORD, "password or token for docker login", secret=True, auths=frozenset({Auth.STATIC})
    ),
    Variable(
        Name.DOCKER_REGISTRY_CA_FILE, "certificate authority to trust, where the registry's is private", optional=True
    ),
    Variable(
        Name.DOCKER_REGISTRY_CA,
        "the same as base64 of its PEM, where it is not on the builder's machine",
        auths=frozenset({Auth.STATIC}),
        optional=True,
    ),
    Variable(Name.AWS_REGION, "region of the ECR registry", auths=frozenset({Auth.ECR})),
    Variable(Name.AWS_ACCOUNT_ID, "account of the ECR registry", auths=frozenset({Auth.ECR})),
    Variable(Name.AWS_ROLE_ARN, "role that may push", auths=frozenset({Auth.ECR}), optional=True),
    # Secret too, although it is a name only: with it a reader knows which key to look for, and scanners stop at it.
    Variable(
        Name.AWS_ACCESS_KEY_ID, "access key of an IAM user", secret=True, auths=frozenset({Auth.ECR}), optional=True
    ),
    Variable(
        Name.AWS_SECRET_ACCESS_KEY,
        "secret half of the IAM user's access key",
        secret=True,
        auths=frozenset({Auth.ECR}),
        optional=True,
    ),
    Variable(
        Name.GOOGLE_WORKLOAD_IDENTITY_PROVIDER,
        "workload identity provider that trusts the builder",
        auths=frozenset({Auth.GOOGLE}),
        optional=True,
    ),
    Variable(
        Name.GOOGLE_SERVICE_ACCOUNT, "service account that may push", auths=frozenset({Auth.GOOGLE}), optional=True
    ),
    Variable(Name.BUILDER_WORK_DIR, "where the builder unpacks and builds sources"),
    Variable(Name.BUILDER_LOG_DIR, "where the builder writes its logs"),
)

SECRET_NAMES: frozenset[str] = frozenset(variable.name for variable in BUILDER_VARIABLES if variable.secret)

DEFAULT_WORK_DIR = "/tmp/snapdeploy/builds"
DEFAULT_LOG_DIR = "./temp"


def expected_names(auth: Auth) -> frozenset[str]:
    """The variables that must be present under `auth`."""
    return frozenset(
        variable.name
        for variable in BUILDER_VARIABLES
        if not variable.optional and (not variable.auths or auth in variable.auths)
    )


def in_order(names: Iterable[str]) -> list[str]:
    """`names` in the order of delivery; raises KeyError for a name that is no builder's variable."""
    order = {str(variable.name): position for position, variable in enumerate(BUILDER_VARIABLES)}
    return sorted(names, key=lambda name: order[name])
