"""Uploads between rehearsal and confirmation: kept under random names, forgotten after a day.

The client's file name is remembered as text for the record and never becomes part of a path.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
import time
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from werkzeug.datastructures import FileStorage

from registry.importing import Wish
from registry.intake.rows import Reading
from registry.intake.sources import SUFFIXES

KEPT_SECONDS = 24 * 3600
TOKEN = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Held:
    """One upload and how it is to be read; ``by`` whom it belongs to."""

    token: str
    name: str
    suffix: str
    kind: str
    sheet: str = ""
    sets: dict[str, str] = field(default_factory=dict)
    mapping: dict[str, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    create: bool = False
    complete_on: str = ""
    yes: bool = False
    by: str = ""

    def wish(self, dry_run: bool) -> Wish:
        reading = Reading(self.mapping, self.sets, self.units, self.sheet or None)
        return Wish(reading, self.create, self.complete_on or None, self.yes, dry_run)


class Uploads:
    """The uploads of one person that wait for confirmation. Nobody else opens, files or drops them."""

    def __init__(self, var: Path, by: str) -> None:
        self.folder, self.by = var / "uploads", by

    def keep(self, file: FileStorage, kind: str, **wishes: Any) -> Held:
        """Store an upload. A suffix that no list has is kept as ``.bin``, which the reader refuses by name."""
        self.forget_old()
        name = shown_name(file.filename or "")
        suffix = Path(name).suffix.lower()
        held = Held(
            secrets.token_hex(16), name, suffix if suffix in SUFFIXES else ".bin", kind, by=self.by, **wishes
        )
        place = self.folder / held.token
        place.mkdir(parents=True, mode=0o700)
        file.save(place / f"list{held.suffix}")
        self.write(held)
        return held

    def write(self, held: Held) -> None:
        text = json.dumps(asdict(held), ensure_ascii=False)
        (self.folder / held.token / "wishes.json").write_text(text, encoding="utf-8")

    def change(self, held: Held, **wishes: Any) -> Held:
        changed = replace(held, **wishes)
        self.write(changed)
        return changed

    def find(self, token: str) -> Held | None:
        """The person's upload of a token; None when it was filed or forgotten meanwhile."""
        if not TOKEN.fullmatch(token):
            return None
        try:
            held = Held(**json.loads((self.folder / token / "wishes.json").read_text(encoding="utf-8")))
            return held if held.by == self.by else None
        except FileNotFoundError:
            return None

    def path(self, held: Held) -> Path:
        return self.folder / held.token / f"list{held.suffix}"

    def forget(self, held: Held) -> None:
        shutil.rmtree(self.folder / held.token, ignore_errors=True)

    def forget_old(self) -> None:
        if not self.folder.is_dir():
            return
        limit = time.time() - KEPT_SECONDS
        for place in self.folder.iterdir():
            if TOKEN.fullmatch(place.name) and place.stat().st_mtime < limit:
                shutil.rmtree(place, ignore_errors=True)


def shown_name(name: str) -> str:
    """The client's file name as people may read it: its last part, without control characters, 200 at most."""
    last = re.split(r"[/\\]", name)[-1]
    clean = "".join(c for c in last if c.isprintable()).strip()
    return clean[-200:] or "list"
