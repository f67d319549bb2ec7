"""Every case of every rule on the real engine: all wrong ones in one program, all right ones, all unknown ones.

The engine is asked three times for all of them together, and what it says is compared resource by resource. Cases
whose provider has no simulation are left out, and counted.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.policies.cases import aws, google, others
from tests.policies.cases.table import CANARY, CONFIG, PROVIDERS, Case, Expected, Made
from tests.simulated.providers.gcp.by_hand import account
from tests.simulated.store import Store
from tests.support.engine import SIMULATED_BIN, EngineProject, Result

PACK = Path(__file__).resolve().parents[3] / "policies"
PROGRAM = (Path(__file__).parent / "program.py").read_text(encoding="utf-8")
_ALL = (*aws.CASES, *google.CASES, *google.OVERLAPPING, *others.CASES)
_OVERLAPPING = ("google-keys-rotate", "no-long-lived-google-keys")

Said = tuple[str, str]
"""A rule, and the resource that it speaks of; `` is the stack."""


def simulated(case: Case) -> bool:
    return all((SIMULATED_BIN / f"pulumi-resource-{package}").exists() for package in case.packages())


CASES = tuple(case for case in _ALL if simulated(case))


def entry(made: Made, rule: str) -> dict[str, Any]:
    """What the program is told of a resource; its name begins with the rule's, unless all rules share it."""
    own = made.provider and f"{rule}--{made.provider}"
    shared = PROVIDERS[made.package].name if made.package in PROVIDERS else ""
    return {
        "type": made.type,
        "name": f"{rule}--{made.name}" if rule else made.name,
        "props": made.props,
        "outputs": made.outputs,
        "protect": made.protect,
        "component": not made.package,
        "provider": own or shared,
    }


def declared(resources: Callable[[Case], Iterable[Made]]) -> list[dict[str, Any]]:
    packages = sorted({package for case in CASES for package in case.packages()} & PROVIDERS.keys())
    found = [entry(PROVIDERS[package], "") for package in packages]
    for case in CASES:
        found += [entry(one, case.rule) for one in resources(case)]
    return found


def project(folder: Path, resources: Callable[[Case], Iterable[Made]]) -> EngineProject:
    packages = {package for case in CASES for package in case.packages()}
    made = EngineProject(folder, PROGRAM, providers=sorted(packages), name="cases")
    (made.folder / "cases.json").write_text(json.dumps(declared(resources)), encoding="utf-8")
    (folder / "pack.json").write_text(json.dumps(CONFIG), encoding="utf-8")
    return made


def judged(made: EngineProject, *command: str, fails: bool) -> Result:
    config = made.folder.parent / "pack.json"
    return made.run(*command, "--policy-pack", str(PACK), "--policy-pack-config", str(config), fails=fails)


def violations(result: Result) -> set[Said]:
    found = set()
    for event in result.events:
        told: Mapping[str, Any] = event.get("policyEvent", {})
        if told:
            name = str(told["resourceUrn"]).rpartition("::")[2]
            found.add((str(told["policyName"]), name if "--" in name else ""))
    return found


def expected(case: Case) -> set[Said]:
    return {(case.rule, f"{case.rule}--{name}" if name else "") for name in case.blamed}


def without_overlap(found: set[Said]) -> set[Said]:
    rotate, key = _OVERLAPPING
    return {(rule, name) for rule, name in found if not (rule == key and name.startswith(rotate))}


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> Result:
    made = project(tmp_path_factory.mktemp("wrong"), lambda case: case.wrong)
    return judged(made, "preview", fails=True)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_the_engine_refuses_a_wrong_case(case: Case, wrong: Result) -> None:
    about = {one for one in violations(wrong) if one[1].startswith(f"{case.rule}--") or one[0] == case.rule}
    assert without_overlap(about) == expected(case)


def test_the_engine_refuses_nothing_else(wrong: Result) -> None:
    assert without_overlap(violations(wrong)) == {one for case in CASES for one in expected(case)}
    assert "can't run policy" not in wrong.text
    assert CANARY not in wrong.text
    assert CANARY not in json.dumps([event for event in wrong.events if "policyEvent" in event])


def test_the_engine_passes_every_right_case(tmp_path: Path) -> None:
    passed = judged(project(tmp_path, lambda case: case.right), "preview", fails=False)
    assert without_overlap(violations(passed)) == set()
    assert "can't run policy" not in passed.text
    assert CANARY not in passed.text


def test_an_unknown_value_ends_no_rule(tmp_path: Path) -> None:
    refused = {one for case in CASES if case.verdict is Expected.REFUSED for one in expected(case)}
    previewed = judged(project(tmp_path, lambda case: case.unknown), "preview", fails=bool(refused))
    assert without_overlap(violations(previewed)) == refused
    assert "can't run policy" not in previewed.text


_FINISHED = (
    "ecr-old-images-expire",
    "google-grants-are-on-one-thing",
    "registry-requires-authentication",
    "registry-scans-images",
    "docker-hub-repositories-are-private",
    "smoke-test-uses-own-tag",
    "machine-disks-are-encrypted",
    "machine-ports-are-closed",
    "audit-trail-is-whole",
    "production-images-are-protected",
    "github-workflows-read-by-default",
)
"""Cases whose wrong one the simulated clouds make as it is."""


def test_the_finished_state_is_judged_by_itself(tmp_path: Path) -> None:
    """What an update made without the pack, `policy analyze` refuses without running the program."""
    chosen = [case for case in CASES if case.rule in _FINISHED]
    made = project(tmp_path, lambda case: case.wrong if case in chosen else ())
    account(Store(made.simulated, "gcp"), "acme-images", "builder")
    made.up()
    analyzed = judged(made, "policy", "analyze", fails=True)
    for case in chosen:
        for rule, name in expected(case):
            assert f"{rule}  (" in analyzed.text, analyzed.text
            assert f": {name})" in analyzed.text
    assert "can't run policy" not in analyzed.text
    assert CANARY not in analyzed.text


def test_the_cases_that_wait_for_a_simulated_provider_are_known() -> None:
    waiting = {package for case in _ALL for package in case.packages() if not simulated(case)}
    absent = {package for package in waiting if not (SIMULATED_BIN / f"pulumi-resource-{package}").exists()}
    assert absent <= {"gcp"}
