"""What belongs to people and to the staff's site, and not to a household's ledger."""

import datetime

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.usersessions.models import UserSession
from cryptography.hazmat.primitives.asymmetric import ec
from django.contrib.contenttypes.models import ContentType
from fido2.cose import ES256
from fido2.utils import sha256, websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

from apps.audit.actions import Action
from apps.audit.events import record
from apps.billing.refusing import refusal_address
from apps.households.inviting import hashed
from apps.households.models import DeadLetter, Household, Invitation, Membership, OwnershipOffer
from apps.mail.models import Message
from apps.plans.models import Flag, Plan, Subscription
from apps.users.models import User
from tests.doors.filling import Ids

_WEEK = datetime.timedelta(days=7)


def told_by_mail(household: Household) -> Ids:
    """The link of a mail to the owner of a household that has paid once."""
    Subscription.objects.filter(household=household).update(began_paying_at=datetime.datetime.now(datetime.UTC))
    return {"refusal_token": refusal_address(household).rstrip("/").rpartition("/")[2]}


def invitation_to(email: str, household: Household, *, pk: int | None = None) -> Ids:
    """An open one; its link's token is there, as in the mail."""
    token = f"the-token-of-{household.public_id}"
    made = Invitation.objects.create(
        pk=pk,
        household=household,
        email=email,
        invited_by=household.memberships.get(role="owner").user,
        token_hash=hashed(token),
        expires_at=datetime.datetime.now(datetime.UTC) + _WEEK,
    )
    return {"invitation": made.pk, "token": token}


def offered_to(membership: Membership) -> None:
    """The household may become theirs."""
    expires_at = datetime.datetime.now(datetime.UTC) + _WEEK
    OwnershipOffer.objects.create(household=membership.household, membership=membership, expires_at=expires_at)


def kept_of(person: User) -> Ids:
    """A second session of the person, and every kind of second step."""
    TOTP.activate(person, generate_totp_secret())
    RecoveryCodes.activate(person)
    passkey = Authenticator.objects.create(
        user=person, type="webauthn", data={"name": "Phone", "credential": _credential()}
    )
    session = UserSession.objects.create(
        user=person, session_key=f"{person.pk:032}", ip="192.0.2.1", user_agent="Firefox"
    )
    return {"passkey": passkey.pk, "session": session.pk}


def _credential() -> dict[str, object]:
    """What a browser would have said when the passkey was made."""
    key = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    data = AttestedCredentialData.create(Aaguid.NONE, b"phone", key)
    flags = AuthenticatorData.FLAG.USER_PRESENT | AuthenticatorData.FLAG.ATTESTED
    attested = AttestationObject.create("none", AuthenticatorData.create(sha256(b"testserver"), flags, 0, data), {})
    collected = CollectedClientData.create("webauthn.create", b"challenge", "https://testserver")
    said = {"clientDataJSON": websafe_encode(collected), "attestationObject": websafe_encode(attested)}
    called = websafe_encode(b"phone")
    return {"id": called, "rawId": called, "type": "public-key", "response": said, "clientExtensionResults": {}}


def kept_for_staff(household: Household, person: User) -> Ids:
    """One of everything that the staff's site lists."""
    letter = DeadLetter.objects.create(household=household, task="read", arguments=[1], attempt_count=9, reason="Error")
    message = Message.objects.create(sender="us@example.com", recipients=[person.email], subject="Hello", mime=b"")
    event = record(Action.PROFILE_CHANGED, actor=person, household=household)
    return {
        "content_type": ContentType.objects.get_for_model(User).pk,
        "event": event.pk,
        "flag": Flag.objects.get(name="api_access").pk,
        "household": household.pk,
        "letter": letter.pk,
        "message": message.pk,
        "person": person.pk,
        "plan": Plan.objects.get(code="pro").pk,
    }
