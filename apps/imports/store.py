"""The bucket that uploads go to, as the product needs it."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import ClientError
from django.conf import settings
from django.core.files.storage import default_storage

from apps.tenancy.keys import FILES_PREFIX

EXPIRE, ABORT = "wallet-expire-uploads", "wallet-abort-incomplete"
_HOME_REGION = "us-east-1"
_UNKNOWN = {"NotImplemented", "MethodNotAllowed", "501", "405"}
_ABSENT = {"404", "NoSuchBucket", "NoSuchCORSConfiguration", "NoSuchLifecycleConfiguration"}
_NOT_PUBLIC = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)


def store_client() -> Any:
    """boto3's client of the storage that the settings name."""
    return default_storage.connection.meta.client  # type: ignore[attr-defined]  # S3Storage has it


def configure_store() -> list[str]:
    """Brings the bucket to what the product needs and returns a sentence for each part of it. Repeatable.

    The rules of others in its life cycle stay. What the store does not know is told and not an error.
    """
    client = store_client()
    steps: tuple[tuple[str, Callable[[Any], str]], ...] = (
        ("its bucket", _bucket),
        ("posting from our pages (CORS)", _origins),
        ("the expiry of uploads", _life_cycle),
        ("blocking public access", _no_public_access),
    )
    return [_told(what, step, client) for what, step in steps]


def _told(what: str, step: Callable[[Any], str], client: Any) -> str:
    try:
        return step(client)
    except ClientError as error:
        if _code(error) not in _UNKNOWN:
            raise
        return f"The store does not know {what}: see to it by the store's own means."


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _found(ask: Callable[..., dict[str, Any]], key: str) -> Any:
    """What the store answers, or None for what was never set."""
    try:
        return ask(Bucket=settings.S3_BUCKET).get(key)
    except ClientError as error:
        if _code(error) not in _ABSENT:
            raise
        return None


def _bucket(client: Any) -> str:
    try:
        client.head_bucket(Bucket=settings.S3_BUCKET)
    except ClientError as error:
        if _code(error) not in _ABSENT:
            raise
        elsewhere = settings.S3_ENDPOINT_URL is None and settings.S3_REGION != _HOME_REGION
        place = {"CreateBucketConfiguration": {"LocationConstraint": settings.S3_REGION}} if elsewhere else {}
        try:
            client.create_bucket(Bucket=settings.S3_BUCKET, **place)
        except client.exceptions.BucketAlreadyOwnedByYou:
            pass
        else:
            return f"The bucket {settings.S3_BUCKET} was made."
    return f"The bucket {settings.S3_BUCKET} is there."


def _origins(client: Any) -> str:
    """A browser posts the form of a place, and listens to its progress: no other method, no header of ours."""
    rule = {
        "AllowedMethods": ["POST"],
        "AllowedOrigins": our_origins(),
        "AllowedHeaders": ["content-type"],
        "MaxAgeSeconds": 3600,
    }
    told = f"Browsers may post from {', '.join(our_origins())}"
    if _found(client.get_bucket_cors, "CORSRules") == [rule]:
        return f"{told} already."
    client.put_bucket_cors(Bucket=settings.S3_BUCKET, CORSConfiguration={"CORSRules": [rule]})
    return f"{told}."


def our_origins() -> list[str]:
    """The addresses under which our pages are served, as a browser names them."""
    ours = urlsplit(settings.APP_URL)
    port = f":{ours.port}" if ours.port else ""
    names = [name for name in settings.ALLOWED_HOSTS if "*" not in name and not name.startswith(".")]
    return sorted({f"{ours.scheme}://{ours.netloc}", *(f"{ours.scheme}://{name}{port}" for name in names)})


def _life_cycle(client: Any) -> str:
    wanted = _rules()
    found = _found(client.get_bucket_lifecycle_configuration, "Rules") or []
    kept = [rule for rule in found if rule.get("ID") not in {EXPIRE, ABORT}]
    days = settings.IMPORT_KEEP_DAYS
    told = f"Uploads expire after {days} days" if days else "Uploads do not expire"
    told += ", uploads in parts that were left unfinished after 1"
    if [rule for rule in found if rule not in kept] == wanted:
        return f"{told} already."
    client.put_bucket_lifecycle_configuration(
        Bucket=settings.S3_BUCKET, LifecycleConfiguration={"Rules": [*kept, *wanted]}
    )
    return f"{told}."


def _rules() -> list[dict[str, Any]]:
    expire = {
        "ID": EXPIRE,
        "Status": "Enabled",
        "Filter": {"Prefix": FILES_PREFIX},
        "Expiration": {"Days": settings.IMPORT_KEEP_DAYS},
    }
    abort = {
        "ID": ABORT,
        "Status": "Enabled",
        "Filter": {"Prefix": FILES_PREFIX},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
    }
    return [expire, abort] if settings.IMPORT_KEEP_DAYS else [abort]


def _no_public_access(client: Any) -> str:
    try:
        found = _found(client.get_public_access_block, "PublicAccessBlockConfiguration")
    except ClientError as error:
        if _code(error) != "NoSuchPublicAccessBlockConfiguration":
            raise
        found = None
    if found == _NOT_PUBLIC:
        return "Public access is blocked already."
    client.put_public_access_block(Bucket=settings.S3_BUCKET, PublicAccessBlockConfiguration=_NOT_PUBLIC)
    return "Public access is blocked."
