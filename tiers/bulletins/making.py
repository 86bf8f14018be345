"""The files of a bulletin: made from a published count, the same bytes each time, written whole or not at all."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from registry.house import House
from registry.kind import Record
from registry.refusals import MisusedError
from tiers.bulletins.blocks import Bulletin
from tiers.bulletins.content import bulletin
from tiers.bulletins.facts import Firms
from tiers.bulletins.frozen import missing_parts
from tiers.bulletins.template import template_of
from tiers.snapshot import Snapshot

FORMATS = ("docx", "xlsx", "pdf")
LANGUAGES = ("zh", "en")


@dataclass(frozen=True)
class Making:
    """One bulletin of a snapshot. ``firms(target)``: its frozen firms, asked for again and again (``once``); ``unit``: of one management unit only; ``own``: the
    only firms that lists may name, None for all."""

    house: House
    snapshot: Snapshot
    firms: Firms
    language: str = "zh"
    unit: str | None = None
    own: Collection[str] | None = None

    @cached_property
    def content(self) -> Bulletin:
        """Raises UnknownReportError."""
        said: Mapping[str, Record] = {**missing_parts(self.house, self.snapshot), **self.snapshot.parts}
        # As if read again from where it is kept: the order of keys is one, whoever made them.
        parts = json.loads(json.dumps(said, sort_keys=True, default=str))
        return bulletin(self.snapshot, parts, self.firms, self.language, self.unit, self.own)

    @cached_property
    def template(self) -> tuple[str, bytes]:
        """Name (empty: the program's own) and bytes of the template. Raises TemplateRefusedError."""
        return template_of(self.house.settings, self.snapshot.name, self.language)

    def file(self, kind: str) -> bytes:
        """The bytes of one of ``FORMATS``."""
        return _MAKERS[kind](self)

    def name(self, kind: str) -> str:
        return f"{self.content.stem}.{kind}"

    def files(self, kinds: Sequence[str] = FORMATS) -> dict[str, bytes]:
        """Name → bytes of each."""
        return {self.name(kind): self.file(kind) for kind in kinds}


def once(firms: Firms) -> Firms:
    """The same, each target read once."""
    held: dict[str, Sequence[Record]] = {}

    def ask(target: str) -> Sequence[Record]:
        if target not in held:
            held[target] = firms(target)
        return held[target]

    return ask


# The makers load what they draw and typeset with only when it is asked for.


def _docx(making: Making) -> bytes:
    from tiers.bulletins.word import word

    return word(making.content, making.template[1])


def _xlsx(making: Making) -> bytes:
    from tiers.bulletins.book import book

    return book(making.content)


def _pdf(making: Making) -> bytes:
    from tiers.bulletins.pdf import pdf

    return pdf(making.content)


_MAKERS: Mapping[str, Callable[[Making], bytes]] = {"docx": _docx, "xlsx": _xlsx, "pdf": _pdf}


def write_files(folder: Path, files: Mapping[str, bytes]) -> list[Path]:
    """Write all files aside and move them into place, so that nobody ever reads half of one. Raises MisusedError where the
    folder cannot be written."""
    aside: list[tuple[Path, Path]] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            path = folder / f".{name}.{secrets.token_hex(4)}.part"
            aside.append((path, folder / name))
            with path.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        for path, target in aside:
            os.replace(path, target)
    except OSError as error:
        for path, _ in aside:
            path.unlink(missing_ok=True)
        raise MisusedError(
            f"{folder}: cannot be written ({error.strerror or error}); choose another folder",
            f"{folder}：无法写入（{error.strerror or error}）；请换一个文件夹",
            "--out DIR",
        ) from error
    return [target for _, target in aside]
