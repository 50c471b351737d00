"""Reading the environment: every setting has one variable, and each may come from a file (`NAME_FILE`)."""

from pathlib import Path
from typing import Any

import environ
from psycopg.conninfo import conninfo_to_dict

BASE_DIR = Path(__file__).resolve().parents[2]

env = environ.FileAwareEnv()


def database(url: str, *, engine: str = "django.db.backends.postgresql", **extra: Any) -> dict[str, Any]:
    """Django's settings of one database, from any URL that libpq reads (`postgresql://user@host/name?…`)."""
    parts = conninfo_to_dict(url)
    return {
        "ENGINE": engine,
        "NAME": parts.pop("dbname", "wallet"),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": str(parts.pop("port", "") or ""),
        "OPTIONS": {**parts, **extra.pop("options", {})},
        **extra,
    }
