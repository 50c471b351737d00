"""What every answer must have, whatever it answers: headers, cookies, CSRF, no input given back, no way out."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from html import escape
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.conf import settings
from django.http import HttpResponse
from django.test import Client, override_settings
from pytest_django import DjangoDbBlocker

from apps.users.models import User
from tests.config.test_production import COMPLETE, python
from tests.conftest import PASSWORD
from tests.doors import broken
from tests.doors.addresses import filled_in, household_routes, public_routes
from tests.doors.crawling import OUTSIDE, Found, crawl_all, crawl_outside, kinds_of_forms, mount_of, route_of, text
from tests.doors.markup import Form, Markup
from tests.doors.table import values_for
from tests.doors.world import World, a_world, taken_back
from tests.operations.staff import a_hired_person
from tests.operations.staff import code_of as staff_code_of
from tests.users.mails import link_in, mails_to

pytestmark = pytest.mark.slow
OURS = "/h/ours/"
PLAIN_FORM = "application/x-www-form-urlencoded"
PUBLIC = ["/" + route for route in public_routes()]
ADDRESSES = [*PUBLIC, *(OURS + route for route in household_routes())]
POLICY = {
    "default-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    # And where people are led to pay.
    "form-action": f"'self' {settings.STRIPE_API_URL}",
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
# Every kind of answer: who asks, how, for what, and the status that makes it that kind.
KINDS = {
    "a page": ("owner", "GET", "/h/ours/transactions/", 200),
    "a page for everybody": ("signed out", "GET", "/", 200),
    "the way in": ("signed out", "GET", "/accounts/login/", 200),
    "a part of a page": ("owner", "POST", "/h/ours/rules/new/more/", 200),
    "a form asked again": ("owner", "POST", "/h/ours/accounts/new/", 422),
    "a download": ("owner", "GET", "/h/ours/transactions/export/csv/", 200),
    "data for a script": ("owner", "POST", "/h/ours/imports/place/", 400),
    "to the way in": ("signed out", "GET", "/h/ours/", 302),
    "to another page": ("owner", "GET", "/start/", 302),
    "to the same with a slash": ("owner", "GET", "/h/ours", 301),
    "nothing, outside": ("signed out", "GET", "/nothing-here/", 404),
    "nothing, inside": ("owner", "GET", "/h/ours/nothing-here/", 404),
    "somebody else's": ("owner", "GET", "/h/theirs/", 404),
    "refused": ("viewer", "GET", "/h/ours/accounts/new/", 403),
    "no such method": ("owner", "POST", "/h/ours/", 405),
    "the staff's way in": ("signed out", "GET", "/admin/login/", 200),
    "a page for staff": ("staff", "GET", "/admin/users/user/", 200),
    "to the staff's way in": ("owner", "GET", "/admin/", 302),
    "an invitation that is no more": ("signed out", "GET", "/invitations/nothing/", 404),
    "to the second confirmation": ("member", "GET", "/accounts/2fa/webauthn/add/", 302),
    "a sign of life": ("signed out", "GET", "/health", 200),
}
TRACES = ("Traceback", "site-packages", "Exception", "psycopg", "DJANGO_SETTINGS", "/work/", broken.SECRET)
EVIL = "evil.example"
WAYS_OUT = (
    f"//{EVIL}/x",
    f"///{EVIL}/x",
    f"/\\{EVIL}/x",
    f"\\\\{EVIL}/x",
    f"https:{EVIL}/x",
    f"https://{EVIL}/x",
    f"https:///{EVIL}/x",
    f"http://testserver@{EVIL}/x",
    f"\t//{EVIL}/x",
    f"/\t/{EVIL}/x",
    f"javascript:location='//{EVIL}'",
    f"data:text/html,{EVIL}",
)
# A file that a page of ours offers without an address of its own.
OUR_FILE = "data:text/plain,Maxwell%27s%20Wallet%3A%20recovery%20codes"
SAFE = "/h/ours/tags/?from=here"
# Who looks at what is outside of households, beside our owner.
OUTSIDERS = ("signed out", "newcomer", "stranger", "half in", "staff")
MARKER = "zq\"zq'zq<i>zq"
TYPED = {"text", "search", "textarea", "email", "number", "date", "month", "url"}
RAW = re.compile(r"zq(?=\"zq|'zq|<i>zq)")


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with a_world(django_db_blocker) as made:
        yield made


@pytest.fixture(scope="module")
def seen(world: World) -> Found:
    return crawl_all(world.client("owner"), OURS, world.our_ids, looks=2)


@pytest.fixture(scope="module")
def seen_by(world: World, seen: Found) -> dict[str, Found]:
    """What each of these finds: our owner in the household, the others outside of it."""
    outside = {who: crawl_outside(world.client(who), who, world.our_ids) for who in OUTSIDERS}
    return {"owner": seen, **outside}


@pytest.fixture(scope="module")
def forms(world: World, seen_by: dict[str, Found]) -> list[tuple[str, Form]]:
    """One form for each address and method, and who found it first."""
    known: dict[tuple[str, str], tuple[str, Form]] = {}
    for who, found in seen_by.items():
        mount = OURS if found is seen_by["owner"] else mount_of(who)
        for form in kinds_of_forms(found, mount):
            known.setdefault((form.method, route_of(form.action, mount)), (who, form))
    # Our owner, too, but outside: with a second step, and just confirmed.
    for form in kinds_of_forms(crawl_outside(world.client("owner"), "owner", world.our_ids), mount_of("owner")):
        known.setdefault((form.method, route_of(form.action, mount_of("owner"))), ("owner", form))
    return list(known.values())


def answered(world: World, who: str, method: str, address: str, **more: object) -> HttpResponse:
    with taken_back():
        return world.client(who).generic(method, address, content_type=PLAIN_FORM, **more)  # type: ignore[arg-type]


def body(answer: HttpResponse) -> str:
    return answer.getvalue().decode(errors="replace")


def lacks(answer: HttpResponse) -> list[str]:
    """What the answer's headers do not say."""
    policy = dict(part.strip().split(" ", 1) for part in answer.get("Content-Security-Policy", "").split(";") if part)
    missing = [name for name, value in HEADERS.items() if answer.get(name) != value]
    missing += [f"Content-Security-Policy: {name}" for name, value in POLICY.items() if policy.get(name) != value]
    missing += ["Content-Security-Policy without unsafe-"] if "unsafe-" in str(policy) else []
    missing += [f"no {name}" for name in ("Server", "X-Powered-By") if answer.has_header(name)]
    return missing if answer.has_header("X-Request-ID") else [*missing, "X-Request-ID"]


def address_of(world: World, address: str) -> str:
    return filled_in(address, values_for(address, world.our_ids))


@pytest.mark.parametrize("who", ["signed out", "owner", "staff"])
def test_every_answer_of_the_public_site_has_its_headers(world: World, who: str) -> None:
    wrong = []
    for address in PUBLIC:
        for method in ("GET", "POST"):
            answer = answered(world, who, method, address_of(world, address))
            wrong += [f"{method} {address}: {missing}" for missing in lacks(answer)]
            wrong += [f"{method} {address}: {trace}" for trace in TRACES if trace in body(answer)]
    assert wrong == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_answer_has_its_headers(world: World, kind: str) -> None:
    who, method, address, status = KINDS[kind]
    answer = answered(world, who, method, address)
    assert answer.status_code == status
    assert lacks(answer) == []
    assert not any(trace in body(answer) for trace in TRACES)


def test_a_file_of_ours_is_never_taken_for_something_else(client: Client) -> None:
    for path in ("css/app.css", "js/app.js", "img/icons.svg"):
        answer = client.get(f"/static/{path}")
        assert answer.status_code == 200
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer.getvalue()


@override_settings(ROOT_URLCONF=broken.__name__)
def test_an_error_has_its_headers_and_tells_nothing(world: World, caplog: pytest.LogCaptureFixture) -> None:
    answer = answered(world, "signed out", "GET", "/breaks")
    if answer.status_code == 302:  # everything but the way in asks to sign in
        answer = answered(world, "owner", "GET", "/breaks")
    assert answer.status_code == 500
    assert broken.SECRET in caplog.text
    assert lacks(answer) == []
    assert not any(trace in body(answer) for trace in TRACES)


def test_the_check_of_headers_can_fail() -> None:
    assert "X-Frame-Options" in lacks(HttpResponse())
    assert "Content-Security-Policy: default-src" in lacks(HttpResponse())


def test_what_is_private_is_kept_by_nobody_on_the_way(world: World, seen: Found) -> None:
    kept = [
        a for a, answer in seen.answers.items() if not re.search("private|no-store", answer.get("Cache-Control", ""))
    ]
    assert len(seen.answers) > 150
    assert kept == []


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.get("/accounts/login/")
    token = client.cookies[settings.CSRF_COOKIE_NAME].value
    with taken_back():
        sent = {"login": "ours@example.com", "password": PASSWORD, "csrfmiddlewaretoken": token}
        assert client.post("/accounts/login/", sent).status_code == 302
    session, csrf = client.cookies[settings.SESSION_COOKIE_NAME], client.cookies[settings.CSRF_COOKIE_NAME]
    assert (session["httponly"], session["samesite"], session["path"], session["domain"]) == (True, "Lax", "/", "")
    assert (csrf["samesite"], csrf["path"], csrf["domain"]) == ("Lax", "/", "")


def test_cookies_of_production_belong_to_this_host_and_to_https() -> None:
    names = ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE")
    names += ("SESSION_COOKIE_DOMAIN", "CSRF_COOKIE_DOMAIN", "SESSION_COOKIE_PATH", "CSRF_COOKIE_PATH")
    code = f"import json; from django.conf import settings as s; print(json.dumps([getattr(s, n) for n in {names}]))"
    session, csrf, *flags = json.loads(python("-c", code, environment=COMPLETE).stdout)
    assert session.startswith("__Host-")
    assert csrf.startswith("__Host-")
    assert flags == [True, True, None, None, "/", "/"]


@pytest.mark.parametrize("token", ["", "x" * 64])
def test_a_post_without_its_token_is_refused_everywhere(world: World, token: str) -> None:
    statuses = {}
    client = world.client("owner", enforce_csrf_checks=True)
    for address in ADDRESSES:
        with taken_back():
            answer = client.post(address_of(world, address), {"csrfmiddlewaretoken": token} if token else {})
        statuses[address] = answer.status_code
    # Stripe's messages are signed instead, and belong to nobody's session.
    assert {address: status for address, status in statuses.items() if status != 403} == {"/billing/webhook/": 400}
    assert len(statuses) == len(ADDRESSES) >= 213


def test_a_post_with_its_token_is_not_refused(world: World) -> None:
    client = world.client("owner", enforce_csrf_checks=True)
    page = Markup(text(client.get("/h/ours/tags/new/")), "/h/ours/tags/new/")
    form = next(form for form in page.forms if form.action == "/h/ours/tags/new/")
    with taken_back():
        assert client.post(form.action, form.sent()).status_code == 422  # the name is missing


def test_nothing_typed_into_an_address_comes_back_as_markup(
    world: World, seen_by: dict[str, Found], forms: list[tuple[str, Form]]
) -> None:
    asked = {(who, urlsplit(form.action).path, name) for who, form in forms for name in {"next", *form.names}}
    for who, found in seen_by.items():
        asked |= {
            (who, urlsplit(lead).path, name) for lead in found.leads for name, _ in parse_qsl(urlsplit(lead).query)
        }
        asked |= {(who, urlsplit(address).path, "next") for address in found.answers}
    asked |= {("owner", address_of(world, address), "next") for address in ADDRESSES}
    alike = {
        (who, route_of(path, OURS if path.startswith(OURS) else OUTSIDE) or path, name): path
        for who, path, name in sorted(asked)
    }
    wrong = []
    for (who, _, name), path in alike.items():
        with taken_back():
            answer = world.client(who).get(path, {name: MARKER})
        wrong += [f"{who}: {path}?{name}" for _ in given_back(answer)]
    assert wrong == []
    assert len(alike) > 300


def test_nothing_typed_into_a_form_comes_back_as_markup(world: World, forms: list[tuple[str, Form]]) -> None:
    """Once where all fields hold it, and once where only what is typed does, and the rest passes."""
    tried, wrong = Counter[str](), []
    for who, form in forms:
        if form.method == "post":
            typed = {one.name for one in form.fields if one.kind in TYPED}
            for names in (form.names - {"csrfmiddlewaretoken"}, typed):
                tried[who] += bool(names)
                wrong += sent_back(world, who, form, names)
    assert wrong == []
    assert tried["owner"] > 90
    # The stranger's own forms are buttons.
    assert set(OUTSIDERS) - {who for who in tried if tried[who]} == {"stranger"}


def test_nothing_typed_into_one_field_comes_back_as_markup(world: World, forms: list[tuple[str, Form]]) -> None:
    tried, wrong = 0, []
    for who, form in forms:
        for name in sorted(form.names - {"csrfmiddlewaretoken"}) if form.method == "post" else ():
            tried += 1
            wrong += sent_back(world, who, form, {name})
    assert wrong == []
    assert tried > 300


def sent_back(world: World, who: str, form: Form, names: set[str]) -> list[str]:
    """What comes back as it was sent, of a marker in these fields of the form."""
    with taken_back():
        sent = form.sent() | dict.fromkeys(names, MARKER)
        answer = world.client(who).post(form.action, sent, follow=True)
    return [f"{who}: {form.action} {sorted(names)}: {found}" for found in given_back(answer)]


def given_back(answer: HttpResponse) -> list[str]:
    """Where the marker stands in the answer as it was sent, where a browser would read it as markup; 5xx too."""
    found = [f"status {answer.status_code}"] if answer.status_code >= 500 else []
    found += [f"{name}: {value}" for name, value in answer.items() if "<i>" in value]
    shown = body(answer)
    if answer.get("Content-Type", "").startswith("text/html"):
        found += [shown[max(0, at.start() - 60) : at.end() + 20] for at in RAW.finditer(shown)]
    return found


def test_what_comes_back_as_markup_is_seen(world: World) -> None:
    with override_settings(HOUSEHOLD_URLCONF=broken.__name__):
        answer = world.client("owner").get("/h/ours/reflects/", {"q": MARKER})
    assert len(given_back(answer)) == 3
    assert given_back(HttpResponse(escape(MARKER))) == []


def leads_away(answer: HttpResponse, address: str) -> list[str]:
    """Where the answer sends somebody who trusts our address, if that is elsewhere."""
    places = [answer[name] for name in ("Location", "HX-Redirect", "HX-Location", "Refresh") if answer.has_header(name)]
    shown = body(answer)
    if answer.get("Content-Type", "").startswith("text/html"):
        places += Markup(shown, f"http://testserver{address}").leads
    return [place for place in places if is_elsewhere(place, address) and not place.startswith(OUR_FILE)]


def is_elsewhere(place: str, address: str) -> bool:
    """As a browser reads it: it drops tabs and newlines, takes a backslash for a slash, and counts none."""
    read = re.sub(r"[\t\r\n]", "", place).strip().replace("\\", "/")
    read = re.sub(r"^/{2,}", "//", re.sub(r"^(https?):/*", r"\1://", read, flags=re.IGNORECASE))
    full = urlsplit(urljoin(f"http://testserver{address}", read))
    return full.scheme not in {"http", "https"} or full.netloc != "testserver"


def test_what_leads_away_is_seen() -> None:
    for way in WAYS_OUT:
        assert is_elsewhere(way, "/start/"), way
    assert leads_away(HttpResponse(f'<a href="//{EVIL}/">x</a>'), "/") == [f"http://{EVIL}/"]
    assert not is_elsewhere(SAFE, "/h/ours/")


def test_no_address_sends_anybody_away(world: World) -> None:
    """Every address is asked to lead on; those that do are asked for every way out."""
    takes, wrong = [], []
    for address in ADDRESSES:
        place = address_of(world, address)
        for method in ("GET", "POST"):
            if goes_to(world, method, place, SAFE):
                takes.append((method, place))
            wrong += [(method, place, way) for way in leads_away(sent_on(world, method, place, WAYS_OUT[0]), place)]
    for method, place in takes:
        for way in WAYS_OUT[1:]:
            wrong += [(method, place, way) for way in leads_away(sent_on(world, method, place, way), place)]
    assert wrong == []
    assert len(takes) > 10


@pytest.mark.parametrize("way", [SAFE, *WAYS_OUT])
def test_who_comes_in_or_goes_out_is_not_sent_away(world: World, way: str) -> None:
    """Where the doors really open: what they were asked to lead on to is only then followed."""
    with taken_back():
        for led_to in through_the_doors(world, way):
            assert leads_away(led_to, "/accounts/") == []
            assert led_to.status_code == 302
            assert (led_to["Location"] == SAFE) == (way == SAFE), led_to["Location"]


def through_the_doors(world: World, way: str) -> Iterator[HttpResponse]:
    """Signing in, and with a code; signing up, and confirming the address; confirming oneself; out; and the staff."""
    signs_in = {"login": "newcomer@example.com", "password": PASSWORD, "next": way}
    yield world.client("signed out").post("/accounts/login/", signs_in)
    owner = world.client("signed out")
    step = owner.post("/accounts/login/", signs_in | {"login": "ours@example.com"})
    yield owner.post(
        step["Location"], {"code": RecoveryCodes(recovery_of(world.people["owner"])).get_unused_codes()[0]}
    )
    ada = world.client("signed out")
    signs_up = {"name": "Ada", "email": "ada@new.example.com", "password1": PASSWORD, "next": way}
    assert ada.post("/accounts/signup/", signs_up).status_code == 302
    yield ada.post(link_in(mails_to("ada@new.example.com")[-1]))
    yield world.client("newcomer").post("/accounts/reauthenticate/", {"password": PASSWORD, "next": way})
    yield world.client("newcomer").post("/accounts/logout/", {"next": way})
    hired = a_hired_person("bob@staff.example.com")
    enters = {"username": hired.user.email, "password": hired.password, "code": staff_code_of(hired), "next": way}
    yield world.client("signed out").post("/admin/login/", enters)


def recovery_of(person: User) -> Authenticator:
    return Authenticator.objects.get(user=person, type=Authenticator.Type.RECOVERY_CODES)


def sent_on(world: World, method: str, place: str, following: str) -> HttpResponse:
    """The place asked to lead on to `following`, by all that could tell it: a parameter, a field, the page before."""
    headers = {"Referer": following, "HX-Current-URL": following} if EVIL in following else {}
    client = world.client("signed out" if place.startswith(("/accounts/login", "/accounts/signup")) else "owner")
    with taken_back():
        if method == "GET":
            return client.get(place, {"next": following}, headers=headers)
        return client.post(place, {"next": following}, headers=headers)


def goes_to(world: World, method: str, place: str, following: str) -> bool:
    answer = sent_on(world, method, place, following)
    shown = body(answer)
    is_page = answer.get("Content-Type", "").startswith("text/html")
    return following in answer.get("Location", "") or (is_page and escape(following) in shown)
