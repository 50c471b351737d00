"""Views that are wrong on purpose: what the tests of the doors must be able to see."""

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.urls import path

from apps.households.rules import MEMBER, allow

SECRET = "the words of an error"


def breaks(_request: HttpRequest) -> HttpResponse:
    raise RuntimeError(SECRET)


@allow(get=MEMBER, post=MEMBER)
def breaks_on_a_word(request: HttpRequest) -> HttpResponse:
    """A form that holds as long as everybody types a number."""
    int(request.POST.get("number", "0"))
    return HttpResponse('<form method="post"><input name="number"></form>')


@allow(get=MEMBER)
def gives_token(request: HttpRequest) -> HttpResponse:
    return HttpResponse(get_token(request))


@allow(get=MEMBER)
def reflects(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"You asked for {request.GET.get('q', '')}")


urlpatterns = [
    path("breaks", breaks),
    path("number/", breaks_on_a_word),
    path("token/", gives_token),
    path("reflects/", reflects),
]
