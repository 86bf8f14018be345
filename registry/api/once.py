"""A request that is sent again is carried out once: its key stands beside the filing, written in the same transaction."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from flask import request
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from registry.filing import Outcome
from registry.house import House
from registry.models import RequestKey
from registry.shell.api import ApiError
from registry.store.engine import Write

KEY: Any = RequestKey.__table__  # type: ignore[attr-defined]


def key_asked() -> str | None:
    """``Idempotency-Key``, or None where the request has none."""
    text = request.headers.get("Idempotency-Key")
    if text is not None and not re.fullmatch(r"[!-~]{1,200}", text):
        raise ApiError(
            400,
            "key_unreadable",
            "Idempotency-Key: 1 to 200 printable ASCII characters",
            "Idempotency-Key 应为 1 至 200 个可见 ASCII 字符",
        )
    return text


class Once:
    """One request by its sender and key. ``raced`` is what ``note`` raises where another process was faster."""

    raced = IntegrityError

    def __init__(self, house: House, by: str, key: str | None, body: str) -> None:
        self.house, self.by, self.key = house, by, key
        self.digest = hashlib.sha256(body.encode()).hexdigest()

    def done(self) -> int | None:
        """The filing that this request made before; None where it did not. Refuses a key that stands for another body."""
        if self.key is None:
            return None
        with self.house.store.read() as connection:
            query = select(KEY.c.digest, KEY.c.filing_id).where(KEY.c.by == self.by, KEY.c.key == self.key)
            row = connection.execute(query).first()
        if row is None:
            return None
        if row.digest != self.digest:
            raise ApiError(
                409,
                "key_taken",
                "this Idempotency-Key stands for another request; use a new one",
                "这个 Idempotency-Key 已用于另一请求，请换一个",
            )
        filing: int = row.filing_id
        return filing

    def note(self, unit: Write, outcome: Outcome) -> None:
        if self.key is not None:
            unit.connection.execute(
                insert(KEY).values(by=self.by, key=self.key, digest=self.digest, filing_id=outcome.filing)
            )
