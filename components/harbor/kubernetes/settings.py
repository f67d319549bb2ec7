"""What Harbor on Kubernetes may be told: the block `kubernetes`.

Owns: its keys, defaults, and the rules between them and what else the registry is told (`mistakes`). Does not own: that
rest, or the chart's own values, which are made from this (`values.py`).
"""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, Strict, model_validator

from components._retention import Refusal
from components._settings import MistakeError, PathText, Settings, Text, like
from components.harbor.kubernetes.charts import chart

# https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_SUBDOMAIN = re.compile(r"(?=.{1,253}$)[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")
# https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
_QUANTITY = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:m|k|M|G|T|Ki|Mi|Gi|Ti)?")
_CHART = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_ROLE = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[\w+=,.@/-]+")
_GOOGLE = re.compile(r"[a-z0-9-]{6,30}@[a-z0-9.:-]+\.iam\.gserviceaccount\.com")
_CIDR = re.compile(r"[0-9a-f.:]+/[0-9]{1,3}")
_CERTIFICATES = re.compile(r"(?:\s*-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----)+\s*")

Name = Annotated[str, like(_LABEL, "is not a name: 1 to 63 of a-z, 0-9 and '-', not at an end")]
Subdomain = Annotated[str, like(_SUBDOMAIN, "is not a name: a-z, 0-9, '-' and '.', not at an end, 253 at most")]
Quantity = Annotated[str, like(_QUANTITY, "is not a quantity such as 200m or 512Mi")]


class Part(StrEnum):
    """The parts of Harbor whose resources may be set, as the chart names them."""

    NGINX = "nginx"
    PORTAL = "portal"
    CORE = "core"
    JOBSERVICE = "jobservice"
    REGISTRY = "registry"
    TRIVY = "trivy"
    EXPORTER = "exporter"


class IngressSettings(Settings):
    """The way in through an ingress controller that the cluster has."""

    class_: Name = Field(alias="class", description="the IngressClass", examples=["nginx"])
    cert_manager_issuer: Subdomain | None = Field(
        default=None,
        description="cert-manager's ClusterIssuer that the certificate is asked of; with `tls.mode: lets-encrypt`",
        examples=["letsencrypt"],
    )
    annotations: Mapping[str, str] = Field(
        default_factory=dict,
        description="annotations of the Ingress, beside the chart's own for bodies of any size",
        examples=[{"nginx.ingress.kubernetes.io/proxy-read-timeout": "900"}],
    )


class LoadBalancerSettings(Settings):
    """The way in through a load balancer of the cloud, before Harbor's own nginx."""

    annotations: Mapping[str, str] = Field(
        default_factory=dict,
        description="annotations of the Service, by which a cloud is told what load balancer to make",
        examples=[{"service.beta.kubernetes.io/aws-load-balancer-type": "external"}],
    )
    source_ranges: Annotated[
        tuple[Annotated[str, like(_CIDR, "is not a range of addresses such as 203.0.113.0/24")], ...], Strict(False)
    ] = Field(default=(), description="who may connect; left out: everybody", examples=[["203.0.113.0/24"]])


class ChartSettings(Settings):
    """Another chart than the table's."""

    version: Annotated[str, like(_CHART, "is not a chart's version such as 1.19.2")] = Field(
        description="the chart's version, which is not Harbor's", examples=["1.19.2"]
    )
    sha256: Annotated[str, like(_SHA256, "is not a SHA-256: 64 of 0-9 and a-f")] = Field(
        description="the SHA-256 of its archive", examples=["0" * 64]
    )


class ResourceSettings(Settings):
    """What each container of one part asks for, and what it may not pass."""

    cpu: Quantity | None = Field(default=None, description="requested processor", examples=["200m"])
    memory: Quantity | None = Field(default=None, description="requested memory", examples=["512Mi"])
    memory_limit: Quantity | None = Field(default=None, description="most memory", examples=["1Gi"])


class IdentitySettings(Settings):
    """Who the registry's pods are to the storage of images, without a key."""

    role_arn: Annotated[str, like(_ROLE, "is not the ARN of a role")] | None = Field(
        default=None,
        description="the IAM role that the service account assumes (IRSA)",
        examples=["arn:aws:iam::123456789012:role/harbor-images"],
    )
    google_service_account: Annotated[str, like(_GOOGLE, "is not the address of a service account")] | None = Field(
        default=None,
        description="the Google service account that it acts as (Workload Identity)",
        examples=["harbor-images@acme-prod.iam.gserviceaccount.com"],
    )

    @model_validator(mode="after")
    def _one(self) -> Self:
        if self.role_arn is not None and self.google_service_account is not None:
            raise MistakeError("names an identity in two clouds", "keep the one of the cloud that `storage` is in")
        return self


class KubernetesSettings(Settings):
    """`kubernetes:`, where `mode` is `kubernetes`."""

    context: Text = Field(
        description="the context in the kubeconfig; said, so that no cluster is met by accident",
        examples=["production"],
    )
    kubeconfig: PathText | None = Field(
        default=None,
        description="the kubeconfig's path; left out: KUBECONFIG, else ~/.kube/config",
        examples=["/etc/snapdeploy/kubeconfig"],
    )
    namespace: Name = Field(
        default="harbor",
        description="the namespace, made here and Harbor's alone: one registry each",
        examples=["harbor"],
    )
    replicas: int = Field(
        default=2, ge=2, le=20, description="pods of each part; two at least, so that one may go", examples=[2]
    )
    ingress: IngressSettings | None = Field(
        default=None, description="the way in through an ingress controller", examples=[{"class": "nginx"}]
    )
    load_balancer: LoadBalancerSettings | None = Field(
        default=None, description="the way in through a load balancer; instead of `ingress`", examples=[{}]
    )
    identity: IdentitySettings = Field(
        default_factory=IdentitySettings,
        description="who the registry's pods are to the storage; left out: whom the cluster takes them for",
        examples=[{"roleArn": "arn:aws:iam::123456789012:role/harbor-images"}],
    )
    storage_class: Subdomain | None = Field(
        default=None,
        description="the StorageClass of Trivy's disks, one a pod; left out: the cluster's default",
        examples=["gp3"],
    )
    authorities: Annotated[str, like(_CERTIFICATES, "is not a list of certificates in PEM")] | None = Field(
        default=None,
        description="further authorities to trust, in PEM: those of the database, Redis, or an identity provider",
        examples=["-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"],
    )
    resources: Annotated[Mapping[Annotated[Part, Strict(False)], ResourceSettings], Strict(False)] = Field(
        default_factory=dict,
        description="what each container of a part asks for; a part that is left out asks for what the chart says",
        examples=[{"core": {"cpu": "200m", "memory": "512Mi", "memoryLimit": "1Gi"}}],
    )
    service_monitor: bool = Field(
        default=False,
        description="whether to declare a ServiceMonitor; the cluster needs the Prometheus operator",
        examples=[True],
    )
    chart: ChartSettings | None = Field(
        default=None,
        description="another version of the chart than the table's, with its archive's sha256",
        examples=[{"version": "1.19.2", "sha256": "0" * 64}],
    )

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        if (self.ingress is None) == (self.load_balancer is None):
            raise MistakeError(
                "needs one way in: `ingress` or `loadBalancer`",
                "write `ingress: {class: nginx}` with the class that the cluster has, or `loadBalancer: {}`",
            )
        return self

    def mistakes(self, version: str, tls: str, storage: str) -> Iterator[Refusal]:
        """What does not go together with the rest of the registry.

        That is Harbor's version, the certificate's mode, and the kind of storage.
        """
        try:
            chart(version, self.chart)
        except MistakeError as mistake:
            yield Refusal(("version",), version, mistake)
        other = {
            "s3": ("googleServiceAccount", self.identity.google_service_account),
            "gcs": ("roleArn", self.identity.role_arn),
        }
        key, identity = other.get(storage, ("", None))
        if identity is not None:
            yield Refusal(
                ("kubernetes", "identity", key),
                identity,
                MistakeError(
                    f"is of another cloud than the storage, which is {storage}",
                    "name an identity of the bucket's cloud",
                    "the registry could not read an image",
                ),
            )
        issuer = self.ingress.cert_manager_issuer if self.ingress else None
        if tls == "lets-encrypt" and issuer is None:
            yield Refusal(
                ("tls", "mode"),
                tls,
                MistakeError(
                    "is cert-manager's work on Kubernetes, and no issuer is named",
                    "write `kubernetes.ingress.certManagerIssuer`, or `tls.mode: given`",
                    "the ingress would have no certificate",
                ),
            )
        if tls != "lets-encrypt" and issuer is not None:
            yield Refusal(
                ("kubernetes", "ingress", "certManagerIssuer"),
                issuer,
                MistakeError(
                    f"asks for a certificate where `tls.mode` is {tls}", "delete it, or write `tls.mode: lets-encrypt`"
                ),
            )
