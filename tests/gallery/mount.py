"""A toy of what apps.households does: /h/<name>/ is a household, its pages have their own urlconf."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import set_script_prefix


@dataclass
class Household:
    pk: str
    name: str

    def get_absolute_url(self) -> str:
        return f"/h/{self.pk}/"


HOUSEHOLDS = {
    household.pk: household
    for household in (
        Household("demo", "Demo household"),
        Household("hard", "Wolfeschlegelsteinhausen-Bergerdorff & Cholmondeley family trust"),
        Household("empty", "بيت العائلة"),
    )
}


def mount_household(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable:
    def middleware(request: HttpRequest) -> HttpResponse:
        parts = request.path_info.split("/", 3)
        if parts[1] == "h" and parts[2] in HOUSEHOLDS:
            request.household = HOUSEHOLDS[parts[2]]
            request.urlconf = "tests.gallery.urls_household"
            request.path_info = "/" + parts[3]
            set_script_prefix(f"/h/{parts[2]}/")
        return get_response(request)

    return middleware


def public_urls(request: HttpRequest) -> dict[str, object]:
    urls = {"home": "/", "logout": "/accounts/logout/", "login": "/accounts/login/", "account": "/accounts/email/"}
    return {"public_urls": urls, "households": list(HOUSEHOLDS.values())}
