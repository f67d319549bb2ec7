"""The workflows' own text, run step by step on the real engine with simulated clouds, GitHub's API doubled."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.emulator import Emulator, emulator, emulator_server
from tests.support.fake_repository import Comment
from tests.support.team import Team, rewritten, team
from tests.support.workflow_runner import BOT, Environment

__all__ = ["emulator", "emulator_server"]

REGION = "/snapdeploy/prod/builder/AWS_REGION"
ROLE = {"AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/deploy", "AWS_REGION": "us-east-1"}
CLOUD_TOKEN = "pul-canary0000000000000000000000000000000"


@pytest.fixture
def people(tmp_path: Path, emulator: Emulator) -> Iterator[Team]:
    """A team with the stacks `dev` and `prod` as they stand in the repository, on simulated clouds."""
    environments = {
        "dev-preview": Environment(),
        "dev": Environment(),
        "prod-preview": Environment(ROLE),
        "prod": Environment(ROLE, reviewers=True),
    }
    with team(tmp_path, environments, _stricter) as made:
        made.runner.machine = {"SIMULATE": "1", **emulator.environment}
        made.runner.secrets = {"PULUMI_ACCESS_TOKEN": CLOUD_TOKEN}
        yield made


def _stricter(root: Path) -> None:
    rules = root / "policies" / "config" / "prod.json"
    told = json.loads(rules.read_text())
    rules.write_text(json.dumps(told | {"no-long-lived-access-keys": "mandatory"}))


def _logs(folder: str) -> str:
    return f"config:\n  snapdeploy-registry:builder: {{logDir: {folder}}}\n"


def _move_logs(root: Path) -> None:
    rewritten(root / "Pulumi.prod.yaml", ("config:\n", _logs("./elsewhere")))


def _digest(text: str) -> str:
    found = re.search(r"sha256:[0-9a-f]{64}", text)
    assert found is not None, text
    return found[0]


def test_what_was_reviewed_is_applied_once_it_is_approved_and_drift_is_found_and_mended(
    people: Team, emulator: Emulator
) -> None:
    number = people.propose(_move_logs)
    previewed = people.preview(number)
    wanted = {"affected": "success", "preview of prod": "success", "simulated": "skipped"}
    assert previewed.results == wanted, previewed.text
    assert previewed.job("preview of prod").signed_in == [ROLE["AWS_ROLE_ARN"]]
    first = people.comments(number)["prod"]
    people.preview(number)
    assert _digest(people.comments(number)["prod"]) == _digest(first), "the same preview has the same digest"
    assert len(people.repository.comments) == 1

    push = people.merge(number)
    assert people.deploy(push).results == {"affected": "success", "deploy of prod": "waiting"}
    ssm = emulator.client("ssm")
    assert not ssm.get_parameters_by_path(Path="/snapdeploy", Recursive=True)["Parameters"], "nobody has approved"
    deployed = people.deploy(push, approved=("prod",))
    assert deployed.results == {"affected": "success", "deploy of prod": "success"}, deployed.text
    job = deployed.job("deploy of prod")
    assert f"is what pull request #{number} shows" in job.summary
    assert "applied, and not verified: the clouds are simulated" in job.summary
    assert ssm.get_parameter(Name=REGION)["Parameter"]["Value"] == "us-east-1"

    assert people.night().results == {"stacks": "success", "drift in dev": "success", "drift in prod": "success"}
    assert people.repository.issues == []
    ssm.put_parameter(Name=REGION, Value="mars", Type="String", Overwrite=True)
    people.night()
    people.night()
    (issue,) = people.repository.issues
    assert (issue.title, issue.state) == ("Drift in prod: 1 resource is not as declared", "open")
    assert "parameters-aws-region" in issue.body
    assert "mars" not in issue.body, "a stranger's value may be anything"

    stopped = people.deploy_by_hand("prod", approved=("prod",)).job("deploy of prod")
    assert stopped.result == "failure"
    assert ssm.get_parameter(Name=REGION)["Parameter"]["Value"] == "mars", "nobody has read what it would do"
    digest = _digest(stopped.step("Hold it against what was reviewed").text.partition("-f reviewed=")[2])
    mended = people.deploy_by_hand("prod", digest, approved=("prod",))
    assert mended.job("deploy of prod").result == "success", mended.text
    assert ssm.get_parameter(Name=REGION)["Parameter"]["Value"] == "us-east-1"
    people.night()
    assert issue.state == "closed"


def test_what_the_rules_refuse_is_told_in_the_comment_and_cannot_be_deployed(people: Team) -> None:
    key = "          builder: {from: ec2}"
    number = people.propose(
        lambda root: rewritten(
            root / "Pulumi.prod.yaml", (key, '          builder: {from: user, active: a, a: "2026-11"}')
        )
    )
    refused = people.preview(number)
    assert refused.job("preview of prod").result == "failure", refused.text
    comment = people.comments(number)["prod"]
    assert "no-long-lived-access-keys" in comment
    assert "snapdeploy-registry:reviewed" not in comment
    assert "nothing of it can be deployed" in comment

    deployed = people.deploy(people.merge(number), approved=("prod",)).job("deploy of prod")
    assert deployed.result == "failure"
    assert deployed.step("Apply").outcome == "skipped"
    assert people.repository.issues == [], "nothing was applied, so there is nothing to take back"


def test_the_program_touches_all_stacks_dev_first_and_what_fails_there_is_not_begun_in_prod(people: Team) -> None:
    number = people.propose(lambda root: _write(root / "components" / "note.py", '"""A note."""\n'))
    assert list(people.preview(number).results) == ["affected", "preview of dev", "preview of prod", "simulated"]
    assert sorted(people.comments(number)) == ["dev", "prod"]
    for comment in people.repository.comments:
        comment.body = comment.body.replace("reviewed:sha256:", "reviewed:sha256:0")  # as if it showed something else
    deployed = people.deploy(people.merge(number), approved=("prod",))
    assert deployed.results == {"affected": "success", "deploy of dev": "failure", "deploy of prod": "cancelled"}
    assert "is not what pull request" in deployed.text


def test_a_comment_on_a_stack_that_is_no_longer_touched_is_withdrawn(people: Team) -> None:
    number = people.propose(_move_logs)
    people.preview(number)
    people.repository.comments.append(Comment(1, number, "octocat", "<!-- snapdeploy-registry:explain:prod -->\nmine"))
    people.propose(lambda root: rewritten(root / "Pulumi.prod.yaml", (_logs("./elsewhere"), "config:\n")), to=number)
    people.propose(lambda root: _write(root / "docs" / "x.md", "a page\n"), to=number)
    assert people.preview(number).results == {"affected": "success", "preview": "skipped", "simulated": "skipped"}
    assert [comment.author for comment in people.repository.comments] == ["octocat"], "only our own"


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)


@pytest.mark.parametrize(
    ("fork", "author", "kind"), [("stranger/registry", "stranger", "User"), ("", "dependabot[bot]", "Bot")]
)
def test_a_stranger_gets_a_simulated_preview_in_the_summary_and_no_right_at_all(
    people: Team, fork: str, author: str, kind: str
) -> None:
    people.runner.machine.pop("SIMULATE")
    number = people.propose(_move_logs, author=author)
    theirs = Comment(1, number, BOT, "<!-- snapdeploy-registry:explain:dev -->\n")
    people.repository.comments.append(theirs)
    run = people.preview(number, fork=fork, author=author, kind=kind)
    wanted = {"affected": "success", "preview": "skipped", "simulated preview of prod": "success"}
    assert run.results == wanted, run.text
    job = run.job("simulated preview of prod")
    assert job.permissions == {"contents": "read"}
    assert job.summary.startswith("> **Simulated.**")
    assert "snapdeploy-registry:explain:prod" in job.summary
    assert people.repository.comments == [theirs], "nothing is withdrawn either: it has no right to"


def test_a_comment_that_a_stranger_wrote_under_our_mark_counts_for_nothing(people: Team) -> None:
    number = people.propose(_move_logs)
    people.preview(number)
    ours = people.repository.comments[0]
    ours.author = "stranger"
    push = people.merge(number)
    deployed = people.deploy(push, approved=("prod",)).job("deploy of prod")
    assert deployed.result == "failure", "whoever wrote it can edit it"
    ours.author = BOT
    assert people.deploy(push, approved=("prod",)).job("deploy of prod").result == "success"


def test_what_changes_between_the_last_preview_and_the_update_is_not_applied_and_alerts(
    people: Team, emulator: Emulator
) -> None:
    ssm = emulator.client("ssm")
    number = people.propose(_move_logs)
    people.preview(number)
    made = people.deploy(people.merge(number), approved=("prod",))
    assert made.job("deploy of prod").result == "success", made.text
    second = people.propose(lambda root: rewritten(root / "Pulumi.prod.yaml", ("./elsewhere", "./logs")))
    people.preview(second)

    def by_hand() -> None:
        ssm.put_parameter(Name=REGION, Value="mars", Type="String", Overwrite=True)

    people.runner.meanwhile = {"Apply": by_hand}
    stopped = people.deploy(people.merge(second), approved=("prod",)).job("deploy of prod")
    assert stopped.step("Hold it against what was reviewed").outcome == "success", stopped.text
    assert stopped.step("Apply").outcome == "failure"
    assert ssm.get_parameter(Name=REGION)["Parameter"]["Value"] == "mars", "nobody was shown that it would be put back"
    (issue,) = people.repository.issues
    assert issue.title == "The deploy of prod did not hold"
    assert "git revert --no-edit -m 1 " in issue.body


def test_a_runner_without_a_backend_stops_and_begins_no_new_state(people: Team, tmp_path: Path) -> None:
    del people.runner.machine["SIMULATE"]
    people.runner.machine["PULUMI_HOME"] = str(tmp_path / "pulumi")
    people.runner.secrets = {}
    run = people.night()
    assert run.results == {"stacks": "success", "drift in dev": "failure", "drift in prod": "failure"}, run.text
    assert "PULUMI_ACCESS_TOKEN must be set" in run.text
    assert not (people.root / ".state" / "backend").exists()
