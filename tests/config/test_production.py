"""Production starts with all its secrets or not at all, and passes Django's own check of a deployment."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
COMPLETE = {
    "APP_ENV": "production",
    "APP_URL": "https://wallet.example.com",
    "SECRET_KEY": "pMZ7vUq3wN9xLk2Rj8sYb4TfHg6DcEa1QoWiXuZyVtSrPmKnJl",
    "DATABASE_URL": "postgresql://people:p@127.0.0.1:1/wallet",
    "DATABASE_LEDGER_URL": "postgresql://ledger:l@127.0.0.1:1/wallet",
    "REDIS_URL": "redis://127.0.0.1:1",
    "EMAIL_URL": "smtp+tls://user:secret@127.0.0.1:1",
    "STRIPE_SECRET_KEY": "sk_live_pMZ7vUq3wN9xLk2Rj8sYb4Tf",
    "STRIPE_WEBHOOK_SECRET": "whsec_HgD6cEa1QoWiXuZyVtSrPmKn",
}
BEHIND_A_PROXY = {**COMPLETE, "TRUSTED_PROXY_COUNT": "1"}
# Slow passwords are the point of these; the tests' own settings use cheap ones.
HASHES = """
import django
django.setup()
from django.contrib.auth.hashers import check_password, identify_hasher, make_password
new = make_password("a-long-enough-word")
old = "bcrypt$$2b$12$" + {tail!r}
print(new.split("$")[0], new.split("$")[3], identify_hasher(new).must_update(new))
print(check_password("a-long-enough-word", old), check_password("another", old))
"""


def python(*arguments: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """A process that knows nothing of the tests' environment."""
    given = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "config.settings.production", **environment}
    return subprocess.run(
        [sys.executable, "-W", "error::DeprecationWarning:apps", *arguments],
        cwd=PROJECT,
        env=given,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def load(environment: dict[str, str]) -> tuple[int, str]:
    """The exit code of loading the settings, and the last line that was said."""
    done = python("-c", "from django.conf import settings; print(settings.SECRET_KEY)", environment=environment)
    return done.returncode, (done.stderr or done.stdout).strip().splitlines()[-1]


def test_the_check_of_a_deployment_is_clean() -> None:
    done = python("manage.py", "check", "--deploy", "--fail-level", "WARNING", environment=BEHIND_A_PROXY)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (
        0,
        "System check identified no issues (0 silenced).",
        "",
    )


def test_the_check_of_a_deployment_names_a_proxy_that_nobody_counted() -> None:
    done = python("manage.py", "check", "--deploy", environment=COMPLETE)
    assert done.returncode == 1
    assert "(operations.E004) SECURE_PROXY_SSL_HEADER is set and TRUSTED_PROXY_COUNT is 0" in done.stderr


@pytest.mark.parametrize("module", ["production", "staging"])
def test_cookies_are_bound_to_the_host_and_to_https(module: str) -> None:
    say = """
from django.conf import settings as s
for kind in ("SESSION", "CSRF"):
    print([getattr(s, f"{kind}_COOKIE_{part}") for part in ("NAME", "SECURE", "HTTPONLY", "SAMESITE", "PATH", "DOMAIN")])
"""
    done = python("-c", say, environment=COMPLETE | {"DJANGO_SETTINGS_MODULE": f"config.settings.{module}"})
    assert done.stdout.splitlines() == [
        "['__Host-session', True, True, 'Lax', '/', None]",
        "['__Host-csrf', True, True, 'Lax', '/', None]",
    ]


@pytest.mark.parametrize("name", sorted(COMPLETE))
def test_production_refuses_to_start_without(name: str) -> None:
    code, said = load({key: value for key, value in COMPLETE.items() if key != name})
    assert (code, said) == (1, f"django.core.exceptions.ImproperlyConfigured: Set the {name} environment variable")


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("SECRET_KEY", "", "SECRET_KEY must be a random string of at least 50 characters."),
        ("SECRET_KEY", "short", "SECRET_KEY must be a random string of at least 50 characters."),
        (
            "SECRET_KEY",
            "development-only-" + "not-a-secret-" * 4,
            "SECRET_KEY must be a random string of at least 50 characters.",
        ),
        ("APP_URL", "http://wallet.example.com", "APP_URL must begin with https:// in production."),
        (
            "STRIPE_SECRET_KEY",
            "rk_live_pMZ7vUq3wN9xLk2Rj8sYb4Tf",
            "STRIPE_SECRET_KEY must be a secret key of Stripe: sk_live_ and 24 or more letters.",
        ),
        (
            "STRIPE_WEBHOOK_SECRET",
            "we_1",
            "STRIPE_WEBHOOK_SECRET must be the signing secret of the webhook: whsec_ and more.",
        ),
        (
            "STRIPE_API_URL",
            "http://127.0.0.1:12111",
            "STRIPE_API_URL leads to a Stripe of development and tests; it must not be set here.",
        ),
    ],
)
def test_production_refuses_to_start_with(name: str, value: str, reason: str) -> None:
    assert load({**COMPLETE, name: value}) == (1, f"django.core.exceptions.ImproperlyConfigured: {reason}")


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    environment = dict(COMPLETE)
    for name in sorted({*COMPLETE} - {"APP_ENV", "APP_URL"}):
        file = tmp_path / name
        file.write_text(environment.pop(name))
        environment[f"{name}_FILE"] = str(file)
    assert load(environment) == (0, COMPLETE["SECRET_KEY"])


def test_the_owners_login_is_there_only_where_it_is_given() -> None:
    say = "from django.conf import settings; print(sorted(settings.DATABASES), settings.DEBUG)"
    owner = {"DATABASE_OWNER_URL": "postgresql://owner:o@127.0.0.1:1/wallet"}
    assert python("-c", say, environment=COMPLETE).stdout == "['default', 'households'] False\n"
    assert python("-c", say, environment=COMPLETE | owner).stdout == "['default', 'households', 'owner'] False\n"


def test_passwords_cost_twelve_rounds_and_those_of_the_single_user_app_still_open() -> None:
    import bcrypt

    tail = bcrypt.hashpw(b"a-long-enough-word", bcrypt.gensalt(12)).decode().removeprefix("$2b$12$")
    done = python("-c", HASHES.format(tail=tail), environment=COMPLETE)
    assert (done.stdout.splitlines(), done.returncode) == (["bcrypt_sha256 12 False", "True False"], 0)
