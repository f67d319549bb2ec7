"""Exemptions: whom they excuse, until when, and what is said of those that are not needed."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import grpc
import pulumi_policy.policy
import pytest
from google.protobuf.json_format import ParseDict
from pulumi.runtime.proto import (
    ADVISORY,
    MANDATORY,
    AnalyzeRequest,
    AnalyzeResponse,
    AnalyzerStackConfigureRequest,
    AnalyzeStackRequest,
    ConfigureAnalyzerRequest,
)
from pulumi_policy import EnforcementLevel

from policies import _sdk, rules
from policies._exemptions import Exemption, Exemptions, read
from tests.policies.judged import urn

RULE = "registry-requires-authentication"
TYPE = "snapdeploy:registry:Harbor"
TODAY = date(2026, 11, 25)
WHOLE = {"reason": "the old one", "owner": "platform", "expires": "2027-01-31"}


def excuse(pattern: str = "old", expires: date = TODAY) -> Exemption:
    return Exemption(RULE, pattern, "the old one", "platform", expires)


@pytest.mark.parametrize("pattern", ["old", "o*", "urn:pulumi:test::project::*::old", "?ld"])
def test_a_name_or_a_urn_is_matched(pattern: str) -> None:
    ruling = Exemptions([excuse(pattern)], TODAY).rule_on(RULE, urn(TYPE, "old"))
    assert ruling.excused
    assert "of platform, until 2026-11-25 (the old one)" in ruling.note


@pytest.mark.parametrize(("rule", "name"), [(RULE, "older"), (RULE, "OLD"), ("another-rule", "old")])
def test_nothing_else_is(rule: str, name: str) -> None:
    ruling = Exemptions([excuse()], TODAY).rule_on(rule, urn(TYPE, name))
    assert not ruling.excused
    assert not ruling.note


def test_it_holds_through_its_last_day_and_not_one_longer() -> None:
    assert Exemptions([excuse()], TODAY).rule_on(RULE, urn(TYPE, "old")).excused
    ended = Exemptions([excuse()], TODAY + timedelta(days=1)).rule_on(RULE, urn(TYPE, "old"))
    assert not ended.excused
    assert ended.note.startswith("no longer excused: exemption `old` of platform, until 2026-11-25")


def test_one_that_holds_counts_beside_one_that_has_ended() -> None:
    both = [excuse("o*", TODAY - timedelta(days=1)), excuse("old")]
    assert Exemptions(both, TODAY).rule_on(RULE, urn(TYPE, "old")).excused


@pytest.mark.parametrize(
    ("pattern", "expires", "finished", "ended", "told"),
    [
        ("gone", TODAY, False, False, "matches no resource"),
        ("old", TODAY, True, False, "excuses nothing any more"),
        ("old", TODAY - timedelta(days=1), False, True, "has ended; mend: remove it"),
    ],
)
def test_what_excused_nothing_is_told(pattern: str, expires: date, finished: bool, ended: bool, told: str) -> None:
    exemptions = Exemptions([excuse(pattern, expires)], TODAY)
    ((_, violation, said),) = exemptions.leftovers([urn(TYPE, "old")], finished)
    assert violation is ended
    assert told in said


def test_in_a_preview_one_whose_resource_is_there_may_be_needed_yet() -> None:
    assert list(Exemptions([excuse()], TODAY).leftovers([urn(TYPE, "old")], finished=False)) == []


def test_one_that_was_needed_is_no_leftover() -> None:
    exemptions = Exemptions([excuse()], TODAY)
    exemptions.rule_on(RULE, urn(TYPE, "old"))
    assert list(exemptions.leftovers([], finished=True)) == []


@pytest.mark.parametrize("missing", ["reason", "owner", "expires"])
@pytest.mark.parametrize("value", [..., "", "  ", 7])
def test_reason_owner_and_date_are_mandatory(missing: str, value: object) -> None:
    told: dict[str, Any] = {name: text for name, text in WHOLE.items() if name != missing}
    found, (mistake,) = read({RULE: {"exemptions": {"old": told if value is ... else {**told, missing: value}}}})
    assert found == []
    assert mistake == f"{RULE}: exemptions: 'old' has no {missing}; mend: write one, nobody is excused without"


@pytest.mark.parametrize(
    ("pattern", "change", "mistake"),
    [
        ("*", {}, "excuses everything"),
        ("**?", {}, "excuses everything"),
        ("*::*", {}, "excuses everything"),
        ("old", {"expires": "2027-02-30"}, "which is no date"),
        ("old", {"expires": "20270131"}, "which is no date"),
        ("old", {"ower": "x"}, "has an unknown 'ower'"),
    ],
)
def test_what_is_no_exemption_is_refused(pattern: str, change: dict[str, str], mistake: str) -> None:
    config = {RULE: {"exemptions": {pattern: {**WHOLE, **change}}}}
    (told,) = rules.config_mistakes(config)
    assert mistake in told


def test_a_whole_one_is_accepted() -> None:
    assert rules.config_mistakes({RULE: {"exemptions": {"old": WHOLE}}}) == []


# --- as the engine meets them ---


class Served:
    """The pack's servicer, as the SDK would start it."""

    def __init__(self) -> None:
        servicer: Any = pulumi_policy.policy.__dict__["_PolicyAnalyzerServicer"]
        self._servicer = servicer(rules.PACK, "1", list(rules.ALL), EnforcementLevel.MANDATORY)

    def configure(self, config: dict[str, Any], dry_run: bool = True) -> None:
        told = {
            name: {"enforcementLevel": MANDATORY, "properties": {"exemptions": given}} for name, given in config.items()
        }
        self._servicer.Configure(ParseDict({"policyConfig": told}, ConfigureAnalyzerRequest()), None)
        self._servicer.ConfigureStack(AnalyzerStackConfigureRequest(dry_run=dry_run), None)

    def analyze(self, name: str, **props: Any) -> AnalyzeResponse:
        request = ParseDict(_resource(name, props), AnalyzeRequest())
        answer: AnalyzeResponse = self._servicer.Analyze(request, None)
        return answer

    def analyze_stack(self, *names: str) -> AnalyzeResponse:
        request = ParseDict({"resources": [_resource(name, {}) for name in names]}, AnalyzeStackRequest())
        answer: AnalyzeResponse = self._servicer.AnalyzeStack(request, None)
        return answer


def _resource(name: str, props: dict[str, Any]) -> dict[str, Any]:
    return {"type": TYPE, "urn": urn(TYPE, name), "name": name, "properties": props}


OPEN = {"auth": "anonymous", "address": "x.example.com", "tls": True, "environment": "dev"}


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Served:
    for name in ("deserialize_properties", "unknown_checking_proxy", "json_format", "_PolicyAnalyzerServicer"):
        monkeypatch.setattr(pulumi_policy.policy, name, getattr(pulumi_policy.policy, name))
    _sdk.keep_secret_marks()
    _sdk.check_config_by(rules.config_mistakes)
    return Served()


def _expires(days: int) -> dict[str, str]:
    return {**WHOLE, "expires": (datetime.now(UTC).date() + timedelta(days=days)).isoformat()}


def test_a_violation_that_is_excused_is_advice(served: Served) -> None:
    served.configure({RULE: {"old": _expires(1)}})
    (excused,) = served.analyze("old", **OPEN).diagnostics
    (refused,) = served.analyze("new", **OPEN).diagnostics
    assert (excused.enforcementLevel, refused.enforcementLevel) == (ADVISORY, MANDATORY)
    assert "excused: exemption `old` of platform" in excused.message
    assert "excused" not in refused.message


def test_a_violation_whose_exemption_has_ended_is_one_and_says_so(served: Served) -> None:
    served.configure({RULE: {"old": _expires(-1)}})
    (ended,) = served.analyze("old", **OPEN).diagnostics
    assert ended.enforcementLevel == MANDATORY
    assert "no longer excused" in ended.message


def _told(answer: AnalyzeResponse) -> list[tuple[int, str]]:
    return [(one.enforcementLevel, one.message) for one in answer.diagnostics if one.policyName == RULE]


def test_leftovers_are_told_at_the_end(served: Served) -> None:
    served.configure({RULE: {"gone": _expires(1), "ended": _expires(-1)}})
    gone, ended = sorted(_told(served.analyze_stack("old")))
    assert gone[0] == ADVISORY
    assert "matches no resource" in gone[1]
    assert ended[0] == MANDATORY
    assert "has ended" in ended[1]


def test_only_a_finished_run_says_that_one_is_needed_no_more(served: Served) -> None:
    served.configure({RULE: {"old": _expires(1)}}, dry_run=True)
    assert _told(served.analyze_stack("old")) == []
    served.configure({RULE: {"old": _expires(1)}}, dry_run=False)
    ((level, message),) = _told(served.analyze_stack("old"))
    assert level == ADVISORY
    assert "excuses nothing any more" in message


def test_a_wrong_config_stops_the_pack(served: Served) -> None:
    class Aborted(Exception):
        pass

    class Context:
        def abort(self, code: grpc.StatusCode, details: str) -> None:
            raise Aborted(details)

    request = ParseDict(
        {"policyConfig": {RULE: {"properties": {"exemptions": {"old": {"owner": "x"}}}}}}, ConfigureAnalyzerRequest()
    )
    with pytest.raises(Aborted, match="'old' has no reason"):
        served._servicer.Configure(request, Context())


def test_a_resource_is_read_once_for_all_rules(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    times: list[object] = []

    def counted(props: dict[str, Any]) -> dict[str, Any]:
        times.append(props)
        return props

    monkeypatch.setattr(pulumi_policy.policy.__dict__["deserialize_properties"], "_function", counted)
    served.configure({})
    served.analyze("one", **OPEN)
    assert len(times) == 1


def test_a_rule_on_the_stack_knows_what_a_component_was_declared_with(served: Served) -> None:
    served.configure({})
    served.analyze("production", **{**OPEN, "environment": "prod"})
    served.analyze("shared", **OPEN)
    told = served.analyze_stack("production", "shared").diagnostics
    assert {one.urn for one in told if one.policyName == "registry-scans-images"} == {urn(TYPE, "production")}
