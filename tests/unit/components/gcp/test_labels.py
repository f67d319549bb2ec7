"""A tag is a label as it stands, or a mistake: nothing that people wrote is changed behind their back."""

import pytest

from components.gcp.labels import labels, mistakes


@pytest.mark.parametrize("tags", [{}, {"team": "platform"}, {"cost-center_2": ""}, {"a" * 63: "9" * 63}])
def test_a_tag_that_is_a_label_stays_as_it_is(tags: dict[str, str]) -> None:
    assert labels(tags) == tags
    assert not list(mistakes(tags))


@pytest.mark.parametrize("key", ["Team", "1team", "-team", "te am", "a.b", "ü", "a" * 64, ""])
def test_a_key_that_is_none_is_a_mistake(key: str) -> None:
    ((found, why),) = mistakes({"team": "platform", key: "x"})
    assert found == key
    assert "has a key that is no label's" in why
    with pytest.raises(ValueError, match="has a key that is no label's"):
        labels({key: "x"})


@pytest.mark.parametrize("value", ["Platform", "a b", "a.b", "a@b", "ü", "9" * 64])
def test_a_value_that_is_none_is_a_mistake(value: str) -> None:
    ((found, why),) = mistakes({"team": value})
    assert found == "team"
    assert "has a value that is no label's" in why


def test_a_resource_has_at_most_64_labels() -> None:
    tags = {f"t{number}": "" for number in range(64)}
    assert labels(tags) == tags
    ((key, why),) = mistakes({**tags, "one-more": ""})
    assert key == "one-more"
    assert "more than the 64 labels" in why
