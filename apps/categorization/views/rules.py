"""The household's rules: looked over, put in order, switched, copied and deleted."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from apps.categorization import rules as deeds
from apps.categorization.models import CategoryRule, RuleRun
from apps.categorization.run_log import tell_use_in_part
from apps.categorization.trying import try_out
from apps.core.errors import ExpectedError
from apps.core.ordering import posted_order
from apps.households.answers import did
from apps.households.requests import HouseholdRequest
from apps.households.rules import MEMBER, VIEWER, allow
from apps.ledger.views.answers import done

LIST = "categorization:rules"


@allow(get=VIEWER)
def rules(request: HouseholdRequest) -> HttpResponse:
    """All of them by group, in the order in which they are asked."""
    groups = deeds.grouped()
    tell_use_in_part([rule for group in groups for rule in group.rules])
    context = {
        "groups": groups,
        "running": RuleRun.objects.filter(state=RuleRun.State.ORDERED).first(),
    }
    return render(request, "categorization/rules.html", context)


@allow(get=VIEWER)
def test(request: HouseholdRequest, rule_id: int) -> HttpResponse:
    """What a rule would do to the rows that are there; nothing is changed."""
    rule = deeds.there(rule_id)
    try:
        context = {"rule": rule, "trial": try_out(rule, list(rule.conditions.all()))}
    except ExpectedError as problem:
        messages.warning(request, str(problem))
        return redirect("categorization:rule_edit", rule.pk)
    return render(request, "categorization/rule_test.html", context)


@allow(post=MEMBER)
def enable(request: HouseholdRequest, rule_id: int) -> HttpResponse:
    did(request, lambda: deeds.switch(deeds.existing(rule_id), on=True))
    return redirect(LIST)


@allow(post=MEMBER)
def disable(request: HouseholdRequest, rule_id: int) -> HttpResponse:
    did(request, lambda: deeds.switch(deeds.existing(rule_id), on=False))
    return redirect(LIST)


@allow(post=MEMBER)
def duplicate(request: HouseholdRequest, rule_id: int) -> HttpResponse:
    """A copy, switched off, and its form."""
    made: list[CategoryRule] = []
    if not did(request, lambda: made.append(deeds.duplicate(deeds.existing(rule_id)))):
        return redirect(LIST)
    messages.info(request, "This is the copy. It is switched off until you switch it on in the list.")
    return redirect("categorization:rule_edit", made[0].pk)


@allow(get=MEMBER, post=MEMBER)
def delete(request: HouseholdRequest, rule_id: int) -> HttpResponse:
    """Asks first; what the rule did stays."""
    if request.method == "GET":
        rule = deeds.there(rule_id)
        tell_use_in_part([rule])
        return render(request, "categorization/rule_delete.html", {"rule": rule})

    def deed() -> None:
        rule = deeds.existing(rule_id)
        changeset = deeds.delete(rule, actor_id=request.user.pk)
        done(request, changeset, f"“{rule.name}” was deleted. What it did stays.")

    did(request, deed)
    return redirect(LIST)


@allow(post=MEMBER)
def order(request: HouseholdRequest) -> HttpResponse:
    """The rules of a group in another order."""
    did(request, lambda: deeds.arrange(posted_order(request.POST)))
    return redirect(LIST)


@allow(post=MEMBER)
def raise_group(request: HouseholdRequest) -> HttpResponse:
    """A group before the one above it: its rules are asked earlier."""
    did(request, lambda: deeds.raise_group(request.POST.get("name", "")))
    return redirect(LIST)
