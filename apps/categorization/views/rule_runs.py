"""Rules applied to the rows that are there: ordered, watched, and looked over afterwards."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from apps.categorization import rule_runs as deeds
from apps.categorization import rules
from apps.categorization.models import CategoryRule, RuleRun
from apps.categorization.run_log import rows_of, rules_that_hit, tell_in_part
from apps.categorization.tasks import order
from apps.core.numbers import whole_number
from apps.households.answers import did
from apps.households.requests import HouseholdRequest
from apps.households.rules import MEMBER, VIEWER, allow
from apps.ledger.models import Transaction
from apps.users.names import names_of

PAGE_SIZE = 50


@allow(get=VIEWER)
def runs(request: HouseholdRequest) -> HttpResponse:
    """Every time that rules were applied, newest first."""
    shown = RuleRun.objects.select_related("rule", "changeset")
    page = Paginator(shown, PAGE_SIZE).get_page(request.GET.get("page"))
    tell_in_part(page.object_list)
    context = {"page": page, "names": names_of(run.actor_id for run in page.object_list)}
    return render(request, "categorization/rule_runs.html", context)


@allow(get=MEMBER, post=MEMBER)
def apply_all(request: HouseholdRequest) -> HttpResponse:
    """Asks first; then orders that all rules that are on are asked of all rows."""
    if request.method == "POST":
        return _order(request, None, back="categorization:rules")
    context = {
        "rules": list(CategoryRule.objects.filter(is_enabled=True)),
        "row_count": Transaction.objects.count(),
    }
    return render(request, "categorization/rules_apply.html", context)


@allow(post=MEMBER)
def apply_one(request: HouseholdRequest, rule_id: int) -> HttpResponse:
    return _order(request, rule_id, back="categorization:rules")


def _order(request: HouseholdRequest, rule_id: int | None, *, back: str) -> HttpResponse:
    ordered: list[RuleRun] = []

    def deed() -> None:
        rule = None if rule_id is None else rules.existing(rule_id)
        overwrites = request.POST.get("overwrites") == "on"
        ordered.append(deeds.order(rule, overwrites=overwrites, actor_id=request.user.pk))

    if not did(request, deed):
        return redirect(back)
    order(request.household, ordered[0])
    return redirect("categorization:rule_run", ordered[0].pk)


@allow(get=VIEWER)
def run(request: HouseholdRequest, run_id: int) -> HttpResponse:
    """A run: how far it is, or what it did. `?rule=` shows the rows of one of its rules."""
    shown = get_object_or_404(RuleRun.objects.select_related("rule", "changeset"), pk=run_id)
    tell_in_part([shown])
    rule_id = whole_number(request.GET.get("rule", ""))
    page = Paginator(rows_of(shown, rule_id=rule_id), PAGE_SIZE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "run": shown,
        "is_ordered": shown.state == RuleRun.State.ORDERED,
        "is_undone": shown.changeset is not None and shown.changeset.undone_at is not None,
        "progress": deeds.progress(request.household, shown),
        "person": names_of([shown.actor_id]).get(shown.actor_id or 0, ""),
        "rules": rules_that_hit(shown),
        "rule_id": rule_id,
        "page": page,
    }
    return render(request, "categorization/rule_run.html", context)
