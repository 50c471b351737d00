"""With a virus scanner set, a file is read after it passed, and waits while the scanner is away."""

import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from apps.households.models import Household
from apps.imports import attempts, reading, scanning, uploads
from apps.imports.errors import ScannerUnavailable, StoredCopyMissing
from apps.imports.models import ImportBatch, ImportFile
from apps.imports.states import State
from apps.ledger.models import Account
from apps.tenancy.context import household_context
from tests.imports.bank import NOVEMBER, checking
from tests.imports.clamd import EICAR, FakeClamd, running
from tests.planes import both_planes

pytestmark = both_planes
FOUND = "The virus scanner found Eicar-Test-Signature in this file; it was not read, and the stored copy was removed."


@pytest.fixture(params=["tcp", "unix"])
def clamd(request: pytest.FixtureRequest, tmp_path: Path, settings: object) -> Iterator[FakeClamd]:
    # A socket's path may have 107 bytes, and pytest's directories are long.
    path = Path(f"/tmp/clamd-{os.getpid()}.sock") if request.param == "unix" else None  # noqa: S108
    try:
        with running(path) as (server, url):
            settings.CLAMAV_URL = url  # type: ignore[attr-defined]
            yield server
    finally:
        if path:
            path.unlink(missing_ok=True)


def stored(household: Household, content: bytes) -> ImportFile:
    with household_context(household):
        account = Account.objects.create(name="Checking", currency="USD")
        sent = SimpleUploadedFile("a.csv", content)
        return uploads.store(household, upload=sent, batch=ImportBatch.objects.create(), account=account)


def fresh(household: Household, file: ImportFile) -> ImportFile:
    with household_context(household):
        return ImportFile.objects.get(pk=file.pk)


def test_a_clean_file_is_read_after_it_was_scanned(bucket: None, household: Household, clamd: FakeClamd) -> None:
    content = checking(NOVEMBER)
    file = stored(household, content)
    reading.read_file(household, file.pk)
    assert fresh(household, file).state == State.READ
    assert clamd.streams == [len(content)]


def test_an_infected_file_is_not_read_and_not_kept(bucket: None, household: Household, clamd: FakeClamd) -> None:
    file = stored(household, checking(NOVEMBER) + EICAR)
    reading.read_file(household, file.pk)
    refused = fresh(household, file)
    assert (refused.state, refused.error) == (State.FAILED, FOUND)
    assert not default_storage.exists(file.storage_key)
    with household_context(household):
        assert not refused.rows.exists()


def test_the_page_says_what_was_found(
    bucket: None, household: Household, clamd: FakeClamd, member_client: Client
) -> None:
    file = stored(household, EICAR)
    reading.read_file(household, file.pk)
    assert FOUND in member_client.get(f"/h/ours/imports/{file.pk}/").content.decode()


@pytest.mark.parametrize("mode", ["garbage", "silent", "slow"])
def test_no_clear_answer_is_not_the_files_fault(
    bucket: None, household: Household, clamd: FakeClamd, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = stored(household, checking(NOVEMBER))
    clamd.mode = mode
    if mode == "slow":
        clamd.delay = 1.0
        monkeypatch.setattr(scanning, "ANSWER_SECONDS", 0.1)
    for _ in range(attempts.ATTEMPTS + 1):
        with pytest.raises(ScannerUnavailable):
            attempts.attempt(reading.read_file, household, file.pk, State.UPLOADED)
    waiting = fresh(household, file)
    assert (waiting.state, waiting.attempt_count) == (State.UPLOADED, 0)
    clamd.mode, clamd.delay = "well", 0.0
    monkeypatch.setattr(scanning, "ANSWER_SECONDS", 30)
    attempts.attempt(reading.read_file, household, file.pk, State.UPLOADED)
    assert fresh(household, file).state == State.READ


@pytest.mark.parametrize("url", ["tcp://127.0.0.1:1", "unix:///nonexistent/clamd.sock"])
def test_a_scanner_that_is_away_makes_files_wait(
    bucket: None, household: Household, settings: object, url: str
) -> None:
    settings.CLAMAV_URL = url  # type: ignore[attr-defined]
    file = stored(household, checking(NOVEMBER))
    with pytest.raises(ScannerUnavailable):
        attempts.attempt(reading.read_file, household, file.pk, State.UPLOADED)
    assert fresh(household, file).state == State.UPLOADED


@pytest.mark.parametrize("limit", [1, 300_000, 5_000_000])
def test_a_file_that_the_scanner_does_not_take_is_not_read(
    bucket: None, household: Household, clamd: FakeClamd, limit: int
) -> None:
    clamd.longest_stream = limit
    file = stored(household, checking(NOVEMBER) + b"x" * 10_000_000)
    reading.read_file(household, file.pk)
    refused = fresh(household, file)
    assert refused.state == State.FAILED
    assert refused.error.startswith("This file is larger than the virus scanner takes, so it was not read.")


def test_content_is_whole_and_at_its_beginning_afterwards(clamd: FakeClamd) -> None:
    content = io.BytesIO(b"x" * (2 * scanning.CHUNK_BYTES + 1))
    content.seek(77)
    scanning.scan(content)
    assert content.tell() == 0
    assert clamd.streams == [2 * scanning.CHUNK_BYTES + 1]


def test_without_a_scanner_nothing_is_asked(bucket: None, household: Household) -> None:
    file = stored(household, checking(NOVEMBER) + EICAR)
    reading.read_file(household, file.pk)
    assert fresh(household, file).state == State.READ


def test_readiness_has_the_scanner_only_where_there_is_one(bucket: None, client: Client, clamd: FakeClamd) -> None:
    assert client.get("/health/ready").json()["parts"]["scanner"] == "ok"
    clamd.mode = "garbage"
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["parts"]["scanner"]) == (503, "ScannerUnavailable")


def test_a_stored_copy_that_has_expired_is_told(bucket: None, household: Household) -> None:
    file = stored(household, checking(NOVEMBER))
    default_storage.delete(file.storage_key)
    with household_context(household):
        ImportFile.objects.filter(pk=file.pk).update(created_at=timezone.now() - uploads.SHORTEST_LIFE)
    attempts.attempt(reading.read_file, household, file.pk, State.UPLOADED)
    expired = fresh(household, file)
    assert (expired.state, expired.error) == (
        State.FAILED,
        "The stored copy of this file has expired; upload the file again.",
    )


def test_a_fresh_copy_that_is_missing_is_looked_for_again_and_not_for_ever(bucket: None, household: Household) -> None:
    file = stored(household, checking(NOVEMBER))
    default_storage.delete(file.storage_key)
    for _ in range(attempts.ATTEMPTS):
        with pytest.raises(StoredCopyMissing):
            attempts.attempt(reading.read_file, household, file.pk, State.UPLOADED)
    attempts.attempt(reading.read_file, household, file.pk, State.UPLOADED)
    assert fresh(household, file).state == State.STALLED
