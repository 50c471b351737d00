"""Accounts that some of the household do not see, or may only look at: on every page, in every deed and job."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.db.models import QuerySet
from django.test import Client
from django.urls import get_resolver

from apps.categorization import rule_runs
from apps.categorization.models import CategoryRule, RuleRun
from apps.households.models import Membership
from apps.households.rules import rule_of
from apps.imports import attempts
from apps.imports.accounts import account_of
from apps.imports.models import ImportFile, ImportRow
from apps.ledger import journal
from apps.ledger.models import (
    Account,
    Change,
    Changeset,
    SavedFilter,
    Tag,
    Transaction,
    TransactionTag,
    Transfer,
    TransferRejection,
)
from apps.tenancy.context import household_context
from apps.tenancy.keys import cached, cached_here
from apps.tenancy.planes import LEDGER
from tests.conftest import confirm
from tests.households.people import browser
from tests.households.test_rules import views
from tests.ledger.families import SECRET, Family, join
from tests.planes import both_planes

pytestmark = both_planes

VIEWS = dict(views(get_resolver("config.urls_household").url_patterns))
LOOKING = sorted(address for address, view in VIEWS.items() if (rule_of(view) or rule_of).get)  # type: ignore[union-attr]
KINDS = ("csv", "json", "qif", "hledger")


def ids_of(ours: Family, account: Account) -> dict[str, list[int]]:
    """What stands in addresses, by the name of the address' part: ids that belong to the account alone."""
    with household_context(ours.household):
        rows = list(account.transactions.values_list("pk", flat=True))
        links = Transfer.objects.filter(outgoing__in=rows, incoming__in=rows).values_list("pk", flat=True)
        rule = CategoryRule.objects.get(conditions__account=account)
        files = ImportFile.objects.filter(account=account)
        deeds = Changeset.objects.filter(changes__account_id=account.pk).exclude(change_count=3).distinct()
        return {
            "account_id": [account.pk],
            "pk": rows,
            "transaction_id": rows,
            "transfer_id": list(links),
            "rule_id": [rule.pk],
            "file_id": [file.pk for file in files],
            "batch_id": [file.batch_id for file in files],
            "changeset_id": [*deeds.values_list("pk", flat=True), *files.values_list("changeset_id", flat=True)],
            "reconciliation_id": list(account.reconciliations.values_list("pk", flat=True)),
            "run_id": list(RuleRun.objects.filter(changeset__import_file__in=files).values_list("pk", flat=True)),
        }


def addresses(ids: dict[str, list[int]]) -> Iterator[tuple[str, str]]:
    """Every address of a household that names something of the account, with the method that it takes."""
    for address, view in sorted(VIEWS.items()):
        parts = re.findall(r"<(?:int|slug|str):(\w+)>", address)
        if not parts or parts[0] not in ids or (parts[0] == "pk" and not address.startswith("transactions/")):
            continue
        rule = rule_of(view)
        for number in ids[parts[0]][:2]:
            path = re.sub(r"<\w+:\w+>", "1", address.replace(f"<int:{parts[0]}>", str(number), 1))
            yield path, "get" if rule and rule.get else "post"
            if rule and rule.get and rule.post:
                yield path, "post"


def _nothings(path: str) -> str:
    """The address with an id that nothing ever had."""
    return re.sub(r"\d+", "987654", path, count=1)


def test_what_is_hidden_is_not_found_at_any_address(ours: Family, anns: Client) -> None:
    asked = list(addresses(ids_of(ours, ours.card)))
    found = {(path, how): getattr(anns, how)(f"/h/ours/{path}").status_code for path, how in asked}
    assert len(found) > 60
    assert {path for (path, how), status in found.items() if how == "get" and status != 404} == set()
    # A few deeds say of what is gone that it is gone; of what is hidden they say the same.
    gone = {key: getattr(anns, key[1])(f"/h/ours/{_nothings(key[0])}").status_code for key in asked}
    assert found == gone


def test_its_owner_finds_it(ours: Family, bobs: Client) -> None:
    looked = [path for path, how in addresses(ids_of(ours, ours.card)) if how == "get"]
    statuses = {path: bobs.get(f"/h/ours/{path}").status_code for path in looked}
    assert len(looked) > 20
    assert set(statuses.values()) <= {200, 302, 422}


PLAIN = [address for address in LOOKING if "<" not in address]


@pytest.mark.parametrize("query", ["", f"?search={SECRET}", "?sort=amount"])
def test_no_page_names_what_is_hidden(ours: Family, anns: Client, query: str) -> None:
    assert len(PLAIN) > 30
    for address in PLAIN:
        answer = anns.get(f"/h/ours/{address}{query}")
        assert answer.status_code in {200, 302, 400}, address
        # The search stands in its own box.
        text = re.sub(rf'value="{SECRET}"|search(=|%3D){SECRET}|“{SECRET}”', "", answer.content.decode())
        assert SECRET not in text, (address, text[text.index(SECRET) - 100 :][:200])


def test_no_page_about_what_is_seen_names_what_is_hidden(ours: Family, anns: Client) -> None:
    seen, looked = ids_of(ours, ours.joint), 0
    with household_context(ours.household):
        seen["tag_id"] = list(Tag.objects.filter(value="dining").values_list("pk", flat=True))
    for address in LOOKING:
        parts = re.findall(r"<\w+:\w+>", address)
        for number in seen.get(parts[0][1:-1].partition(":")[2], []) if len(parts) == 1 else []:
            path = address.replace(parts[0], str(number))
            assert SECRET.encode() not in b"".join(anns.get(f"/h/ours/{path}")), path
            looked += 1
    assert looked > 20


@pytest.mark.parametrize("kind", KINDS)
def test_no_export_holds_what_is_hidden(ours: Family, anns: Client, bobs: Client, kind: str) -> None:
    hers = b"".join(confirm(anns).get(f"/h/ours/transactions/export/{kind}/"))
    his = b"".join(confirm(bobs).get(f"/h/ours/transactions/export/{kind}/"))
    assert (SECRET.encode() in his, SECRET.encode() in hers, b"OPEN" in hers, b"SEEN" in hers) == (
        *(True, False, True, True),
    )


def test_a_member_is_told_that_accounts_are_left_out_and_their_owner_is_not(
    ours: Family, anns: Client, bobs: Client
) -> None:
    told = b"Accounts that others keep to themselves are not included."
    for page in ("", "accounts/"):
        assert told in anns.get(f"/h/ours/{page}").content
        assert told not in bobs.get(f"/h/ours/{page}").content


def test_the_deed_of_a_seen_and_a_hidden_row_is_told_in_part_and_not_undone(ours: Family, anns: Client) -> None:
    with household_context(ours.household):
        deed = Changeset.objects.get(note__startswith="Linked Joint")
    page = anns.get(f"/h/ours/history/{deed.pk}/")
    assert (page.status_code, SECRET in page.content.decode()) == (200, False)
    answer = anns.post(f"/h/ours/history/{deed.pk}/undo/", follow=True)
    assert "rows of accounts that you cannot see or change" in answer.content.decode()
    with household_context(ours.household):
        deed.refresh_from_db()
        assert (deed.undone_at, Transfer.objects.filter(outgoing__description="OPEN to card").count()) == (None, 1)


# --- what may only be looked at ----------------------------------------------------------------------------------------


def everything(ours: Family) -> dict[str, object]:
    """What is in the account that Ann may only look at."""
    with household_context(ours.household):
        rows = list(ours.savings.transactions.order_by("pk").values())
        tags = list(TransactionTag.objects.filter(transaction__account=ours.savings).order_by("pk").values())
        held = list(ours.savings.reconciliations.values()), list(ours.savings.stated_balances.values())
        return {
            "rows": rows,
            "tags": tags,
            "held": held,
            "account": Account.objects.filter(pk=ours.savings.pk).values()[0],
        }


def test_every_address_that_changes_refuses_with_a_sentence_and_changes_nothing(ours: Family, anns: Client) -> None:
    before = everything(ours)
    with household_context(ours.household):
        bucket = Tag.objects.get(namespace="bucket", value="groceries")
        revision = 10_000
    sent = {
        "as_of": revision, "bucket": bucket.pk, "notes": "mine", "status": "matched", "tag": "new", "name": "Mine",
        "kind": "cash", "currency": "USD", "statement_date": "2026-11-20", "statement_balance": "5", "date": "2026-11-20",
        "balance": "5", "amount": "5", "direction": "out", "account": ours.savings.pk, "merchant": "Mine",
    }  # fmt: skip
    paths = [path for path, how in addresses(ids_of(ours, ours.savings)) if how == "post"]
    statuses = {path: anns.post(f"/h/ours/{path}", sent).status_code for path in paths}
    assert len(paths) > 30
    assert {path: status for path, status in statuses.items() if status >= 500} == {}
    assert everything(ours) == before


def test_its_pages_are_seen(ours: Family, anns: Client) -> None:
    page = anns.get(f"/h/ours/accounts/{ours.savings.pk}/").content.decode()
    assert "only to look at" in page
    assert "SEEN shop" in page
    assert "Check a balance" not in page


def test_a_bulk_deed_that_meets_such_a_row_is_refused_whole(ours: Family) -> None:
    with household_context(ours.household, person_id=ours.ann.pk):
        with pytest.raises(journal.ReadOnlyRows), journal.deed(Changeset.Kind.EDIT, actor_id=ours.ann.pk) as deed:
            deed.touch(Transaction.objects.all(), "notes")
        with journal.deed(Changeset.Kind.EDIT, actor_id=ours.ann.pk) as deed:
            ids = deed.touch(Transaction.objects.writable(), "notes")
            Transaction.objects.filter(pk__in=ids).update(notes="hers")
    with household_context(ours.household):
        assert set(Transaction.objects.filter(notes="hers").values_list("account__name", flat=True)) == {"Joint"}


def test_a_tag_that_hidden_rows_have_is_not_deleted_and_the_sentence_says_so(ours: Family, anns: Client) -> None:
    with household_context(ours.household):
        tag = Tag.objects.create(namespace="occasion", value="trip", name="Trip")
        TransactionTag.objects.create(transaction=ours.card.transactions.earliest("pk"), tag=tag)
    answer = anns.post(f"/h/ours/tags/{tag.pk}/delete/", {"as_of": 10_000, "destination": "none"}, follow=True)
    assert "Accounts that you do not see use this, too" in answer.content.decode()
    with household_context(ours.household):
        assert TransactionTag.objects.filter(tag=tag).count() == 1


# --- jobs and caches ----------------------------------------------------------------------------------------------------


def test_rules_that_a_member_runs_change_what_the_member_may(ours: Family) -> None:
    with household_context(ours.household):
        CategoryRule.objects.all().delete()
        CategoryRule.objects.create(name="All", note="by rule").conditions.create(
            field="description", operator="contains", value="shop"
        )
        RuleRun.objects.all().delete()
    with household_context(ours.household, person_id=ours.ann.pk):
        run = rule_runs.order(None, overwrites=True, actor_id=ours.ann.pk)
    rule_runs.do(ours.household, run.pk)
    with household_context(ours.household):
        run.refresh_from_db()
        changed = Transaction.objects.filter(notes__contains="by rule")
        assert set(changed.values_list("account__name", flat=True)) == {"Joint"}
        assert (run.state, run.error, run.changed_count) == ("done", "", 1)


def test_a_file_goes_into_no_account_that_is_only_to_be_looked_at(ours: Family, anns: Client) -> None:
    with household_context(ours.household):
        file = ImportFile.objects.get(account=ours.joint)
        ImportFile.objects.filter(pk=file.pk).update(
            state="needs_account", account=None, account_hint="SEEN", format="csv", uploaded_by_id=ours.ann.pk
        )
    with household_context(ours.household, person_id=ours.ann.pk):
        assert account_of(ImportFile.objects.get(pk=file.pk)) is None
    for account in (ours.savings, ours.card):
        answer = anns.post(f"/h/ours/imports/{file.pk}/account/", {"account": account.pk})
        assert answer.status_code == 422
    with household_context(ours.household):
        file.refresh_from_db()
        assert (file.account_id, file.state) == (None, "needs_account")


def test_the_jobs_of_a_file_have_the_rights_of_who_ordered_them(ours: Family) -> None:
    with household_context(ours.household):
        file = ImportFile.objects.get(account=ours.joint)
        ImportFile.objects.filter(pk=file.pk).update(state="read")
        file.refresh_from_db()
    with household_context(ours.household, person_id=ours.ann.pk):
        from apps.imports.booking import confirm

        confirm(file)
    seen: list[object] = []

    def work(household: object, file_id: int, *, person_id: int | None) -> None:
        seen.append(person_id)

    attempts.attempt(work, ours.household, file.pk, ImportFile.State.CONFIRMED)
    assert (file.uploaded_by_id, seen) == (ours.bob.pk, [ours.ann.pk])


def test_a_narrowed_person_neither_reads_nor_writes_the_households_cached_values(ours: Family) -> None:
    def value() -> tuple[int, int]:
        made = lambda: Transaction.objects.count()  # noqa: E731
        return cached(ours.household, "rows", seconds=60, make=made), cached_here("here", seconds=60, make=made)

    with household_context(ours.household, person_id=ours.ann.pk):
        hers = value()
    with household_context(ours.household, person_id=ours.bob.pk):
        his = value()
    with household_context(ours.household, person_id=ours.ann.pk):
        assert value() == hers
    assert his[0] > hers[0]
    assert his[1] > hers[1]


def changed(ours: Family, rows: QuerySet[Any], **values: object) -> int:
    """How many of the rows Ann changes by a statement of her own."""
    with household_context(ours.household, person_id=ours.ann.pk):
        try:
            with transaction.atomic(using=LEDGER):
                return rows.update(**values)
        except DatabaseError:
            return 0


def test_nothing_of_an_account_that_may_only_be_seen_is_written(ours: Family) -> None:
    with household_context(ours.household):
        rows, files = (list(ours.savings.transactions.values_list("pk", flat=True)), ours.savings.import_files.all())
        of_savings = {"file__in": [file.pk for file in files]}
    found = {
        "rows of a file": changed(ours, ImportRow.objects.filter(**of_savings), reason="x"),
        "journal": changed(ours, Change.objects.filter(account_id=ours.savings.pk), row_id=1_000_000),
        "rejections": changed(ours, TransferRejection.objects.filter(outgoing_id__in=rows), incoming_id=rows[0]),
    }
    assert set(found.values()) == {0}, found
    assert changed(ours, ImportRow.objects.filter(file__account=ours.joint.pk), reason="x") == 1
    with household_context(ours.household, person_id=ours.ann.pk):
        assert ImportRow.objects.filter(**of_savings).count() == 1
        assert Change.objects.filter(account_id=ours.savings.pk).exists()
        assert Change.objects.filter(account_id=ours.savings.pk).delete()[0] == 0


def test_a_name_that_a_hidden_rule_has_is_refused_with_a_sentence_that_helps(ours: Family, anns: Client) -> None:
    form = {
        "name": f"Rule {SECRET}",
        "matches_all": "True",
        "note": "x",
        "lines-TOTAL_FORMS": "1",
        "lines-INITIAL_FORMS": "0",
        "field": "merchant",
        "operator": "contains",
        "value": "z",
    }
    for name in anns.get("/h/ours/rules/new/").context["form"].fields:
        form.setdefault(name, "")
    answer = anns.post("/h/ours/rules/new/", form, follow=True)
    assert answer.status_code < 500
    assert "deleted or made the same while you were at it" not in answer.content.decode()


def test_a_tag_that_is_used_out_of_sight_stays_and_she_is_told_why(ours: Family, anns: Client) -> None:
    """Also when nobody is left who could take it out there."""
    with household_context(ours.household):
        tag = Tag.objects.create(namespace="occasion", value="trip", name="Trip")
        TransactionTag.objects.create(transaction=ours.card.transactions.earliest("pk"), tag=tag)
    Membership.objects.filter(user=ours.bob).delete()
    sent = {"as_of": 10_000, "destination": "none"}
    answer = anns.post(f"/h/ours/tags/{tag.pk}/delete/", sent, follow=True).content.decode()
    assert "Accounts that you do not see use this, too, so it has to stay as long as they do." in answer
    with household_context(ours.household):
        assert Tag.objects.filter(pk=tag.pk).exists()


def test_putting_her_accounts_in_order_leaves_the_others_where_they_are(ours: Family, anns: Client) -> None:
    with household_context(ours.household):
        other = Account.objects.create(name="Allowance", currency="USD")
        for place, account in enumerate((ours.joint, ours.savings, ours.card, other), start=1):
            Account.objects.filter(pk=account.pk).update(sort_order=place)
    for order in ([ours.joint, ours.savings, other], [other, ours.savings, ours.joint]):
        anns.post("/h/ours/accounts/order/", {"order": [account.pk for account in order]})
        with household_context(ours.household):
            names = list(Account.objects.values_list("name", flat=True))
        assert names == [order[0].name, ours.savings.name, ours.card.name, order[2].name]


# --- viewers ------------------------------------------------------------------------------------------------------------


def test_a_viewer_looks_at_every_page_in_a_transaction_that_cannot_write(ours: Family) -> None:
    viewer = browser(join(ours.household, "Vera", "viewer"))
    for address in PLAIN:
        rule = rule_of(VIEWS[address])
        allowed = rule is not None and rule.get == "viewer"
        assert viewer.get(f"/h/ours/{address}").status_code in ({200, 302, 400} if allowed else {403}), address


def test_a_viewer_opens_a_saved_filter_that_is_not_counted(ours: Family) -> None:
    viewer = browser(join(ours.household, "Vera", "viewer"))
    with household_context(ours.household):
        saved = SavedFilter.objects.create(name="Food", query="search=food")
    assert viewer.get(f"/h/ours/filters/{saved.pk}/").status_code == 302
    with household_context(ours.household):
        saved.refresh_from_db()
        assert saved.use_count == 0
