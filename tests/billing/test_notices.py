"""Who is mailed what about their plan, when, and that it is once."""

import datetime
import threading

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import connections
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.billing import notices
from apps.billing.notices import OF_TIME, due, send_due, told_of
from apps.billing.tasks import send_notices
from apps.households.models import Household, Membership
from apps.mail.models import Message
from apps.plans import subscribing
from apps.plans.extending import extend_trial
from apps.plans.models import Plan, SentNotice, Subscription
from apps.plans.suspending import suspend
from apps.users.models import User
from tests.planes import both_planes
from tests.plans.giving import give_family
from tests.users.mails import mails_to

NOW = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)
DAY, HOUR = datetime.timedelta(days=1), datetime.timedelta(hours=1)
WHY = "They asked for more time to look."
Kind = SentNotice.Kind
OURS = "ours@example.com"


@pytest.fixture(autouse=True)
def _address(settings) -> None:
    settings.APP_URL = "https://wallet.example"


@pytest.fixture
def trial(household: Household, other_household: Household) -> Subscription:
    """Ours began its trial NOW; the stranger has a present of ours."""
    ends = NOW + 14 * DAY
    Subscription.objects.filter(household=household).update(comped_plan=None, trial_ends_at=ends)
    return Subscription.objects.get(household=household)


def told() -> list[str]:
    return list(SentNotice.objects.order_by("pk").values_list("kind", flat=True))


def texts(sent: object) -> tuple[str, str]:
    assert isinstance(sent, EmailMultiAlternatives)
    return str(sent.body), str(sent.alternatives[0][0])


def subscribed(household: Household, at: datetime.datetime, state: str = "active", **more: object) -> None:
    """What the provider says of the household at a moment, applied and told."""
    said = subscribing.Snapshot(
        as_of=at,
        plan=Plan.objects.get(code="pro"),
        state=state,
        interval="month",
        stripe_id="sub_1",
        period_ends_at=at + 30 * DAY,
        **more,
    )
    kinds = subscribing.apply(household, said)
    told_of(Household.objects.get(pk=household.pk), kinds)


@both_planes
def test_a_trial_is_told_of_three_times_and_each_once(trial: Subscription) -> None:
    days = [number / 2 for number in range(18 * 2)]
    counts = {day: send_due(NOW + day * DAY) for day in days}
    assert {day: count for day, count in counts.items() if count} == {11: 1, 13: 1, 14: 1}
    assert told() == [Kind.TRIAL_ENDS_SOON, Kind.TRIAL_LAST_DAY, Kind.TRIAL_OVER]
    assert [sent.subject for sent in mails_to(OURS)] == [
        "Your trial of Maxwell’s Wallet ends on 7 December",
        "Your trial of Maxwell’s Wallet ends within a day",
        "Your trial of Maxwell’s Wallet is over",
    ]
    assert len(mail.outbox) == 3


@both_planes
def test_a_job_that_was_away_tells_what_is_true_now(trial: Subscription) -> None:
    send_due(NOW + 13 * DAY + 12 * HOUR)
    assert told() == [Kind.TRIAL_LAST_DAY]
    send_due(NOW + 40 * DAY)
    assert told() == [Kind.TRIAL_LAST_DAY]


@both_planes
def test_a_trial_that_is_extended_is_told_of_anew(household: Household, trial: Subscription) -> None:
    for day in (11, 13):
        send_due(NOW + day * DAY)
    extend_trial(household, until=NOW + 20 * DAY, reason=WHY, actor="t", now=NOW + 13 * DAY)
    assert send_due(NOW + 14 * DAY) == 0
    for day in (17, 19, 20):
        send_due(NOW + day * DAY)
    assert told() == [
        Kind.TRIAL_ENDS_SOON,
        Kind.TRIAL_LAST_DAY,
        Kind.TRIAL_ENDS_SOON,
        Kind.TRIAL_LAST_DAY,
        Kind.TRIAL_OVER,
    ]


@both_planes
def test_who_chose_a_plan_has_one_of_ours_or_is_suspended_is_not_reminded(
    household: Household, trial: Subscription
) -> None:
    ends = NOW + 13 * DAY + HOUR
    assert due(Kind.TRIAL_LAST_DAY, ends).exists()
    suspend(household, reason=WHY, actor="t", now=NOW)
    assert send_due(ends) == 0
    Subscription.objects.update(suspended_at=None)
    give_family(household)
    assert send_due(ends) == 0
    Subscription.objects.filter(household=household).update(comped_plan=None)
    subscribed(household, NOW)
    assert send_due(ends) == send_due(NOW + 15 * DAY) == 0


@both_planes
def test_what_the_mail_of_an_ended_trial_says(trial: Subscription, owner: User) -> None:
    User.objects.filter(pk=owner.pk).update(time_zone="America/New_York")
    send_due(NOW + 14 * DAY)
    for text in texts(mails_to(OURS)[0]):
        assert "The trial of your household “Ours” ended on 7 December 2026, 07:00 EST." in text
        assert "you can read and export everything, but nothing can be added or changed. Nothing is deleted." in text
        assert "https://wallet.example/h/ours/settings/plan/" in text
        assert "cannot be switched off" in text


@both_planes
def test_each_change_is_told_once_and_in_its_words(household: Household, trial: Subscription) -> None:
    subscribed(household, NOW)
    subscribed(household, NOW + DAY, "past_due", past_due_since=NOW + DAY)
    subscribed(household, NOW + 2 * DAY)
    subscribed(household, NOW + 3 * DAY, cancels_at=NOW + 30 * DAY)
    subscribed(household, NOW + 30 * DAY, "ended", ended_at=NOW + 30 * DAY)
    subscribed(household, NOW + 40 * DAY)
    assert [sent.subject for sent in mails_to(OURS)] == [
        "A payment for Maxwell’s Wallet failed",
        "Your payment for Maxwell’s Wallet went through",
        "Your subscription of Maxwell’s Wallet is cancelled",
        "Your subscription of Maxwell’s Wallet has ended",
        "Welcome back to Maxwell’s Wallet",
    ]
    failed, recovered, cancelled, ended, back = (texts(sent)[0] for sent in mails_to(OURS))
    assert "Until 8 December 2026, 12:00 UTC everything works as before" in failed
    assert "Everything works, and there is nothing left to do." in recovered
    assert "It goes on until 23 December 2026, 12:00 UTC" in cancelled
    assert "From now on you can read and export everything" in ended
    assert "has the plan Pro from now on" in back


@both_planes
def test_a_payment_that_fails_beside_a_present_takes_nothing_away(household: Household, trial: Subscription) -> None:
    subscribed(household, NOW)
    give_family(household)
    subscribed(household, NOW + DAY, "past_due", past_due_since=NOW + DAY)
    for text in texts(mails_to(OURS)[0]):
        assert "You have the plan Family, which we gave you, in any case." in text
        assert "nothing can be added" not in text
        assert "Pay, or change the card" in text


@both_planes
def test_a_present_that_ends_before_the_grace_is_no_comfort(household: Household, trial: Subscription) -> None:
    subscribed(household, NOW)
    give_family(household)
    Subscription.objects.filter(household=household).update(comped_until=NOW + 5 * DAY)
    subscribed(household, NOW + DAY, "past_due", past_due_since=NOW + DAY)
    for text in texts(mails_to(OURS)[0]):
        assert "nothing can be added or changed from then on, until it is paid" in text


@both_planes
def test_the_same_word_twice_is_told_once(household: Household, trial: Subscription) -> None:
    subscribed(household, NOW)
    for _ in range(2):
        told_of(Household.objects.get(pk=household.pk), ["payment_failed"])
    assert len(mails_to(OURS)) == 1
    subscribed(household, NOW + DAY)
    told_of(Household.objects.get(pk=household.pk), ["payment_failed", "plan_changed", "resumed", "began"])
    assert told() == [Kind.PAYMENT_FAILED, Kind.PAYMENT_FAILED]


@both_planes
def test_who_keeps_a_plan_of_ours_is_not_told_that_they_lose_it(household: Household, trial: Subscription) -> None:
    subscribed(household, NOW)
    give_family(household)
    subscribed(household, NOW + DAY, "ended", ended_at=NOW + DAY)
    for text in texts(mails_to(OURS)[0]):
        assert "From now on you have the plan Family, which we gave you." in text
        assert "nothing can be added" not in text
        assert "no-offers" not in text
    assert send_due(NOW + 16 * DAY) == 0


@both_planes
def test_whether_they_want_to_come_back_is_asked_once_in_a_life(household: Household, trial: Subscription) -> None:
    subscribed(household, NOW)
    subscribed(household, NOW + 30 * DAY, "ended", ended_at=NOW + 30 * DAY)
    assert send_due(NOW + 43 * DAY) == 0
    assert (send_due(NOW + 44 * DAY), send_due(NOW + 45 * DAY)) == (1, 0)
    asked = mails_to(OURS)[-1]
    assert asked.subject == "Do you want to go on with Maxwell’s Wallet?"
    assert asked.extra_headers["List-Unsubscribe"].startswith("<https://wallet.example/mail/no-offers/ours:")
    subscribed(household, NOW + 50 * DAY)
    subscribed(household, NOW + 80 * DAY, "ended", ended_at=NOW + 80 * DAY)
    assert "no-offers" not in texts(mails_to(OURS)[-1])[0]
    assert send_due(NOW + 95 * DAY) == 0


@both_planes
def test_nobody_is_asked_who_came_back_or_after_a_long_time(household: Household, trial: Subscription) -> None:
    subscribed(household, NOW)
    subscribed(household, NOW + DAY, "ended", ended_at=NOW + DAY)
    assert not due(Kind.WIN_BACK, NOW + 30 * DAY).exists()
    subscribed(household, NOW + 10 * DAY)
    assert send_due(NOW + 16 * DAY) == 0


@both_planes
def test_only_the_owner_is_told(household: Household, trial: Subscription) -> None:
    bea = User.objects.create_user("bea@example.com", None, name="Bea")
    Membership.objects.create(household=household, user=bea, role="member")
    send_due(NOW + 14 * DAY)
    assert [sent.to for sent in mail.outbox] == [[OURS]]


@both_planes
def test_one_who_cannot_be_told_keeps_nobody_waiting(
    household: Household, other_household: Household, trial: Subscription
) -> None:
    Subscription.objects.update(comped_plan=None, trial_ends_at=NOW + HOUR)
    Membership.objects.filter(household=household).update(role="member")
    assert send_due(NOW) == 1
    assert [sent.to for sent in mail.outbox] == [["theirs@example.com"]]
    assert SentNotice.objects.get().household == other_household


@both_planes
def test_the_job_asks_by_the_clock(trial: Subscription) -> None:
    now = datetime.datetime.now(datetime.UTC)
    Subscription.objects.filter(pk=trial.pk).update(trial_ends_at=now + 12 * HOUR)
    for _ in range(2):
        send_notices()
    assert told() == [Kind.TRIAL_LAST_DAY]


@both_planes
def test_more_who_are_not_due_ask_for_no_more(trial: Subscription, django_assert_num_queries) -> None:
    with django_assert_num_queries(len(OF_TIME)):
        assert send_due(NOW) == 0


@both_planes
@settings(max_examples=30)
@given(hours=st.lists(st.integers(0, 40 * 24), min_size=1, max_size=12), extended=st.booleans())
def test_whenever_the_job_runs_nothing_is_told_twice_or_untruly(
    household: Household, trial: Subscription, hours: list[int], extended: bool
) -> None:
    SentNotice.objects.all().delete()
    mail.outbox.clear()
    ends = NOW + 14 * DAY
    Subscription.objects.filter(pk=trial.pk).update(trial_ends_at=ends)
    for hour in sorted(hours):
        now = NOW + hour * HOUR
        if extended and now > NOW + 12 * DAY and ends == NOW + 14 * DAY:
            ends = now + 6 * DAY
            extend_trial(household, until=ends, reason=WHY, actor="t", now=now)
        before = set(told_with_ends())
        send_due(now)
        for kind, about in set(told_with_ends()) - before:
            assert about == ends
            left = ends - now
            assert {
                Kind.TRIAL_ENDS_SOON: DAY < left <= 3 * DAY,
                Kind.TRIAL_LAST_DAY: datetime.timedelta(0) < left <= DAY,
                Kind.TRIAL_OVER: -14 * DAY < left <= datetime.timedelta(0),
            }[Kind(kind)]
    assert len(mail.outbox) == SentNotice.objects.count() == len(set(told_with_ends()))


def told_with_ends() -> list[tuple[str, datetime.datetime]]:
    return list(SentNotice.objects.values_list("kind", "about_at"))


def test_ten_jobs_at_once_send_one_mail(fresh_database: str, settings) -> None:
    settings.EMAIL_BACKEND = "apps.mail.backend.QueuedEmailBackend"
    Subscription.objects.filter(household__public_id="ours").update(comped_plan=None, trial_ends_at=NOW + HOUR)
    together, counts = threading.Barrier(10), []

    def job() -> None:
        together.wait()
        try:
            counts.append(notices.send_due(NOW))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=job) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(counts), sum(counts)) == (10, 1)
    assert (SentNotice.objects.count(), Message.objects.count()) == (1, 1)


@both_planes
@pytest.mark.parametrize(
    ("days", "then"), [(None, "you have the plan Family"), (40, "you have the plan Family"), (20, "you can read")]
)
def test_what_comes_after_the_end_is_what_there_is_then(
    household: Household, trial: Subscription, days: int | None, then: str
) -> None:
    """Not what there is when the mail is written: a present may end before what is paid."""
    subscribed(household, NOW)
    give_family(household)
    Subscription.objects.filter(household=household).update(comped_until=days and NOW + days * DAY)
    subscribed(household, NOW + DAY, cancels_at=NOW + 30 * DAY)
    for text in texts(mails_to(OURS)[0]):
        assert f"Afterwards {then}" in text


@both_planes
def test_who_owes_is_told_the_truth_about_what_is_charged_and_lost(household: Household, trial: Subscription) -> None:
    subscribed(household, NOW)
    give_family(household)
    subscribed(household, NOW + DAY, "past_due", past_due_since=NOW + DAY)
    subscribed(household, NOW + 2 * DAY, "past_due", past_due_since=NOW + DAY, cancels_at=NOW + 30 * DAY)
    failed, cancelled = (texts(sent)[0] for sent in mails_to(OURS))
    assert "You have the plan Family, which we gave you, in any case." in failed
    assert "nothing can be added" not in failed
    assert "is cancelled, and you are charged for what is still open, and no more." in cancelled
