"""What a local registry may be told."""

import pytest
from pydantic import ValidationError

from components._settings import LocalSettings
from tests.unit.stack.reading import mistake, parse


def _local(**keys: object) -> dict[str, object]:
    return {"registries": {"main": {"kind": "local", **keys}}}


@pytest.mark.parametrize("port", [1023, 80, 0, -1, 65536, 10**30, pytest.param(10**5000, id="beyond printing")])
def test_a_port_outside_what_a_user_may_listen_on_is_refused(port: int) -> None:
    problem = mistake(_local(port=port))
    assert problem.where.endswith("registries.main.port")
    assert "has to be a number of at" in problem.what
    assert "`port: 5000`" in problem.mend


@pytest.mark.parametrize("port", [1024, 65535, None])
def test_a_port_at_the_limits_is_taken(port: int | None) -> None:
    main = parse(_local(port=port)).registries["main"]
    assert isinstance(main, LocalSettings)
    assert main.port == port


@pytest.mark.parametrize(
    ("key", "written", "meant"),
    [("port", "5000", "port: 5000"), ("tls", "true", "tls: true"), ("tls", "False", "tls: false")],
)
def test_quotes_around_a_number_or_truth_value_are_told_to_go(key: str, written: str, meant: str) -> None:
    assert mistake(_local(**{key: written})).mend == f"write `{meant}`, without quotes"


@pytest.mark.parametrize("value", [1, 0, "maybe", None, [], 5.0])
def test_tls_is_true_or_false_and_nothing_like_it(value: object) -> None:
    assert "has to be true or false" in mistake(_local(tls=value)).what


@pytest.mark.parametrize("port", [True, 5000.0, "x", [5000]])
def test_a_port_is_a_whole_number_and_nothing_like_it(port: object) -> None:
    assert "has to be a whole number" in mistake(_local(port=port)).what


@pytest.mark.parametrize("username", ["", "Builder", "a b", "a:b", "a" * 33, "a\n", "é"])
def test_a_user_name_is_one_that_htpasswd_and_every_client_take(username: str) -> None:
    assert mistake(_local(username=username)).where.endswith("registries.main.username")


def test_the_longest_user_name_is_taken() -> None:
    main = parse(_local(username="a" * 32)).registries["main"]
    assert isinstance(main, LocalSettings)
    assert main.username == "a" * 32


@pytest.mark.parametrize("namespace", ["", "Apps", "/a", "a/", "a//b", "a b", "a" * 256, "..", "a\n"])
def test_a_namespace_is_the_beginning_of_an_image_name(namespace: str) -> None:
    assert mistake(_local(namespace=namespace)).where.endswith("registries.main.namespace")


@pytest.mark.parametrize("text", ["", " x", "a\nb", "x" * 257, 5, 1.5])
def test_a_rotation_is_one_line_of_text(text: object) -> None:
    assert mistake(_local(passwordRotation=text)).where.endswith("registries.main.passwordRotation")


@pytest.mark.parametrize("key", ["password_rotation", "PasswordRotation", "passwordrotation"])
def test_yaml_has_one_spelling_of_a_key(key: str) -> None:
    problem = mistake(_local(**{key: "1"}))
    assert problem.mend == f"write `passwordRotation` instead of `{key}`"


def test_python_may_use_its_own_spelling() -> None:
    assert LocalSettings(password_rotation="1").password_rotation == "1"


def test_a_setting_does_not_change() -> None:
    with pytest.raises(ValidationError):
        setattr(LocalSettings(), "port", 5000)  # noqa: B010 (type checkers refuse the plain assignment)
