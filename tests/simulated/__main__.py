"""Serves one simulated provider to the engine: `python -m tests.simulated <provider> … <engine address>`.

Owns: the process. It prints the port that it listens on as its only line on stdout, and
ends with the engine, on SIGINT and on SIGTERM without a word.
"""

import os
import signal
import sys
import threading
from concurrent import futures
from pathlib import Path

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from tests.simulated.faults import Faults
from tests.simulated.lifecycle import Lifecycle
from tests.simulated.provider import load
from tests.simulated.sdk import Sdk
from tests.simulated.service import MESSAGE_LIMIT, ProviderService
from tests.simulated.store import Store
from tools.language_host.orphan import end_with_parent

FOLDER = "SNAPDEPLOY_SIMULATED_DIR"


def main() -> int:
    """Serves until told to stop; returns the exit code."""
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        # In a thread: what is interrupted here may hold the very lock that setting the event needs.
        signal.signal(number, lambda *_: threading.Thread(target=stopping.set, daemon=True).start())
    end_with_parent()
    # Nothing simulated leaves this machine, so nothing of it goes through a proxy.
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        del os.environ[name]

    name, engine = sys.argv[1], sys.argv[-1]
    folder = os.environ.get(FOLDER)
    if not folder:
        print(
            f"error: the simulated {name} has nowhere to keep its resources: {FOLDER} is not set\n"
            "mend: run it as SIMULATE=1 tools/pulumi …; to use the real provider, take tests/simulated/bin off PATH",
            file=sys.stderr,
        )
        return 1
    provider = load(name)
    sdk = Sdk(provider.package, light=True) if provider.package else None
    lifecycle = Lifecycle(provider, Store(Path(folder), name), Faults(Path(folder)), sdk)

    limits = [
        ("grpc.max_receive_message_length", MESSAGE_LIMIT),
        ("grpc.max_send_message_length", MESSAGE_LIMIT),
    ]
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=16), options=limits)
    service = ProviderService(lifecycle, sdk.version if sdk else "0.0.0", engine)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(service, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    stopping.wait()
    # A call under way finishes: what it made is then also told.
    server.stop(grace=2).wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
