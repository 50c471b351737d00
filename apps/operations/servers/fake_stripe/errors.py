"""Stripe's errors: a status, a type, a code and a sentence. https://docs.stripe.com/api/errors"""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


class ApiError(Exception):
    """What the API answers instead of an object. `keeps`: what was done until then stays done (a declined card)."""

    def __init__(self, status: int, type: str, message: str, *, keeps: bool = False, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.keeps = keeps
        present = {name: value for name, value in more.items() if value is not None}
        self.body: Json = {"error": {"type": type, "message": message, **present}}


def invalid(message: str, *, param: str | None = None, code: str | None = None) -> ApiError:
    return ApiError(400, "invalid_request_error", message, param=param, code=code)


def missing_parameter(name: str) -> ApiError:
    return invalid(f"Missing required param: {name}.", param=name, code="parameter_missing")


def unknown_parameter(name: str) -> ApiError:
    """Also for what Stripe knows and this fake does not: better refused than silently ignored."""
    return invalid(f"Received unknown parameter: {name}", param=name, code="parameter_unknown")


def no_such(kind: str, id: str, *, param: str = "id", status: int = 404) -> ApiError:
    """404 for what the address names, 400 for what a parameter names."""
    shown = kind.replace("_", " ") if kind in {"payment_method", "promotion_code"} else kind
    message = f"No such {shown}: '{id}'"
    return ApiError(status, "invalid_request_error", message, param=param, code="resource_missing")
