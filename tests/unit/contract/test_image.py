"""References as registries take them; the refusals say what is wrong."""

import pytest

from contract import image


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1:5000/snapdeploy-apps",
        "localhost/x",
        "ghcr.io/owner/prefix",
        "123456789012.dkr.ecr.us-east-1.amazonaws.com/snapdeploy-apps",
        "us-central1-docker.pkg.dev/project/repo",
        "docker.io/name",
        "[::1]:5000/x",
    ],
)
def test_a_registry_is_read_and_written_back(text: str) -> None:
    assert str(image.Registry.parse(text)) == text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("ghcr.io", "no namespace"),
        ("your-username/app", "Docker Hub user"),
        ("ghcr.io/Owner", "lower case"),
        ("ghcr.io/", "is empty"),
        ("ghcr.io/a//b", "not a repository path"),
        ("ghcr.io/a\nb", "not a repository path"),
        ("gh cr.io/a", "does not begin with a host"),
        ("ghcr.io/" + "a" * 256, "256 characters"),
        ("", "no namespace"),
    ],
)
def test_what_is_no_registry_is_refused_with_the_reason(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        image.Registry.parse(text)


def test_an_image_is_registry_app_and_tag() -> None:
    registry = image.Registry.parse("ghcr.io/owner")
    assert registry.image("app", "1.2.3") == "ghcr.io/owner/app:1.2.3"
    for app, tag in (("App", "1"), ("app", ".1"), ("app", "a" * 129), ("app", ""), ("", "1")):
        with pytest.raises(ValueError, match=r"app|tag"):
            registry.image(app, tag)


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1:5000", True),
        ("127.1.2.3", True),
        ("localhost:5000", True),
        ("[::1]:5000", True),
        ("[::1]", True),
        ("127.0.0.1.example.net", False),
        ("localhost.example.net:5000", False),
        ("10.0.0.1", False),
        ("127evil.net", False),
    ],
)
def test_loopback_is_this_machine_and_nothing_that_looks_like_it(host: str, loopback: bool) -> None:
    assert image.is_loopback(host) is loopback


def test_a_digest_is_64_lower_case_hexadecimal_digits() -> None:
    assert image.is_digest("sha256:" + "0a" * 32)
    assert not image.is_digest("sha256:" + "0A" * 32)
    assert not image.is_digest("sha256:" + "0a" * 31)
