"""The simulated cluster refuses what the API server and Helm refuse, and makes up no more than a record."""

from pathlib import Path

import pytest

from tests.simulated.behaviour import CloudError
from tests.simulated.faults import Faults
from tests.simulated.lifecycle import Lifecycle, Naming, Resource
from tests.simulated.providers.kubernetes import SECRET, provider
from tests.simulated.providers.kubernetes_objects import ACCOUNT, NAMESPACE, RELEASE
from tests.simulated.sdk import Sdk
from tests.simulated.store import Store
from tests.simulated.wire import Properties, Secret

CHART: Properties = {
    "name": "harbor",
    "namespace": "harbor",
    "chart": "harbor",
    "version": "1.19.1",
    "repositoryOpts": {"repo": "https://helm.goharbor.io"},
}


@pytest.fixture(scope="module")
def sdk() -> Sdk:
    return Sdk("pulumi_kubernetes")


@pytest.fixture
def life(sdk: Sdk, tmp_path: Path) -> Lifecycle:
    made = Lifecycle(provider(), Store(tmp_path, "kubernetes"), Faults(tmp_path), sdk)
    made.configure({"context": "production"})
    return made


def make(life: Lifecycle, token: str, inputs: Properties) -> Properties:
    return life.create(Resource(token, "x"), inputs, preview=False).properties


def named(name: str, namespace: str = "harbor") -> Properties:
    return {"metadata": {"name": name, "namespace": namespace}}


def secret(type_: str, **data: str) -> Properties:
    return {**named("it"), "type": type_, "data": Secret({key.replace("_", "."): value for key, value in data.items()})}


@pytest.mark.parametrize(
    ("token", "inputs"),
    [(SECRET, secret("Opaque", a="YQ==")), (ACCOUNT, named("registry")), (RELEASE, CHART)],
    ids=["secret", "account", "release"],
)
def test_nothing_is_made_in_a_namespace_that_is_not_there(life: Lifecycle, token: str, inputs: Properties) -> None:
    with pytest.raises(CloudError, match='namespaces "harbor" not found'):
        make(life, token, inputs)
    make(life, NAMESPACE, {"metadata": {"name": "harbor"}})
    make(life, token, inputs)
    with pytest.raises(CloudError, match=r"already exists|still in use"):
        make(life, token, inputs)


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        (secret("kubernetes.io/tls", tls_crt="YQ=="), r"data\[tls.key\]: Required"),
        (secret("Opaque", a="not base64"), "illegal base64"),
        (secret("kubernetes.io/basic-auth", a="YQ=="), "not simulated"),
    ],
)
def test_a_secret_has_to_be_what_its_type_says(life: Lifecycle, inputs: Properties, words: str) -> None:
    make(life, NAMESPACE, {"metadata": {"name": "harbor"}})
    with pytest.raises(CloudError, match=words):
        make(life, SECRET, inputs)


def test_a_namespace_of_the_cluster_is_nobodys_to_make(life: Lifecycle) -> None:
    with pytest.raises(CloudError, match="already exists"):
        make(life, NAMESPACE, {"metadata": {"name": "apps"}})


def test_a_release_says_what_was_asked_for_and_no_more(life: Lifecycle) -> None:
    make(life, NAMESPACE, {"metadata": {"name": "harbor"}})
    made = make(life, RELEASE, CHART)
    assert made["resourceNames"] == {}
    assert made["status"] == {
        "name": "harbor",
        "namespace": "harbor",
        "chart": "harbor",
        "version": "1.19.1",
        "revision": 1,
        "status": "deployed",
    }


def test_a_chart_has_to_be_found_somewhere(life: Lifecycle) -> None:
    told = {key: value for key, value in CHART.items() if key != "repositoryOpts"}
    _, mistakes = life.check(Resource(RELEASE, "x"), {}, told, Naming())
    assert [mistake for mistake in map(str, mistakes) if "no repository is named" in mistake]
