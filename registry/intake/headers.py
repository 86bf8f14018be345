"""Which row is the header, and which column is which field, in which unit. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from registry.intake.cells import PERCENT, UNITS, scale
from registry.kind import Field, Kind
from registry.said import SaidError

_BRACKETED = re.compile(r"\(([^()]+)\)$")
SEARCHED_ROWS = 40
_YEAR = re.compile(r"^(20\d\d|19\d\d)(?:年度|年)?(?=\D)")
_UNIT = re.compile(r"[(\[:/](?:单位[:]?)?([^()\[\]:/]{1,8}?)[)\]]?$")


class HeaderError(SaidError):
    """The columns cannot be settled; the message says which and how to settle them. Exit code 2."""


@dataclass(frozen=True)
class Column:
    """One column of a sheet. ``field`` None: it maps to no field and is named, not stored."""

    index: int
    header: str
    field: Field | None
    unit: str | None = None
    year: int | None = None


@dataclass(frozen=True)
class Header:
    """``first_row`` is the index of the first data row; ``titled``: the row above it is the header."""

    columns: tuple[Column, ...]
    first_row: int
    titled: bool = True


def fold(text: Any) -> str:
    """A header as compared: full-width, blanks, line breaks, required marks and case folded away."""
    plain = unicodedata.normalize("NFKC", str(text))
    return "".join(c for c in plain if not c.isspace() and c not in "*＊#\u200b\ufeff").casefold()


def known_headers(kind: Kind) -> dict[str, Field]:
    """Every folded way to write a column of this kind; ids first, then terms, then what people type."""
    known: dict[str, Field] = {}
    for forms in (lambda f: (f.id,), lambda f: (f.zh, f.en), lambda f: f.headers):
        for field in kind.fields:
            for form in forms(field):
                known.setdefault(fold(form), field)
    return known


def split_unit(header: str) -> tuple[str, str | None]:
    """A folded header without its unit, and the unit: ``营业收入(万元)`` → 营业收入, 万元."""
    match = _UNIT.search(header)
    if match:
        unit = match[1].removeprefix("单位")
        if unit in PERCENT:
            return header[: match.start()], "%"
        if scale(unit) is not None and unit:
            return header[: match.start()], unit
        if unit in ("人", "名", "个", "项", "件", "年", "家"):
            return header[: match.start()], None
    return header, None


def _bare_unit(base: str, known: Mapping[str, Field]) -> tuple[str, str | None]:
    """A unit behind the words without any mark, as where a line break was: ``营业收入万元``."""
    for unit in sorted(UNITS, key=len, reverse=True):
        if base.endswith(unit) and _YEAR.sub("", base[: -len(unit)]) in known:
            return base[: -len(unit)], unit
    return base, None


def guess(header: Any, known: Mapping[str, Field]) -> tuple[Field | None, str | None, int | None]:
    """Field, unit and year that a header says, each None where it does not."""
    folded = fold(header)
    if not folded:
        return None, None, None
    if folded in known:
        base, unit = split_unit(folded)
        return known[folded], unit, None
    base, unit = split_unit(folded)
    if unit is None:
        base, unit = _bare_unit(base, known)
    year = _YEAR.match(base)
    for form in (base, base[year.end() :] if year else base, re.sub(r"\(.*?\)", "", base)):
        if form in known:
            if known[form].type == "amount" and unit is None and (said := _BRACKETED.search(base)):
                unit = said[1]  # kilowatts, items: it depends on the row what is a unit of it
            return known[form], unit, int(year[1]) if year and form != base else None
    return None, None, None


def find_header(kind: Kind, rows: Sequence[Sequence[Any]], mapping: Mapping[str, str],
                units: Mapping[str, str]) -> Header | None:  # fmt: skip
    """The header among the first rows (titles above it, a second header line below it), or None.

    ``mapping``: header → field id ("" ignores the column). Raises HeaderError when two columns claim one field, or
    when a mapped header does not stand there.
    """
    known = known_headers(kind)
    bound = {fold(header): field for header, field in mapping.items()}
    best, best_hits = None, 0
    for index, row in enumerate(rows[:SEARCHED_ROWS]):
        hits = sum(
            1 for cell in row if isinstance(cell, str) and (fold(cell) in bound or guess(cell, known)[0])
        )
        if hits > best_hits:
            best, best_hits = index, hits
    if best is None:
        return None
    titles: list[Any] = list(rows[best])
    first_row = best + 1
    if _second_line(rows, best, known, bound):
        below = rows[best + 1]
        for at, cell in enumerate(below):
            if at < len(titles) and str(cell or "").strip() and not guess(titles[at], known)[0]:
                titles[at] = cell
        first_row += 1
    if missing := set(bound) - {fold(title) for title in titles}:
        wanted = next(header for header in mapping if fold(header) in missing)
        raise HeaderError(
            f"no column is headed {wanted!r}; the columns are {', '.join(_shown(titles))}",
            f"没有表头为“{wanted}”的列；现有 {'、'.join(_shown(titles))}",
            f"--map {wanted}={mapping[wanted]}",
        )
    return Header(settle(kind, titles, known, bound, units), first_row)


def _second_line(
    rows: Sequence[Sequence[Any]], best: int, known: Mapping[str, Field],
                 bound: Mapping[str, str]) -> bool:  # fmt: skip
    """Whether the row below continues the header: it names fields in columns that the header leaves open."""
    if best + 1 >= len(rows):
        return False
    row, below = rows[best], rows[best + 1]
    fresh = 0
    for at, cell in enumerate(below):
        text = str(cell or "").strip()
        if not text:
            continue
        above = row[at] if at < len(row) else ""
        if guess(text, known)[0] is None and fold(text) not in bound:
            return False
        fresh += guess(above, known)[0] is None and fold(above or "") not in bound
    return fresh > 0


def settle(kind: Kind, titles: Sequence[Any], known: Mapping[str, Field], bound: Mapping[str, str],
           units: Mapping[str, str]) -> tuple[Column, ...]:  # fmt: skip
    """The columns under their titles; ``bound`` holds folded titles. Raises HeaderError."""
    columns: list[Column] = []
    mapped = {field for field in bound.values() if field}
    for at, title in enumerate(titles):
        shown = " ".join(str(title or "").split())
        if not shown:
            continue
        field, unit, year = guess(title, known)
        if fold(title) in bound:
            wanted = bound[fold(title)]
            if wanted and wanted not in kind.by_id:
                raise HeaderError(
                    f"{kind.en}: there is no field {wanted!r}",
                    f"“{kind.zh}”没有字段 {wanted}",
                    f"--map {shown}={wanted}; see: cli.py fields {kind.id}",
                )
            field = kind.by_id[wanted] if wanted else None
            unit = unit or split_unit(fold(title))[1]
        elif field is not None and field.id in mapped:
            field = None
        if field is not None:
            unit = unit or units.get(field.id)
        columns.append(Column(at, shown, field, unit if field else None, year if field else None))
    claimed: dict[str, str] = {}
    for column in columns:
        if column.field is None:
            continue
        if column.field.id in claimed:
            raise HeaderError(
                f"two columns give {column.field.id} ({column.field.zh}): {claimed[column.field.id]!r} and {column.header!r}; "
                "choose one and ignore the other",
                f"“{claimed[column.field.id]}”和“{column.header}”两列都像是{column.field.zh}；请指定用哪一列，另一列忽略",
                f"--map {column.header}= ignores it, --map {column.header}=FIELD makes it another",
            )
        claimed[column.field.id] = column.header
    return tuple(columns)


def _shown(titles: Sequence[Any]) -> list[str]:
    return [" ".join(str(title).split()) for title in titles if str(title or "").strip()]
