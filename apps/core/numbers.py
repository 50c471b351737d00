"""Numbers as a form or an address sends them."""

MOST_ID = 2**63 - 1
"""The largest value of PostgreSQL's bigint."""


def whole_number(text: str, *, most: int = MOST_ID) -> int | None:
    """What plain digits write, from 0 to `most`; None for everything else, however long it is."""
    if not (text.isascii() and text.isdigit()) or len(text) > len(str(most)):
        return None
    number = int(text)
    return number if number <= most else None
