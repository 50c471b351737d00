"""The bucket is brought to what the product needs, by what the store itself answers afterwards."""

import io
import threading
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from apps.households.models import Household
from apps.imports import uploads
from apps.imports.errors import StoreUnavailable
from apps.imports.models import ImportFile
from apps.imports.store import store_client
from apps.tenancy.keys import household_path
from tests.planes import both_planes

pytestmark = both_planes

ORIGINS = ["http://127.0.0.1:8000", "http://localhost:8000", "http://testserver:8000"]
EXPIRE = {
    "ID": "wallet-expire-uploads",
    "Status": "Enabled",
    "Filter": {"Prefix": "households/"},
    "Expiration": {"Days": 30},
}
ABORT = {
    "ID": "wallet-abort-incomplete",
    "Status": "Enabled",
    "Filter": {"Prefix": "households/"},
    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
}


@pytest.fixture
def own_bucket(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The name of a bucket that is not there yet."""
    name = settings.S3_BUCKET = f"try-{uuid.uuid4().hex[:12]}"
    settings.APP_URL = "http://127.0.0.1:8000"
    settings.ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost", "*", ".example.com"]
    yield name
    if any(bucket["Name"] == name for bucket in store_client().list_buckets()["Buckets"]):
        store_client().delete_bucket(Bucket=name)


def configure() -> list[str]:
    out = io.StringIO()
    call_command("configure_storage", stdout=out)
    return out.getvalue().splitlines()


def rules(bucket: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = store_client().get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    return found


def test_a_bucket_is_made_and_the_store_keeps_its_rules(own_bucket: str) -> None:
    assert configure() == [
        f"The bucket {own_bucket} was made.",
        f"Browsers may post from {', '.join(ORIGINS)}.",
        "Uploads expire after 30 days, uploads in parts that were left unfinished after 1.",
        "The store does not know blocking public access: see to it by the store's own means.",
    ]
    assert rules(own_bucket) == [EXPIRE, ABORT]
    (cors,) = store_client().get_bucket_cors(Bucket=own_bucket)["CORSRules"]
    assert (cors["AllowedMethods"], cors["AllowedOrigins"]) == (["POST"], ORIGINS)


def test_twice_is_once(own_bucket: str) -> None:
    configure()
    assert configure()[:3] == [
        f"The bucket {own_bucket} is there.",
        f"Browsers may post from {', '.join(ORIGINS)} already.",
        "Uploads expire after 30 days, uploads in parts that were left unfinished after 1 already.",
    ]
    assert rules(own_bucket) == [EXPIRE, ABORT]


def test_the_time_can_be_changed_and_rules_of_others_stay(own_bucket: str, settings: LazySettings) -> None:
    configure()
    theirs = {"ID": "theirs", "Status": "Enabled", "Filter": {"Prefix": "logs/"}, "Expiration": {"Days": 7}}
    store_client().put_bucket_lifecycle_configuration(
        Bucket=own_bucket, LifecycleConfiguration={"Rules": [EXPIRE, theirs, ABORT]}
    )
    settings.IMPORT_KEEP_DAYS = 7
    assert configure()[2].startswith("Uploads expire after 7 days")
    assert rules(own_bucket) == [theirs, EXPIRE | {"Expiration": {"Days": 7}}, ABORT]
    settings.IMPORT_KEEP_DAYS = 0
    assert configure()[2].startswith("Uploads do not expire")
    assert rules(own_bucket) == [theirs, ABORT]


def test_uploads_lie_where_the_rule_looks(household: Household) -> None:
    assert household_path(household, "imports", "x").startswith(EXPIRE["Filter"]["Prefix"])  # type: ignore[index]


def test_a_store_that_is_away_is_told(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    import boto3

    away = boto3.client(
        "s3", endpoint_url="http://127.0.0.1:1", region_name="x", aws_access_key_id="x", aws_secret_access_key="x"
    )
    monkeypatch.setattr(default_storage.connection.meta, "client", away)
    with pytest.raises(CommandError, match="could not be set up"):
        configure()


def test_a_bucket_that_is_gone_is_not_a_file_that_has_expired(household: Household, own_bucket: str) -> None:
    """Every file would be given up at once, when somebody only has to name the right bucket."""
    storage_bucket = default_storage.bucket_name  # type: ignore[attr-defined]
    default_storage.bucket_name = own_bucket  # type: ignore[attr-defined]
    default_storage._bucket = None  # type: ignore[attr-defined]
    try:
        with pytest.raises(StoreUnavailable):
            uploads.fetch(ImportFile(storage_key="households/x/imports/gone"), io.BytesIO())
    finally:
        default_storage.bucket_name = storage_bucket  # type: ignore[attr-defined]
        default_storage._bucket = None  # type: ignore[attr-defined]


def test_a_file_is_kept_and_comes_back_without_a_thread(bucket: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that cannot begin, as in a worker at its limit of memory, would be waited for for ever."""

    def refuse(_thread: threading.Thread) -> None:
        raise MemoryError

    content = b"x" * 20_000_000  # more than boto3 would send in one part
    monkeypatch.setattr(threading.Thread, "start", refuse)
    key = default_storage.save(f"tests/{uuid.uuid4().hex}", io.BytesIO(content))
    with default_storage.open(key, "rb") as stored:
        assert stored.read() == content
