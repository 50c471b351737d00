"""Invitations as the household's owner sends, repeats and withdraws them."""

import datetime

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from apps.audit.models import AuditEvent
from apps.households.errors import NotTheOwner
from apps.households.inviting import VALID_FOR, hashed, invite
from apps.households.models import Household, Invitation
from apps.users.models import User
from tests.households.people import belonging, browser
from tests.planes import both_planes

pytestmark = both_planes
MEMBERS = "/h/ours/settings/members/"


def send(client: Client, email: str = "ada@example.com", role: str = "member") -> str:
    """Invites, and gives the page that follows."""
    return client.post(MEMBERS, {"email": email, "role": role}, follow=True).content.decode()


def token_mailed(number: int = -1) -> str:
    return str(mail.outbox[number].body).partition("/invitations/")[2].partition("/")[0]


def test_an_invitation_is_mailed_and_only_a_hash_of_its_token_is_kept(member_client: Client, owner: User) -> None:
    assert "The invitation to ada@example.com is on its way" in send(member_client, " Ada@Example.com ", "viewer")
    kept = Invitation.objects.get()
    assert (kept.email, kept.role, kept.invited_by) == ("ada@example.com", "viewer", owner)
    assert abs(kept.expires_at - timezone.now() - datetime.timedelta(days=7)) < datetime.timedelta(minutes=1)
    assert mail.outbox[0].to == ["ada@example.com"]
    assert kept.token_hash == hashed(token_mailed())
    assert token_mailed() not in str(Invitation.objects.values().get())
    event = AuditEvent.objects.get(action="household.invited")
    assert event.actor_id == User.objects.get(email="ours@example.com").pk
    assert event.details == {"invitation": kept.pk, "role": "viewer"}


@pytest.mark.parametrize(
    ("email", "sentence"),
    [
        ("ours@example.com", "That is your own address"),
        ("OURS@example.com", "That is your own address"),
        ("bea@example.com", "bea@example.com belongs to this household already."),
        ("Ada@example.com", "ada@example.com is invited already."),
        ("nobody", "This does not look like an email address"),
        ("", "This field is required"),
        ("a@example.com\nBcc: b@example.com", "This does not look like an email address"),
        (f"{'a' * 250}@example.com", "at most 254"),
    ],
)
def test_whom_one_cannot_invite(member_client: Client, household: Household, email: str, sentence: str) -> None:
    belonging(household, "Bea")
    send(member_client)
    answer = member_client.post(MEMBERS, {"email": email, "role": "viewer"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert sentence in page
    assert 'value="viewer" selected' in page  # what was chosen is still there
    assert (Invitation.objects.count(), len(mail.outbox)) == (1, 1)


@pytest.mark.parametrize("role", ["owner", "", "root"])
def test_nobody_is_invited_as_an_owner(member_client: Client, role: str) -> None:
    assert member_client.post(MEMBERS, {"email": "ada@example.com", "role": role}).status_code == 422
    assert not Invitation.objects.exists()


def test_sent_again_the_old_link_is_dead(member_client: Client) -> None:
    send(member_client)
    old = token_mailed()
    invitation = Invitation.objects.get()
    Invitation.objects.update(expires_at=timezone.now())
    page = member_client.post(f"{MEMBERS}invitations/{invitation.pk}/send/", follow=True).content.decode()
    assert "A new invitation is on its way." in page
    guest = Client()
    assert guest.get(f"/invitations/{old}/").status_code == 404
    assert guest.get(f"/invitations/{token_mailed()}/").status_code == 200
    assert Invitation.objects.get().is_open(timezone.now())
    assert AuditEvent.objects.filter(action="household.invitation_sent_again").count() == 1


def test_withdrawn_it_is_as_if_it_had_never_been(member_client: Client) -> None:
    send(member_client)
    invitation = Invitation.objects.get()
    address = f"{MEMBERS}invitations/{invitation.pk}/withdraw/"
    assert "The invitation is withdrawn" in member_client.post(address, follow=True).content.decode()
    assert Client().get(f"/invitations/{token_mailed()}/").status_code == 404
    # The second of two clicks, and the other tab.
    for late in (address, f"{MEMBERS}invitations/{invitation.pk}/send/"):
        answer = member_client.post(late)
        assert answer.status_code == 404
        assert "This invitation is not open any more" in answer.content.decode()
        assert f'href="{MEMBERS}">See what is there now</a>' in answer.content.decode()
    assert AuditEvent.objects.filter(action="household.invitation_revoked").count() == 1


def test_who_was_invited_in_vain_can_be_invited_anew(member_client: Client) -> None:
    send(member_client)
    Invitation.objects.update(expires_at=timezone.now())
    assert "is on its way" in send(member_client, role="viewer")
    assert Invitation.objects.get().role == "viewer"


def test_invitations_of_another_household_are_not_there(member_client: Client, other_household: Household) -> None:
    theirs = User.objects.get(email="theirs@example.com")
    foreign = invite(other_household, email="ada@example.com", role="member", actor=theirs, now=timezone.now())
    for deed in ("send", "withdraw"):
        assert member_client.post(f"{MEMBERS}invitations/{foreign.pk}/{deed}/").status_code == 404
    assert Invitation.objects.get().token_hash == foreign.token_hash
    assert "ada@example.com" not in member_client.get(MEMBERS).content.decode()


@pytest.mark.parametrize("role", ["member", "viewer"])
def test_only_the_owner_invites(household: Household, owner: User, role: str) -> None:
    client = browser(belonging(household, "Bea", role))
    kept = invite(household, email="ada@example.com", role="member", actor=owner, now=timezone.now())
    assert client.post(MEMBERS, {"email": "eve@example.com", "role": "member"}).status_code == 403
    for deed in ("send", "withdraw"):
        assert client.post(f"{MEMBERS}invitations/{kept.pk}/{deed}/").status_code == 403
    assert Invitation.objects.get().email == "ada@example.com"
    page = client.get(MEMBERS).content.decode()
    assert "ada@example.com" in page
    assert "Send the invitation" not in page


def test_who_is_not_the_owner_any_more_is_told_so(member_client: Client, household: Household, owner: User) -> None:
    """Ownership went to somebody else between the request's first look and its deed."""
    household.memberships.filter(user=owner).update(role="member")
    with pytest.raises(NotTheOwner, match="not the owner of this household any more"):
        invite(household, email="ada@example.com", role="member", actor=owner, now=timezone.now())
    assert (Invitation.objects.count(), len(mail.outbox)) == (0, 0)


def test_an_invitation_ends_to_the_second(household: Household, owner: User) -> None:
    now = timezone.now()
    kept = invite(household, email="ada@example.com", role="member", actor=owner, now=now)
    assert kept.is_open(now + VALID_FOR - datetime.timedelta(seconds=1))
    assert not kept.is_open(now + VALID_FOR)
