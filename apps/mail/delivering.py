"""Handing one mail to the mail server."""

import datetime
import smtplib
import ssl
from email.utils import parseaddr

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from apps.mail.models import Message, after_the_job

ATTEMPTS = 10
FIRST_WAIT = datetime.timedelta(seconds=15)
"""After the first failure; doubled each time, so that the last attempt comes two hours after the first."""


def send(message_id: int) -> None:
    """Sends the mail if it is still queued. If it cannot be sent, the row says why and when to try again.

    The row is locked meanwhile, so that two workers that were given the same job send one mail.
    """
    with transaction.atomic():
        message = Message.objects.select_for_update().filter(pk=message_id, state=Message.State.QUEUED).first()
        if message is None:
            return
        message.attempt_count += 1
        try:
            _hand_over(message)
        except (OSError, smtplib.SMTPException) as error:
            message.error = str(error)[:500]
            if message.attempt_count >= ATTEMPTS:
                message.state, message.mime = Message.State.FAILED, b""
            message.next_attempt_at = timezone.now() + FIRST_WAIT * 2 ** (message.attempt_count - 1)
        else:
            message.state, message.sent_at, message.mime, message.error = (
                Message.State.SENT,
                timezone.now(),
                b"",
                "",
            )
        message.save()


def take_due(most: int = 500) -> list[int]:
    """Mail to try (again) now: an attempt failed, or the broker was away when it was asked for."""
    due = Message.objects.filter(state=Message.State.QUEUED, next_attempt_at__lte=timezone.now())
    with transaction.atomic():
        taken = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:most])
        Message.objects.filter(pk__in=taken).update(next_attempt_at=after_the_job())
    return taken


def _hand_over(message: Message) -> None:
    server = settings.MAIL_DELIVERY
    secure = server.get("EMAIL_USE_SSL", False)
    connect = smtplib.SMTP_SSL if secure else smtplib.SMTP
    with connect(server["EMAIL_HOST"], server["EMAIL_PORT"], timeout=10) as smtp:
        if server.get("EMAIL_USE_TLS"):
            smtp.starttls(context=ssl.create_default_context())
        if server.get("EMAIL_HOST_USER"):
            smtp.login(server["EMAIL_HOST_USER"], server["EMAIL_HOST_PASSWORD"])
        smtp.sendmail(parseaddr(message.sender)[1], message.recipients, bytes(message.mime))
