"""Mail is a row until a job has handed it to the mail server; real SMTP, real mailbox."""

import datetime
import json
import socket
import urllib.request
import uuid
from typing import Any

import pytest
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from apps.mail import delivering
from apps.mail.backend import QueuedEmailBackend
from apps.mail.models import Message
from config.settings.local import stack_of
from tests.planes import both_planes

pytestmark = both_planes


def queue(subject: str = "Hello") -> Message:
    mail = EmailMultiAlternatives(subject, "Plain words.", "Wallet <noreply@example.com>", ["ada@example.com"])
    mail.attach_alternative("<p>Rich <b>words</b>.</p>", "text/html")
    QueuedEmailBackend().send_messages([mail])
    return Message.objects.get(subject=subject)


def test_an_address_with_an_umlaut_arrives() -> None:
    subject = f"Hello {uuid.uuid4().hex}"
    mail = EmailMultiAlternatives(subject, "Plain words.", "noreply@example.com", ["ada@bücher.example"])
    QueuedEmailBackend().send_messages([mail])
    delivering.send(Message.objects.get(subject=subject).pk)
    assert Message.objects.get(subject=subject).state == Message.State.SENT
    assert [found["to"] for found in mailbox() if found["subject"] == subject] == ["ada@xn--bcher-kva.example"]


def mailbox() -> list[dict[str, Any]]:
    with urllib.request.urlopen(stack_of("test").environment()["MAILBOX_URL"] + "messages.json") as answer:  # noqa: S310
        found: list[dict[str, Any]] = json.load(answer)
    return found


def test_a_mail_arrives_as_it_was_written_and_its_body_is_forgotten() -> None:
    subject = f"Hello {uuid.uuid4().hex}"
    message = queue(subject)
    assert message.state == Message.State.QUEUED
    delivering.send(message.pk)
    message.refresh_from_db()
    assert (message.state, bytes(message.mime), message.attempt_count) == (Message.State.SENT, b"", 1)
    (arrived,) = [mail for mail in mailbox() if mail["subject"] == subject]
    assert arrived["text"].strip() == "Plain words."
    assert arrived["html"].strip() == "<p>Rich <b>words</b>.</p>"


def test_delivered_twice_is_sent_once() -> None:
    subject = f"Once {uuid.uuid4().hex}"
    message = queue(subject)
    for _ in range(2):
        delivering.send(message.pk)
    assert len([mail for mail in mailbox() if mail["subject"] == subject]) == 1


@pytest.fixture
def server_away(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setitem(settings.MAIL_DELIVERY, "EMAIL_PORT", port)


def test_a_server_that_is_away_loses_no_mail(server_away: None) -> None:
    message = queue("Later")
    delivering.send(message.pk)
    message.refresh_from_db()
    assert message.state == Message.State.QUEUED
    assert "refused" in message.error
    assert b"Plain words." in bytes(message.mime)


def test_after_many_attempts_a_mail_has_failed(server_away: None) -> None:
    message = queue("Never")
    waits = [15, 30, 60]
    for number in range(delivering.ATTEMPTS - 1):
        before = timezone.now()
        delivering.send(message.pk)
        after = timezone.now()
        message.refresh_from_db()
        assert message.state == Message.State.QUEUED
        if number < len(waits):
            wait = datetime.timedelta(seconds=waits[number])
            assert before + wait <= message.next_attempt_at <= after + wait
    delivering.send(message.pk)
    message.refresh_from_db()
    # What is given up holds no link that opens something.
    assert (message.state, bytes(message.mime)) == (Message.State.FAILED, b"")


def test_the_sweep_looks_for_what_no_job_took() -> None:
    old, new = queue("Old"), queue("New")
    Message.objects.filter(pk=old.pk).update(next_attempt_at=timezone.now())
    assert delivering.take_due() == [old.pk]
    # Taken is taken: the next sweep does not send a second job for it.
    assert delivering.take_due() == []
    assert new.state == Message.State.QUEUED
