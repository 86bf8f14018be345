"""From a sheet to rows of plain values, column by column: each distinct cell is read once. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import repeat, zip_longest
from typing import Any

from registry.intake.asides import aside
from registry.intake.cells import PERCENT, Cell, as_they_stand, bare_year, plain, reader, scale, split_number
from registry.intake.headers import Column, Header, HeaderError, find_header
from registry.intake.headless import with_names, without_header
from registry.intake.sheets import Grid, as_typed, is_empty
from registry.kind import Field, Kind, Note, Row

Progress = Callable[[str, int, int], None]
#: Problems of cells that are remarks on a good value rather than reasons to drop it.
_SILENT: Any = object()
REMARKS = {"case_folded", "currency_kept"}


@dataclass(frozen=True)
class Reading:
    """How a file is to be read: ``mapping`` header → field, ``sets`` field → value, ``units`` field → unit.

    ``asides`` False: every filled row is one of data, as where a single row is decided.
    """

    mapping: Mapping[str, str] = field(default_factory=dict)
    sets: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    sheet: str | None = None
    asides: bool = True


@dataclass
class Parsed:
    """Rows as read. ``columns``: header → ``{"field", "unit"}`` or None, as the import's answer shows it.

    ``asides``: sheet row and note of each total and footnote; they are no rows and get no fate.
    """

    sheet: str
    rows: list[Row]
    header: Header
    grid: Grid
    asides: list[tuple[int, Note]] = field(default_factory=list)

    @property
    def columns(self) -> dict[str, dict[str, str | None] | None]:
        return {
            c.header: {"field": c.field.id, "unit": c.unit} if c.field else None for c in self.header.columns
        }  # fmt: skip

    def cells_of(self, row: Row) -> dict[str, Any]:
        """What was typed in the mapped columns of a row, by header."""
        typed = self.grid.rows[row.number - 1]
        return {
            c.header: as_typed(typed[c.index])
            for c in self.header.columns
            if c.field and c.index < len(typed) and not is_empty(typed[c.index])
        }


def parse(kind: Kind, grids: Sequence[Grid], reading: Reading, progress: Progress | None = None) -> Parsed:
    """Read the first sheet that has a header. Raises HeaderError when none has, or a key column is missing."""
    header = None
    tried = []
    for grid in grids:
        tried.append(grid.name)
        header = find_header(kind, grid.rows, reading.mapping, reading.units)
        if header is not None:
            break
    else:
        for grid in grids:
            header = without_header(kind, grid.rows, reading.mapping, reading.units)
            if header is not None:
                break
    if header is None:
        headers = ", ".join(f"{f.zh} ({f.id})" for f in kind.fields[:6])
        raise HeaderError(
            f"no header row found on sheet {', '.join(tried) or '-'}: none of the first rows names a column of {kind.id} "
            f"such as {headers}; say which column is which",
            f"没有找到表头：前几行里没有“{kind.zh}”的列名，如{'、'.join(f.zh for f in kind.fields[:6])}；请指定各列是什么",
            "--map HEADER=FIELD",
        )
    _check_units(kind, reading.units)
    header = with_names(kind, header, grid.rows, reading.mapping)
    defaults = read_sets(kind, reading.sets)
    _require(kind, header, defaults)
    return _read_rows(kind, grid, header, defaults, progress, reading.asides)


def _check_units(kind: Kind, units: Mapping[str, str]) -> None:
    for name, unit in units.items():
        if name not in kind.by_id or kind.by_id[name].type not in ("money", "capital", "ratio", "amount"):
            raise HeaderError(
                f"{kind.en}: there is no money or share column {name!r}",
                f"“{kind.zh}”没有金额或比例字段 {name}",
                f"--unit {name}={unit}",
            )
        if kind.by_id[name].type == "amount":
            continue  # what is a unit depends on what the row is about
        known = (
            unit in PERCENT or unit == "ratio"
            if kind.by_id[name].type == "ratio"
            else scale(unit) is not None
        )
        if not known:
            raise HeaderError(
                f"{unit!r} is not a unit; use 元, 万元, 亿元 or %",
                f"“{unit}”不是单位；请用元、万元、亿元或 %",
                f"--unit {name}={unit}",
            )


def read_sets(kind: Kind, sets: Mapping[str, str]) -> dict[str, Any]:
    """The values of ``--set``, read like cells. Raises HeaderError for an unknown field or an unreadable value."""
    values: dict[str, Any] = {}
    for name, text in sets.items():
        if name == "meaning":
            if text not in ("change", "correction"):
                raise HeaderError(
                    "a different value means a change or a correction",
                    "不同的值只能算作变更（change）或更正（correction）",
                    f"--set meaning={text}; use change or correction",
                )
            values[name] = text
            continue
        if name not in kind.by_id:
            raise HeaderError(
                f"{kind.en}: there is no field {name!r}",
                f"“{kind.zh}”没有字段 {name}",
                f"--set {name}={text}; see: cli.py fields {kind.id}",
            )
        cell = reader(kind.by_id[name], None)(text)
        if cell.problem and cell.problem not in REMARKS:
            raise HeaderError(
                f"{text!r} cannot be read as {kind.by_id[name].en}",
                f"“{text}”不能作为{kind.by_id[name].zh}",
                f"--set {name}={text}; {cell.problem}",
            )
        if cell.given:
            # The city of the whole list comes last, after what a row's own place tells (README, City).
            values["city_of_list" if name == "city" else name] = cell.value
    return values


def _require(kind: Kind, header: Header, defaults: Mapping[str, Any]) -> None:
    present = {c.field.id for c in header.columns if c.field} | set(defaults)
    if any(c.year for c in header.columns):
        present.add("year")
    keys = [kind.subject] + (["name"] if kind.by_name else [])
    if not present & set(keys):
        wanted = " or ".join(f"{kind.by_id[k].zh} ({k})" for k in keys)
        needed = "或".join(kind.by_id[k].zh for k in keys)
    else:
        missing = [k for k in kind.required if k not in present]
        if not missing:
            return
        wanted = ", ".join(f"{kind.by_id[k].zh} ({k})" for k in missing)
        needed = "、".join(kind.by_id[k].zh for k in missing)
    found = ", ".join(c.header for c in header.columns)
    raise HeaderError(
        f"no column gives {wanted}; the columns are {found}. Say which does, or give one value for all rows",
        f"没有一列给出{needed}；现有 {found.replace(', ', '、')}。请指定是哪一列，或为整份名单填一个值",
        "--map HEADER=FIELD, --set FIELD=VALUE",
    )


def _data_rows(grid: Grid, header: Header, leave_out: bool) -> tuple[list[int], list[tuple[int, Note]]]:
    """Sheet row numbers of the data: blank rows and repeated headers (a list printed page by page) are none, nor are
    totals and footnotes, which are given beside."""
    titles = [str(v or "").strip() for v in grid.rows[header.first_row - 1]] if header.titled else []
    first = next((at for at, title in enumerate(titles) if title), 0)
    numbers, asides = [], []
    for index in range(header.first_row, len(grid.rows)):
        row = grid.rows[index]
        if not row or (is_empty(row[0]) and all(map(is_empty, row))):
            continue
        repeats = header.titled and len(row) > first and str(row[first]).strip() == titles[first]
        if repeats and [str(v or "").strip() for v in row[: len(titles)]] == titles:
            continue
        if leave_out and (text := aside(row)):
            asides.append((index + 1, Note("not_a_row", None, text, "note")))
        else:
            numbers.append(index + 1)
    return numbers, asides


def _read_rows(
    kind: Kind,
    grid: Grid,
    header: Header,
    defaults: Mapping[str, Any],
    progress: Progress | None,
    leave_out: bool,
) -> Parsed:
    numbers, asides = _data_rows(grid, header, leave_out)
    by_column = list(zip_longest(*(grid.rows[number - 1] for number in numbers)))
    years = {c.year for c in header.columns if c.year}
    if len(years) > 1:
        raise HeaderError(
            f"the columns speak of several years ({', '.join(map(str, sorted(years)))}); import one year at a time",
            f"各列分属几个年度（{'、'.join(map(str, sorted(years)))}）；请一次导入一个年度",
        )
    settled: list[Column] = []
    read: list[tuple[Field, Sequence[Any], dict[int, Cell], Sequence[Any]]] = []
    for done, column in enumerate(header.columns):
        field_ = column.field
        if field_ is not None and column.index < len(by_column):
            raw = by_column[column.index]
            if field_.type == "ratio":
                column = replace(
                    column,
                    unit={"%": "percent", "percent": "percent", "ratio": "ratio"}.get(column.unit or "")
                    or _share_unit(raw),
                )
            read.append((field_, *_read_column(field_, column.unit, raw), raw))
        settled.append(column)
        if progress:
            progress("read", done + 1, len(header.columns))
    base = dict(defaults)
    if years and "year" in kind.by_id:
        base.setdefault("year", years.pop())
    rows = _rows(numbers, {field_.id: values for field_, values, *_rest in read}, base)
    for field_, _values, troubled, typed in read:
        if field_.whole_year:
            _end_with_year(field_, rows, typed)
        for at, cell in troubled.items():
            _take_problem(field_, rows[at], cell, typed[at])
    return Parsed(grid.name, rows, replace(header, columns=tuple(settled)), grid, asides)


def _end_with_year(field_: Field, rows: Sequence[Row], typed: Sequence[Any]) -> None:
    """A disclosure for 2019 holds for that year and no longer."""
    for row, cell in zip(rows, typed, strict=True):
        if row.values.get(field_.whole_year) is None and (year := bare_year(cell)):
            row.values[field_.whole_year] = f"{year}-12-31"


def _rows(numbers: Sequence[int], said: Mapping[str, Sequence[Any]], base: Mapping[str, Any]) -> list[Row]:
    """Rows from columns: those without a gap in one go, the others cell by cell, then what holds for the whole list."""
    full = {id: values for id, values in said.items() if _SILENT not in values}
    cells = zip(*full.values(), strict=True) if full else repeat((), len(numbers))
    rows = [
        Row(number, dict(zip(full, values, strict=True)))
        for number, values in zip(numbers, cells, strict=True)
    ]
    for id in (id for id in said if id not in full):
        for row, value in zip(rows, said[id], strict=True):
            if value is not _SILENT:
                row.values[id] = value
    for id, value in base.items():
        for row in rows:
            row.values.setdefault(id, value)
    return rows


def _read_column(
    field_: Field, unit: str | None, raw: Sequence[Any]
) -> tuple[Sequence[Any], dict[int, Cell]]:
    """The column's values, ``_SILENT`` where a cell gives none, and the cells with a problem by their place."""
    types = set(map(type, raw))
    clean = as_they_stand(field_, raw) if types == {str} else ()
    if len(clean) == len(raw):
        return raw, {}
    # 1, 1.0 and True are one key but not one cell, so a column of several types is told apart by type too.
    several = len(types) > 1
    keys: Sequence[Any] = list(zip(map(type, raw), raw, strict=True)) if several else raw
    values = _Once(reader(field_, unit), clean, several)
    said = list(map(values.__getitem__, keys))
    problems = values.problems
    return said, {at: problems[key] for at, key in enumerate(keys) if key in problems} if problems else {}


class _Once(dict[Any, Any]):
    """Cell → value. Each distinct cell is read once, when it is first met: real columns repeat themselves."""

    def __init__(self, read: Callable[[Any], Cell], clean: Collection[str], typed: bool) -> None:
        super().__init__(zip(clean, clean, strict=True))
        self.read, self.typed = read, typed
        self.problems: dict[Any, Cell] = {}

    def __missing__(self, key: Any) -> Any:
        cell = self.read(key[1] if self.typed else key)
        if cell.problem:
            self.problems[key] = cell
        self[key] = value = cell.value if cell.given and cell.problem is None else _SILENT
        return value


def _take_problem(field_: Field, row: Row, cell: Cell, typed: Any) -> None:
    assert cell.problem
    if cell.problem in REMARKS:
        row.values[field_.id] = cell.value
        row.note(cell.problem, field_.id, as_typed(typed), detail=cell.detail)
        return
    fate = "refused" if field_.vital or field_.id == "uscc" or cell.problem == "negative" else "note"
    row.notes.append(Note(cell.problem, field_.id, str(as_typed(typed)), fate, cell.detail))  # type: ignore[arg-type]


def _share_unit(raw: Sequence[Any]) -> str:
    """Percent if any value without its own sign exceeds 1, else ratio."""
    for value in raw:
        if is_empty(value):
            continue
        parted = split_number(plain(value) if isinstance(value, str) else value)
        if parted and not parted[1] and parted[0] > Decimal(1):
            return "percent"
    return "ratio"
