"""Who may become a role, as IAM trust documents.

Owns: the conditions by which a stranger is told from whom the config means. Does not own: what the role may do
(`rights.py`), or what the config may say (`settings_access.py`). Pure.

Sources, read 2026-11:
- GitHub's subjects: https://docs.github.com/en/actions/reference/security/oidc, and the form with ids:
  https://github.blog/changelog/2026-04-23-immutable-subject-claims-for-github-actions-oidc-tokens/;
- EKS Pod Identity: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html;
- confused deputies: https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html;
- the template's role: https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates-create-iam.html.
"""

from collections.abc import Iterable
from typing import assert_never

from components._github_jobs import GITHUB_ISSUER
from components.aws.documents import EVERYBODY, By, Conditions, Document, Statement, allow, document
from components.aws.place import Place, Service
from components.ecr.settings_access import (
    AccountPrincipal,
    AnyPrincipal,
    Ec2Principal,
    EcsPrincipal,
    EksPodIdentityPrincipal,
    GithubPrincipal,
    IrsaPrincipal,
    OrganizationPrincipal,
    UserPrincipal,
)

MADE_BY = "snapdeploy:made-by"
"""The tag by which a stack knows the provider for GitHub that it has made itself."""

IRSA_AUDIENCE = "sts.amazonaws.com"
"""What EKS makes the tokens of service accounts for, in every partition."""


def document_for(principal: AnyPrincipal, place: Place) -> Document | None:
    """The trust document of a role in the registry's account that `principal` may become.

    None for a user, which is nobody's role.
    """
    match principal:
        case GithubPrincipal():
            return document(*_github(principal, place))
        case Ec2Principal():
            # An instance gets only a role of its own account, so there is no account to check.
            return document(_service("Instances", Service.EC2, place))
        case EcsPrincipal():
            return document(_service("Tasks", Service.ECS_TASKS, place, _from_ecs(place)))
        case EksPodIdentityPrincipal():
            return document(_pods(principal, place))
        case IrsaPrincipal():
            return document(_irsa(principal, place))
        case AccountPrincipal():
            when = {"StringEquals": {"sts:ExternalId": [principal.external_id]}} if principal.external_id else None
            return document(
                allow(
                    "Account", ["sts:AssumeRole"], principals={By.ACCOUNT: [place.root(principal.account)]}, when=when
                )
            )
        case OrganizationPrincipal():
            when = {"StringEquals": {"aws:PrincipalOrgID": [principal.id]}}
            return document(allow("Organization", ["sts:AssumeRole"], principals={By.ACCOUNT: [EVERYBODY]}, when=when))
        case UserPrincipal():
            return None
        case _:
            assert_never(principal)


def template_role(place: Place) -> Document:
    """The trust document of the role that a creation template names: ECR itself, as AWS documents it."""
    return document(_service("Ecr", Service.ECR, place))


def provider_arn(issuer: str, place: Place) -> str:
    """The ARN of the account's OIDC provider for `issuer`."""
    return place.iam(f"oidc-provider/{_bare(issuer)}")


def _github(principal: GithubPrincipal, place: Place) -> Iterable[Statement]:
    """One statement for each form of the subject, so that each is pinned in its own way."""
    issuer = _bare(GITHUB_ISSUER)
    audience = {f"{issuer}:aud": [place.audience]}
    runs = [
        *(f"ref:refs/heads/{branch}" for branch in principal.branches),
        *(f"ref:refs/tags/{tag}" for tag in principal.tags),
        *(f"environment:{environment}" for environment in principal.environments),
    ]
    owner, _, name = principal.repository.partition("/")
    pinned: dict[str, list[str]] = {}
    if principal.owner_id is not None and principal.repository_id is not None:
        by_id = f"repo:{owner}@{principal.owner_id}/{name}@{principal.repository_id}"
        yield _github_statement("GithubById", place, audience, [f"{by_id}:{run}" for run in runs])
        pinned = {
            f"{issuer}:repository_owner_id": [str(principal.owner_id)],
            f"{issuer}:repository_id": [str(principal.repository_id)],
        }
    by_name = [f"repo:{owner}/{name}:{run}" for run in runs]
    yield _github_statement("GithubByName", place, {**audience, **pinned}, by_name)


def _github_statement(sid: str, place: Place, equal: dict[str, list[str]], subjects: list[str]) -> Statement:
    subject = f"{_bare(GITHUB_ISSUER)}:sub"
    wild = any("*" in one for one in subjects)
    when = {"StringEquals": equal, "StringLike": {subject: subjects}} if wild else None
    return _web_identity(sid, GITHUB_ISSUER, place, when or {"StringEquals": {**equal, subject: subjects}})


def _pods(principal: EksPodIdentityPrincipal, place: Place) -> Statement:
    tags = {
        "aws:RequestTag/eks-cluster-arn": [place.arn("eks", f"cluster/{principal.cluster}")],
        "aws:RequestTag/kubernetes-namespace": [principal.namespace],
        "aws:RequestTag/kubernetes-service-account": [principal.service_account],
    }
    return allow(
        "Pods",
        ["sts:AssumeRole", "sts:TagSession"],
        principals={By.SERVICE: [place.service(Service.EKS_PODS)]},
        when={"StringEquals": {"aws:SourceAccount": [place.account], **tags}},
    )


def _irsa(principal: IrsaPrincipal, place: Place) -> Statement:
    issuer = _bare(principal.issuer)
    subject = f"system:serviceaccount:{principal.namespace}:{principal.service_account}"
    when = {"StringEquals": {f"{issuer}:aud": [IRSA_AUDIENCE], f"{issuer}:sub": [subject]}}
    return _web_identity("ServiceAccount", principal.issuer, place, when)


def _web_identity(sid: str, issuer: str, place: Place, when: Conditions) -> Statement:
    provider = provider_arn(issuer, place)
    return allow(sid, ["sts:AssumeRoleWithWebIdentity"], principals={By.WEB_IDENTITY: [provider]}, when=when)


def _service(sid: str, service: Service, place: Place, when: Conditions | None = None) -> Statement:
    return allow(sid, ["sts:AssumeRole"], principals={By.SERVICE: [place.service(service)]}, when=when)


def _from_ecs(place: Place) -> Conditions:
    return {
        "StringEquals": {"aws:SourceAccount": [place.account]},
        "ArnLike": {"aws:SourceArn": [place.arn("ecs", "*")]},
    }


def _bare(issuer: str) -> str:
    return issuer.removeprefix("https://")
