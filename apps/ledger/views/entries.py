"""A row entered by hand, edited, deleted."""

from urllib.parse import urlencode
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from apps.core.clock import today_in
from apps.core.numbers import whole_number
from apps.households.answers import did, refusal
from apps.households.requests import HouseholdRequest
from apps.households.rules import MEMBER, allow
from apps.ledger import entering, journal
from apps.ledger.forms.entries import EditForm, EntryForm
from apps.ledger.forms.sent_twice import key_of
from apps.ledger.models import Account, Revision, Transaction
from apps.ledger.views.answers import done
from apps.ledger.views.rows import back_to
from apps.plans import metering


@allow(get=MEMBER, post=MEMBER)
def transaction_new(request: HouseholdRequest) -> HttpResponse:
    """A row by hand. `date` and `account` in the address begin the form: those of the row that was saved before."""
    begun = {name: request.GET[name] for name in ("date", "account") if name in request.GET}
    form = EntryForm(request.POST or None, initial={"date": today_in(request.household.zone), **begun})
    if form.is_valid() and (row := _enter(request, form)):
        if "again" in request.POST:
            same = urlencode({"date": row.date.isoformat(), "account": row.account_id})
            return redirect(f"{reverse('ledger:transaction_new')}?{same}")
        return redirect("ledger:transactions")
    context = {
        "form": form,
        "form_key": uuid4(),
        "room": metering.room(request.household.entitlements, request.household.zone),
        "has_accounts": Account.objects.filter(archived_at=None).exists(),
    }
    return render(request, "ledger/row_new.html", context, status=422 if form.errors else 200)


def _enter(request: HouseholdRequest, form: EntryForm) -> Transaction | None:
    """The row, be it that the form was sent before; None if it could not be entered, and the form says why."""
    form_key = key_of(request.POST)
    entered: list[Transaction] = []

    def deed() -> None:
        row, changeset = entering.enter(
            actor_id=request.user.pk,
            bucket=form.cleaned_data["bucket"],
            tags=form.chosen_tags(),
            form_key=form_key,
            **form.values(),
        )
        entered.append(row)
        done(request, changeset, f"Entered “{row.merchant or row.description}”.")

    problem = refusal(deed)
    if not problem:
        return entered[0]
    first = entering.entered_by(form_key)
    if first is None:
        form.add_error(None, problem)
    else:
        messages.info(request, f"“{first.merchant or first.description}” was entered already, and is there once.")
    return first


@allow(get=MEMBER, post=MEMBER)
def transaction_edit(request: HouseholdRequest, pk: int) -> HttpResponse:
    """Every field of the row. What the person typed stays in the form when it cannot be saved."""
    row = _row(pk)
    linked, is_split = entering.other_side(row), entering.is_split(row)
    form = EditForm(request.POST or None, row=row, is_split=is_split, is_linked=entering.is_linked(row))
    as_of, stored = whole_number(request.POST.get("as_of", "")), []
    if form.is_valid():
        if not (sentence := refusal(lambda: _edit(request, row, form, as_of))):
            return redirect(back_to(request, reverse("ledger:transaction", args=[pk])))
        form.add_error(None, sentence)
        stored = form.stored() if as_of is None or journal.changed_since([pk], as_of) else []
    context = {
        "form": form, "row": row, "linked": linked, "is_split": is_split, "stored": stored,
        "as_of": Revision.current(), "next": back_to(request, ""),
    }  # fmt: skip
    return render(request, "ledger/row_edit.html", context, status=422 if form.errors else 200)


def _edit(request: HouseholdRequest, row: Transaction, form: EditForm, as_of: int | None) -> None:
    changeset = entering.edit(
        row,
        actor_id=request.user.pk,
        as_of=as_of,
        values=form.values(),
        bucket=form.cleaned_data.get("bucket"),
        tags=form.chosen_tags(),
    )
    done(request, changeset, "Saved.", unchanged="Nothing had to be changed.")


@allow(get=MEMBER, post=MEMBER)
def transaction_delete(request: HouseholdRequest, pk: int) -> HttpResponse:
    """The page asks; with JavaScript the button did, and only posts."""
    row = _row(pk)
    own_page = reverse("ledger:transaction", args=[pk])
    back = back_to(request, reverse("ledger:transactions"))
    if request.method == "POST":
        is_deleted = did(request, lambda: _delete(request, row))
        return redirect(own_page if not is_deleted else reverse("ledger:transactions") if back == own_page else back)
    context = {"row": row, "linked": entering.other_side(row), "next": back, "as_of": Revision.current()}
    return render(request, "ledger/row_delete.html", context)


def _delete(request: HouseholdRequest, row: Transaction) -> None:
    as_of = whole_number(request.POST.get("as_of", ""))
    changeset = entering.delete(row, actor_id=request.user.pk, as_of=as_of)
    done(request, changeset, f"Deleted “{row.merchant or row.description}”.")


def _row(pk: int) -> Transaction:
    return get_object_or_404(Transaction.objects.select_related("account"), pk=pk)
