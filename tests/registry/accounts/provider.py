"""A small identity provider on loopback: enough of OpenID Connect to sign in by, and to misbehave."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey


class Provider:
    """``claims`` are those of who signs in next; ``spoil`` changes the ID token's claims; ``key`` signs it."""

    def __init__(self) -> None:
        self.key = self.published = RSAKey.generate_key(2048, {"kid": "k1"})
        self.claims: dict[str, Any] = {}
        self.spoil: dict[str, Any] = {}
        self.now = 0
        self.asked: dict[str, dict[str, str]] = {}
        self.secrets: list[str | None] = []
        self.issuer = ""

    def sign_in(self, address: str) -> dict[str, str]:
        """What the browser brings back from the address that it was sent to."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = secrets.token_hex(8)
        self.asked[code] = asked
        return {"code": code, "state": asked["state"]}

    def token(self, form: dict[str, str]) -> dict[str, Any] | None:
        asked = self.asked.pop(form.get("code", ""), None)
        if asked is None:
            return None
        proof = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if (
            proof.rstrip(b"=").decode() != asked["code_challenge"]
            or form["redirect_uri"] != asked["redirect_uri"]
        ):
            return None
        claims = {"iss": self.issuer, "aud": asked["client_id"], "nonce": asked["nonce"], "iat": self.now,
                  "exp": self.now + 300, **self.claims, **self.spoil}  # fmt: skip
        return {
            "token_type": "Bearer",
            "access_token": "x",
            "id_token": jwt.encode({"alg": "RS256", "kid": "k1"}, claims, self.key),
        }


@contextmanager
def running() -> Iterator[Provider]:
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            base = provider.issuer
            if self.path == "/.well-known/openid-configuration":
                self.say({"issuer": base, "authorization_endpoint": f"{base}/authorize", "token_endpoint": f"{base}/token",
                          "jwks_uri": f"{base}/keys"})  # fmt: skip
            elif self.path == "/keys":
                self.say({"keys": [provider.published.as_dict(private=False)]})
            else:
                self.say({}, 404)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            provider.secrets.append(self.headers.get("Authorization"))
            answer = provider.token({name: values[0] for name, values in parse_qs(body).items()})
            self.say(answer or {"error": "invalid_grant"}, 200 if answer else 400)

        def say(self, document: dict[str, Any], status: int = 200) -> None:
            content = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_given: Any) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = "http" + f"://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
