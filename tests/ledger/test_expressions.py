"""The language of the search box, without a database: what a text says, and that no text breaks it."""

import contextlib
import datetime
import time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.core.periods import Calendar
from apps.ledger.searching import Search, UnreadableSearch, read_search
from apps.ledger.searching.patterns import compiled, needed_words, rows_found
from apps.ledger.searching.reading import KEYS
from apps.ledger.searching.terms import (
    Amounts,
    Days,
    Having,
    InAccount,
    Meaning,
    Number,
    Pattern,
    State,
    Tagged,
    Text,
)

CALENDAR = Calendar(datetime.date(2026, 11, 22))  # a Sunday
PIECES = (
    *("/\ud800/", "/\\Q/"),
    *(">50", "<-", "..", "50..", "=", "≥", "last", "month", "90", "days", "2026-02-30", "2026-02", "since", "before"),
    *(
        "-",
        "--",
        '"',
        "“",
        "/",
        "/(/",
        "/a{1000}{1000}/",
        "/a*/",
        "\\",
        "tag:a:b",
        "is:",
        "is:in",
        ":",
        "\x00",
        "ﬃ",
        "\ud800",
    ),
    *(f"{key}:" for key in KEYS),
)


def said(text: str) -> list[tuple[bool, Meaning]]:
    return [(term.is_excluded, term.meaning) for term in read_search(text, calendar=CALENDAR).terms]


def meaning(text: str) -> Meaning:
    ((_, only),) = said(text)
    return only


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def test_the_example_of_the_page() -> None:
    assert said(">50 last month amazon -refund") == [
        (False, Amounts(least=Decimal(50), is_least_included=False, is_most_included=False)),
        (False, Days(day("2026-10-01"), day("2026-10-31"))),
        (False, Text("amazon")),
        (True, Text("refund")),
    ]


def test_words_and_phrases_are_folded() -> None:
    assert said('Café “Trader Joe” -"Ørsted A"') == [
        (False, Text("cafe")),
        (False, Text("trader joe")),
        (True, Text("orsted a")),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (">50", Amounts(Decimal(50), None, is_least_included=False, is_most_included=False)),
        (">= 50", Amounts(Decimal(50), None)),
        ("<=$20", Amounts(None, Decimal(20))),
        ("=12.34", Amounts(Decimal("12.34"), Decimal("12.34"))),
        ("=1,204.77", Amounts(Decimal("1204.77"), Decimal("1204.77"))),
        ("≥12,5", Amounts(Decimal("12.5"), None)),
        ("50..100", Amounts(Decimal(50), Decimal(100))),
        ("100..50", Amounts(Decimal(50), Decimal(100))),
        ("50..", Amounts(Decimal(50), None)),
        (">+100", Amounts(Decimal(100), None, is_least_included=False, is_most_included=False, is_signed=True)),
        ("<-50", Amounts(None, Decimal(-50), is_least_included=False, is_most_included=False, is_signed=True)),
        ("-50.00..-20", Amounts(Decimal(-50), Decimal(-20), is_signed=True)),
        ("−20", Amounts(Decimal(-20), Decimal(-20), is_signed=True)),
        ("+20", Amounts(Decimal(20), Decimal(20), is_signed=True)),
        ("$20", Amounts(Decimal(20), Decimal(20))),
        ("50", Number("50", Decimal(50))),
        ("12.34", Number("12.34", Decimal("12.34"))),
    ],
)
def test_amounts(text: str, expected: Meaning) -> None:
    assert meaning(text) == expected


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("today", "2026-11-22", "2026-11-22"),
        ("Yesterday", "2026-11-21", "2026-11-21"),
        ("this week", "2026-11-16", "2026-11-22"),
        ("last week", "2026-11-09", "2026-11-15"),
        ("this month", "2026-11-01", "2026-11-30"),
        ("last month", "2026-10-01", "2026-10-31"),
        ("this quarter", "2026-10-01", "2026-12-31"),
        ("last quarter", "2026-07-01", "2026-09-30"),
        ("this year", "2026-01-01", "2026-12-31"),
        ("last year", "2025-01-01", "2025-12-31"),
        ("last 90 days", "2026-08-25", "2026-11-22"),
        ("last 1 day", "2026-11-22", "2026-11-22"),
        ("past 2 weeks", "2026-11-09", "2026-11-22"),
        ("last 3 months", "2026-08-23", "2026-11-22"),
        ("last 9999 years", "1900-01-01", "2026-11-22"),
        ("2026", "2026-01-01", "2026-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2026-11-03", "2026-11-03", "2026-11-03"),
        ("november 2025", "2025-11-01", "2025-11-30"),
        ("Nov 2025", "2025-11-01", "2025-11-30"),
        ("since 2026-01-15", "2026-01-15", None),
        ("after 2026-01", "2026-02-01", None),
        ("until november 2025", None, "2025-11-30"),
        ("before 2026", None, "2025-12-31"),
        ("2026-01..2026-03", "2026-01-01", "2026-03-31"),
        ("2026-03..2026-01-15", "2026-01-15", "2026-03-31"),
        ("2026-03..", "2026-03-01", None),
        ("..2026-03-10", None, "2026-03-10"),
    ],
)
def test_days(text: str, start: str | None, end: str | None) -> None:
    assert meaning(text) == Days(start and day(start), end and day(end))


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("this month", "2026-10-25", "2026-11-24"),
        ("last month", "2026-09-25", "2026-10-24"),
        ("2026-01", "2025-12-25", "2026-01-24"),
        ("november 2025", "2025-10-25", "2025-11-24"),
        ("nov 2025", "2025-10-25", "2025-11-24"),
        ("2026-01..2026-03", "2025-12-25", "2026-03-24"),
        ("since 2026-01", "2025-12-25", None),
        ("after january 2026", "2026-01-25", None),
        ("this week", "2026-11-16", "2026-11-22"),
        ("this quarter", "2026-10-01", "2026-12-31"),
        ("last year", "2025-01-01", "2025-12-31"),
        ("2026", "2026-01-01", "2026-12-31"),
        ("last 3 months", "2026-08-23", "2026-11-22"),
        ("2026-01-15", "2026-01-15", "2026-01-15"),
    ],
)
def test_months_are_the_households_and_all_else_the_calendars(text: str, start: str, end: str | None) -> None:
    ((term),) = read_search(text, calendar=Calendar(CALENDAR.today, 25)).terms
    assert term.meaning == Days(day(start), end and day(end))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("account:checking", InAccount("checking")),
        ('account:"Joint Checking"', InAccount("Joint Checking")),
        ("Bucket:Dining", Tagged("bucket", "Dining")),
        ("bucket:none", State("untagged")),
        ("occasion:mum", Tagged("occasion", "mum")),
        ("tag:trip:japan", Tagged("trip", "japan")),
        ('tag:trip:"far east"', Tagged("trip", "far east")),
        ("tag:japan", Tagged("", "japan")),
        ("is:Transfer", State("transfer")),
        ("has:notes", Having("notes")),
        ("note:Gift", Text("gift", "notes")),
        ('merchant:"Trader Joe"', Text("trader joe", "merchant")),
        ("/star.*bucks/", Pattern("star.*bucks")),
        (r"/a\/b c/", Pattern(r"a\/b c")),
    ],
)
def test_keys_and_patterns(text: str, expected: Meaning) -> None:
    assert said(text) == [(False, expected)]
    assert said(f"-{text}") == [(True, expected)]


@pytest.mark.parametrize(
    "text", ["and/or", "/usr", "//", "-", '5"', "ref:123", "a..b", "..", "last", "november", "may", "1923", "12345-67"]
)
def test_what_is_not_of_the_language_is_a_word(text: str) -> None:
    found = meaning(text)
    assert isinstance(found, Text | Number)
    assert found.text == text


def test_quotation_marks_make_anything_text() -> None:
    assert said('"last month" "2026" -"50" "is:transfer" "2026-02-30"') == [
        (False, Text("last month")),
        (False, Text("2026")),
        (True, Text("50")),
        (False, Text("is:transfer")),
        (False, Text("2026-02-30")),
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (">x", "After “>” comes an amount, as in >50. For days, write since 2026-01-31 or before 2026-01-31."),
        ("amazon <", "After “<” comes an amount, as in <50. For days, write since 2026-01-31 or before 2026-01-31."),
        ('"whole foods', 'The quotation mark in "whole has no second one. Add it, or take it away.'),
        ('""', "There is nothing between the quotation marks. Write words there, or take them away."),
        ("bucket:", "After “bucket:” comes what to look for, as in bucket:dining."),
        ("has:money", "“has:money” is not known. After has: comes one of notes, bucket, tags, reference."),
        (
            "2026-02-30",
            "There is no day 2026-02-30 in the calendar. Put it in quotation marks if the rows say it like that.",
        ),
        (
            "since 2026-13",
            "There is no month 2026-13 in the calendar. Put it in quotation marks if the rows say it like that.",
        ),
        ("last 0 days", "“last 0 days” is no time at all. Write how many days it is, as in last 30 days."),
        (
            "/(/",
            (
                "The pattern /(/ cannot be used (missing ): (). It is a regular expression without look-around and back "
                "references; put it in quotation marks to look for it as text."
            ),
        ),
        (r"/\Aab/", r"The pattern /\Aab/ uses \A, \z or \C. Write ^ for the beginning and $ for the end."),
        ("/[a-z ]{0,999}q/", "The pattern /[a-z ]{0,999}q/ repeats too much to be searched for. Make it simpler."),
        ("x" * 201, "A search has at most 200 signs. Make it shorter."),
        (" ".join(f"w{number}" for number in range(41)), "A search has at most 40 parts. Take some away."),
    ],
)
def test_what_cannot_be_read_is_told(text: str, sentence: str) -> None:
    with pytest.raises(UnreadableSearch) as told:
        read_search(text, calendar=CALENDAR)
    assert str(told.value) == sentence


def test_a_part_can_be_taken_out_by_itself() -> None:
    search = read_search('>  50  last month "a b" -refund', calendar=CALENDAR)
    assert [term.label for term in search.terms] == ["> 50", "last month", "“a b”", "not “refund”"]
    assert [str(search.without(term)) for term in search.terms] == [
        'last month "a b" -refund',
        '> 50 "a b" -refund',
        "> 50 last month -refund",
        '> 50 last month "a b"',
    ]


def test_the_same_part_twice_is_one() -> None:
    assert said("tea TEA -tea") == [(False, Text("tea")), (True, Text("tea"))]


@settings(max_examples=400)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=12), max_size=14), st.sampled_from(["", " "]))
def test_no_text_raises_anything_but_its_own_error(pieces: list[str], between: str) -> None:
    try:
        search = read_search(between.join(pieces), calendar=CALENDAR)
    except UnreadableSearch as told:
        assert str(told).endswith(".")  # noqa: PT017
    else:
        again = read_search(str(search), calendar=CALENDAR)
        assert [term.meaning for term in again.terms] == [term.meaning for term in search.terms]


@pytest.mark.parametrize(
    "text", ["/" + "\\" * 199, "/ " * 100, '"' * 199 + " ", "tag:" * 50, "a:" * 100, "1," * 100, "9" * 200, "../" * 66]
)
def test_two_hundred_hostile_signs_are_read_quickly(text: str) -> None:
    start = time.thread_time()
    with contextlib.suppress(UnreadableSearch):
        read_search(text, calendar=CALENDAR)
    assert time.thread_time() - start < 0.5


def test_an_empty_search_asks_for_nothing() -> None:
    assert read_search(" \x00 ", calendar=CALENDAR) == Search()


@pytest.mark.parametrize(
    ("pattern", "rows"),
    [
        ("star.*bucks", [0]),
        ("STAR", [0, 1]),
        ("^bucks", [1]),
        ("note$", [2]),
        ("k[^x]*m", []),
        (".", [0, 1, 2]),
        ("$", [0, 1, 2, 3]),
    ],
)
def test_a_pattern_is_looked_for_in_each_text_by_itself(pattern: str, rows: list[int]) -> None:
    lines = ["The STAR of bucks", "", "", "a star", "bucks", "", "", "", "my note", "", "", ""]
    assert list(rows_found(pattern, "\n".join(lines).encode())) == rows


def test_a_long_text_is_searched_in_blocks_that_lose_nothing() -> None:
    lines = "\n".join(f"row {number} {'x' * 90}\n\n" for number in range(6000))
    assert list(rows_found(r"row \d+5 ", lines.encode())) == list(range(15, 6000, 10))


def test_a_wicked_pattern_takes_no_time() -> None:
    start = time.thread_time()
    assert list(rows_found("(x+x+)+y", b"x" * 3_000_000)) == []
    assert time.thread_time() - start < 2


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("star.*bucks", ["star", "bucks"]),
        ("Amzn|Amazon", []),
        ("(amzn|amazon).*Store", ["store"]),
        ("(abc)?defg", ["defg"]),
        ("abcd?efg", ["abc", "efg"]),
        ("trader joe's", ["trader", "joe's"]),
        ("abc{2}defg", ["defg"]),
        ("abcd+efg", ["abcd", "efg"]),
        (r"[\]abcd.]xyz", ["xyz"]),
        ("[[:alpha:]xyz.]uvw", []),
        (r"a\.bcd\wefg", ["bcd", "efg"]),
        (r"\x41bcd", []),
        ("(?i)abcd", []),
        ("café", []),
        ("ab", []),
    ],
)
def test_which_words_a_pattern_needs(pattern: str, words: list[str]) -> None:
    assert needed_words(pattern) == words


@settings(max_examples=300)
@given(st.text("abk.*+?()[]{}2,|\\^d", max_size=12), st.text("abkK2d. ", max_size=12))
def test_a_text_in_which_a_pattern_is_found_holds_its_words(pattern: str, text: str) -> None:
    try:
        program = compiled(pattern)
    except UnreadableSearch:
        return
    if program.search(text.encode()) is not None:
        assert [word for word in needed_words(pattern) if word not in text.lower()] == []
