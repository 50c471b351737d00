"""One file on its way: its page in every state, and the deeds that move it on. A new deed is a new address."""

from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from apps.households.answers import did, numbers
from apps.households.requests import HouseholdRequest
from apps.households.rules import MEMBER, VIEWER, allow
from apps.imports import allowing, attempts, booking, deciding, fitting, mapping, pages, progress, rolling_back
from apps.imports.forms import StatementAccountForm
from apps.imports.models import ImportFile, ImportRow, Verdict
from apps.imports.pages import ShownFile
from apps.imports.statements import choose_account
from apps.imports.states import State
from apps.imports.tasks import refresh_beside
from apps.imports.views.deeds import do, file_of
from apps.ledger.models import Account

PAGE_SIZE = 50
LEFT_OUT_SHOWN = 200
CONFLICTS_SHOWN = 200
SENTENCES = {
    State.UPLOADED: "Reading the file",
    State.COMPARING: "Comparing the rows with the account",
    State.CONFIRMED: "Importing the rows",
    State.UNDOING: "Rolling back the import",
}


@allow(get=VIEWER)
def file(request: HouseholdRequest, file_id: int) -> HttpResponse:
    """The page of a file; what it shows is what is true of the file now, also after *back* and *reload*."""
    shown = file_of(file_id)
    if shown.merged_into:
        return redirect(shown.merged_into)
    state = State(shown.state)
    if state in ImportFile.WORKING:
        return _working(request, shown)
    if request.htmx.target == "progress":
        return HttpResponseClientRedirect(shown.get_absolute_url())
    if state in {State.NEEDS_COLUMNS, State.NEEDS_ACCOUNT} and not request.membership.may_write:
        return render(request, "imports/waiting.html", {"file": ShownFile.of(shown)})
    if state == State.NEEDS_COLUMNS:
        return redirect("imports:columns", file_id=shown.pk)
    if state == State.NEEDS_ACCOUNT:
        return redirect("imports:account", file_id=shown.pk)
    if state == State.READ:
        return _check(request, shown)
    if state in {State.BOOKED, State.ROLLED_BACK}:
        return _done(request, shown)
    if state == State.STALLED:
        return render(request, "imports/stalled.html", _stalled(shown))
    return render(request, "imports/failed.html", _failure(shown))


def _working(request: HouseholdRequest, shown: ImportFile) -> HttpResponse:
    so_far = progress.read(request.household, shown)
    total = shown.row_count if shown.state != State.UPLOADED else 0
    context = {
        "file": ShownFile.of(shown),
        "sentence": SENTENCES[State(shown.state)],
        "step": 1 if shown.state in ImportFile.OPEN else 2,
        "done": so_far.row_count if so_far else 0,
        "percent": so_far.percent if so_far else None,
        "total": total,
    }
    return render(request, "imports/reading.html", context)


def _check(request: HouseholdRequest, shown: ImportFile) -> HttpResponse:
    asked = request.GET.get("verdict", "")
    verdict = asked if asked in Verdict.values else ""
    rows = ImportRow.objects.of_file(shown).order_by("position")
    # Headings and balance lines are no rows to decide on; they stand under a filter of their own.
    rows = rows.filter(verdict=verdict) if verdict else rows.exclude(verdict=Verdict.LEFT_OUT)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    include_count, include_sum = pages.coming_in(shown)
    room = allowing.room()
    context = {
        "file": ShownFile.of(shown),
        "facts": pages.facts(shown),
        "page": page,
        "rows": pages.shown(page.object_list),
        "columns_url": pages.address("columns", shown) if mapping.can_be_corrected(shown) else "",
        "account_url": pages.address("account", shown),
        "warnings": [*filter(None, [shown.error]), *pages.warnings(shown)],
        "verdict_links": pages.verdict_links(shown, verdict),
        "left_out_link": pages.left_out_link(shown, verdict),
        "overrule_url": pages.address("choices", shown) + (f"?{request.GET.urlencode()}" if request.GET else ""),
        "cancel_url": pages.address("cancel", shown),
        "book_url": pages.address("confirm", shown),
        "newest_url": pages.address("confirm-newest", shown),
        "room": room,
        "shortage": room.shortage(include_count),
        "is_rest": shown.rest_of_id is not None,
        "can_decide": verdict not in {Verdict.UNREADABLE, Verdict.LEFT_OUT} and page.paginator.count > 1,
        "include_count": include_count,
        "include_sum": include_sum,
    }
    return render(request, "imports/check.html", context)


def _done(request: HouseholdRequest, shown: ImportFile) -> HttpResponse:
    left_out = ImportRow.objects.of_file(shown).filter(comes_in=False).order_by("position")
    context = {
        "file": ShownFile.of(shown),
        "new_count": shown.booked_count,
        "changeset_id": shown.changeset_id,
        "facts": pages.facts(shown),
        "left_out": pages.shown(left_out[:LEFT_OUT_SHOWN]),
        "left_out_count": left_out.count(),
        "transactions_url": f"{reverse('ledger:transactions')}?account={shown.account_id}",
        "roll_back_url": pages.address("roll-back", shown),
        "is_rolled_back": shown.state == State.ROLLED_BACK,
        "error": shown.error,
        "rests": list(shown.rests.filter(state=State.READ)),
    }
    return render(request, "imports/done.html", context)


def _failure(shown: ImportFile) -> dict[str, Any]:
    is_cancelled = shown.state == State.CANCELLED
    return {
        "file": ShownFile.of(shown),
        "reason": "This import was cancelled." if is_cancelled else shown.error,
        "is_cancelled": is_cancelled,
    }


def _stalled(shown: ImportFile) -> dict[str, Any]:
    return {
        "file": ShownFile.of(shown),
        "sentence": SENTENCES[State(shown.stalled_in)].lower(),
        "is_rolling_back": shown.stalled_in == State.UNDOING,
        "run_again_url": pages.address("run-again", shown),
        "cancel_url": pages.address("cancel", shown) if shown.stalled_in != State.UNDOING else "",
    }


@allow(get=MEMBER, post=MEMBER)
def account(request: HouseholdRequest, file_id: int) -> HttpResponse:
    """Asks into which account the statement goes, and has it compared with that one."""
    shown = file_of(file_id)
    before = (State.NEEDS_ACCOUNT, State.READ)
    if shown.state not in before:
        return redirect(shown)
    form = StatementAccountForm(request.POST or None, file=shown, currency=request.household.currency)
    if request.method == "POST" and form.is_valid():
        refresh_beside(request.household, shown.pk)
        return do(request, shown, lambda: choose_account(shown, cast("Account", form.save(actor_id=request.user.pk))))
    context = {
        "file": ShownFile.of(shown),
        "facts": pages.facts(shown),
        "form": form,
        "has_accounts": bool(form.accounts),
        "cancel_url": pages.address("cancel", shown),
    }
    return render(request, "imports/account.html", context, status=422 if request.method == "POST" else 200)


# What a button of the check page does to all rows that its filter shows, on every page of them.
FOR_ALL = {"in": True, "out": False, "as_suggested": None}


@allow(post=MEMBER)
def choices(request: HouseholdRequest, file_id: int) -> HttpResponse:
    """Keeps the ticks of one page (shown and ticked come in, shown and not ticked stay out), or decides on all rows."""
    shown = file_of(file_id)
    verdict = request.GET.get("verdict", "")
    if request.POST.get("all") in FOR_ALL:
        chosen = FOR_ALL[request.POST["all"]]
        of_verdict = verdict if verdict in Verdict.values else ""
        did(request, lambda: deciding.decide_all(shown, verdict=of_verdict, comes_in=chosen))
    else:
        included, ticked = (numbers(request.POST.getlist(name)) for name in ("included", "include"))
        did(request, lambda: deciding.decide(shown, included=included, ticked=ticked))
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    return redirect(shown.get_absolute_url() + query)


@allow(post=MEMBER)
def confirm(request: HouseholdRequest, file_id: int) -> HttpResponse:
    shown = file_of(file_id)
    return do(request, shown, lambda: booking.confirm(shown, actor_id=request.user.pk))


@allow(post=MEMBER)
def confirm_newest(request: HouseholdRequest, file_id: int) -> HttpResponse:
    """Of a file that brings more than the plan has room for; the rest of it waits."""
    shown = file_of(file_id)
    return do(request, shown, lambda: fitting.confirm_newest(shown, actor_id=request.user.pk))


@allow(post=MEMBER)
def cancel(request: HouseholdRequest, file_id: int) -> HttpResponse:
    shown = file_of(file_id)
    if not did(request, lambda: booking.cancel(shown)):
        return redirect(shown)
    messages.info(request, f"{shown.name} was not imported. Nothing of it was kept.")
    refresh_beside(request.household, shown.pk)
    return redirect("imports:start")


@allow(post=MEMBER)
def run_again(request: HouseholdRequest, file_id: int) -> HttpResponse:
    """Work that failed too often begins anew."""
    shown = file_of(file_id)
    return do(request, shown, lambda: attempts.run_again(shown, actor_id=request.user.pk))


@allow(get=MEMBER, post=MEMBER)
def roll_back(request: HouseholdRequest, file_id: int) -> HttpResponse:
    """Names what goes, asks once, and has it undone."""
    shown = file_of(file_id)
    if request.method == "POST":
        take_out = numbers(request.POST.getlist("take_out"))
        return do(
            request,
            shown,
            lambda: rolling_back.order_roll_back(shown, take_out=take_out, actor_id=request.user.pk),
        )
    if shown.state != State.BOOKED:
        return redirect(shown)
    context = {
        "file": ShownFile.of(shown),
        "row_count": rolling_back.brought(shown).count(),
        "row_sum": shown.booked_total,
        "changed": list(rolling_back.conflicts(shown).newest_first()[:CONFLICTS_SHOWN]),
        "changed_count": rolling_back.conflicts(shown).count(),
        "shared_count": rolling_back.shared(shown).count(),
        "roll_back_url": request.path,
    }
    return render(request, "imports/roll_back.html", context)
