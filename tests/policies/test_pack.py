"""The pack as a whole: its list, its config, what it imports, and what it needs of the SDK."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import grpc
import pulumi_policy.policy
import pytest
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto.analyzer_pb2_grpc import AnalyzerStub
from pulumi_policy import EnforcementLevel, Secret
from pulumi_policy.deserialize import SPECIAL_ASSET_SIG, SPECIAL_SIG_KEY

from policies import _sdk, rules
from tests.policies.judged import secret

ROOT = Path(__file__).resolve().parents[2]
OURS = ("components", "contract", "oci", "ops", "stack", "tools")
ADVISORY = frozenset(
    {
        "ecr-encrypted-with-own-key",
        "github-actions-are-known",
        "github-production-is-reviewed",
        "github-secrets-use-the-current-property",
        "github-trust-takes-both-subjects",
        "google-cleanup-is-no-rehearsal",
        "google-encrypted-with-own-key",
        "google-registry-is-audited",
        "machine-data-is-protected",
        "machine-has-no-public-address",
        "no-long-lived-access-keys",
        "no-long-lived-google-keys",
        "registry-credential-ends",
        "registry-removes-old-images",
        "registry-scans-images",
        "registry-tags-are-immutable",
        "resources-do-not-grow-with-apps",
        "resources-have-an-owner",
        "secrets-have-own-key",
    }
)
"""What may be right somewhere, and is only warned of. A rule that is weakened has to be written down here."""
HEAVY = ("boto3", "pulumi_aws", "pulumi_docker", "pydantic", "httpx")


def test_every_rule_says_what_it_is_and_how_to_mend() -> None:
    assert len({rule.name for rule in rules.ALL}) == len(rules.ALL)
    for rule in rules.ALL:
        level = EnforcementLevel.ADVISORY if rule.name in ADVISORY else EnforcementLevel.MANDATORY
        assert rule.enforcement_level is level, rule.name
        assert rule.severity is not None, rule.name
        assert rule.description.endswith("."), rule.name
        assert rule.remediation_steps, rule.name
        assert rule.config_schema is None or all("default" in given for given in rule.config_schema.properties.values())


def test_the_rules_load_without_this_projects_code_or_a_providers_sdk() -> None:
    script = f"import sys; import policies.rules; print(*({set(OURS + HEAVY)!r} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.split() == []


def test_the_pack_serves_the_rules_in_its_own_folder_whatever_else_is_called_policies(tmp_path: Path) -> None:
    """A copy with one word changed is started as the engine's runner does, where the original can be imported too."""
    shutil.copytree(ROOT / "policies", tmp_path / "policies", ignore=shutil.ignore_patterns("__pycache__"))
    registry = tmp_path / "policies" / "registry.py"
    registry.write_text(registry.read_text().replace("A registry lets nobody in", "CHANGED: a registry lets nobody in"))
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", str(tmp_path / "policies")],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            served = AnalyzerStub(channel).GetAnalyzerInfo(Empty(), timeout=30)
    finally:
        process.kill()
        process.communicate()
    assert served.name == rules.PACK
    assert [rule.name for rule in served.policies] == [rule.name for rule in rules.ALL]
    assert served.policies[0].description.startswith("CHANGED")


def test_the_packs_folder_hides_no_module_of_the_standard_library() -> None:
    names = {path.stem for path in (ROOT / "policies").glob("*.py")} - {"__init__", "__main__"}
    assert not names & sys.stdlib_module_names


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"all": "mandatory"},
        {"environments": ["a/b"]},
        {"smoke-test-uses-own-tag": "advisory"},
        {"smoke-test-uses-own-tag": {"enforcementLevel": "advisory", "mutableTags": ["x"]}},
        {"all": {}, **{rule.name: {} for rule in rules.ALL}},
    ],
)
def test_a_config_that_names_what_exists_is_accepted(config: dict[str, object]) -> None:
    assert rules.config_mistakes(config) == []


@pytest.mark.parametrize(
    ("config", "mistake"),
    [
        ({"secret-input-is-marked": "mandatory"}, "did you mean 'secret-inputs-are-marked'?"),
        ({"zzz": "mandatory"}, "mend: write one of registry-requires-authentication, "),
        ({"smoke-test-uses-own-tag": {"mutabletags": []}}, "did you mean 'mutableTags'?"),
        ({"plain-http-on-loopback-only": {"hosts": []}}, "mend: write one of exemptions"),
        ({"plain-http-on-loopback-only": {"exemption": {}}}, "did you mean 'exemptions'?"),
        ({"a\nb": "mandatory"}, "'a\\nb' is no rule"),
    ],
)
def test_a_config_that_names_what_does_not_exist_is_refused(config: dict[str, object], mistake: str) -> None:
    (told,) = rules.config_mistakes(config)
    assert mistake in told


def test_every_mistake_is_told() -> None:
    assert len(rules.config_mistakes({"a": "advisory", "b": {}, "smoke-test-uses-own-tag": {"c": 1, "d": 2}})) == 4


def test_secret_marks_are_kept_at_every_depth() -> None:
    seen = _sdk.with_marks({"a": secret("x"), "b": [{"c": secret({"d": 1})}], "e": "plain"})
    assert isinstance(seen["a"], Secret)
    assert seen["a"].value == "x"
    assert isinstance(seen["b"][0]["c"], Secret)
    assert seen["b"][0]["c"].value == {"d": 1}
    assert seen["e"] == "plain"


def test_what_is_signed_otherwise_is_read_as_the_sdk_reads_it() -> None:
    asset = {SPECIAL_SIG_KEY: SPECIAL_ASSET_SIG, "text": "hello"}
    assert _sdk.with_marks({"asset": asset})["asset"].text == "hello"


def test_a_remediation_gets_what_the_sdk_gives_it() -> None:
    assert _sdk.with_marks({"a": secret("x")}, True)["a"] == "x"


@pytest.fixture
def sdk(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The SDK's names, put back after the test."""
    for name in ("deserialize_properties", "_PolicyAnalyzerServicer"):
        monkeypatch.setattr(pulumi_policy.policy, name, getattr(pulumi_policy.policy, name))
    return monkeypatch


def test_an_sdk_that_was_rebuilt_is_noticed_at_the_start(sdk: pytest.MonkeyPatch) -> None:
    sdk.delattr(pulumi_policy.policy, "deserialize_properties")
    with pytest.raises(RuntimeError, match="mend: install the version of pulumi-policy"):
        _sdk.keep_secret_marks()
