"""One code in many requests at the same moment, as somebody would send them who has just read it."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.db import connections

from apps.users.models import User
from apps.users.second_step import is_first_use
from tests.users.codes import code_of


def test_of_two_who_give_one_code_at_the_same_moment_one_gets_in(fresh_database: str) -> None:
    secret = generate_totp_secret()
    person = User.objects.get(email="ours@example.com")
    assert is_first_use(person, secret=secret, code=code_of(secret, later=-1))
    code, start = code_of(secret), Barrier(8)

    def give() -> bool:
        start.wait()
        try:
            return is_first_use(person, secret=secret, code=code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        taken = [one.result() for one in [pool.submit(give) for _ in range(8)]]
    assert sorted(taken) == [False] * 7 + [True]
