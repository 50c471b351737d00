from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.audit.chain import Anchor, first_break, head
from apps.core.errors import ExpectedError


class Command(BaseCommand):
    help = "`verify` walks the audit log's chain of hashes and names the first break; exits non-zero if there is one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("deed", choices=["verify"])
        parser.add_argument(
            "--anchor", metavar="POSITION:HASH", help="as the log line audit_anchor has it; shows a cut-off end"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            anchor = Anchor.parse(options["anchor"]) if options["anchor"] else None
        except ExpectedError as error:
            raise CommandError(str(error)) from None
        if broken := first_break(anchor):
            raise CommandError(broken)
        newest = head()
        self.stdout.write(f"The chain holds. It has {newest.position} events: {newest}" if newest else "No events yet.")
