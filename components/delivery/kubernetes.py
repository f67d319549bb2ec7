"""Delivery into Kubernetes: a pull secret of type `kubernetes.io/dockerconfigjson` in each named namespace.

Owns: the secrets. Does not own: the namespaces, which have to exist, or the service accounts that
name the secret in `imagePullSecrets`. Of the builder's variables a cluster can use three: address,
user name and password. Refused for a credential that dies within hours: pods would start until then,
and fail on whichever node pulls next.
"""

import base64
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import pulumi
import pulumi_kubernetes as kubernetes
from pydantic import AfterValidator, Field

from components._settings import DeliverySettings, MistakeError, PathText, Settings, Text
from components.delivery._interface import STACK, Context, Delivery
from contract.docker_config import document
from contract.image import Registry
from contract.kinds import Auth, Target
from contract.variables import Name

TYPE = "kubernetes.io/dockerconfigjson"
KEY = ".dockerconfigjson"

# https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_SUBDOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*")
_LONGEST = 253

_SHORT_LIVED = {
    Auth.ECR: MistakeError(
        "delivers a registry whose tokens end after 12 hours",
        "let the nodes fetch them: on EKS the node role with AmazonEC2ContainerRegistryPullOnly, elsewhere the "
        "kubelet's `ecr-credential-provider`; for the builder, deliver to target `aws-secrets-manager` or `aws-ssm`",
        "half a day later pods would no longer start",
    ),
    Auth.GOOGLE: MistakeError(
        "delivers a registry whose tokens end after one hour",
        "let the nodes fetch them: on GKE the node's service account with roles/artifactregistry.reader, elsewhere "
        "the kubelet's `gcp-credential-provider`",
        "an hour later pods would no longer start",
    ),
    Auth.GITHUB_TOKEN: MistakeError(
        "delivers a registry whose token ends with the workflow run that it was made for",
        "give the registry a classic personal access token with read:packages",
        "after that run pods would no longer start",
    ),
    Auth.ANONYMOUS: MistakeError(
        "delivers a registry that has no credential",
        "delete the delivery",
        "there is nothing that a pull secret could hold",
    ),
}


def _namespace(text: str) -> str:
    if _LABEL.fullmatch(text) is None:
        raise MistakeError("is not a namespace: 1 to 63 of a-z, 0-9 and '-', not at an end")
    return text


def _secret_name(text: str) -> str:
    if _SUBDOMAIN.fullmatch(text.replace(STACK, "stack")) is None or len(text) > _LONGEST:
        raise MistakeError("is not a secret's name: a-z, 0-9, '-' and '.', not at an end, 253 at most")
    return text


class NamespaceSettings(Settings):
    """The pull secret of one namespace."""

    secret: Annotated[str, AfterValidator(_secret_name)] = Field(
        default=f"snapdeploy-{STACK}",
        description="the secret's name, as `imagePullSecrets` repeats it; `{stack}` in it is the stack's name",
        examples=["snapdeploy-prod"],
    )


class KubernetesSettings(DeliverySettings):
    """Pull secrets in one cluster."""

    target: Target = Target.KUBERNETES
    context: Text = Field(
        description="the context in the kubeconfig; said, so that no cluster is met by accident",
        examples=["production"],
    )
    kubeconfig: PathText | None = Field(
        default=None,
        description="the kubeconfig's path; left out: KUBECONFIG, else ~/.kube/config",
        examples=["/etc/snapdeploy/kubeconfig"],
    )
    namespaces: Mapping[Annotated[str, AfterValidator(_namespace)], NamespaceSettings] = Field(
        min_length=1, description="the namespaces that get a pull secret, by name", examples=[{"builders": {}}]
    )

    def destination(self) -> str:
        """The context and its namespaces with their secrets."""
        places = ",".join(f"{name}/{told.secret}" for name, told in sorted(self.namespaces.items()))
        return f"{self.context}:{places}"

    def obstacle(self, root: Path) -> MistakeError | None:
        """A kubeconfig that is named and not there; the provider would take the path for its content."""
        if self.kubeconfig is None or (root / self.kubeconfig).is_file():
            return None
        return MistakeError(
            f"names the kubeconfig {self.kubeconfig}, which is no file",
            "write its path, or delete the line for the default one",
        )

    def refusal(self, auth: Auth) -> MistakeError | None:
        """A credential that would end in the cluster."""
        return _SHORT_LIVED.get(auth)


class Kubernetes(Delivery):
    """The registry's credential as pull secrets."""

    TYPE = "snapdeploy:delivery:Kubernetes"
    Settings = KubernetesSettings

    @classmethod
    def delivers(cls, name: str) -> bool:
        """What a pull secret can hold."""
        return name in {Name.DOCKER_REGISTRY, Name.DOCKER_REGISTRY_USERNAME, Name.DOCKER_REGISTRY_PASSWORD}

    def deliver(
        self, settings: KubernetesSettings, variables: Mapping[str, pulumi.Output[str]], context: Context
    ) -> None:
        """A secret for each namespace, changed in place: replaced, it would be gone while pods pull."""
        cluster = kubernetes.Provider(
            self.child("cluster"),
            kubeconfig=settings.kubeconfig,
            context=settings.context,
            enable_secret_mutable=True,
            opts=self.options(),
        )
        joined = pulumi.Output.all(
            variables[Name.DOCKER_REGISTRY],
            variables[Name.DOCKER_REGISTRY_USERNAME],
            variables[Name.DOCKER_REGISTRY_PASSWORD],
        ).apply(lambda values: encoded(*values))
        held: pulumi.Output[str] = pulumi.Output.secret(joined)
        for namespace, told in sorted(settings.namespaces.items()):
            kubernetes.core.v1.Secret(
                self.child(namespace),
                type=TYPE,
                metadata=kubernetes.meta.v1.ObjectMetaArgs(
                    name=context.place(told.secret),
                    namespace=namespace,
                    labels={
                        "app.kubernetes.io/managed-by": "pulumi",
                        "app.kubernetes.io/part-of": "snapdeploy-registry",
                    },
                ),
                # Not `string_data`: the API keeps it as `data`, and drift in that would go unseen.
                data={KEY: held},
                opts=self.options(provider=cluster),
            )


def encoded(registry: str, username: str, password: str) -> str:
    """The `.dockerconfigjson` for `registry`, as a secret's `data` holds it."""
    config = document(Registry.parse(registry).host, username, password)
    return base64.b64encode(config.encode()).decode("ascii")
