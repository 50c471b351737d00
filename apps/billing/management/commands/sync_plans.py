from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.billing.errors import BillingUnavailable
from apps.billing.selling import ensure_prices


class Command(BaseCommand):
    help = "Put the plans on sale at Stripe: their products and prices, found or made. Run it after a price changed."

    def handle(self, *_args: Any, **_options: Any) -> None:
        try:
            made = ensure_prices()
        except BillingUnavailable as error:
            raise CommandError("Stripe did not answer, or refused the key; the log says which.") from error
        self.stdout.write(f"Made at Stripe: {', '.join(made)}" if made else "Stripe has all of them.")
