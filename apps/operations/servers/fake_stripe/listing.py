"""Lists as Stripe answers them: newest first, pages by the id before or after."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable

from .errors import Json, no_such
from .form import Params
from .world import World, listed

_LARGEST = 100
_BOUNDS = {"gt": operator.gt, "gte": operator.ge, "lt": operator.lt, "lte": operator.le}


def page(params: Params, objects: list[Json], url: str) -> Json:
    """The part of a list, newest first, that `limit`, `starting_after` and `ending_before` ask for."""
    limit = params.whole("limit", 10, least=1, most=_LARGEST)
    after, before = params.text("starting_after"), params.text("ending_before")
    if after:
        rest = objects[_place(objects, after, "starting_after") + 1 :]
        return listed(rest[:limit], url, has_more=len(rest) > limit)
    if before:
        rest = objects[: _place(objects, before, "ending_before")]
        return listed(rest[-limit:], url, has_more=len(rest) > limit)
    return listed(objects[:limit], url, has_more=len(objects) > limit)


def of_kind(
    world: World, params: Params, kind: str, url: str, *, equal: Iterable[str] = (), only: Callable[[Json], bool] = bool
) -> Json:
    """All objects of a kind with the usual filters: `created`, and the fields named in `equal`."""
    wanted = {name: params.text(name) for name in equal if name in params}
    if wanted.get("customer"):
        world.find("customer", wanted["customer"], param="customer")
    moment = _moment(params)
    found = [
        one
        for one in world.store.all(kind)
        if all(_same(one.get(name), value) for name, value in wanted.items()) and moment(one) and only(one)
    ]
    return page(params, found, url)


def _same(value: object, wanted: str | None) -> bool:
    if isinstance(value, bool):
        return wanted == str(value).lower()
    return value == wanted


def _moment(params: Params) -> Callable[[Json], bool]:
    if "created" not in params:
        return lambda _one: True
    if isinstance(params.peek("created"), str):
        exact = params.whole("created")
        return lambda one: one["created"] == exact
    bounds = params.inner("created")
    asked = [(compare, limit) for name, compare in _BOUNDS.items() if (limit := bounds.whole(name)) is not None]
    return lambda one: all(compare(one["created"], limit) for compare, limit in asked)


def _place(objects: list[Json], id: str, param: str) -> int:
    for place, one in enumerate(objects):
        if one["id"] == id:
            return place
    raise no_such("object", id, param=param, status=400)
