"""Backups: a good one restores to the same on both databases, a damaged one leaves the database as it was."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from registry.house import House
from registry.store.backup import MANIFEST, backup, restore
from registry.store.engine import StoreError
from registry.store.models import metadata
from tests.registry.house import code, file_rows, open_test_house

FIRMS = [{"uscc": code(n), "name": f"济南{n}机械有限公司", "district": "历下区"} for n in range(1, 41)]
TITLES = [{"uscc": code(n), "tier": "srdi", "issued_on": "2024-07-01"} for n in range(1, 21)]
Parts = dict[str, bytes]


def contents(house: House) -> dict[str, list[str]]:
    """Every row of every table that a backup keeps."""
    with house.store.read() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(select(table))))
            for table in metadata.sorted_tables
            if not table.info.get("passing")
        }


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, list[str]]]:
    """A backup, and what the register held when it was made."""
    folder = tmp_path_factory.mktemp("good")
    house = open_test_house(f"sqlite:///{folder / 'register.sqlite'}", folder)
    file_rows(house, "enterprises", FIRMS)
    file_rows(house, "titles", [*TITLES, {"uscc": code(99), "tier": "srdi", "issued_on": "2024-07-01"}])
    rows = backup(house.store, folder / "good.backup")
    held = contents(house)
    house.store.dispose()
    assert rows == sum(map(len, held.values())) > 100
    return folder / "good.backup", held


def parts_of(source: Path) -> Parts:
    with zipfile.ZipFile(source) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Parts, target: Path) -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target


def said(parts: Parts, **changes: Any) -> Parts:
    """With another manifest; a change to None takes the entry away."""
    manifest = json.loads(parts[MANIFEST]) | changes
    kept = {name: value for name, value in manifest.items() if value is not None}
    return parts | {MANIFEST: json.dumps(kept).encode()}


def lines(parts: Parts, table: str, change: Callable[[list[bytes]], list[bytes]]) -> Parts:
    """With other lines of one table; the first names its columns."""
    name = f"{table}.jsonl"
    return parts | {name: b"".join(line + b"\n" for line in change(parts[name].splitlines()))}


def test_a_backup_restores_to_the_same_and_filing_goes_on(
    house: House, good: tuple[Path, dict[str, list[str]]]
) -> None:
    source, held = good
    assert restore(house.store, source) == sum(map(len, held.values()))
    assert contents(house) == held
    filed = file_rows(house, "enterprises", [{"uscc": code(1), "niche": "阀门"}], "later.csv")
    assert filed.filing == 3
    assert filed.fates["accepted"] == 1


DAMAGES: dict[str, Callable[[Parts], Parts]] = {
    "fewer rows than it says": lambda parts: lines(parts, "statement", lambda held: held[:-1]),
    "more rows than it says": lambda parts: said(parts, rows=json.loads(parts[MANIFEST])["rows"] - 1),
    "a table is missing": lambda parts: {n: c for n, c in parts.items() if n != "statement.jsonl"},
    "a table is empty": lambda parts: parts | {"title.jsonl": b""},
    "a line is cut": lambda parts: lines(parts, "title", lambda held: [*held[:-1], held[-1][:20]]),
    "a row is no row": lambda parts: lines(parts, "title", lambda held: [*held[:-1], b"7"]),
    "an instant is none": lambda parts: lines(
        parts, "filing", lambda held: [re.sub(rb'{"at": ', b'{"when": ', line) for line in held]
    ),
    "an instant is a number": lambda parts: lines(
        parts, "filing", lambda held: [re.sub(rb'{"at": "[^"]+"', b'{"at": 5', line) for line in held]
    ),
    "not in UTF-8": lambda parts: lines(parts, "title", lambda held: [*held[:-1], b'["\xff\xfe"]']),
    "another schema": lambda parts: said(parts, schema="0000"),
    "no number of rows": lambda parts: said(parts, rows=None),
    "no schema": lambda parts: said(parts, schema=None),
    "the manifest is a list": lambda parts: parts | {MANIFEST: b"[]"},
    "the manifest is cut": lambda parts: parts | {MANIFEST: parts[MANIFEST][:-5]},
    "no manifest": lambda parts: {n: c for n, c in parts.items() if n != MANIFEST},
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_backup_is_refused_and_nothing_is_restored(
    house: House, good: tuple[Path, dict[str, list[str]]], tmp_path: Path, damage: str
) -> None:
    source, held = good
    broken = packed(DAMAGES[damage](parts_of(source)), tmp_path / "broken.backup")
    before = contents(house)
    with pytest.raises(StoreError, match=r"broken\.backup"):
        restore(house.store, broken)
    assert contents(house) == before
    restore(house.store, source)
    assert contents(house) == held


@pytest.mark.parametrize("at", ["head", "middle", "end"])
def test_a_backup_with_broken_bytes_is_refused(
    house: House, good: tuple[Path, dict[str, list[str]]], tmp_path: Path, at: str
) -> None:
    """As a bad disk leaves it: bytes inside one compressed table are others, the list of files is whole."""
    source, _held = good
    with zipfile.ZipFile(source) as archive:
        entry = archive.getinfo("statement.jsonl")
    raw = bytearray(source.read_bytes())
    start = entry.header_offset + 30 + len(entry.filename)
    place = {"head": 0, "middle": entry.compress_size // 2, "end": entry.compress_size - 8}[at]
    for step in range(8):
        raw[start + place + step] ^= 0xFF
    broken = tmp_path / "broken.backup"
    broken.write_bytes(raw)
    before = contents(house)
    with pytest.raises(StoreError, match="nothing was restored"):
        restore(house.store, broken)
    assert contents(house) == before


REFUSED: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "a row stands twice": lambda held: [*held, held[-1]],
    "a number is beyond all": lambda held: [
        *held[:-1],
        re.sub(rb", \d+", b", " + b"9" * 30, held[-1], count=1),
    ],
}


@pytest.mark.parametrize("damage", REFUSED)
def test_rows_that_the_database_refuses_take_the_others_with_them(
    house: House, good: tuple[Path, dict[str, list[str]]], tmp_path: Path, damage: str
) -> None:
    """The bad row stands at the end of a table: what stands before it had gone in by then."""
    parts = lines(parts_of(good[0]), "statement", REFUSED[damage])
    rows = sum(len(content.splitlines()) - 1 for name, content in parts.items() if name != MANIFEST)
    before = contents(house)
    with pytest.raises((DBAPIError, StoreError)):
        restore(house.store, packed(said(parts, rows=rows), tmp_path / "broken.backup"))
    assert contents(house) == before


@pytest.mark.parametrize("part", [0.0, 0.3, 0.9])
def test_a_backup_cut_short_is_refused(
    house: House, good: tuple[Path, dict[str, list[str]]], tmp_path: Path, part: float
) -> None:
    source, _held = good
    whole = source.read_bytes()
    broken = tmp_path / "broken.backup"
    broken.write_bytes(whole[: int(len(whole) * part)])
    before = contents(house)
    with pytest.raises(StoreError, match="is not a backup"):
        restore(house.store, broken)
    assert contents(house) == before


def test_a_register_in_use_is_not_restored_over(
    house: House, good: tuple[Path, dict[str, list[str]]]
) -> None:
    file_rows(house, "enterprises", FIRMS[:1])
    before = contents(house)
    with pytest.raises(StoreError, match="empty database"):
        restore(house.store, good[0])
    assert contents(house) == before


def test_a_backup_is_for_its_owners_eyes_only(sqlite_url: str, tmp_path: Path) -> None:
    """It holds the hashes of passwords, and personal data."""
    house = open_test_house(sqlite_url, tmp_path)
    target = tmp_path / "copy.zip"
    backup(house.store, target)
    assert target.stat().st_mode & 0o077 == 0
    house.store.dispose()
