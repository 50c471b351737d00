"""The review queue: one row at a time, answered and gone."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from apps.categorization import reviewing
from apps.categorization.forms.review import AnswerForm
from apps.categorization.suggesting import suggest
from apps.core.numbers import whole_number
from apps.core.paging import Cursor
from apps.households.answers import did
from apps.households.asking import ask
from apps.households.models import Membership
from apps.households.requests import HouseholdRequest
from apps.households.rules import MEMBER, VIEWER, allow
from apps.ledger.listing import list_rows
from apps.ledger.models import Changeset, Revision, Transaction
from apps.ledger.models.transactions import TransactionQuerySet
from apps.ledger.views.answers import done
from apps.users.names import names_of


@allow(get=VIEWER)
def review(request: HouseholdRequest) -> HttpResponse:
    """The next row, what it probably is, and the few behind it. Whose rows, and after which, is in the address."""
    whose = _whose(request)
    after = Cursor.parse(request.GET.get("after", ""))
    queue = reviewing.queue(_waiting(request), after)
    context = {"queue": queue, "whose": whose, "filters": reviewing.WHOSE, "members": members_of(request)}
    if queue.rows:
        context |= _of_row(request, queue)
    return render(request, "categorization/review.html", context)


@allow(post=MEMBER)
def answer(request: HouseholdRequest, transaction_id: int) -> HttpResponse:
    """Keeps what was said, and shows the next row."""
    row = reviewing.existing(transaction_id)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        messages.warning(request, f"Nothing was changed. {_problems(form)}")
        return _next(request)
    said = form.answer()

    def deed() -> None:
        changeset = reviewing.answer(row.pk, said, actor_id=request.user.pk, as_of=form.cleaned_data["as_of"])
        _told(request, changeset)

    did(request, deed)
    return _next(request)


@allow(post=MEMBER)
def assign(request: HouseholdRequest, transaction_id: int) -> HttpResponse:
    """Gives the row to a member of the household, or to nobody."""
    row = reviewing.existing(transaction_id)
    members = members_of(request)
    person_id = whole_number(request.POST.get("member", ""))
    if person_id is not None and person_id not in members:
        messages.warning(request, "That person is no member of this household who could review it.")
        return _next(request)
    name = members[person_id] if person_id is not None else "nobody"
    did(request, lambda: _told(request, reviewing.assign(row, person_id, name=name, actor_id=request.user.pk)))
    return _next(request)


@allow(get=MEMBER, post=MEMBER)
def accept_from(request: HouseholdRequest, transaction_id: int) -> HttpResponse:
    """This row and all older ones of the queue are fine as they are."""
    row = reviewing.existing(transaction_id)
    if request.method == "GET":
        back = reverse("categorization:review") + _place(request, request.GET.get("after", ""))
        sent = {name: request.GET.get(name, "") for name in ("as_of", "count")}
        question, told = (
            "Are this row and everything older fine?",
            "They keep the buckets that they have. You can undo this.",
        )
        return ask(request, question, told=told, button="Everything is fine", back=back, sent=sent, takes_away=False)
    as_of, count = (whole_number(request.POST.get(name, "")) for name in ("as_of", "count"))

    def deed() -> None:
        waiting = _waiting(request)
        _told(request, reviewing.accept_from(waiting, row, actor_id=request.user.pk, as_of=as_of, count=count))

    did(request, deed)
    return _next(request)


def members_of(request: HouseholdRequest) -> dict[int, str]:
    """Names of the members who may answer, by id."""
    may_write = request.household.memberships.exclude(role=Membership.Role.VIEWER)
    return names_of(may_write.order_by("pk").values_list("user_id", flat=True))


def _problems(form: AnswerForm) -> str:
    return " ".join(f"{form[name].label}: {error}" for name, errors in form.errors.items() for error in errors)


def _of_row(request: HouseholdRequest, queue: reviewing.Queue) -> dict[str, object]:
    row = queue.rows[0]
    listed = {one.pk: one for one in list_rows(Transaction.objects.filter(pk__in=[one.pk for one in queue.rows]))}
    return {
        "row": row,
        "listed": listed[row.pk],
        "others": [listed[one.pk] for one in queue.rows[1:]],
        "suggestions": suggest([row])[row.pk],
        "same_count": reviewing.same_merchant(row).count(),
        "older_and_this": str(queue.older_count + 1),
        "form": AnswerForm(initial={"notes": row.notes, "as_of": Revision.current()}),
        "here": _place(request, request.GET.get("after", "")),
        "next_url": reverse("categorization:review") + _place(request, str(reviewing.cursor_at(row))),
    }


def _waiting(request: HouseholdRequest) -> TransactionQuerySet:
    return reviewing.waiting(whose=_whose(request), person_id=request.user.pk)


def _whose(request: HouseholdRequest) -> str:
    whose = request.GET.get("whose", "")
    return whose if whose in reviewing.WHOSE else ""


def _place(request: HouseholdRequest, after: str) -> str:
    fields = {"whose": _whose(request), "after": after if Cursor.parse(after) else ""}
    kept = {name: value for name, value in fields.items() if value}
    return f"?{urlencode(kept)}" if kept else ""


def _next(request: HouseholdRequest) -> HttpResponse:
    """The queue from where the person stood on: the address of the form says where that was."""
    return redirect(reverse("categorization:review") + _place(request, request.GET.get("after", "")))


def _told(request: HouseholdRequest, changeset: Changeset | None) -> None:
    if changeset is not None:
        done(request, changeset, f"{changeset.note}.")
