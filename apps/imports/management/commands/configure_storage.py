from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.imports.store import configure_store


class Command(BaseCommand):
    help = "Brings the bucket of the uploads to what the product needs: CORS, expiry, no public access. Repeatable."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            told = configure_store()
        except (BotoCoreError, ClientError, OSError) as error:
            store = settings.S3_ENDPOINT_URL or "Amazon S3"
            raise CommandError(f"{store} could not be set up: {error}") from None
        self.stdout.write("\n".join(told))
