"""The same headers on every kind of answer, and a sentence for every request that is too much."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from config.urls import handler400 as handler400
from config.urls import urlpatterns as _public
from tests.conftest import PASSWORD
from tests.planes import both_planes

pytestmark = both_planes
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def breaks(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("on purpose")


# The public site, and a page that breaks.
urlpatterns = [path("breaks/", breaks), *_public]


def _holds(answer) -> None:
    assert {name: answer.get(name) for name in HEADERS} == HEADERS
    assert "camera=()" in answer["Permissions-Policy"]
    policy = answer["Content-Security-Policy"]
    for part in ("default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert part in policy
    assert "unsafe" not in policy
    if answer.streaming:
        b"".join(answer)


# --- every kind of answer ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("get", "/", 200),
        ("get", "/accounts/login/", 200),
        ("get", "/start/", 302),
        ("get", "/accounts/login", 301),
        ("get", "/nothing/", 302),
        ("get", "/h/ours/", 302),
        ("post", "/health", 405),
        ("get", "/health", 200),
        ("get", "/static/css/app.css", 200),
        ("get", "/static/nothing.css", 404),
        ("get", "/" + "x" * 8000, 414),
    ],
)
def test_who_is_signed_out_gets_them(client: Client, method: str, address: str, status: int) -> None:
    answer = getattr(client, method)(address)
    if address in {"/nothing/", "/static/nothing.css"}:
        assert answer.status_code in {status, 404}
    else:
        assert answer.status_code == status
    _holds(answer)


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("get", "/h/ours/", 200),
        ("get", "/h/ours/transactions/export/csv/", 200),
        ("get", "/h/ours/transactions/export/json/", 200),
        ("get", "/h/theirs/", 404),
        ("get", "/h/ours/nothing/", 404),
        ("get", "/nothing/", 404),
        ("get", "/h/ours", 301),
        ("get", "/h/ours/imports/place/", 405),
        ("post", "/h/ours/imports/place/", 400),
    ],
)
def test_who_is_signed_in_gets_them(confirmed_client: Client, method: str, address: str, status: int) -> None:
    answer = getattr(confirmed_client, method)(address)
    assert answer.status_code == status
    _holds(answer)


def test_a_forged_form_gets_them() -> None:
    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "x"})
    assert answer.status_code == 403
    _holds(answer)


def test_a_page_that_breaks_gets_them(settings) -> None:
    settings.ROOT_URLCONF = __name__
    client = Client(raise_request_exception=False)
    client.post("/accounts/login/", {"login": "ours@example.com", "password": PASSWORD})
    answer = client.get("/breaks/")
    assert answer.status_code == 500
    assert "Something broke on our side" in answer.content.decode()
    _holds(answer)


def test_a_host_that_is_not_ours_gets_them(client: Client) -> None:
    answer = client.get("/accounts/login/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert "evil.example" not in answer.content.decode()
    _holds(answer)


def test_a_limited_and_a_locked_answer_get_them(client: Client, settings) -> None:
    settings.RATELIMIT_ENABLE = True
    for _ in range(6):
        locked = client.post("/accounts/login/", {"login": "ours@example.com", "password": "wrong"})
    assert locked.status_code == 429
    _holds(locked)
    for _ in range(6):
        limited = client.post("/accounts/password/reset/", {"email": "ours@example.com"})
    assert limited.status_code == 429
    _holds(limited)


def test_with_https_browsers_are_told_to_stay_with_it(client: Client, settings) -> None:
    settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = 63072000, True
    for address in ("/", "/static/css/app.css", "/accounts/login"):
        answer = Client().get(address, secure=True)
        assert answer["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"
        if answer.streaming:
            b"".join(answer)


# --- too much ------------------------------------------------------------------------------------------------------------


def _refused(answer, status: int, sentence: str) -> None:
    assert answer.status_code == status
    text = answer.content.decode()
    assert sentence in text
    assert f'<p class="error-number">{status}</p>' in text
    _holds(answer)


def test_an_address_that_is_too_long(client: Client, member_client: Client) -> None:
    _refused(client.get("/?q=" + "x" * 7000), 414, "The address holds more than we read.")
    _refused(member_client.get("/h/ours/transactions/?q=" + "x" * 7000), 414, "choose less at once")


def test_a_header_that_is_too_long(client: Client) -> None:
    _refused(client.get("/", headers={"user-agent": "x" * 9000}), 431, "Removing our cookies usually helps.")


def test_a_form_with_too_much_text(member_client: Client, settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1024**2
    form = {"q": "x" * (1024**2 + 1)}
    for address in ("/accounts/logout/", "/h/ours/transactions/columns/"):
        _refused(member_client.post(address, form), 413, "A form may hold 1 MB of text")


def test_a_body_that_is_too_large_is_refused_unread(member_client: Client) -> None:
    answer = member_client.post("/start/", data=b"", content_type="text/plain", CONTENT_LENGTH=str(4 * 1024**2))
    _refused(answer, 413, "Up to 3 MB can be sent at once")
    answer = member_client.post("/h/ours/imports/", data=b"", content_type="text/plain", CONTENT_LENGTH=str(1024**3))
    _refused(answer, 413, "Up to 103 MB can be sent at once")


@pytest.mark.parametrize("length", ["", "x", "-1", "9" * 40, "１２"])
def test_a_length_that_is_no_number_breaks_nothing(client: Client, length: str) -> None:
    answer = client.post("/accounts/signup/", data=b"", content_type="text/plain", CONTENT_LENGTH=length)
    assert answer.status_code < 500


def test_a_form_with_too_many_fields(member_client: Client) -> None:
    form = {"column": [str(number) for number in range(2001)]}
    for address in ("/accounts/logout/", "/h/ours/transactions/columns/"):
        _refused(member_client.post(address, form), 413, "A form may have 2,000 fields")


def test_an_address_with_too_many_fields(member_client: Client) -> None:
    _refused(member_client.get("/h/ours/transactions/?" + "&".join(["a"] * 2001)), 413, "A form may have 2,000 fields")


def test_too_many_files(member_client: Client) -> None:
    files = [SimpleUploadedFile(f"{number}.csv", b"a") for number in range(101)]
    _refused(member_client.post("/h/ours/imports/", {"file": files}), 413, "Up to 100 files can be sent at once")


def test_a_body_that_is_no_form(member_client: Client) -> None:
    answer = member_client.post("/h/ours/imports/", b"--x\r\nbroken", content_type="multipart/form-data; boundary=")
    _refused(answer, 400, "Something in the address or the form was not as it should be.")


def test_a_program_and_a_part_of_a_page_get_the_sentence_in_their_form(client: Client) -> None:
    address = "/?q=" + "x" * 7000
    assert "more than we read" in client.get(address, headers={"accept": "application/json"}).json()["error"]
    answer = client.get(address, headers={"hx-request": "true"})
    assert re.fullmatch(r'\{"toast": "The address holds .*"\}', answer["HX-Trigger"])
