"""Buckets, occasions and other tags: looked over, made, changed and put in order."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from apps.core.errors import ExpectedError
from apps.core.numbers import whole_number
from apps.core.ordering import posted_order
from apps.households.answers import Collided, all_or_nothing, did
from apps.households.requests import HouseholdRequest
from apps.households.rules import MEMBER, VIEWER, allow
from apps.ledger import journal, tag_list
from apps.ledger.filters import PERIODS, Filter
from apps.ledger.forms.tags import LookForm, NewTagForm
from apps.ledger.models import Revision, Tag
from apps.ledger.tag_statistics import tag_statistics
from apps.ledger.tag_usage import usage
from apps.ledger.tagging import BUCKET, OCCASION, NameTaken, add_tag, edit_tag, heading, plural, reorder
from apps.ledger.views.answers import done
from apps.tenancy.keys import cached

STATISTICS_SECONDS = 300
ALL_DATES = "all"


@allow(get=VIEWER)
def tags(request: HouseholdRequest) -> HttpResponse:
    """All tags by kind, with what their rows make in the period that the address names; else this year."""
    calendar = request.household.calendar()
    asked = request.GET.get("period", "this-year")
    shown = Filter.parse({"period": "" if asked == ALL_DATES else asked})
    currency = request.household.currency
    statistics = cached(
        request.household, "tags", Revision.current(), calendar, shown.period, currency,
        seconds=STATISTICS_SECONDS, make=lambda: tag_statistics(*shown.span(calendar), currency=currency),
    )  # fmt: skip
    sections = tag_list.sections(statistics, period=shown.period, currency=currency)
    periods = {**PERIODS, ALL_DATES: "All dates"}
    return render(request, "ledger/tags.html", {
        "sections": sections, "periods": periods, "period": shown.period or ALL_DATES, "currency": currency,
    })  # fmt: skip


@allow(get=MEMBER, post=MEMBER)
def new(request: HouseholdRequest) -> HttpResponse:
    """A new tag; the first of a new kind begins that kind."""
    own = Tag.objects.exclude(namespace__in=[BUCKET, OCCASION]).order_by("namespace")
    namespaces = list(own.values_list("namespace", flat=True).distinct())
    form = NewTagForm(request.POST or None, namespaces=namespaces, initial={"kind": request.GET.get("kind", BUCKET)})
    other = None
    if form.is_valid():
        try:
            with all_or_nothing():
                tag, changeset = add_tag(form.cleaned_data["kind"], form.look, actor_id=request.user.pk)
        except NameTaken as taken:
            form.add_error("name", f"“{taken.other}” exists already. Choose another name.")
            other = taken.other
        except Collided as collided:
            form.add_error(None, str(collided))
        else:
            done(request, changeset, f"“{tag}” is one of the {plural(tag.namespace)} now.")
            return redirect(f"{reverse('ledger:tags')}#{tag.namespace}")
    return render(request, "ledger/tag_new.html", {"form": form, "other": other}, status=422 if form.errors else 200)


@allow(get=VIEWER, post=MEMBER)
def tag(request: HouseholdRequest, tag_id: int) -> HttpResponse:
    """One tag: its name, colour and description to be changed, and what it is used by."""
    shown = get_object_or_404(Tag, pk=tag_id)
    before = {"name": shown.name, "colour": shown.colour, "description": shown.description}
    form = LookForm(request.POST or None, initial=before)
    other = None
    if form.is_valid():
        try:
            with all_or_nothing():
                journal.refuse_stale([shown.pk], whole_number(request.POST.get("as_of", "")), model=Tag)
                changeset = edit_tag(shown, form.look, actor_id=request.user.pk)
        except NameTaken as taken:
            form.add_error("name", str(taken))
            other = taken.other
        except ExpectedError as problem:
            form.add_error(None, str(problem))
        else:
            done(request, changeset, f"“{form.look.name}” was changed.", unchanged="It was so already.")
            return redirect("ledger:tag", shown.pk)
    context = {
        "tag": shown, "form": form, "other": other, "usage": usage(shown), "kind": heading(shown.namespace),
        "transactions_url": tag_list.transactions_url(shown), "revision": Revision.current(),
    }  # fmt: skip
    return render(request, "ledger/tag.html", context, status=422 if form.errors else 200)


@allow(post=MEMBER)
def order(request: HouseholdRequest, namespace: str) -> HttpResponse:
    """The order of all tags of a kind, as the list was left or as a button moves one of them."""

    def deed() -> None:
        changeset = reorder(namespace, posted_order(request.POST), actor_id=request.user.pk)
        done(
            request,
            changeset,
            f"The {plural(namespace)} are in their new order.",
            unchanged="They stand so already.",
        )

    did(request, deed)
    return redirect(f"{reverse('ledger:tags')}#{namespace}")
