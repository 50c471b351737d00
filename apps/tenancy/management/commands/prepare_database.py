import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.tenancy.preparing import prepare_database


class Command(BaseCommand):
    help = (
        "Makes the three logins, the database and their rights, as an administrator (DATABASE_ADMIN_URL). Repeatable."
    )
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        admin_url = os.environ.get("DATABASE_ADMIN_URL")
        if not admin_url:
            raise CommandError("Set DATABASE_ADMIN_URL to a login that may create roles and databases.")
        prepare_database(admin_url)
