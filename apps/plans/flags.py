"""Whether a feature is on: asked by code here, by views with `@needs_feature`, by templates with `{% feature %}`."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol

from django.http import HttpResponseBase

from apps.plans.entitlements import Entitlements
from apps.plans.features import Feature
from apps.users.models import User

View = Callable[..., HttpResponseBase]


class Entitled(Protocol):
    """A household, which stands above plans."""

    @property
    def entitlements(self) -> Entitlements: ...


def has(household: Entitled, person: User | None, name: str) -> bool:
    """Whether the feature is on for the person (None: all) of the household. Raises ValueError for an unknown name."""
    return household.entitlements.has(name, person)


def needs_feature(name: str) -> Callable[[View], View]:
    """For a view of a household, beside `@allow`: raises FeatureMissing, which is answered in the form asked for."""
    feature = Feature(name)

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: Any, *args: Any, **named: Any) -> HttpResponseBase:
            request.household.entitlements.require(feature, request.user)
            return view(request, *args, **named)

        return checked

    return decorate
