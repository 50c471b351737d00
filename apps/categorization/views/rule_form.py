"""The form of a rule: filled in, given more lines or fewer, tried out, and kept."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render

from apps.categorization import rules as deeds
from apps.categorization.forms.rules import MOST_CONDITIONS, PREFIX, Conditions, RuleForm, initial_of
from apps.categorization.models import CategoryRule
from apps.categorization.prefilling import from_row
from apps.categorization.trying import Trial, try_out
from apps.core.numbers import whole_number
from apps.households.answers import did, refusal
from apps.households.requests import HouseholdRequest
from apps.households.rules import MEMBER, allow

CHANGED = (
    "Somebody changed this rule after you opened this page, and nothing of yours was saved. Open the rule in another "
    "tab to see what it says now. If you still want what stands here, keep it once more."
)
Lines = list[dict[str, Any]]


@allow(get=MEMBER, post=MEMBER)
def new(request: HouseholdRequest) -> HttpResponse:
    """`?transaction=` begins with what a row of the ledger has."""
    if request.method == "POST":
        return _keep(request, CategoryRule())
    started = from_row(whole_number(request.GET.get("transaction", "")))
    form = RuleForm(initial=started.fields)
    return _page(request, form, Conditions(initial=started.lines or [{}], prefix=PREFIX))


@allow(get=MEMBER, post=MEMBER)
def edit(request: HouseholdRequest, rule_id: int) -> HttpResponse:
    if request.method == "POST":
        found: list[CategoryRule] = []
        if not did(request, lambda: found.append(deeds.existing(rule_id))):
            return redirect("categorization:rules")
        return _keep(request, found[0])
    rule = deeds.there(rule_id)
    lines = [initial_of(condition) for condition in rule.conditions.all()] or [{}]
    form = RuleForm(instance=rule)
    return _page(request, form, Conditions(initial=lines, prefix=PREFIX), shown=deeds.fingerprint(rule))


@allow(post=MEMBER)
def more(request: HouseholdRequest, rule_id: int | None = None) -> HttpResponse:
    """The form as it was filled in, with one line more."""
    return _redrawn(request, rule_id, [*_lines(request.POST), {}])


@allow(post=MEMBER)
def without(request: HouseholdRequest, line: int, rule_id: int | None = None) -> HttpResponse:
    """The form as it was filled in, without that line."""
    lines = _lines(request.POST)
    return _redrawn(request, rule_id, lines[:line] + lines[line + 1 :])


@allow(post=MEMBER)
def try_it(request: HouseholdRequest, rule_id: int | None = None) -> HttpResponse:
    """Shows what the rule would do, as it is filled in; keeps nothing and changes nothing."""
    rule = _begun(rule_id)
    shown = request.POST.get("shown", "")
    form, conditions = _filled_in(request, rule)
    if not (form.is_valid() and conditions.is_valid()):
        return _page(request, form, conditions, shown=shown, status=422)
    return _page(request, form, conditions, trial=try_out(form.instance, conditions.conditions), shown=shown)


def _begun(rule_id: int | None) -> CategoryRule:
    """The rule that the form is about, or a new one. Raises RuleGone."""
    return CategoryRule() if rule_id is None else deeds.there(rule_id)


def _filled_in(request: HouseholdRequest, rule: CategoryRule) -> tuple[RuleForm, Any]:
    return RuleForm(request.POST, instance=rule), Conditions(request.POST, prefix=PREFIX)


def _keep(request: HouseholdRequest, rule: CategoryRule) -> HttpResponse:
    shown, now = request.POST.get("shown", ""), deeds.fingerprint(rule) if rule.pk else ""
    form, conditions = _filled_in(request, rule)
    if not (form.is_valid() and conditions.is_valid()):
        return _page(request, form, conditions, shown=shown, status=422)
    if shown != now:
        form.add_error(None, CHANGED)
        return _page(request, form, conditions, shown=now, status=422)
    if problem := refusal(lambda: deeds.keep(form.instance, conditions.conditions)):
        form.add_error(None, problem)
        return _page(request, form, conditions, shown=now, status=422)
    messages.success(request, f"“{rule.name}” is kept. It is asked of every row that comes in from now on.")
    return redirect("categorization:rule_test", rule.pk)


def _lines(posted: QueryDict) -> Lines:
    """The conditions as they stand in the form, right or wrong."""
    count = min(whole_number(posted.get(f"{PREFIX}-TOTAL_FORMS", "")) or 0, MOST_CONDITIONS)
    names = Conditions.form.base_fields
    return [{name: posted.get(f"{PREFIX}-{at}-{name}", "") for name in names} for at in range(count)]


def _redrawn(request: HouseholdRequest, rule_id: int | None, lines: Lines) -> HttpResponse:
    rule = _begun(rule_id)
    form = RuleForm(initial={name: request.POST.get(name, "") for name in RuleForm.base_fields}, instance=rule)
    redrawn = Conditions(initial=lines[:MOST_CONDITIONS] or [{}], prefix=PREFIX)
    return _page(request, form, redrawn, shown=request.POST.get("shown", ""))


def _page(
    request: HouseholdRequest,
    form: RuleForm,
    conditions: Any,
    *,
    shown: str = "",
    trial: Trial | None = None,
    status: int = 200,
) -> HttpResponse:
    """`shown`: the fingerprint of the rule as the form was opened with it, however often it is drawn again."""
    rule = form.instance
    context = {
        "shown": shown,
        "form": form,
        "conditions": conditions,
        "rule": rule if rule.pk else None,
        "groups": deeds.group_names(),
        "trial": trial,
        "may_add": conditions.total_form_count() < MOST_CONDITIONS,
    }
    return render(request, "categorization/rule_form.html", context, status=status)
