"""What the one does among the people of a household, the other is told by mail: once, in text and HTML, and who it was."""

import datetime
import unicodedata

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.utils import timezone

from apps.households import handing_over, joining
from apps.households.errors import OfferClosed
from apps.households.inviting import invite
from apps.households.mails import name_in_mail
from apps.households.models import Household, Membership, OwnershipOffer
from apps.users.models import User
from tests.households.people import belonging, browser, person
from tests.planes import both_planes
from tests.users.mails import mails_to

pytestmark = both_planes
SETTINGS = "/h/ours/settings/"
OURS = "http://127.0.0.1:8000/h/ours/"


@pytest.fixture(autouse=True)
def _address(settings: object) -> None:
    settings.APP_URL = "http://127.0.0.1:8000"  # type: ignore[attr-defined]


def both_texts(sent: object) -> tuple[str, str]:
    assert isinstance(sent, EmailMultiAlternatives)
    return str(sent.body), str(sent.alternatives[0][0])


def offered(household: Household, someone: User) -> OwnershipOffer:
    membership = household.memberships.get(user=someone)
    ends = timezone.now() + datetime.timedelta(days=7)
    return OwnershipOffer.objects.create(household=household, membership=membership, expires_at=ends)


@pytest.mark.parametrize(
    ("role", "words"), [("viewer", "may look at its money"), ("member", "keeps its books with you")]
)
def test_the_owner_is_told_once_who_came_in(household: Household, owner: User, role: str, words: str) -> None:
    invitation = invite(household, email="ada@example.com", role=role, actor=owner, now=timezone.now())
    ada = person("Ada")
    for _ in range(2):
        joining.accept(invitation.pk, person=ada, now=timezone.now())
    (sent,) = mails_to(owner.email)
    assert sent.subject == "An invitation was accepted"
    for text in both_texts(sent):
        assert "Ada Maxwell accepted the invitation to ada@example.com" in text
        assert words in text
        assert OURS in text


def test_who_invited_and_is_not_the_owner_any_more_is_told_too(household: Household, owner: User) -> None:
    invitation = invite(household, email="ada@example.com", role="member", actor=owner, now=timezone.now())
    bea = belonging(household, "Bea")
    offered(household, bea)
    handing_over.accept(household, person=bea, now=timezone.now())
    mail.outbox.clear()
    joining.accept(invitation.pk, person=person("Ada"), now=timezone.now())
    assert sorted(sent.to[0] for sent in mail.outbox) == ["bea@example.com", "ours@example.com"]


def test_who_invited_and_does_not_belong_any_more_is_not_told(household: Household, owner: User) -> None:
    invitation = invite(household, email="ada@example.com", role="member", actor=owner, now=timezone.now())
    bea = belonging(household, "Bea")
    offered(household, bea)
    handing_over.accept(household, person=bea, now=timezone.now())
    Membership.objects.filter(user=owner).delete()
    mail.outbox.clear()
    joining.accept(invitation.pk, person=person("Ada"), now=timezone.now())
    assert [sent.to for sent in mail.outbox] == [["bea@example.com"]]


def test_the_owner_is_told_that_the_household_has_another_one(household: Household, owner: User) -> None:
    bea = belonging(household, "Bea")
    offered(household, bea)
    browser(bea).post(f"{SETTINGS}ownership/accept/")
    (sent,) = mails_to(owner.email)
    assert sent.subject == "Your household has a new owner"
    for text in both_texts(sent):
        assert "Bea Maxwell accepted your offer and owns the household “Ours” now." in text
        assert OURS in text
    with pytest.raises(OfferClosed):
        handing_over.accept(household, person=bea, now=timezone.now())
    assert len(mails_to(owner.email)) == 1


def test_the_owner_is_told_that_the_offer_was_declined(household: Household, owner: User) -> None:
    bea = belonging(household, "Bea")
    offered(household, bea)
    browser(bea).post(f"{SETTINGS}ownership/decline/")
    (sent,) = mails_to(owner.email)
    assert sent.subject == "Your offer was declined"
    for text in both_texts(sent):
        assert "Bea Maxwell does not want to own the household “Ours”. You stay its owner." in text


def test_who_is_removed_is_told_without_an_address_that_opens_nothing(
    member_client: Client, household: Household
) -> None:
    bea = belonging(household, "Bea")
    path = f"{SETTINGS}members/{household.memberships.get(user=bea).pk}/remove/"
    for _ in range(2):
        member_client.post(path)
    (sent,) = mails_to(bea.email)
    assert sent.subject == "You do not belong to a household any more"
    for text in both_texts(sent):
        assert "Its owner removed you from the household “Ours”" in text
        assert "http" not in text


def test_who_leaves_knows_it(household: Household) -> None:
    bea = belonging(household, "Bea")
    browser(bea).post(f"{SETTINGS}members/leave/")
    assert mail.outbox == []


def test_a_name_in_such_a_mail_is_words_only(household: Household, owner: User) -> None:
    Household.objects.update(name="www.evil.example <a href='http://evil.example'>")
    bea = belonging(household, "Bea")
    User.objects.filter(pk=bea.pk).update(name="Win\r\nBcc: all@evil.example\u202e https://evil.example/x <b>")
    offered(household, bea)
    browser(bea).post(f"{SETTINGS}ownership/decline/")
    (sent,) = mails_to(owner.email)
    assert "\nBcc:" not in sent.message().as_string()
    for text in both_texts(sent):
        assert "evil.example" not in text
        assert "\u202e" not in text
    assert "<b> " not in both_texts(sent)[1]


def test_until_when_an_offer_is_good_is_in_the_zone_of_who_reads_it(household: Household, owner: User) -> None:
    bea = belonging(household, "Bea")
    User.objects.filter(pk=bea.pk).update(time_zone="Pacific/Auckland")
    User.objects.filter(pk=owner.pk).update(time_zone="America/New_York")
    now = datetime.datetime(2026, 11, 3, 20, 0, tzinfo=datetime.UTC)
    chosen = household.memberships.get(user=bea).pk
    with timezone.override("America/New_York"):
        handing_over.offer(household, chosen, actor=owner, now=now, answer_path="/h/ours/settings/ownership/answer/")
    for text in both_texts(mails_to(bea.email)[0]):
        assert "11 November 2026, 09:00 NZDT" in text


@pytest.mark.parametrize(
    "name", ["evil.com", "evil。com", "evil．com", "evil｡com", "ｅｖｉｌ．ｃｏｍ", "http:⁄⁄evil․com"]
)
def test_no_name_is_a_link_in_a_mail(name: str) -> None:
    """As a mail program may read it: with one sign for all that look like a dot."""
    read = unicodedata.normalize("NFKC", name_in_mail(name)).replace("。", ".")
    assert "evil" in read
    assert "evil.com" not in read
    assert "//" not in read
