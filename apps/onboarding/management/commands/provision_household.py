from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.onboarding.finishing import finish_household
from apps.onboarding.opening import open_household
from apps.users.models import User


class Command(BaseCommand):
    help = "Opens a household for a person who has signed up, and prints its public id."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--owner", required=True, help="e-mail address of the person")
        parser.add_argument("--name", required=True)
        parser.add_argument("--currency", default="USD")
        parser.add_argument("--time-zone", default="UTC")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            owner = User.objects.get_by_natural_key(options["owner"])
        except User.DoesNotExist:
            raise CommandError(f"Nobody has signed up as {options['owner']}.") from None
        household = open_household(
            owner=owner, name=options["name"], currency=options["currency"], time_zone=options["time_zone"]
        )
        finish_household(household)
        self.stdout.write(household.public_id)
