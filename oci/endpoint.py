"""Where a registry's API answers, and which addresses may ever see a credential.

Owns: the scheme (plain HTTP on loopback alone), the API host behind a registry's name, and
the rule for every other address that a registry's answers point to. Does not own the connection.
"""

import ssl
from dataclasses import dataclass

import certifi
import httpx

from contract.docker_config import is_docker_hub
from contract.image import is_loopback
from oci.authority import Authority

# The name people write is not the name that answers.
_DOCKER_HUB_API = "registry-1.docker.io"


@dataclass(frozen=True)
class Endpoint:
    """A registry's address.

    Loopback hosts speak plain HTTP unless a certificate authority is given; all others HTTPS.
    `authority` is trusted beside the usual authorities, because blobs may come from elsewhere.
    """

    host: str
    authority: Authority | None = None

    @property
    def loopback(self) -> bool:
        """Whether traffic stays inside this machine."""
        return is_loopback(self.host)

    @property
    def url(self) -> httpx.URL:
        """The root of the API, without `/v2/`."""
        scheme = "http" if self.loopback and self.authority is None else "https"
        return httpx.URL(f"{scheme}://{_DOCKER_HUB_API if is_docker_hub(self.host) else self.host}")

    def trust(self) -> ssl.SSLContext:
        """The authorities to trust: the machine's own (certifi's where it has none), and `authority`.

        Raises OSError (of which `ssl.SSLError` is one) where `authority` cannot be read as PEM.
        """
        context = ssl.create_default_context()
        if not context.get_ca_certs():
            context.load_verify_locations(certifi.where())
        if isinstance(self.authority, str):
            context.load_verify_locations(cadata=self.authority)
        elif self.authority is not None:
            context.load_verify_locations(self.authority)
        return context

    def owns(self, url: httpx.URL) -> bool:
        """Whether `url` has this registry's origin, so that it may see the `Authorization` header."""
        return _origin(url) == _origin(self.url)

    def mistake(self, url: httpx.URL) -> str | None:
        """Why an address that the registry pointed to must not be asked, or None where it may.

        HTTPS may lead anywhere (blob stores and token services live on other hosts). Plain HTTP
        may only stay on loopback: a remote registry has no business there.
        """
        if url.userinfo:
            return "carries a user name in its address"
        if url.scheme == "https" and url.host:
            return None
        if url.scheme == "http" and url.host and self.loopback and is_loopback(url.netloc.decode("ascii")):
            if self.url.scheme == "https" and self.owns(url.copy_with(scheme="https")):
                return "leads from HTTPS back to plain HTTP"
            return None
        return "is neither HTTPS nor on this machine"


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port or {"http": 80, "https": 443}.get(url.scheme)
