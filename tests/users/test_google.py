"""Signing in with Google is there when its keys are set, and only then."""

import os
import subprocess
import sys
from urllib.parse import urlsplit

from django.conf import settings
from django.test import Client

from tests.planes import both_planes

pytestmark = both_planes
PROVIDER = "allauth.socialaccount.providers.google"
LOGIN_PAGE = """
import django
django.setup()
from django.test import Client
page = Client().get("/accounts/login/").content.decode()
print("/accounts/google/login/" in page)
"""


def login_page_offers_google(**keys: str) -> str:
    """What a process with these keys in its environment says."""
    own = urlsplit(os.environ["DATABASE_URL"])._replace(path="/" + settings.DATABASES["default"]["NAME"]).geturl()
    environment = os.environ | {"DATABASE_URL": own} | keys
    done = subprocess.run(
        [sys.executable, "-c", LOGIN_PAGE], env=environment, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or done.stderr[-300:]


def test_without_keys_there_is_no_google(client: Client) -> None:
    assert PROVIDER not in settings.INSTALLED_APPS
    assert b"google" not in client.get("/accounts/login/").content.lower()
    assert client.get("/accounts/google/login/").status_code == 404


def test_with_keys_the_sign_in_page_offers_it() -> None:
    assert login_page_offers_google(GOOGLE_CLIENT_ID="an-id", GOOGLE_CLIENT_SECRET="a-secret") == "True"


def test_an_id_without_its_secret_stops_the_start() -> None:
    assert "GOOGLE_CLIENT_SECRET" in login_page_offers_google(GOOGLE_CLIENT_ID="an-id")
