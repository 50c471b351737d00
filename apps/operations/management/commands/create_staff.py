from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from apps.core.errors import ExpectedError
from apps.operations.admin.hiring import hire


class Command(BaseCommand):
    help = "Makes a staff account for /admin/ and prints, once, what the person needs to sign in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            validate_email(options["email"])
            hired = hire(options["email"], name=options["name"], actor="create_staff")
        except ValidationError:
            raise CommandError(f"{options['email']!r} is no e-mail address.") from None
        except ExpectedError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(
            f"{hired.user.email} signs in under /admin/. This is shown once; hand it over by a safe way.\n"
            f"  password        {hired.password}   (to be changed at the first sign-in)\n"
            f"  secret          {hired.secret}   (for an app that shows codes)\n"
            f"  as an address   {hired.app_url}\n"
            f"  recovery codes  {' '.join(hired.recovery_codes)}   (each is good once)"
        )
