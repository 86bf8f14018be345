"""Documents attached to a firm as evidence: a row that names bytes kept by their hash; removing only marks the row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, insert, select, update

from registry.house import House
from registry.models import Document
from registry.said import SaidError
from registry.scope import manages
from registry.sniffing import TYPES, type_of
from registry.store.contents import Contents, TooLargeError
from registry.store.merges import merges_at
from registry.subjects import existing

DOCUMENT: Any = Document.__table__  # type: ignore[attr-defined]
LONGEST_NOTE = 500


class DocumentError(SaidError):
    """The file is not taken; the sentence says why and what to do."""


class NotOwnFirmError(SaidError):
    """The firm is managed by another unit."""


@dataclass(frozen=True)
class Attached:
    """What is attached: the stream, what its sender calls it, what it is about (``kind:key``, ``enterprise:field`` or
    nothing) and a note."""

    stream: IO[bytes]
    name: str
    about: str = ""
    note: str = ""


def folder(house: House) -> Path:
    return house.settings.var / "documents"


def contents(house: House) -> Contents:
    return Contents(folder(house))


def attach(house: House, uscc: str, file: Attached, by: str, unit: str | None = None) -> int:
    """Keep the bytes, then the row that names them. Gives its id. Raises DocumentError, NotOwnFirmError."""
    limits, kept = house.settings.documents, contents(house)
    most = limits.max_mb * 1_000_000
    try:
        with kept.stage(file.stream, most) as staged:
            if not staged.size:
                raise DocumentError(f"{file.name}: the file is empty", f"“{file.name}”是空文件")
            found = _type(staged.path, file.name, limits.types)
            with house.store.write(by) as work:
                _check_firm(house, work.connection, uscc, unit, staged.sha256, file)
                kept.keep(staged)
                key: Any = work.connection.execute(
                    insert(DOCUMENT).values(
                        uscc=uscc, sha256=staged.sha256, name=file.name, type=found, size=staged.size,
                        about=file.about or None, note=file.note.strip()[:LONGEST_NOTE] or None, by=by, at=work.at,
                    )
                ).inserted_primary_key  # fmt: skip
                return int(key[0])
    except TooLargeError as error:
        raise DocumentError(
            f"{file.name}: larger than {limits.max_mb} MB; scan it with fewer dots an inch, or attach it in parts",
            f"“{file.name}”超过 {limits.max_mb} MB；请降低扫描分辨率，或分成几份上传",
        ) from error


def _type(path: Path, name: str, allowed: Sequence[str]) -> str:
    found, suffix = type_of(path), Path(name).suffix.lower()
    if found is None or found not in allowed:
        words = ", ".join(allowed)
        raise DocumentError(
            f"{name}: its content is none of {words}; a file with a password or with macros is not taken either. "
            "Save it as PDF and attach that",
            f"“{name}”的内容不是 {words} 中的任何一种；设有密码或含宏的文件也不接收。请另存为 PDF 后上传",
        )
    if suffix not in TYPES[found][1]:
        raise DocumentError(
            f"{name}: its content is {found}, its name says otherwise; name it …{TYPES[found][1][0]}",
            f"“{name}”的内容是 {found}，与扩展名不符；请把扩展名改为 {TYPES[found][1][0]}",
        )
    return found


def _check_firm(
    house: House, connection: Connection, uscc: str, unit: str | None, sha256: str, file: Attached
) -> None:
    if not existing(connection, [uscc]):
        raise DocumentError(f"{uscc} is not on the register", f"登记库里没有 {uscc}")
    if not manages(connection, uscc, unit, house.clock.today()):
        raise NotOwnFirmError(f"{uscc} is managed by another unit", f"{uscc} 由其他管理单元管理")
    d = DOCUMENT.c
    twin = select(d.id).where(_of_firm(connection, uscc), d.sha256 == sha256, d.removed_at.is_(None))
    twin = twin.where(d.about == file.about if file.about else d.about.is_(None))
    if (held := connection.execute(twin).scalar()) is not None:
        raise DocumentError(
            f"{file.name}: this very file is attached already (document {held})",
            f"“{file.name}”与已上传的文件（附件 {held}）完全相同，无需重复上传",
        )


def remove(house: House, uscc: str, id: int, by: str, unit: str | None = None) -> bool:
    """Mark a document as removed; its bytes stay. False where it was removed before or never was."""
    d = DOCUMENT.c
    with house.store.write(by) as work:
        if not manages(work.connection, uscc, unit, house.clock.today()):
            raise NotOwnFirmError(f"{uscc} is managed by another unit", f"{uscc} 由其他管理单元管理")
        here = update(DOCUMENT).where(d.id == id, _of_firm(work.connection, uscc), d.removed_at.is_(None))
        return work.connection.execute(here.values(removed_at=work.at, removed_by=by)).rowcount == 1


def documents_of(
    connection: Connection, uscc: str, known_at: datetime | None = None, removed: bool = False
) -> Sequence[Any]:
    """The documents of a firm, whichever of its codes they were attached to, newest first; as attached at an instant where
    one is given."""
    d = DOCUMENT.c
    query = select(DOCUMENT).where(_of_firm(connection, uscc, known_at))
    if known_at is not None:
        query = query.where(d.at <= known_at, d.removed_at.is_(None) | (d.removed_at > known_at))
    elif not removed:
        query = query.where(d.removed_at.is_(None))
    return connection.execute(query.order_by(d.at.desc(), d.id.desc())).all()


def document_of(connection: Connection, uscc: str, id: int) -> Any:
    """One document of a firm, or None."""
    return connection.execute(select(DOCUMENT).where(DOCUMENT.c.id == id, _of_firm(connection, uscc))).first()


def _of_firm(connection: Connection, uscc: str, known_at: datetime | None = None) -> Any:
    return DOCUMENT.c.uscc.in_(sorted(merges_at(connection, known_at).codes_of([uscc])))


def named_hashes(connection: Connection) -> set[str]:
    return set(connection.execute(select(DOCUMENT.c.sha256).distinct()).scalars())


def faults(house: House) -> Iterator[str]:
    """One line for each document whose bytes are lost or are not what they were."""
    d, kept = DOCUMENT.c, contents(house)
    with house.store.read() as connection:
        rows = connection.execute(select(d.sha256, d.id, d.name).order_by(d.sha256, d.id)).all()
    checked: dict[str, str | None] = {}
    for sha256, id, name in rows:
        if sha256 not in checked:
            checked[sha256] = kept.fault(sha256)
        if what := checked[sha256]:
            yield f"document {id} ({name}): {what} under {folder(house)}"


def tidy(house: House, by: str) -> int:
    """Remove bytes that no row names, as a crash between bytes and row leaves them. Gives how many files went."""
    kept = contents(house)
    with house.store.read() as connection:
        named = named_hashes(connection)
    if not kept.needs_tidying(named):
        return 0
    with house.store.write(by) as work:
        return kept.tidy(named_hashes(work.connection))
