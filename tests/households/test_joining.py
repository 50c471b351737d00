"""Answering an invitation: by its link, signed in or not, as the right person or another; and from the list."""

import datetime

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from apps.audit.models import AuditEvent
from apps.households import joining
from apps.households.errors import InvitationClosed
from apps.households.inviting import VALID_FOR, invite, revoke
from apps.households.models import Household, Invitation
from apps.users.models import User
from tests.conftest import PASSWORD
from tests.households.people import belonging, browser, person, role_of
from tests.households.test_inviting import token_mailed
from tests.planes import both_planes
from tests.users.mails import link_in, mails_to

pytestmark = both_planes


@pytest.fixture
def invitation(household: Household, owner: User) -> Invitation:
    """Ada is asked in, as a viewer."""
    return invite(household, email="ada@example.com", role="viewer", actor=owner, now=timezone.now())


def link() -> str:
    return f"/invitations/{token_mailed()}/"


def test_the_link_says_who_asks_whom_into_what(invitation: Invitation) -> None:
    page = Client().get(link())
    assert page.status_code == 200
    text = page.content.decode()
    for words in ("Ours Owner", "ours@example.com", "ada@example.com", "Ours</b>, to look at its money"):
        assert words in text
    assert f"/accounts/signup/?next={link()}" in text
    assert f"/accounts/login/?next={link()}" in text
    assert "no-store" in page["Cache-Control"]


def test_the_invited_person_joins_once_however_often_they_click(invitation: Invitation, household: Household) -> None:
    ada = person("Ada")
    client = browser(ada)
    address = link()
    assert "Join the household" in client.get(address).content.decode()
    for _ in range(2):
        assert client.post(f"{address}accept/")["Location"] == "/h/ours/"
    assert role_of(household, ada) == "viewer"
    assert client.get("/h/ours/").status_code == 200
    # The link in the mail goes on leading there, for her.
    assert client.get(address)["Location"] == "/h/ours/"
    event = AuditEvent.objects.get(action="household.invitation_accepted")
    assert (event.actor_id, event.details) == (ada.pk, {"role": "viewer"})


def test_another_address_is_told_so_and_refused(invitation: Invitation, household: Household) -> None:
    eve = person("Eve")
    client = browser(eve)
    page = client.get(link()).content.decode()
    assert "You are signed in as eve@example.com. The invitation is for ada@example.com" in page
    assert f'<input type="hidden" name="next" value="{link()}">' in page
    for deed in ("accept", "decline"):
        told = client.post(f"{link()}{deed}/", follow=True).content.decode()
        assert "This invitation was sent to ada@example.com." in told
        unseen = client.post(f"/households/invitations/{invitation.pk}/{deed}/", follow=True).content.decode()
        assert "This invitation cannot be used" in unseen
        assert "ada@example.com" not in unseen
    assert role_of(household, eve) is None
    assert Invitation.objects.get().is_open(timezone.now())
    # Out, and back to the invitation.
    assert client.post("/accounts/logout/", {"next": link()})["Location"] == link()


def test_an_address_that_nobody_has_shown_is_not_enough(invitation: Invitation, household: Household) -> None:
    ada = person("Ada")
    ada.emailaddress_set.update(verified=False)  # type: ignore[attr-defined]  # allauth's
    client = browser(ada)
    assert "only that address can accept it" in client.get(link()).content.decode()
    client.post(f"{link()}accept/")
    assert role_of(household, ada) is None
    assert not joining.waiting_for(ada, timezone.now()).exists()


def test_a_second_shown_address_is_as_good(invitation: Invitation, household: Household) -> None:
    bea = person("Bea")
    bea.emailaddress_set.create(email="Ada@example.com", verified=True)  # type: ignore[attr-defined]
    browser(bea).post(f"{link()}accept/")
    assert role_of(household, bea) == "viewer"


def test_tokens_that_open_nothing_all_look_alike(invitation: Invitation, household: Household, owner: User) -> None:
    used, now = link(), timezone.now()
    joining.accept(invitation.pk, person=person("Ada"), now=now)
    expired = invite(household, email="bea@example.com", role="member", actor=owner, now=now - VALID_FOR)
    old = link()
    withdrawn = invite(household, email="cia@example.com", role="member", actor=owner, now=now)
    gone = link()
    revoke(household, withdrawn.pk, actor=owner)
    assert expired.expires_at <= timezone.now()
    guest = Client()
    pages = {guest.get(address).content for address in (used, old, gone, "/invitations/made-up/", "/invitations/%00/")}
    assert len(pages) == 1
    text = pages.pop().decode()
    assert "it is unknown, too old, withdrawn, or was used already" in text
    assert "Ours" not in text
    client = browser(person("Eve"))
    for address in (used, old, gone, "/invitations/made-up/"):
        for deed in ("accept", "decline"):
            answer = client.post(f"{address}{deed}/")
            assert answer.status_code == 404
            assert "This invitation cannot be used" in answer.content.decode()
    assert Household.objects.get(pk=household.pk).memberships.count() == 2


def test_who_was_removed_does_not_come_back_by_the_old_link(invitation: Invitation, household: Household) -> None:
    ada = person("Ada")
    client = browser(ada)
    client.post(f"{link()}accept/")
    household.memberships.filter(user=ada).delete()
    assert client.get(link()).status_code == 404
    client.post(f"{link()}accept/")
    assert role_of(household, ada) is None


def test_who_belongs_already_keeps_their_role(household: Household, owner: User) -> None:
    kept = invite(household, email="ada@example.com", role="viewer", actor=owner, now=timezone.now())
    ada = belonging(household, "Ada")
    joining.accept(kept.pk, person=ada, now=timezone.now())
    assert role_of(household, ada) == "member"


def test_it_is_not_accepted_a_second_too_late(invitation: Invitation) -> None:
    ada = person("Ada")
    with pytest.raises(InvitationClosed):
        joining.accept(invitation.pk, person=ada, now=invitation.expires_at)
    joining.accept(invitation.pk, person=ada, now=invitation.expires_at - datetime.timedelta(seconds=1))


def test_no_thank_you_frees_the_seat(invitation: Invitation, household: Household) -> None:
    ada = person("Ada")
    client = browser(ada)
    assert "You declined the invitation to Ours." in client.post(f"{link()}decline/", follow=True).content.decode()
    assert not Invitation.objects.exists()
    assert role_of(household, ada) is None
    assert AuditEvent.objects.filter(action="household.invitation_declined").count() == 1


def test_signing_up_leads_back_to_the_invitation(invitation: Invitation, household: Household) -> None:
    client, address = Client(), link()
    form = client.get(f"/accounts/signup/?next={address}").content.decode()
    assert f'value="{address}"' in form
    asked = {"name": "Ada", "email": "ada@example.com", "password1": PASSWORD, "next": address}
    client.post("/accounts/signup/", asked)
    confirm = link_in(mails_to("ada@example.com")[-1])
    assert client.post(confirm)["Location"] == address
    assert client.post(f"{address}accept/")["Location"] == "/h/ours/"
    assert client.get("/start/")["Location"] == "/h/ours/"
    assert Household.objects.filter(memberships__user__email="ada@example.com").count() == 1


def test_also_when_the_mail_was_opened_elsewhere(invitation: Invitation, household: Household) -> None:
    """The browser that confirms the address knows nothing of the link; the address itself leads to the invitation."""
    ada = person("Ada")
    client = browser(ada)
    assert client.get("/start/")["Location"] == "/households/"
    page = client.get("/households/").content.decode()
    assert "You are invited" in page
    assert f'action="/households/invitations/{invitation.pk}/accept/"' in page
    assert client.post(f"/households/invitations/{invitation.pk}/accept/")["Location"] == "/h/ours/"
    assert role_of(household, ada) == "viewer"


def test_a_stranger_without_an_account_is_asked_to_sign_in(invitation: Invitation) -> None:
    for address in (f"{link()}accept/", f"/households/invitations/{invitation.pk}/accept/", "/households/"):
        assert Client().post(address)["Location"].startswith("/accounts/login/?next=")


@pytest.mark.parametrize("deed", ["accept", "decline"])
def test_looking_does_nothing(invitation: Invitation, deed: str) -> None:
    client = browser(person("Ada"))
    assert client.get(f"{link()}{deed}/").status_code == 405
    assert Invitation.objects.get().accepted_at is None


def test_names_in_the_mail_are_words_only(household: Household) -> None:
    nasty = "Win now\r\nBcc: all@evil.example\u202e https://evil.example/x <b>"
    User.objects.filter(email="ours@example.com").update(name=nasty)
    Household.objects.update(name="www.evil.example <a href='http://evil.example'>")
    invite(
        Household.objects.get(public_id="ours"),
        email="ada@example.com",
        role="member",
        actor=User.objects.get(email="ours@example.com"),
        now=timezone.now(),
    )
    sent = mail.outbox[-1]
    html = str(sent.alternatives[0][0])  # type: ignore[attr-defined]
    raw = sent.message().as_string()
    assert sent.subject == "You are invited to a household in Maxwell's Wallet"
    assert sent.recipients() == ["ada@example.com"]
    assert "\nBcc:" not in raw
    for text in (str(sent.body), html):
        assert "evil.example" not in text
        assert "\u202e" not in text
        assert text.count("http://") == (
            3 if text is html else 1
        )  # our own link; in HTML also its text, and the button
    assert "<b> " not in html.replace("<b>Win", "")
    assert "&lt;b&gt;" in html


def test_who_belongs_already_and_is_invited_as_something_else_stays_what_they_are(
    household: Household, owner: User
) -> None:
    now = timezone.now()
    vera = belonging(household, "Vera", "viewer")
    invitation = invite(household, email="vera.new@example.com", role="member", actor=owner, now=now)
    vera.emailaddress_set.create(email="vera.new@example.com", verified=True)
    joining.accept(invitation.pk, person=vera, now=now)
    assert role_of(household, vera) == "viewer"
    assert AuditEvent.objects.get(action="household.invitation_accepted").details == {"role": "viewer"}
