"""What the server and its helpers may do in the account, as documents.

Owns: the statements, each with the least that its purpose needs. Does not own: the roles that carry them (`role.py`,
`disk.py`), or the shape of a document (`components/aws/documents.py`). Pure.

Session Manager is allowed by its own five actions and not by the managed policy AmazonSSMManagedInstanceCore, which
lets its bearer read every parameter of the account, and Harbor's neighbours keep their passwords there.
https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html
"""

from collections.abc import Iterator
from dataclasses import dataclass

from components.aws.documents import By, Document, Statement, allow, deny_everybody, document
from components.aws.place import Place, Service

_SESSION = (
    "ssm:UpdateInstanceInformation",
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
)
_WRITE = ("s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts")
_LIST = ("s3:ListBucket", "s3:GetBucketLocation")


@dataclass(frozen=True)
class Reach:
    """What a server reaches; empty and None: nothing of that."""

    wanted: str
    """The parameter that says what the server should be."""
    report: str
    """The parameter in which it answers."""
    secret: str
    """The secret's name."""
    backups: str
    """Bucket and prefix: `bucket/prefix`."""
    storage: str = ""
    """The bucket of the images."""
    key: str = ""
    """The ARN of the KMS key that encrypts the secret and the buckets."""
    metrics: str = ""
    """The namespace in CloudWatch that it writes to."""
    zone: str = ""
    """The hosted zone in which it answers a certificate's challenge."""
    host: str = ""
    """The registry's host, for the challenge."""


def server(place: Place, reach: Reach) -> Document:
    """What the server itself may do."""
    return document(*_server(place, reach))


def _server(place: Place, reach: Reach) -> Iterator[Statement]:
    # These have no resource that they could be narrowed to: an instance acts for itself.
    yield allow("SessionManager", _SESSION, ["*"])
    # The wanted document, and the scripts that its user data have no room for (`boot/render.py`).
    read = [place.arn("ssm", f"parameter{reach.wanted}{part}") for part in ("", "-files-*")]
    yield allow("ReadWanted", ["ssm:GetParameter"], read)
    yield allow("Report", ["ssm:PutParameter"], [place.arn("ssm", f"parameter{reach.report}")])
    # Secrets Manager adds a hyphen and six characters of its own to a secret's name.
    yield allow(
        "ReadSecret", ["secretsmanager:GetSecretValue"], [place.arn("secretsmanager", f"secret:{reach.secret}-*")]
    )
    bucket, _, prefix = reach.backups.partition("/")
    # No deletion: what a thief of the server cannot delete is still there afterwards.
    yield allow("WriteBackups", ["s3:GetObject", *_WRITE], [_s3(place, f"{bucket}/{prefix}/*")])
    yield allow(
        "ListBackups", ["s3:ListBucket"], [_s3(place, bucket)], when={"StringLike": {"s3:prefix": [f"{prefix}/*"]}}
    )
    if reach.storage:
        yield allow("KeepImages", ["s3:GetObject", "s3:DeleteObject", *_WRITE], [_s3(place, f"{reach.storage}/*")])
        yield allow("ListImages", [*_LIST, "s3:ListBucketMultipartUploads"], [_s3(place, reach.storage)])
    if reach.key:
        through = [place.via("secretsmanager"), place.via("s3")]
        yield allow(
            "UseKey",
            ["kms:Decrypt", "kms:GenerateDataKey"],
            [reach.key],
            when={"StringEquals": {"kms:ViaService": through}},
        )
    if reach.metrics:
        yield allow(
            "WriteMetrics",
            ["cloudwatch:PutMetricData"],
            ["*"],
            when={"StringEquals": {"cloudwatch:namespace": [reach.metrics]}},
        )
    if reach.zone:
        yield from _challenge(place, reach)


def _challenge(place: Place, reach: Reach) -> Iterator[Statement]:
    """https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-conditions-route53.html"""
    yield allow(
        "AnswerChallenge",
        ["route53:ChangeResourceRecordSets"],
        [f"arn:{place.partition}:route53:::hostedzone/{reach.zone}"],
        when={
            "ForAllValues:StringEquals": {
                "route53:ChangeResourceRecordSetsNormalizedRecordNames": [f"_acme-challenge.{reach.host}"],
                "route53:ChangeResourceRecordSetsRecordTypes": ["TXT"],
            }
        },
    )
    yield allow("AwaitChallenge", ["route53:GetChange"], [f"arn:{place.partition}:route53:::change/*"])
    yield allow("FindZone", ["route53:ListHostedZones"], ["*"])


def trusted(place: Place, service: Service) -> Document:
    """That `service` may take on the role."""
    return document(allow("Assume", ["sts:AssumeRole"], principals={By.SERVICE: [place.service(service)]}))


def bucket(place: Place, name: str) -> Document:
    """The policy of a bucket: who comes without TLS is turned away. Whom it lets in, their own policies say."""
    return document(
        deny_everybody(
            "OnlyByTls",
            ["s3:*"],
            [_s3(place, name), _s3(place, f"{name}/*")],
            when={"Bool": {"aws:SecureTransport": ["false"]}},
        )
    )


def _s3(place: Place, path: str) -> str:
    return f"arn:{place.partition}:s3:::{path}"
