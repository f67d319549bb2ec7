"""The dated table of versions, and which step between two of them is allowed."""

import pytest

from components.harbor import versions


def test_the_default_can_be_downloaded_and_verified() -> None:
    release = versions.release(versions.default())
    assert release.url.endswith(f"/v{release.version}/harbor-offline-installer-v{release.version}.tgz")
    assert release.bundle_url == f"{release.url}.sigstore.json"
    assert release.identity.endswith(f"@refs/tags/v{release.version}")
    assert len(release.sha256) == len(versions.cosign().sha256) == 64


def test_a_release_without_a_bundle_has_none() -> None:
    assert versions.release("2.14.4").bundle_url is None
    assert versions.release("2.13.1").sha256 == ""


def test_names_of_the_line_to_come_carry_the_architecture(monkeypatch: pytest.MonkeyPatch) -> None:
    document = versions._document()
    line = {"bundle": True, **document["planned"]["2.16"]}
    monkeypatch.setattr(versions, "_document", lambda: {**document, "lines": {"2.16": line}})
    assert versions.release("2.16.0").url.endswith("harbor-offline-installer-v2.16.0-amd64.tgz")


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("2.15.1", "2.15.2", None),
        ("2.13.4", "2.15.2", None),
        ("2.14.0", "2.15.0", None),
        ("2.15.2", "2.15.2", None),
        ("2.12.4", "2.15.2", "in one step"),
        ("1.10.0", "2.0.0", "in one step"),
        ("2.15.2", "2.15.1", "goes back"),
        ("2.15.0", "2.14.9", "goes back"),
    ],
)
def test_a_step_goes_forward_by_two_minor_versions_at_most(old: str, new: str, why: str | None) -> None:
    found = versions.step_mistake(old, new)
    assert (found is None) if why is None else (found is not None and why in found)
