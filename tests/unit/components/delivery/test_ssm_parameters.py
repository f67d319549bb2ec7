"""Delivery into Parameter Store: what it may be told, and what it declares."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from components._settings import MistakeError
from components.delivery.ssm_parameters import SsmParameters, SsmParametersSettings
from tests.unit.components.delivery.recording import CANARY, PROD, STATIC, Recorder, declared, outputs

HERE: dict[str, Any] = {"registry": "main", "account": "123456789012", "region": "eu-central-1"}
KEY = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def told(**changed: Any) -> SsmParametersSettings:
    return SsmParametersSettings.model_validate({**HERE, **changed})


def test_every_field_states_its_meaning_and_an_example_that_works() -> None:
    for name, field in SsmParametersSettings.model_fields.items():
        if name == "target":
            continue
        assert field.description, name
        assert field.examples, name
        assert told(**{name: field.examples[0]})


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"path": "snapdeploy"}, "is not a path"),
        ({"path": "/"}, "is not a path"),
        ({"path": "/a/"}, "is not a path"),
        ({"path": "/a//b"}, "is not a path"),
        ({"path": "/a b"}, "is not a path"),
        ({"path": "/{other}"}, "is not a path"),
        ({"path": "/" + "x" * 900}, "is not a path"),
        ({"path": "/a" * 15}, "has 15 levels; with the variable's name there may be 15"),
        ({"path": "/aws/x"}, "begins with `aws` or `ssm`"),
        ({"path": "/SSMx/y"}, "begins with `aws` or `ssm`"),
        ({"kmsKey": "alias/x"}, "is not the ARN of a KMS key"),
        ({"kmsKey": KEY.replace("eu-central-1", "eu-west-1")}, "names a KMS key in eu-west-1"),
    ],
)
def test_what_aws_would_refuse_is_refused_before(changed: dict[str, Any], what: str) -> None:
    with pytest.raises(ValidationError) as caught:
        told(**changed)
    error = caught.value.errors()[0].get("ctx", {}).get("error")
    assert isinstance(error, MistakeError)
    assert error.what.startswith(what)


def test_the_deepest_path_that_aws_takes_is_taken() -> None:
    assert told(path="/a" * 14)


def test_two_that_write_to_the_same_path_are_equal() -> None:
    assert told().destination() == told(registry="other", kmsKey=KEY).destination()
    assert told().destination() == "arn:aws:ssm:eu-central-1:123456789012:parameter/snapdeploy/{stack}/builder"
    others = [told(path="/x"), told(region="eu-west-1"), told(account="210987654321"), told()]
    assert len({each.destination() for each in others}) == 4


def made(values: dict[str, str] = STATIC, **changed: Any) -> Recorder:
    return declared(lambda: SsmParameters("handed", told(**changed), outputs(values), PROD))


def test_there_is_a_parameter_for_each_variable_and_only_secrets_are_hidden() -> None:
    recorder = made(kmsKey=KEY)
    parameters = {
        given["name"]: given
        for name, given in recorder.inputs.items()
        if recorder.types[name] == "aws:ssm/parameter:Parameter"
    }
    assert sorted(parameters) == sorted(f"/snapdeploy/prod/builder/{name}" for name in STATIC)
    assert {name for name, secret in recorder.secret.items() if secret} == {"handed-docker-registry-password"}
    for name, value in STATIC.items():
        given = parameters[f"/snapdeploy/prod/builder/{name}"]
        if name == "DOCKER_REGISTRY_PASSWORD":
            assert (given["type"], given["value"], given["keyId"]) == ("SecureString", CANARY, KEY)
            assert "insecureValue" not in given
        else:
            assert (given["type"], given["insecureValue"]) == ("String", value)
            assert not {"value", "keyId"} & given.keys()
        assert "overwrite" not in given
    assert "handed-docker-registry-password" in recorder.types
    assert json.loads(recorder.inputs["handed-aws"]["allowedAccountIds"]) == ["123456789012"]


def test_a_registry_without_secrets_has_no_secure_string() -> None:
    recorder = made({"DOCKER_REGISTRY": "x/y", "AWS_REGION": "eu-central-1", "AWS_ACCOUNT_ID": "123456789012"})
    assert [given["type"] for given in recorder.inputs.values() if "type" in given] == ["String"] * 3
