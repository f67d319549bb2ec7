"""The values that Harbor's chart is installed with.

Owns: the translation, a pure function; nothing in what it returns is secret. Does not own: the secrets that it refers
to by name (`secrets.py`), or the chart.
"""

from collections.abc import Mapping
from typing import Any

import pulumi

from components.harbor.kubernetes.args import ReleaseArgs
from components.harbor.kubernetes.kept import REGISTRY_USERNAME, SERVED
from components.harbor.kubernetes.secrets import Name, internal
from components.harbor.kubernetes.settings import KubernetesSettings, Part

FULLNAME = "harbor"
"""What every object of the chart begins with; the release's name too."""
SERVICE_ACCOUNT = "harbor-registry"
ANNOTATION = "snapdeploy/secrets"
"""The pods' annotation with the secrets' fingerprint: Kubernetes starts no pod again because a secret changed."""
_ZONE = "topology.kubernetes.io/zone"
_HOST = "kubernetes.io/hostname"


def values(settings: KubernetesSettings, args: ReleaseArgs, fingerprint: pulumi.Input[str]) -> dict[str, Any]:
    """The chart's values for `args`."""
    parts = {part: _part(settings, part, fingerprint) for part in Part}
    return {
        "fullnameOverride": FULLNAME,
        "externalURL": f"https://{args.host}",
        "expose": _expose(settings, args),
        "caSecretName": str(Name.AUTHORITY) if args.tls["mode"] == "internal" else "",
        **({"caBundleSecretName": str(Name.TRUSTED)} if settings.authorities else {}),
        # A default of the chart is emptied beside each reference to a secret: a reference that is lost then fails,
        # where it would fall back on a password that everybody knows.
        "existingSecretAdminPassword": str(Name.ADMIN),
        "existingSecretAdminPasswordKey": "HARBOR_ADMIN_PASSWORD",
        "harborAdminPassword": "",
        "existingSecretSecretKey": str(Name.KEYS),
        "secretKey": "",
        "internalTLS": {
            "enabled": True,
            "strong_ssl_ciphers": True,
            "certSource": "secret",
            **{part: {"secretName": internal(part)} for part in SERVED},
        },
        "persistence": _persistence(settings, args.storage),
        "database": _database(args.database),
        "redis": _redis(args.redis),
        "metrics": {"enabled": True, "serviceMonitor": {"enabled": settings.service_monitor}},
        "updateStrategy": {"type": "RollingUpdate"},
        "containerSecurityContext": {
            "privileged": False,
            "allowPrivilegeEscalation": False,
            "seccompProfile": {"type": "RuntimeDefault"},
            "runAsNonRoot": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "nginx": parts[Part.NGINX],
        "portal": parts[Part.PORTAL],
        "core": {
            **parts[Part.CORE],
            "existingSecret": str(Name.KEYS),
            "secretName": str(Name.TOKEN),
            "existingXsrfSecret": str(Name.KEYS),
            "existingXsrfSecretKey": "CSRF_KEY",
        },
        "jobservice": {
            **parts[Part.JOBSERVICE],
            "existingSecret": str(Name.KEYS),
            "existingSecretKey": "JOBSERVICE_SECRET",
            # In files they would be on a disk that all pods have to share.
            "jobLoggers": ["database"],
        },
        "registry": {
            **_registry(parts[Part.REGISTRY]),
            "serviceAccountName": SERVICE_ACCOUNT,
            "existingSecret": str(Name.KEYS),
            "existingSecretKey": "REGISTRY_HTTP_SECRET",
            "credentials": {"username": REGISTRY_USERNAME, "password": "", "existingSecret": str(Name.REGISTRY)},
        },
        "trivy": {**parts[Part.TRIVY], "enabled": True},
        "exporter": parts[Part.EXPORTER],
    }


def _expose(settings: KubernetesSettings, args: ReleaseArgs) -> dict[str, Any]:
    tls = {"enabled": True, "certSource": "secret", "secret": {"secretName": str(Name.TLS)}}
    ingress, balancer = settings.ingress, settings.load_balancer
    if ingress is not None:
        issuer = ingress.cert_manager_issuer
        asked = {"cert-manager.io/cluster-issuer": issuer} if issuer else {}
        return {
            "type": "ingress",
            "tls": tls,
            "ingress": {
                "hosts": {"core": args.host},
                "className": ingress.class_,
                "annotations": {**asked, **ingress.annotations},
            },
        }
    assert balancer is not None  # the settings have one of the two
    return {
        "type": "loadBalancer",
        "tls": tls,
        "loadBalancer": {
            "name": FULLNAME,
            "annotations": dict(balancer.annotations),
            "sourceRanges": list(balancer.source_ranges),
        },
    }


def _persistence(settings: KubernetesSettings, storage: Mapping[str, Any]) -> dict[str, Any]:
    if storage["kind"] == "s3":
        place = {"type": "s3", "s3": {"region": storage["region"], "bucket": storage["bucket"]}}
    elif storage["kind"] == "gcs":
        place = {"type": "gcs", "gcs": {"bucket": storage["bucket"], "encodedkey": "", "useWorkloadIdentity": True}}
    else:
        raise ValueError(f"storage of kind {storage['kind']} cannot be shared by several pods")
    return {
        "enabled": True,
        "resourcePolicy": "keep",
        "persistentVolumeClaim": {
            "trivy": {"storageClass": settings.storage_class or "", "accessMode": "ReadWriteOnce", "size": "5Gi"}
        },
        "imageChartStorage": {"disableredirect": False, **place},
    }


def _database(told: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "external",
        "internal": {"password": ""},
        "external": {
            "host": told["host"],
            "port": str(told["port"]),
            "username": told["username"],
            "password": "",
            "coreDatabase": told["name"],
            "existingSecret": str(Name.DATABASE),
            "sslmode": told["sslmode"],
        },
    }


def _redis(told: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "external",
        "external": {
            "addr": f"{told['host']}:{told['port']}",
            "tlsOptions": {"enable": bool(told["tls"])},
            "password": "",
            "existingSecret": str(Name.REDIS),
        },
    }


def _part(settings: KubernetesSettings, part: Part, fingerprint: pulumi.Input[str]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "replicas": settings.replicas,
        "podDisruptionBudget": {"enabled": True, "minAvailable": 1},
        "podAnnotations": {ANNOTATION: fingerprint},
        "automountServiceAccountToken": False,
        # The chart adds each part's label selector.
        "topologySpreadConstraints": [
            {"maxSkew": 1, "topologyKey": _HOST, "whenUnsatisfiable": "DoNotSchedule", "nodeTaintsPolicy": "Honor"},
            {"maxSkew": 1, "topologyKey": _ZONE, "whenUnsatisfiable": "ScheduleAnyway"},
        ],
    }
    told = settings.resources.get(part)
    if told is not None:
        requests = {name: value for name, value in (("cpu", told.cpu), ("memory", told.memory)) if value is not None}
        limits = {"memory": told.memory_limit} if told.memory_limit is not None else {}
        made["resources"] = {
            **({"requests": requests} if requests else {}),
            **({"limits": limits} if limits else {}),
        }
    return made


def _registry(part: dict[str, Any]) -> dict[str, Any]:
    """The registry's pod has two containers, each with resources of its own."""
    resources = part.pop("resources", None)
    return (
        part
        if resources is None
        else {**part, "registry": {"resources": resources}, "controller": {"resources": resources}}
    )
