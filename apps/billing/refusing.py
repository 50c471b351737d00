"""Not being asked to come back: by a link that needs no sign-in, and opens nothing else."""

from django.contrib.auth.decorators import login_not_required
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from apps.core.errors import Gone
from apps.households.addresses import reverse_outside
from apps.households.models import Household
from apps.plans.models import SentNotice, Subscription

_SIGNER = Signer(salt="billing.win_back")


def refusal_address(household: Household) -> str:
    """The address at which the household's owner says that they do not want to be asked."""
    return reverse_outside("notices:refuse_offer", _SIGNER.sign(household.public_id))


def refuse_offer(subscription: Subscription) -> None:
    """The owner is not asked whether they want to come back: for the job, that is as if they had been."""
    if subscription.began_paying_at is not None:
        SentNotice.objects.get_or_create(
            household_id=subscription.household_id,
            kind=SentNotice.Kind.WIN_BACK,
            about_at=subscription.began_paying_at,
        )


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def refuse(request: HttpRequest, token: str) -> HttpResponse:
    """Asks once, as programs that look through mails open what they find; the button does it."""
    subscription = _by_token(token)
    if request.method == "POST":
        refuse_offer(subscription)
    return render(request, "billing/refuse_offer.html", {"is_done": request.method == "POST"})


def _by_token(token: str) -> Subscription:
    """Raises Gone."""
    try:
        public_id = _SIGNER.unsign(token)
    except BadSignature:
        public_id = ""
    found = Subscription.objects.filter(household__public_id=public_id, began_paying_at__isnull=False).first()
    if found is None:
        raise Gone("This link is not complete, or its household is gone. Copy it from the mail once more.")
    return found
