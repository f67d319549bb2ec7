"""The Docker engine at hand, if there is one.

Owns: finding it the way Docker's own command does, and judging whether it can be used for a
registry. Does not own what it is used for.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import requests
from docker import APIClient
from docker.context import ContextAPI
from docker.errors import APIError, DockerException
from docker.tls import TLSConfig
from docker.utils import kwargs_from_env

from contract.image import is_loopback
from contract.problem import printable
from ops.hello import Machine

_ANSWER = 5  # seconds
_WORK = 120
_DEFAULT_ADDRESS = "unix:///var/run/docker.sock"
_LOCAL = ("unix:", "http+unix:", "npipe:")
_MACHINES = {"x86_64": Machine.AMD64, "aarch64": Machine.ARM64}


@dataclass(frozen=True)
class Engine:
    """A Docker engine that answers, and the kind of processor it runs on."""

    client: APIClient
    address: str
    machine: Machine


class NoEngineError(Exception):
    """There is no engine to run the steps with; the text says why."""


def find_engine(registry_host: str) -> Engine:
    """The engine that DOCKER_HOST, or else the current Docker context, names; raises NoEngineError.

    An engine that runs elsewhere counts as none where `registry_host` is this machine's loopback.
    """
    try:
        address, tls = _address()
        if address.startswith("ssh:"):
            raise NoEngineError(f"the engine at {address} is reached over SSH, which this tool does not speak")
        client = APIClient(base_url=address, tls=tls, version="auto", timeout=_ANSWER)
    except (DockerException, requests.RequestException, OSError, ValueError) as error:
        raise NoEngineError(f"no Docker engine answers: {words_of(error)}") from None
    try:
        facts = client.info()
    except (DockerException, requests.RequestException) as error:
        client.close()
        raise NoEngineError(f"the Docker engine at {address} does not tell about itself: {words_of(error)}") from None
    machine = _MACHINES.get(str(facts.get("Architecture")))
    mistake = _mistake(address, facts, registry_host)
    if machine is None or mistake is not None:
        client.close()
        raise NoEngineError(
            mistake or f"the engine's processor is {facts.get('Architecture')}, for which none is built"
        )
    client.timeout = _WORK
    return Engine(client, address, machine)


def words_of(error: Exception) -> str:
    """What an error of the engine says, on one line."""
    explanation = error.explanation if isinstance(error, APIError) else None
    return printable(str(explanation or error or type(error).__name__), 300)


def _address() -> tuple[str, TLSConfig | bool]:
    settings = kwargs_from_env()
    address, tls = settings.get("base_url"), settings.get("tls")
    if isinstance(address, str):
        return address, tls if isinstance(tls, TLSConfig) else False
    context = ContextAPI.get_current_context()
    return (context.Host if context else None) or _DEFAULT_ADDRESS, False


def _mistake(address: str, facts: Mapping[str, object], registry_host: str) -> str | None:
    if facts.get("OSType") != "linux":
        return f"the engine runs {facts.get('OSType')} containers"
    local = address.startswith(_LOCAL) and facts.get("OperatingSystem") != "Docker Desktop"
    if is_loopback(registry_host) and not local:
        return f"the engine at {address} does not run on this machine itself, so it cannot reach {registry_host}"
    return None
