"""Chosen firms between the register and what is done with them: kept under random names, forgotten after a day."""

from __future__ import annotations

import json
import re
import secrets
import time
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from registry.bulk_filing import Act, Rehearsed

KEPT_SECONDS = 24 * 3600
TOKEN = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Choice:
    """The firms that a person chose. ``query``: the list that they were chosen from; ``whole``: all that it held.

    ``act`` and ``seen``: what is to be said of them, and what its rehearsal showed.
    """

    token: str
    by: str
    codes: list[str]
    query: str
    whole: bool
    act: dict[str, Any] = field(default_factory=dict)
    seen: dict[str, Any] = field(default_factory=dict)

    def rehearsed(self) -> tuple[Act, Rehearsed] | None:
        if not self.act or not self.seen:
            return None
        since = self.seen["since"]
        lines = {**self.seen, "since": datetime.fromisoformat(since) if since else None}
        return Act(**self.act), Rehearsed(**lines)

    def with_rehearsal(self, act: Act, seen: Rehearsed) -> Choice:
        lines = {**asdict(seen), "since": seen.since.isoformat() if seen.since else None}
        return replace(self, act={**asdict(act), "values": dict(act.values)}, seen=lines)


class Choices:
    """The folder of choices that wait."""

    def __init__(self, var: Path) -> None:
        self.folder = var / "chosen"

    def keep(self, by: str, codes: list[str], query: str, whole: bool) -> Choice:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._forget_old()
        choice = Choice(secrets.token_hex(16), by, codes, query, whole)
        self.write(choice)
        return choice

    def write(self, choice: Choice) -> None:
        """Written aside and moved into place: whoever reads meanwhile reads all of one or all of the other."""
        place = self._place(choice.token)
        aside = place.with_suffix(".part")
        aside.write_text(json.dumps(asdict(choice), ensure_ascii=False, default=str), encoding="utf-8")
        aside.replace(place)

    def find(self, token: str, by: str) -> Choice | None:
        """A person's own choice; None when it was filed or forgotten meanwhile, or is somebody else's."""
        if not TOKEN.fullmatch(token):
            return None
        try:
            choice = Choice(**json.loads(self._place(token).read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        return choice if choice.by == by else None

    def forget(self, choice: Choice) -> None:
        self._place(choice.token).unlink(missing_ok=True)

    def _place(self, token: str) -> Path:
        return self.folder / f"{token}.json"

    def _forget_old(self) -> None:
        limit = time.time() - KEPT_SECONDS
        for place in self.folder.iterdir():
            if place.stat().st_mtime < limit:
                place.unlink(missing_ok=True)
