"""The setup guide's five steps, through a Docker engine: login, build, push, pull, run.

Owns: the steps, an image from scratch, and removing whatever was made. Does not own finding an
engine, nor the registry's own checks. The engine is asked through its API, so no credential is written to a file: the
SDK keeps it in memory, and is pointed away from the user's own Docker configuration, all of whose
credentials it would otherwise send along with a build.
"""

import io
import queue
import tarfile
import tempfile
import threading
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar, cast

import requests
from docker.errors import DockerException

from contract.docker_config import credential_key
from contract.problem import printable
from oci import errors
from oci.advice import advise
from oci.checks import APP, Check, unique_tag
from oci.client import Client
from ops.delivered import Login
from ops.engine import Engine, words_of
from ops.hello import GREETING, executable
from ops.verify import DockerStep

_STEP = 120  # seconds
_RUN = 30
_DOCKERFILE = b'FROM scratch\nCOPY hello /hello\nENTRYPOINT ["/hello"]\n'

T = TypeVar("T")


class _StepError(Exception):
    """The engine answered, and the answer is not what was promised."""


class Steps:
    """The five steps with one engine and one registry."""

    def __init__(self, engine: Engine, login: Login) -> None:
        self._engine = engine
        self._client = engine.client
        self._login = login
        self._repository = f"{login.registry}/{APP}"
        self._tag = unique_tag()
        self._auth = {"username": login.credential.username, "password": login.credential.password}
        self._digest = ""
        self._built = ""
        self._container = ""

    def run(self) -> Generator[Check, None, None]:
        """Each step as it finishes; removes container, image and manifest also when interrupted."""
        steps: list[tuple[DockerStep, Callable[[], str]]] = [
            (DockerStep.LOGIN, self._log_in),
            (DockerStep.BUILD, self._build),
            (DockerStep.PUSH, self._push),
            (DockerStep.PULL, self._pull),
            (DockerStep.RUN, self._run),
        ]
        failed: DockerStep | None = None
        try:
            for name, step in steps:
                began = time.perf_counter()
                ok, detail = (False, f"not run: {failed} failed") if failed else self._try(step)
                failed = failed or (None if ok else name)
                yield Check(name, ok, detail, round(time.perf_counter() - began, 3))
        finally:
            self._clean_up()

    def _try(self, step: Callable[[], str]) -> tuple[bool, str]:
        try:
            return True, step()
        except TimeoutError:
            return False, f"the engine did not finish in {_STEP} s"
        except (_StepError, DockerException, requests.RequestException) as error:
            words = self._login.credential.redact(words_of(error))
            advice = advise(words)
            return False, f"{words}; mend: {advice}" if advice else words

    def _log_in(self) -> str:
        host = self._login.registry.host
        server = credential_key(host)
        with tempfile.TemporaryDirectory(prefix="snapdeploy-") as folder:
            nothing = Path(folder, "config.json")
            nothing.write_text("{}", encoding="utf-8")
            answer = _within(
                _STEP,
                lambda: self._client.login(**self._auth, registry=server, reauth=True, dockercfg_path=str(nothing)),
            )
        return f"{self._auth['username']} at {host}: {answer.get('Status', 'done')}"

    def _build(self) -> str:
        context = _tar({"Dockerfile": _DOCKERFILE, "hello": executable(self._engine.machine)})
        lines = _within(
            _STEP,
            lambda: list(
                self._client.build(
                    fileobj=context,
                    custom_context=True,
                    tag=f"{self._repository}:{self._tag}",
                    # Its own label, so that no other image has this image's id and is removed with it.
                    labels={"snapdeploy.verify": self._tag},
                    rm=True,
                    forcerm=True,
                    decode=True,
                    timeout=_STEP,
                    use_config_proxy=False,
                )
            ),
        )
        _raise_error(lines)
        self._built = self._image_id()
        return f"{self._repository}:{self._tag}, from scratch for {self._engine.machine}"

    def _push(self) -> str:
        lines = _within(
            _STEP,
            lambda: list(
                self._client.push(self._repository, tag=self._tag, auth_config=self._auth, stream=True, decode=True)
            ),
        )
        _raise_error(lines)
        self._digest = next((line["aux"]["Digest"] for line in lines if "Digest" in line.get("aux", {})), "")
        if not self._digest:
            raise _StepError("the engine says the push is done, but names no digest")
        return self._digest

    def _pull(self) -> str:
        # Removed first, so that the engine has to ask the registry.
        self._client.remove_image(f"{self._repository}:{self._tag}", force=True)
        # By SDK 7.2 a pull has no time-out of its own.
        lines = _within(
            _STEP,
            lambda: list(
                self._client.pull(self._repository, tag=self._tag, auth_config=self._auth, stream=True, decode=True)
            ),
        )
        _raise_error(lines)
        image = self._image_id()
        if image != self._built:
            raise _StepError(f"image {image} came back; {self._built} was pushed")
        return f"{image}, as built"

    def _run(self) -> str:
        created = self._client.create_container(
            f"{self._repository}:{self._tag}",
            network_disabled=True,
            host_config=self._client.create_host_config(network_mode="none", mem_limit="64m", cap_drop=["ALL"]),
        )
        self._container = str(created["Id"])
        self._client.start(self._container)
        code = int(_within(_RUN, lambda: self._client.wait(self._container, timeout=_RUN))["StatusCode"])
        output = self._client.logs(self._container, stdout=True, stderr=True)
        if code != 0 or output != GREETING:
            raise _StepError(f"the container ended with {code} and printed {printable(repr(output))}")
        return f"printed {GREETING.decode().strip()!r} and ended with 0"

    def _image_id(self) -> str:
        image = self._client.inspect_image(f"{self._repository}:{self._tag}")  # type: ignore[no-untyped-call]
        return str(image["Id"])

    def _clean_up(self) -> None:
        """Removes what was made; what is already gone, or cannot be removed, must not hide a result."""
        with suppress(DockerException, requests.RequestException):
            if self._container:
                self._client.remove_container(self._container, force=True)
        with suppress(DockerException, requests.RequestException):
            self._client.remove_image(f"{self._repository}:{self._tag}", force=True)
        registry, credential, trusted = self._login.registry, self._login.credential, self._login.authority
        with suppress(errors.RegistryError, ValueError):
            if self._digest:
                with Client(registry.host, credential, authority=trusted) as client:
                    client.delete_manifest(f"{registry.namespace}/{APP}", self._digest)
        self._client.close()


def _within(seconds: float, work: Callable[[], T]) -> T:
    """The result of `work`, or TimeoutError after `seconds`: the thread that hangs ends with the program."""
    results: queue.SimpleQueue[tuple[T | None, Exception | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            results.put((work(), None))
        except Exception as error:  # noqa: BLE001 - raised again where the result is awaited
            results.put((None, error))

    threading.Thread(target=run, name="docker", daemon=True).start()
    try:
        result, failure = results.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError from None
    if failure is not None:
        raise failure
    return cast("T", result)


def _tar(files: dict[str, bytes]) -> io.BytesIO:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), 0o755
            archive.addfile(entry, io.BytesIO(content))
    packed.seek(0)
    return packed


def _raise_error(lines: Iterable[dict[str, Any]]) -> None:
    """The engine reports a failure inside a stream that began with 200."""
    for line in lines:
        if "error" in line:
            raise _StepError(str(line["error"]))
