"""Image references: what a host, a namespace, a repository, a tag and a digest may look like.

Source of the grammar: the OCI distribution specification 1.1, "Pulling manifests", and the
reference grammar of the distribution project (repository names are lower case, at most 255
characters in all; tags at most 128).
"""

import re
from dataclasses import dataclass

_COMPONENT = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_REPOSITORY = re.compile(rf"{_COMPONENT}(?:/{_COMPONENT})*")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
_DIGEST = re.compile(r"sha256:[a-f0-9]{64}")
_DOMAIN = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_HOST = re.compile(rf"(?:{_DOMAIN}(?:\.{_DOMAIN})*|\[[0-9a-fA-F:]+\])(?::[0-9]{{1,5}})?")
_MAX_NAME = 255

LOOPBACK = "127.0.0.1"
"""This machine itself: what listens here is none of the network's business."""

VERIFY_APP = "snapdeploy-verify"
"""The app under which test images are pushed: `<registry>/snapdeploy-verify:<tag>`."""


def namespace_mistake(namespace: str) -> str | None:
    """Why `namespace` cannot stand before an image's name, or None where it can."""
    if not namespace:
        return "is empty"
    if namespace != namespace.lower():
        return "has upper-case letters; repository names are lower case"
    if len(namespace) > _MAX_NAME:
        return f"has {len(namespace)} characters; a repository name has at most {_MAX_NAME} in all"
    if _REPOSITORY.fullmatch(namespace) is None:
        return "is not a repository path: use a-z, 0-9 and single '.', '_', '-' inside, '/' between parts"
    return None


def tag_mistake(tag: str) -> str | None:
    """Why `tag` is no tag, or None where it is one."""
    if _TAG.fullmatch(tag) is None:
        return "is not a tag: 1 to 128 of A-Z, a-z, 0-9, '_', '.', '-', not beginning with '.' or '-'"
    return None


def is_digest(text: str) -> bool:
    """Whether `text` is a sha256 digest as registries write it."""
    return _DIGEST.fullmatch(text) is not None


def is_loopback(host: str) -> bool:
    """Whether `host` (with or without a port) is this machine itself, so that plain HTTP stays inside it."""
    name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
    return name in ("localhost", "[::1]") or re.fullmatch(r"127(?:\.[0-9]{1,3}){3}", name) is not None


@dataclass(frozen=True)
class Registry:
    """A DOCKER_REGISTRY taken apart: where to speak to, and the path before every app."""

    host: str
    namespace: str

    @classmethod
    def parse(cls, text: str) -> "Registry":
        """Reads `host[:port]/namespace`; raises ValueError saying what is wrong with it."""
        host, slash, namespace = text.partition("/")
        if not slash:
            raise ValueError("has no namespace after the host: write <host>/<namespace>")
        if _HOST.fullmatch(host) is None or not ("." in host or ":" in host or host == "localhost"):
            raise ValueError(f"does not begin with a host: {host!r} would be read as a Docker Hub user")
        mistake = namespace_mistake(namespace)
        if mistake is not None:
            raise ValueError(f"namespace {mistake}")
        return cls(host, namespace)

    def image(self, app: str, tag: str) -> str:
        """The reference under which `app` is pushed with `tag`; raises ValueError for a bad name or tag."""
        mistake = namespace_mistake(f"{self.namespace}/{app}")
        if mistake is not None:
            raise ValueError(f"app {mistake}")
        mistake = tag_mistake(tag)
        if mistake is not None:
            raise ValueError(f"tag {mistake}")
        return f"{self}/{app}:{tag}"

    def __str__(self) -> str:
        return f"{self.host}/{self.namespace}"
