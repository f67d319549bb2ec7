"""The kinds of registry, of authentication and of delivery target, by the names users write."""

from enum import StrEnum


class Kind(StrEnum):
    """What provides the registry; the `kind` key of a registry in the stack's config."""

    LOCAL = "local"
    ECR = "ecr"
    ARTIFACT_REGISTRY = "artifact-registry"
    GHCR = "ghcr"
    DOCKER_HUB = "docker-hub"
    HARBOR = "harbor"


class Auth(StrEnum):
    """How the builder gets a credential at the moment it needs one."""

    STATIC = "static"
    """A username and a secret, both delivered."""
    ECR = "ecr"
    """An AWS role; the token (12 hours) is fetched by the builder, never delivered."""
    GOOGLE = "google"
    """A Google service account through workload identity; the token (1 hour) is fetched."""
    GITHUB_TOKEN = "github-token"
    """The workflow's own `GITHUB_TOKEN`; nothing is delivered."""
    ANONYMOUS = "anonymous"
    """None at all. The policy pack refuses it."""


class Target(StrEnum):
    """Where the builder's variables are delivered; the `target` key of a delivery in the stack's config."""

    DOTENV = "dotenv"
    """A file of environment variables inside the project."""
    AWS_SECRETS_MANAGER = "aws-secrets-manager"
    """One secret in AWS Secrets Manager that holds them all."""
    AWS_SSM = "aws-ssm"
    """A parameter for each in AWS Systems Manager's Parameter Store."""
    GOOGLE_SECRET_MANAGER = "google-secret-manager"
    """One secret in Google Secret Manager that holds them all."""
    GITHUB_ACTIONS = "github-actions"
    """Variables and secrets of GitHub Actions."""
    KUBERNETES = "kubernetes"
    """A pull secret in namespaces of a Kubernetes cluster."""


class Environment(StrEnum):
    """What is at stake in a stack; decides how strict the checks are."""

    LOCAL = "local"
    """This machine only. The one environment in which kind `local` is allowed."""
    DEV = "dev"
    """Shared, but may be lost."""
    PROD = "prod"
    """What users run depends on it."""
