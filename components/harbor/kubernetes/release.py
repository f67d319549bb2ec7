"""Harbor on Kubernetes: the release of the official chart, and what lies around it.

Owns: the namespace, the secrets and the service account that the chart refers to, and the release. Does not own: what
holds data, which is all outside of the cluster: database, Redis, bucket.

A release of Helm (`helm.v3.Release`) and not the chart's objects one by one (`helm.v4.Chart`): the chart looks up the
password of Redis in the cluster and writes it into its ConfigMaps, which would then lie in the state in plain.
"""

import pulumi
import pulumi_kubernetes as kubernetes

from components._base import Component
from components.harbor.kubernetes.answers import Answers
from components.harbor.kubernetes.args import ReleaseArgs
from components.harbor.kubernetes.charts import chart
from components.harbor.kubernetes.kept import Certificates, Keys
from components.harbor.kubernetes.secrets import PREFIX, Name, contents, fingerprint
from components.harbor.kubernetes.settings import KubernetesSettings
from components.harbor.kubernetes.values import FULLNAME, SERVICE_ACCOUNT, values

__all__ = ["HarborRelease", "ReleaseArgs"]

_SECONDS = 900
"""How long the pods may take: the first start migrates the database."""
_HISTORY = 10
_LABELS = {"app.kubernetes.io/managed-by": "pulumi", "app.kubernetes.io/part-of": "snapdeploy-registry"}
_SECURITY = "pod-security.kubernetes.io"


class HarborRelease(Component):
    """The official chart with everything that holds data outside of it."""

    TYPE = "snapdeploy:harbor:Release"

    def __init__(
        self, name: str, settings: KubernetesSettings, args: ReleaseArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Raises MistakeError where Harbor's version has no known chart, or the settings do not fit the rest."""
        mode = str(args.tls["mode"])
        for refusal in settings.mistakes(args.version, mode, str(args.storage["kind"])):
            raise refusal.mistake
        taken = chart(args.version, settings.chart)
        facts = {"version": args.version, "chart": taken.version, "replicas": settings.replicas, "tls": mode}
        super().__init__(name, facts, opts)
        cluster = kubernetes.Provider(
            self.child("cluster"),
            kubeconfig=settings.kubeconfig,
            context=settings.context,
            enable_secret_mutable=True,
            opts=self.options(),
        )
        keys = Keys(self.child("keys"), self.options(protect=args.protect))
        domain = args.host if mode == "internal" else ""
        certificates = Certificates(
            self.child("certificates"), FULLNAME, settings.namespace, domain, self.options(protect=args.protect)
        )
        namespace = kubernetes.core.v1.Namespace(
            self.child("namespace"),
            metadata=kubernetes.meta.v1.ObjectMetaArgs(
                name=settings.namespace,
                labels={**_LABELS, **{f"{_SECURITY}/{mode_}": "restricted" for mode_ in ("enforce", "audit", "warn")}},
            ),
            opts=self.options(provider=cluster, protect=args.protect),
        )
        held = contents(keys, certificates, args.secrets, tls=mode, authorities=settings.authorities)
        inside = [
            kubernetes.core.v1.Secret(
                self.child(f"secret-{secret.removeprefix(PREFIX)}"),
                type=content.type,
                metadata=self._named(secret, settings),
                data=content.encoded(),
                opts=self.options(provider=cluster, depends_on=[namespace]),
            )
            for secret, content in sorted(held.items())
        ]
        account = kubernetes.core.v1.ServiceAccount(
            self.child("account"),
            metadata=self._named(SERVICE_ACCOUNT, settings, _identity(settings)),
            automount_service_account_token=False,
            opts=self.options(provider=cluster, depends_on=[namespace]),
        )
        mark = fingerprint(keys.fingerprint_key, held)
        release = kubernetes.helm.v3.Release(
            self.child("release"),
            name=FULLNAME,
            namespace=settings.namespace,
            create_namespace=False,
            chart="harbor",
            version=taken.version,
            repository_opts=kubernetes.helm.v3.RepositoryOptsArgs(repo=taken.repository),
            values=values(settings, args, mark),
            atomic=True,
            cleanup_on_fail=True,
            skip_await=False,
            wait_for_jobs=True,
            timeout=_SECONDS,
            max_history=_HISTORY,
            # The secrets first: the chart looks one of them up while it is rendered.
            opts=self.options(provider=cluster, protect=args.protect, depends_on=[namespace, account, *inside]),
        )
        self.ca: pulumi.Output[str] = certificates.authority if domain else pulumi.Output.from_input("")
        """PEM; empty where the certificate is the world's."""
        answers = Answers(
            self.child("answers"),
            host=args.host,
            version=args.version,
            ca=self.ca,
            occasion=pulumi.Output.concat(taken.version, " ", mark),
            minutes=args.minutes,
            opts=self.options(depends_on=[release]),
        )
        self.there: tuple[pulumi.Resource, ...] = (answers,)
        """What has to be there before Harbor answers."""
        self.secret = f"{settings.namespace}/{Name.ADMIN}"
        """The administrator's password: `<namespace>/<secret>`."""
        self.register_outputs({"chart": taken.version, "namespace": settings.namespace})

    @staticmethod
    def _named(
        name: str, settings: KubernetesSettings, annotations: dict[str, str] | None = None
    ) -> kubernetes.meta.v1.ObjectMetaArgs:
        return kubernetes.meta.v1.ObjectMetaArgs(
            name=name, namespace=settings.namespace, labels=_LABELS, annotations=annotations or None
        )


def _identity(settings: KubernetesSettings) -> dict[str, str]:
    told = settings.identity
    both = {
        "eks.amazonaws.com/role-arn": told.role_arn,
        "iam.gke.io/gcp-service-account": told.google_service_account,
    }
    return {key: value for key, value in both.items() if value is not None}
