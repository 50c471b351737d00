"""`python -m apps.operations.servers.fake_stripe PORT SECRETS`: the fake's process, until it is told to end.

SECRETS is a file with the secret key and the webhook secret, because everybody on the machine can read a command line.
Its directory is where the accounts are kept. When its own code changes, the process begins anew by itself, as the
same process: it outlives test runs, and yesterday's fake must not answer today's tests.
"""

import os
import signal
import sys
import threading
import time
from pathlib import Path

from .server import serve

_LOOK_EVERY = 0.5


def main(port: int, secrets: Path) -> None:
    key, webhook_secret = secrets.read_text().split()
    server = serve(port, secrets.parent / "accounts", key=key, webhook_secret=webhook_secret)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    threading.Thread(target=_begin_anew_when_changed, args=[_source()], daemon=True).start()
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    server.shutdown()


def _begin_anew_when_changed(source: float) -> None:
    while _source() == source:
        time.sleep(_LOOK_EVERY)
    os.execv(sys.executable, sys.orig_argv)  # noqa: S606 — the very command that began this process


def _source() -> float:
    """Grows when a file of this package is changed."""
    return sum(path.stat().st_mtime for path in Path(__file__).parent.glob("*.py"))


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    main(int(sys.argv[1]), Path(sys.argv[2]))
