"""Joins standard input and output with a port of this machine: what a guest's one connection goes through."""

import os
import selectors
import socket
import sys


def main(port: int) -> None:
    """Copies both ways until one side has said all."""
    with socket.create_connection(("127.0.0.1", port)) as server, selectors.DefaultSelector() as ready:
        ready.register(server, selectors.EVENT_READ)
        ready.register(0, selectors.EVENT_READ)
        while True:
            for key, _ in ready.select():
                if key.fd == 0:
                    data = os.read(0, 65536)
                    if not data:
                        return
                    server.sendall(data)
                else:
                    data = server.recv(65536)
                    if not data:
                        return
                    while data:
                        data = data[os.write(1, data) :]


if __name__ == "__main__":
    main(int(sys.argv[1]))
