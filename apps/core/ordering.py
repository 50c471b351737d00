"""The order of a list as a form sends it: all of its ids, and perhaps the one that a button moves."""

from collections.abc import Iterable

from django.http import QueryDict

from apps.core.numbers import whole_number


def posted_order(posted: QueryDict) -> list[int]:
    """The ids of the whole list in their new order: `order` of each, of which `up` or `down` names one to be moved."""
    numbers = (whole_number(text) for text in posted.getlist("order"))
    order = list(dict.fromkeys(number for number in numbers if number is not None))
    for name, step in (("up", -1), ("down", 1)):
        moved = whole_number(posted.get(name, ""))
        if moved in order:
            place = order.index(moved)
            order.insert(max(0, place + step), order.pop(place))
    return order


def places(taken: Iterable[int]) -> list[int]:
    """The places in their order, to be shared out anew; where two have the same, the later goes further down."""
    found: list[int] = []
    for place in sorted(taken):
        found.append(max(place, found[-1] + 1) if found else place)
    return found
