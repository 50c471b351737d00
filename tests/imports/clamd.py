"""A ClamAV daemon of a page: it speaks zINSTREAM and zPING as the real one does, keeps count, and can be difficult."""

import socketserver
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# In two parts, so that no scanner takes this file for the test file that it is about.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class FakeClamd(socketserver.ThreadingMixIn):
    """What it does, and what it has seen."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    mode = "well"
    """well, garbage (an answer of noise), silent (hangs up without one), slow (answers after `delay`)."""
    delay = 0.0
    longest_stream = 25 * 1024 * 1024

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.streams: list[int] = []
        """Bytes of each stream that it took to its end."""


class _TCP(FakeClamd, socketserver.TCPServer):
    pass


class _Unix(FakeClamd, socketserver.UnixStreamServer):
    pass


class _Handler(socketserver.StreamRequestHandler):
    server: FakeClamd  # type: ignore[assignment]

    def handle(self) -> None:
        command = self._word()
        if command == b"zPING":
            self._say(b"PONG")
        elif command == b"zINSTREAM":
            self._scan()
        else:
            self._say(b"UNKNOWN COMMAND")

    def _word(self) -> bytes:
        word = b""
        while (letter := self.rfile.read(1)) not in {b"\0", b""}:
            word += letter
        return word

    def _scan(self) -> None:
        content = b""
        while length := struct.unpack(">L", self.rfile.read(4))[0]:
            if len(content) + length > self.server.longest_stream:
                # As the real one: it says so at once and reads no further.
                self._say(b"INSTREAM size limit exceeded. ERROR")
                return
            content += self.rfile.read(length)
        self.server.streams.append(len(content))
        self._say(b"stream: Eicar-Test-Signature FOUND" if EICAR in content else b"stream: OK")

    def _say(self, answer: bytes) -> None:
        time.sleep(self.server.delay)
        if self.server.mode == "silent":
            return
        self.wfile.write(b"\xff\xfe what?" if self.server.mode == "garbage" else answer + b"\0")


@contextmanager
def running(path: Path | None = None) -> Iterator[tuple[FakeClamd, str]]:
    """The daemon and its CLAMAV_URL: on a socket file, or on a port of this machine."""
    server = _Unix(str(path), _Handler) if path else _TCP(("127.0.0.1", 0), _Handler)
    url = f"unix://{path}" if path else f"tcp://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server, url
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
