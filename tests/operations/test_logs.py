"""A log line holds no password, token, cookie or e-mail address, whoever writes it: they are sent here and looked for."""

import io
import json
import logging
import logging.config
import time
from collections.abc import Iterator

import pytest
import structlog
from django.conf import settings
from django.test import Client

from config.logs import logging_settings, mask_text
from tests.planes import both_planes

pytestmark = both_planes
SECRETS = ["s3cr3t-word", "tok-4711-tok", "jane.doe@example.com", "jane.doe%40example.com", "sess-0815-sess"]


@pytest.fixture(params=[True, False], ids=["json", "text"])
def lines(request) -> Iterator[io.StringIO]:
    """What all loggers write, as in production and as a developer sees it."""
    stream = io.StringIO()
    formatters = logging_settings(as_json=request.param, level="DEBUG")["formatters"]["lines"]
    made = dict(formatters)
    handler = logging.StreamHandler(stream)
    handler.setFormatter(made.pop("()")(**made))
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(before)


def _hold_none(written: str) -> None:
    assert written
    assert [secret for secret in SECRETS if secret in written] == []


def test_what_a_visitor_sends_is_in_no_line(lines: io.StringIO) -> None:
    client = Client(
        headers={"authorization": "Bearer tok-4711-tok", "x-api-key": "tok-4711-tok"}, raise_request_exception=False
    )
    client.cookies[settings.SESSION_COOKIE_NAME] = "sess-0815-sess"
    client.post("/accounts/login/?email=jane.doe@example.com", {"login": SECRETS[2], "password": "s3cr3t-word"})
    client.post("/accounts/signup/", {"email": SECRETS[2], "password1": "s3cr3t-word", "name": "Jane"})
    client.post("/accounts/password/reset/", {"email": SECRETS[2]})
    client.get("/accounts/password/reset/key/1-tok-4711-tok/")
    client.get("/accounts/confirm-email/tok-4711-tok/")
    client.get("/nothing/jane.doe@example.com/?token=tok-4711-tok&email=jane.doe%40example.com")
    client.post("/accounts/login/", {"a": "s3cr3t-word"}, headers={"host": "jane.doe@example.com"})
    client.get("/health/ready?password=s3cr3t-word")
    Client(enforce_csrf_checks=True).post("/accounts/login/?token=tok-4711-tok", {"password": "s3cr3t-word"})
    _hold_none(lines.getvalue())


def test_an_exception_is_masked_with_its_message(lines: io.StringIO) -> None:
    def breaks() -> None:
        raise ValueError("Key (email)=(jane.doe@example.com) exists; password=s3cr3t-word")

    try:
        breaks()
    except ValueError:
        logging.getLogger("somewhere").exception("broke with token=%s", "tok-4711-tok")
        structlog.get_logger("elsewhere").exception("broke", address="https://a/?sessionid=sess-0815-sess")
    _hold_none(lines.getvalue())
    assert "ValueError" in lines.getvalue()


def test_values_inside_values_are_masked(lines: io.StringIO) -> None:
    structlog.get_logger("x").info(
        "sent", headers={"Cookie": "sess-0815-sess", "list": ["token=tok-4711-tok"]}, count=3
    )
    _hold_none(lines.getvalue())


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Cookie: a=b; sessionid=c", "Cookie: [masked]"),
        ("Authorization: Basic dXNlcjpwYXNz", "Authorization: [masked]"),
        ("got Bearer abcdefghijkl", "got Bearer [masked]"),
        ("/a?next=/b&token=abc&x=1", "/a?next=/b&token=[masked]&x=1"),
        ("csrfmiddlewaretoken=abc", "csrfmiddlewaretoken=[masked]"),
        ("{'password1': 'abc', 'name': 'Jo'}", "{'password1': '[masked]', 'name': 'Jo'}"),
        ("{'password': 'horse battery; staple', 'x': 1}", "{'password': '[masked]', 'x': 1}"),
        ('password="horse, \\"battery\\" staple" in it', 'password="[masked]" in it'),
        ("recovery code=horse-battery", "recovery code=[masked]"),
        ("Invalid code: 'horse' for otp", "Invalid code: '[masked]' for otp"),
        ("/x?X-Amz-Date=1&X-Amz-Signature=abc", "/x?X-Amz-Date=1&X-Amz-Signature=[masked]"),
        ("status code: 404", "status code: 404"),
        ("postgresql://wallet:abc@db/wallet", "postgresql://wallet:[masked]@db/wallet"),
        ("/accounts/password/reset/key/3-abc-def/", "/accounts/password/reset/key/[masked]/"),
        ("/accounts/confirm-email/MQ:abc:def/", "/accounts/confirm-email/[masked]/"),
        ("to a.b+c@mail.example.co.uk, twice", "to [e-mail], twice"),
        ("/h/ours/transactions/?q=rent", "/h/ours/transactions/?q=rent"),
        ("GET /start/ took 4.2 ms", "GET /start/ took 4.2 ms"),
    ],
)
def test_what_is_secret_goes_and_what_helps_stays(text: str, masked: str) -> None:
    assert mask_text(text) == masked


@pytest.mark.parametrize(
    "part",
    [
        "a",
        "token",
        "token=",
        "token='",
        "code=",
        "code='a\\",
        "a@",
        "a.",
        "://",
        "://a:",
        "cookie",
        "bearer ",
        "%40",
        " ",
    ],
)
def test_a_long_text_is_masked_in_time_that_grows_with_it(part: str) -> None:
    """A pattern that takes the square of the length would need sixteen times as long, and minutes for the second."""
    _seconds_for(part * 1_000)
    short, long = (min(_seconds_for(part * count) for _ in range(3)) for count in (15_000, 60_000))
    assert long < 10 * short + 0.05


def _seconds_for(text: str) -> float:
    began = time.process_time()
    mask_text(text)
    return time.process_time() - began


@pytest.mark.parametrize("lines", [True], indirect=True, ids=["json"])
def test_a_line_in_production_is_one_object(lines: io.StringIO) -> None:
    structlog.get_logger("wallet.x").info("request", path="/start/", status=200)
    line = json.loads(lines.getvalue().splitlines()[-1])
    assert (line["event"], line["path"], line["status"]) == ("request", "/start/", 200)
