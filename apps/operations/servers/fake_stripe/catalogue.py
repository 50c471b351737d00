"""Products and prices."""

from __future__ import annotations

from .errors import Json, invalid, missing_parameter
from .form import Params
from .listing import of_kind
from .world import World, make_id

_MOST_INTERVALS = {"day": 1095, "week": 156, "month": 36, "year": 3}
"""Of each kind as many as three years have."""
_TAX = ("exclusive", "inclusive", "unspecified")
_PLAIN = ("description", "statement_descriptor", "tax_code", "unit_label", "url")


def create_product(world: World, params: Params) -> Json:
    now = world.now()
    product: Json = {
        "id": params.text("id") or make_id("prod", 14),
        "object": "product",
        "active": params.flag("active", default=True),
        "created": now,
        "default_price": None,
        "images": params.texts("images"),
        "livemode": False,
        "marketing_features": [{"name": one.required("name")} for one in params.each("marketing_features")],
        "metadata": params.metadata(),
        "name": params.required("name"),
        "package_dimensions": None,
        "shippable": None,
        "updated": now,
        **{name: params.text(name) for name in _PLAIN},
    }
    if world.store.get(product["id"]):
        raise invalid("Product already exists.", code="resource_already_exists", param="id")
    return world.add(product, "product.created")


def update_product(world: World, params: Params, id: str) -> Json:
    product = world.find("product", id)
    product["active"] = params.flag("active", default=product["active"])
    product["name"] = params.text("name") or product["name"]
    product["metadata"] = params.metadata(product["metadata"])
    if "default_price" in params:
        price = world.find("price", params.text("default_price"), param="default_price")
        product["default_price"] = price["id"]
    if "marketing_features" in params:
        product["marketing_features"] = [{"name": one.required("name")} for one in params.each("marketing_features")]
    product |= {name: params.text(name) for name in _PLAIN if name in params}
    product["updated"] = world.now()
    return world.save(product, "product.updated")


def delete_product(world: World, params: Params, id: str) -> Json:
    product = world.find("product", id)
    if any(price["product"] == id for price in world.store.all("price")):
        raise invalid("This product cannot be deleted because it has one or more user-created prices.")
    world.store.remove(id)
    world.emit("product.deleted", product)
    return {"id": id, "object": "product", "deleted": True}


def list_products(world: World, params: Params) -> Json:
    ids = params.texts("ids")
    only = (lambda one: one["id"] in ids) if ids else bool
    return of_kind(world, params, "product", "/v1/products", equal=("active", "url"), only=only)


def create_price(world: World, params: Params) -> Json:
    currency = params.required("currency").lower()
    cents = params.whole("unit_amount", least=0)
    if cents is None:
        raise missing_parameter("unit_amount")
    key = params.text("lookup_key")
    _free_lookup_key(world, params, key)
    price = {
        "id": make_id("price"),
        "object": "price",
        "active": params.flag("active", default=True),
        "billing_scheme": "per_unit",
        "created": world.now(),
        "currency": currency,
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": key,
        "metadata": params.metadata(),
        "nickname": params.text("nickname"),
        "product": _product_of(world, params),
        "recurring": _recurring(params),
        "tax_behavior": params.choice("tax_behavior", _TAX, "unspecified"),
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "recurring" if "recurring" in params else "one_time",
        "unit_amount": cents,
        "unit_amount_decimal": str(cents),
    }
    return world.add(price, "price.created")


def update_price(world: World, params: Params, id: str) -> Json:
    price = world.find("price", id)
    price["active"] = params.flag("active", default=price["active"])
    price["metadata"] = params.metadata(price["metadata"])
    price["tax_behavior"] = params.choice("tax_behavior", _TAX, price["tax_behavior"])
    if "nickname" in params:
        price["nickname"] = params.text("nickname")
    if "lookup_key" in params:
        key = params.text("lookup_key")
        _free_lookup_key(world, params, None if key == price["lookup_key"] else key)
        price["lookup_key"] = key
    return world.save(price, "price.updated")


def list_prices(world: World, params: Params) -> Json:
    keys, recurring = params.texts("lookup_keys"), params.inner("recurring")
    interval = recurring.text("interval")

    def only(price: Json) -> bool:
        fits = not interval or (price["recurring"] or {}).get("interval") == interval
        return fits and (not keys or price["lookup_key"] in keys)

    return of_kind(world, params, "price", "/v1/prices", equal=("active", "currency", "product", "type"), only=only)


def _product_of(world: World, params: Params) -> str:
    if "product_data" in params:
        return str(create_product(world, params.inner("product_data"))["id"])
    return str(world.find("product", params.required("product"), param="product")["id"])


def _recurring(params: Params) -> Json | None:
    if "recurring" not in params:
        return None
    recurring = params.inner("recurring")
    recurring.choice("usage_type", ("licensed",))
    interval = recurring.choice("interval", tuple(_MOST_INTERVALS)) or "month"
    return {
        "interval": interval,
        "interval_count": recurring.whole("interval_count", 1, least=1, most=_MOST_INTERVALS[interval]),
        "meter": None,
        "usage_type": "licensed",
    }


def _free_lookup_key(world: World, params: Params, key: str | None) -> None:
    """A key names one price: the new one takes it over if it is told to, and is refused if not."""
    transfer = params.flag("transfer_lookup_key")
    holder = next((price for price in world.store.all("price") if key and price["lookup_key"] == key), None)
    if holder and not transfer:
        raise invalid(
            f"A price (`{holder['id']}`) already uses that lookup key.",
            param="lookup_key",
            code="resource_already_exists",
        )
    if holder:
        holder["lookup_key"] = None
        world.save(holder, "price.updated")
