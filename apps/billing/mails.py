"""What a household's owner is mailed about its plan: what happened, what works now, what can be done, until when.

Such mail cannot be switched off, but for the one question whether they want to come back.
"""

import datetime
from collections.abc import Callable

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import get_script_prefix, reverse
from django.utils import formats, timezone

from apps.billing.refusing import refusal_address
from apps.households.mails import name_in_mail
from apps.households.models import Household, Membership
from apps.plans.models import SentNotice, Subscription
from apps.plans.standing import GRACE

Kind = SentNotice.Kind
WIN_BACK_AFTER = datetime.timedelta(days=14)
_READ_ONLY = "you can read and export everything, but nothing can be added or changed"
_KEPT = "Nothing is deleted."
# The next step, where there is one; each is a button on the page of the plan.
_LABELS = {
    Kind.TRIAL_ENDS_SOON: "Choose a plan",
    Kind.TRIAL_LAST_DAY: "Choose a plan",
    Kind.TRIAL_OVER: "Choose a plan",
    Kind.PAYMENT_FAILED: "Pay, or change the card",
    Kind.WIN_BACK: "Choose a plan",
}


def send(kind: str, household: Household, subscription: Subscription, *, now: datetime.datetime) -> None:
    """Mails the household's owner, with days and hours as they read them."""
    owner = household.memberships.select_related("user").get(role=Membership.Role.OWNER).user
    with timezone.override(owner.zone):
        subject, sentences = _TEXTS[Kind(kind)](f"“{name_in_mail(household.name)}”", subscription, now)
    refuse_url = _absolute(refusal_address(household)) if _can_be_refused(kind, subscription, now) else ""
    context = {
        "subject": subject,
        "sentences": sentences,
        "url": _absolute(household.get_absolute_url() + _plan_page()),
        "label": _LABELS.get(Kind(kind), "Look at your plan"),
        "refuse_url": refuse_url,
        "is_offer": kind == Kind.WIN_BACK,
    }
    text, html = (render_to_string(f"billing/email/notice.{form}", context) for form in ("txt", "html"))
    mail = EmailMultiAlternatives(subject, text, to=[owner.email])
    if kind == Kind.WIN_BACK:
        mail.extra_headers["List-Unsubscribe"] = f"<{refuse_url}>"
    mail.attach_alternative(html, "text/html")
    mail.send()


def _can_be_refused(kind: str, held: Subscription, now: datetime.datetime) -> bool:
    """Whether the mail asks whether they want to come back, or tells that another will."""
    if kind == Kind.ENDED and not held.is_comped(now):
        return not SentNotice.objects.filter(household=held.household_id, kind=Kind.WIN_BACK).exists()
    return kind == Kind.WIN_BACK


def _trial_ends_soon(name: str, held: Subscription, _now: datetime.datetime) -> tuple[str, list[str]]:
    # What ends at midnight ends with the day before it.
    last = timezone.localtime(held.trial_ends_at - datetime.timedelta(microseconds=1))
    day = formats.date_format(last, "j F")
    return f"Your trial of Maxwell’s Wallet ends on {day}", _before_trial_ends(name, held)


def _trial_last_day(name: str, held: Subscription, _now: datetime.datetime) -> tuple[str, list[str]]:
    return "Your trial of Maxwell’s Wallet ends within a day", _before_trial_ends(name, held)


def _before_trial_ends(name: str, held: Subscription) -> list[str]:
    return [
        f"The trial of your household {name} goes on until {_moment(held.trial_ends_at)}.",
        f"Afterwards {_READ_ONLY} until you choose a plan. Nothing is deleted, and nothing is charged.",
        "If you choose one now, everything goes on without a break.",
    ]


def _trial_over(name: str, held: Subscription, _now: datetime.datetime) -> tuple[str, list[str]]:
    return "Your trial of Maxwell’s Wallet is over", [
        f"The trial of your household {name} ended on {_moment(held.trial_ends_at)}.",
        f"From now on {_READ_ONLY}. {_KEPT}",
        "To go on where you stopped, choose a plan; it works at once.",
        "If Maxwell’s Wallet is not for you, there is nothing to cancel: you gave us no card.",
    ]


def _payment_failed(name: str, held: Subscription, now: datetime.datetime) -> tuple[str, list[str]]:
    grace_ends_at = (held.past_due_since or now) + GRACE
    ends_at = min(grace_ends_at, held.cancels_at or grace_ends_at)
    until = _moment(ends_at)
    without = f"{_READ_ONLY} from then on, until it is paid. {_KEPT}"
    if held.is_comped(ends_at):
        without = f"the plan {held.plan} ends. You have the plan {held.comped_plan}, which we gave you, in any case."
    return "A payment for Maxwell’s Wallet failed", [
        f"The payment for the plan {held.plan} of your household {name} did not go through.",
        f"Until {until} everything works as before, and the card is tried again meanwhile.",
        f"If none of that succeeds, {without}",
        "Often the card has expired or a limit was reached. You can give another card on the page of your plan.",
    ]


def _recovered(name: str, held: Subscription, _now: datetime.datetime) -> tuple[str, list[str]]:
    return "Your payment for Maxwell’s Wallet went through", [
        f"The payment for the plan {held.plan} of your household {name} went through after all.",
        "Everything works, and there is nothing left to do.",
    ]


def _cancelled(name: str, held: Subscription, now: datetime.datetime) -> tuple[str, list[str]]:
    ends_at = held.cancels_at or held.period_ends_at or now
    until = _moment(ends_at)
    charged = "not charged any more" if held.past_due_since is None else "charged for what is still open, and no more"
    return "Your subscription of Maxwell’s Wallet is cancelled", [
        f"The plan {held.plan} of your household {name} is cancelled, and you are {charged}.",
        f"It goes on until {until}, and until then you can take the cancellation back on the page of your plan.",
        _without_plan("Afterwards", held, ends_at),
    ]


def _ended(name: str, held: Subscription, now: datetime.datetime) -> tuple[str, list[str]]:
    return "Your subscription of Maxwell’s Wallet has ended", [
        f"The plan {held.plan} of your household {name} has ended, and you are not charged any more.",
        _without_plan("From now on", held, now),
        "If you want to go on one day, choose a plan: everything is where you left it.",
    ]


def _came_back(name: str, held: Subscription, _now: datetime.datetime) -> tuple[str, list[str]]:
    return "Welcome back to Maxwell’s Wallet", [
        f"Your household {name} has the plan {held.plan} from now on.",
        "Everything is where you left it, and can be added to and changed again.",
    ]


def _win_back(name: str, held: Subscription, now: datetime.datetime) -> tuple[str, list[str]]:
    ended = formats.date_format(timezone.localtime(held.ended_at or now), "j F Y")
    return "Do you want to go on with Maxwell’s Wallet?", [
        f"The plan of your household {name} ended on {ended}. All that you entered is there, to read and to export.",
        "If you want to go on, choose a plan, and it goes on from where you stopped.",
        "If not, there is nothing to do: we do not ask again.",
    ]


def _without_plan(when: str, held: Subscription, then: datetime.datetime) -> str:
    if held.is_comped(then):
        return f"{when} you have the plan {held.comped_plan}, which we gave you."
    return f"{when} {_READ_ONLY}. {_KEPT}"


_Text = Callable[[str, Subscription, datetime.datetime], tuple[str, list[str]]]
_TEXTS: dict[Kind, _Text] = {
    Kind.TRIAL_ENDS_SOON: _trial_ends_soon,
    Kind.TRIAL_LAST_DAY: _trial_last_day,
    Kind.TRIAL_OVER: _trial_over,
    Kind.PAYMENT_FAILED: _payment_failed,
    Kind.RECOVERED: _recovered,
    Kind.CANCELLED: _cancelled,
    Kind.ENDED: _ended,
    Kind.CAME_BACK: _came_back,
    Kind.WIN_BACK: _win_back,
}


def _moment(at: datetime.datetime) -> str:
    return formats.date_format(timezone.localtime(at), "j F Y, H:i T")


def _plan_page() -> str:
    """Below the household's address."""
    return reverse("billing:plan", urlconf=settings.HOUSEHOLD_URLCONF).removeprefix(get_script_prefix())


def _absolute(path: str) -> str:
    return settings.APP_URL.rstrip("/") + path
