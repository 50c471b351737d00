"""The bucket that uploads go to, as the product needs it."""

from botocore.exceptions import ClientError
from django.conf import settings
from django.core.files.storage import default_storage


def configure_store() -> None:
    """Makes the bucket if it is not there, and lets browsers post to it from our pages. Repeatable."""
    client = default_storage.connection.meta.client
    try:
        client.head_bucket(Bucket=settings.S3_BUCKET)
    except ClientError:
        client.create_bucket(Bucket=settings.S3_BUCKET)
