"""Every rule on the real engine: what is refused, with which words, and what passes."""

import json
from pathlib import Path

import pytest

from tests.support.engine import EngineProject, Result

PACK = Path(__file__).resolve().parents[3] / "policies"

CANARY = "canary-5e1d"

PRELUDE = """
import pulumi

def known_after_preview(value):
    return pulumi.Output.from_input(pulumi.UNKNOWN if pulumi.runtime.is_dry_run() else value)

class Declared(pulumi.ComponentResource):
    def __init__(self, token, name, props, outputs=None):
        super().__init__(token, name, props)
        self.register_outputs(outputs or {})
"""

WRONG = f"""
Declared("snapdeploy:registry:Harbor", "open", {{
    "kind": "harbor", "auth": "anonymous", "address": "10.0.0.7:80", "tls": False, "environment": "dev"}})
Declared("snapdeploy:registry:Harbor", "half-known", {{
    "kind": "harbor", "auth": known_after_preview("static"), "address": "10.0.0.8", "tls": False,
    "environment": "dev"}})
Declared("test:index:Any", "leaky", {{"nested": {{"list": [{{"name": "NPM_TOKEN", "value": "{CANARY}"}}]}}}})
Declared("test:index:Any", "telling", {{}}, {{"builder_env": {{"DOCKER_REGISTRY_PASSWORD": "{CANARY}"}}}})
Declared("snapdeploy:verify:SmokeTest", "proof", {{"tag": "latest", "environment": "prod"}})
pulumi.export("token", "{CANARY}"[:3])
"""

SOUND = f"""
secret = pulumi.Output.secret("{CANARY}")
Declared("snapdeploy:registry:Local", "local", {{
    "kind": "local", "auth": "static", "address": "127.0.0.1", "tls": False, "environment": "local"}},
    {{"registry": "127.0.0.1:5000/apps", "builder_env": {{"DOCKER_REGISTRY_PASSWORD": secret}}}})
Declared("test:index:Any", "careful", {{
    "password": secret,
    "deep": {{"list": [{{"name": "NPM_TOKEN", "value": secret}}]}},
    "whole": pulumi.Output.all(token=secret),
    "userData": pulumi.Output.concat("https://me:", secret, "@example.com"),
}})
Declared("snapdeploy:verify:SmokeTest", "proof", {{"tag": "generated", "environment": "prod"}})
pulumi.export("password", secret)
pulumi.export("builder_env", {{"DOCKER_REGISTRY": "127.0.0.1:5000/apps", "DOCKER_REGISTRY_PASSWORD": secret}})
"""

LATE = f"""
Declared("snapdeploy:registry:Harbor", "open", {{
    "kind": "harbor", "auth": known_after_preview("anonymous"), "address": "x.example.com", "tls": True,
    "environment": "dev"}})
Declared("test:index:Any", "leaky", {{"password": known_after_preview("{CANARY}")}})
Declared("test:index:Any", "careful", {{"token": pulumi.Output.secret(known_after_preview("{CANARY}"))}})
"""


def declared(folder: Path, program: str) -> EngineProject:
    """A project that declares components only, which need no provider."""
    return EngineProject(folder, PRELUDE + program, providers=(), name="declared")


def judged(project: EngineProject, *command: str, config: Path | None = None, fails: bool = False) -> Result:
    """Runs a command of the engine under the pack."""
    extra = ["--policy-pack-config", str(config)] if config else []
    return project.run(*command, "--policy-pack", str(PACK), *extra, fails=fails)


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> EngineProject:
    """A program that breaks every rule."""
    return declared(tmp_path_factory.mktemp("wrong"), WRONG)


@pytest.fixture(scope="module")
def refused(wrong: EngineProject) -> Result:
    """What a preview says of it."""
    return judged(wrong, "preview", fails=True)


def test_a_program_that_breaks_rules_is_refused_before_anything_is_made(refused: Result) -> None:
    assert refused.returncode != 0
    assert "preview failed" in refused.text


@pytest.mark.parametrize(
    ("headline", "fact", "mend"),
    [
        (
            "registry-requires-authentication  (snapdeploy:registry:Harbor: open)",
            "registry 'open' asks for no credential",
            "mend: give the registry a credential",
        ),
        (
            "plain-http-on-loopback-only  (snapdeploy:registry:Harbor: open)",
            "registry 'open' speaks plain HTTP (`tls` is false) at 10.0.0.7,",
            "mend: write `tls: true`",
        ),
        (
            "plain-http-on-loopback-only  (snapdeploy:registry:Harbor: half-known)",
            "registry 'half-known' speaks plain HTTP",
            "mend: write `tls: true`",
        ),
        (
            "secret-inputs-are-marked  (test:index:Any: leaky)",
            "property `nested.list.0.value` of 'leaky' is a secret by its name",
            "mend: hand it over as a secret",
        ),
        (
            "secret-outputs-are-marked  (test:index:Any: telling)",
            "output `builder_env.DOCKER_REGISTRY_PASSWORD` of 'telling' is a secret by its name",
            "mend: put out `pulumi.Output.secret(…)`",
        ),
        (
            "secret-outputs-are-marked  (pulumi:pulumi:Stack: declared-test)",
            "output `token` of the stack is a secret by its name",
            "mend: put out `pulumi.Output.secret(…)`",
        ),
        (
            "smoke-test-uses-own-tag  (snapdeploy:verify:SmokeTest: proof)",
            "smoke test 'proof' uses the tag `latest` in `prod`",
            "mend: leave the tag out of the config",
        ),
    ],
)
def test_each_refusal_names_the_resource_and_the_mend(refused: Result, headline: str, fact: str, mend: str) -> None:
    lines = refused.text.splitlines()
    (start,) = [position for position, line in enumerate(lines) if headline in line and "[mandatory]" in line]
    told = "\n".join(lines[start : start + 5])
    assert fact in told
    assert mend in told


def test_nothing_else_is_refused(refused: Result) -> None:
    assert refused.text.count("[mandatory]") == 7
    assert "[advisory]" not in refused.text
    assert "can't run policy" not in refused.text


def test_no_value_is_repeated(refused: Result) -> None:
    assert CANARY not in refused.text


def test_properly_marked_secrets_pass_in_an_update_and_in_the_finished_state(tmp_path: Path) -> None:
    project = declared(tmp_path, SOUND)
    updated = judged(project, "up", "--yes", "--skip-preview")
    assert "✅" in updated.text
    assert "can't run policy" not in updated.text
    assert CANARY not in updated.text
    analyzed = judged(project, "policy", "analyze")
    assert CANARY not in analyzed.text


def test_a_finished_state_that_nobody_judged_before_is_refused_later(wrong: EngineProject) -> None:
    wrong.up()
    analyzed = judged(wrong, "policy", "analyze", fails=True)
    for fact in (
        "registry 'open' asks",
        "of 'leaky' is a secret",
        "of 'telling' is a secret",
        "output `token` of the stack",
    ):
        assert fact in analyzed.text
    assert CANARY not in analyzed.text


def test_what_the_preview_could_not_know_the_update_refuses_before_it_is_made(tmp_path: Path) -> None:
    project = declared(tmp_path, LATE)
    updated = judged(project, "up", "--yes", fails=True)
    preview, _, update = updated.text.partition("Updating (test)")
    assert "✅" in preview
    assert "[mandatory]" not in preview
    assert "[mandatory]" in update
    assert "careful" not in update.partition("Policies:")[2].partition("Diagnostics:")[0]
    assert CANARY not in updated.text
    made = json.dumps(project.state())
    assert "declared-test" in made
    assert CANARY not in made
    assert "anonymous" not in made


def test_a_misspelt_rule_in_the_packs_config_is_refused(wrong: EngineProject, tmp_path: Path) -> None:
    config = tmp_path / "rules.json"
    misspelt = {"smoke-test-uses-own-tags": "mandatory", "smoke-test-uses-own-tag": {"mutableTag": ["stable"]}}
    config.write_text(json.dumps(misspelt))
    result = judged(wrong, "preview", config=config, fails=True)
    assert "'smoke-test-uses-own-tags' is no rule" in result.text
    assert "did you mean 'smoke-test-uses-own-tag'?" in result.text
    assert "did you mean 'mutableTags'?" in result.text


def test_the_packs_config_reaches_the_rules(wrong: EngineProject, tmp_path: Path) -> None:
    config = tmp_path / "rules.json"
    config.write_text(
        json.dumps(
            {
                "all": "mandatory",
                "registry-requires-authentication": "advisory",
                "plain-http-on-loopback-only": "disabled",
                "secret-inputs-are-marked": {"publicProperties": ["test:index:Any::nested.list.0.value"]},
                "secret-outputs-are-marked": {"publicProperties": ["token", "builder_env.DOCKER_REGISTRY_PASSWORD"]},
                "smoke-test-uses-own-tag": {"mutableTags": ["stable"]},
            }
        )
    )
    result = judged(wrong, "preview", config=config)
    assert result.text.count("[advisory]") == 1
    assert "[mandatory]" not in result.text


EXCUSED = """
for name in ("old", "new", "lapsed"):
    Declared("snapdeploy:registry:Harbor", name, {
        "kind": "harbor", "auth": "anonymous", "address": "x.example.com", "tls": True, "environment": "dev"})
"""


def test_an_exemption_excuses_one_resource_until_its_day(tmp_path: Path) -> None:
    project = declared(tmp_path, EXCUSED)
    config = tmp_path / "rules.json"
    rule, ours = "registry-requires-authentication", {"reason": "until it is gone", "owner": "platform"}
    exemptions = {
        "old": {**ours, "expires": "2999-12-31"},
        "lapsed": {**ours, "expires": "2026-01-31"},
        "nowhere": {**ours, "expires": "2999-12-31"},
    }
    config.write_text(json.dumps({rule: {"exemptions": exemptions}}))
    result = judged(project, "preview", config=config, fails=True)
    told = {}
    for event in result.events:
        violation = event.get("policyEvent", {})
        if violation:
            told[violation["resourceUrn"].rpartition("::")[2]] = violation["enforcementLevel"], violation["message"]
    assert told["old"][0] == "advisory"
    assert "excused: exemption `old` of platform, until 2999-12-31 (until it is gone)" in told["old"][1]
    assert told["new"][0] == "mandatory"
    assert told["lapsed"][0] == "mandatory"
    assert "no longer excused: exemption `lapsed` of platform" in told["lapsed"][1]
    assert told["declared-test"][0] == "advisory"
    assert "exemption `nowhere` of platform" in told["declared-test"][1]
    assert "matches no resource" in told["declared-test"][1]


@pytest.mark.parametrize(
    ("excuse", "told"),
    [
        ({"owner": "platform", "expires": "2027-01-31"}, "reason"),
        ({"reason": "x", "owner": "platform", "expires": "soon"}, "expires"),
        ({"reason": "x", "owner": "platform", "expires": "2027-02-30"}, "which is no date"),
    ],
)
def test_an_exemption_that_is_not_whole_stops_the_pack(
    wrong: EngineProject, tmp_path: Path, excuse: dict[str, str], told: str
) -> None:
    config = tmp_path / "rules.json"
    config.write_text(json.dumps({"registry-requires-authentication": {"exemptions": {"old": excuse}}}))
    assert told in judged(wrong, "preview", config=config, fails=True).text
