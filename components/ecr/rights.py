"""Who may do what, as IAM documents: the least that each part needs.

Owns: the actions and the ARNs they are allowed on. Does not own: who the documents are attached to (`access.py`), or
who may become that (`trust.py`). Pure.

`arn:…:repository/<namespace>/*` reaches every repository below the namespace, and neither one that is called like the
namespace itself nor one whose name only begins like it.

Sources, read 2026-11, all below https://docs.aws.amazon.com/AmazonECR/latest/userguide/: image-push-iam.html (push),
pull-through-cache-iam.html, registry-permissions-create-replication.html and registry-permissions-examples.html,
repository-creation-templates-custom.html (the template's role), encryption-at-rest.html (KMS).
"""

from collections.abc import Iterable, Sequence

from components.aws.documents import EVERYBODY, By, Document, Statement, allow, document
from components.aws.place import Place

_PUSH = (
    "ecr:BatchCheckLayerAvailability",
    "ecr:InitiateLayerUpload",
    "ecr:UploadLayerPart",
    "ecr:CompleteLayerUpload",
    "ecr:PutImage",
    "ecr:BatchGetImage",
)
_PULL = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
_IMPORT = ("ecr:BatchImportUpstreamImage", "ecr:CreateRepository")
_CLEAN = (
    "ecr:DescribeRepositories",
    "ecr:ListImages",
    "ecr:DescribeImages",
    "ecr:BatchGetImage",
    "ecr:BatchDeleteImage",
    "ecr:GetLifecyclePolicy",
    "ecr:StartLifecyclePolicyPreview",
    "ecr:GetLifecyclePolicyPreview",
)
_FINDINGS = ("ecr:DescribeRepositories", "ecr:ListImages", "ecr:DescribeImages", "ecr:DescribeImageScanFindings")
_KMS_OF_TEMPLATE = ("kms:CreateGrant", "kms:RetireGrant", "kms:DescribeKey")
_KMS_USE = ("kms:Decrypt", "kms:GenerateDataKey", *_KMS_OF_TEMPLATE)


def push(place: Place, namespace: str) -> Document:
    """What the builder needs: a token, uploads below `namespace`, and there a repository that is not there yet.

    Whether create-on-push asks the pusher for `ecr:CreateRepository` is not documented; where it does not, the right
    is one to make empty repositories below the namespace, which the template protects like any other.
    """
    return document(
        _token(),
        allow("Push", _PUSH, [place.repositories(namespace)]),
        allow("CreateOnPush", ["ecr:CreateRepository"], [place.repositories(namespace)]),
    )


def pull(place: Place, namespace: str, caches: Sequence[str] = ()) -> Document:
    """What the deployer needs; `caches` are the prefixes of pull-through caches that it may use and so fill."""
    statements = [_token(), allow("Pull", _PULL, [place.repositories(namespace)])]
    if caches:
        behind = [place.repositories(prefix) for prefix in caches]
        statements.append(allow("PullThroughCache", [*_PULL, *_IMPORT], behind))
    return document(*statements)


def clean(place: Place, namespace: str) -> Document:
    """What a janitor needs: to see what there is and what the lifecycle would do, and to delete images, not
    repositories. It works through the API, so it needs no token for `docker`."""
    return document(_names(place), allow("Clean", _CLEAN, [place.repositories(namespace)]))


def findings(place: Place, namespace: str) -> Document:
    """What a reader of scan results needs: images and their findings, no layers."""
    return document(_names(place), allow("ReadFindings", _FINDINGS, [place.repositories(namespace)]))


def repository(place: Place, accounts: Iterable[str] = (), organizations: Iterable[str] = ()) -> Document | None:
    """The policy on a repository that lets other accounts pull; None where there are none.

    It is half of what they need: their own policies have to allow the same.
    """
    statements = []
    if accounts := sorted(accounts):
        roots = [place.root(account) for account in accounts]
        statements.append(allow("PullFromAccounts", _PULL, principals={By.ACCOUNT: roots}))
    if organizations := sorted(organizations):
        inside = {"StringEquals": {"aws:PrincipalOrgID": organizations}}
        statements.append(allow("PullFromOrganizations", _PULL, principals={By.ACCOUNT: [EVERYBODY]}, when=inside))
    return document(*statements) if statements else None


def registry(
    place: Place,
    namespace: str,
    *,
    sources: Iterable[str] = (),
    importers: Iterable[str] = (),
    caches: Sequence[str] = (),
) -> Document | None:
    """The policy of the registry at `place`; None where it would be empty.

    `sources` are accounts whose copies it takes below `namespace`. `importers` are accounts that may fill its
    pull-through `caches`.
    """
    statements = []
    if sources := sorted(sources):
        statements.append(
            allow(
                "TakeCopies",
                ["ecr:CreateRepository", "ecr:ReplicateImage"],
                [place.repositories(namespace)],
                principals={By.ACCOUNT: [place.root(source) for source in sources]},
            )
        )
    if (importers := sorted(importers)) and caches:
        statements.append(
            allow(
                "FillCaches",
                _IMPORT,
                [place.repositories(prefix) for prefix in caches],
                principals={By.ACCOUNT: [place.root(importer) for importer in importers]},
            )
        )
    return document(*statements) if statements else None


def key(place: Place) -> Document:
    """The policy of a KMS key for images: the account administers it, and it is used through ECR alone.

    Whoever pushes or pulls needs no right of KMS: ECR uses grants, which it takes when a repository is made.
    """
    through_ecr = {
        "StringEquals": {"kms:CallerAccount": [place.account], "kms:ViaService": [place.via("ecr")]},
    }
    return document(
        allow("Administer", ["kms:*"], ["*"], principals={By.ACCOUNT: [place.root()]}),
        allow("UseThroughEcr", _KMS_USE, ["*"], principals={By.ACCOUNT: [EVERYBODY]}, when=through_ecr),
    )


def template_role(places: Iterable[Place], prefixes: Sequence[str], keys: Sequence[str] = ()) -> Document:
    """What ECR may do as the role of the creation templates at `places`: make and tag what is below `prefixes`.

    `keys` are the ARNs of the KMS keys that it encrypts under. AWS documents the role with `*` for every resource;
    nothing in it needs more than the prefixes and the keys.
    """
    made = [place.repositories(prefix) for place in places for prefix in prefixes]
    statements = [
        allow("MakeRepositories", ["ecr:CreateRepository", "ecr:ReplicateImage", "ecr:TagResource"], made),
    ]
    if keys:
        statements.append(allow("UseKeys", _KMS_OF_TEMPLATE, keys))
    return document(*statements)


def _token() -> Statement:
    # The one action here that IAM cannot narrow: the token carries the caller's own rights, and no others.
    return allow("Token", ["ecr:GetAuthorizationToken"], ["*"])


def _names(place: Place) -> Statement:
    # A list of all repositories is asked for with the ARN `repository/*`, which no narrower pattern matches.
    return allow("ListRepositories", ["ecr:DescribeRepositories"], [place.repository("*")])
