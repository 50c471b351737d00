"""A workbook's ZIP archive, unpacked within limits and packed again plainly, before another program opens it.

The workbook reader trusts what an archive says of itself. So every part is unpacked here first, counted and looked
through, and only the parts that hold cells are handed on, uncompressed, in an archive of our own making: what was
checked is what is read.
"""

import re
import tempfile
import zipfile
import zlib
from typing import IO, BinaryIO

from .errors import ForbiddenContent, TooLarge, UnreadableFile
from .workbook_extent import CELL_LIMIT, SheetExtent, TableExtent, too_many_cells

UNPACKED_LIMIT = 200 << 20
"""Bytes of all parts together."""
RATIO_LIMIT = 100
"""How many times smaller the archive may be than its parts, once these are larger than RATIO_FREE bytes."""
RATIO_FREE = 10 << 20
ENTRY_LIMIT = 2000

_CHUNK = 1 << 18
_IN_MEMORY = 8 << 20
_OVERLAP = 16
"""Bytes of the chunk before that are looked at again, since a declaration may lie across two chunks."""
_NEEDED = re.compile(
    r"mimetype|content\.xml|styles\.xml|meta\.xml|META-INF/manifest\.xml|\[Content_Types\]\.xml|_rels/\.rels"
    r"|xl/(?:workbook\.xml|styles\.xml|sharedStrings\.xml|_rels/[^/]+|worksheets/[^/]+"
    r"|worksheets/_rels/[^/]+)",
    re.IGNORECASE,
)
_ARCHIVES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"7z\xbc\xaf")
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def checked_archive(stream: BinaryIO) -> IO[bytes]:
    """The parts that hold cells, in an uncompressed archive in a temporary file.

    Raises TooLarge for what unpacks beyond the limits, ForbiddenContent for archives inside the archive and XML that
    declares entities, UnreadableFile for a damaged or encrypted one.
    """
    target = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - the caller closes it
    try:
        with zipfile.ZipFile(stream) as archive, zipfile.ZipFile(target, "w") as copy:
            entries = archive.infolist()
            _refuse_sizes(entries)
            for entry in entries:
                _copy(archive, entry, copy)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError, RuntimeError) as error:
        target.close()
        raise UnreadableFile(
            f"The workbook is damaged ({error or 'it ends early'}): it was not saved completely. Download it again."
        ) from None
    except UnreadableFile:
        target.close()
        raise
    target.seek(0)
    return target


def _refuse_sizes(entries: list[zipfile.ZipInfo]) -> None:
    """By what the directory of the archive says; reading stops at these sizes, so they cannot be understated."""
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if len(entries) > ENTRY_LIMIT:
        raise TooLarge(
            f"The workbook has {len(entries):,} parts; {ENTRY_LIMIT:,} are read at most. "
            "Save the sheet alone, as a new workbook or as CSV."
        )
    if unpacked > UNPACKED_LIMIT or (unpacked > RATIO_FREE and unpacked > RATIO_LIMIT * max(packed, 1)):
        raise TooLarge(
            f"The workbook unpacks to {unpacked >> 20:,} MB from {packed >> 10:,} kB; at most "
            f"{UNPACKED_LIMIT >> 20} MB and {RATIO_LIMIT} times its size are read. Save the sheet as CSV."
        )


def _copy(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, copy: zipfile.ZipFile) -> None:
    if entry.flag_bits & 0x1:
        raise UnreadableFile("The workbook is protected with a password. Save it without one and upload it again.")
    is_needed = _NEEDED.fullmatch(entry.filename) is not None
    inspect = _Inspection(entry.filename)
    # The name goes on as it was matched; a part that is not needed is only looked at.
    destination = copy.open(zipfile.ZipInfo(entry.filename), "w", force_zip64=False) if is_needed else None
    try:
        with archive.open(entry) as source:
            while chunk := source.read(_CHUNK):
                inspect.see(chunk)
                if destination:
                    destination.write(chunk)
    finally:
        if destination:
            destination.close()
    inspect.end()


class _Inspection:
    """What one part shows while it is read: another archive, entities, cells far apart."""

    def __init__(self, name: str) -> None:
        self._name = name[:80]
        self._tail = b""
        self._is_first = True
        self._extent: SheetExtent | TableExtent | None = None
        if "worksheets/" in name:
            self._extent = SheetExtent()
        elif name == "content.xml":
            self._extent = TableExtent()

    def see(self, chunk: bytes) -> None:
        if self._is_first and chunk.startswith(_ARCHIVES):
            raise ForbiddenContent(
                f'The file holds another archive, "{self._name}", which is not opened. '
                "Unpack it and upload the workbook or statement itself."
            )
        self._is_first = False
        seen = self._tail + chunk
        if _DECLARATION.search(seen):
            raise ForbiddenContent(
                f'The part "{self._name}" of the workbook declares entities, which no program does; it is not read. '
                "Save the sheet as CSV."
            )
        self._tail = seen[-_OVERLAP:]
        if self._extent:
            self._extent.see(chunk)

    def end(self) -> None:
        if self._extent and self._extent.cells() > CELL_LIMIT:
            raise TooLarge(too_many_cells(self._name))
