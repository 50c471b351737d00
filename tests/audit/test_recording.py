"""Events can be added and nothing else, by anybody who holds the application's login."""

import ast
from pathlib import Path

import pytest
from django.db import Error, connection, transaction
from django.test import Client, RequestFactory

from apps.audit.actions import Action, sentence
from apps.audit.events import record
from apps.audit.models import AuditEvent, AuditLink
from apps.households.models import Household
from apps.users.models import User
from tests.planes import both_planes

pytestmark = pytest.mark.django_db
CHAIN_NOW = "SET CONSTRAINTS ALL IMMEDIATE"


def _refused(statement: str) -> str:
    with pytest.raises(Error) as refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    return str(refusal.value)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_auditevent SET action = 'nothing'",
        "UPDATE audit_auditevent SET details = '{}' WHERE id = 1",
        "DELETE FROM audit_auditevent",
        "TRUNCATE audit_auditevent",
        "UPDATE audit_auditlink SET hash = ''",
        "DELETE FROM audit_auditlink",
        "TRUNCATE audit_auditlink",
        "INSERT INTO audit_auditlink (position, event_id, hash) VALUES (1, 1, '')",
        "SET session_replication_role = replica",
        "SELECT audit_add_link()",
        "SELECT setval('audit_auditevent_id_seq', 1)",
    ],
)
def test_the_application_may_not_touch_what_is_written(statement: str) -> None:
    record(Action.SIGNED_IN, actor="test")
    assert "permission denied" in _refused(statement)
    assert AuditEvent.objects.count() == 1


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE audit_auditevent DISABLE TRIGGER audit_add_link",
        "ALTER TABLE audit_auditevent DISABLE TRIGGER ALL",
        "ALTER TABLE audit_auditevent OWNER TO CURRENT_USER",
        "DROP TRIGGER audit_add_link ON audit_auditevent",
        "DROP TABLE audit_auditlink",
        "DROP FUNCTION audit_add_link()",
        "ALTER FUNCTION audit_add_link() SECURITY INVOKER",
        "CREATE RULE quiet AS ON INSERT TO audit_auditevent DO INSTEAD NOTHING",
    ],
)
def test_the_application_owns_nothing_of_it(statement: str) -> None:
    record(Action.SIGNED_IN, actor="test")
    assert "must be owner" in _refused(statement)


def test_granting_itself_the_right_gives_nothing() -> None:
    record(Action.SIGNED_IN, actor="test")
    with connection.cursor() as cursor:
        cursor.execute("GRANT UPDATE ON audit_auditevent TO CURRENT_USER")
    assert "permission denied" in _refused("UPDATE audit_auditevent SET action = 'nothing'")


def test_an_event_says_who_to_whom_where_and_what(owner: User, household: Household) -> None:
    request = RequestFactory().post("/", REMOTE_ADDR="203.0.113.7")
    other = User.objects.get(email="theirs@example.com")
    record(
        Action.ROLE_CHANGED, actor=owner, person=other, household=household, request=request, old="member", new="viewer"
    )
    event = AuditEvent.objects.get()
    assert (event.actor_id, event.person_id, event.household_id) == (owner.pk, other.pk, household.pk)
    assert (event.address, event.details) == ("203.0.113.7", {"old": "member", "new": "viewer"})
    assert event.date == event.at.date()
    assert event.sentence(person="Bo") == "changed the role of Bo from member to viewer"


def test_people_stand_in_it_by_id_alone(owner: User) -> None:
    record(Action.SIGNED_IN, actor=owner)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(e)::text FROM audit_auditevent e")
        assert owner.email not in str(cursor.fetchall())


def test_an_event_of_a_deed_that_is_rolled_back_never_was(owner: User) -> None:
    with transaction.atomic():
        record(Action.SIGNED_IN, actor=owner)
        transaction.set_rollback(True)
    record(Action.SIGNED_OUT, actor=owner)
    with connection.cursor() as cursor:
        cursor.execute(CHAIN_NOW)
    assert [link.position for link in AuditLink.objects.all()] == [1]


def test_every_action_has_a_sentence_that_can_be_told() -> None:
    for action in Action:
        told = sentence(action, {}, person="Bo")
        assert told
        assert "{" not in told
    assert sentence("of.an_older_version", {}, person="") == "of: an older version"


def test_every_action_that_is_recorded_is_on_the_list() -> None:
    unknown = []
    for path in Path("apps").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "record" and node.args:
                action = node.args[0]
                if isinstance(action, ast.Constant) and action.value not in Action.values:
                    unknown.append(f"{path}:{node.lineno}: {action.value}")
    assert not unknown


@both_planes
def test_an_account_that_is_private_from_the_beginning_is_told_as_one_that_was_made_so(
    household: Household, member_client: Client
) -> None:
    for name, visibility in (("Mine", "private"), ("Ours", "shared")):
        form = {"name": name, "kind": "checking", "currency": "USD", "opening_balance": "0", "visibility": visibility}
        assert member_client.post("/h/ours/accounts/new/", form).status_code == 302
    event = AuditEvent.objects.get(household_id=household.pk, action=Action.ACCOUNT_SHARED)
    assert event.details["visibility"] == "private"
