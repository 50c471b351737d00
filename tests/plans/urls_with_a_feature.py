"""The addresses of a household, and one view that a feature opens; its rule stands above and below."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from apps.households.rules import MEMBER, VIEWER, allow
from apps.plans.flags import needs_feature
from config.urls_household import handler400, handler403, handler404
from config.urls_household import urlpatterns as theirs

__all__ = ["handler400", "handler403", "handler404", "urlpatterns"]


@allow(get=VIEWER, post=MEMBER)
@needs_feature("api_access")
def rule_above(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("seen")


@needs_feature("api_access")
@allow(get=VIEWER, post=MEMBER)
def rule_below(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("seen")


urlpatterns = [*theirs, path("above/", rule_above), path("below/", rule_below)]
