"""The list of accounts, the page of one, and the balances of it that a person states."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from apps.core.clock import today_in
from apps.core.money import plain
from apps.core.periods import Calendar, Month
from apps.households.answers import did, refusal
from apps.households.requests import HouseholdRequest
from apps.households.rules import MEMBER, VIEWER, allow
from apps.ledger import accounts as account_list
from apps.ledger import stated_balances
from apps.ledger.balances_over_time import balances_by_day, balances_by_month, since_first_change
from apps.ledger.forms.accounts import BalanceForm
from apps.ledger.listing import list_rows
from apps.ledger.models import Account
from apps.ledger.models.accounts import read_only_ids
from apps.ledger.reconciling import last_locked, open_of
from apps.ledger.views.answers import done

STATED_SHOWN, ROWS_SHOWN = 6, 8


@allow(get=VIEWER)
def accounts(request: HouseholdRequest) -> HttpResponse:
    """Every account under its heading, in the household's order; archived ones at the end, closed."""
    everyone = account_list.list_accounts(today=today_in(request.household.zone))
    current = [account for account in everyone if not account.is_archived]
    context = {
        "accounts": current,
        "groups": account_list.grouped(current),
        "frozen_count": sum(account.is_frozen for account in current),
        "archived": [account for account in everyone if account.is_archived],
        "totals": account_list.total_by_currency(current),
    }
    return render(request, "ledger/accounts.html", context)


@allow(get=VIEWER)
def account(request: HouseholdRequest, account_id: int) -> HttpResponse:
    """What the account holds now and held before, what the bank says of it, and its newest rows."""
    shown = get_object_or_404(Account, pk=account_id)
    form = BalanceForm(account=shown, initial={"date": today_in(request.household.zone)})
    return render(request, "ledger/account.html", _page(request, shown, form))


@allow(post=MEMBER)
def check(request: HouseholdRequest, account_id: int) -> HttpResponse:
    """Keeps a balance that the person read at the bank, and says whether the rows agree with it."""
    shown = get_object_or_404(Account, pk=account_id)
    form = BalanceForm(request.POST, account=shown)
    if form.is_valid() and _check(request, shown, form):
        return redirect("ledger:account", shown.pk)
    return render(request, "ledger/account.html", _page(request, shown, form), status=422)


def _check(request: HouseholdRequest, shown: Account, form: BalanceForm) -> bool:
    found: list[stated_balances.Checked] = []
    date, balance = form.cleaned_data["date"], form.cleaned_data["balance"]
    today = today_in(request.household.zone)
    refused = refusal(
        lambda: found.append(
            stated_balances.check(shown, date=date, amount=balance, today=today, actor_id=request.user.pk)
        )
    )
    if refused:
        form.add_error("date", refused)
        return False
    done(request, found[0].changeset, _verdict(found[0], shown.currency))
    return True


def _verdict(checked: stated_balances.Checked, currency: str) -> str:
    stated, expected = plain(checked.stated, currency), plain(checked.expected, currency)
    if not checked.difference:
        return f"The rows agree: they make {expected}, to the cent."
    off = plain(abs(checked.difference), currency)
    too = "too little" if checked.difference > 0 else "too much"
    if checked.is_first:
        return (
            f"The rows made {expected}, which is {off} {too}. This is the first balance of the account, so it counts "
            f"from now on: the account held {off} {'more' if checked.difference > 0 else 'less'} before its first row."
        )
    return f"The rows do not agree: they make {expected} where you say {stated}, which is {off} {too}."


@allow(post=MEMBER)
def forget_balance(request: HouseholdRequest, account_id: int, stated_id: int) -> HttpResponse:
    """Takes a balance out that a person stated."""
    shown = get_object_or_404(Account, pk=account_id)

    def deed() -> None:
        changeset = stated_balances.forget(shown, stated_id, actor_id=request.user.pk)
        done(request, changeset, "The balance is taken out.", unchanged="This balance came with a file, and stays.")

    did(request, deed)
    return redirect("ledger:account", shown.pk)


def _page(request: HouseholdRequest, shown: Account, form: BalanceForm) -> dict[str, Any]:
    calendar = request.household.calendar()
    listed = account_list.listed(shown, today=calendar.today)
    return {
        "account": listed,
        "may_change": request.membership.may_write and shown.pk not in read_only_ids(),
        "form": form,
        "chart": _chart(listed, calendar, by_day=request.GET.get("by") == "day"),
        "stated": stated_balances.newest_stated(shown, opening=listed.opening, count=STATED_SHOWN),
        "rows": list_rows(shown.transactions.newest_first()[:ROWS_SHOWN]),
        "reconciliation": open_of(shown),
        "last_locked": last_locked(shown),
        "can_merge": Account.objects.filter(currency=shown.currency).exclude(pk=shown.pk).exists(),
    }


def _short(month: Month) -> str:
    """`Nov`, and for January the year."""
    return f"{month:%b}" if month.month > 1 else f"{month:%Y}"


def _chart(account: account_list.ListedAccount, calendar: Calendar, *, by_day: bool) -> dict[str, Any]:
    pk, opening, today = account.pk, account.opening, calendar.today
    if by_day:
        points = balances_by_day(pk, opening=opening, until=today)
    else:
        points = balances_by_month(pk, opening=opening, until=today, start_day=calendar.month_start_day)
    return {
        "title": "Balance, day by day" if by_day else "Balance at the end of each month",
        "by_day": by_day,
        "points": [
            {
                "amount": point.amount,
                "date": point.date,
                "label": f"{point.date:%-d %b}" if by_day else _short(calendar.month_of(point.date)),
            }
            for point in since_first_change(points)
        ],
        "other_url": "?" if by_day else "?by=day",
    }  # fmt: skip
