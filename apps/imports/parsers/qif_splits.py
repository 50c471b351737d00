"""The split of a QIF record: how its amount is shared among categories."""

from collections.abc import Sequence
from decimal import Decimal

from .amounts import read_amount
from .rows import CannotRead, SplitPart

_CENT = Decimal("0.01")


def read_splits(parts: Sequence[dict[str, str]], amount: Decimal, decimal: str) -> tuple[SplitPart, ...]:
    """The parts, if their amounts sum to the transaction's exactly; else none, and ``told`` says what they were.

    A part that has a share (%) and no amount ($) is that share of the transaction, to the cent.
    """
    read = []
    for part in parts:
        value = _amount(part, amount, decimal)
        if value is None:
            return ()
        read.append(SplitPart(value, part.get("S", ""), part.get("E", "")))
    return tuple(read) if sum(part.amount for part in read) == amount else ()


def told(parts: Sequence[dict[str, str]]) -> str:
    """The parts as words, for the description of a transaction whose parts do not add up."""
    written = []
    for part in parts:
        share = f"{part['%'].rstrip('%')}%" if part.get("%") else ""
        written.append(" ".join(filter(None, (part.get("S"), part.get("E"), part.get("$") or share))))
    return f"parts that do not add up: {'; '.join(filter(None, written))}"


def _amount(part: dict[str, str], whole: Decimal, decimal: str) -> Decimal | None:
    try:
        if part.get("$"):
            return read_amount(part["$"], decimal)
        share = read_amount(part.get("%", "").rstrip("% "), decimal)
    except CannotRead:
        return None
    return (whole * share / 100).quantize(_CENT)
