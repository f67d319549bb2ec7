"""What is the same for every type, and what only some have: each told alike by the store and the emulator."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.simulated.behaviour import CloudError
from tests.simulated.faults import Fault, Moment, Operation
from tests.simulated.lifecycle import Lifecycle, Naming, Resource, UnfinishedError
from tests.simulated.providers.aws import KINDS
from tests.simulated.providers.aws.packed import packed
from tests.simulated.store import Store
from tests.simulated.wire import Blob, Properties, Secret, Value
from tests.unit.simulated.aws.conftest import Configured

CANARY = "canary-kinds-8"


def _document(*actions: str, **more: Any) -> str:
    return json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": "*", **more}]}
    )


TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
        ],
    }
)
ROOT = {"AWS": "arn:aws:iam::123456789012:root"}


def _is(token: str) -> Resource:
    return Resource(token, token.rsplit(":", 1)[-1].lower())


def _make(life: Lifecycle, token: str, **inputs: Value) -> tuple[str, Properties]:
    state = life.create(_is(token), inputs, preview=False)
    return state.id, state.properties


def _tokens() -> Iterator[str]:
    yield from (token for token, kind in KINDS.items() if kind.tagging)


# What each taggable type needs besides its tags; `{role}` and the like are made first.
TAGGED: dict[str, Properties] = {
    "aws:ecr/repository:Repository": {"name": "apps"},
    "aws:iam/role:Role": {"name": "r", "assumeRolePolicy": TRUST},
    "aws:iam/policy:Policy": {"name": "p", "policy": _document("ecr:PutImage")},
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": {
        "url": "https://issuer.example.com",
        "clientIdLists": ["sts.amazonaws.com"],
    },
    "aws:iam/instanceProfile:InstanceProfile": {"name": "i"},
    "aws:iam/user:User": {"name": "u"},
    "aws:kms/key:Key": {},
    "aws:secretsmanager/secret:Secret": {"name": "s"},
    "aws:ssm/parameter:Parameter": {"name": "/p", "type": "String", "value": "v"},
    "aws:cloudwatch/eventRule:EventRule": {"name": "e", "scheduleExpression": "rate(1 hour)"},
    "aws:cloudwatch/logGroup:LogGroup": {"name": "l"},
    "aws:cloudwatch/metricAlarm:MetricAlarm": {
        "name": "m",
        "comparisonOperator": "GreaterThanThreshold",
        "evaluationPeriods": 1.0,
        "metricName": "RepositoryPullCount",
        "namespace": "AWS/ECR",
        "period": 300.0,
        "statistic": "Sum",
        "threshold": 1.0,
    },
    "aws:sns/topic:Topic": {"name": "t"},
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": {
        "clusterName": "c",
        "namespace": "n",
        "serviceAccount": "s",
        "roleArn": "arn:aws:iam::123456789012:role/r",
    },
    "aws:lambda/function:Function": {
        "name": "f",
        "role": "arn:aws:iam::123456789012:role/r",
        "runtime": "python3.12",
        "handler": "f.f",
    },
}


@pytest.mark.parametrize("token", _tokens())
def test_tags_are_put_on_and_changed_and_taken_off(configured: Configured, token: str) -> None:
    life = configured(defaultTags='{"tags": {"stack": "test", "owner": "default"}}')
    if token.startswith("aws:lambda"):
        _make(life, "aws:iam/role:Role", name="r", assumeRolePolicy=TRUST)
    inputs = TAGGED[token]
    id_, made = _make(life, token, **inputs, tags={"owner": "me"})
    assert made["tags"] == {"owner": "me"}
    assert made["tagsAll"] == {"stack": "test", "owner": "me"}
    changed = life.update(_is(token), id_, made, {**inputs, "tags": {"b": "2"}}, preview=False)
    assert changed["tags"] == {"b": "2"}
    assert changed["tagsAll"] == {"stack": "test", "owner": "default", "b": "2"}
    bare = life.update(_is(token), id_, changed, inputs, preview=False)
    assert bare["tagsAll"] == {"stack": "test", "owner": "default"}
    assert not bare.get("tags")
    read = life.read(_is(token), id_, bare, inputs)
    assert read is not None
    assert read[1] == bare


def test_a_second_one_of_a_name_is_refused_or_overwrites_as_aws_has_it(life: Lifecycle) -> None:
    for token in (
        "aws:ecr/repository:Repository",
        "aws:iam/role:Role",
        "aws:iam/user:User",
        "aws:ssm/parameter:Parameter",
    ):
        _make(life, token, **TAGGED[token])
        with pytest.raises(CloudError, match="AlreadyExists"):
            _make(life, token, **TAGGED[token])
    _make(life, "aws:ssm/parameter:Parameter", **{**TAGGED["aws:ssm/parameter:Parameter"], "overwrite": True})
    scanning = "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration"
    _make(life, scanning, scanType="BASIC")
    id_, made = _make(life, scanning, scanType="ENHANCED")
    assert (id_, made["scanType"]) == ("123456789012", "ENHANCED")


def test_what_is_taken_away_is_gone_and_taking_it_again_is_no_error(life: Lifecycle) -> None:
    for token, inputs in TAGGED.items():
        if token.startswith("aws:lambda"):
            continue
        id_, made = _make(life, token, **inputs)
        life.delete(_is(token), id_, made)
        assert life.read(_is(token), id_, made, inputs) is None, token
        life.delete(_is(token), id_, made)


def test_a_key_tells_its_secret_once(life: Lifecycle) -> None:
    _make(life, "aws:iam/user:User", name="u", forceDestroy=True)
    key = "aws:iam/accessKey:AccessKey"
    id_, made = _make(life, key, user="u")
    secret = made["secret"]
    assert id_.startswith(("AKIA", "ASIA"))
    assert isinstance(secret, Secret)
    changed = life.update(_is(key), id_, made, {"user": "u", "status": "Inactive"}, preview=False)
    assert (changed["status"], changed["secret"]) == ("Inactive", secret)
    read = life.read(_is(key), id_, changed, {"user": "u", "status": "Inactive"})
    assert read is not None
    assert read[1] == changed
    imported = life.read(_is(key), id_, {}, {})
    assert imported is None or "secret" not in imported[1]


def test_the_values_of_secrets_come_out_as_secrets(life: Lifecycle, tmp_path_factory: pytest.TempPathFactory) -> None:
    secret, _ = _make(life, "aws:secretsmanager/secret:Secret", name="s")
    version = "aws:secretsmanager/secretVersion:SecretVersion"
    id_, made = _make(life, version, secretId=secret, secretString=CANARY)
    assert made["secretString"] == Secret(CANARY)
    read = life.read(_is(version), id_, made, {"secretId": secret, "secretString": Secret(CANARY)})
    assert read is not None
    assert read[1]["secretString"] == Secret(CANARY)

    _, unread = _make(life, version, secretId=secret, secretStringWo=Secret(CANARY), secretStringWoVersion=2.0)
    assert "secretString" not in unread
    assert unread["hasSecretStringWo"] is True
    _, sent = _make(life, "aws:ssm/parameter:Parameter", name="/w", type="SecureString", valueWo=Secret(CANARY))
    assert "value" not in sent
    assert sent["hasValueWo"] is True
    _, secure = _make(life, "aws:ssm/parameter:Parameter", name="/s", type="SecureString", value=Secret(CANARY))
    assert secure["value"] == Secret(CANARY)
    _, environment = _make_function(life, environment={"variables": {"TOKEN": Secret(CANARY)}})
    assert environment["environment"] == {"variables": {"TOKEN": Secret(CANARY)}}


def _make_function(life: Lifecycle, **more: Value) -> tuple[str, Properties]:
    _make(life, "aws:iam/role:Role", name="r", assumeRolePolicy=TRUST)
    return _make(life, "aws:lambda/function:Function", **TAGGED["aws:lambda/function:Function"], **more)


def test_a_string_parameter_can_be_read_by_whoever_may(life: Lifecycle) -> None:
    # The SDK marks every value as secret; in AWS a String is none, and an owner's mark has to be readable.
    token = "aws:ssm/parameter:Parameter"
    id_, _ = _make(life, token, name="/mark", type="String", value=Secret("mine"))
    imported = life.read(_is(token), id_, {}, {})
    assert imported is not None
    assert imported[1]["value"] == Secret("mine")


def test_a_policy_that_moto_refuses_is_kept_by_the_store_and_found_again(configured: Configured) -> None:
    life = configured()
    _make(life, "aws:ecr/repository:Repository", name="apps")
    token, registry = "aws:ecr/lifecyclePolicy:LifecyclePolicy", "aws:ecr/registryPolicy:RegistryPolicy"

    def rules(counted: str) -> str:
        chosen = {"tagStatus": "any", "countType": counted, "countUnit": "days", "countNumber": 9}
        return json.dumps({"rules": [{"rulePriority": 1, "selection": chosen, "action": {"type": "expire"}}]})

    id_, made = _make(life, token, repository="apps", policy=rules("sinceImagePulled"))
    known = made
    for counted in ("sinceImagePushed", "sinceImagePulled", "sinceImagePushed"):
        inputs: Properties = {"repository": "apps", "policy": rules(counted)}
        known = life.update(_is(token), id_, known, inputs, preview=False)
        read = life.read(_is(token), id_, known, inputs)
        assert read is not None
        assert read[1]["policy"] == rules(counted)
    life.delete(_is(token), id_, known)
    assert life.read(_is(token), id_, known, {}) is None

    for action in ("ecr:BatchImportUpstreamImage", "ecr:ReplicateImage"):
        id_, made = _make(life, registry, policy=_document(action, Principal=ROOT, Sid="in"))
        read = life.read(_is(registry), id_, made, {})
        assert read is not None
        assert action in str(read[1]["policy"])
        life.delete(_is(registry), id_, made)
        assert life.read(_is(registry), id_, made, {}) is None


def test_another_form_of_a_policy_is_no_change(life: Lifecycle) -> None:
    token = "aws:iam/policy:Policy"
    _, made = _make(life, token, name="p", policy=_document("ecr:PutImage"))
    old: Properties = {"name": "p", "policy": _document("ecr:PutImage")}
    assert made["policy"] == old["policy"], "the text stays as the program wrote it"
    given = json.dumps(json.loads(_document("ecr:A")), indent=7)
    assert _make(life, token, name="q", policy=given)[1]["policy"] == given
    from_map = _make(life, token, name="m", policy=json.loads(given))[1]["policy"]
    assert json.loads(str(from_map)) == json.loads(given)
    same: Properties = {"name": "p", "policy": json.dumps(json.loads(_document("ecr:PutImage")), indent=4)}
    assert life.diff(_is(token), made, old, same).changes == ()
    other: Properties = {"name": "p", "policy": _document("ecr:*")}
    assert [change.path for change in life.diff(_is(token), made, old, other).changes] != []


def test_a_policy_has_five_versions_and_not_more(life: Lifecycle) -> None:
    token = "aws:iam/policy:Policy"
    id_, made = _make(life, token, name="p", policy=_document("ecr:A0"))
    for number in range(1, 8):
        inputs: Properties = {"name": "p", "policy": _document(f"ecr:A{number}")}
        made = life.update(_is(token), id_, made, inputs, preview=False)
    assert "ecr:A7" in str(made["policy"])
    life.delete(_is(token), id_, made)


def test_a_prefix_makes_a_name(life: Lifecycle) -> None:
    inputs, mistakes = life.check(
        _is("aws:iam/role:Role"), {}, {"namePrefix": "builder-", "assumeRolePolicy": TRUST}, Naming(seed=b"\xab" * 8)
    )
    assert mistakes == []
    assert inputs["name"] == "builder-abababa"
    assert life.create(_is("aws:iam/role:Role"), inputs, preview=False).id == "builder-abababa"


@pytest.mark.parametrize("token", [token for token in TAGGED if "lambda" not in token])
def test_a_failure_comes_at_each_moment(configured: Configured, token: str) -> None:
    life = configured()
    throttled = "ThrottlingException: Rate exceeded"
    life._faults.order(Fault(Operation.CREATE, token, throttled))
    with pytest.raises(CloudError, match=throttled):
        _make(life, token, **TAGGED[token])
    life._faults.order(Fault(Operation.CREATE, token, "AccessDeniedException: no tags for you", Moment.PARTIAL))
    with pytest.raises(UnfinishedError) as half:
        _make(life, token, **TAGGED[token])
    made = half.value.state
    whole = life.update(_is(token), made.id, made.properties, TAGGED[token], preview=False)
    for operation in (Operation.READ, Operation.UPDATE, Operation.DELETE):
        life._faults.order(Fault(operation, token, throttled))
    with pytest.raises(CloudError, match=throttled):
        life.read(_is(token), made.id, whole, {})
    with pytest.raises(CloudError, match=throttled):
        life.update(_is(token), made.id, whole, TAGGED[token], preview=False)
    with pytest.raises(CloudError, match=throttled):
        life.delete(_is(token), made.id, whole)
    life.delete(_is(token), made.id, whole)


def test_what_the_emulator_does_not_carry_is_refused_and_not_dropped(configured: Configured) -> None:
    life = configured()
    inputs: Properties = {"name": "r", "assumeRolePolicy": TRUST, "managedPolicyArns": ["arn:aws:iam::aws:policy/X"]}
    if "Emulator" not in type(life.provider.behaviours["aws:iam/role:Role"]._emulator).__name__:  # type: ignore[attr-defined]
        life.create(_is("aws:iam/role:Role"), inputs, preview=False)
        return
    with pytest.raises(
        CloudError,
        match=r"not carry 'managedPolicyArns'(?s:.*)mend: teach tests/simulated/.*iam\.py",
    ):
        life.create(_is("aws:iam/role:Role"), inputs, preview=False)


def test_code_is_packed_the_same_each_time() -> None:
    one = Blob("s", {"assets": {"a.py": Blob("a", {"text": "x = 1"}), "b.py": Blob("a", {"text": "y = 2"})}})
    other = Blob("s", {"assets": dict(reversed(one.fields["assets"].items()))})  # type: ignore[union-attr]
    assert packed(one) == packed(other)
    assert packed(Secret(one)) == packed(one)
    assert packed(one) != packed(None)
    with pytest.raises(CloudError, match="is not there: /nowhere/at/all"):
        packed(Blob("s", {"path": "/nowhere/at/all"}))
    with pytest.raises(CloudError, match="fetches no code from elsewhere"):
        packed(Blob("s", {"uri": "https://example.com/a.zip"}))


def test_the_store_holds_nothing_that_the_emulator_knows(configured: Configured, tmp_path: Any) -> None:
    life = configured()
    _make(life, "aws:iam/role:Role", name="r", assumeRolePolicy=TRUST)
    emulated = life.provider.behaviours["aws:iam/role:Role"]._emulator is not None  # type: ignore[attr-defined]
    assert (Store(tmp_path, "aws").held() == []) is emulated
