"""One row of the list: its page, and the small deeds that are done to it in the list and on its page."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import get_script_prefix, reverse
from django_htmx.http import trigger_client_event

from apps.core.errors import ExpectedError, Gone
from apps.core.numbers import whole_number
from apps.core.redirects import is_ours
from apps.households.answers import did, refusal
from apps.households.requests import HouseholdRequest
from apps.households.rules import MEMBER, VIEWER, View, allow
from apps.ledger import bucketing, entering, journal
from apps.ledger.columns import chosen_columns, list_columns, remember_columns
from apps.ledger.listing import list_rows
from apps.ledger.models import Changeset, Revision, Tag, Transaction
from apps.ledger.models.transactions import TransactionQuerySet
from apps.ledger.row_page import history_of
from apps.ledger.views.answers import done

Deed = Callable[[TransactionQuerySet, journal.Deed], object]


class NotThere(ExpectedError):
    """What was chosen on the page is gone, or never was."""


class TagGone(Gone):
    """The tag that was to be taken off the row was deleted."""


@allow(get=VIEWER)
def transaction(request: HouseholdRequest, pk: int) -> HttpResponse:
    """All of one row. The list shows the same below the row, where there is JavaScript."""
    return render(request, "ledger/row.html", _detail(request, pk))


def deed_on_row(choose: Callable[..., tuple[str, Deed]]) -> View:
    """Makes a view of a function that reads the form and gives what is done, in words, and the deed itself."""

    @allow(post=MEMBER)
    @wraps(choose)
    def view(request: HouseholdRequest, pk: int, **named: int) -> HttpResponse:
        row = get_object_or_404(Transaction, pk=pk)
        as_of = whole_number(request.POST.get("as_of", ""))
        told: list[str] = []

        def deed() -> None:
            note, do = choose(request, **named)
            sentence = f"{note}: {row.merchant or row.description}"
            with journal.deed(Changeset.Kind.EDIT, actor_id=request.user.pk, note=sentence) as doing:
                do(Transaction.objects.filter(pk=pk), doing)
                journal.refuse_stale([pk], as_of)
            told.append(sentence)
            if not request.htmx:
                done(request, doing.changeset, f"{sentence}.")

        if not request.htmx:
            did(request, deed)
            return redirect(back_to(request, reverse("ledger:transaction", args=[pk])))
        problem = refusal(deed)
        return _parts(request, pk, problem or f"{told[0]}.")

    return view


@deed_on_row
def transaction_bucket(request: HouseholdRequest) -> tuple[str, Deed]:
    """The one bucket of the row, in place of another or of a split; empty means none."""
    chosen = request.POST.get("bucket", "")
    bucket = _tag(chosen, is_bucket=True) if chosen else None
    note = f"Bucket {bucket.name}" if bucket else "No bucket"
    return note, lambda rows, deed: bucketing.set_bucket(rows, bucket, deed=deed)


@deed_on_row
def transaction_status(request: HouseholdRequest) -> tuple[str, Deed]:
    chosen = request.POST.get("status", "")
    if chosen not in Transaction.Status:
        raise NotThere("Choose one of the statuses of the list.")
    note = f"Status {Transaction.Status(chosen).label}"
    return note, lambda rows, deed: bucketing.set_status(rows, chosen, deed=deed)


@deed_on_row
def transaction_notes(request: HouseholdRequest) -> tuple[str, Deed]:
    notes = entering.clean_notes(request.POST.get("notes", ""))
    return "Notes", lambda rows, deed: entering.set_notes(rows, notes, deed=deed)


@deed_on_row
def transaction_tag(request: HouseholdRequest) -> tuple[str, Deed]:
    """Puts an occasion, or another word that is no bucket, on the row."""
    tag = _tag(request.POST.get("tag", ""), is_bucket=False)
    return f"Added {tag.name}", lambda rows, deed: bucketing.add_tag(rows, tag, deed=deed)


@deed_on_row
def transaction_untag(_request: HouseholdRequest, tag_id: int) -> tuple[str, Deed]:
    tag = Tag.objects.exclude(namespace=Tag.Namespace.BUCKET).filter(pk=tag_id).first()
    if tag is None:
        raise TagGone("This tag is not there any more, and nothing was changed.")
    return f"Removed {tag.name}", lambda rows, deed: bucketing.remove_tag(rows, tag, deed=deed)


@allow(post=VIEWER, when_read_only=True)
def columns(request: HouseholdRequest) -> HttpResponse:
    """Which columns of the list this browser shows."""
    response = redirect(back_to(request, reverse("ledger:transactions")))
    remember_columns(response, request.POST.getlist("column"), is_secure=request.is_secure())
    return response


def back_to(request: HouseholdRequest, default: str) -> str:
    """The page of the household from which a form or a link was used, as its `next` says."""
    asked = request.POST.get("next") or request.GET.get("next", "")
    return asked if is_ours(asked, under=get_script_prefix()) else default


def row_tools(request: HouseholdRequest, *, here: str, revision: int) -> dict[str, Any]:
    """What every row of the list needs beside itself.

    `here` is the page to come back to after a deed; `revision` the version of the data that is shown.
    """
    tags = list(Tag.objects.all())
    return {
        **list_columns(chosen_columns(request), may_write=request.membership.may_write),
        "buckets": [tag for tag in tags if tag.namespace == Tag.Namespace.BUCKET],
        "other_tags": [tag for tag in tags if tag.namespace != Tag.Namespace.BUCKET],
        "may_write": request.membership.may_write,
        "as_of": str(revision),
        "here": here,
        "next_query": urlencode({"next": here}),
    }


def _tools(request: HouseholdRequest) -> dict[str, Any]:
    """Those of a part of the page: it shows what is there now."""
    return row_tools(request, here=_here(request), revision=Revision.current())


def _here(request: HouseholdRequest) -> str:
    """The page that the person looks at: the row's own, or the list into which htmx puts a part of it."""
    return back_to(request, (request.htmx and request.htmx.current_url_abs_path) or request.get_full_path())


def _tag(pk: str, *, is_bucket: bool) -> Tag:
    tag = Tag.objects.filter(pk=whole_number(pk) or 0).first()
    if tag is None or (tag.namespace == Tag.Namespace.BUCKET) != is_bucket:
        raise NotThere("What you chose is not there any more. Reload the page and choose again.")
    return tag


def _detail(request: HouseholdRequest, pk: int) -> dict[str, Any]:
    rows = Transaction.objects.filter(pk=pk)
    row = get_object_or_404(rows.select_related("account"))
    (listed,) = list_rows(rows)
    origin, steps = history_of(row)
    tools = _tools(request)
    return {
        **tools,
        "row": listed,
        "transaction": row,
        "may_change": request.membership.may_write and not listed.is_frozen,
        "other_side": entering.other_side(row),
        "origin": origin,
        "steps": steps,
        "statuses": Transaction.Status.choices,
        "tags_to_add": [tag for tag in tools["other_tags"] if tag not in listed.tags],
    }


def _parts(request: HouseholdRequest, pk: int, sentence: str) -> HttpResponse:
    """The row where the list asked for it, else its detail, and the row above it; the sentence is said in passing."""
    if request.htmx.target == f"row-{pk}":
        (listed,) = list_rows(Transaction.objects.filter(pk=pk))
        response = render(
            request,
            "ledger/_row_alone.html",
            {**_tools(request), "row": listed},
        )
    else:
        is_in_list = request.htmx.current_url_abs_path != reverse("ledger:transaction", args=[pk])
        response = render(request, "ledger/_row_changed.html", {**_detail(request, pk), "is_in_list": is_in_list})
    return trigger_client_event(response, "toast", {"value": sentence})
