"""`manage.py run`: the whole product on this machine until Ctrl-C."""

import os
import shlex
import signal
import subprocess
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.operations.servers import GIVEN, ServerError, Stack, ports
from apps.operations.servers.stripe import WEBHOOK_PATH, send_webhooks_to

DEMO_EMAIL = "demo@example.com"
DEMO_PASSWORD = "demo-wallet-2026"  # noqa: S105 — a household of invented data on one's own machine


class Command(BaseCommand):
    help = "Start the servers, prepare the database, run web, worker and scheduler; Ctrl-C stops all. PORT=8000."
    requires_system_checks = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        port = _port()
        stack = Stack(settings.SERVERS_ROOT)
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _leave)
        try:
            variables = _start(stack)
            send_webhooks_to(f"http://127.0.0.1:{port}{WEBHOOK_PATH}", variables)
            self._greet(port, variables.get("MAILBOX_URL"))
            code = _run_processes(port)
        except KeyboardInterrupt:
            code = 130
        finally:
            stack.down(stack.started)
        sys.exit(code)

    def _greet(self, port: int, mailbox: str | None) -> None:
        lines = [
            "",
            f"  Maxwell's Wallet   http://127.0.0.1:{port}",
            f"  Sign in as         {DEMO_EMAIL} with {DEMO_PASSWORD}",
            *([f"  Mail it sends      {mailbox}"] if mailbox else []),
            "  Stop               Ctrl-C",
            "",
        ]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()


def _port() -> int:
    wanted = GIVEN.get("PORT", "8000")
    if not wanted.isdecimal() or not 0 < int(wanted) < 65536:
        raise CommandError(f"PORT must be a number from 1 to 65535, not {wanted!r}.")
    if not ports.is_free(int(wanted)):
        raise CommandError(f"Port {wanted} is taken; free it, or choose another one: PORT=8001 make run")
    return int(wanted)


def _start(stack: Stack) -> dict[str, str]:
    try:
        variables = stack.up()
    except ServerError as error:
        raise CommandError(str(error)) from error
    # A process of its own: our settings were read before the servers had addresses.
    prepared = subprocess.run(_manage("prepare"), cwd=settings.BASE_DIR, env=dict(GIVEN), check=False)
    if prepared.returncode:
        raise CommandError("The database could not be prepared; the reason stands above.")
    return variables


def _run_processes(port: int) -> int:
    from honcho.manager import Manager

    schedule = settings.SERVERS_ROOT / "celerybeat-schedule"
    commands = {
        "web": _manage("runserver", f"127.0.0.1:{port}"),
        "worker": _celery("worker", "--loglevel", "info", "--concurrency", "2"),
        "beat": _celery("beat", "--loglevel", "warning", "--schedule", str(schedule)),
    }
    manager = Manager()
    for name, command in commands.items():
        environment = dict(GIVEN) | {"PORT": str(port), "PYTHONUNBUFFERED": "1"}
        manager.add_process(name, f"exec {shlex.join(command)}", env=environment, cwd=str(settings.BASE_DIR))
    # honcho takes SIGINT and SIGTERM over; a closed terminal ends all as well.
    signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    manager.loop()
    return int(manager.returncode or 0)


def _manage(*arguments: str) -> list[str]:
    return [sys.executable, "manage.py", *arguments]


def _celery(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "celery", "-A", "config", *arguments]


def _leave(number: int, _frame: object) -> None:
    sys.exit(128 + number)
