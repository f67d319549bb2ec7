"""Every rule refuses its wrong case, passes its right one, and says of an unknown value that it is one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from pulumi_policy.proxy import unknown_checking_proxy

from policies import rules
from policies._rule import Finding, Rule, Seen, StackRule
from policies._sdk import with_marks
from tests.policies import judged
from tests.policies.cases import aws, google, others
from tests.policies.cases.table import CANARY, CONFIG, PROVIDERS, Case, Expected, Made

CASES = (*aws.CASES, *google.CASES, *google.OVERLAPPING, *others.CASES)
_OVERLAPPING = {"google-keys-rotate": "no-long-lived-google-keys"}
STACK = "urn:pulumi:test::project::pulumi:pulumi:Stack::project-test"

Said = tuple[str, str]
"""A rule, and the resource that it speaks of."""


def props(value: Any) -> Any:
    """The properties of a case as the wire has them in a preview."""
    if isinstance(value, Mapping):
        if "@unknown" in value or "@late" in value:
            return judged.UNKNOWN
        if "@secret" in value:
            return judged.secret(props(value["@secret"]))
        return {name: props(one) for name, one in value.items()}
    return [props(one) for one in value] if isinstance(value, list) else value


def seen(made: Made, settings: Mapping[str, Any], among: Iterable[Made] = (), outputs: bool = False) -> Seen:
    """A resource of a case as a judge sees it: when it is declared, or at the end with its `outputs`."""

    def proxied(told: Any) -> Any:
        return unknown_checking_proxy(with_marks(props(told)))

    own = {one.name: one for one in among}
    provider = own[made.provider] if made.provider else PROVIDERS.get(made.package)
    inputs = proxied(made.props)
    put_out = made.outputs if outputs and made.outputs is not None else None
    return Seen(
        made.type,
        made.name,
        judged.urn(made.type, made.name),
        inputs if put_out is None else proxied(put_out),
        made.protect,
        seen(provider, {}) if provider else None,
        STACK,
        settings,
        inputs=inputs if not made.package else {},
    )


def said_by(all_rules: Iterable[Rule], resources: Sequence[Made]) -> tuple[dict[Said, str], set[str]]:
    """What rules say of resources: the messages, and which rules wait for a value."""
    told: dict[Said, str] = {}
    waiting: set[str] = set()
    by_urn = {judged.urn(one.type, one.name): one.name for one in resources}

    def keep(rule: Rule, findings: list[Finding], unknown: bool, own: str) -> None:
        for finding in findings:
            told[rule.name, by_urn.get(finding.urn or own, "")] = rule.tell(finding)
        if unknown:
            waiting.add(rule.name)

    for rule in all_rules:
        settings = rule.settle(CONFIG.get(rule.name, {}))
        if isinstance(rule, StackRule):
            everything = [seen(one, {}, resources, outputs=True) for one in resources]
            keep(rule, *rule.weigh_stack(everything, settings), STACK)
            continue
        for one in resources:
            if rule.concerns(one.type):
                keep(rule, *rule.weigh(seen(one, settings, resources)), judged.urn(one.type, one.name))
    return told, waiting


def besides(found: Iterable[Said], case: Case) -> set[Said]:
    """What is said, without what the rule that overlaps says."""
    return {(rule, name) for rule, name in found if rule != _OVERLAPPING.get(case.rule)}


def fine(rule: Rule) -> Rule:
    """The rule with a judge that finds nothing wrong."""
    if isinstance(rule, StackRule):
        return replace(rule, over=lambda _resources, _settings: ())
    return replace(rule, judge=lambda _seen: ())


def test_every_rule_has_its_cases() -> None:
    assert sorted(case.rule for case in CASES) == sorted(rule.name for rule in rules.RULES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_the_wrong_case_is_refused_by_its_rule_and_by_no_other(case: Case) -> None:
    told, _ = said_by(rules.RULES, case.wrong)
    assert besides(told, case) == {(case.rule, name) for name in case.blamed}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_the_wrong_case_passes_where_its_rule_says_nothing(case: Case) -> None:
    """A judge that finds everything fine is noticed: no other rule refuses the case in its place."""
    told, _ = said_by([fine(rule) if rule.name == case.rule else rule for rule in rules.RULES], case.wrong)
    assert besides(told, case) == set()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_the_right_case_is_refused_by_none(case: Case) -> None:
    told, waiting = said_by(rules.RULES, case.right)
    assert besides(told, case) == set()
    assert waiting == set()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_an_unknown_value_is_neither_right_nor_wrong(case: Case) -> None:
    told, waiting = said_by(rules.RULES, case.unknown)
    expected = {(case.rule, name) for name in case.blamed} if case.verdict is Expected.REFUSED else set()
    assert besides(told, case) == expected
    assert (case.rule in waiting) == (case.verdict is Expected.NOT_YET)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_no_secret_is_in_what_is_said(case: Case) -> None:
    for resources in (case.wrong, case.right, case.unknown):
        assert CANARY not in "".join(said_by(rules.RULES, resources)[0].values())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_what_is_said_is_fact_consequence_and_mend(case: Case) -> None:
    told, _ = said_by([rule for rule in rules.RULES if rule.name == case.rule], case.wrong)
    for message in told.values():
        fact, consequence, mend = message.split("\n")
        assert fact.strip()
        assert consequence.startswith("    so: ")
        assert mend.startswith("    mend: ")
