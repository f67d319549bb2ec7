"""What the server may do in the account, asked of a real evaluator of IAM documents."""

import pytest

from components.aws.documents import document
from components.aws.place import Place, Service
from components.harbor.ec2 import rights
from components.harbor.ec2.buckets import bucket_name
from tests.support.iam import allowed, findings

PLACE = Place("123456789012", "us-east-1")
KEY = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000"
HOST = "registry.example.com"
ZONE = "arn:aws:route53:::hostedzone/Z0123456789"
SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:"
PARAMETER = "arn:aws:ssm:us-east-1:123456789012:parameter/snapdeploy"
NAMES = "route53:ChangeResourceRecordSetsNormalizedRecordNames"
TYPES = "route53:ChangeResourceRecordSetsRecordTypes"
CHALLENGE = {NAMES: f"_acme-challenge.{HOST}", TYPES: "TXT"}
REACH = rights.Reach(
    wanted="/snapdeploy/prod-main/wanted",
    report="/snapdeploy/prod-main/report",
    secret="snapdeploy/prod-main/harbor",
    backups="backups/prod-main",
    storage="images",
    key=KEY,
    metrics="SnapDeploy/Harbor",
    zone="Z0123456789",
    host=HOST,
)
LEAST = rights.Reach(wanted=REACH.wanted, report=REACH.report, secret=REACH.secret, backups=REACH.backups)

MAY: list[tuple[str, str, dict[str, str]]] = [
    ("ssm:GetParameter", f"{PARAMETER}/prod-main/wanted", {}),
    ("ssm:GetParameter", f"{PARAMETER}/prod-main/wanted-files-1", {}),
    ("ssm:PutParameter", f"{PARAMETER}/prod-main/report", {}),
    ("secretsmanager:GetSecretValue", f"{SECRET}snapdeploy/prod-main/harbor-AbCdEf", {}),
    ("s3:PutObject", "arn:aws:s3:::backups/prod-main/2026-11-29/dump.gz", {}),
    ("s3:GetObject", "arn:aws:s3:::backups/prod-main/2026-11-29/dump.gz", {}),
    ("s3:ListBucket", "arn:aws:s3:::backups", {"s3:prefix": "prod-main/"}),
    ("ssmmessages:OpenDataChannel", "*", {}),
]
MAY_WHERE_TOLD: list[tuple[str, str, dict[str, str]]] = [
    ("s3:DeleteObject", "arn:aws:s3:::images/docker/registry/v2/blob", {}),
    ("s3:ListBucketMultipartUploads", "arn:aws:s3:::images", {}),
    ("kms:Decrypt", KEY, {"kms:ViaService": "secretsmanager.us-east-1.amazonaws.com"}),
    ("cloudwatch:PutMetricData", "*", {"cloudwatch:namespace": "SnapDeploy/Harbor"}),
    ("route53:ChangeResourceRecordSets", ZONE, CHALLENGE),
    ("route53:GetChange", "arn:aws:route53:::change/C1", {}),
    ("route53:ListHostedZones", "*", {}),
]
MAY_NOT: list[tuple[str, str, dict[str, str], str]] = [
    ("ssm:GetParameter", f"{PARAMETER}/prod/builder/DOCKER_REGISTRY_PASSWORD", {}, "a neighbour's password"),
    ("ssm:GetParameters", f"{PARAMETER}/prod/builder/DOCKER_REGISTRY_PASSWORD", {}, "nor by the other call"),
    ("ssm:PutParameter", f"{PARAMETER}/prod-main/wanted", {}, "it does not say itself what it should be"),
    ("ssm:PutParameter", f"{PARAMETER}/prod-other/report", {}, "another server's report"),
    ("secretsmanager:GetSecretValue", f"{SECRET}snapdeploy/prod/builder-AbCdEf", {}, "the builder's secret"),
    ("secretsmanager:GetSecretValue", f"{SECRET}snapdeploy/prod-main/harbor2-AbCdEf", {}, "it only begins like ours"),
    ("secretsmanager:PutSecretValue", f"{SECRET}snapdeploy/prod-main/harbor-AbCdEf", {}, "it does not change its own"),
    ("s3:DeleteObject", "arn:aws:s3:::backups/prod-main/2026-11-29/dump.gz", {}, "a thief would delete them first"),
    ("s3:DeleteObjectVersion", "arn:aws:s3:::backups/prod-main/2026-11-29/dump.gz", {}, "nor an older version"),
    ("s3:DeleteObjectVersion", "arn:aws:s3:::images/blob", {}, "what was deleted stays for its days"),
    ("s3:PutLifecycleConfiguration", "arn:aws:s3:::backups", {}, "nor by letting it expire"),
    ("s3:PutObject", "arn:aws:s3:::backups/prod-other/x", {}, "another server's backups"),
    ("s3:ListBucket", "arn:aws:s3:::backups", {"s3:prefix": "prod-other/"}, "nor see them"),
    ("s3:ListBucket", "arn:aws:s3:::backups", {}, "nor all there is"),
    ("kms:Decrypt", KEY, {"kms:ViaService": "ec2.us-east-1.amazonaws.com"}, "only through what keeps its data"),
    ("kms:Decrypt", KEY, {}, "nor by itself"),
    ("cloudwatch:PutMetricData", "*", {"cloudwatch:namespace": "AWS/EC2"}, "another's measurements"),
    ("route53:ChangeResourceRecordSets", ZONE, {**CHALLENGE, NAMES: HOST}, "where its name leads"),
    ("route53:ChangeResourceRecordSets", ZONE, {**CHALLENGE, TYPES: "A"}, "another kind of record"),
    ("route53:ChangeResourceRecordSets", "arn:aws:route53:::hostedzone/Z999", CHALLENGE, "another zone"),
    ("ec2:TerminateInstances", "*", {}, "machines"),
    ("iam:PassRole", "*", {}, "identities"),
]


@pytest.mark.parametrize(("action", "resource", "context"), MAY + MAY_WHERE_TOLD)
def test_the_server_may(action: str, resource: str, context: dict[str, str]) -> None:
    assert allowed(rights.server(PLACE, REACH), action, resource, context=context)


@pytest.mark.parametrize(("action", "resource", "context", "why"), MAY_NOT)
def test_the_server_may_not(action: str, resource: str, context: dict[str, str], why: str) -> None:
    assert not allowed(rights.server(PLACE, REACH), action, resource, context=context), why


def test_what_it_is_not_told_of_it_may_not() -> None:
    least = rights.server(PLACE, LEAST)
    assert all(allowed(least, action, resource, context=context) for action, resource, context in MAY)
    assert not any(allowed(least, action, resource, context=context) for action, resource, context in MAY_WHERE_TOLD)


def test_only_what_iam_cannot_narrow_is_allowed_on_everything() -> None:
    wide = [one["Sid"] for one in rights.server(PLACE, REACH)["Statement"] if "*" in one.get("Resource", [])]
    assert wide == ["SessionManager", "WriteMetrics", "FindZone"]


def test_the_linter_finds_nothing() -> None:
    assert list(findings(rights.server(PLACE, REACH), PLACE.iam("role/x"))) == []


def test_a_bucket_turns_away_who_comes_without_tls_whatever_else_lets_him_in() -> None:
    both = document(*rights.server(PLACE, REACH)["Statement"], *rights.bucket(PLACE, "images")["Statement"])

    def put(tls: str) -> bool:
        caller, path = ("AWS", PLACE.iam("role/x")), "arn:aws:s3:::images/blob"
        return allowed(both, "s3:PutObject", path, principal=caller, context={"aws:SecureTransport": tls})

    assert put("true")
    assert not put("false")


def test_each_role_is_one_services() -> None:
    (trust,) = rights.trusted(PLACE, Service.DLM)["Statement"]
    assert trust.get("Principal") == {"Service": ["dlm.amazonaws.com"]}


@pytest.mark.parametrize(("region", "partition"), [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")])
def test_no_document_leaves_its_partition(region: str, partition: str) -> None:
    place = Place("123456789012", region)
    text = repr([rights.server(place, LEAST), rights.server(place, REACH), rights.bucket(place, "images")])
    assert "arn:aws:" not in text.replace(KEY, "")
    assert f"arn:{partition}:" in text


def test_a_buckets_name_is_one_for_all_the_world() -> None:
    name = bucket_name("a" * 32, "storage", PLACE, "organization/project/prod/main")
    assert len(name) <= 63
    others = {
        bucket_name("a" * 32, "backup", PLACE, "organization/project/prod/main"),
        bucket_name("a" * 32, "storage", PLACE, "organization/project/prod/other"),
        bucket_name("a" * 32, "storage", Place("123456789012", "eu-west-1"), "organization/project/prod/main"),
        bucket_name("a" * 32, "storage", Place("210987654321", "us-east-1"), "organization/project/prod/main"),
    }
    assert name not in others
    assert len(others) == 4
