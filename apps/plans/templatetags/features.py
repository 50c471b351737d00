"""`{% feature "advanced_charts" %}…{% else %}{% feature_missing "advanced_charts" %}{% endfeature %}`."""

from typing import Any

from django import template
from django.template import Context, NodeList, TemplateSyntaxError
from django.template.base import Parser, Token

from apps.plans.features import Feature
from apps.plans.flags import has

register = template.Library()


class FeatureNode(template.Node):
    child_nodelists = ("when_on", "otherwise")

    def __init__(self, feature: Feature, when_on: NodeList, otherwise: NodeList) -> None:
        self.feature, self.when_on, self.otherwise = feature, when_on, otherwise

    def render(self, context: Context) -> str:
        request = context["request"]
        is_on = has(request.household, request.user, self.feature)
        return (self.when_on if is_on else self.otherwise).render(context)


@register.tag
def feature(parser: Parser, token: Token) -> FeatureNode:
    """For pages of a household: what stands in it is shown if the feature is on for who reads."""
    found = _known(token)
    when_on, otherwise = parser.parse(("else", "endfeature")), NodeList()
    if parser.next_token().contents == "else":
        otherwise = parser.parse(("endfeature",))
        parser.delete_first_token()
    return FeatureNode(found, when_on, otherwise)


@register.inclusion_tag("components/feature_missing.html", takes_context=True)
def feature_missing(context: Context, name: str) -> dict[str, Any]:
    """In place of what is not on: what it is, and which plan has it."""
    request = context["request"]
    return {"missing": request.household.entitlements.missing(name), "request": request, "has_heading": True}


def _known(token: Token) -> Feature:
    """The name in quotes; one that no code knows is an error of the template, not a feature that is off."""
    words = token.split_contents()
    name = words[1].strip("\"'") if len(words) == 2 else ""
    if name not in Feature.values:
        raise TemplateSyntaxError(f"{{% {token.contents} %}} names no feature; there are {', '.join(Feature.values)}.")
    return Feature(name)
