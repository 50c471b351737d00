"""`manage.py services up|down|status|env`: the embedded servers alone."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.operations.servers import ServerError, Stack


class Command(BaseCommand):
    help = "Start, stop or show the embedded PostgreSQL, Valkey, S3 store, mailbox and fake Stripe; touches no data."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "action",
            choices=["up", "down", "status", "env"],
            help='up and down are safe to repeat; env prints what a shell needs: eval "$(…)"',
        )

    def handle(self, *_args: Any, action: str, **_options: Any) -> None:
        stack = Stack(settings.SERVERS_ROOT, durable=settings.APP_ENV != "test")
        try:
            getattr(self, f"_{action}")(stack)
        except ServerError as error:
            raise CommandError(str(error)) from error

    def _up(self, stack: Stack) -> None:
        variables = stack.up()
        for row in stack.status():
            done = "started" if row.name in stack.started else row.state
            self.stdout.write(f"{row.title:<11} {done:<9} {row.address}")
        if page := variables.get("MAILBOX_URL"):
            self.stdout.write(f"Mail that is sent arrives at {page}")

    def _down(self, stack: Stack) -> None:
        ended = stack.down()
        self.stdout.write(f"Stopped: {', '.join(ended)}." if ended else "Nothing was running.")

    def _status(self, stack: Stack) -> None:
        for row in stack.status():
            self.stdout.write(f"{row.title:<11} {row.state:<9} {row.pid or '':<8} {row.address}".rstrip())

    def _env(self, stack: Stack) -> None:
        for name, value in stack.environment().items():
            quoted = value.replace("'", "'\\''")
            self.stdout.write(f"export {name}='{quoted}'")
