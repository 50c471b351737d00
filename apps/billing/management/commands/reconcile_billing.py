from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.billing.errors import BillingUnavailable
from apps.billing.reconciling import reconcile


class Command(BaseCommand):
    help = "Compare every household's subscription with Stripe now and repair it, as the scheduler does each night."

    def handle(self, *_args: Any, **_options: Any) -> None:
        try:
            found = reconcile()
        except BillingUnavailable as error:
            raise CommandError("Stripe did not answer, or refused the key; the log says which.") from error
        self.stdout.write(f"{found.checked} households compared, {len(found.repaired)} repaired.")
        for household in found.failed:
            self.stdout.write(f"Not compared: household {household}; the log says why.")
        for subscription in found.orphans:
            self.stdout.write(f"Paid for no household: {subscription}")
