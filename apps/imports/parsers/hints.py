"""What the account of a statement is called, without showing its whole number."""

import hashlib
import re

VISIBLE = 4
"""Characters of an account number that are shown; the single-user app shows as many."""

_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}")


def masked(prefix: str, number: str) -> str:
    """``QFX-****1222``: the prefix and the last four characters; a number of four or fewer is shown whole."""
    return f"{prefix}-****{number[-VISIBLE:]}" if len(number) > VISIBLE else f"{prefix}-{number}"


def account_number(written: str) -> str:
    """The number without blanks, so that ``DE89 3704 …`` and ``DE893704…`` are one account."""
    return "".join(written.split()).upper()


def is_iban(number: str) -> bool:
    """Whether the number has the shape of an IBAN; its check digits are not verified."""
    return _IBAN.fullmatch(number) is not None


class AccountHints:
    """The hints of one file. Two accounts never share one, even if their numbers end alike.

    The first account gets the plain hint, a later one with the same last characters a fingerprint of its number
    behind it.
    """

    def __init__(self) -> None:
        self._owners: dict[str, str] = {}

    def hint(self, prefix: str, number: str) -> str:
        """The hint of the account with this number."""
        plain = masked(prefix, number)
        if self._owners.setdefault(plain, number) == number:
            return plain
        return f"{plain}-{hashlib.blake2b(number.encode(), digest_size=3).hexdigest()}"

    def of_bank(self, written: str) -> str:
        """``IBAN-****3000`` of an IBAN, ``ACCT-****6601`` of a national account number, '' of nothing."""
        number = account_number(written)
        return self.hint("IBAN" if is_iban(number) else "ACCT", number) if number else ""
