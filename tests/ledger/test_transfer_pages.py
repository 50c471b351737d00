"""The pages of transfers: what they offer, what they refuse, and that no address breaks them."""

import re

import pytest
from django.core.cache import cache
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.households.models import Household, Membership
from apps.ledger.models import Account, Revision, Transaction, Transfer, TransferRejection
from apps.tenancy.context import household_context
from tests.ledger.entries import by_hand
from tests.planes import both_planes

pytestmark = both_planes
PAGE = "/h/ours/transfers/"


def add_pairs(household: Household, count: int = 1, text: str = "OURS") -> list[tuple[int, int]]:
    """So many transfers of today, whose text says what they are, between two accounts."""
    with household_context(household):
        accounts = [
            Account.objects.get_or_create(name=name, kind=kind, defaults={"currency": "USD"})[0]
            for name, kind in (("Checking", "checking"), ("Visa", "credit_card"))
        ]
        today = timezone.localdate().isoformat()
        number = Transaction.objects.count()
        return [
            (
                by_hand(accounts[0], today, f"-{amount}", f"{text} AUTOPAY").pk,
                by_hand(accounts[1], today, f"{amount}", f"{text} THANKS").pk,
            )
            for amount in range(100 + number, 100 + number + count)
        ]


def send(client: Client, address: str, household: Household, **fields: object) -> str:
    """Posts the form and returns the page that it leads to."""
    with household_context(household):
        as_of = Revision.current()
    answer = client.post(f"{PAGE}{address}", {"as_of": as_of, **fields}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def transfers(household: Household) -> list[tuple[int, int]]:
    with household_context(household):
        return list(Transfer.objects.values_list("outgoing_id", "incoming_id"))


def marked(household: Household) -> set[int]:
    with household_context(household):
        return set(Transaction.objects.filter(is_transfer=True).values_list("pk", flat=True))


def test_the_page_of_an_empty_ledger_says_what_it_takes(member_client: Client) -> None:
    for show, words in [
        ("", "No transfers to suggest"),
        ("alone", "No row reads like a transfer"),
        ("linked", "Nothing is linked yet"),
        ("rejected", "Nothing was rejected"),
    ]:
        assert words in member_client.get(PAGE, {"show": show}).content.decode()


def test_one_click_links_and_undo_stands_beside_it(
    member_client: Client, household: Household, other_household: Household
) -> None:
    (pair,) = add_pairs(household)
    add_pairs(other_household, text="THEIRS")
    page = member_client.get(PAGE).content.decode()
    assert "OURS AUTOPAY" in page
    assert "THEIRS" not in page
    (value,) = re.findall(r'name="pair" value="([^"]+)"', page)
    said = send(member_client, "link/", household, pair=value)
    assert transfers(household) == [pair]
    assert transfers(other_household) == []
    (undo,) = re.findall(r'action="(/h/ours/history/\d+/undo/)"', said)
    assert "Linked as a transfer." in said
    member_client.post(undo)
    assert (transfers(household), marked(household)) == ([], set())


def test_the_second_of_two_tabs_is_told(member_client: Client, household: Household) -> None:
    (pair,) = add_pairs(household)
    for words in ("Linked as a transfer.", "part of another transfer already"):
        assert words in send(member_client, "link/", household, pair=f"{pair[0]}-{pair[1]}")
    assert transfers(household) == [pair]


def test_a_form_that_does_not_say_what_it_shows_links_nothing(member_client: Client, household: Household) -> None:
    (pair,) = add_pairs(household)
    said = send(member_client, "link/", household, pair=f"{pair[0]}-{pair[1]}", as_of="")
    assert "changed after you opened this page" in said
    assert transfers(household) == []


def test_all_sure_ones_are_linked_after_a_look_but_for_those_without_a_tick(
    member_client: Client, household: Household
) -> None:
    pairs = add_pairs(household, 3)
    assert "Link 3 sure ones" in member_client.get(PAGE).content.decode()
    preview = member_client.get(f"{PAGE}sure/").content.decode()
    values = re.findall(r'name="pair" value="([^"]+)" checked', preview)
    assert len(values) == 3
    said = send(member_client, "sure/", household, pair=[f"{one}-{other}" for one, other in pairs[:2]])
    assert "2 pairs linked as transfers." in said
    assert transfers(household) == pairs[:2]
    assert "No pair was chosen" in send(member_client, "sure/", household)


def test_a_rejected_pair_is_remembered_and_can_be_taken_back(member_client: Client, household: Household) -> None:
    (pair,) = add_pairs(household)
    send(member_client, "reject/", household, pair=f"{pair[0]}-{pair[1]}")
    assert "No transfers to suggest" in member_client.get(PAGE).content.decode()
    rejected = member_client.get(PAGE, {"show": "rejected"}).content.decode()
    (address,) = re.findall(r'action="/h/ours/transfers/(rejections/\d+/take-back/)"', rejected)
    assert "The two may be suggested again." in send(member_client, address, household, show="rejected")
    assert "OURS AUTOPAY" in member_client.get(PAGE).content.decode()


def test_a_row_is_linked_by_hand_from_its_candidates(member_client: Client, household: Household) -> None:
    (pair,) = add_pairs(household)
    page = member_client.get(f"{PAGE}of/{pair[1]}/").content.decode()
    assert f'name="pair" value="{pair[1]}-{pair[0]}"' in page
    assert f'name="of" value="{pair[1]}"' in page
    row_page = send(member_client, "link/", household, pair=f"{pair[1]}-{pair[0]}", of=pair[1])
    assert "Linked as a transfer." in row_page
    assert "OURS THANKS" in row_page
    assert transfers(household) == [pair]
    assert "A linked transfer" in member_client.get(f"{PAGE}of/{pair[1]}/").content.decode()
    assert "has these words" in member_client.get(f"{PAGE}of/{add_pairs(household)[0][0]}/?q=zz%00").content.decode()


def test_unlinking_asks_what_the_rows_are_afterwards(member_client: Client, household: Household) -> None:
    (pair,) = add_pairs(household)
    send(member_client, "link/", household, pair=f"{pair[0]}-{pair[1]}")
    with household_context(household):
        address = f"{PAGE}{Transfer.objects.get().pk}/unlink/"
    page = member_client.get(address).content.decode()
    assert re.findall(r'value="([a-z-]+)"[^>]* checked', page) == ["ordinary"]
    assert 'value="as-before"' not in page
    for wrong in ("", "never"):
        answer = member_client.post(address, {"after": wrong})
        assert (answer.status_code, transfers(household)) == (422, [pair])
    member_client.post(address, {"after": "transfers"})
    assert (transfers(household), marked(household)) == ([], {*pair})


def test_where_one_was_marked_before_the_third_answer_stands_in_front(
    member_client: Client, household: Household
) -> None:
    (pair,) = add_pairs(household)
    send(member_client, "mark/", household, row=pair[0])
    send(member_client, "link/", household, pair=f"{pair[0]}-{pair[1]}")
    with household_context(household):
        address = f"{PAGE}{Transfer.objects.get().pk}/unlink/"
    assert re.findall(r'value="([a-z-]+)"[^>]* checked', member_client.get(address).content.decode()) == ["as-before"]
    member_client.post(address, {"after": "as-before"})
    assert marked(household) == {pair[0]}


def test_rows_without_a_partner_are_marked_together(member_client: Client, household: Household) -> None:
    add_pairs(household)
    with household_context(household):
        today = timezone.localdate().isoformat()
        lone = [by_hand(Account.objects.get(name="Checking"), today, "-7.00", "WIRE TRANSFER").pk for _ in range(2)]
    page = member_client.get(PAGE, {"show": "alone"}).content.decode()
    assert re.findall(r'name="row" value="(\d+)"', page) == [str(pk) for pk in reversed(lone)]
    said = send(member_client, "mark/", household, row=lone, show="alone")
    assert "2 rows marked as transfers." in said
    assert marked(household) == {*lone}
    said = send(member_client, "unmark/", household, row=lone[0])
    assert "1 row counts in spending and income again." in said
    assert marked(household) == {lone[1]}


def test_a_viewer_looks_and_has_nothing_to_press(member_client: Client, household: Household) -> None:
    pairs = add_pairs(household, 2)
    send(member_client, "link/", household, pair="-".join(map(str, pairs[0])))
    Membership.objects.update(role=Membership.Role.VIEWER)
    for show in ("", "alone", "linked", "rejected"):
        page = member_client.get(PAGE, {"show": show}).content.decode().split("<main")[1].split("</main>")[0]
        assert "<form" not in page
        assert "<button" not in page
    assert member_client.post(f"{PAGE}link/", {"pair": "1-2"}).status_code == 403


@pytest.mark.parametrize("show", ["", "alone", "linked", "rejected"])
def test_a_list_asks_as_often_for_one_pair_as_for_three(member_client: Client, household: Household, show: str) -> None:
    # Revisions of other tests have the same numbers.
    cache.clear()
    counts = []
    for count in (1, 2):
        for outgoing, incoming in add_pairs(household, count):
            with household_context(household):
                if show == "alone":
                    Transaction.objects.filter(pk=incoming).update(amount=1)
                if show == "linked":
                    Transfer.objects.create(outgoing_id=outgoing, incoming_id=incoming)
                if show == "rejected":
                    TransferRejection.objects.create(outgoing_id=outgoing, incoming_id=incoming)
                Revision.go_up()
        with CaptureQueriesContext(connections["households"]) as captured:
            assert "OURS" in member_client.get(PAGE, {"show": show}).content.decode()
        counts.append(len(captured))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    "address",
    ["?show=never", "?page=9999999999999", "?page=x", "?since=%00", "?show=linked&page=-1", "?show=alone&page=2"],
)
def test_no_address_breaks_the_page(member_client: Client, household: Household, address: str) -> None:
    add_pairs(household)
    assert member_client.get(f"{PAGE}{address}").status_code == 200


@pytest.mark.parametrize("address", ["of/999999/", "999999/unlink/", "of/99999999999999999999/", "9" * 30 + "/unlink/"])
def test_what_is_not_there_is_not_found(member_client: Client, address: str) -> None:
    assert member_client.get(f"{PAGE}{address}").status_code == 404


@pytest.mark.parametrize("pair", ["", "x", "1", "1-", "-1-2", "1-2-3", "9" * 40 + "-1", "٣-٤", "\x00"])
@pytest.mark.parametrize("address", ["link/", "sure/", "reject/"])
def test_no_pair_breaks_a_deed(member_client: Client, household: Household, address: str, pair: str) -> None:
    send(member_client, address, household, pair=pair)
    assert transfers(household) == []


def test_a_rejection_that_was_taken_back_in_another_tab_is_told(member_client: Client) -> None:
    answer = member_client.post(f"{PAGE}rejections/999999/take-back/")
    assert answer.status_code == 404
    assert "This is not rejected any more, and nothing was changed." in answer.content.decode()
    assert f'href="{PAGE}">See what is there now</a>' in answer.content.decode()
