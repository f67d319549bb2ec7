"""The chart's values: each at a path that the chart has, no public password of it left, nothing secret in them."""

import itertools
import json
from typing import Any

import pytest

from components.harbor.kubernetes.secrets import Name
from components.harbor.kubernetes.settings import KubernetesSettings, Part
from components.harbor.kubernetes.values import ANNOTATION, values
from tests.unit.components.harbor.kubernetes import chart
from tests.unit.components.harbor.kubernetes.told import AUTHORITY, BALANCED, CANARIES, GCS, HERE, HOST, S3, args

EVERYTHING = {
    "resources": {part: {"cpu": "1", "memory": "1Gi", "memoryLimit": "2Gi"} for part in map(str, Part)},
    "authorities": AUTHORITY,
    "serviceMonitor": True,
    "storageClass": "gp3",
    "replicas": 3,
}


def made(block: Any = HERE, storage: Any = S3, tls: str = "given", **changed: Any) -> dict[str, Any]:
    settings = KubernetesSettings.model_validate({**block, **changed})
    return values(settings, args(storage=storage, tls={"mode": tls}), "fingerprint")


ALL = {
    f"{way}-{storage['kind']}-{tls}": made(block, storage, tls, **EVERYTHING)
    for (way, block), storage, tls in itertools.product(
        (("ingress", HERE), ("balancer", BALANCED)), (S3, GCS), ("given", "internal")
    )
}


def test_every_path_is_one_of_the_charts() -> None:
    assert {path for each in ALL.values() for path, _ in chart.leaves(each)} == chart.paths()


@pytest.mark.parametrize("variant", ALL)
@pytest.mark.parametrize("default", chart.defaults(), ids=lambda default: default.path)
def test_no_default_of_the_chart_is_left(variant: str, default: chart.Default) -> None:
    found = dict(chart.leaves(ALL[variant]))
    if default.path.startswith("persistence.imageChartStorage.gcs") and "-gcs-" not in variant:
        assert found["persistence.imageChartStorage.type"] == "s3"
        return
    assert found[default.replaced]
    # What the chart fills by a public value is emptied too: a lost reference then fails.
    assert found.get(default.path) == ("" if default.value else found.get(default.path))


def test_what_replaces_a_default_is_a_secret_that_is_made() -> None:
    named = {path: value for path, value in chart.leaves(ALL["ingress-s3-internal"]) if "ecret" in path and value}
    references = {value for path, value in named.items() if not path.endswith(("Key", "certSource"))}
    assert references - {"snapdeploy-keys"} >= {str(Name.ADMIN), str(Name.TOKEN), str(Name.DATABASE), str(Name.REDIS)}
    assert all(str(value).startswith("snapdeploy-") for value in references)


@pytest.mark.parametrize("variant", ALL)
def test_nothing_secret_is_in_them(variant: str) -> None:
    text = json.dumps(ALL[variant])
    assert not [canary for canary in CANARIES.values() if canary in text]


@pytest.mark.parametrize("part", Part)
def test_each_part_outlives_the_loss_of_a_pod(part: Part) -> None:
    told = made()[part]
    assert told["replicas"] == 2
    assert told["podDisruptionBudget"] == {"enabled": True, "minAvailable": 1}
    assert [each["topologyKey"] for each in told["topologySpreadConstraints"]] == [
        "kubernetes.io/hostname",
        "topology.kubernetes.io/zone",
    ]
    assert told["podAnnotations"] == {ANNOTATION: "fingerprint"}
    assert made(replicas=5)[part]["replicas"] == 5


def test_nothing_lies_on_a_disk_that_pods_share() -> None:
    for each in ALL.values():
        assert each["jobservice"]["jobLoggers"] == ["database"]
        assert each["persistence"]["imageChartStorage"]["type"] in {"s3", "gcs"}
        claims = each["persistence"]["persistentVolumeClaim"]
        # Trivy's is one a pod: a template of claims of its StatefulSet.
        assert list(claims) == ["trivy"]
        assert claims["trivy"]["accessMode"] == "ReadWriteOnce"
        assert (each["database"]["type"], each["redis"]["type"]) == ("external", "external")


def test_pods_are_what_the_namespace_admits() -> None:
    """The `restricted` level: https://kubernetes.io/docs/concepts/security/pod-security-standards/."""
    context = made()["containerSecurityContext"]
    assert context["runAsNonRoot"] is True
    assert context["allowPrivilegeEscalation"] is False
    assert context["capabilities"] == {"drop": ["ALL"]}
    assert context["seccompProfile"] == {"type": "RuntimeDefault"}


def test_the_way_in() -> None:
    issued = made(
        {"context": "p", "ingress": {"class": "nginx", "certManagerIssuer": "letsencrypt"}}, tls="lets-encrypt"
    )
    ingress = issued["expose"]["ingress"]
    assert (ingress["hosts"]["core"], ingress["className"]) == (HOST, "nginx")
    assert ingress["annotations"] == {"cert-manager.io/cluster-issuer": "letsencrypt"}
    assert issued["expose"]["tls"]["secret"]["secretName"] == str(Name.TLS)
    assert issued["externalURL"] == f"https://{HOST}"
    balancer = made({"context": "p", "loadBalancer": {"sourceRanges": ["203.0.113.0/24"]}})["expose"]
    assert (balancer["type"], balancer["loadBalancer"]["sourceRanges"]) == ("loadBalancer", ["203.0.113.0/24"])


def test_both_containers_of_the_registry_get_what_it_is_told() -> None:
    told = made(resources={"registry": {"memory": "1Gi"}})["registry"]
    assert told["registry"] == told["controller"] == {"resources": {"requests": {"memory": "1Gi"}}}
    assert "resources" not in told
    assert "resources" not in made()["core"]
