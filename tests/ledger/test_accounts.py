"""How long an account has had no file, as people say it."""

import datetime

import pytest

from apps.ledger.accounts import is_dormant, silence

TODAY = datetime.date(2026, 11, 22)


@pytest.mark.parametrize(
    ("days", "words", "dormant"),
    [
        (40, "", False),
        (41, "no file for 41 days", False),
        (90, "no file for 90 days", False),
        (91, "no file since August 2026", False),
        (365, "no file since November 2025", False),
        (366, "no file since November 2025", True),
    ],
)
def test_silence_in_words(days: int, words: str, dormant: bool) -> None:
    last = TODAY - datetime.timedelta(days=days)
    assert silence(last, TODAY) == words
    assert is_dormant(last, TODAY) is dormant
