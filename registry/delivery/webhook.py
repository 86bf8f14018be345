"""The channel "webhook": one POST of JSON, with an Idempotency-Key and, where a secret is set, a signature.

The body is the same at every try: ``{"id", "parcel", "to", "subject", "text", "created_at", "files": [{"name", "sha256",
"size", "content"}]}``; ``content`` is base64, or null for the files of a parcel that is larger than ``webhook_mb``.
``X-Tidu-Signature: sha256=…`` is the HMAC-SHA256 of the body. No redirect is followed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import ssl
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from registry.delivery.addresses import Secrets
from registry.delivery.deadline import Deadline
from registry.delivery.outcome import Outcome, arrived, tidied
from registry.delivery.parcel import Shipment
from registry.settings import Delivering
from registry.store.clock import instant_text

READ_BYTES = 2000
#: Client errors that pass: too slow, too many.
PASSING = (408, 429)


def body_of(shipment: Shipment, most: int) -> bytes:
    """``most``: bytes of files up to which their contents travel along."""
    whole = sum(len(content) for _name, _sha256, content in shipment.files) <= most
    files = [
        {"name": name, "sha256": sha256, "size": len(content),
         "content": base64.b64encode(content).decode() if whole else None}
        for name, sha256, content in shipment.files
    ]  # fmt: skip
    document = {
        "id": shipment.key, "parcel": shipment.parcel, "to": shipment.purpose, "subject": shipment.subject,
        "text": shipment.text, "created_at": instant_text(shipment.created_at), "files": files,
    }  # fmt: skip
    return json.dumps(document, ensure_ascii=False).encode()


def signature(body: bytes, secret: str) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def post(shipment: Shipment, settings: Delivering, secrets: Secrets, now: datetime) -> Outcome:
    """Send it. Never raises for what the network or the receiver does."""
    body = body_of(shipment, settings.webhook_mb * 1_000_000)
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Idempotency-Key": shipment.key,
        "User-Agent": "tidu",
        "Connection": "close",
    }
    if secrets.webhook:
        headers["X-Tidu-Signature"] = signature(body, secrets.webhook)
    parts = urlsplit(shipment.address)
    connection = _connection(parts.scheme, parts.hostname or "", parts.port, settings)
    begun = False
    try:
        with Deadline(settings.longest_seconds) as deadline:
            deadline.guard(lambda: connection.sock)
            connection.connect()
            begun = True
            deadline.check()
            connection.request("POST", parts.path or "/", body, headers)
            answer = connection.getresponse()
            words = b""
            with suppress(OSError, http.client.HTTPException):  # the status is what counts
                words = answer.read1(READ_BYTES)
        said = f"{answer.status} {answer.reason} {words.decode('utf-8', 'replace')}"
        return _judged(answer, tidied(said, secrets.all), now)
    except ssl.SSLError as error:
        return Outcome(reason="not_private", detail=tidied(str(error)), unreachable=not begun)
    except TimeoutError as error:
        return Outcome(
            reason="timeout" if begun else "unreachable", detail=tidied(str(error)), unreachable=not begun
        )
    except (OSError, http.client.HTTPException) as error:
        detail = tidied(str(error) or type(error).__name__, secrets.all)
        return Outcome(reason="dropped" if begun else "unreachable", detail=detail, unreachable=not begun)
    finally:
        connection.close()


def _connection(scheme: str, host: str, port: int | None, settings: Delivering) -> http.client.HTTPConnection:
    if scheme == "https":
        trusted = ssl.create_default_context(cafile=settings.webhook_ca or None)
        return http.client.HTTPSConnection(host, port, timeout=settings.timeout_seconds, context=trusted)
    return http.client.HTTPConnection(host, port, timeout=settings.timeout_seconds)


def _judged(answer: http.client.HTTPResponse, said: str, now: datetime) -> Outcome:
    status = answer.status
    if 200 <= status < 300:
        return arrived(said)
    if 300 <= status < 400:
        where = tidied(answer.headers.get("Location", ""))
        return Outcome(reason="redirect", detail=f"{said} {where}".strip())
    if 400 <= status < 500 and status not in PASSING:
        return Outcome(reason="refused", detail=said, final=True)
    return Outcome(
        reason="not_now", detail=said, wait=_asked_wait(answer.headers.get("Retry-After", ""), now)
    )


def _asked_wait(text: str, now: datetime) -> timedelta | None:
    """``Retry-After``: seconds, or a date; anything else asks for nothing."""
    text = text.strip()
    if text.isascii() and text.isdigit() and len(text) < 9:
        return timedelta(seconds=int(text))
    try:
        then = parsedate_to_datetime(text)
    except ValueError:
        return None
    then = then if then.tzinfo else then.replace(tzinfo=UTC)
    return max(timedelta(), then - now)
