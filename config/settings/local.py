"""What development and tests put into the environment before the shared settings read it."""

import os
from urllib.parse import quote, urlencode

from psycopg.conninfo import conninfo_to_dict

from apps.operations.servers import Stack
from config.settings.environment import BASE_DIR

LOCAL_LOGINS = {
    "DATABASE_URL": "wallet_people",
    "DATABASE_LEDGER_URL": "wallet_ledger",
    "DATABASE_OWNER_URL": "wallet_owner",
}


def login_url(admin_url: str, login: str, password: str) -> str:
    """`admin_url` with another login, and with another database if one is named."""
    parts = conninfo_to_dict(admin_url)
    database = parts.get("dbname") or "wallet"
    kept = {key: value for key, value in parts.items() if key not in {"user", "password", "dbname"}}
    return f"postgresql://{login}:{quote(password)}@/{quote(str(database))}?{urlencode(kept, quote_via=quote)}"


def stack_of(app_env: str) -> Stack:
    """The embedded servers of development or of the tests; tests want speed, and lose their data with the machine."""
    return Stack(BASE_DIR / ".local" / app_env, durable=app_env != "test")


def use_embedded_servers(app_env: str, *, start: bool = False) -> None:
    """Fills what is missing of the environment: servers from the embedded stack, secrets that are good for nothing.

    DATABASE_URL as given by a developer is an administrator's (it may create roles and databases); the three logins
    of the application are derived from it and made by `manage.py prepare_database`. With `start` the embedded servers
    are started, without durability, as tests want them.
    """
    os.environ.setdefault("APP_ENV", app_env)
    stack = stack_of(app_env)
    for name, value in (stack.up() if start else stack.environment()).items():
        os.environ.setdefault(name, value)
    os.environ.setdefault("SECRET_KEY", f"{app_env}-only-" + "not-a-secret-" * 4)
    os.environ.setdefault("APP_URL", f"http://127.0.0.1:{os.environ.get('PORT', '8000')}")
    os.environ.setdefault("LOG_JSON", "false")
    # Before `services up` there is nothing to connect to, yet commands that need no database must load.
    os.environ.setdefault("DATABASE_URL", "postgresql:///wallet")
    os.environ.setdefault("REDIS_URL", "redis://127.0.0.1:6379")
    os.environ.setdefault("EMAIL_URL", "smtp://127.0.0.1:1025")
    os.environ.setdefault("S3_ENDPOINT_URL", "http://127.0.0.1:9000")
    if not {"STRIPE_SECRET_KEY", "STRIPE_SECRET_KEY_FILE"} & os.environ.keys():
        os.environ["STRIPE_API_URL"] = "http://127.0.0.1:12111"
        os.environ["STRIPE_SECRET_KEY"] = "sk_test_" + "notAsecret" * 3
        os.environ["STRIPE_WEBHOOK_SECRET"] = "whsec_" + "notAsecret" * 3
    if "DATABASE_LEDGER_URL" not in os.environ:
        os.environ["DATABASE_ADMIN_URL"] = os.environ["DATABASE_URL"]
        for name, login in LOCAL_LOGINS.items():
            os.environ[name] = login_url(os.environ["DATABASE_ADMIN_URL"], login, f"{login}-local")
