from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.tenancy.migrating import migrate_households


class Command(BaseCommand):
    help = "Applies pending migrations to every household's schema. A failure is named and does not stop the rest."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--threads", type=int, default=2)

    def handle(self, *args: Any, **options: Any) -> None:
        outcome = migrate_households(threads=options["threads"])
        for name, reason in sorted(outcome.failed.items()):
            self.stderr.write(f"{name}: {reason}")
        if outcome.migrated or options["verbosity"] > 1:
            self.stdout.write(f"{len(outcome.migrated)} migrated, {len(outcome.unchanged)} up to date.")
        if outcome.failed:
            raise CommandError(f"{len(outcome.failed)} households were not migrated; run again to take what is left.")
