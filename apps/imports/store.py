"""The bucket that uploads go to, as the product needs it."""

from typing import Any

from botocore.exceptions import ClientError
from django.conf import settings
from django.core.files.storage import default_storage


def store_client() -> Any:
    """boto3's client of the storage that the settings name."""
    return default_storage.connection.meta.client  # type: ignore[attr-defined]  # S3Storage has it


def configure_store() -> None:
    """Makes the bucket if it is not there, and lets browsers post to it from our pages. Repeatable."""
    client = store_client()
    try:
        client.head_bucket(Bucket=settings.S3_BUCKET)
    except ClientError:
        client.create_bucket(Bucket=settings.S3_BUCKET)
