"""On GHCR without a stored token, the way in is the workflow's own."""

from contract.kinds import Auth
from oci.keychain import auth_of, credential, mistakes

GHCR = {"DOCKER_REGISTRY": "ghcr.io/acme"}
STORED = GHCR | {"DOCKER_REGISTRY_USERNAME": "acme-bot", "DOCKER_REGISTRY_PASSWORD": "x"}


def test_what_to_set_in_a_workflow_is_told() -> None:
    assert auth_of(GHCR) is Auth.GITHUB_TOKEN
    (mistake,) = mistakes(GHCR)
    assert "${{ github.token }}" in mistake.mend
    assert "`credential`" in mistake.mend


def test_a_token_that_is_set_is_used() -> None:
    assert auth_of(STORED) is Auth.STATIC
    assert credential(STORED).username == "acme-bot"


def test_another_host_is_not_githubs() -> None:
    assert auth_of({"DOCKER_REGISTRY": "ghcr.io.evil.test/acme"}) is None
