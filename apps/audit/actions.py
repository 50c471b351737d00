"""What is recorded, and the sentence that tells it to people."""

from collections.abc import Mapping
from typing import Any

from django.db.models import TextChoices


class Action(TextChoices):
    """`<area>.<deed>`; the label follows who did it and may name details of the event: "Ann invited a member"."""

    # A person's own account; these events belong to no household.
    SIGNED_UP = "person.signed_up", "signed up"
    SIGNED_IN = "session.signed_in", "signed in"
    SIGNED_OUT = "session.signed_out", "signed out"
    SIGN_IN_FAILED = "session.sign_in_failed", "was refused at signing in as {person}"
    LOCKED_OUT = "session.locked_out", "was locked out after too many attempts as {person}"
    SESSIONS_ENDED = "session.ended", "signed out of other devices ({count})"
    PASSWORD_CHANGED = "person.password_changed", "changed their password"
    PASSWORD_RESET = "person.password_reset", "chose a new password by a link from a mail"
    PROFILE_CHANGED = "person.profile_changed", "changed their profile"
    EMAIL_ADDED = "person.email_added", "added an e-mail address"
    EMAIL_CHANGED = "person.email_changed", "changed their e-mail address"
    EMAIL_REMOVED = "person.email_removed", "removed an e-mail address"
    SECOND_FACTOR_ADDED = "person.second_factor_added", "added a second step to signing in"
    SECOND_FACTOR_REMOVED = "person.second_factor_removed", "removed a second step from signing in"
    SECOND_FACTOR_RESET = "person.second_factor_reset", "made new recovery codes"
    PROVIDER_ADDED = "person.provider_added", "connected an account elsewhere that signs them in"
    PROVIDER_REMOVED = "person.provider_removed", "disconnected an account elsewhere that signed them in"
    # A household: who belongs to it, and as what.
    HOUSEHOLD_CREATED = "household.created", "created the household"
    HOUSEHOLD_CHANGED = "household.settings_changed", "changed the household’s settings"
    INVITED = "household.invited", "invited somebody as {role}"
    INVITATION_SENT_AGAIN = "household.invitation_sent_again", "sent an invitation again"
    INVITATION_REVOKED = "household.invitation_revoked", "took back an invitation"
    INVITATION_ACCEPTED = "household.invitation_accepted", "joined the household as {role}"
    INVITATION_DECLINED = "household.invitation_declined", "declined an invitation"
    ROLE_CHANGED = "household.role_changed", "changed the role of {person} from {old} to {new}"
    MEMBER_REMOVED = "household.member_removed", "removed {person} from the household"
    MEMBER_LEFT = "household.member_left", "left the household"
    OWNERSHIP_OFFERED = "household.ownership_offered", "offered the household to {person}"
    OWNERSHIP_WITHDRAWN = "household.ownership_withdrawn", "took back the offer of the household"
    OWNERSHIP_DECLINED = "household.ownership_declined", "declined to own the household"
    OWNERSHIP_ACCEPTED = "household.ownership_accepted", "became the owner of the household"
    # What it subscribed to: what its people asked for, and what the payment provider says became of it.
    PAYMENT_BEGAN = "billing.payment_began", "went to the page of payment for {plan} ({interval})"
    CHANGE_ORDERED = "billing.change_ordered", "changed the plan to {plan} ({interval})"
    CANCEL_ORDERED = "billing.cancel_ordered", "cancelled the plan {plan}"
    RESUME_ORDERED = "billing.resume_ordered", "took the cancellation of the plan {plan} back"
    SUBSCRIPTION_CHANGED = "billing.subscription_changed", "noted that the household {kind} ({plan})"
    # What was done with its money.
    ACCOUNT_SHARED = "ledger.account_shared", "changed who sees one of the accounts"
    LEDGER_EXPORTED = "ledger.exported", "downloaded transactions as {kind}"
    RECONCILIATION_UNLOCKED = "reconciliation_unlocked", "opened a finished statement again"
    # Ours.
    HOUSEHOLD_OPENED = "operator.opened_household", "opened the household: {reason}"
    HOUSEHOLD_LOOKED_AT = "operator.looked_at_household", "looked at the household’s name and members, not at its money"
    PERSON_LOOKED_AT = "operator.looked_at_person", "looked at the account of {person}"
    PERSON_SUSPENDED = "operator.suspended_person", "suspended {person}"
    PERSON_UNSUSPENDED = "operator.unsuspended_person", "let {person} in again"
    FLAG_CHANGED = "operator.changed_flag", "changed for whom {flag} is on: {fields}"
    PLAN_CHANGED = "operator.changed_plan", "changed the plan {plan}: {fields}"
    STAFF_CREATED = "operator.created_staff", "gave {person} a staff account"
    PLAN_COMPED = "operator.plan_comped", "gave the household {plan} {until}: {reason}"
    PLAN_COMP_ENDED = "operator.plan_comp_ended", "took back our present of {plan}: {reason}"
    TRIAL_EXTENDED = "operator.plan_trial_extended", "extended the household’s trial {until}: {reason}"
    HOUSEHOLD_SUSPENDED = "operator.plan_suspended", "suspended the household: {reason}"
    HOUSEHOLD_UNSUSPENDED = "operator.plan_unsuspended", "ended the household’s suspension: {reason}"


class Kind(TextChoices):
    """What the events of a household are about."""

    PEOPLE = "people", "People and settings"
    BILLING = "billing", "Plan and payments"
    MONEY = "money", "Downloads and statements"
    OPERATORS = "operators", "Maxwell’s Wallet itself"

    @property
    def actions(self) -> list[Action]:
        return [action for action in Action if action.value.startswith(_AREAS[self])]


_AREAS = {
    Kind.PEOPLE: ("household.",),
    Kind.BILLING: ("billing.", "operator.plan_"),
    Kind.MONEY: ("ledger.", "reconciliation"),
    Kind.OPERATORS: ("operator.",),
}


class _Told(dict[str, Any]):
    def __missing__(self, _key: str) -> str:
        return "somebody"


def sentence(action: str, details: Mapping[str, Any], *, person: str) -> str:
    """What was done, to follow the name of who did it. An action that is no longer on the list is told by its name."""
    if action not in Action.values:
        return action.replace("_", " ").replace(".", ": ")
    told = _Told(details)
    if person:
        told["person"] = person
    return Action(action).label.format_map(told)
