import os
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from apps.billing.errors import BillingUnavailable
from apps.billing.selling import ensure_prices
from apps.imports.store import configure_store
from apps.onboarding.demo.household import ensure_demo
from apps.tenancy import schemas


class Command(BaseCommand):
    help = "Brings a development machine to where it can run: logins, database, tables, bucket, spares, demo household."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        if "DATABASE_ADMIN_URL" in os.environ:
            call_command("prepare_database")
        call_command("migrate", verbosity=0)
        call_command("migrate_households", verbosity=0)
        configure_store()
        try:
            ensure_prices()
        except BillingUnavailable:
            self.stdout.write("Stripe does not answer: nothing can be bought until `manage.py sync_plans` has run.")
        schemas.keep_spares(settings.HOUSEHOLD_SPARES)
        if ensure_demo(today=timezone.localdate()):
            self.stdout.write("The demo household is filled.")
