"""A real pgbouncer in transaction mode before the tests' PostgreSQL: more clients than server connections."""

import os
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAM = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@contextmanager
def pgbouncer(*, host: str, port: str, user: str, password: str, pool_size: int) -> Iterator[int]:
    """Gives the port on 127.0.0.1. Runs as the owner of the server's socket: pgbouncer refuses to run as root."""
    with tempfile.TemporaryDirectory(prefix="pgbouncer-") as folder:
        listen_port = _free_port()
        users = Path(folder, "users.txt")
        users.write_text(f'"{user}" "{password}"\n')
        settings = Path(folder, "pgbouncer.ini")
        quoted_host = host.replace("'", "''")
        settings.write_text(
            f"""
            [databases]
            * = host='{quoted_host}' port={port or 5432}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {listen_port}
            unix_socket_dir =
            auth_type = trust
            auth_file = {users}
            pool_mode = transaction
            default_pool_size = {pool_size}
            max_client_conn = 100
            ; The soak also cuts connections that are just signing in; its faults would be used up in fifteen seconds.
            server_login_retry = 0.1
            log_connections = 0
            log_disconnections = 0
            """.replace("            ", "")
        )
        identity = _identity(Path(host)) if os.geteuid() == 0 else {}
        for path in (Path(folder), users, settings):
            if identity:
                os.chown(path, identity["user"], identity["group"])
        process = subprocess.Popen([str(PROGRAM), str(settings)], stderr=subprocess.PIPE, text=True, **identity)
        try:
            assert process.stderr is not None
            said = []
            for line in process.stderr:
                said.append(line)
                if "process up" in line:
                    break
            else:
                raise RuntimeError("".join(said))
            # A pipe that nobody reads would fill, and pgbouncer would wait for it.
            threading.Thread(target=process.stderr.read, daemon=True).start()
            yield listen_port
        finally:
            process.terminate()
            process.wait(timeout=30)


def _identity(path: Path) -> dict[str, int]:
    """Who owns the server's socket, or nobody where that is root."""
    owner = path.stat() if path.is_dir() else None
    if owner is None or owner.st_uid == 0:
        return {"user": 65534, "group": 65534}
    return {"user": owner.st_uid, "group": owner.st_gid}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
