"""Test cards: what Stripe's documented numbers and tokens do. https://docs.stripe.com/testing"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .errors import Json


@dataclass(frozen=True, slots=True)
class Decline:
    code: str
    decline_code: str | None
    message: str


DECLINED = Decline("card_declined", "generic_decline", "Your card was declined.")
NO_FUNDS = Decline("card_declined", "insufficient_funds", "Your card has insufficient funds.")
EXPIRED = Decline("expired_card", None, "Your card has expired.")
WRONG_CVC = Decline("incorrect_cvc", None, "Your card's security code is incorrect.")
PROCESSING = Decline(
    "processing_error", None, "An error occurred while processing your card. Try again in a little bit."
)
WRONG_NUMBER = Decline("incorrect_number", None, "Your card number is incorrect.")
NOT_AUTHENTICATED = Decline(
    "authentication_required",
    "authentication_required",
    "Your card was declined. This transaction requires authentication.",
)
NOT_CONFIRMED = Decline(
    "payment_intent_authentication_failure",
    None,
    "We are unable to authenticate your payment method. Please choose a different payment method and try again.",
)


@dataclass(frozen=True, slots=True)
class Card:
    number: str
    token: str
    brand: str = "visa"
    on_attach: Decline | None = None
    """Refused as soon as it is to be kept."""
    on_charge: Decline | None = None
    secure: str = ""
    """3-D Secure: "" never, "once" when it is set up, "always" for every payment."""


_CARDS = (
    Card("4242424242424242", "pm_card_visa"),
    Card("5555555555554444", "pm_card_mastercard", "mastercard"),
    Card("378282246310005", "pm_card_amex", "amex"),
    Card("4000000000000002", "pm_card_visa_chargeDeclined", on_attach=DECLINED, on_charge=DECLINED),
    Card("4000000000009995", "pm_card_visa_chargeDeclinedInsufficientFunds", on_attach=NO_FUNDS, on_charge=NO_FUNDS),
    Card("4000000000000069", "pm_card_chargeDeclinedExpiredCard", on_attach=EXPIRED, on_charge=EXPIRED),
    Card("4000000000000127", "pm_card_chargeDeclinedIncorrectCvc", on_attach=WRONG_CVC, on_charge=WRONG_CVC),
    Card("4000000000000119", "pm_card_chargeDeclinedProcessingError", on_attach=PROCESSING, on_charge=PROCESSING),
    Card("4000000000000341", "pm_card_chargeCustomerFail", on_charge=DECLINED),
    Card("4000002500003155", "pm_card_authenticationRequiredOnSetup", secure="once"),
    Card("4000002760003184", "pm_card_authenticationRequired", secure="always"),
)
_BY_NUMBER = {card.number: card for card in _CARDS}
_BY_TOKEN = {card.token: card for card in _CARDS}


def by_number(number: str) -> Card | None:
    """A test card by its digits; spaces and dashes are allowed, real numbers are unknown here."""
    return _BY_NUMBER.get(re.sub(r"[\s-]", "", number))


def by_token(token: str) -> Card | None:
    return _BY_TOKEN.get(token)


def described(card: Card, month: int, year: int) -> Json:
    """`payment_method.card`."""
    return {
        "brand": card.brand,
        "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
        "country": "US",
        "display_brand": card.brand,
        "exp_month": month,
        "exp_year": year,
        "fingerprint": f"fake{card.number[-12:]}",
        "funding": "credit",
        "generated_from": None,
        "last4": card.number[-4:],
        "networks": {"available": [card.brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }
