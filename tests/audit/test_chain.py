"""The chain shows every way in which somebody with all rights on the database can change what was written."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from structlog.testing import capture_logs

from apps.audit.actions import Action
from apps.audit.chain import Anchor, first_break, head
from apps.audit.events import record
from apps.audit.models import AuditEvent, AuditLink
from apps.audit.tasks import anchor


@pytest.fixture
def five_events(fresh_database: str) -> None:
    for number in range(5):
        record(Action.LEDGER_EXPORTED, actor="test", kind="csv", row_count=number)


@pytest.fixture
def superuser(five_events: None, fresh_database: str) -> Iterator[psycopg.Connection]:
    """Somebody who may do everything, and whom no trigger stops."""
    with psycopg.connect(os.environ["DATABASE_ADMIN_URL"], dbname=fresh_database, autocommit=True) as admin:
        admin.execute("SET session_replication_role = replica")
        yield admin


def test_events_are_linked_as_they_are_committed(five_events: None) -> None:
    links = AuditLink.objects.order_by("position")
    assert [link.position for link in links] == [1, 2, 3, 4, 5]
    assert [link.event_id for link in links] == list(AuditEvent.objects.order_by("pk").values_list("pk", flat=True))
    assert {len(bytes(link.hash)) for link in links} == {32}
    assert first_break() == ""


SWAP_EVENTS = """
    UPDATE audit_auditevent e SET details = o.details FROM audit_auditevent o
     WHERE (e.id, o.id) IN ((2, 3), (3, 2))
"""
SWAP_LINKS = """
    UPDATE audit_auditlink SET event_id = -2 WHERE position = 2;
    UPDATE audit_auditlink SET event_id = 2 WHERE position = 3;
    UPDATE audit_auditlink SET event_id = 3 WHERE position = 2;
"""
RESTORE = """
    DELETE FROM audit_auditevent; DELETE FROM audit_auditlink;
    INSERT INTO audit_auditevent (id, at, action, household_id, actor_id, actor, person_id, address, details)
    SELECT id, at, action, household_id, actor_id, actor, person_id, address, details FROM e;
    INSERT INTO audit_auditlink SELECT * FROM l;
    DROP TABLE e, l;
"""
INSERT = """
    INSERT INTO audit_auditevent (id, at, action, actor, details) VALUES (99, now(), 'session.signed_in', '', '{}');
"""


TAMPERINGS = [
    ("UPDATE audit_auditevent SET details = '{\"row_count\": 7}' WHERE id = 3", "Event 3 (link 3) was changed"),
    ("UPDATE audit_auditevent SET action = 'person.signed_up' WHERE id = 3", "Event 3 (link 3) was changed"),
    ("UPDATE audit_auditevent SET actor_id = 1 WHERE id = 3", "Event 3 (link 3) was changed"),
    ("UPDATE audit_auditevent SET actor = 'me' WHERE id = 3", "Event 3 (link 3) was changed"),
    ("UPDATE audit_auditevent SET person_id = 1 WHERE id = 3", "Event 3 (link 3) was changed"),
    ("UPDATE audit_auditevent SET household_id = 1 WHERE id = 3", "Event 3 (link 3) was changed"),
    ("UPDATE audit_auditevent SET address = '192.0.2.1' WHERE id = 3", "Event 3 (link 3) was changed"),
    ("UPDATE audit_auditevent SET at = at + interval '1 microsecond' WHERE id = 3", "Event 3 (link 3) was changed"),
    ("UPDATE audit_auditevent SET id = 77 WHERE id = 3", "Event 3 (link 3) was removed"),
    ("UPDATE audit_auditlink SET hash = sha256('') WHERE position = 3", "Event 3 (link 3) was changed"),
    ("DELETE FROM audit_auditevent WHERE id = 3", "Event 3 (link 3) was removed"),
    ("DELETE FROM audit_auditevent WHERE id = 5", "Event 5 (link 5) was removed"),
    ("DELETE FROM audit_auditlink WHERE position = 5", "Event 5 has no link"),
    (
        "DELETE FROM audit_auditevent WHERE id = 3; DELETE FROM audit_auditlink WHERE position = 3",
        "Links are missing: 4 (event 4) follows 2.",
    ),
    (
        "DELETE FROM audit_auditevent WHERE id < 3; DELETE FROM audit_auditlink WHERE position < 3",
        "Links are missing: 3 (event 3) follows 0.",
    ),
    (SWAP_EVENTS, "Event 2 (link 2) was changed, or stands in the place of another"),
    (SWAP_LINKS, "Event 3 (link 2) was changed, or stands in the place of another"),
    (INSERT, "Event 99 has no link: it was put in around the chain"),
    (INSERT + "INSERT INTO audit_auditlink VALUES (6, sha256('x'), 99)", "Event 99 (link 6) was changed"),
]


def test_verify_names_what_was_done(superuser: psycopg.Connection, subtests: pytest.Subtests) -> None:
    for tampering, told in TAMPERINGS:
        superuser.execute(
            "BEGIN; CREATE TABLE e AS TABLE audit_auditevent; CREATE TABLE l AS TABLE audit_auditlink; COMMIT"
        )
        superuser.execute(tampering)
        with subtests.test(tampering=tampering):
            with pytest.raises(CommandError) as broken:
                call_command("audit", "verify")
            assert told in str(broken.value)
            assert broken.value.returncode == 1
        superuser.execute(RESTORE)
        assert first_break() == ""


def test_only_an_anchor_shows_that_the_end_was_cut_off(superuser: psycopg.Connection) -> None:
    before = str(head())
    superuser.execute("DELETE FROM audit_auditevent WHERE id > 3; DELETE FROM audit_auditlink WHERE position > 3")
    assert first_break() == ""
    with pytest.raises(CommandError, match="The end was cut off: the chain ends at 3"):
        call_command("audit", "verify", anchor=before)


def test_only_an_anchor_shows_a_chain_that_was_written_anew(superuser: psycopg.Connection) -> None:
    before = head()
    superuser.execute("SET session_replication_role = origin")
    superuser.execute("DELETE FROM audit_auditlink; DELETE FROM audit_auditevent")
    for number in range(5):
        record(Action.LEDGER_EXPORTED, actor="test", kind="qif", row_count=number)
    assert first_break() == ""
    assert "The chain was written anew" in first_break(before)


def test_the_anchor_is_logged_and_holds_while_events_are_added(five_events: None) -> None:
    with capture_logs() as lines:
        anchor()
    [line] = lines
    assert (line["event"], line["event_count"]) == ("audit_anchor", 5)
    record(Action.SIGNED_IN, actor="test")
    assert first_break(Anchor.parse(line["anchor"])) == ""


def test_verify_says_how_long_the_chain_is(five_events: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("audit", "verify")
    assert capsys.readouterr().out == f"The chain holds. It has 5 events: {head()}\n"


def test_an_anchor_that_is_none_is_told(five_events: None) -> None:
    with pytest.raises(CommandError, match="An anchor is a position and a hash"):
        call_command("audit", "verify", anchor="yesterday's")


def _write(number: int) -> None:
    try:
        if number % 3:
            record(Action.SIGNED_IN, actor=f"thread {number}")
            return
        with transaction.atomic():
            record(Action.SIGNED_IN, actor=f"thread {number}")
            record(Action.SIGNED_OUT, actor=f"thread {number}")
    finally:
        connection.close()


def test_many_who_write_at_once_make_one_chain(fresh_database: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(_write, range(120)))
    assert list(AuditLink.objects.order_by("position").values_list("position", flat=True)) == list(range(1, 161))
    assert first_break() == ""


def test_a_deed_that_takes_its_time_after_its_event_keeps_nobody_waiting(fresh_database: str) -> None:
    with transaction.atomic():
        record(Action.SIGNED_IN, actor="the slow one")
        with ThreadPoolExecutor(1) as pool:
            pool.submit(_write, 1).result(timeout=30)
    in_order = AuditLink.objects.order_by("position").values_list("event__actor", flat=True)
    assert list(in_order) == ["thread 1", "the slow one"]
    assert first_break() == ""
