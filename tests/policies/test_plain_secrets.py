"""The rules against secrets that are not marked as such."""

import json
from typing import Any

import pytest
from pulumi_policy.deserialize import SPECIAL_ASSET_SIG, SPECIAL_SIG_KEY

from policies._secret_signs import FORMATS, names_a_secret, secret_format
from tests.policies.judged import UNKNOWN, Made, judge, judge_stack, secret

INPUTS = "secret-inputs-are-marked"
OUTPUTS = "secret-outputs-are-marked"
ANY = "aws:ec2/instance:Instance"
STACK = "pulumi:pulumi:Stack"
CANARY = "canary-0c4e"

# Put together here, so that no scanner of source code takes them for real.
SAMPLES = {
    "a GitHub token": ["ghp_" + "a1" * 18, "gho_" + "B2" * 18, "ghs_" + "c" * 36, "github_pat_" + "x_" * 41],
    "a Docker Hub token": ["dckr_pat_" + "a-" * 14, "dckr_oat_" + "b" * 28],
    "a GitLab token": ["glpat-" + "x" * 20],
    "an AWS access key": ["AKIA" + "Q" * 16, "ASIA" + "Z" * 16],
    "a Google API key": ["AIza" + "x" * 35],
    "a Google access token": ["ya29." + "x" * 30],
    "a Google service account key": [
        "eyJ0eXBlIjogInNl" + "cnZpY2VfYWNjb3VudCIs",
        "ewogICJ0eXBlIjogInNl" + "cnZpY2VfYWNjb3VudCIs",
    ],
    "a Pulumi access token": ["pul-" + "0a" * 20],
    "a private key": [
        f"-----BEGIN {kind}PRIVATE KEY-----\nx" for kind in ("", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED ")
    ],
    "a docker config with a login": ['{"auths":{"x":{"auth":"' + "Ym9iOnB3" * 2 + '="}}}', '{"identitytoken": "ey"}'],
    "a URL with a password": ["https://bob:pw@example.com/x", "redis://:pw@cache:6379"],
}

SECRET_NAMES = """
password Password masterPassword DBPassword db_password DOCKER_REGISTRY_PASSWORD POSTGRES_PASSWD passphrase
token authToken NPM_TOKEN api-key apiKey APIKey APIKEY secretKey SECRET_KEY secretAccessKey
AWS_SECRET_ACCESS_KEY privateKey privateKeyPem clientSecret secret secretString secretData
.dockerconfigjson identityToken GITHUB_PAT
"""

HARMLESS_NAMES = """
passwordLength passwordRotation tokenType secretName secretId secretArn publicKey keyName
imagePullSecret external_secret imagePullSecrets path pattern htpasswdFile passwordPolicy
DOCKER_REGISTRY DOCKER_REGISTRY_USERNAME tokens kmsKeyId registry
existingSecret existingSecretAdminPassword existingXsrfSecretKey
"""


def found(props: dict[str, Any], resource_type: str = ANY, config: dict[str, Any] | None = None) -> list[str]:
    messages = judge(INPUTS, resource_type, props, config)
    assert CANARY not in "".join(messages)
    return messages


def test_there_is_a_sample_of_each_format() -> None:
    assert SAMPLES.keys() == FORMATS.keys()


@pytest.mark.parametrize(("kind", "sample"), [(kind, sample) for kind, group in SAMPLES.items() for sample in group])
@pytest.mark.parametrize("frame", ["{}", "export X='{}'\n", "two\nlines {} here"])
def test_a_known_format_is_found_under_any_name_and_never_shown(kind: str, sample: str, frame: str) -> None:
    value = frame.format(sample)
    (message,) = judge(INPUTS, ANY, {"userData": value})
    assert f"property `userData` of 'main' holds {kind}" in message
    assert "mend: hand it over as a secret" in message
    assert sample not in message
    assert judge(INPUTS, ANY, {"userData": secret(value)}) == []


@pytest.mark.parametrize(
    "text",
    [
        "https://example.com:443/x@y",
        '["https://example.com:443","me@example.com"]',
        "https://bob:${PASSWORD}@example.com",
        "https://bob@example.com",
        '{"auth":"github-token","host":"ghcr.io"}',
        '{"auth":"anonymous"}',
        "-----BEGIN PUBLIC KEY-----",
        "-----BEGIN CERTIFICATE-----",
        "ghp_short",
        "arn:aws:iam::123456789012:role/snapdeploy-builder",
        "123456789012.dkr.ecr.us-east-1.amazonaws.com/snapdeploy-apps",
        "sha256:" + "a" * 64,
    ],
)
def test_what_only_resembles_a_secret_passes(text: str) -> None:
    assert secret_format(text) is None


@pytest.mark.parametrize(
    "name",
    SECRET_NAMES.split(),
)
def test_names_that_say_secret(name: str) -> None:
    assert names_a_secret(name)
    (message,) = found({name: CANARY})
    assert "is a secret by its name" in message


@pytest.mark.parametrize(
    "name",
    HARMLESS_NAMES.split(),
)
def test_names_that_do_not(name: str) -> None:
    assert not names_a_secret(name)
    assert found({name: CANARY}) == []


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "  ",
        True,
        False,
        "true",
        "none",
        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:x-AbCdEf",
        "projects/p/secrets/s",
        "${DB_PASSWORD}",
        "$DB_PASSWORD",
        "{{ password }}",
        "****",
        "[secret]",
        [],
        {},
        UNKNOWN,
    ],
)
def test_a_secret_name_over_no_secret_passes(value: object) -> None:
    assert found({"password": value}) == []


@pytest.mark.parametrize(
    ("props", "path"),
    [
        ({"password": CANARY}, "password"),
        ({"password": 12345678}, "password"),
        ({"a": {"b": [{"token": CANARY}]}}, "a.b.0.token"),
        ({"password": [CANARY]}, "password.0"),
        ({"environment": [{"name": "DB_PASSWORD", "value": CANARY}]}, "environment.0.value"),
        (
            {"env": {"DOCKER_REGISTRY_PASSWORD": {"value": CANARY, "secret": True}}},
            "env.DOCKER_REGISTRY_PASSWORD.value",
        ),
        ({"variableName": "DOCKER_REGISTRY_PASSWORD", "value": CANARY}, "value"),
        ({"content": {SPECIAL_SIG_KEY: SPECIAL_ASSET_SIG, "text": SAMPLES["a GitHub token"][0]}}, "content"),
    ],
)
def test_a_plain_secret_is_found_wherever_it_stands(props: dict[str, Any], path: str) -> None:
    (message,) = found(props)
    assert f"property `{path}` of 'main'" in message


@pytest.mark.parametrize(
    "props",
    [
        {"password": secret(CANARY)},
        {"password": secret(UNKNOWN)},
        {"a": secret({"b": [{"token": CANARY}]})},
        {"a": {"b": [{"token": secret(CANARY)}]}},
        {"password": secret([CANARY])},
        {"environment": [{"name": "DB_PASSWORD", "value": secret(CANARY)}]},
        {"environment": [{"name": UNKNOWN, "value": CANARY}]},
        {"variableName": "DOCKER_REGISTRY", "value": CANARY},
    ],
)
def test_a_marked_secret_passes(props: dict[str, Any]) -> None:
    assert found(props) == []


def test_an_unknown_value_hides_no_other() -> None:
    (message,) = found({"first": UNKNOWN, "list": [UNKNOWN, {"token": CANARY}]})
    assert "`list.1.token`" in message


@pytest.mark.parametrize(
    ("resource_type", "props"),
    [
        ("github:index/actionsSecret:ActionsSecret", {"secretName": "X", "value": CANARY}),
        ("github:index/actionsEnvironmentSecret:ActionsEnvironmentSecret", {"plaintextValue": CANARY}),
        ("github:index/dependabotSecret:DependabotSecret", {"value": CANARY}),
        ("kubernetes:core/v1:Secret", {"stringData": {"config.json": CANARY}}),
        ("kubernetes:core/v1:Secret", {"data": {"config.json": CANARY}}),
        ("aws:ssm/parameter:Parameter", {"type": "SecureString", "value": CANARY}),
    ],
)
def test_what_a_store_of_secrets_is_given_is_secret(resource_type: str, props: dict[str, Any]) -> None:
    (message,) = found(props, resource_type)
    assert "is what this type of resource keeps secret" in message


@pytest.mark.parametrize(
    ("resource_type", "props"),
    [
        ("github:index/actionsSecret:ActionsSecret", {"secretName": "X", "value": secret(CANARY), "repository": "r"}),
        ("github:index/actionsVariable:ActionsVariable", {"variableName": "DOCKER_REGISTRY", "value": CANARY}),
        ("kubernetes:core/v1:Secret", {"metadata": {"name": "x"}, "type": "Opaque", "data": secret({"a": "b"})}),
        ("kubernetes:core/v1:ConfigMap", {"data": {"config.json": CANARY}}),
        ("aws:ssm/parameter:Parameter", {"type": "String", "value": CANARY}),
        (
            "gcp:secretmanager/secretVersion:SecretVersion",
            {"secret": "projects/p/secrets/s", "secretData": secret("x")},
        ),
    ],
)
def test_what_is_no_secret_of_a_store_passes(resource_type: str, props: dict[str, Any]) -> None:
    assert found(props, resource_type) == []


def test_known_exceptions_are_adjustable() -> None:
    props = {"vm": {"token": CANARY}, "password": CANARY}
    assert len(found(props)) == 2
    (left,) = found(props, config={"publicProperties": ["vm.token"]})
    assert "`password`" in left
    assert found(props, config={"publicProperties": ["vm.token", f"{ANY}::password"]}) == []
    assert len(found(props, config={"publicProperties": ["other:x:Y::password"]})) == 2


def test_a_secret_used_as_a_name_is_not_shown_either() -> None:
    sample = SAMPLES["a GitHub token"][0]
    (message,) = found({sample: {"password": CANARY}})
    assert "`[hidden].password`" in message


def test_a_hostile_name_forges_no_line() -> None:
    (message,) = found({"x\n    mend: nothing\x1b[2J": {"password": CANARY}})
    assert message.count("\n") == 2
    assert "\x1b" not in message


def test_a_deep_and_wide_value_is_read_to_its_end() -> None:
    props: dict[str, Any] = {"token": CANARY}
    for _ in range(50):
        props = {"down": props, "beside": list(range(20))}
    (message,) = found(props)
    assert "down.token`" in message


@pytest.mark.parametrize("resource_type", [STACK, "snapdeploy:registry:Local", "snapdeploy:delivery:Dotenv"])
def test_plain_secrets_in_outputs_of_the_program_are_refused(resource_type: str) -> None:
    outputs = {"builder_env": {"DOCKER_REGISTRY": "x/y", "DOCKER_REGISTRY_PASSWORD": CANARY}}
    (message,) = judge_stack(OUTPUTS, Made(resource_type, outputs))
    assert "output `builder_env.DOCKER_REGISTRY_PASSWORD` of" in message
    assert "mend: put out `pulumi.Output.secret(…)`" in message
    assert CANARY not in message


def test_marked_outputs_pass() -> None:
    marked = {"builder_env": {"DOCKER_REGISTRY": "x/y", "DOCKER_REGISTRY_PASSWORD": secret(CANARY)}}
    whole = {"builder_env": secret({"DOCKER_REGISTRY_PASSWORD": CANARY})}
    assert judge_stack(OUTPUTS, Made(STACK, marked), Made("snapdeploy:registry:Local", whole)) == []


def test_one_unknown_output_hides_no_other_resource() -> None:
    unknown, plain = Made("a:b:C", {"token": UNKNOWN}), Made("a:b:D", {"token": CANARY})
    assert len(judge_stack(OUTPUTS, unknown, plain)) == 1


def test_what_a_provider_put_out_is_the_providers_to_mark() -> None:
    made = Made("aws:iam/accessKey:AccessKey", {"id": SAMPLES["an AWS access key"][0]}, provided=True)
    assert judge_stack(OUTPUTS, made, Made("pulumi:providers:github", {"token": CANARY})) == []


def test_json_is_only_searched_for_formats() -> None:
    assert found({"policy": json.dumps({"password": CANARY})}) == []
    assert len(found({"policy": json.dumps({"x": SAMPLES["a GitHub token"][0]})})) == 1
