"""The executables as the engine starts them: one line out, the protocol, and a quiet end."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import psutil
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc, status_pb2

from tests.simulated.faults import Fault, Faults, Moment, Operation
from tests.simulated.wire import Secret, decode_properties, encode_properties

ROOT = Path(__file__).resolve().parents[3]
BIN = ROOT / "tests" / "simulated" / "bin"
REPOSITORY = "aws:ecr/repository:Repository"
URN = f"urn:pulumi:s::p::{REPOSITORY}::apps"
_SECONDS = 30


def _environment(folder: Path) -> dict[str, str]:
    return {
        "PATH": os.defpath,
        "SNAPDEPLOY_PYTHON": sys.executable,
        "SNAPDEPLOY_SIMULATED_DIR": str(folder),
        "PYTHONDONTWRITEBYTECODE": "1",
        # Nothing listens there: whoever asks this proxy does not get through.
        "http_proxy": "http://127.0.0.1:9",
    }


@contextmanager
def started(executable: Path, folder: Path, *, prefix: tuple[str, ...] = ()) -> Iterator[subprocess.Popen[str]]:
    """A provider as the engine starts it, with an address that no engine listens at; ended with the block."""
    process = subprocess.Popen(
        [*prefix, str(executable), "--logtostderr", "127.0.0.1:9"],
        cwd=folder,
        env=_environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=_SECONDS)


def _port(process: subprocess.Popen[str]) -> int:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        _, err = process.communicate(timeout=_SECONDS)
        pytest.fail(f"no port: {err}")
    return int(line)


@contextmanager
def _speaking(process: subprocess.Popen[str]) -> Iterator[provider_pb2_grpc.ResourceProviderStub]:
    options = [
        ("grpc.enable_http_proxy", 0),
        ("grpc.max_send_message_length", -1),
        ("grpc.max_receive_message_length", -1),
    ]
    with grpc.insecure_channel(f"127.0.0.1:{_port(process)}", options=options) as channel:
        yield provider_pb2_grpc.ResourceProviderStub(channel)


def _create(stub: provider_pb2_grpc.ResourceProviderStub, **properties: Any) -> provider_pb2.CreateResponse:
    request = provider_pb2.CreateRequest(
        urn=URN, name="apps", type=REPOSITORY, properties=encode_properties(properties)
    )
    made: provider_pb2.CreateResponse = stub.Create(request, timeout=_SECONDS)
    return made


@pytest.mark.parametrize("executable", sorted(BIN.iterdir()), ids=lambda path: path.name)
def test_every_executable_serves_and_ends_quietly(executable: Path, tmp_path: Path) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        with started(executable, tmp_path) as process:
            with _speaking(process) as stub:
                answer = stub.Handshake(provider_pb2.ProviderHandshakeRequest(engine_address="x"), timeout=_SECONDS)
                assert answer.accept_secrets
                assert stub.GetPluginInfo(empty_pb2.Empty(), timeout=_SECONDS).version
            process.send_signal(number)
            out, err = process.communicate(timeout=_SECONDS)
            assert (process.returncode, out, err) == (0, "", "")


def test_it_works_from_a_path_with_spaces_and_through_a_link(tmp_path: Path) -> None:
    copy = tmp_path / "a folder, é"
    shutil.copytree(
        ROOT / "tests" / "simulated", copy / "tests" / "simulated", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copytree(ROOT / "tools", copy / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    link = tmp_path / "pulumi-resource-aws"
    link.symlink_to(copy / "tests" / "simulated" / "bin" / "pulumi-resource-aws")
    store = tmp_path / "the store"
    store.mkdir()
    with started(link, store) as process, _speaking(process) as stub:
        assert stub.GetPluginInfo(empty_pb2.Empty(), timeout=_SECONDS).version
        environment = psutil.Process(process.pid).environ()
        assert environment["PYTHONPATH"] == str(copy)


def test_it_ends_when_the_engine_is_killed(tmp_path: Path) -> None:
    # The shell stands for an engine that nobody gave the time to stop its providers.
    shell = ("/bin/sh", "-c", '"$@" & wait', "engine")
    with started(BIN / "pulumi-resource-aws", tmp_path, prefix=shell) as process:
        _port(process)
        (provider,) = psutil.Process(process.pid).children()
        process.kill()
        provider.wait(timeout=_SECONDS)


def test_without_a_folder_it_says_what_to_do(tmp_path: Path) -> None:
    environment = _environment(tmp_path)
    del environment["SNAPDEPLOY_SIMULATED_DIR"]
    done = subprocess.run(
        [BIN / "pulumi-resource-aws", "127.0.0.1:9"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=_SECONDS,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "SNAPDEPLOY_SIMULATED_DIR is not set\nmend: run it as SIMULATE=1 tools/pulumi" in done.stderr


@pytest.mark.parametrize(
    "call",
    [
        lambda stub: stub.Parameterize(provider_pb2.ParameterizeRequest(), timeout=_SECONDS),
        lambda stub: stub.Construct(provider_pb2.ConstructRequest(), timeout=_SECONDS),
        lambda stub: stub.Call(provider_pb2.CallRequest(), timeout=_SECONDS),
        lambda stub: list(stub.List(provider_pb2.ListRequest(), timeout=_SECONDS)),
    ],
    ids=["Parameterize", "Construct", "Call", "List"],
)
def test_what_it_does_not_do_it_refuses_by_the_protocol(
    call: Callable[[provider_pb2_grpc.ResourceProviderStub], Any], tmp_path: Path
) -> None:
    with started(BIN / "pulumi-resource-aws", tmp_path) as process:
        with _speaking(process) as stub, pytest.raises(grpc.RpcError) as caught:
            call(stub)
        assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED
        process.terminate()
        assert process.communicate(timeout=_SECONDS)[1] == ""


def test_it_takes_what_is_larger_than_grpc_allows_unasked_and_says_once_that_it_is_simulated(tmp_path: Path) -> None:
    with started(BIN / "pulumi-resource-aws", tmp_path) as process:
        with _speaking(process) as stub:
            for _ in range(2):
                stub.Configure(provider_pb2.ConfigureRequest(), timeout=_SECONDS)
            large = "x" * 6_000_000
            made = _create(stub, name="apps", tags={"large": Secret(large)})
            assert decode_properties(made.properties)["tags"] == {"large": Secret(large)}
        process.terminate()
        # No engine took the message, so it is where the engine would have looked next.
        assert process.communicate(timeout=_SECONDS)[1].count("SIMULATED aws") == 1


def test_an_unfinished_create_tells_the_engine_what_exists_and_nobody_the_secret(tmp_path: Path) -> None:
    Faults(tmp_path).order(Fault(Operation.CREATE, REPOSITORY, "half done with canary", Moment.PARTIAL))
    with started(BIN / "pulumi-resource-aws", tmp_path) as process, _speaking(process) as stub:
        with pytest.raises(grpc.RpcError) as caught:
            _create(stub, name="apps", tags={"token": Secret("canary")})
        error: Any = caught.value
        assert error.details() == "half done with [secret]"
        status = status_pb2.Status.FromString(dict(error.trailing_metadata())["grpc-status-details-bin"])
        detail = provider_pb2.ErrorResourceInitFailed()
        assert status.details[0].Unpack(detail)
        assert detail.id == "apps"
        assert list(detail.reasons) == ["half done with [secret]"]
        assert decode_properties(detail.properties)["tags"] == {"token": Secret("canary")}
