"""Which accounts stay active where the plan has no room for all: the household's owner chooses."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from apps.households.answers import numbers, refusal
from apps.households.requests import HouseholdRequest
from apps.households.rules import OWNER, allow
from apps.ledger import freezing
from apps.ledger.models import Account
from apps.plans.entitlements import Limited
from apps.plans.models import Plan


@allow(get=OWNER, post=OWNER, when_read_only=True)
def active_accounts(request: HouseholdRequest) -> HttpResponse:
    """With `?plan=basic` for the plan that the household is about to change to."""
    held = request.household.entitlements
    plan = Plan.called(request.GET.get("plan", "")) or held.plan
    is_now = plan == held.plan
    problem, limit = "", (held if is_now else held.under(plan)).limit(Limited.ACCOUNTS)
    if request.method == "POST" and limit is not None:
        chosen = numbers(request.POST.getlist("account"))
        problem = refusal(lambda: freezing.choose(chosen, limit))
        if not problem:
            messages.success(request, "These accounts are active now." if is_now else "Your choice is kept.")
            return redirect("ledger:accounts")
    frozen = freezing.preview(limit)
    going = {account.pk for account in frozen.accounts}
    accounts = Account.objects.filter(archived_at=None)
    context = {
        "plan": plan,
        "is_now": is_now,
        "limit": limit,
        "problem": problem,
        "accounts": [(account, account.pk not in going) for account in accounts],
        "frozen": frozen,
    }
    return render(request, "ledger/active_accounts.html", context, status=422 if problem else 200)
