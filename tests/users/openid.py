"""A small OpenID provider as a real server on loopback: it sends people back with a code, and gives a signed ID token."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

ISSUER = "https://accounts.google.com"


class OpenID:
    """What the provider knows: its one client, its keys, and whom it says has signed in."""

    def __init__(self, *, client_id: str, secret: str) -> None:
        self.client_id, self.secret = client_id, secret
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.person: dict[str, Any] = {}
        # What the next token claims differently, and what the provider answers instead of a code.
        self.claims: dict[str, Any] = {}
        self.refusal = ""
        self.codes: dict[str, dict[str, str]] = {}
        self.base_url = ""

    def authorize(self, asked: dict[str, str]) -> str:
        """Where the browser goes on."""
        assert asked["client_id"] == self.client_id
        back = {"state": asked["state"]}
        if self.refusal:
            return f"{asked['redirect_uri']}?{urlencode(back | {'error': self.refusal})}"
        code = secrets.token_urlsafe()
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode(back | {'code': code})}"

    def token(self, given: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """A code is good for once, for the client that asked, and with the proof of who asked."""
        asked = self.codes.pop(given.get("code", ""), None)
        proof = base64.urlsafe_b64encode(hashlib.sha256(given.get("code_verifier", "").encode()).digest())
        known = (given.get("client_id"), given.get("client_secret")) == (self.client_id, self.secret)
        if not asked or not known or proof.decode().rstrip("=") != asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": ISSUER, "aud": self.client_id, "iat": now, "exp": now + 600, **self.person, **self.claims}
        return 200, {"access_token": "t", "token_type": "Bearer", "id_token": jwt.encode(claims, self.key, "RS256")}


@contextmanager
def serving(provider: OpenID) -> Iterator[None]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = parse_qs(urlsplit(self.path).query)
            self.send_response(302)
            self.send_header("Location", provider.authorize({name: values[0] for name, values in asked.items()}))
            self.end_headers()

        def do_POST(self) -> None:
            given = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            status, answer = provider.token({name: values[0] for name, values in given.items()})
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.base_url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
