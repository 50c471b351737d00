"""The client's address: what our proxies add is believed, what the client wrote is not."""

import pytest
from django.test import RequestFactory

from apps.core.addresses import client_address, parse_address, range_of

PROXY, CLIENT, FORGED = "10.0.0.1", "203.0.113.7", "192.0.2.66"


def _address(*, proxies: int, settings, forwarded: str | None = None, remote: str = PROXY) -> str:
    settings.TRUSTED_PROXY_COUNT = proxies
    headers = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    return client_address(RequestFactory().get("/", REMOTE_ADDR=remote, **headers))


def test_without_proxies_the_header_is_not_believed(settings) -> None:
    assert _address(proxies=0, settings=settings, forwarded=FORGED, remote=CLIENT) == CLIENT


@pytest.mark.parametrize(
    ("proxies", "forwarded", "found"),
    [
        (1, CLIENT, CLIENT),
        (1, f"{FORGED}, {CLIENT}", CLIENT),
        (1, f"{FORGED},{FORGED},{CLIENT}", CLIENT),
        (2, f"{CLIENT}, 10.0.0.2", CLIENT),
        (2, f"{FORGED}, {CLIENT}, 10.0.0.2", CLIENT),
    ],
)
def test_behind_proxies_the_entry_of_the_outermost_of_ours_counts(proxies, forwarded, found, settings) -> None:
    assert _address(proxies=proxies, forwarded=forwarded, settings=settings) == found


@pytest.mark.parametrize("forwarded", [None, "", CLIENT])
def test_with_fewer_hops_than_proxies_it_is_who_connected(forwarded, settings) -> None:
    """Who comes past a proxy could write the whole header."""
    assert _address(proxies=2, forwarded=forwarded, settings=settings) == PROXY


@pytest.mark.parametrize("forwarded", ["unknown", "_hidden", "203.0.113.7; DROP", "a" * 10_000, "\x00", "999.1.1.1"])
def test_what_is_no_address_counts_as_none(forwarded, settings) -> None:
    assert _address(proxies=1, forwarded=forwarded, settings=settings) == PROXY


def test_a_socket_file_has_no_address(settings) -> None:
    assert _address(proxies=0, settings=settings, remote="") == ""


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("203.0.113.7:52011", CLIENT),
        (" 203.0.113.7 ", CLIENT),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("2001:DB8:0:0::1", "2001:db8::1"),
        ("::ffff:203.0.113.7", CLIENT),
        ("fe80::1%eth0", "fe80::1"),
        ("[2001:db8::1]:443, 1.2.3.4", ""),
        ("", ""),
    ],
)
def test_an_address_has_one_spelling(written: str, meant: str) -> None:
    assert parse_address(written) == meant


def test_a_range_is_its_first_and_last_address() -> None:
    assert range_of(CLIENT, four=24, six=64) == ("203.0.113.0", "203.0.113.255")
    assert range_of("2001:db8:1:2:3::4", four=24, six=64) == ("2001:db8:1:2::", "2001:db8:1:2:ffff:ffff:ffff:ffff")
