"""Views that are wrong on purpose: what the tests of the doors must be able to see."""

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.urls import path

from apps.households.rules import MEMBER, allow

SECRET = "the words of an error"


def breaks(_request: HttpRequest) -> HttpResponse:
    raise RuntimeError(SECRET)


@allow(get=MEMBER, post=MEMBER)
def breaks_on_a_long_word(request: HttpRequest) -> HttpResponse:
    """A form that holds until somebody types more than twenty letters."""
    if len(request.POST.get("word", "")) > 20:
        raise RuntimeError(SECRET)
    return HttpResponse('<form method="post"><input name="word" maxlength="40"></form>')


@allow(get=MEMBER)
def gives_token(request: HttpRequest) -> HttpResponse:
    return HttpResponse(get_token(request))


@allow(get=MEMBER)
def reflects(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"You asked for {request.GET.get('q', '')}")


urlpatterns = [
    path("breaks", breaks),
    path("long-word/", breaks_on_a_long_word),
    path("token/", gives_token),
    path("reflects/", reflects),
]
