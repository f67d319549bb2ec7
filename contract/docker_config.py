"""Docker's `config.json` as far as it holds a credential: the key that it stands under, and its form.

Owns: that Docker Hub's credential stands under the address of its first API, for the docker client
and for Kubernetes alike. Does not own where such a file lies. Source of both forms:
https://docs.docker.com/reference/cli/docker/login/ and
https://kubernetes.io/docs/concepts/containers/images/#config-json
"""

import base64
import json

# https://distribution.github.io/reference/#normalization
_HUB_NAMES = frozenset({"docker.io", "index.docker.io", "registry-1.docker.io"})

DOCKER_HUB_KEY = "https://index.docker.io/v1/"
"""What a credential for Docker Hub is kept under, whichever of its names an image has."""


def is_docker_hub(host: str) -> bool:
    """Whether `host` is one of Docker Hub's names."""
    return host in _HUB_NAMES


def credential_key(host: str) -> str:
    """What a credential for `host` is kept under; under any other key docker would not find it."""
    return DOCKER_HUB_KEY if is_docker_hub(host) else host


def document(host: str, username: str, password: str) -> str:
    """A `config.json` with this one credential, the same text each time."""
    auth = base64.b64encode(f"{username}:{password}".encode()).decode("ascii")
    entry = {"username": username, "password": password, "auth": auth}
    return json.dumps({"auths": {credential_key(host): entry}}, sort_keys=True)
