"""A walk over the pages of a household, from link to link, as a person who looks into everything."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import Resolver404, resolve

from apps.operations.admin.middleware import STAFF_DOOR
from tests.doors.addresses import filled_in
from tests.doors.filling import Ids
from tests.doors.markup import Form, Markup
from tests.doors.table import doors, values_for
from tests.doors.world import taken_back

OUTSIDE = "/"
_MAILED = ("/accounts/password/reset/key/<", "/accounts/confirm-email/<")


@dataclass
class Found:
    """What the walk saw: answers by address, every address that a page led to, and the forms, each action once."""

    answers: dict[str, HttpResponse] = field(default_factory=dict)
    leads: set[str] = field(default_factory=set)
    forms: dict[str, Form] = field(default_factory=dict)

    @property
    def pages(self) -> dict[str, str]:
        return {address: text(answer) for address, answer in self.answers.items() if _is_page(answer)}

    @property
    def numbers(self) -> set[int]:
        """Every whole number in an address, a field or an option: the ids are among them."""
        values = [value for form in self.forms.values() for one in form.fields for value in (one.value, *one.options)]
        for address in self.leads | set(self.forms):
            parts = urlsplit(address)
            values += [*parts.path.split("/"), *(value for _, value in parse_qsl(parts.query))]
        return {int(value) for value in values if value.isascii() and value.isdigit()}


def text(answer: HttpResponse) -> str:
    return bytes(answer.content).decode(errors="replace")


def crawl_all(client: Client, mount: str, ids: Ids, *, looks: int = 5) -> Found:
    """The same, beginning from every address of the table as well. What the walk changes is taken back."""
    inside = [address for address in doors() if address.startswith("/h/ours/")]
    seeds = [filled_in(address, values_for(address, ids)).replace("/h/ours/", mount) for address in inside]
    with taken_back():
        return crawl(client, mount, seeds=seeds, looks=looks)


def crawl_outside(client: Client, who: str, ids: Ids) -> Found:
    """The public site, or the staff's for `staff`, from every address of the table on.

    The client's session is left as the pages made it. Mailed links would sign out whoever else is signed in.
    """
    mount = mount_of(who)
    seeds = [address for address in doors() if is_beneath(address, mount)]
    if who != "signed out":
        seeds = [address for address in seeds if not address.startswith(_MAILED)]
    return crawl(client, mount, seeds=[filled_in(address, values_for(address, ids)) for address in seeds], looks=2)


def mount_of(who: str) -> str:
    """Where somebody walks who walks outside of households."""
    return STAFF_DOOR if who == "staff" else OUTSIDE


def kinds_of_forms(seen: Found, mount: str) -> list[Form]:
    """One form for each address and method: of many rows the first stands for all."""
    alike = {(form.method, route_of(form.action, mount)): form for form in reversed(seen.forms.values())}
    return [form for form in alike.values() if is_beneath(form.action, mount)]


def is_beneath(address: str, mount: str) -> bool:
    """Whether it is a page there. Of the staff's site only the door is a part of the public one."""
    if mount == OUTSIDE and address.startswith(("//", "/h/", "/static/", STAFF_DOOR)):
        return address.startswith(f"{STAFF_DOOR}login/")
    return address.startswith(mount)


def route_of(address: str, mount: str) -> str:
    """The pattern by which an address is found, a household's without the mount; empty if there is none."""
    path, urlconf = urlsplit(address).path, settings.ROOT_URLCONF
    if mount.startswith("/h/"):
        path, urlconf = "/" + path.removeprefix(mount), settings.HOUSEHOLD_URLCONF
    try:
        return resolve(path, urlconf).route
    except Resolver404:
        return ""


def crawl(client: Client, mount: str, *, seeds: Collection[str] = (), looks: int = 5) -> Found:
    """Looks at everything beneath `mount` that a GET reaches from there and from the seeds.

    A page is looked at `looks` times, each time of another object or with another query: filters lead on without end.
    """
    found, visits = Found(), Counter[str]()
    waiting = [mount, *seeds]
    while waiting:
        address = waiting.pop()
        if address in found.answers or not is_beneath(address, mount):
            continue
        page = route_of(address, mount)
        if visits[page] >= looks and address not in seeds:
            continue
        visits[page] += 1
        answer = found.answers[address] = _read(client.get(address))
        leads = {_without_next(lead) for lead in _leads(found, address, answer)}
        waiting += sorted(leads - found.leads, reverse=True)
        found.leads |= leads
    return found


def _without_next(address: str) -> str:
    """Where one came from makes no other page."""
    parts = urlsplit(address)
    query = urlencode([(name, value) for name, value in parse_qsl(parts.query) if name != "next"])
    return parts._replace(query=query).geturl()


def _leads(found: Found, address: str, answer: HttpResponse) -> Iterator[str]:
    if answer.has_header("Location"):
        yield answer["Location"]
    if not _is_page(answer):
        return
    markup = Markup(text(answer), address)
    yield from markup.leads
    for form in markup.forms:
        _keep(found.forms, form)


def _keep(forms: dict[str, Form], form: Form) -> None:
    """One form for each address and method; what different pages show of it is put together."""
    key = f"{form.method} {urlsplit(form.action).path}"
    known = forms.setdefault(key, form)
    there = {(one.name, one.value) for one in known.fields}
    known.fields += [one for one in form.fields if (one.name, one.value) not in there]
    known.is_multipart |= form.is_multipart


def _is_page(answer: HttpResponse) -> bool:
    return answer.status_code == 200 and answer.get("Content-Type", "").startswith("text/html")


def _read(answer: HttpResponse) -> HttpResponse:
    """A file's bytes are read from the answer at once; it cannot be read twice."""
    if not answer.streaming:
        return answer
    return HttpResponse(answer.getvalue(), status=answer.status_code, headers=answer.headers)
