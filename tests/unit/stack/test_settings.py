"""What the rules of the whole stack promise: defaults, names that have to agree, and all mistakes at once."""

from dataclasses import FrozenInstanceError

import pytest

from components._settings import DotenvSettings, LocalSettings
from components._table import REGISTRIES
from contract.kinds import Environment, Kind
from tests.unit.stack.reading import mistake, mistakes, parse

LOCAL = {"kind": "local"}
DOTENV = {"target": "dotenv"}


def test_stack_local_needs_no_config_at_all() -> None:
    settings = parse({})
    assert settings.environment is Environment.LOCAL
    assert settings.primary == "main"
    assert settings.registries == {"main": LocalSettings(namespace="snapdeploy-apps", port=None, tls=False)}
    assert settings.delivery == {"dotenv": DotenvSettings(registry="main", path=".env")}
    assert (settings.builder.work_dir, settings.builder.log_dir) == ("/tmp/snapdeploy/builds", "./temp")
    assert (settings.smoke_test.enabled, settings.smoke_test.tag) == (True, None)
    assert settings.tags == {}
    assert not settings.simulated


def test_the_defaults_that_the_engine_fills_in_are_the_same_as_nothing() -> None:
    from_the_engine = {"environment": "", "primary": "", "registries": {}, "delivery": {}, "tags": {}}
    assert parse(from_the_engine) == parse({})


def test_every_setting_that_is_given_is_used() -> None:
    settings = parse(
        {
            "environment": "local",
            "primary": "second",
            "registries": {
                "first": LOCAL,
                "second": {
                    "kind": "local",
                    "namespace": "apps/team",
                    "port": 5001,
                    "tls": True,
                    "username": "ci",
                    "passwordRotation": "2",
                },
            },
            "delivery": {"a": {"target": "dotenv", "path": "a.env", "registry": "first"}, "b": DOTENV},
            "builder": {"workDir": "/srv/builds", "logDir": "logs"},
            "smokeTest": {"enabled": False, "tag": "probe"},
            "tags": {"team": "platform"},
        },
        stack="any-name",
    )
    second = settings.registries["second"]
    assert isinstance(second, LocalSettings)
    assert second.kind is Kind.LOCAL
    assert (second.namespace, second.port, second.tls) == ("apps/team", 5001, True)
    assert (second.username, second.password_rotation) == ("ci", "2")
    assert {name: delivery.registry for name, delivery in settings.delivery.items()} == {"a": "first", "b": "second"}
    assert settings.builder.work_dir == "/srv/builds"
    assert (settings.smoke_test.enabled, settings.smoke_test.tag) == (False, "probe")
    assert settings.tags == {"team": "platform"}


def test_settings_do_not_change() -> None:
    settings = parse({})
    with pytest.raises(FrozenInstanceError):
        settings.primary = "other"  # type: ignore[misc]  # the test is that this fails
    with pytest.raises(TypeError):
        settings.registries["main"] = LocalSettings()  # type: ignore[index]  # the test is that this fails


def test_registries_of_ones_own_keep_the_default_delivery() -> None:
    settings = parse({"registries": {"main": {**LOCAL, "port": 5001}}})
    assert settings.delivery == {"dotenv": DotenvSettings(registry="main", path=".env")}


def test_the_environment_is_required_where_the_name_of_the_stack_is_none() -> None:
    problem = mistake({"registries": {"main": LOCAL}}, stack="alice")
    assert problem.where == "stack alice: environment"
    assert "snapdeploy-registry:environment: dev" in problem.mend


@pytest.mark.parametrize(("written", "meant"), [("prd", "prod"), ("Local", "local"), ("devv", "dev")])
def test_a_misspelt_environment_is_told_what_was_meant(written: str, meant: str) -> None:
    problem = mistake({"environment": written, "registries": {"main": LOCAL}})
    assert written in problem.what
    assert problem.mend == f"write `snapdeploy-registry:environment: {meant}`"


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_no_registry_outside_local_names_the_kinds_and_what_to_do(stack: str) -> None:
    problem = mistake({}, stack=stack)
    assert problem.where == f"stack {stack}: registries"
    assert all(kind in problem.what for kind in Kind)
    first = next(kind for kind in REGISTRIES if kind is not Kind.LOCAL)
    assert f"main: {{kind: {first}}}" in problem.mend
    assert "local" not in problem.mend


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_kind_local_is_refused_outside_environment_local(environment: str) -> None:
    problem = mistake({"environment": environment, "registries": {"main": LOCAL}})
    assert problem.where.endswith("registries.main.kind")
    assert environment in problem.what
    assert "kind: local" not in problem.mend


def test_kind_local_is_refused_under_simulation_even_as_the_default() -> None:
    problem = mistake({}, simulated=True)
    assert problem.where.endswith("registries.main.kind")
    assert problem.mend == "run it without SIMULATE=1"


def test_a_planned_kind_is_told_apart_from_an_unknown_one(monkeypatch: pytest.MonkeyPatch) -> None:
    there = {kind: path for kind, path in REGISTRIES.items() if kind is not Kind.HARBOR}
    monkeypatch.setattr("stack._declared.REGISTRIES", there)
    planned = mistake({"environment": "local", "registries": {"main": {"kind": "harbor", "region": "x"}}})
    assert "is not available yet" in planned.what
    assert planned.mend.startswith("write `kind: local`, or another of: ")


def test_a_misspelt_kind_is_told_what_was_meant() -> None:
    problem = mistake({"registries": {"main": {"kind": "lokal"}}})
    assert "has to be one of local, ecr" in problem.what
    assert problem.mend == "write `kind: local`"


@pytest.mark.parametrize(("group", "key"), [("registries", "kind"), ("delivery", "target")])
def test_a_block_without_its_kind_or_target_is_told_to_name_one(group: str, key: str) -> None:
    problem = mistake({"registries": {"main": LOCAL}, group: {"main": {}}})
    assert problem.where.endswith(f"{group}.main.{key}")
    assert problem.what == "is missing"
    assert problem.mend.startswith(f"write `{key}: ")


@pytest.mark.parametrize("group", ["registries", "delivery"])
@pytest.mark.parametrize("name", ["Main", "1st", "", "a" * 32, "a_b", "a.b", "-a", "a b", "a\n", "é"])
def test_names_are_held_to_what_resources_can_be_called(group: str, name: str) -> None:
    blocks = {"registries": {"main": LOCAL}, "delivery": {"main": DOTENV}}
    found = mistakes({**blocks, group: {name: blocks[group]["main"]}})
    assert any("is not a name" in problem.what for problem in found)


@pytest.mark.parametrize("name", ["a", "a" * 31, "main-2"])
def test_names_up_to_the_limit_are_taken(name: str) -> None:
    assert parse({"registries": {name: LOCAL}}).primary == name


def test_primary_may_be_left_out_where_there_is_one_registry_only() -> None:
    two = {"registries": {"first": LOCAL, "second": LOCAL}}
    problem = mistake(two)
    assert problem.where.endswith(" primary")
    assert "snapdeploy-registry:primary: first" in problem.mend
    assert parse({**two, "primary": "second"}).primary == "second"


def test_primary_has_to_name_a_registry() -> None:
    problem = mistake({"primary": "mian", "registries": {"main": LOCAL}})
    assert problem.where.endswith(" primary")
    assert problem.mend == "write `primary: main`"


def test_primary_has_to_name_a_registry_of_the_default_too() -> None:
    assert mistake({"primary": "other"}).where.endswith(" primary")


def test_a_delivery_has_to_name_a_registry() -> None:
    problem = mistake({"delivery": {"a": {"target": "dotenv", "registry": "xyz"}}})
    assert problem.where.endswith("delivery.a.registry")
    assert problem.mend == "write one of: main"


@pytest.mark.parametrize("other", [".env", "./.env", ".//.env"])
def test_two_deliveries_cannot_write_the_same_file(other: str) -> None:
    raw = {"delivery": {"a": DOTENV, "b": {"target": "dotenv", "path": other}}}
    problem = mistake(raw)
    assert problem.where.endswith("delivery.b")
    assert "`delivery.a`" in problem.what


def test_two_deliveries_that_differ_by_case_only_are_the_same_file() -> None:
    raw = {
        "delivery": {"a": {"target": "dotenv", "path": "X.env"}, "b": {"target": "dotenv", "path": "x.env"}},
    }
    assert "same place" in mistake(raw).what


def test_an_unknown_top_level_key_is_told_what_was_meant() -> None:
    problem = mistake({"smoketest": {"enabled": False}})
    assert problem.where == "stack local: smoketest"
    assert problem.mend == "write `smokeTest` instead of `smoketest`"


def test_an_unknown_key_like_no_other_is_told_what_there_is() -> None:
    problem = mistake({"zzz": 1})
    assert "environment, primary, registries" in problem.mend


@pytest.mark.parametrize("key", ["registries", "delivery", "builder", "smokeTest", "tags"])
@pytest.mark.parametrize("value", ["text", 5, True, [1]])
def test_an_object_has_to_be_one(key: str, value: object) -> None:
    problem = mistake({key: value})
    assert problem.where.endswith(f" {key}")
    assert "has to be keys with values" in problem.what


@pytest.mark.parametrize("key", ["", " team", "aws:x", "a\nb", "k" * 129, "a$b"])
def test_tag_keys_are_held_to_what_clouds_take(key: str) -> None:
    problem = mistake({"tags": {key: "x"}})
    assert " tags" in problem.where
    assert "`team: platform`" in problem.mend


@pytest.mark.parametrize("value", [5, None, True, ["x"], "v" * 257, "a\nb", "$(id)"])
def test_tag_values_are_held_to_what_clouds_take(value: object) -> None:
    assert mistake({"tags": {"team": value}}).where.endswith("tags.team")


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file() -> None:
    text = """\
config:
  snapdeploy-registry:registries:
    main:
      kind: local
      port: 80
      tsl: true
  snapdeploy-registry:smokeTest:
    tag: a b
  snapdeploy-registry:tagz: {}
"""
    raw = {
        "tagz": {},
        "smokeTest": {"tag": "a b"},
        "registries": {"main": {"kind": "local", "port": 80, "tsl": True}},
    }
    found = mistakes(raw, text=text)
    assert [problem.where for problem in found] == [
        "Pulumi.local.yaml:5 registries.main.port",
        "Pulumi.local.yaml:6 registries.main.tsl",
        "Pulumi.local.yaml:8 smokeTest.tag",
        "Pulumi.local.yaml:9 tagz",
    ]


def test_a_key_written_twice_is_a_mistake_that_names_both_lines() -> None:
    text = "config:\n  tags: {}\n  snapdeploy-registry:tags: {}\n"
    problem = mistake({"tags": {}}, text=text)
    assert problem.where == "Pulumi.local.yaml:2 tags"
    assert problem.what == "is written twice: on line 2 and on line 3"
