"""Values from the documentation: welcome under simulation, refused in a real stack."""

import pytest

from stack._placeholders import placeholder, placeholders
from tests.unit.stack.reading import mistake


@pytest.mark.parametrize(
    "value",
    [
        "123456789012",
        123456789012,
        "arn:aws:iam::123456789012:role/x",
        "123456789012.dkr.ecr.us-east-1.amazonaws.com",
        "your-org",
        "ghcr.io/your-org",
        "Your-Name",
        "example.com",
        "registry.example.org:443",
        "https://EXAMPLE.com/x",
        "ci@example.org",
        "<your account>",
        "a/<region>/b",
    ],
)
def test_a_value_from_the_documentation_is_known(value: object) -> None:
    assert placeholder(value) is not None


@pytest.mark.parametrize(
    "value",
    [
        "1234567890123",
        "0123456789012",
        123456789013,
        "yours",
        "not-your-org",
        "tell-your-",
        "myexample.com",
        "example.community",
        "example.com-pany",
        "a < b",
        "<>",
        True,
        None,
        1.5,
        "",
    ],
)
def test_a_value_of_ones_own_is_left_alone(value: object) -> None:
    assert placeholder(value) is None


def test_it_is_found_at_any_depth() -> None:
    raw = {"a": [{"b": "your-x"}], "c": {"d": {"e": 123456789012}}}
    assert sorted(place for place, _, _ in placeholders(raw)) == [("a", "0", "b"), ("c", "d", "e")]


def test_in_a_real_stack_it_is_refused_with_its_line_and_what_to_write() -> None:
    text = "config:\n  snapdeploy-registry:tags:\n    team: your-team\n"
    problem = mistake({"tags": {"team": "your-team"}}, text=text)
    assert problem.where == "Pulumi.local.yaml:3 tags.team"
    assert "write your own name" in problem.mend


def test_under_simulation_it_is_accepted() -> None:
    # Kind `local`, the only one there is, is what stands in the way here: the tag does not.
    problem = mistake({"tags": {"team": "your-team"}}, simulated=True)
    assert problem.where.endswith("registries.main.kind")


def test_a_placeholder_that_breaks_a_rule_as_well_is_one_mistake() -> None:
    problem = mistake({"registries": {"main": {"kind": "local", "namespace": "<your namespace>"}}})
    assert "gap to fill in" in problem.what


def test_a_secret_placeholder_is_not_shown() -> None:
    problem = mistake({"tags": {"team": "your-hidden"}}, secret={"tags"})
    assert "hidden" not in str(problem)
