"""The embedded servers, really started."""

from __future__ import annotations

import json
import os
import signal
import smtplib
import stat
import subprocess
import sys
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import boto3
import psycopg
import pytest
import redis
from botocore.config import Config

from apps.operations.servers import Stack, postgres
from apps.operations.servers.process import Process

PROJECT = Path(__file__).parents[2]
ELSEWHERE = {
    "REDIS_URL": "redis://x",
    "S3_ENDPOINT_URL": "http://x",
    "EMAIL_URL": "smtp://x",
    "STRIPE_SECRET_KEY": "sk_x",
}
VARIABLES = ("DATABASE_URL", "REDIS_URL", "S3_ENDPOINT_URL", "EMAIL_URL", "MAILBOX_URL", "STRIPE_API_URL")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    stack = Stack(tmp_path_factory.mktemp("servers") / "a path, with blanks", durable=False, given={})
    stack.up()
    yield stack
    stack.down()


@pytest.fixture
def stack(shared: Stack) -> Stack:
    shared.up()
    return shared


def test_a_second_up_starts_nothing_and_says_the_same(stack: Stack) -> None:
    before = stack.environment()
    pids = [row.pid for row in stack.status()]

    assert stack.up() == before
    assert stack.started == []
    assert [row.pid for row in stack.status()] == pids
    assert set(VARIABLES) <= set(before)


def test_every_server_answers_at_the_address_it_gives(stack: Stack) -> None:
    given = stack.environment()

    with psycopg.connect(given["DATABASE_URL"].replace("/wallet?", "/postgres?")) as connection:
        shown = "select current_user, current_setting('fsync'), current_setting('server_encoding')"
        assert connection.execute(shown).fetchone() == ("wallet_admin", "off", "UTF8")
    with redis.Redis.from_url(given["REDIS_URL"]) as client:
        assert client.ping() is True
    stranger = redis.Redis.from_url(given["REDIS_URL"].replace("://:", "://:x"))
    with stranger, pytest.raises(redis.AuthenticationError):
        stranger.ping()


def test_a_killed_server_comes_back_and_the_others_stay(stack: Stack) -> None:
    before = {row.name: row.pid for row in stack.status()}
    killed = _process(stack, "valkey")
    killed.signal(signal.SIGKILL)
    assert killed.wait(30)

    assert "REDIS_URL" not in stack.environment()
    given = stack.up()

    assert stack.started == ["valkey"]
    with redis.Redis.from_url(given["REDIS_URL"]) as client:
        assert client.ping() is True
    after = {row.name: row.pid for row in stack.status()}
    assert {name for name in before if before[name] != after[name]} == {"valkey"}


def test_postgresql_recovers_from_a_kill_even_when_its_pid_is_taken_since(stack: Stack) -> None:
    lock = _data_directory(stack) / "postmaster.pid"
    killed = _process(stack, "postgres")
    killed.signal(signal.SIGKILL)
    assert killed.wait(30)
    lock.write_text(lock.read_text().replace(str(killed.pid), str(os.getpid()), 1))

    given = stack.up()

    with psycopg.connect(given["DATABASE_URL"].replace("/wallet?", "/postgres?")) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_a_copied_directory_gets_servers_of_its_own(stack: Stack, tmp_path: Path) -> None:
    remembered = json.loads((stack.root / "state.json").read_text())
    (tmp_path / "state.json").write_text(json.dumps(remembered))
    copy = Stack(tmp_path, given={})

    assert copy.environment() == {}
    assert copy.down() == []
    assert {row.state for row in stack.status()} == {"running"}


@pytest.mark.parametrize(
    ("durable", "bytes_needed", "kept_at"), [(False, 0, "memory"), (False, 2**60, "root"), (True, 0, "root")]
)
def test_data_that_may_be_lost_lie_in_memory_where_there_is_room_until_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, durable: bool, bytes_needed: int, kept_at: str
) -> None:
    (tmp_path / "memory").mkdir()
    monkeypatch.setattr(postgres, "_MEMORY", tmp_path / "memory")
    monkeypatch.setattr(postgres, "_MEMORY_NEEDED", bytes_needed)
    stack = Stack(tmp_path / "root", durable=durable, given=ELSEWHERE)
    try:
        stack.up()
        data = _data_directory(stack)
        assert (data / "postmaster.pid").exists()
    finally:
        stack.down()

    assert data.relative_to(tmp_path).parts[0] == kept_at
    assert list((tmp_path / "memory").iterdir()) == []
    assert data.exists() == (kept_at == "root")


def test_a_place_in_memory_that_somebody_else_has_made_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "_MEMORY", tmp_path)
    monkeypatch.setattr(postgres, "_MEMORY_NEEDED", 0)
    server = postgres.Postgres(tmp_path / "root", durable=False)
    place = server.home()
    assert place.parent == tmp_path
    place.rmdir()
    place.symlink_to("/")  # root's, or a link of ours: either way not what we have made
    assert server.home() == server.directory


def test_a_path_too_long_for_a_socket_gets_a_short_one_until_down(tmp_path: Path) -> None:
    only_postgres = Stack(tmp_path / ("long" * 25), durable=False, given=ELSEWHERE)
    try:
        given = only_postgres.up()
        with psycopg.connect(given["DATABASE_URL"].replace("/wallet?", "/postgres?")) as connection:
            sockets = str(connection.execute("show unix_socket_directories").fetchone()[0]).strip('"')
    finally:
        only_postgres.down()

    assert len(sockets) < 30
    assert not Path(sockets).exists()


def test_a_variable_of_the_environment_replaces_its_server(tmp_path: Path) -> None:
    given = {
        "DATABASE_URL": "postgresql://somebody@elsewhere/wallet",
        "REDIS_URL": "redis://elsewhere:6379/0",
        "S3_ENDPOINT_URL": "http://elsewhere:9000",
        "S3_ACCESS_KEY_ID": "key",
        "S3_SECRET_ACCESS_KEY": "secret",
        "EMAIL_URL": "smtp://elsewhere:25",
        "STRIPE_SECRET_KEY": "sk_live_elsewhere",
        "STRIPE_WEBHOOK_SECRET": "whsec_elsewhere",
    }
    elsewhere = Stack(tmp_path / "servers", given=given)

    assert elsewhere.up() == given
    assert elsewhere.started == []
    assert {row.state for row in elsewhere.status()} == {"replaced"}


def test_our_own_address_in_the_environment_replaces_nothing(stack: Stack) -> None:
    again = Stack(stack.root, durable=False, given=stack.environment())

    assert {row.state for row in again.status()} == {"running"}


def test_passwords_are_for_the_owner_of_the_files_only(stack: Stack) -> None:
    private = [
        stack.root / "state.json",
        stack.root / "valkey" / "valkey.conf",
        stack.root / "s3" / "identities.json",
        stack.root / "stripe" / "secrets",
    ]
    assert [stat.S_IMODE(file.stat().st_mode) for file in private] == [0o600] * 4

    sockets = next(row.address for row in stack.status() if row.name == "postgres")
    assert stat.S_IMODE(Path(sockets).stat().st_mode) == 0o700


@pytest.fixture
def bucket(stack: Stack) -> Any:
    given = stack.environment()
    store = boto3.resource(
        "s3",
        endpoint_url=given["S3_ENDPOINT_URL"],
        aws_access_key_id=given["S3_ACCESS_KEY_ID"],
        aws_secret_access_key=given["S3_SECRET_ACCESS_KEY"],
        region_name="us-east-1",
        config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
    )
    return store.create_bucket(Bucket=f"uploads-{uuid.uuid4().hex}")


def test_a_presigned_upload_is_taken_as_promised(bucket: Any) -> None:
    status, headers = _upload(_permission(bucket), b"date,amount\n", origin="http://127.0.0.1:8000")

    assert (status, headers["Access-Control-Allow-Origin"]) == (204, "http://127.0.0.1:8000")
    assert bucket.Object("uploads/mine.csv").get()["Body"].read() == b"date,amount\n"
    assert bucket.Object("uploads/mine.csv").content_type == "text/csv"


@pytest.mark.parametrize(
    ("changed", "body", "status"),
    [
        ({}, b"x" * 101, 400),
        ({}, b"", 400),
        ({"key": "uploads/yours.csv"}, b"a", 403),
        ({"Content-Type": "text/html"}, b"a", 403),
        ({"x-amz-signature": "0" * 64}, b"a", 403),
    ],
    ids=["too large", "empty", "another key", "another type", "forged"],
)
def test_a_presigned_upload_keeps_its_conditions(
    bucket: Any, changed: dict[str, str], body: bytes, status: int
) -> None:
    permission = _permission(bucket)
    permission["fields"] |= changed

    assert _upload(permission, body)[0] == status
    assert list(bucket.objects.all()) == []


def test_a_stranger_reads_nothing_from_the_store(bucket: Any, stack: Stack) -> None:
    bucket.put_object(Key="statement.csv", Body=b"secret")
    ports = json.loads((stack.root / "state.json").read_text())["s3"]["ports"]

    in_s3 = f"http://127.0.0.1:{ports['s3']}/{bucket.name}/statement.csv"
    behind_s3 = f"http://127.0.0.1:{ports['filer']}/buckets/{bucket.name}/statement.csv"
    assert [_get(in_s3)[0], _get(behind_s3)[0]] == [403, 404]


def test_mail_arrives_and_is_listed_newest_first(stack: Stack) -> None:
    given = stack.environment()
    _send(given["EMAIL_URL"], "anna@example.com", "First", "Grüße", "<p>Grüße</p>")
    _send(given["EMAIL_URL"], "anna@example.com", "Second", "https://example.com/?a=1&b=2", None)

    mails = json.loads(_get(given["MAILBOX_URL"] + "messages.json")[1])

    second, first = mails[0], mails[1]
    assert [first["subject"], first["to"], first["from"]] == ["First", "anna@example.com", "bank@example.com"]
    assert [first["text"].strip(), first["html"].strip()] == ["Grüße", "<p>Grüße</p>"]
    assert [second["subject"], second["html"]] == ["Second", ""]
    listing = _get(given["MAILBOX_URL"])[1]
    assert listing.index("Second") < listing.index("First")
    assert 'href="' not in _get(given["MAILBOX_URL"] + f"messages/{second['id']}")[1].split("<pre>")[0]
    assert "href='https://example.com/?a=1&amp;b=2'" in _get(given["MAILBOX_URL"] + f"messages/{second['id']}")[1]


def test_a_hostile_mail_stays_in_its_sandbox(stack: Stack) -> None:
    given = stack.environment()
    attack = "<script>alert(1)</script>"
    _send(given["EMAIL_URL"], "anna@example.com", attack, attack, attack)
    mail = json.loads(_get(given["MAILBOX_URL"] + "messages.json")[1])[0]
    page = given["MAILBOX_URL"] + f"messages/{mail['id']}"

    assert attack not in _get(given["MAILBOX_URL"])[1]
    assert attack not in _get(page)[1]
    assert "<iframe title='HTML part' sandbox='allow-popups " in _get(page)[1]
    with urllib.request.urlopen(page + "/html") as answer:  # noqa: S310 — our own address
        rules = answer.headers["Content-Security-Policy"]
    assert rules.startswith("default-src 'none'")
    assert "sandbox allow-popups allow-popups-to-escape-sandbox" in rules
    assert "script" not in rules


def test_the_mailbox_answers_only_to_this_machine_s_names(stack: Stack) -> None:
    page = stack.environment()["MAILBOX_URL"] + "messages.json"
    assert _get(page, Host="attacker.example:80")[0] == 403


def test_a_caller_s_pipe_closes_with_the_caller_and_the_second_copy_has_its_own_ports(
    stack: Stack, tmp_path: Path
) -> None:
    root = tmp_path / "second"
    program = "import sys; from pathlib import Path; from apps.operations.servers import Stack; "
    program += "print(Stack(Path(sys.argv[1]), durable=False).up()['REDIS_URL'])"
    # Waits for the end of the pipe, which a server that held it would never let come.
    caller = subprocess.run(
        [sys.executable, "-c", program, root],
        cwd=PROJECT,
        env={"PATH": os.environ["PATH"]},
        stdout=subprocess.PIPE,
        text=True,
        timeout=60,
        check=True,
    )
    second = Stack(root, durable=False, given={})
    try:
        assert second.environment()["REDIS_URL"] == caller.stdout.strip()
        assert not set(second.environment().values()) & set(stack.environment().values())
    finally:
        processes = [Process.find(row.pid) for row in second.status() if row.pid]
        ended = second.down()

    assert sorted(ended) == ["mailbox", "postgres", "s3", "stripe", "valkey"]
    assert [process for process in processes if process and process.is_alive] == []
    assert second.environment() == {}
    assert {row.state for row in second.status()} == {"stopped"}


def test_down_leaves_a_process_alone_that_only_has_the_same_pid(tmp_path: Path) -> None:
    root = tmp_path / "servers"
    root.mkdir()
    remembered = {
        "root": str(root),
        "valkey": {"pid": os.getpid(), "started": "1", "ports": {"redis": 1}, "password": "x"},
    }
    (root / "state.json").write_text(json.dumps(remembered))

    assert Stack(root).down() == []


def _data_directory(stack: Stack) -> Path:
    return Path(json.loads((stack.root / "state.json").read_text())["postgres"]["data"])


def _process(stack: Stack, name: str) -> Process:
    process = Process.find(next(row.pid for row in stack.status() if row.name == name) or 0)
    assert process is not None
    return process


def _permission(bucket: Any) -> dict[str, Any]:
    permission: dict[str, Any] = bucket.meta.client.generate_presigned_post(
        bucket.name,
        "uploads/mine.csv",
        Fields={"Content-Type": "text/csv"},
        Conditions=[["content-length-range", 1, 100], {"Content-Type": "text/csv"}],
        ExpiresIn=60,
    )
    return permission


def _upload(permission: dict[str, Any], body: bytes, origin: str = "") -> tuple[int, dict[str, str]]:
    """POST a form as a browser does."""
    boundary = uuid.uuid4().hex
    fields = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in permission["fields"].items()
    )
    file = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    request = urllib.request.Request(  # noqa: S310 — our own address
        permission["url"],
        data=fields.encode() + file.encode() + body + f"\r\n--{boundary}--\r\n".encode(),
        headers={"Content-Type": f"multipart/form-data; boundary={boundary}", "Origin": origin},
    )
    try:
        with urllib.request.urlopen(request) as answer:  # noqa: S310
            return answer.status, dict(answer.headers)
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, dict(refusal.headers)


def _get(address: str, **headers: str) -> tuple[int, str]:
    request = urllib.request.Request(address, headers=headers)  # noqa: S310 — our own address
    try:
        with urllib.request.urlopen(request) as answer:  # noqa: S310
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, ""


def _send(address: str, to: str, subject: str, text: str, page: str | None) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "bank@example.com", to, subject
    mail["Date"] = "Sun, 01 Nov 2026 10:00:00 +0000"
    mail.set_content(text)
    if page:
        mail.add_alternative(page, subtype="html")
    host, _, port = address.removeprefix("smtp://").partition(":")
    with smtplib.SMTP(host, int(port)) as server:
        server.send_message(mail)
