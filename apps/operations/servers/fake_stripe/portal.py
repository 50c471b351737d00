"""Customer portal sessions and their configuration; the pages are in `portal_pages`."""

from __future__ import annotations

from .customers import live_customer
from .ending import FEEDBACK
from .errors import Json, invalid, missing_parameter
from .form import Params
from .listing import of_kind
from .pages import LOCALES
from .world import World, make_id

_FLOWS = ("payment_method_update", "subscription_cancel")
_REASONS = ("too_expensive", "missing_features", "switched_service", "unused", "other")
_PRORATIONS = ("always_invoice", "create_prorations", "none")


def create_session(world: World, params: Params) -> Json:
    customer = live_customer(world, params.required("customer"), param="customer")
    chosen = params.text("configuration")
    if chosen:
        configuration = world.find("billing_portal.configuration", chosen, param="configuration")
    else:
        configuration = default_configuration(world)
    id = make_id("bps")
    session = {
        "id": id,
        "object": "billing_portal.session",
        "configuration": configuration["id"],
        "created": world.now(customer["test_clock"]),
        "customer": customer["id"],
        "customer_account": None,
        "flow": _flow(world, params.inner("flow_data"), customer) if "flow_data" in params else None,
        "livemode": False,
        "locale": params.choice("locale", LOCALES),
        "on_behalf_of": None,
        "return_url": params.text("return_url") or configuration["default_return_url"],
        "url": f"{world.address}/p/session/{id}",
    }
    return world.add(session, "billing_portal.session.created")


def default_configuration(world: World) -> Json:
    """The one that is used when none is named; made at the first need."""
    for one in world.store.all("billing_portal.configuration"):
        if one["is_default"]:
            return one
    return world.add({**_configuration(world), "is_default": True})


def create_configuration(world: World, params: Params) -> Json:
    configuration = _configuration(world)
    _take(configuration, params)
    return world.add(configuration, "billing_portal.configuration.created")


def update_configuration(world: World, params: Params, id: str) -> Json:
    configuration = world.find("billing_portal.configuration", id)
    _take(configuration, params)
    configuration["active"] = params.flag("active", default=configuration["active"])
    configuration["updated"] = world.now()
    return world.save(configuration, "billing_portal.configuration.updated")


def list_configurations(world: World, params: Params) -> Json:
    default_configuration(world)
    equal = ("active", "is_default")
    return of_kind(world, params, "billing_portal.configuration", "/v1/billing_portal/configurations", equal=equal)


def _flow(world: World, given: Params, customer: Json) -> Json:
    kind = given.choice("type", _FLOWS)
    if not kind:
        raise missing_parameter("flow_data[type]")
    flow: Json = {
        "type": kind,
        "after_completion": _after_completion(given.inner("after_completion")),
        "subscription_cancel": None,
        "subscription_update": None,
        "subscription_update_confirm": None,
    }
    if kind == "subscription_cancel":
        name = "flow_data[subscription_cancel][subscription]"
        wanted = given.inner("subscription_cancel").required("subscription")
        subscription = world.find("subscription", wanted, param=name)
        if subscription["customer"] != customer["id"]:
            raise invalid("The subscription does not belong to this customer.", param=name)
        flow["subscription_cancel"] = {"retention": None, "subscription": wanted}
    return flow


def _after_completion(given: Params) -> Json:
    kind = given.choice("type", ("hosted_confirmation", "portal_homepage", "redirect"), "portal_homepage")
    message = given.inner("hosted_confirmation").text("custom_message")
    back = given.inner("redirect").required("return_url") if kind == "redirect" else None
    return {
        "type": kind,
        "hosted_confirmation": {"custom_message": message} if kind == "hosted_confirmation" else None,
        "redirect": {"return_url": back} if back else None,
    }


def _configuration(world: World) -> Json:
    now = world.now()
    return {
        "id": make_id("bpc"),
        "object": "billing_portal.configuration",
        "active": True,
        "application": None,
        "business_profile": {"headline": None, "privacy_policy_url": None, "terms_of_service_url": None},
        "created": now,
        "default_return_url": None,
        "features": {
            "customer_update": {"allowed_updates": [], "enabled": False},
            "invoice_history": {"enabled": True},
            "payment_method_update": {"enabled": True, "payment_method_configuration": None},
            "subscription_cancel": {
                "cancellation_reason": {"enabled": True, "options": list(_REASONS)},
                "enabled": True,
                "mode": "at_period_end",
                "proration_behavior": "none",
            },
            "subscription_update": {
                "billing_cycle_anchor": None,
                "default_allowed_updates": [],
                "enabled": False,
                "proration_behavior": "none",
                "schedule_at_period_end": {"conditions": []},
                "trial_update_behavior": "end_trial",
            },
        },
        "is_default": False,
        "livemode": False,
        "login_page": {"enabled": False, "url": None},
        "metadata": {},
        "name": None,
        "updated": now,
    }


def _take(configuration: Json, params: Params) -> None:
    profile, features = params.inner("business_profile"), params.inner("features")
    for name in ("headline", "privacy_policy_url", "terms_of_service_url"):
        configuration["business_profile"][name] = profile.text(name, configuration["business_profile"][name])
    known = configuration["features"]
    for name in ("invoice_history", "payment_method_update", "subscription_cancel"):
        known[name]["enabled"] = features.inner(name).flag("enabled", default=known[name]["enabled"])
    cancel, given = known["subscription_cancel"], features.inner("subscription_cancel")
    cancel["mode"] = given.choice("mode", ("at_period_end", "immediately"), cancel["mode"])
    cancel["proration_behavior"] = given.choice("proration_behavior", _PRORATIONS, cancel["proration_behavior"])
    reasons = given.inner("cancellation_reason")
    if strange := set(reasons.texts("options")) - set(FEEDBACK):
        raise invalid(f"Invalid reasons: {', '.join(strange)}", param=reasons.name("options"))
    cancel["cancellation_reason"] = {
        "enabled": reasons.flag("enabled", default=cancel["cancellation_reason"]["enabled"]),
        "options": reasons.texts("options") or cancel["cancellation_reason"]["options"],
    }
    for name in ("customer_update", "subscription_update"):
        if features.inner(name).flag("enabled"):
            raise invalid(f"The fake's portal has no {name}.", param=f"features[{name}][enabled]")
    configuration["default_return_url"] = params.text("default_return_url", configuration["default_return_url"])
    configuration["name"] = params.text("name", configuration["name"])
    configuration["metadata"] = params.metadata(configuration["metadata"])
