"""Who sees an account: its owner chooses, and its name tells nobody of it."""

import pytest
from django.test import Client

from apps.audit.models import AuditEvent
from apps.ledger import sharing
from apps.ledger.models import Account, Revision
from apps.tenancy.context import household_context
from tests.ledger.families import SECRET, Family
from tests.planes import both_planes

pytestmark = both_planes


def details(account: Account, visibility: str) -> dict[str, object]:
    return {"name": account.name, "kind": "checking", "currency": "USD", "as_of": 10_000, "visibility": visibility}


def test_an_owner_chooses_who_sees_the_account_and_it_is_audited(ours: Family, bobs: Client, anns: Client) -> None:
    assert anns.get(f"/h/ours/accounts/{ours.card.pk}/").status_code == 404
    answer = bobs.post(f"/h/ours/accounts/{ours.card.pk}/edit/", details(ours.card, "shared"), follow=True)
    assert "Who sees SECRET card is changed." in answer.content.decode()
    assert anns.get(f"/h/ours/accounts/{ours.card.pk}/").status_code == 200
    event = AuditEvent.objects.get(action="ledger.account_shared")
    assert (event.actor_id, event.details) == (ours.bob.pk, {"account_id": ours.card.pk, "visibility": "shared"})


def test_nobody_else_chooses_it(ours: Family, anns: Client) -> None:
    with household_context(ours.household):
        Account.objects.filter(pk=ours.savings.pk).update(visibility="shared")
    assert "Who sees this account?" not in anns.get(f"/h/ours/accounts/{ours.savings.pk}/edit/").content.decode()
    anns.post(f"/h/ours/accounts/{ours.savings.pk}/edit/", details(ours.savings, "private"))
    with household_context(ours.household):
        ours.savings.refresh_from_db()
        assert (ours.savings.visibility, ours.savings.owner_id) == ("shared", ours.bob.pk)
        with pytest.raises(sharing.NotYoursToShare):
            sharing.share(ours.savings, "private", person_id=ours.ann.pk, owns_household=True)


def test_of_the_households_accounts_its_owner_chooses(ours: Family, anns: Client, bobs: Client) -> None:
    assert "Who sees this account?" not in bobs.get(f"/h/ours/accounts/{ours.joint.pk}/edit/").content.decode()
    anns.post(f"/h/ours/accounts/{ours.joint.pk}/edit/", details(ours.joint, "private"))
    with household_context(ours.household):
        ours.joint.refresh_from_db()
        assert (ours.joint.visibility, ours.joint.owner_id) == ("private", ours.ann.pk)
    assert bobs.get(f"/h/ours/accounts/{ours.joint.pk}/").status_code == 404


def test_a_new_account_is_its_makers_and_private_from_the_start(ours: Family, anns: Client, bobs: Client) -> None:
    sent = {"name": "Presents", "kind": "cash", "currency": "USD", "visibility": "private"}
    bobs.post("/h/ours/accounts/new/", sent)
    with household_context(ours.household):
        made = Account.objects.get(name="Presents")
    assert (made.owner_id, made.visibility) == (ours.bob.pk, "private")
    assert "Presents" not in anns.get("/h/ours/history/").content.decode()


def test_the_history_of_a_private_account_that_was_deleted_stays_private(
    ours: Family, anns: Client, bobs: Client
) -> None:
    with household_context(ours.household):
        made = Account.objects.create(name="Hidden purse", currency="USD", owner_id=ours.bob.pk, visibility="private")
    bobs.post(f"/h/ours/accounts/{made.pk}/delete/")
    assert "Hidden purse" in bobs.get("/h/ours/history/").content.decode()
    assert "Hidden purse" not in anns.get("/h/ours/history/").content.decode()


def test_a_name_does_not_tell_of_an_account_that_one_does_not_see(ours: Family, anns: Client) -> None:
    """Ann takes the name of Bob's card, in another case, by every road on which one gives names."""
    new = {"name": f"{SECRET} CARD", "kind": "cash", "currency": "USD", "visibility": "shared"}
    assert anns.post("/h/ours/accounts/new/", new).status_code == 302
    with household_context(ours.household):
        made = Account.objects.get(name=f"{SECRET} CARD")
        as_of = Revision.current()
        made_privately = Account.objects.filter(name__iexact=f"{SECRET} card").count()
    assert made_privately == 2
    renamed = {**new, "name": "Purse", "opening_balance": "0", "as_of": as_of}
    assert anns.post(f"/h/ours/accounts/{made.pk}/edit/", renamed).status_code == 302
    with household_context(ours.household):
        renamed["as_of"] = Revision.current()
    renamed["name"] = f"{SECRET} card"
    assert anns.post(f"/h/ours/accounts/{made.pk}/edit/", renamed).status_code == 302
    with household_context(ours.household):
        assert Account.objects.filter(name=f"{SECRET} card").count() == 2


def test_two_who_keep_accounts_to_themselves_may_call_them_the_same(ours: Family, anns: Client, bobs: Client) -> None:
    new = {"name": f"{SECRET} card", "kind": "cash", "currency": "USD", "visibility": "private"}
    assert anns.post("/h/ours/accounts/new/", new).status_code == 302
    refused = bobs.post("/h/ours/accounts/new/", new)
    assert refused.status_code == 422
    assert f"There is an account “{SECRET} card” already; choose another name." in refused.content.decode()


def test_an_account_that_is_to_be_shown_needs_a_name_that_nobody_took_meanwhile(
    ours: Family, anns: Client, bobs: Client
) -> None:
    new = {"name": ours.card.name, "kind": "cash", "currency": "USD", "visibility": "shared"}
    anns.post("/h/ours/accounts/new/", new)
    with household_context(ours.household):
        as_of = Revision.current()
    edited = {**new, "institution": "Bank", "opening_balance": "0", "as_of": as_of}
    address = f"/h/ours/accounts/{ours.card.pk}/edit/"
    for visibility in ("shared", "read_only"):
        refused = bobs.post(address, {**edited, "visibility": visibility})
        assert refused.status_code == 422
        assert f"There is an account “{ours.card.name}” already; choose another name." in refused.content.decode()
    with household_context(ours.household):
        ours.card.refresh_from_db()
        assert (ours.card.visibility, ours.card.institution) == ("private", "")
    # What stays his own is not in anybody's way.
    assert bobs.post(address, {**edited, "visibility": "private"}).status_code == 302
    with household_context(ours.household):
        edited["as_of"] = Revision.current()
    assert bobs.post(address, {**edited, "visibility": "shared", "name": "Bobs card"}).status_code == 302
