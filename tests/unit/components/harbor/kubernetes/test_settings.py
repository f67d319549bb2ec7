"""What the block `kubernetes` may say, alone and beside the rest of its registry."""

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from components._settings import MistakeError
from components.harbor.kubernetes import settings as module
from components.harbor.kubernetes.charts import chart
from components.harbor.kubernetes.settings import ChartSettings, KubernetesSettings
from tests.unit.components.harbor.kubernetes.told import AUTHORITY, BALANCED, GOOGLE, HERE, ROLE, settings

MODELS = [
    value
    for value in vars(module).values()
    if isinstance(value, type) and issubclass(value, BaseModel) and value.__module__ == module.__name__
]
BASES: dict[str, dict[str, Any]] = {
    "KubernetesSettings": dict(HERE),
    "IngressSettings": {"class": "nginx"},
    "ChartSettings": {"version": "1.19.2", "sha256": "0" * 64},
}


@pytest.mark.parametrize("model", MODELS)
def test_every_field_states_its_meaning_and_an_example_that_works(model: type[BaseModel]) -> None:
    for name, field in model.model_fields.items():
        assert field.description, name
        base = BASES.get(model.__name__, {})
        if name == "load_balancer":
            base = {key: value for key, value in base.items() if key != "ingress"}
        for example in field.examples or [None]:
            model.model_validate({**base, field.alias or name: example})


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"replicas": 1}, "greater than or equal to 2"),
        ({"namespace": "Harbor"}, "is not a name"),
        ({"ingress": None}, "needs one way in"),
        ({"loadBalancer": {}}, "needs one way in"),
        ({"chart": {"version": "1.19.2"}}, "Field required"),
        ({"chart": {"version": "latest", "sha256": "0" * 64}}, "is not a chart's version"),
        ({"chart": {"version": "1.19.2", "sha256": "sha256:0"}}, "is not a SHA-256"),
        ({"identity": {"roleArn": "arn:aws:iam::1:user/x"}}, "is not the ARN of a role"),
        ({"identity": {"roleArn": ROLE, "googleServiceAccount": GOOGLE}}, "in two clouds"),
        ({"resources": {"core": {"memory": "512 MB"}}}, "is not a quantity"),
        ({"resources": {"database": {}}}, "Input should be"),
        ({"authorities": "-----BEGIN PRIVATE KEY-----\nAA\n-----END PRIVATE KEY-----"}, "is not a list of cert"),
        ({"context": None}, "valid string"),
    ],
)
def test_what_cannot_be_is_refused(changed: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        settings(**changed)


def test_several_authorities_are_one_text() -> None:
    assert settings(authorities=AUTHORITY * 2).authorities == AUTHORITY * 2


ISSUED = {**HERE, "ingress": {"class": "nginx", "certManagerIssuer": "letsencrypt"}}


@pytest.mark.parametrize(
    ("block", "tls", "storage", "about"),
    [
        (HERE, "given", "s3", None),
        (BALANCED, "internal", "gcs", None),
        (ISSUED, "lets-encrypt", "s3", None),
        ({**HERE, "identity": {"roleArn": ROLE}}, "given", "s3", None),
        ({**HERE, "identity": {"googleServiceAccount": GOOGLE}}, "given", "gcs", None),
        (HERE, "lets-encrypt", "s3", ("tls", "mode")),
        (BALANCED, "lets-encrypt", "s3", ("tls", "mode")),
        (ISSUED, "given", "s3", ("kubernetes", "ingress", "certManagerIssuer")),
        ({**HERE, "identity": {"roleArn": ROLE}}, "given", "gcs", ("kubernetes", "identity", "roleArn")),
        (
            {**HERE, "identity": {"googleServiceAccount": GOOGLE}},
            "given",
            "s3",
            ("kubernetes", "identity", "googleServiceAccount"),
        ),
    ],
)
def test_it_has_to_fit_the_rest_of_the_registry(
    block: dict[str, Any], tls: str, storage: str, about: tuple[str, ...] | None
) -> None:
    found = list(KubernetesSettings.model_validate(block).mistakes("2.15.1", tls, storage))
    assert [refusal.at for refusal in found] == ([] if about is None else [about])
    assert all(refusal.mistake.mend for refusal in found)


def test_a_version_without_a_chart_is_refused_with_what_there_is() -> None:
    assert chart("2.15.1").version == "1.19.1"
    with pytest.raises(MistakeError, match=r"known on .* are 2\.15\.2, 2\.15\.1, 2\.15\.0") as caught:
        chart("2.14.0")
    assert "kubernetes.chart" in caught.value.mend
    (refusal,) = settings().mistakes("2.14.0", "given", "s3")
    assert refusal.at == ("version",)
    told = ChartSettings(version="1.18.4", sha256="f" * 64)
    assert chart("2.14.4", told).version == "1.18.4"


def test_another_archive_is_not_the_chart() -> None:
    # sha256 of "abc": https://csrc.nist.gov/projects/cryptographic-standards-and-guidelines/example-values
    known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    told = chart("2.15.1", ChartSettings(version="1.19.1", sha256=known))
    assert told.url == "https://helm.goharbor.io/harbor-1.19.1.tgz"
    assert told.mistake(b"abc") is None
    assert "instead of" in str(told.mistake(b"abd"))
