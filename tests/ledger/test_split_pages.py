"""The pages of splits and their templates, without JavaScript."""

from decimal import Decimal

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.categorization.models import CategoryRule
from apps.households.models import Household
from apps.ledger.models import Account, Revision, SplitTemplate, Tag, Transaction, TransactionTag
from apps.tenancy.context import household_context
from tests.ledger.entries import by_hand
from tests.planes import both_planes

pytestmark = both_planes

TEMPLATES = "/h/ours/split-templates/"
Part = tuple[str, str, str]


@pytest.fixture
def row(household: Household) -> Transaction:
    """Forty dollars at a shop, in the bucket Shopping."""
    with household_context(household):
        account = Account.objects.create(name="Checking", currency="USD")
        row = by_hand(account, "2026-11-01", "-40", "SHOP")
        TransactionTag.objects.create(transaction=row, tag=Tag.objects.get(value="shopping"))
        return row


def address(row: Transaction, page: str = "") -> str:
    return f"/h/ours/transactions/{row.pk}/split/{page}"


def filled(household: Household, *parts: Part, **more: str) -> dict[str, str]:
    with household_context(household):
        pks = {tag.value: str(tag.pk) for tag in Tag.objects.all()}
        form = {
            "as_of": str(Revision.current()),
            "part-TOTAL_FORMS": str(len(parts)),
            "part-INITIAL_FORMS": "0",
            **more,
        }
    for place, (value, size, unit) in enumerate(parts):
        fields = {"tag": pks.get(value, value), "size": size, "unit": unit}
        form |= {f"part-{place}-{name}": text for name, text in fields.items()}
    return form


def buckets(household: Household, row: Transaction) -> dict[str, Decimal | None]:
    with household_context(household):
        return {link.tag.value: link.amount for link in row.transaction_tags.select_related("tag")}


def template(household: Household, name: str = "Flat") -> SplitTemplate:
    with household_context(household):
        made = SplitTemplate.objects.create(name=name)
        made.parts.create(tag=Tag.objects.get(value="housing"), percent=Decimal("62.5"), sort_order=0)
        made.parts.create(tag=Tag.objects.get(value="other"), sort_order=1)
        return made


def test_the_first_line_is_the_bucket_that_takes_the_rest(member_client: Client, row: Transaction) -> None:
    page = member_client.get(address(row))
    (first, second) = (form.initial for form in page.context["forms"])
    assert (first["unit"], second) == ("rest", {"unit": "amount"})
    assert "Shopping" in page.content.decode()


def test_a_row_is_split_by_amounts_shares_and_the_rest(
    member_client: Client, household: Household, row: Transaction
) -> None:
    form = filled(
        household,
        ("dining", "10,00", "amount"),
        ("", "", "amount"),
        ("groceries", "25", "percent"),
        ("other", "", "rest"),
    )
    assert member_client.post(address(row), form).status_code == 302
    assert buckets(household, row) == {"dining": -10, "groceries": Decimal("-7.5"), "other": Decimal("-22.5")}
    shown = [form.initial["size"] for form in member_client.get(address(row)).context["forms"]]
    assert shown == ["7.50", "10.00", "22.50"]


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        (
            [("dining", "10", "amount"), ("other", "20", "amount")],
            "The parts make $30.00 of $40.00: $10.00 is missing.",
        ),
        (
            [("dining", "30", "amount"), ("other", "20", "amount")],
            "The parts make $50.00 of $40.00: $10.00 is too much.",
        ),
        ([("dining", "20", "amount"), ("dining", "20", "amount")], "“Dining” stands there twice."),
        ([("dining", "40", "amount"), ("other", "0", "amount")], "Each part must be more than nothing."),
        ([("dining", "40", "amount")], "A split has at least two parts."),
        ([], "A split has at least two parts."),
        ([("dining", "", "amount"), ("other", "", "rest")], "Say how much of it."),
        ([("", "10", "amount"), ("other", "", "rest")], "Choose the bucket of this part."),
        ([("424242", "10", "amount"), ("other", "", "rest")], "This bucket is not there any more."),
        ([("\x00", "10", "amount"), ("other", "", "rest")], "This bucket is not there any more."),
        (
            [("dining", "NaN", "amount"), ("other", "", "rest")],
            "Write the amount in digits, like 12.50, without a sign.",
        ),
        ([("dining", "9" * 16, "amount"), ("other", "", "rest")], "The ledger keeps amounts of up to 15 digits"),
        (
            [("dining", "1e400", "amount"), ("other", "", "rest")],
            "Write the amount in digits, like 12.50, without a sign.",
        ),
        ([("dining", "10", "bushels"), ("other", "", "rest")], "Select a valid choice."),
    ],
)
def test_a_split_that_cannot_be_is_told_and_nothing_is_changed(
    member_client: Client, household: Household, row: Transaction, parts: list[Part], sentence: str
) -> None:
    answer = member_client.post(address(row), filled(household, *parts))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert buckets(household, row) == {"shopping": None}


@pytest.mark.parametrize("count", ["", "x", "-1", "1000", "9" * 40])
def test_a_form_with_a_wrong_count_of_lines_changes_nothing(
    member_client: Client, household: Household, row: Transaction, count: str
) -> None:
    form = filled(household, ("dining", "10", "amount"), ("other", "", "rest"), **{"part-TOTAL_FORMS": count})
    form["part-TOTAL_FORMS"] = count
    assert member_client.post(address(row), form).status_code == 422
    assert member_client.post(address(row, "add-part/"), form).status_code == 200
    assert buckets(household, row) == {"shopping": None}


def test_a_line_is_added_to_what_stands_there(member_client: Client, household: Household, row: Transaction) -> None:
    form = filled(household, ("dining", "10.5", "amount"), ("other", "", "rest"))
    page = member_client.post(address(row, "add-part/"), form)
    shown = [(form["size"].value(), form["unit"].value()) for form in page.context["forms"]]
    assert (page.status_code, shown) == (200, [("10.5", "amount"), ("", "rest"), (None, "amount")])
    assert buckets(household, row) == {"shopping": None}


def test_a_form_drawn_again_with_one_more_line_is_still_the_one_that_was_opened(
    member_client: Client, household: Household, row: Transaction
) -> None:
    page = member_client.post(
        address(row, "add-part/"), filled(household, ("groceries", "4", "amount")) | {"as_of": "7"}
    )
    assert page.context["revision"] == 7


def test_a_second_tab_does_not_split_over_the_first(
    member_client: Client, household: Household, row: Transaction
) -> None:
    first = filled(household, ("dining", "10", "amount"), ("other", "", "rest"))
    second = filled(household, ("groceries", "10", "amount"), ("other", "", "rest"))
    assert member_client.post(address(row), first).status_code == 302
    answer = member_client.post(address(row), second)
    assert answer.status_code == 422
    assert "This row was changed after you opened this page" in answer.content.decode()
    assert buckets(household, row) == {"dining": -10, "other": -30}


def test_a_split_is_taken_away_and_can_be_undone(member_client: Client, household: Household, row: Transaction) -> None:
    member_client.post(address(row), filled(household, ("dining", "10", "amount"), ("other", "", "rest")))
    assert member_client.post(address(row, "remove/"), filled(household)).status_code == 302
    assert buckets(household, row) == {}
    (*_, message) = member_client.get(address(row)).context["messages"]
    member_client.post(message.extra_tags)
    assert buckets(household, row) == {"dining": -10, "other": -30}


def test_a_template_fills_the_page_in(member_client: Client, household: Household, row: Transaction) -> None:
    made = template(household)
    lines = [form.initial for form in member_client.get(f"{address(row)}?template={made.pk}").context["forms"]]
    assert [(line.get("size"), line["unit"]) for line in lines] == [("62.50", "percent"), (None, "rest")]
    for unknown in ("x", "9" * 30, "\x00", "424242"):
        assert member_client.get(address(row), {"template": unknown}).status_code == 200


def test_parts_are_kept_as_a_template(member_client: Client, household: Household, row: Transaction) -> None:
    form = filled(household, ("dining", "30", "percent"), ("other", "", "rest"), name="Lunch")
    answer = member_client.post(address(row, "keep/"), form)
    with household_context(household):
        kept = SplitTemplate.objects.get(name="Lunch")
    assert answer["Location"] == f"{address(row)}?template={kept.pk}"
    assert buckets(household, row) == {"shopping": None}
    again = member_client.post(address(row, "keep/"), form)
    assert again.status_code == 422
    assert "There is a split template “Lunch” already. Choose another name." in again.content.decode()


def test_amounts_alone_are_no_template(member_client: Client, household: Household, row: Transaction) -> None:
    form = filled(household, ("dining", "30", "amount"), ("other", "10", "amount"), name="Lunch")
    answer = member_client.post(address(row, "keep/"), form)
    assert "Amounts alone fit one sum only. Let one part take the rest" in answer.content.decode()
    for name in ("", "x" * 81, "a\x00"):
        nameless = filled(household, ("dining", "30", "percent"), ("other", "", "rest"), name=name)
        assert member_client.post(address(row, "keep/"), nameless).status_code == 422


def test_a_template_is_made_changed_and_deleted(member_client: Client, household: Household) -> None:
    form = filled(household, ("dining", "30", "percent"), ("other", "", "rest"), name="Lunch")
    assert member_client.post(f"{TEMPLATES}new/", form).status_code == 302
    with household_context(household):
        made = SplitTemplate.objects.get()
    changed = filled(household, ("dining", "5", "amount"), ("other", "", "rest"), name="Dinner")
    assert member_client.post(f"{TEMPLATES}{made.pk}/", changed).status_code == 302
    with household_context(household):
        made.refresh_from_db()
        parts = [(part.amount, part.percent) for part in made.parts.all()]
    assert (made.name, parts) == ("Dinner", [(5, None), (None, None)])
    assert "Dinner" in member_client.get(TEMPLATES).content.decode()
    assert member_client.post(f"{TEMPLATES}{made.pk}/delete/").status_code == 302
    (*_, message) = member_client.get(TEMPLATES).context["messages"]
    assert str(message) == "“Dinner” was deleted."
    member_client.post(message.extra_tags)
    with household_context(household):
        assert [(part.amount, part.percent) for part in SplitTemplate.objects.get().parts.all()] == parts


def test_a_template_that_a_rule_uses_stays(member_client: Client, household: Household) -> None:
    made = template(household)
    with household_context(household):
        CategoryRule.objects.create(name="Rent", split_template=made)
    assert "rules “Rent”" in member_client.get(f"{TEMPLATES}{made.pk}/").content.decode()
    member_client.post(f"{TEMPLATES}{made.pk}/delete/")
    (message,) = member_client.get(TEMPLATES).context["messages"]
    assert str(message) == "“Flat” is used by rules “Rent”. Change or delete these first."
    with household_context(household):
        assert made.parts.count() == 2


def test_templates_and_rows_of_another_household_are_not_there(
    member_client: Client, other_household: Household
) -> None:
    with household_context(other_household):
        theirs = Account.objects.create(name="Theirs", currency="USD")
        foreign = by_hand(theirs, "2026-11-01", "-40", pk=424242)
        SplitTemplate.objects.create(pk=foreign.pk, name="Theirs")
    for page in ("split-templates/424242/", "transactions/424242/split/", f"transactions/{'9' * 30}/split/"):
        assert member_client.get(f"/h/ours/{page}").status_code == 404
        assert member_client.post(f"/h/ours/{page}").status_code == 404


def test_the_pages_ask_as_often_for_one_template_and_part_as_for_many(
    member_client: Client, household: Household, row: Transaction
) -> None:
    counts = []
    for names, buckets in (("a", ("dining", "other")), ("bcd", ("dining", "other", "groceries", "housing"))):
        for name in names:
            template(household, name)
        parts = [(value, str(Decimal(40) / len(buckets)), "amount") for value in buckets]
        assert member_client.post(address(row), filled(household, *parts)).status_code == 302
        member_client.get(TEMPLATES)  # shows the message
        with CaptureQueriesContext(connections["households"]) as captured:
            assert member_client.get(TEMPLATES).status_code == 200
            assert member_client.get(address(row)).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]
