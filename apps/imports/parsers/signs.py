"""What a positive amount means in a file of an unknown bank: asked wherever the file makes one doubt."""

import re
from decimal import Decimal

from .amounts import read_amount
from .questions import AS_WRITTEN, REVERSED, SIGN, SPENDING_IS_POSITIVE, UNSIGNED, Question
from .roles import Roles
from .rows import CannotRead, quoted
from .tables import Table

_COMES_IN = re.compile(
    r"\b(transfer from|deposits?|interest|payroll|salary|wages|dividends?|refunds?|contributions?)\b",
    re.IGNORECASE,
)
_PAYS_A_CARD = re.compile(r"\b(thank you|payment received)\b", re.IGNORECASE)


def sign_questions(table: Table, roles: Roles, decimal: str) -> list[Question]:
    if "credit" in roles.at or "debit" in roles.at:
        in_debit = _both_signs_in_debit(table.column(roles.at["debit"]), decimal) if "debit" in roles.at else []
        return in_debit or (_minus_in_credit(table.column(roles.at["credit"]), decimal) if "credit" in roles.at else [])
    return [] if "indicator" in roles.at else _mostly_positive(table, roles, decimal)


def _minus_in_credit(cells: list[str], decimal: str) -> list[Question]:
    negative = next((cell for cell in cells if (amount := _amount(cell, decimal)) is not None and amount < 0), "")
    if not negative:
        return []
    sentence = f"Is {quoted(negative)} in the column of money in money out, or money in written with a minus?"
    return [Question(SIGN, sentence, negative, ((AS_WRITTEN, "money out"), (UNSIGNED, "money in")))]


def _both_signs_in_debit(cells: list[str], decimal: str) -> list[Question]:
    amounts = [(amount, cell) for cell in cells if (amount := _amount(cell, decimal))]
    negative = next((cell for amount, cell in amounts if amount < 0), "")
    if not negative or all(amount < 0 for amount, _ in amounts):
        return []
    sentence = f"Is {quoted(negative)} in the column of money out money out like the others, or money in?"
    return [Question(SIGN, sentence, negative, ((AS_WRITTEN, "money out"), (REVERSED, "money in")))]


def _mostly_positive(table: Table, roles: Roles, decimal: str) -> list[Question]:
    """Most rows of most accounts are money out; where most are positive, the file may mean that. So it may where the
    payment of a card's bill, which comes in, has a minus."""
    amount_at, text_at = roles.at["amount"], roles.at["description"]
    rows = [row for row in table.rows if max(amount_at, text_at) < len(row)]
    # Nought has no sign, so it says nothing here.
    read = [(amount, row) for row in rows if (amount := _amount(row[amount_at], decimal))]
    positive = [row for amount, row in read if amount > 0]
    unexplained = [row for row in positive if not _COMES_IN.search(row[text_at])]
    is_card_turned = any(amount < 0 and _PAYS_A_CARD.search(row[text_at]) for amount, row in read)
    if len(positive) * 2 > len(read) and len(unexplained) * 2 > len(positive):
        cell = unexplained[0][amount_at].strip()
        sentence = "Most amounts are positive: is a positive amount money in, or money out?"
    elif is_card_turned and positive:
        cell = positive[0][amount_at].strip()
        sentence = "A payment of the card has a minus: is a positive amount money in, or money out?"
    else:
        return []
    return [Question(SIGN, sentence, cell, ((AS_WRITTEN, "money in"), (SPENDING_IS_POSITIVE, "money out")))]


def _amount(cell: str, decimal: str) -> Decimal | None:
    try:
        return read_amount(cell.strip(), decimal)
    except CannotRead:
        return None
