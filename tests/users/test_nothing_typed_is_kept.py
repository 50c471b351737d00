"""axes counts attempts and keeps nothing of what was typed: a password may stand in any field."""

import pytest
from axes.models import AccessAttempt
from django.db import connection
from django.test import Client

from tests.operations.staff import a_hired_person
from tests.planes import both_planes

pytestmark = both_planes


def kept() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(a)::text FROM axes_accessattempt a")
        (row,) = cursor.fetchall()
    return str(row[0])


@pytest.mark.parametrize("times", [1, 2])
def test_at_the_customers_door(times: int) -> None:
    form = {"login": "My-Secret-1@example.com", "password": "secret-2", "passwort": "secret-3"}
    for _ in range(times):
        Client().post("/accounts/login/?next=/&password=secret-4", form)
    assert AccessAttempt.objects.get().failures_since_start == times
    assert "secret" not in kept().lower()


def test_at_the_staffs_door() -> None:
    hired = a_hired_person()
    first, second = hired.recovery_codes[:2]
    form = {"username": hired.user.email, "password": "secret-1", "code": first}
    Client().post(f"/admin/login/?next=/admin/&code={second}", form)
    assert [one for one in ("secret", first, second, hired.user.email) if one in kept()] == []
