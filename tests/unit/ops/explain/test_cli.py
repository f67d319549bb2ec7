"""The verb `explain` as a user meets it: options, exit codes, and what goes to which stream."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ops.cli import cli
from ops.explain_cli import explain
from tests.explain import record

PREVIEWS = record.PREVIEWS
PAGE = Path(__file__).resolve().parents[4] / "docs" / "reviewing.md"


def run(*arguments: str, stdin: str = "") -> Result:
    # As `main` runs it: what a verb returns is the exit code.
    return CliRunner().invoke(cli, ["explain", *arguments], input=stdin, standalone_mode=False)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["prod-nothing"], 0),
        (["prod-destroy"], 0),
        (["prod-destroy", "--fail-on", "danger"], 1),
        (["prod-nothing", "--fail-on", "danger"], 0),
        (["dev-address", "--fail-on", "danger"], 0),
        (["prod-mistaken"], 0),
        (["prod-mistaken", "--fail-on", "danger"], 1),
        (["prod-destroy", "--fail-on", "never"], 0),
    ],
)
def test_it_ends_with_1_only_where_that_was_asked(arguments: list[str], code: int) -> None:
    name, *options = arguments
    assert run(str(PREVIEWS / f"{name}.json"), *options).return_value == code


def test_a_refusal_by_a_policy_counts_as_a_danger() -> None:
    log = str(PREVIEWS / "refused-by-policy.events.jsonl")
    done = run(str(PREVIEWS / "prod-nothing.json"), "--events", log, "--fail-on", "danger")
    assert done.return_value == 1
    assert "7 refusals by the policies" in done.stdout


def test_standard_input_is_read_where_no_file_is_named() -> None:
    text = record.load("prod-nothing")
    assert run(stdin=text).stdout == run("-", stdin=text).stdout == run(str(PREVIEWS / "prod-nothing.json")).stdout


@pytest.mark.parametrize("form", ["markdown", "text", "json"])
@pytest.mark.parametrize("text", ["", "not JSON", '{"sequence": 0, "timestamp": 0}'])
def test_what_cannot_be_read_is_said_on_standard_error(form: str, text: str) -> None:
    done = run("--format", form, stdin=text)
    assert done.return_value == 2
    assert "mend:" in done.stderr
    if form == "json":
        assert json.loads(done.stdout)["problems"]
    else:
        assert not done.stdout


def test_a_file_that_is_not_there_or_not_text_is_said(tmp_path: Path) -> None:
    assert "No such file" in run(str(tmp_path / "none.json")).stderr
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    done = run(str(tmp_path / "binary"))
    assert done.return_value == 2
    assert "not UTF-8" in done.stderr


def test_json_is_for_programs() -> None:
    told: dict[str, Any] = json.loads(run(str(PREVIEWS / "prod-account-may-pull.json"), "--format", "json").stdout)
    assert told["dangerous"] is True
    assert {danger["who"] for danger in told["dangers"]} == {"account:210987654321"}
    assert ["sts:AssumeRole"] in [danger["gains"] for danger in told["dangers"]]
    assert told["cost"]["currency"] == "USD"


def test_the_environment_is_named_in_the_heading_and_the_marker() -> None:
    page = run(str(PREVIEWS / "prod-nothing.json"), "--environment", "eu-prod").stdout
    assert page.startswith("<!-- snapdeploy-registry:explain:eu-prod -->\n## What changes in `eu-prod`\n")


def test_an_assumption_that_is_given_is_the_one_that_is_used() -> None:
    options = ("--storage-gb", "1000", "--images-per-day", "0", "--pulls-per-day", "0", "--internet-gb", "0")
    told = json.loads(run(str(PREVIEWS / "prod-enhanced.json"), "--format", "json", *options).stdout)["cost"]
    assert told["after"] == pytest.approx(101.4)
    assert told["assumptions"][0].startswith("1000 GB")


def test_the_page_and_the_help_name_the_same_options() -> None:
    named = {name for option in explain.params for name in option.opts if name.startswith("--")}
    written = set(re.findall(r"^\| `(--[a-z-]+)", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    assert written == named


def test_the_page_and_the_help_tell_the_same_exit_codes() -> None:
    told = re.findall(r"^\s+(\d+)\s+(.*)$", str(explain.epilog), re.MULTILINE)
    page = re.sub(r"\s+", " ", PAGE.read_text(encoding="utf-8").replace("`", ""))
    assert len(told) == 4
    for code, meaning in told:
        assert f"| {code} | {meaning} |" in page


def test_the_example_of_the_page_is_one_that_was_made() -> None:
    page = PAGE.read_text(encoding="utf-8")
    (example,) = re.findall(r"````markdown\n(.*?)````", page, re.DOTALL)
    assert example == (record.GOLDEN / "prod-account-may-pull.md").read_text(encoding="utf-8")
