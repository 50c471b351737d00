"""The virus scanner, where there is one (`CLAMAV_URL`): ClamAV's own protocol, a client of a page.

A file that was not scanned is not read: with a scanner set, one that is away makes files wait, as a store does.
"""

import select
import socket
import struct
from typing import BinaryIO
from urllib.parse import urlsplit

import structlog
from django.conf import settings

from apps.imports.errors import ScannerUnavailable
from apps.imports.parsers import UnreadableFile

log = structlog.get_logger(__name__)

CHUNK_BYTES = 256 * 1024
CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 120.0
"""For each piece that is sent, and for the answer."""
_LONGEST_ANSWER = 4096
_LONGEST_NAME = 100


class Infected(UnreadableFile):
    """The scanner found something."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The virus scanner found {name} in this file; it was not read, and the stored copy was removed."
        )


class TooLargeToScan(UnreadableFile):
    """The scanner takes no file of this size."""

    def __init__(self) -> None:
        super().__init__(
            "This file is larger than the virus scanner takes, so it was not read. Ask the bank for a shorter period."
        )


def scan(content: BinaryIO) -> None:
    """Has the file scanned and rewinds it; does nothing where no scanner is set.

    Raises Infected, TooLargeToScan, or ScannerUnavailable for whatever is not a clear answer.
    """
    if not settings.CLAMAV_URL:
        return
    try:
        with _connected() as scanner:
            answer = _ask(scanner, content)
    except OSError as error:
        raise ScannerUnavailable from error
    content.seek(0)
    _heed(answer)


def ping() -> None:
    """Raises ScannerUnavailable if the scanner does not answer."""
    try:
        with _connected() as scanner:
            scanner.settimeout(CONNECT_SECONDS)
            scanner.sendall(b"zPING\0")
            answer = _answer(scanner)
    except OSError as error:
        raise ScannerUnavailable from error
    if answer != "PONG":
        raise ScannerUnavailable


def _heed(answer: str) -> None:
    _, _, verdict = answer.partition(": ")
    if verdict == "OK":
        return
    if verdict.endswith(" FOUND"):
        name = "".join(letter for letter in verdict.removesuffix(" FOUND") if letter.isprintable())
        raise Infected(name[:_LONGEST_NAME])
    if answer.startswith("INSTREAM size limit exceeded"):
        log.error("scanner_takes_too_little", hint="clamd's StreamMaxLength is less than IMPORT_MAX_BYTES")
        raise TooLargeToScan
    log.error("scanner_said_no_verdict", answer=answer[:200])
    raise ScannerUnavailable


def _connected() -> socket.socket:
    """A connection to `tcp://host:port` or `unix:///path`."""
    address = urlsplit(settings.CLAMAV_URL)
    if address.scheme == "tcp":
        scanner = socket.create_connection((address.hostname or "", address.port or 3310), CONNECT_SECONDS)
    else:
        scanner = socket.socket(socket.AF_UNIX)
        scanner.settimeout(CONNECT_SECONDS)
        try:
            scanner.connect(address.path)
        except OSError:
            scanner.close()
            raise
    scanner.settimeout(ANSWER_SECONDS)
    return scanner


def _ask(scanner: socket.socket, content: BinaryIO) -> str:
    content.seek(0)
    try:
        scanner.sendall(b"zINSTREAM\0")
        while piece := content.read(CHUNK_BYTES):
            if _has_answered(scanner):
                break
            scanner.sendall(struct.pack(">L", len(piece)) + piece)
        else:
            scanner.sendall(struct.pack(">L", 0))
    except (BrokenPipeError, ConnectionResetError):
        # It has heard enough and hung up; what it said before is still to be read.
        pass
    return _answer(scanner)


def _has_answered(scanner: socket.socket) -> bool:
    """It answers before the end only when it takes no more; to go on sending could cost the answer."""
    return bool(select.select([scanner], [], [], 0)[0])


def _answer(scanner: socket.socket) -> str:
    said = b""
    while not said.endswith(b"\0") and len(said) < _LONGEST_ANSWER:
        more = scanner.recv(_LONGEST_ANSWER)
        if not more:
            break
        said += more
    return said.rstrip(b"\0").decode(errors="replace").strip()
