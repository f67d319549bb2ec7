"""Rules on Google's trust in GitHub's workflows: one repository, by the numbers that nobody can register again.

Owns: providers of workload identity pools. Does not own: what a signed-in identity may act as (`google_iam.py`).

Source, read 2026-11: https://cloud.google.com/iam/docs/workload-identity-federation-with-deployment-pipelines.
"""

import re
from collections.abc import Iterator

from pulumi_policy import Severity

from policies._props import Gap, inside, printable, text, words
from policies._rule import Finding, Practice, Remark, Rule, Seen
from policies.github_trust import ISSUER

_PROVIDER = "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider"
_OWN_AUDIENCE = re.compile(r"(?:https:)?//iam\.googleapis\.com/projects/[^*]+")


def _pinned(condition: str, claim: str) -> bool:
    """Whether nothing that a condition in CEL lets in has another value for a claim than the numbers that it names.

    What either side of an "or" lets in, the whole lets in: each has to pin it. Of an "and" one side is enough.
    """
    bare = _bare(condition)
    ways = _split(bare, "||")
    if len(ways) > 1:
        return all(_pinned(way, claim) for way in ways)
    needs = _split(bare, "&&")
    if len(needs) > 1:
        return any(_pinned(need, claim) for need in needs)
    said = rf"(?:assertion|attribute)\.{claim}"
    value = r"(?:'[0-9]+'|\"[0-9]+\")"
    listed = rf"{said}\s+in\s+\[\s*{value}(?:\s*,\s*{value})*\s*\]"
    return re.fullmatch(rf"{said}\s*==\s*{value}|{value}\s*==\s*{said}|{listed}", bare) is not None


def _split(expression: str, operator: str) -> list[str]:
    """The parts of an expression between an operator that stands in no brackets and no text."""
    parts, depth, quote, start = [], 0, "", 0
    for place, letter in enumerate(expression):
        if quote:
            quote = "" if letter == quote and expression[place - 1] != "\\" else quote
        elif letter in "'\"":
            quote = letter
        elif letter in "([{":
            depth += 1
        elif letter in ")]}":
            depth -= 1
        elif depth == 0 and expression.startswith(operator, place):
            parts.append(expression[start:place])
            start = place + len(operator)
    return [*parts, expression[start:]]


def _bare(expression: str) -> str:
    """An expression without the spaces and the brackets around all of it."""
    bare = expression.strip()
    while bare.startswith("(") and bare.endswith(")") and _is_one(bare):
        bare = bare[1:-1].strip()
    return bare


def _is_one(expression: str) -> bool:
    """Whether the first bracket is closed by the last one."""
    depth = 0
    for place, letter in enumerate(expression):
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return place == len(expression) - 1
    return False


def _condition(seen: Seen) -> Iterator[Remark]:
    issuer = inside(seen.props, "oidc", "issuerUri")
    condition = text(seen.props, "attributeCondition")
    if issuer is Gap.UNKNOWN:
        yield Gap.UNKNOWN
    if not isinstance(issuer, str) or ISSUER not in issuer:
        return
    if condition is Gap.UNKNOWN:
        yield Gap.UNKNOWN
    elif isinstance(condition, Gap) or not condition:
        yield Finding(f"provider {seen} has no `attributeCondition`: it takes every workflow on GitHub")
    else:
        missing = [claim for claim in ("repository_id", "repository_owner_id") if not _pinned(condition, claim)]
        if missing:
            told = " and ".join(f"`{claim}`" for claim in missing)
            yield Finding(f"`attributeCondition` of provider {seen} does not pin {told}")


def _audience(seen: Seen) -> Iterator[Remark]:
    oidc = inside(seen.props, "oidc")
    if oidc is Gap.UNKNOWN:
        yield Gap.UNKNOWN
    if not isinstance(oidc, dict) and isinstance(oidc, Gap):
        return
    audiences = words(oidc, "allowedAudiences")  # type: ignore[arg-type]
    if audiences is Gap.UNKNOWN:
        yield Gap.UNKNOWN
    for audience in audiences if isinstance(audiences, list) else []:
        if audience is Gap.UNKNOWN:
            yield Gap.UNKNOWN
        elif isinstance(audience, str) and _OWN_AUDIENCE.fullmatch(audience) is None:
            yield Finding(f"provider {seen} takes tokens that were made for `{printable(audience)}`")


RULES: tuple[Rule, ...] = (
    Rule(
        name="google-trust-pins-repository",
        says="A provider for GitHub's tokens takes those of one repository, by its number and its owner's.",
        refuses="a provider for GitHub without an `attributeCondition` that compares `repository_id` and "
        "`repository_owner_id` with numbers",
        why="a workflow of another repository signs in, or of one that was registered again under an old name",
        mend="write `ownerId` and `repositoryId` under `registries.<name>.access` "
        "(`attributeCondition: assertion.repository_id == '7654321' && assertion.repository_owner_id == '1234567'`)",
        severity=Severity.CRITICAL,
        practices=(Practice.TOKENS, Practice.ROLES),
        types=(_PROVIDER,),
        judge=_condition,
    ),
    Rule(
        name="google-trust-keeps-audience",
        says="A provider takes only tokens that were made for it.",
        refuses="a provider with an `allowedAudiences` that is no name of a provider of Google's",
        why="a token that a workflow handed to any other service signs in here",
        mend="leave it to `registries.<name>.access` (`oidc.allowedAudiences` left out: its own full name)",
        severity=Severity.HIGH,
        practices=(Practice.TOKENS,),
        types=(_PROVIDER,),
        judge=_audience,
    ),
)
