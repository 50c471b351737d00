from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from apps.core.errors import ExpectedError
from apps.households.models import DeadLetter
from apps.households.operator_door import operator_access
from apps.imports.attempts import TASKS, run_again
from apps.imports.models import ImportFile
from apps.imports.tasks import order


class Command(BaseCommand):
    help = "Lists the work that failed too often, or has it run again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--run-again", metavar="ID", help="the number of a letter, or “all”")

    def handle(self, *args: Any, **options: Any) -> None:
        waiting = DeadLetter.objects.filter(resolved_at=None).select_related("household")
        match options["run_again"]:
            case None:
                self._list(list(waiting))
            case "all":
                self._run_all_again(list(waiting))
            case number:
                self.stdout.write(_run_again(_letter(number)))

    def _list(self, letters: list[DeadLetter]) -> None:
        for letter in letters:
            ids = ", ".join(f"{name} {value}" for name, value in letter.arguments.items())
            self.stdout.write(
                f"{letter.pk}  {letter.household.public_id}  {letter.task} ({ids})  "
                f"since {letter.failed_at:%Y-%m-%d %H:%M} UTC  after {letter.attempt_count} attempts: {letter.reason}"
            )
        if not letters:
            self.stdout.write("Nothing failed too often.")

    def _run_all_again(self, letters: list[DeadLetter]) -> None:
        refused = 0
        for letter in letters:
            try:
                self.stdout.write(_run_again(letter))
            except CommandError as refusal:
                refused += 1
                self.stderr.write(str(refusal))
        if refused:
            raise CommandError(f"{refused} of {len(letters)} could not be run again.")
        if not letters:
            self.stdout.write("Nothing failed too often.")


def _letter(number: str) -> DeadLetter:
    letter = DeadLetter.objects.filter(pk=number).select_related("household").first() if number.isdecimal() else None
    if letter is None:
        raise CommandError(f"There is no dead letter {number}.")
    if letter.resolved_at is not None:
        raise CommandError(f"Dead letter {number} was resolved on {letter.resolved_at:%Y-%m-%d at %H:%M} UTC already.")
    return letter


def _run_again(letter: DeadLetter) -> str:
    """Puts the work back and orders its job; returns what to tell. Work that has moved on only loses its letter."""
    household = letter.household
    if letter.task not in TASKS.values():
        raise CommandError(f"Dead letter {letter.pk} is about {letter.task}, which this command does not know.")
    if not household.is_ready:
        raise CommandError(f"The household of dead letter {letter.pk} is still being made; try again later.")
    reason = f"dead letter {letter.pk}: running {letter.task} again"
    try:
        with operator_access(household, actor="dead_letters", reason=reason):
            file = ImportFile.objects.get(pk=letter.arguments["file_id"])
            run_again(file)
            order(household, file)
    except (ExpectedError, ImportFile.DoesNotExist):
        DeadLetter.objects.filter(pk=letter.pk).update(resolved_at=timezone.now())
        return f"Dead letter {letter.pk}: the work has moved on without it; there is nothing to run again."
    return f"Dead letter {letter.pk}: {letter.task} of {household.public_id} runs again."
