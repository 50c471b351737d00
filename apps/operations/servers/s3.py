"""SeaweedFS: a store with S3's interface that really enforces the conditions of a presigned upload."""

from __future__ import annotations

import contextlib
import json
import secrets
import shutil
import signal
from pathlib import Path

from . import ports
from .process import Process, spawn
from .server import Memory, Server, ServerError, bare_environment, scripts_directory, write_private

# `weed mini` reaches its own worker at the admin port plus this, whatever it is told.
_GRPC_OFFSET = 10_000


class S3(Server):
    name = "s3"
    title = "S3 store"
    variable = "S3_ENDPOINT_URL"
    companions = ("S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY")
    port_names = (
        "s3",
        "s3_grpc",
        "master",
        "master_grpc",
        "volume",
        "volume_grpc",
        "filer",
        "filer_grpc",
        "admin",
    )

    def __init__(self, root: Path, *, durable: bool) -> None:
        super().__init__(root, durable=durable)
        if not durable:
            # Shutting down takes it a second.
            self.stop_signal = signal.SIGKILL

    def launch(self, memory: Memory) -> Process | None:
        self._make_private_directory()
        memory.setdefault("access_key", secrets.token_hex(10))
        memory.setdefault("secret_key", secrets.token_urlsafe(30))
        while not ports.is_free(self._keep_ports(memory)["admin"] + _GRPC_OFFSET):
            del memory["ports"]
        identities = self.directory / "identities.json"
        write_private(identities, json.dumps(_identities(memory["access_key"], memory["secret_key"])))
        return spawn(
            [_program(), "-logtostderr=true", "mini", *self._options(memory["ports"], identities)],
            log=self.log,
            directory=self.directory,
            # GO…: twice the default's garbage collections, for a third less memory. With a limit of 256 MiB, which Go
            # counts in its own way, it collects without end after some minutes: an eighth of a processor, for nothing.
            environment=bare_environment(HOME=str(self.directory), GOGC="50", GOMEMLIMIT="512MiB"),
        )

    def is_ready(self, memory: Memory) -> bool:
        return b" 200 " in ports.ask(memory["ports"]["s3"], b"GET /healthz HTTP/1.0\r\n\r\n")

    def environment(self, memory: Memory) -> dict[str, str]:
        return {
            "S3_ENDPOINT_URL": self.address(memory),
            "S3_ACCESS_KEY_ID": memory["access_key"],
            "S3_SECRET_ACCESS_KEY": memory["secret_key"],
        }

    def address(self, memory: Memory) -> str:
        return f"http://{ports.LOOPBACK}:{memory['ports']['s3']}"

    def tidy(self, memory: Memory) -> None:
        # It also listens on sockets in /tmp, two or three a port, and removes only some of them.
        for port in (*memory["ports"].values(), memory["ports"]["admin"] + _GRPC_OFFSET):
            for socket in Path("/tmp").glob(f"seaweedfs-*-{port}.sock"):  # noqa: S108 — its choice
                with contextlib.suppress(OSError):
                    socket.unlink()

    def _options(self, ports_of: dict[str, int], identities: Path) -> list[str]:
        data = self.directory / "data"
        data.mkdir(mode=0o700, exist_ok=True)
        return [
            "-dir=data",
            f"-ip={ports.LOOPBACK}",
            f"-ip.bind={ports.LOOPBACK}",
            "-master.telemetry=false",
            # Without it anybody on this machine could read the files past S3's keys.
            "-disableHttp",
            "-webdav=false",
            "-admin.ui=false",
            f"-admin.port={ports_of['admin']}",
            f"-admin.port.grpc={ports_of['admin'] + _GRPC_OFFSET}",
            f"-master.port={ports_of['master']}",
            f"-master.port.grpc={ports_of['master_grpc']}",
            f"-volume.port={ports_of['volume']}",
            f"-volume.port.grpc={ports_of['volume_grpc']}",
            "-volume.preStopSeconds=0",
            "-volume.max=100",
            f"-filer.port={ports_of['filer']}",
            f"-filer.port.grpc={ports_of['filer_grpc']}",
            f"-s3.port={ports_of['s3']}",
            f"-s3.port.grpc={ports_of['s3_grpc']}",
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
            f"-s3.config={identities.name}",
            "-s3.iam=false",
            "-s3.autoCreateBucket=false",
        ]


def _identities(access_key: str, secret_key: str) -> dict[str, object]:
    credentials = [{"accessKey": access_key, "secretKey": secret_key}]
    return {"identities": [{"name": "wallet", "credentials": credentials, "actions": ["Admin"]}]}


def _program() -> str:
    found = shutil.which("weed", path=str(scripts_directory())) or shutil.which("weed")
    if not found:
        raise ServerError("SeaweedFS is not installed: run `make setup`, or set S3_ENDPOINT_URL.")
    return found
