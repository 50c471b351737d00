"""The plans as a new installation begins with them (product B1). From then on the table says what they are."""

from typing import Any

# A trial shows all that there is, of little data.
FIRST_PLANS: list[dict[str, Any]] = [
    {
        "code": "trial",
        "name": "Trial",
        "summary": "Two weeks to look around, without a card.",
        "rank": 0,
        "is_offered": False,
        "row_limit": 100,
        "account_limit": 10,
        "seat_limit": 6,
    },
    {
        "code": "basic",
        "name": "Basic",
        "summary": "One account, for whoever wants to see where the money goes.",
        "rank": 10,
        "monthly_price": 5,
        "yearly_price": 50,
        "row_limit": 1000,
        "account_limit": 1,
        "seat_limit": 1,
    },
    {
        "code": "pro",
        "name": "Pro",
        "summary": "All your accounts, and as many transactions as you have.",
        "rank": 20,
        "monthly_price": 12,
        "yearly_price": 120,
        "account_limit": 10,
        "seat_limit": 1,
        "rate_factor": 3,
    },
    {
        "code": "family",
        "name": "Family",
        "summary": "Everything of Pro, for up to six people.",
        "rank": 30,
        "monthly_price": 20,
        "yearly_price": 200,
        "account_limit": 10,
        "seat_limit": 6,
        "rate_factor": 3,
    },
]
