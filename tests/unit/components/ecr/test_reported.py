"""Mistakes in retention and access reach the user as others do: the path in the file, the fact, what to write."""

import pytest
from pydantic import Field

from components._settings import Settings
from components.ecr.lifecycle import Retention
from components.ecr.settings_access import AccessSettings
from contract.problem import Problems
from stack._models import read
from stack._report import Report


class Registry(Settings):
    """As much of an ECR registry's settings as this is about."""

    retention: Retention = Field(default_factory=dict, description="which images go", examples=[{}])
    access: AccessSettings = Field(default_factory=AccessSettings, description="who may what", examples=[{}])


def _told(block: dict[str, object]) -> list[tuple[str, str, str]]:
    report = Report(stack="prod", file=None, secret_keys=())
    assert read(Registry, block, ("registries", "main"), report) is None
    with pytest.raises(Problems) as caught:
        report.raise_if_any()
    problems = caught.value.problems
    return [(one.where.removeprefix("stack prod: registries.main."), one.what, one.mend) for one in problems]


NEWEST = {"rule": "keep-newest", "count": 5}


@pytest.mark.parametrize(
    ("block", "where", "what", "mend"),
    [
        (
            {"retention": {"rest": {"count": 5}}},
            "retention.rest.rule",
            "is missing",
            (
                "write `rule: keep`, or another of: keep-newest, expire-untagged, expire-older, expire-unpulled, "
                "archive-unpulled"
            ),
        ),
        (
            {"retention": {"rest": {"rule": "expire-untaged", "days": 5}}},
            "retention.rest.rule",
            (
                "has to be one of keep, keep-newest, expire-untagged, expire-older, expire-unpulled, archive-unpulled, "
                "but is the text `expire-untaged`"
            ),
            "write `rule: expire-untagged`",
        ),
        (
            {"retention": {"rest": {"rule": "keep-newest", "days": 5, "count": 5}}},
            "retention.rest.days",
            "is not a key that can stand here",
            "delete it; the keys that can stand here: rule, count, tags",
        ),
        (
            {"retention": {"rest": {"rule": "keep-newest", "count": "5"}}},
            "retention.rest.count",
            "has to be a whole number, but is the text `5`",
            "write `count: 5`, without quotes",
        ),
        (
            {"retention": {"releases": {"rule": "keep", "tags": ["v 1"]}}},
            "retention.releases.tags.0",
            "the text `v 1` is not a pattern of tags: up to 128 of A-Z, a-z, 0-9, '_', '.', '-', and `*` for anything",
            'write for example `tags: ["v*"]` (the tags that never go, `*` for anything)',
        ),
        (
            {"retention": {"a": {"rule": "keep", "tags": ["v*"]}, "b": {**NEWEST, "tags": ["v1.*"]}}},
            "retention.b.tags",
            "the text `v1.*` is among the tags that another rule keeps for good",
            "delete the pattern, or narrow what is kept",
        ),
        (
            {"retention": {"a": NEWEST, "b": NEWEST}},
            "retention.b.rule",
            "the text `keep-newest` is about every image, as another rule is already (`keep-newest`)",
            "delete one of the two, or give one of them `tags`",
        ),
        (
            {"retention": {"Rest": NEWEST}},
            "retention.Rest",
            "is not a rule's name: a lower-case letter, then up to 30 of a-z, 0-9 and '-'",
            "write another name",
        ),
        (
            {"access": {"push": {"ci": {"from": "githb"}}}},
            "access.push.ci.from",
            (
                "has to be one of github, ec2, ecs, eks-pod-identity, irsa, account, organization, user, "
                "but is the text `githb`"
            ),
            "write `from: github`",
        ),
        (
            {"access": {"push": {"ci": {"from": "github", "repository": "owner/name"}}}},
            "access.push.ci",
            "an object of 2 names no branch, tag or environment",
            "write for example `branches: [main]`",
        ),
        (
            {"access": {"pull": {"cluster": {"from": "irsa", "namespace": "n", "serviceAccount": "s"}}}},
            "access.pull.cluster.issuer",
            "is missing",
            (
                'write for example `issuer: "https://oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF"` '
                "(`aws eks describe-cluster --name NAME --query cluster.identity.oidc.issuer`)"
            ),
        ),
        (
            {"access": {"pull": {"other": {"from": "account", "account": "21098765432"}}}},
            "access.pull.other.account",
            "the text `21098765432` is not an account's id: 12 digits",
            'write for example `account: "210987654321"` (the other account\'s id, in quotes)',
        ),
    ],
)
def test_a_mistake_is_told_where_it_is_with_what_to_write(
    block: dict[str, object], where: str, what: str, mend: str
) -> None:
    assert _told(block) == [(where, what, mend)]


def test_too_many_rules_are_told_at_the_map() -> None:
    tags = [f"t{number}" for number in range(51)]
    ((where, what, _),) = _told({"retention": {"a": {"rule": "expire-older", "days": 1, "tags": tags}}})
    assert where == "retention"
    assert what.startswith("an object of 1 makes 51 rules of a lifecycle policy")
