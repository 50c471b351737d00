"""Which alias names a merchant."""

import random

import pytest

from apps.categorization.merchants import Namer, namer
from apps.categorization.models import MerchantAlias
from apps.core.patterns import UnusablePattern
from apps.core.text import folded
from apps.households.models import Household
from tests.planes import both_planes


def alias(
    pattern: str, merchant: str, match: str = "contains", priority: int = 0, pk: int | None = None
) -> MerchantAlias:
    return MerchantAlias(pk=pk, pattern=pattern, match=match, merchant=merchant, priority=priority)


@pytest.mark.parametrize(
    ("match", "pattern", "text", "is_found"),
    [
        ("exact", "Café Ørsted", "CAFE  ORSTED", True),
        ("exact", "cafe", "CAFE ORSTED", False),
        ("contains", "cafe", "LE CAFÉ 12", True),
        ("contains", "CAFÉ", "le cafe 12", True),
        ("contains", "a.c", "abc", False),
        ("contains", "a.c", "x A.C y", True),
        ("regex", "^sq \\*", "SQ *BLUE BOTTLE", True),
        ("regex", "caf[eé] \\d+$", "LE CAFÉ 12", True),
        ("regex", "\\S+ÉE\\b", "toffee", True),
        ("regex", "^\\W", "a", False),
        ("regex", "bottle$", "SQ *BLUE BOTTLE 12", False),
    ],
)
def test_neither_case_nor_accents_count(match: str, pattern: str, text: str, *, is_found: bool) -> None:
    assert Namer([alias(pattern, "M", match)]).name_of(text) == ("M" if is_found else "")


def test_the_highest_priority_names_it_and_of_equals_the_older() -> None:
    young, old = alias("shop", "Young", pk=9), alias("shop", "Old", "regex", pk=3)
    high = alias("corner shop", "High", "exact", priority=5, pk=12)
    low = alias("corner", "Low", priority=-1, pk=1)
    unsaved = alias("corner shop", "Unsaved")
    by_all = Namer([unsaved, young, low, high, old])
    assert [one.merchant for one in by_all.aliases] == ["High", "Old", "Young", "Unsaved", "Low"]
    assert by_all.name_of("CORNER SHOP") == "High"
    assert by_all.name_of("corner shop 2") == "Old"
    assert by_all.name_of("corner") == "Low"
    assert by_all.name_of("elsewhere") == ""


def test_a_thousand_aliases_find_what_one_after_the_other_would() -> None:
    chance = random.Random(7)
    words = ["".join(chance.choices("abcdefgé* ", k=chance.randint(4, 6))) for _ in range(1000)]
    aliases = [
        alias(word, word, priority=chance.randint(0, 3), pk=number) for number, word in enumerate(words, start=1)
    ]
    by_all = Namer(aliases)
    texts = ["".join(chance.choices("ABCDEFGÉ* ", k=12)) for _ in range(500)]
    expected = [next((one for one in by_all.aliases if folded(one.pattern) in folded(text)), None) for text in texts]
    assert [by_all.alias_of(text) for text in texts] == expected
    assert None in expected
    assert len(set(map(str, expected))) > 50


@pytest.mark.parametrize("pattern", ["(a", "(?=x)", "(a)\\1", "((a{100}){100}){100}"])
def test_a_regular_expression_that_would_run_away_is_refused_in_a_sentence(pattern: str) -> None:
    with pytest.raises(UnusablePattern, match=r"cannot be used"):
        Namer([alias(pattern, "M", "regex")])


@both_planes
def test_a_household_without_aliases_has_no_namer(opened: Household) -> None:
    del opened
    assert namer() is None
    MerchantAlias.objects.create(pattern="shop", merchant="Ours")
    found = namer()
    assert found is not None
    assert found.name_of("THE SHOP") == "Ours"
