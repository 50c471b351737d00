"""What a merchant is called out of what the bank wrote, and which names are one merchant's."""

import pytest

from apps.categorization.merchant_names import LONGEST, Cluster, clean_name, clusters


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("SQ *BLUE BOTTLE COFFEE #12 OAKLAND CA", "Blue Bottle Coffee"),
        ("TST* JOE'S PIZZA", "Joe's Pizza"),
        ("PAYPAL *SPOTIFY 4029357733", "Spotify"),
        ("STARBUCKS STORE 01234 SEATTLE WA", "Starbucks"),
        ("SHELL OIL 57444212 SAN DIEGO CA", "Shell Oil"),
        ("TARGET        00012345  SAN DIEGO    CA", "Target"),
        ("TARGET T-1234", "Target"),
        ("COSTCO WHSE#0123", "Costco Whse"),
        ("MCDONALD'S F12345", "McDonald's"),
        ("AMAZON.COM*AB1CD2EF3 AMZN.COM/BILL WA", "Amazon.com"),
        ("NETFLIX.COM 866-579-7172 CA", "Netflix.com"),
        ("UBER   *EATS", "Uber Eats"),
        ("CHECKCARD 1103 KROGER 00423", "Kroger"),
        ("PURCHASE AUTHORIZED ON 11/03 CHIPOTLE 1234", "Chipotle"),
        ("Payment to Card ending in 1234", "Payment to Card"),
        ("WALGREENS SAN FRANCISCO CA 94110", "Walgreens"),
        ("CAFÉ ØRSTED 12345 KØBENHAVN", "Café Ørsted"),
        ("BANK OF AMERICA", "Bank of America"),
        ("AT&T *BILL PAYMENT", "AT&T Bill Payment"),
        ("CVS/PHARMACY #04321", "CVS/Pharmacy"),
        ("GOOGLE *YouTube Premium", "GOOGLE YouTube Premium"),
    ],
)
def test_the_noise_of_banks_is_cut_off(text: str, name: str) -> None:
    assert clean_name(text).name == name


@pytest.mark.parametrize(
    "text", ["Forever 21", "Capital One 360", "7-Eleven", "Studio 54", "مطعم السلام", "#1234", "1234", ""]
)
def test_a_name_that_is_clean_stays_as_it_is(text: str) -> None:
    assert clean_name(text).name == text


def test_a_city_after_a_single_word_is_left_and_told_as_doubtful() -> None:
    assert (clean_name("STARBUCKS SEATTLE WA").name, clean_name("STARBUCKS SEATTLE WA").may_end_in_place) == (
        "Starbucks Seattle",
        True,
    )
    assert not clean_name("TRADER JOES SEATTLE WA").may_end_in_place


@pytest.mark.parametrize("text", ["* 1" * 50_000, "a" * 100_000, "# " * 50_000, "1/" * 50_000, "x*" * 50_000])
def test_of_a_hostile_text_only_the_beginning_is_read(text: str) -> None:
    assert clean_name(text) == clean_name(text[:LONGEST])


def test_names_of_one_merchant_come_together_under_the_cleanest() -> None:
    found = clusters(
        [
            ("STARBUCKS #12", 5),
            ("STARBUCKS STORE 4444", 9),
            ("STARBUCKS SEATTLE WA", 3),
            ("STARBUKS", 1),
            ("UBER", 30),
            ("UBER EATS", 20),
            ("TARGET", 2),
        ]
    )
    members = (("STARBUCKS STORE 4444", 9), ("STARBUCKS #12", 5), ("STARBUCKS SEATTLE WA", 3), ("STARBUKS", 1))
    assert found == [Cluster("Starbucks", members)]
    assert found[0].row_count == 18


def test_names_that_only_begin_alike_or_differ_in_a_number_stay_apart() -> None:
    alike = [("AMAZON", 3), ("AMAZON PRIME", 3), ("STUDIO 541", 1), ("STUDIO 542", 1), ("APPLE", 1), ("APPLE MUSIC", 1)]
    assert clusters(alike) == []


def test_a_merchant_with_one_noisy_name_is_proposed_its_clean_one() -> None:
    assert clusters([("KROGER #0423", 4), ("Kroger Fuel", 1)]) == [Cluster("Kroger", (("KROGER #0423", 4),))]


def test_the_cluster_with_most_rows_comes_first() -> None:
    assert [one.name for one in clusters([("ALDI #1", 1), ("BOSCH #1", 7), ("COOP #1", 3)])] == [
        "Bosch",
        "Coop",
        "Aldi",
    ]
