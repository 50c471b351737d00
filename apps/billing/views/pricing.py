from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.billing.offers import asked_interval, offers, trial_in_words
from apps.plans.standing import GRACE
from apps.plans.subscribing import TRIAL


@login_not_required
@require_GET
def plans(request: HttpRequest) -> HttpResponse:
    """What can be bought, for everybody."""
    interval = asked_interval(request.GET.get("interval"))
    context = {
        "interval": interval,
        "offers": offers(interval),
        "trial": trial_in_words(),
        "trial_days": TRIAL.days,
        "grace_days": GRACE.days,
    }
    return render(request, "billing/pricing.html", context)
