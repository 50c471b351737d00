"""What somebody who leaves a household leaves behind in its ledger."""

from django.test import Client
from django.utils import timezone

from apps.households.models import Membership
from apps.ledger import departing
from apps.ledger.models import Account
from apps.plans.models import Subscription
from apps.tenancy.context import household_context
from tests.households.people import browser
from tests.ledger.families import SECRET, Family, owned
from tests.planes import both_planes

pytestmark = both_planes


def test_nobody_leaves_an_account_behind_that_no_one_sees(ours: Family, bobs: Client) -> None:
    told = bobs.post("/h/ours/settings/members/leave/", follow=True).content.decode()
    assert "You have an account that only you see." in told
    assert Membership.objects.filter(user=ours.bob).exists()


def test_who_can_only_read_leaves_and_what_only_they_saw_stays_theirs(ours: Family, bobs: Client) -> None:
    Subscription.objects.filter(household=ours.household).update(suspended_at=timezone.now())
    assert "Accounts that only you see stay yours" in bobs.get("/h/ours/settings/members/leave/").content.decode()
    assert "You have left Ours." in bobs.post("/h/ours/settings/members/leave/", follow=True).content.decode()
    with household_context(ours.household):
        card = Account.objects.get(pk=ours.card.pk)
    assert (card.owner_id, card.visibility) == (ours.bob.pk, "private")


def test_what_was_shared_stays_with_the_household_when_its_owner_leaves(ours: Family, bobs: Client) -> None:
    with household_context(ours.household):
        Account.objects.filter(pk=ours.card.pk).update(visibility="read_only")
    assert bobs.post("/h/ours/settings/members/leave/")["Location"] == "/households/"
    departing.settle(ours.household)
    assert owned(ours) == {(None, "shared")}


def test_who_is_removed_keeps_what_only_they_see(ours: Family, anns: Client) -> None:
    """The owner does not come to see it by removing them, and they find it again when they come back."""
    membership = Membership.objects.get(user=ours.bob)
    anns.post(f"/h/ours/settings/members/{membership.pk}/remove/")
    departing.settle(ours.household)
    assert not Membership.objects.filter(user=ours.bob).exists()
    assert owned(ours) == {(None, "shared"), (ours.bob.pk, "private")}
    assert SECRET not in anns.get("/h/ours/accounts/").content.decode()
    Membership.objects.create(household=ours.household, user=ours.bob, role="member")
    assert SECRET in browser(ours.bob).get("/h/ours/accounts/").content.decode()
