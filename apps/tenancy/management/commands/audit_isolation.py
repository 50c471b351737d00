from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.tenancy.isolation import find_excesses, reach_of_households


class Command(BaseCommand):
    help = (
        "Reads PostgreSQL's catalogue and prints what each household's role can reach. "
        "Exits non-zero if any role can reach more than its own schema."
    )
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        for reach in reach_of_households():
            self.stdout.write(
                f"{reach.household}: reads {reach.readable_count} and writes {reach.writable_count} tables of its own"
            )
        excesses = find_excesses()
        for excess in excesses:
            self.stderr.write(f"{excess.household or 'database'}: {excess.excess}: {excess.detail}")
        if excesses:
            raise CommandError(f"{len(excesses)} rights reach further than they should.")
        self.stdout.write("No role reaches further than its own schema.")
