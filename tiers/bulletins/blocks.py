"""What a bulletin is made of, whatever file it becomes: headings, paragraphs, tables, pictures, and lists of firms. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal


@dataclass(frozen=True)
class Run:
    """A piece of a paragraph; ``sheet`` names the list of the firms behind the number in it."""

    text: str
    sheet: str | None = None


@dataclass(frozen=True)
class Heading:
    """``level`` 1 is 一、, 2 is （一）, 0 a title of its own; the number stands in the text, so it is the same in every file."""

    level: int
    text: str


#: What a paragraph is: text, the addressee, a remark, the signer, the day of signing.
Style = Literal["body", "to", "note", "signer", "day"]


@dataclass(frozen=True)
class Paragraph:
    runs: tuple[Run, ...]
    style: Style = "body"

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True)
class Column:
    """``width`` is its share of the table's; numbers are set to the right, short words in the ``middle``."""

    label: str
    width: float = 1.0
    number: bool = False
    middle: bool = False


@dataclass(frozen=True)
class Cell:
    """``text`` as it is read; ``value`` and ``kind`` as a workbook keeps it; ``sheet``: where its firms stand."""

    text: str
    value: int | float | None = None
    kind: Literal["text", "count", "ratio", "delta"] = "text"
    sheet: str | None = None


@dataclass(frozen=True)
class Table:
    """``id`` is the name of its placeholder in templates."""

    id: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""


@dataclass(frozen=True)
class Chart:
    """The data of a picture. ``kind``: ``rates`` (values are percent, a line at 100), ``steps`` (a total, changes, a total),
    ``bars`` (lying), ``months`` (standing), ``fan``. ``totals``: places of ``values`` that are totals and not changes.

    Of a fan ``labels`` are the days (ISO) of ``values``, then those of ``rays`` (5, 25, 50, 75, 95 % of what may come);
    ``goal`` is a line where there is one, ``words`` say past, median, half, nine of ten, goal."""

    id: str
    kind: Literal["rates", "steps", "bars", "months", "fan"]
    title: str
    labels: tuple[str, ...]
    values: tuple[float, ...]
    unit: str
    totals: tuple[int, ...] = ()
    rays: tuple[tuple[float, ...], ...] = ()
    goal: float | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Picture:
    """``alt`` says in words what is to be seen."""

    chart: Chart
    caption: str
    alt: str


@dataclass(frozen=True)
class PageBreak:
    pass


Block = Heading | Paragraph | Table | Picture | PageBreak


@dataclass(frozen=True)
class Sheet:
    """The firms behind numbers. ``title`` is its printed name, ``name`` that of the workbook's sheet; the first two columns
    are credit code and name, ``unit`` the place of the column with the management unit."""

    id: str
    title: str
    name: str
    columns: tuple[Column, ...]
    rows: Sequence[tuple[str, ...]]
    unit: int = 2


@dataclass(frozen=True)
class Bulletin:
    """``stem``: the file's name without its ending. ``mark``: what stands on every page of invented data. ``values``: what
    templates may show besides, by placeholder."""

    report: str
    language: str
    stem: str
    title: str
    period: str
    issuer: str
    mark: str
    source: str
    as_of: date
    published_at: datetime
    published_on: date
    snapshot: int
    blocks: tuple[Block, ...]
    sheets: tuple[Sheet, ...]
    values: Mapping[str, Any]

    @property
    def tables(self) -> Mapping[str, Table]:
        return {block.id: block for block in self.blocks if isinstance(block, Table)}

    @property
    def pictures(self) -> Mapping[str, Picture]:
        return {block.chart.id: block for block in self.blocks if isinstance(block, Picture)}

    @property
    def listed(self) -> Mapping[str, Sheet]:
        return {sheet.id: sheet for sheet in self.sheets}
