"""A row entered by hand, edited, deleted."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from apps.core.clock import today_in
from apps.core.errors import ExpectedError
from apps.core.numbers import whole_number
from apps.households.requests import HouseholdRequest
from apps.ledger import entering, journal
from apps.ledger.forms.entries import EditForm, EntryForm
from apps.ledger.models import Account, Changeset, Revision, Transaction
from apps.ledger.views.answers import done
from apps.tenancy.planes import LEDGER


@require_http_methods(["GET", "POST"])
def transaction_new(request: HouseholdRequest) -> HttpResponse:
    """A row by hand. `date` and `account` in the address begin the form: those of the row saved before."""
    today = today_in(request.household.zone)
    begun = {name: request.GET[name] for name in ("date", "account") if name in request.GET}
    form = EntryForm(request.POST or None, initial={"date": today, **begun})
    if form.is_valid():
        return _entered(request, form)
    context = {"form": form, "has_accounts": Account.objects.filter(archived_at=None).exists()}
    return render(request, "ledger/row_new.html", context, status=422 if form.errors else 200)


def _entered(request: HouseholdRequest, form: EntryForm) -> HttpResponse:
    data = form.cleaned_data
    row, changeset = entering.enter(
        actor_id=request.user.pk, bucket=data["bucket"], tags=form.chosen_tags(), **form.values()
    )
    done(request, changeset, f"Entered {row.merchant or row.description}.")
    if "again" in request.POST:
        same = urlencode({"date": row.date.isoformat(), "account": row.account_id})
        return redirect(f"{reverse('ledger:transaction_new')}?{same}")
    return redirect("ledger:transactions")


@require_http_methods(["GET", "POST"])
def transaction_edit(request: HouseholdRequest, pk: int) -> HttpResponse:
    row = _row(pk, is_locked=request.method == "POST")
    linked = entering.other_side(row)
    form = EditForm(
        request.POST or None,
        row=row,
        is_imported=row.changeset.kind == Changeset.Kind.IMPORT,
        is_split=entering.split_sum(row) is not None,
        is_linked=linked is not None,
    )
    stored: list[tuple[str, str]] = []
    if form.is_valid():
        try:
            return _edited(request, row, form)
        except journal.ChangedMeanwhile as error:
            form.add_error(None, str(error))
            stored = form.stored()
        except ExpectedError as error:
            form.add_error(None, str(error))
    context = {"form": form, "row": row, "linked": linked, "stored": stored, "as_of": Revision.current()}
    return render(request, "ledger/row_edit.html", context, status=422 if form.errors else 200)
