"""Look at the pages outside a household and at its mails: `.venv/bin/python tests/gallery/run.py 8900`, then `/contents/`.

Those inside are walked at both widths by `tests/journeys`, with real rows.

A tool for the eye, not a test: no PostgreSQL, no queue, nothing of apps/ but the component tags.
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.gallery.settings"

import django
from django.core.management import call_command


def main() -> None:
    port = sys.argv[1] if len(sys.argv) > 1 else "8900"
    django.setup()
    call_command("migrate", verbosity=0)
    from tests.gallery.people import fill

    fill()
    call_command("runserver", f"127.0.0.1:{port}", "--noreload", "--nothreading")


if __name__ == "__main__":
    main()
