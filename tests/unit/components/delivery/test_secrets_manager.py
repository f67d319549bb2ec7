"""Delivery into Secrets Manager: what it may be told, the readers' policy, and what it declares."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from components._settings import MistakeError
from components.delivery._document import document
from components.delivery.secrets_manager import (
    ReplicaSettings,
    SecretsManager,
    SecretsManagerSettings,
    readers_policy,
)
from tests.unit.components.delivery.recording import CANARY, DEV, PROD, STATIC, Recorder, declared, outputs

HERE: dict[str, Any] = {"registry": "main", "account": "123456789012", "region": "eu-central-1"}
KEY = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
THERE = KEY.replace("eu-central-1", "eu-west-1")
READER = "arn:aws:iam::123456789012:role/builder"
STRANGER = "arn:aws:iam::210987654321:role/builder"


def told(**changed: Any) -> SecretsManagerSettings:
    return SecretsManagerSettings.model_validate({**HERE, **changed})


def mistake(**changed: Any) -> MistakeError:
    with pytest.raises(ValidationError) as caught:
        told(**changed)
    (found,) = caught.value.errors()
    error = found.get("ctx", {}).get("error")
    assert isinstance(error, MistakeError)
    return error


@pytest.mark.parametrize("model", [SecretsManagerSettings, ReplicaSettings])
def test_every_field_states_its_meaning_and_an_example_that_works(model: Any) -> None:
    for name, field in model.model_fields.items():
        if name == "target":
            continue
        assert field.description, name
        assert field.examples, name
        base = HERE if model is SecretsManagerSettings else {}
        assert model.model_validate({**base, name: field.examples[0]})


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"account": "12345678901"}, "is not an account's id"),
        ({"region": "frankfurt"}, "is not a region of AWS"),
        ({"name": "a b"}, "is not a secret's name"),
        ({"name": "{other}/x"}, "is not a secret's name"),
        ({"name": ""}, "is not a secret's name"),
        ({"name": "x" * 513}, "is not a secret's name"),
        ({"kmsKey": "alias/mine"}, "is not the ARN of a KMS key"),
        ({"kmsKey": "arn:aws:kms:eu-central-1:123456789012:alias/mine"}, "is not the ARN of a KMS key"),
        ({"kmsKey": THERE}, "names a KMS key in eu-west-1 for what is kept in eu-central-1"),
        ({"replicas": {"eu-central-1": {}}}, "wants a replica in eu-central-1, where the secret itself is"),
        ({"replicas": {"eu-west-1": {"kmsKey": KEY}}}, "names a KMS key in eu-central-1 for what is kept in eu-west-1"),
        ({"replicas": {"cn-north-1": {}}}, "wants a replica in cn-north-1, which is another partition"),
        ({"replicas": {"ireland": {}}}, "is not a region of AWS"),
        ({"recoveryDays": 1}, "is not 0 or a number from 7 to 30"),
        ({"recoveryDays": 6}, "is not 0 or a number from 7 to 30"),
        ({"readers": {"a": READER.replace("aws", "aws-cn", 1)}}, "lets `a` read, who is in another partition"),
        ({"readers": {"a": STRANGER}}, "lets `a` of account 210987654321 read, and gives no `kmsKey` for eu-central-1"),
        (
            {"readers": {"a": STRANGER}, "kmsKey": KEY, "replicas": {"eu-west-1": {}}},
            "lets `a` of account 210987654321 read, and gives no `kmsKey` for eu-west-1",
        ),
    ],
)
def test_what_aws_would_refuse_is_refused_before(changed: dict[str, Any], what: str) -> None:
    assert mistake(**changed).what.startswith(what)


@pytest.mark.parametrize(
    "reader",
    [
        "*",
        "arn:aws:iam::*:root",
        "arn:aws:iam::123456789012:*",
        "arn:aws:iam::123456789012:role/*",
        "arn:aws:iam::123456789012:group/builders",
        "arn:aws:sts::123456789012:assumed-role/x/y",
        "123456789012",
        "",
    ],
)
def test_a_reader_is_one_principal_by_its_whole_name(reader: str) -> None:
    assert "is not the ARN of a role, a user or an account's root" in mistake(readers={"a": reader}).what


@pytest.mark.parametrize(
    "changed",
    [
        {"name": "snapdeploy/{stack}/x"},
        {"recoveryDays": 0},
        {"recoveryDays": 7},
        {"readers": {"a": READER, "b": "arn:aws:iam::123456789012:root"}},
        {"readers": {"a": STRANGER}, "kmsKey": KEY, "replicas": {"eu-west-1": {"kmsKey": THERE}}},
    ],
)
def test_what_aws_takes_is_taken(changed: dict[str, Any]) -> None:
    told(**changed)


def test_two_that_write_to_the_same_secret_are_equal() -> None:
    assert told().destination() == told(registry="other", recoveryDays=30).destination()
    assert told().destination() == (
        "arn:aws:secretsmanager:eu-central-1:123456789012:secret:snapdeploy/{stack}/builder"
    )
    others = [told(name="x"), told(region="eu-west-1"), told(account="210987654321"), told()]
    assert len({each.destination() for each in others}) == 4
    assert told(region="cn-north-1").destination().startswith("arn:aws-cn:")


def test_the_readers_may_read_this_secret_and_nothing_else() -> None:
    assert readers_policy(["arn:b", "arn:a"]) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "ReadByName",
                "Effect": "Allow",
                "Principal": {"AWS": ["arn:a", "arn:b"]},
                "Action": ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
                "Resource": ["*"],
            }
        ],
    }


def test_the_value_is_json_of_text_in_the_given_order() -> None:
    assert document(["B", "A"], ['1"', "ü"]) == '{"B": "1\\"", "A": "ü"}'


def test_production_may_not_do_without() -> None:
    objection = SecretsManager.objection(told(recoveryDays=0), PROD)
    assert objection is not None
    assert "`recoveryDays: 0`, which production cannot have" in objection.what
    assert SecretsManager.objection(told(recoveryDays=0), DEV) is None
    assert SecretsManager.objection(told(), PROD) is None


def made(context: Any = PROD, **changed: Any) -> Recorder:
    return declared(lambda: SecretsManager("handed", told(**changed), outputs(STATIC), context))


def test_one_secret_holds_all_variables_as_a_secret() -> None:
    recorder = made(kmsKey=KEY, replicas={"eu-west-1": {"kmsKey": THERE}}, readers={"builder": READER})
    assert sorted(recorder.types) == ["handed", "handed-aws", "handed-readers", "handed-secret", "handed-value"]
    assert recorder.inputs["handed-aws"]["region"] == "eu-central-1"
    assert json.loads(recorder.inputs["handed-aws"]["allowedAccountIds"]) == ["123456789012"]
    assert json.loads(recorder.inputs["handed-aws"]["defaultTags"]) == {"tags": {"team": "platform"}}
    secret = recorder.inputs["handed-secret"]
    assert (secret["name"], secret["kmsKeyId"], secret["recoveryWindowInDays"]) == ("snapdeploy/prod/builder", KEY, 30)
    assert secret["replicas"] == [{"region": "eu-west-1", "kmsKeyId": THERE}]
    value = recorder.inputs["handed-value"]
    assert json.loads(value["secretString"]) == STATIC
    assert list(json.loads(value["secretString"])) == list(STATIC)
    assert recorder.secret["handed-value"] == {"secretString"}
    assert value["versionStages"] == ["AWSCURRENT"]
    policy = recorder.inputs["handed-readers"]
    assert policy["blockPublicPolicy"] is True
    assert json.loads(policy["policy"]) == readers_policy([READER])
    for name in ("handed-secret", "handed-value", "handed-readers"):
        assert "handed-aws" in recorder.providers[name]


def test_without_readers_there_is_no_policy_and_without_tags_none_are_set() -> None:
    recorder = made(DEV)
    assert "handed-readers" not in recorder.types
    assert "defaultTags" not in recorder.inputs["handed-aws"]
    assert recorder.inputs["handed-secret"]["recoveryWindowInDays"] == 0
    assert "replicas" not in recorder.inputs["handed-secret"]


def test_the_component_itself_holds_no_value() -> None:
    recorder = made()
    assert CANARY not in json.dumps({name: found for name, found in recorder.inputs.items() if name != "handed-value"})
