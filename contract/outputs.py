"""The names of the stack's outputs, and of what each registry says of itself."""

from enum import StrEnum


class StackOutput(StrEnum):
    """What `pulumi stack output` shows."""

    REGISTRY = "registry"
    HOST = "host"
    KIND = "kind"
    BUILDER_ENV = "builder_env"
    VERIFY = "verify"
    REGISTRIES = "registries"
    DELIVERIES = "deliveries"
    SIMULATED = "SIMULATED"
    """There, and true, only where nothing in the stack is real."""


class RegistryOutput(StrEnum):
    """The contract that every registry component ends in."""

    KIND = "kind"
    HOST = "host"
    REGISTRY = "registry"
    AUTH = "auth"
    BUILDER_ENV = "builder_env"
    SCAN = "scan"
    RETENTION = "retention"
    IMMUTABLE = "immutable"
    EXPIRES_AT = "expires_at"
