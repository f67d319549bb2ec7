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
    FINGERPRINTS = "fingerprints"
    """By delivery: the keyed fingerprint of what was delivered."""
    FINGERPRINT_KEY = "fingerprint_key"
    """Their key, secret: for `snapdeploy-registry fingerprint` on the builder's side."""
    REVOCABLE = "revocable"
    """By registry: which credential can be revoked."""
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
    LIMITS = "limits"
    """What the plan includes, where the kind has plans and one was named."""
    PUBLIC_REPOSITORIES = "public_repositories"
    """What everybody can see beside it and nobody declared, where the kind can tell."""
