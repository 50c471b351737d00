"""Getting a file from the person's computer into the store, under the household's own prefix."""

import datetime
import functools
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO, TypeVar, cast

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core import signing
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from apps.imports.errors import NotNow, StoredCopyExpired, StoredCopyMissing, StoreUnavailable, TooLarge
from apps.imports.models import ImportBatch, ImportFile
from apps.imports.store import store_client
from apps.ledger.models import Account
from apps.tenancy.context import HouseholdLike
from apps.tenancy.keys import household_path

SIGNED_SECONDS = 900
SHORTEST_LIFE = datetime.timedelta(days=1)
"""No store expires anything sooner."""
_IN_MEMORY = 4 * 1024 * 1024
T = TypeVar("T")


@dataclass(frozen=True)
class Place:
    """Where the browser may put one file: a form to post it to the store, and a ticket to tell us that it is there."""

    url: str
    fields: dict[str, str]
    ticket: str


def check_size(size_bytes: int) -> None:
    """Raises TooLarge with a sentence for a file that is larger than an import may be."""
    most = settings.IMPORT_MAX_BYTES // 1024**2
    if size_bytes > settings.IMPORT_MAX_BYTES:
        raise TooLarge(
            f"This file has {size_bytes / 1024**2:.0f} MB; a bank's file may have up to {most} MB. "
            "Ask the bank for a shorter period."
        )


def new_key(household: HouseholdLike) -> str:
    """A name in the store under the household's prefix. It is ours, never the person's."""
    return household_path(household, "imports", uuid.uuid4().hex)


def place_for(household: HouseholdLike, *, name: str, size_bytes: int) -> Place:
    """A place for one file, good for fifteen minutes. Nothing is written yet.

    The policy fixes the key, and the size to at most `IMPORT_MAX_BYTES`. The ticket is signed for this household.
    """
    check_size(size_bytes)
    key = new_key(household)
    form = _signer().generate_presigned_post(
        settings.S3_BUCKET,
        key,
        Fields={"Content-Type": "application/octet-stream"},
        Conditions=[
            {"Content-Type": "application/octet-stream"},
            ["content-length-range", 0, settings.IMPORT_MAX_BYTES],
        ],
        ExpiresIn=SIGNED_SECONDS,
    )
    ticket = signing.dumps({"key": key, "name": clean_name(name)}, salt=_salt(household))
    return Place(form["url"], form["fields"], ticket)


def _salt(household: HouseholdLike) -> str:
    return f"imports.uploads:{household.schema_name}"


@functools.cache
def _signer() -> Any:
    """Signs for the address under which browsers reach the store, which may not be the one we use."""
    return boto3.client(
        "s3",
        endpoint_url=settings.S3_PUBLIC_URL,
        region_name=settings.S3_REGION,
        aws_access_key_id=settings.S3_ACCESS_KEY_ID,
        aws_secret_access_key=settings.S3_SECRET_ACCESS_KEY,
        config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
    )


def _asks_the_store(deed: Callable[..., T]) -> Callable[..., T]:
    """Turns whatever the store's client raises into the one sentence."""

    @functools.wraps(deed)
    def guarded(*args: Any, **kwargs: Any) -> T:
        try:
            return deed(*args, **kwargs)
        except (BotoCoreError, ClientError, OSError) as error:
            raise StoreUnavailable from error

    return guarded


def clean_name(name: str) -> str:
    """The name as the database can hold it and a page can show it: no folders, nothing that does not print, its end."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(character for character in last if character.isprintable())[-255:].strip() or "file"


def taken_in(household: HouseholdLike, tickets: list[str]) -> ImportBatch | None:
    """The upload that was made of these tickets before: told twice, it is one. None if any of them is new."""
    if not tickets:
        return None
    keys = {_place(household, ticket)["key"] for ticket in tickets}
    files = list(ImportFile.objects.filter(storage_key__in=keys, part=0).select_related("batch"))
    return files[0].batch if len(files) == len(keys) else None


def _place(household: HouseholdLike, ticket: str) -> dict[str, str]:
    """What the ticket says; raises NotNow for one that is not the household's, or too old."""
    try:
        place: dict[str, str] = signing.loads(ticket, salt=_salt(household), max_age=2 * SIGNED_SECONDS)
    except signing.BadSignature:
        raise NotNow("This upload is too old or not yours. Please choose the file again.") from None
    return place


@_asks_the_store
def take_in(household: HouseholdLike, *, ticket: str, batch: ImportBatch, account: Account | None) -> ImportFile:
    """The file that the browser has put in its place, ready to be read. Told twice, it is one file."""
    place = _place(household, ticket)
    key = place["key"]
    if not default_storage.exists(key):
        raise NotNow("The upload did not arrive. Please choose the file again.")
    file, _ = ImportFile.objects.get_or_create(
        storage_key=key,
        part=0,
        defaults={
            "batch": batch,
            "account": account,
            "name": place["name"],
            "size_bytes": default_storage.size(key),
            "uploaded_by_id": batch.uploaded_by_id,
        },
    )
    return file


@_asks_the_store
def store(
    household: HouseholdLike, *, upload: "UploadedFile[Any]", batch: ImportBatch, account: Account | None
) -> ImportFile:
    """Puts a file that came by a plain form into the store."""
    check_size(upload.size or 0)
    key = default_storage.save(new_key(household), upload)
    return ImportFile.objects.create(
        batch=batch,
        account=account,
        name=clean_name(upload.name or ""),
        size_bytes=upload.size or 0,
        uploaded_by_id=batch.uploaded_by_id,
        storage_key=key,
    )


@contextmanager
def opened(file: ImportFile) -> Iterator[BinaryIO]:
    """The stored file, as long as the block lasts; raises what `fetch` raises. A small one never touches the disk."""
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as spooled:
        content = cast("BinaryIO", spooled)
        fetch(file, content)
        yield content


@_asks_the_store
def fetch(file: ImportFile, into: BinaryIO) -> None:
    """Streams the file from the store into `into` and rewinds it.

    Raises StoredCopyExpired if it is not there any more, StoredCopyMissing if it ought to be.
    """
    try:
        with default_storage.open(file.storage_key, "rb") as stored:
            shutil.copyfileobj(stored, into, 1024 * 1024)
    except FileNotFoundError:
        # Without its bucket the store has no file at all, and that is not the file's end.
        store_client().head_bucket(Bucket=settings.S3_BUCKET)
        is_old = timezone.now() - file.created_at >= SHORTEST_LIFE
        raise (StoredCopyExpired if is_old else StoredCopyMissing) from None
    into.seek(0)


@_asks_the_store
def discard(file: ImportFile) -> None:
    """Removes the stored copy."""
    if file.storage_key:
        default_storage.delete(file.storage_key)
