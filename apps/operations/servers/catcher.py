"""The mail catcher's process: takes mail by SMTP, keeps each on disk, shows them on a read-only page.

Run as `python -I catcher.py SMTP_PORT PAGE_PORT DIRECTORY`; imports nothing of the project.
"""

from __future__ import annotations

import html
import itertools
import json
import re
import signal
import sys
import threading
import time
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

_LOOPBACK = "127.0.0.1"
_KEPT = 1000
_SIZE_LIMIT = 32 * 2**20
_RECIPIENTS = "X-Caught-For"
_numbers = itertools.count()


class Catcher:
    """aiosmtpd's handler: one file a mail, whose name is the moment it came."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 — aiosmtpd's name
        del server, session
        name = f"{time.time_ns():020d}-{next(_numbers):06d}"
        fresh = self.directory / f"{name}.new"
        recipients = ", ".join(envelope.rcpt_tos).encode()
        fresh.write_bytes(_RECIPIENTS.encode() + b": " + recipients + b"\r\n" + (envelope.original_content or b""))
        fresh.rename(fresh.with_suffix(".eml"))
        for surplus in _newest_first(self.directory)[_KEPT:]:
            surplus.unlink(missing_ok=True)
        return "250 Caught"


class Page(BaseHTTPRequestHandler):
    """GET only. Whatever a mail holds is text here, or HTML in a sandbox that runs and loads nothing."""

    directory: Path
    server_version = "mailbox"
    sys_version = ""

    def do_GET(self) -> None:
        # A page elsewhere whose name is made to point here must not read sign-in links.
        if self.headers.get("Host", "").rpartition(":")[0] not in (_LOOPBACK, "localhost", ""):
            return self._answer(403, "text/plain", "This page is for this machine only.")
        if self.path == "/":
            return self._answer(200, "text/html", _listing(_read_all(self.directory)))
        if self.path == "/messages.json":
            return self._answer(200, "application/json", json.dumps(_read_all(self.directory)))
        match = re.fullmatch(r"/messages/([0-9]{20}-[0-9]{6})(/html)?", self.path)
        file = self.directory / f"{match[1]}.eml" if match else None
        if not match or not file or not file.exists():
            return self._answer(404, "text/plain", "There is no such mail.")
        mail = _read(file)
        if match[2]:
            return self._answer(200, "text/html", _with_outward_links(mail["html"]), sandbox=True)
        return self._answer(200, "text/html", _single(mail))

    def _answer(self, status: int, kind: str, text: str, *, sandbox: bool = False) -> None:
        content = text.encode()
        rules = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; base-uri 'none'; "
        rules += "img-src data:; sandbox allow-popups allow-popups-to-escape-sandbox" if sandbox else "frame-src 'self'"
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Content-Security-Policy", rules.replace("base-uri 'none'; ", "") if sandbox else rules)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 — the base class names it so
        pass


def _newest_first(directory: Path) -> list[Path]:
    return sorted(directory.glob("*.eml"), reverse=True)


def _read_all(directory: Path) -> list[dict[str, str]]:
    return [_read(file) for file in _newest_first(directory)]


@lru_cache(maxsize=2 * _KEPT)
def _read(file: Path) -> dict[str, str]:
    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert isinstance(mail, EmailMessage)
    try:
        date = parsedate_to_datetime(str(mail["Date"])).isoformat()
    except ValueError:
        date = ""
    return {
        "id": file.stem,
        "to": str(mail[_RECIPIENTS]),
        "from": str(mail["From"] or ""),
        "subject": str(mail["Subject"] or ""),
        "date": date,
        "text": _part(mail, "plain"),
        "html": _part(mail, "html"),
    }


def _part(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    try:
        return str(part.get_content()) if part else ""
    except LookupError:  # a charset that Python does not know
        content = part.get_payload(decode=True) if part else b""
        return content.decode("utf-8", "replace") if isinstance(content, bytes) else ""


_FRAME = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<style>
body{{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}}
table{{border-collapse:collapse;width:100%}}
td,th{{text-align:left;padding:.4rem .6rem;border-bottom:1px solid #8884}}
pre{{white-space:pre-wrap;overflow-wrap:anywhere}}
iframe{{width:100%;height:40rem;border:1px solid #8888;background:#fff}}
</style><body>{body}</body></html>"""


def _listing(mails: list[dict[str, str]]) -> str:
    cells = "<td>{date}<td>{to}<td>{from}<td><a href='/messages/{id}'>{subject}</a>"
    rows = "".join("<tr>" + cells.format_map(_escaped(mail)) for mail in mails)
    table = f"<table><tr><th>Date<th>To<th>From<th>Subject{rows}</table>" if mails else "<p>No mail yet.</p>"
    return _FRAME.format(title="Mailbox", body=f"<h1>Mailbox</h1>{table}")


def _single(mail: dict[str, str]) -> str:
    shown = _escaped(mail)
    links = r"<a href='\g<0>' target='_blank' rel='noreferrer'>\g<0></a>"
    # A link ends where blank, quote or bracket begin; those are escaped by now.
    text = re.sub(r"https?://(?:(?!&(?:quot|#x27|lt|gt);)[^\s])+", links, shown["text"])
    body = "<p><a href='/'>Mailbox</a></p><h1>{subject}</h1><p>From {from}<br>To {to}<br>{date}</p>".format_map(shown)
    if mail["html"]:
        sandbox = "allow-popups allow-popups-to-escape-sandbox"
        body += f"<iframe title='HTML part' sandbox='{sandbox}' src='/messages/{mail['id']}/html'></iframe>"
    return _FRAME.format(title=shown["subject"], body=f"{body}<h2>Text</h2><pre>{text}</pre>")


def _escaped(mail: dict[str, str]) -> dict[str, str]:
    shown = {key: html.escape(value) for key, value in mail.items()}
    return shown | {"subject": shown["subject"] or "(no subject)"}


def _with_outward_links(page: str) -> str:
    """Links open a new tab instead of the frame, where the product's pages refuse to show."""
    base = "<base target='_blank'>"
    changed, count = re.subn(r"(?i)<head\b[^>]*>", lambda head: head[0] + base, page, count=1)
    return changed if count else base + page


def main(smtp_port: int, page_port: int, directory: Path) -> None:
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    Page.directory = directory
    page = ThreadingHTTPServer((_LOOPBACK, page_port), Page)
    threading.Thread(target=page.serve_forever, daemon=True).start()
    mail = Controller(
        Catcher(directory),
        hostname=_LOOPBACK,
        port=smtp_port,
        data_size_limit=_SIZE_LIMIT,
        enable_SMTPUTF8=True,
    )
    mail.start()
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    mail.stop()
    page.shutdown()


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
