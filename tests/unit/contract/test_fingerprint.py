"""A fingerprint tells equal from different, and nothing else."""

import pytest

from contract.fingerprint import fingerprint, same

VALUES = {"DOCKER_REGISTRY": "docker.io/acme", "DOCKER_REGISTRY_PASSWORD": "canary-77"}


def test_it_is_the_same_for_the_same_and_another_for_anything_else() -> None:
    one = fingerprint("key", VALUES)
    assert len(one) == 64
    assert one == fingerprint("key", dict(reversed(VALUES.items())))
    others = [
        fingerprint("other", VALUES),
        fingerprint("key", {**VALUES, "DOCKER_REGISTRY_PASSWORD": "canary-78"}),
        fingerprint("key", {**VALUES, "X": ""}),
        fingerprint("key", {"DOCKER_REGISTRY": "docker.io/acmeDOCKER_REGISTRY_PASSWORD", "": "canary-77"}),
        fingerprint("key", {}),
    ]
    assert len({one, *others}) == 6


def test_it_stays_what_it_is() -> None:
    """Both sides may run different releases: a changed form would call equal values different."""
    assert fingerprint("key", VALUES) == "5400e8e33373d9ac50f3aad7a448c649ca04d9ecd3852ec545a353feac58d2aa"


def test_a_key_that_everybody_has_is_none() -> None:
    with pytest.raises(ValueError, match="without a key"):
        fingerprint("", VALUES)


def test_case_and_space_around_it_do_not_matter() -> None:
    assert same(" AB12\n", "ab12")
    assert not same("ab12", "ab13")
