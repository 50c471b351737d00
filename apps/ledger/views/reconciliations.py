"""Holding an account against a statement: its page, the ticks, the lock, and the way back."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from apps.audit.actions import Action
from apps.audit.events import record
from apps.core.clock import today_in
from apps.core.numbers import whole_number
from apps.core.periods import Month
from apps.households.answers import did, numbers, refusal
from apps.households.asking import ask
from apps.households.requests import HouseholdRequest
from apps.households.rules import MEMBER, VIEWER, allow
from apps.ledger import reconciling, unlocking
from apps.ledger.forms.accounts import BalanceForm
from apps.ledger.missing import suspects
from apps.ledger.models import Account, Reconciliation, Revision

PAGE_SIZE = 200


@allow(get=VIEWER, post=MEMBER)
def reconcile(request: HouseholdRequest, account_id: int) -> HttpResponse:
    """Asks for the statement's date and balance; the account's open reconciliation goes on where it was left."""
    account = get_object_or_404(Account, pk=account_id)
    opened = reconciling.open_of(account)
    if request.method == "GET" and opened:
        return redirect("ledger:reconciliation", opened.pk)
    form = BalanceForm(request.POST or None, account=account, initial=_suggested(request, account))
    if request.method == "POST" and form.is_valid() and (opened := _begin(request, account, form)):
        return redirect("ledger:reconciliation", opened.pk)
    context = {
        "account": account,
        "form": form,
        "starting": reconciling.starting_balance(account),
        "past": account.reconciliations.exclude(locked_at=None),
    }
    return render(request, "ledger/reconcile.html", context, status=422 if request.method == "POST" else 200)


def _begin(request: HouseholdRequest, account: Account, form: BalanceForm) -> Reconciliation | None:
    found: list[tuple[Reconciliation, bool]] = []
    today = today_in(request.household.zone)
    refused = refusal(
        lambda: found.append(reconciling.begin(account, **form.cleaned_data, today=today, actor_id=request.user.pk))
    )
    if refused:
        form.add_error("date", refused)
        return None
    opened, is_new = found[0]
    if not is_new:
        messages.info(request, "A reconciliation of this account was open already; here it is.")
    return opened


def _suggested(request: HouseholdRequest, account: Account) -> dict[str, Any]:
    """The newest balance that the bank stated since the last statement, else the end of last month."""
    last = reconciling.last_locked(account)
    stated = account.stated_balances.order_by("-date", "-pk").first()
    if stated and (not last or stated.date > last.statement_date):
        return {"date": stated.date, "balance": stated.amount}
    return {"date": Month.of(today_in(request.household.zone)).plus(-1).last}


@allow(get=VIEWER)
def reconciliation(request: HouseholdRequest, reconciliation_id: int) -> HttpResponse:
    """The rows to tick while it is open; afterwards the rows that it has locked."""
    shown = _of(reconciliation_id)
    if shown.locked_at:
        page = Paginator(shown.transactions.order_by("date", "pk"), PAGE_SIZE).get_page(request.GET.get("page"))
        return render(request, "ledger/reconciled.html", {"reconciliation": shown, "page": page, "rows": page})
    form = BalanceForm(account=shown.account, initial=_stated(shown))
    return render(request, "ledger/reconciliation.html", _page(request, shown, form))


def _of(reconciliation_id: int) -> Reconciliation:
    return get_object_or_404(Reconciliation.objects.select_related("account"), pk=reconciliation_id)


def _stated(shown: Reconciliation) -> dict[str, Any]:
    return {"date": shown.statement_date, "balance": shown.statement_balance}


def _page(request: HouseholdRequest, shown: Reconciliation, form: BalanceForm) -> dict[str, Any]:
    figures = reconciling.figures(shown)
    page = Paginator(reconciling.candidates(shown).order_by("date", "pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    ticked = set(shown.ticked_ids)
    return {
        "reconciliation": shown,
        "figures": figures,
        "suspects": suspects(shown, figures.missing),
        "page": page,
        "rows": [{"row": row, "is_ticked": row.pk in ticked} for row in page],
        "form": form,
        "revision": Revision.current(),
    }


@allow(post=MEMBER)
def ticks(request: HouseholdRequest, reconciliation_id: int) -> HttpResponse:
    """Keeps what changed on the page: `was` are the rows that it showed ticked, `row` those that are ticked now."""
    was, now = (numbers(request.POST.getlist(name)) for name in ("was", "row"))
    return _do(request, reconciliation_id, lambda opened: reconciling.tick(opened, on=now - was, off=was - now))


@allow(post=MEMBER)
def tick_all(request: HouseholdRequest, reconciliation_id: int) -> HttpResponse:
    return _do(request, reconciliation_id, reconciling.tick_all)


@allow(post=MEMBER)
def untick_all(request: HouseholdRequest, reconciliation_id: int) -> HttpResponse:
    return _do(request, reconciliation_id, reconciling.untick_all)


def _do(request: HouseholdRequest, reconciliation_id: int, deed: Callable[[Reconciliation], None]) -> HttpResponse:
    """Back to the same page of the rows."""
    shown = _of(reconciliation_id)
    did(request, lambda: deed(shown))
    page = whole_number(request.GET.get("page", ""))
    return redirect(_address(shown) + (f"?page={page}" if page else ""))


def _address(shown: Reconciliation) -> str:
    return reverse("ledger:reconciliation", args=[shown.pk])


@allow(post=MEMBER)
def statement(request: HouseholdRequest, reconciliation_id: int) -> HttpResponse:
    """Corrects the date and the balance of the statement."""
    shown = _of(reconciliation_id)
    form = BalanceForm(request.POST, account=shown.account)
    if shown.locked_at or (form.is_valid() and _restated(request, shown, form)):
        return redirect("ledger:reconciliation", shown.pk)
    return render(request, "ledger/reconciliation.html", _page(request, shown, form), status=422)


def _restated(request: HouseholdRequest, shown: Reconciliation, form: BalanceForm) -> bool:
    today = today_in(request.household.zone)
    refused = refusal(lambda: reconciling.restate(shown, **form.cleaned_data, today=today))
    if refused:
        form.add_error("date", refused)
    return not refused


@allow(post=MEMBER)
def lock(request: HouseholdRequest, reconciliation_id: int) -> HttpResponse:
    """Locks the ticked rows if nothing is missing and none of them changed since the page was shown."""
    shown = _of(reconciliation_id)
    as_of = whole_number(request.POST.get("as_of", ""))
    dropped: list[int] = []
    is_open = did(request, lambda: dropped.append(reconciling.untick_stale(shown, as_of=as_of)))
    if is_open and dropped[0]:
        messages.warning(request, _dropped(dropped[0]))
    elif is_open and did(request, lambda: _lock(request, shown)):
        return redirect("ledger:account", shown.account_id)
    return redirect("ledger:reconciliation", shown.pk)


def _dropped(count: int) -> str:
    rows = "1 ticked row was" if count == 1 else f"{count:,} ticked rows were"
    return f"Nothing was locked: {rows} changed or deleted meanwhile and lost the tick. Look at what is there now."


def _lock(request: HouseholdRequest, shown: Reconciliation) -> None:
    changeset = reconciling.lock(shown, actor_id=request.user.pk)
    count = shown.transactions.count()
    rows = f"{count:,} row{'' if count == 1 else 's'}"
    if changeset:
        sentence = f"{shown.account} agrees with the statement of {shown.statement_date:%-d %B %Y}; {rows} locked."
        messages.success(request, sentence)


@allow(get=MEMBER, post=MEMBER)
def discard(request: HouseholdRequest, reconciliation_id: int) -> HttpResponse:
    """Forgets the ticks; no row was changed by them."""
    shown = _of(reconciliation_id)
    if request.method == "GET":
        told = "The account is not held against this statement then. No row is changed."
        return ask(request, "Discard the ticks?", told=told, button="Discard the ticks", back=_address(shown))
    account_id = shown.account_id
    if did(request, lambda: reconciling.discard(shown)):
        messages.info(request, "The ticks are discarded. No row was changed.")
    return redirect("ledger:account", account_id)


@allow(get=MEMBER, post=MEMBER)
def unlock(request: HouseholdRequest, reconciliation_id: int) -> HttpResponse:
    """Asks once, then frees the rows and writes it into the audit log: ids only, for money stays in the household."""
    shown = _of(reconciliation_id)
    if request.method == "GET" and not shown.locked_at:
        return redirect("ledger:reconciliation", shown.pk)
    if request.method == "GET":
        context = {"reconciliation": shown, "row_count": shown.transactions.count()}
        return render(request, "ledger/reconciliation_unlock.html", context)

    def deed() -> None:
        unlocking.unlock(shown, actor_id=request.user.pk)

    if did(request, deed):
        record(
            Action.RECONCILIATION_UNLOCKED,
            actor=request.user,
            household=request.household,
            request=request,
            account_id=shown.account_id,
            reconciliation_id=shown.pk,
        )
        messages.success(request, f"The statement of {shown.statement_date:%-d %B %Y} is open again, with its ticks.")
    return redirect("ledger:reconciliation", shown.pk)
