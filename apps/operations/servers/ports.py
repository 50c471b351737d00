"""TCP ports on this machine's loopback address."""

from __future__ import annotations

import random
import socket

LOOPBACK = "127.0.0.1"
# Below the range from which the system takes ports for outgoing connections: none of those sits on ours.
_RANGE = range(15_000, 22_000)


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As the servers do: a connection that lingers after its server's end is no reason to move.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def choose(count: int) -> list[int]:
    """So many different free ports."""
    found: list[int] = []
    for port in random.sample(_RANGE, len(_RANGE)):
        if is_free(port):
            found.append(port)
        if len(found) == count:
            return found
    raise OSError(f"No {count} free ports between {_RANGE.start} and {_RANGE.stop}.")


def listening() -> socket.socket:
    """A socket that listens on a port of its own, to be handed to the program that answers: nobody gets in between."""
    for port in random.sample(_RANGE, len(_RANGE)):
        reserved = socket.socket()
        reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            reserved.bind((LOOPBACK, port))
            reserved.listen(128)
        except OSError:
            reserved.close()
        else:
            return reserved
    raise OSError(f"No free port between {_RANGE.start} and {_RANGE.stop}.")


def ask(port: int, request: bytes) -> bytes:
    """The first bytes of the answer to a request; empty when nobody answers."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1) as connection:
            connection.sendall(request)
            return connection.recv(4096)
    except OSError:
        return b""
