"""What is printed of the builder's variables can be read back, and masks what is secret."""

import io

import pytest
from dotenv import dotenv_values

from contract.variables import SECRET_NAMES, Name
from ops.delivered import from_environment
from ops.env import MASK, env

NASTY = ["plain", "", "with space", "it's", 'say "x"', "back\\slash", "$HOME ${X} $(id)", "#no", "a=b", "ünï", "\\'"]


@pytest.mark.parametrize("value", NASTY)
def test_a_revealed_value_reads_back_the_same(value: str) -> None:
    (shown,) = env(from_environment({Name.DOCKER_REGISTRY_PASSWORD: value}), reveal=True)
    assert dotenv_values(stream=io.StringIO(shown.as_dotenv()), interpolate=False) == {shown.name: value}


def test_secrets_are_masked_unless_asked_for() -> None:
    values = {str(name): f"value-of-{name}" for name in Name}
    shown = env(from_environment(values), reveal=False)
    assert [variable.name for variable in shown] == [str(name) for name in Name]
    masked = {variable.name for variable in shown if variable.value is None}
    assert masked == SECRET_NAMES
    assert all(MASK in variable.as_dotenv() for variable in shown if variable.name in masked)
    assert not any(f"value-of-{name}" in f"{shown} {variable.as_dotenv()}" for name in masked for variable in shown)
