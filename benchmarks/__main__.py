"""`python -m benchmarks [PART]`: servers up, database made, parts measured, table and JSON written, all put away."""

import argparse
import fcntl
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    from benchmarks.names import PARTS

    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("part", nargs="?", choices=PARTS, help="only this one; the other figures are kept")
    part = parser.parse_args().part
    os.chdir(ROOT)
    local = ROOT / ".local" / "bench"
    local.mkdir(parents=True, exist_ok=True)
    with (local / "running").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Benchmarks of this copy run already.", file=sys.stderr)
            return 1
        return _run(local, [part] if part else list(PARTS))


def _run(local: Path, parts: list[str]) -> int:
    from apps.operations.servers import ServerError, Stack

    stack = Stack(local, durable=True)
    try:
        stack.up()
        # Settings ask the running servers for their addresses.
        os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
        import django

        django.setup()
        from benchmarks.running import run

        return 0 if run(parts) else 1
    except ServerError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        stack.down(stack.started)


if __name__ == "__main__":
    sys.exit(main())
