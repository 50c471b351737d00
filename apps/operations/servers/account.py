"""As whom PostgreSQL runs. It refuses to be root, who is what containers and CI give us."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .server import ServerError


@dataclass(frozen=True, slots=True)
class Account:
    identity: dict[str, Any] | None = None
    """subprocess' user, group and extra_groups; None for our own."""
    prefix: tuple[str, ...] = ()
    """A command in front that makes root look like somebody else."""

    def give(self, path: Path) -> None:
        """Make the account the owner of a file tree."""
        if os.geteuid() != 0:
            return
        uid, gid = (self.identity["user"], self.identity["group"]) if self.identity else (0, 0)
        if path.stat().st_uid == uid:
            return
        for found in (path, *path.rglob("*")):
            os.chown(found, uid, gid, follow_symlinks=False)


# Inside a user namespace we are number 1000 and PostgreSQL is content; outside the files stay root's.
_MAPPED = Account(prefix=("unshare", "--user", "--map-user=1000", "--map-group=1000"))


def find_account(programs: Path, directory: Path) -> Account:
    """Ourselves when we are an ordinary user; else one that can run the programs and reach the directory."""
    if os.geteuid() != 0:
        return Account()
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        account = Account(identity={"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []})
        if _can(account, "test", "-x", directory) and _can(account, programs / "postgres", "--version"):
            return account
    if shutil.which("unshare") and _can(_MAPPED, programs / "postgres", "--version"):
        return _MAPPED
    raise ServerError(
        f"PostgreSQL does not run as root, and the accounts postgres and nobody cannot reach {directory}: "
        "work as an ordinary user, or in a directory that others may enter, or set DATABASE_URL."
    )


def _can(account: Account, *command: str | Path) -> bool:
    try:
        answer = subprocess.run(
            [*account.prefix, *command], cwd="/", capture_output=True, check=False, **(account.identity or {})
        )
    except OSError:
        return False
    return answer.returncode == 0
