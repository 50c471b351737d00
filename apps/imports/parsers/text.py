"""From bytes to lines: which character set, and is it text at all?

Banks do not say how they encode. In this order: a byte order mark decides; bytes that are valid UTF-8 are
UTF-8; all else is Windows-1252, the set of every Western bank that still avoids Unicode. Nothing is guessed
from letter frequencies: such guesses turn "KÖNIG" into something else now and then.
"""

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

import puremagic

from .errors import BinaryFile, EmptyFile, TooLarge

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

CHUNK = 1 << 16
LINE_LIMIT = 1 << 20
"""Bytes. A statement's line has some hundred; a longer one would be held in memory whole."""

_UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SIGNATURES = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "an Excel workbook or another ZIP archive"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"{\\rtf", "an RTF document"),
    (b"SQLite format 3", "an SQLite database"),
)


CHARSETS = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "cp1252": "Windows-1252",
    "iso8859-15": "ISO 8859-15",
    "cp850": "DOS 850",
    "cp1250": "Windows-1250",
    "cp1251": "Windows-1251",
    "mac-roman": "Mac Roman",
}
"""Python's codec to the name for people: what a person may choose where the file does not show it."""


@dataclass(frozen=True, slots=True)
class Charset:
    """How the bytes become text: Python's codec, the name for people and the longest line in bytes."""

    codec: str
    name: str
    longest_line: int


def find_charset(stream: BinaryIO) -> Charset:
    """Read the stream once, in pieces, and say how it is encoded.

    Raises EmptyFile where there is only white space and BinaryFile where it is not text.
    """
    stream.seek(0)
    head = stream.read(CHUNK)
    _refuse_signatures(head)
    if head.startswith(_UTF_16_MARKS):
        codec, name = "utf-16", "UTF-16"
    elif head.startswith(codecs.BOM_UTF8):
        codec, name = "utf-8-sig", "UTF-8 with BOM"
    else:
        codec, name = "utf-8", "UTF-8"
    try:
        return Charset(codec, name, _examine(stream, codec, head))
    except UnicodeDecodeError:
        if codec == "utf-16":
            raise BinaryFile("The file begins like UTF-16 text, but its bytes are not text.") from None
    return Charset("cp1252", "Windows-1252", _examine(stream, "cp1252", head))


def named_charset(stream: BinaryIO, codec: str) -> Charset:
    """The character set that was chosen, one of CHARSETS; a byte order mark in the file overrules it.

    Raises what :func:`find_charset` raises, and BinaryFile where the bytes cannot be of that set.
    """
    stream.seek(0)
    head = stream.read(CHUNK)
    if head.startswith((*_UTF_16_MARKS, codecs.BOM_UTF8)):
        return find_charset(stream)
    _refuse_signatures(head)
    try:
        return Charset(codec, CHARSETS[codec], _examine(stream, codec, head))
    except UnicodeDecodeError:
        raise BinaryFile(
            f"The bytes of this file are not {CHARSETS[codec]} text; choose another character set."
        ) from None


def _examine(stream: BinaryIO, codec: str, head: bytes) -> int:
    """Decode all of it without keeping it; returns the length of the longest line in bytes.

    A character that the end of the file cuts in two is no reason to doubt the character set: the decoder
    is never told that the input is complete.
    """
    errors = "replace" if codec == "cp1252" else "strict"
    decoder = codecs.getincrementaldecoder(codec)(errors)
    blank, longest, run = True, 0, 0
    stream.seek(0)
    while chunk := stream.read(CHUNK):
        text = decoder.decode(chunk)
        if "\0" in text:
            raise BinaryFile(_binary_sentence(head))
        blank = blank and not text.strip()
        last_end = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
        first_end = min((at for at in (chunk.find(b"\n"), chunk.find(b"\r")) if at >= 0), default=len(chunk))
        longest = max(longest, run + first_end)
        run = run + len(chunk) if last_end < 0 else len(chunk) - last_end - 1
    if blank:
        raise EmptyFile("The file is empty.")
    return max(longest, run)


_NO_STATEMENT = "not a bank’s statement (CSV, Excel, OFX, QFX, QIF, CAMT.053 or MT940)"


def _refuse_signatures(head: bytes) -> None:
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            raise BinaryFile(f"This is {kind}, {_NO_STATEMENT}.")


def _binary_sentence(head: bytes) -> str:
    """What puremagic takes it for; it raises on everything that it does not know."""
    try:
        kind = str(puremagic.magic_string(head)[0].name)
    except (puremagic.PureError, ValueError, IndexError):
        kind = ""
    looks = f" It looks like: {kind}." if kind else ""
    return (
        f"This is not a text file, so it is no bank’s statement (CSV, Excel, OFX, QFX, QIF, CAMT.053 or MT940).{looks}"
    )


class _Borrowed(io.RawIOBase):
    """Lends the stream to a TextIOWrapper, which closes what it was given when it is collected."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        view = memoryview(buffer)
        data = self._stream.read(len(view))
        view[: len(data)] = data
        return len(data)


def _decoded(stream: BinaryIO, charset: Charset, newline: str | None) -> io.TextIOWrapper:
    stream.seek(0)
    lent = io.BufferedReader(_Borrowed(stream), CHUNK)
    return io.TextIOWrapper(lent, encoding=charset.codec, errors="replace", newline=newline)


def lines_of(stream: BinaryIO, charset: Charset) -> Iterator[str]:
    """The physical lines from the start, with their ends (LF, CRLF or CR) as they are.

    Of a longer line only the pieces of LINE_LIMIT characters are given, one by one.
    """
    text = _decoded(stream, charset, newline="")
    if charset.longest_line <= LINE_LIMIT:
        yield from text
    while piece := text.readline(LINE_LIMIT):
        yield piece


def refuse_long_lines(charset: Charset) -> None:
    """Raise TooLarge where one line could fill the memory; only OFX may be written as a single line."""
    if charset.longest_line > LINE_LIMIT:
        raise TooLarge("A line of this file is longer than a megabyte, which no statement has.")


def whole_text(stream: BinaryIO, charset: Charset, limit: int) -> str:
    """All of it with LF line ends. Raises TooLarge beyond ``limit`` bytes."""
    if stream.seek(0, io.SEEK_END) > limit:
        raise TooLarge(f"The file is larger than {limit >> 20} MB, the most that is read of this format.")
    return _decoded(stream, charset, newline=None).read()
