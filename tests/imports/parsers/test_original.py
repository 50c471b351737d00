"""The custom CSV configurations of the single-user app are accepted as they were stored."""

from typing import Any

import pytest

from apps.imports.parsers import InvalidMapping, Recipe, SkipRule, from_original_json

from .reading import left_out, parsed, rows_of

NEEDED = {
    "name": "My savings",
    "account_source": "SAVINGS",
    "date_column": "Date",
    "amount_column": "Amount",
    "description_column": "Text",
}


def config(**more: Any) -> Recipe:
    return from_original_json({**NEEDED, **more})


def test_the_shortest_configuration_reads_with_the_defaults_of_that_app() -> None:
    rows = rows_of('Date,Text,Amount\n01/15/2025,Tea,"-1,050.00"\n', recipe=config(description="ignored", later=1))
    assert [(str(r.date), str(r.amount), r.merchant, r.account_hint, r.reference) for r in parsed(rows)] == [
        ("2025-01-15", "-1050.00", "Tea", "SAVINGS", "custom_2025-01-15_-1050.0")
    ]


def test_every_option_has_its_meaning() -> None:
    recipe = config(
        date_format="iso",
        amount_sign_convention="plus_minus",
        amount_currency_prefix="Rs.",
        amount_invert_sign=True,
        merchant_column=None,
        reference_column="Ref",
        category_column="Kind",
        card_member_column="Who",
        merchant_split_chars="#",
        merchant_max_length=5,
        row_handling={
            "skip_header_rows": 2,
            "skip_footer_rows": 2,
            "skip_patterns": ["pending", "regex:^2025-02"],
            "skip_empty_rows": True,
        },
    )
    content = (
        "Bank\n\nDate,Text,Amount,Ref,Kind,Who\n"
        "2025-01-15T10:00:00,Tea room #12,- Rs.5.00,R1,Food,Kim\n"
        "2025-01-16,PENDING: x,1.00,,,\n"
        "2025-02-17,Void,1.00,,,\n"
        "Total,,5.00,,,\n"
    )
    rows = rows_of(content, recipe=recipe)
    assert [
        (str(r.date), str(r.amount), r.merchant, r.reference, r.bank_category, r.card_member) for r in parsed(rows)
    ] == [("2025-01-15", "5.00", "Tea r", "R1", "Food", "Kim")]
    assert [line for line, _ in left_out(rows)] == [1, 5, 6, 7]


def test_positions_mean_a_table_without_header() -> None:
    recipe = config(date_column=0, amount_column=2, description_column=1, merchant_first_words=2)
    rows = rows_of("01/15/2025,Tea room east,-5.00\n", recipe=recipe)
    assert [row.merchant for row in parsed(rows)] == ["Tea room"]


@pytest.mark.parametrize("by_position", [True, False])
def test_the_header_is_found_by_its_indicators(by_position: bool) -> None:
    columns = {"date_column": 0, "amount_column": 2, "description_column": 1} if by_position else {}
    recipe = config(**columns, row_handling={"find_header_row": True, "header_indicators": ["Date", "Amount"]})
    rows = rows_of("Bank\nOf,Somewhere\nDate,Text,Amount\n01/15/2025,Tea,-5.00\n", recipe=recipe)
    assert [row.line for row in parsed(rows)] == [4]
    assert [line for line, _ in left_out(rows)] == [1, 2]


@pytest.mark.parametrize(
    ("pattern", "kind", "value"),
    [
        ("a.b (c)", "contains", "a.b (c)"),
        ("regex:^Total.*", "matches", "^Total.*"),
        (r"REGEX:\d{3}|a\.b", "matches", r"\d{3}|a\.b"),
    ],
)
def test_skip_patterns_become_rules(pattern: str, kind: str, value: str) -> None:
    recipe = config(row_handling={"skip_patterns": [pattern]})
    assert recipe.skip == (SkipRule(kind=kind, values=(value,), reason="Left out by a pattern of this format."),)


def test_rows_are_left_out_and_merchants_found_by_regular_expressions() -> None:
    recipe = config(row_handling={"skip_patterns": [r"regex:^\d+/\d+/\d+,pend"]}, merchant_regex=r"^POS (\w+)")
    rows = rows_of(
        "Date,Text,Amount\n01/15/2025,POS Cafe 12,-1\n01/16/2025,PENDING x,-2\n01/17/2025,Rent,-3\n", recipe=recipe
    )
    assert [row.merchant for row in parsed(rows)] == ["Cafe", "Rent"]
    assert [line for line, _ in left_out(rows)] == [3]


def test_a_pattern_that_would_run_for_ever_elsewhere_does_not() -> None:
    recipe = config(merchant_regex="^(a+)+$", row_handling={"skip_patterns": ["regex:^(a|a)*b$"]})
    rows = rows_of(f"Date,Text,Amount\n01/15/2025,{'a' * 5000}!,-1\n", recipe=recipe)
    assert len(parsed(rows)) == 1


@pytest.mark.parametrize("pattern", ["(?=a)b", r"(a)\1", "(", "a{1000}{1000}"])
def test_what_re2_does_not_know_is_refused_with_a_sentence(pattern: str) -> None:
    for changes in ({"merchant_regex": pattern}, {"row_handling": {"skip_patterns": [f"regex:{pattern}"]}}):
        with pytest.raises(InvalidMapping, match="without look-around and back references"):
            config(**changes)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"date_column": None}, "A custom format lacks the field date_column."),
        ({"name": ""}, "name cannot be ''."),
        ({"account_source": 5}, "account_source cannot be 5."),
        ({"amount_invert_sign": "yes"}, "amount_invert_sign cannot be 'yes'."),
        ({"date_format": "%H:%M"}, '"%H:%M" is not a format of a date with day, month and year.'),
        ({"row_handling": {"colour": 1}}, "row_handling has no field colour."),
        ({"row_handling": []}, "row_handling cannot be []."),
        ({"row_handling": {"skip_header_rows": -1}}, "skip_header_rows is -1; it goes from 0 to 9999."),
    ],
)
def test_what_cannot_be_taken_over_is_named(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidMapping) as caught:
        config(**changes)
    assert str(caught.value) == sentence


def test_what_is_no_configuration_is_refused() -> None:
    with pytest.raises(InvalidMapping):
        from_original_json([])


def test_points_for_thousands_mean_a_decimal_comma() -> None:
    recipe = config(amount_thousands_separator=".")
    rows = rows_of('Date,Text,Amount\n01/15/2025,Tea,"1.050,25"\n', recipe=recipe)
    assert [str(row.amount) for row in parsed(rows)] == ["1050.25"]
