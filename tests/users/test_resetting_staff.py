"""The customers' forgotten-password page is no way to an account of staff, and does not say that there is one."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.operations.staff import EMAIL, a_hired_person
from tests.planes import both_planes
from tests.users.mails import mails_to

pytestmark = both_planes


def asked_for(email: str) -> tuple[object, ...]:
    """All that somebody outside can see of the answer, and what it cost."""
    client = Client()
    with CaptureQueriesContext(connection) as queries:
        answer = client.post("/accounts/password/reset/", {"email": email})
    page = client.get(answer["Location"])
    statements = [query["sql"].split(" WHERE ")[0].split(" VALUES ")[0] for query in queries.captured_queries]
    return answer.status_code, answer["Location"], answer.content, page.status_code, page.content, statements


def test_staff_get_the_mail_of_an_address_without_an_account() -> None:
    hired = a_hired_person()
    asked_for(hired.user.email.upper())
    (mail,) = mails_to(hired.user.email)
    assert mail.subject == "No account uses this address"
    assert "/accounts/password/reset/key/" not in mail.body


def test_the_answer_and_the_work_for_it_are_those_of_an_unknown_address() -> None:
    a_hired_person()
    asked_for("warm@example.com")
    assert asked_for(EMAIL) == asked_for("nobody@example.com")


def test_a_customer_gets_the_link_as_ever() -> None:
    asked_for("ours@example.com")
    (mail,) = mails_to("ours@example.com")
    assert "/accounts/password/reset/key/" in mail.body


def test_whoever_runs_the_machine_gives_staff_a_new_password(monkeypatch: pytest.MonkeyPatch) -> None:
    hired, new = a_hired_person(), "a-quite-different-word"
    monkeypatch.setattr("getpass.getpass", lambda **_: new)
    call_command("changepassword", EMAIL)
    hired.user.refresh_from_db()
    assert hired.user.check_password(new)
