"""A bulletin as a workbook: an overview with its own charts, and a sheet of firms for each number, linked both ways.

Texts are written as texts, so that no name becomes a formula and no credit code a number.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from io import BytesIO
from typing import Any

import xlsxwriter

from tiers.bulletins import charts
from tiers.bulletins.blocks import (
    Bulletin,
    Cell,
    Chart,
    Heading,
    PageBreak,
    Paragraph,
    Picture,
    Run,
    Sheet,
    Table,
)
from tiers.bulletins.rows import TextSheet
from tiers.bulletins.saying import Speech

#: Columns of the overview: the first holds names; what a table of nine columns takes.
FIRST_WIDTH, WIDTH, COLUMNS = 30, 11.5, 10
#: Rows that a chart covers, and how wide a line of text is there, in characters of Chinese.
CHART_ROWS, LINE_CHARACTERS = 17, 58
FORMATS = {"text": "@", "count": "#,##0", "ratio": "0.0%", "delta": "+#,##0;-#,##0;0"}
PATTERN = {"fg_color": "#000000", "bg_color": "#FFFFFF"}
UP, DOWN = {"pattern": "wide_upward_diagonal", **PATTERN}, {"pattern": "percent_20", **PATTERN}
EDGE: dict[str, Any] = {"color": "#222222", "width": 0.75}
TOTAL: dict[str, Any] = {"color": "#595959"}
NONE: dict[str, Any] = {"none": True}


def book(bulletin: Bulletin) -> bytes:
    """The .xlsx; equal bulletins give equal bytes."""
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_urls": False}) as made:
        _Book(bulletin, made).write()
    # The writer gives its zip entries one time and one order of its own accord.
    return out.getvalue()


class _Book:
    def __init__(self, bulletin: Bulletin, made: Any) -> None:
        self.bulletin, self.made = bulletin, made
        self.speech = Speech(bulletin.language)
        self.formats: dict[tuple[Any, ...], Any] = {}
        published = bulletin.published_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
        made.set_properties({
            "title": f"{bulletin.title} {bulletin.period}", "author": bulletin.issuer, "comments": bulletin.source, "created": published,
        })  # fmt: skip
        self.overview_name = self.speech.say("通报", "Bulletin")
        self.data_name = self.speech.say("图表数据", "Chart data")

    def format(self, **how: Any) -> Any:
        key = tuple(sorted(how.items()))
        if key not in self.formats:
            self.formats[key] = self.made.add_format(
                {"font_name": "宋体", "font_size": 10, "valign": "vcenter", **how}
            )
        return self.formats[key]

    def write(self) -> None:
        overview = self.made.add_worksheet(self.overview_name)
        sheets = [(self.made.add_worksheet(sheet.name, TextSheet), sheet) for sheet in self.bulletin.sheets]
        self.data: Any = self.made.add_worksheet(self.data_name) if self.bulletin.pictures else None
        self.data_row = 0
        self._overview(overview)
        for made, sheet in sheets:
            self._firms(made, sheet)

    # The overview --------------------------------------------------------------------------------

    def _overview(self, page: Any) -> None:
        bulletin = self.bulletin
        page.set_column(0, 0, FIRST_WIDTH)
        page.set_column(1, COLUMNS - 1, WIDTH)
        row = self._line(page, 0, bulletin.title, 30, bold=True, font_size=16, align="center")
        row = self._line(page, row, bulletin.period, 18, align="center")
        if bulletin.mark:
            row = self._line(page, row, bulletin.mark, 18, bold=True, align="center", border=1)
        page.freeze_panes(row, 0)
        for block in bulletin.blocks:
            match block:
                case Heading():
                    row = self._line(page, row + 1, block.text, 22, bold=True, font_size=12)
                case Paragraph() if block.text:
                    row = self._text(page, row, block)
                case Table():
                    row = self._table(page, row, block)
                case Picture():
                    page.insert_chart(
                        row, 0, self._chart(block), {"description": block.alt, "object_position": 1}
                    )
                    row += CHART_ROWS
                case PageBreak():
                    row += 1
        row = self._line(
            page, row + 1, self.speech.say("附表", "Lists of firms"), 22, bold=True, font_size=12
        )
        for sheet in bulletin.sheets:
            self._link(page, row, 0, sheet, f"{sheet.name.partition(' ')[0]} {sheet.title}")
            page.write_number(row, 1, len(sheet.rows), self.format(num_format=FORMATS["count"]))
            row += 1
        self._print(page, landscape=False)
        page.activate()

    def _line(self, page: Any, row: int, text: str, height: float, **how: Any) -> int:
        page.set_row(row, height)
        page.merge_range(row, 0, row, COLUMNS - 1, "", self.format(**how))
        page.write_string(row, 0, text, self.format(**how))
        return row + 1

    def _text(self, page: Any, row: int, block: Paragraph) -> int:
        wide = sum(2 if ord(c) > 0x2E7F else 1 for c in block.text) / 2
        height = 16 * (int(wide / LINE_CHARACTERS) + 1) + 2
        side = "right" if block.style in ("signer", "day") else "left"
        seen = [run.sheet for run in block.runs if run.sheet]
        sheet = next((self.bulletin.listed[id] for id in seen if id in self.bulletin.listed), None)
        how = {"text_wrap": True, "align": side} | ({"indent": 1} if block.style == "body" else {})
        self._line(page, row, block.text, height, **how)
        if sheet is not None:
            self._link(page, row, COLUMNS, sheet, f"→ {sheet.name.partition(' ')[0]}")
        return row + 1

    def _table(self, page: Any, row: int, table: Table) -> int:
        row = self._line(page, row, table.caption, 20, bold=True)
        columns = table.columns
        # The first column of the page is wide: a narrow one goes after the names.
        order = list(range(len(columns)))
        if len(order) > 1 and columns[0].width < columns[1].width:
            order[:2] = [1, 0]
        head = self.format(bold=True, bottom=1, top=1, text_wrap=True, align="center", bg_color="#EEEEEE")
        for at, place in enumerate(order):
            page.write_string(row, at, columns[place].label, head)
        for cells in table.rows:
            row += 1
            for at, place in enumerate(order):
                self._cell(page, row, at, cells[place], columns[place].number)
        row += 1
        return self._text(page, row, Paragraph((Run(table.note),), "note")) if table.note else row + 1

    def _cell(self, page: Any, row: int, at: int, cell: Cell, number: bool) -> None:
        sheet = self.bulletin.listed.get(cell.sheet or "")
        how: dict[str, Any] = {"bottom": 4, "num_format": FORMATS[cell.kind]}
        if number and cell.value is None:
            how["align"] = "right"
        if sheet is not None:
            how |= {"font_color": "#0B4F9E", "underline": 1}
            page.write_url(row, at, _address(sheet.name), self.format(**how), cell.text, sheet.title[:250])
        if cell.value is not None:
            page.write_number(row, at, cell.value, self.format(**how))
        elif sheet is None:
            page.write_string(row, at, cell.text, self.format(**how, text_wrap=at == 0))

    def _link(self, page: Any, row: int, at: int, sheet: Sheet, text: str) -> None:
        page.write_url(
            row,
            at,
            _address(sheet.name),
            self.format(font_color="#0B4F9E", underline=1),
            text,
            sheet.title[:250],
        )

    # Charts --------------------------------------------------------------------------------------

    def _chart(self, picture: Picture) -> Any:
        chart = picture.chart
        if chart.kind == "fan":
            return self._fan(chart)
        columns = _series(chart, self.speech)
        first = self.data_row + 1
        self.data.write_string(self.data_row, 0, chart.title, self.format(bold=True))
        for at, name in enumerate(columns, start=1):
            self.data.write_string(self.data_row, at, name, self.format(bold=True))
        for at, label in enumerate(chart.labels):
            self.data.write_string(first + at, 0, label, self.format())
            for place, values in enumerate(columns.values(), start=1):
                self.data.write_number(first + at, place, values[at], self.format())
        last = first + len(chart.labels) - 1
        self.data_row = last + 2
        self.data.set_column(0, 0, FIRST_WIDTH)
        kind = {"rates": "bar", "bars": "bar"}.get(chart.kind, "column")
        made = self.made.add_chart(
            {"type": kind, "subtype": "stacked"} if chart.kind == "steps" else {"type": kind}
        )
        fills = (NONE, UP, DOWN, TOTAL) if chart.kind == "steps" else (UP,)
        for place, (name, fill) in enumerate(zip(columns, fills, strict=True), start=1):
            made.add_series({
                "name": name, "categories": [self.data_name, first, 0, last, 0],
                "values": [self.data_name, first, place, last, place], "gap": 45,
                "pattern" if "pattern" in fill else "fill": fill, "border": NONE if fill is NONE else EDGE,
                **({} if fill is NONE else {"data_labels": {"value": True, "num_format": "#,##0.##;-#,##0.##;;"}}),
            })  # fmt: skip
        made.set_title({"name": chart.title, "name_font": {"size": 11}})
        made.set_legend({"none": True} if chart.kind != "steps" else {"position": "bottom", "delete_series": [0]})  # fmt: skip
        font = {"size": 9}
        names: dict[str, Any] = {"num_font": font}
        scale: dict[str, Any] = {
            "num_font": font, "major_gridlines": {"visible": True, "line": {"color": "#BBBBBB", "width": 0.5}}, "min": 0,
        }  # fmt: skip
        if kind == "bar":  # lying bars: the names stand at the y axis, the first on top
            made.set_y_axis(names | {"reverse": True, "major_gridlines": {"visible": False}})
            made.set_x_axis(scale | ({"major_unit": 50} if chart.kind == "rates" else {}))
        else:
            made.set_x_axis(names)
            made.set_y_axis(scale | {"min": int(charts.waterfall(chart)[1]) if chart.kind == "steps" else 0})
        made.set_size({"width": 860, "height": 20 * CHART_ROWS - 10})
        return made

    def _fan(self, chart: Chart) -> Any:
        """Lines for what was, the median, both ends of both intervals, and the goal."""
        so_far, median, half, nine, goal = chart.words
        columns: dict[str, list[float | None]] = {}
        blank: list[float | None] = [None] * (len(chart.values) - 1)
        columns[so_far] = [*chart.values, *(None for _ray in chart.rays)]
        for name, place in (
            (median, 2),
            (f"{half} ↓", 1),
            (f"{half} ↑", 3),
            (f"{nine} ↓", 0),
            (f"{nine} ↑", 4),
        ):
            columns[name] = [*blank, chart.values[-1], *(ray[place] for ray in chart.rays)]
        if chart.goal is not None:
            columns[goal] = [chart.goal] * len(chart.labels)
        first = self.data_row + 1
        last = first + len(chart.labels) - 1
        self.data.write_string(self.data_row, 0, chart.title, self.format(bold=True))
        for at, name in enumerate(columns, start=1):
            self.data.write_string(self.data_row, at, name, self.format(bold=True))
        for at, label in enumerate(chart.labels):
            self.data.write_string(first + at, 0, label, self.format())
            for place, values in enumerate(columns.values(), start=1):
                if (value := values[at]) is not None:
                    self.data.write_number(first + at, place, value, self.format())
        self.data_row = last + 2
        self.data.set_column(0, 0, FIRST_WIDTH)
        made = self.made.add_chart({"type": "line"})
        dashes = ("solid", "dash", "solid", "solid", "round_dot", "round_dot", "long_dash")
        for place, (name, dash) in enumerate(zip(columns, dashes, strict=False), start=1):
            thick = 2.0 if place <= 2 else 1.0
            made.add_series({
                "name": name, "categories": [self.data_name, first, 0, last, 0],
                "values": [self.data_name, first, place, last, place],
                "line": {"color": "#222222" if place <= 2 else "#777777", "width": thick, "dash_type": dash},
            })  # fmt: skip
        made.set_title({"name": chart.title, "name_font": {"size": 11}})
        made.set_legend({"position": "bottom"})
        lowest = min(chart.goal or chart.values[0], *chart.values, *(ray[0] for ray in chart.rays))
        made.set_x_axis({"num_font": {"size": 9}, "interval_unit": 6})
        made.set_y_axis(
            {
                "num_font": {"size": 9},
                "min": int(lowest * 0.9),
                "major_gridlines": {"visible": True, "line": {"color": "#BBBBBB", "width": 0.5}},
            }
        )
        made.set_size({"width": 860, "height": 20 * CHART_ROWS - 10})
        return made

    # Lists of firms ------------------------------------------------------------------------------

    def _firms(self, page: Any, sheet: Sheet) -> None:
        text = self.format(num_format="@", font_size=9)
        for at, column in enumerate(sheet.columns):
            page.set_column(at, at, max(8, column.width * 9))
        title = (
            f"{sheet.title}{self.speech.say('（', ' (')}{len(sheet.rows)}{self.speech.say('行）', ' rows)')}"
        )
        page.write_url(0, 0, _address(self.overview_name), self.format(font_color="#0B4F9E", underline=1),
                       self.speech.say("← 返回通报", "← back to the bulletin"))  # fmt: skip
        page.write_string(0, 1, title, self.format(bold=True, font_size=12))
        page.write_string(
            1,
            1,
            " · ".join(filter(None, (self.bulletin.mark, self.bulletin.source))),
            self.format(font_size=8),
        )
        head = self.format(bold=True, bottom=1, top=1, bg_color="#EEEEEE")
        for at, column in enumerate(sheet.columns):
            page.write_string(2, at, column.label, head)
        page.write_texts(3, sheet.rows, text)
        page.autofilter(2, 0, 2 + len(sheet.rows), len(sheet.columns) - 1)
        page.freeze_panes(3, 2)
        page.repeat_rows(2)
        self._print(page, landscape=True)

    def _print(self, page: Any, *, landscape: bool) -> None:
        page.set_paper(9)
        if landscape:
            page.set_landscape()
        page.fit_to_pages(1, 0)
        page.set_margins(left=0.5, right=0.5, top=0.8, bottom=0.8)
        if self.bulletin.mark:
            page.set_header(f"&C{self.bulletin.mark}")
        page.set_footer(f"&L{self.bulletin.title.replace('&', '&&')}&R&P / &N")


def _address(sheet: str) -> str:
    return f"internal:'{sheet}'!A1"


def _series(chart: Chart, speech: Speech) -> Mapping[str, list[float]]:
    """Name of a series → its values: of a waterfall the invisible base, what rose, what fell, the totals."""
    if chart.kind != "steps":
        return {chart.unit or chart.title: list(chart.values)}
    levels, _, _ = charts.waterfall(chart)
    changes = list(enumerate(chart.values))
    return {
        speech.say("（底）", "(base)"): [0 if at in chart.totals else min(levels[at]) for at, _ in changes],
        speech.say("增加", "up"): [max(value, 0) if at not in chart.totals else 0 for at, value in changes],
        speech.say("减少", "down"): [
            max(-value, 0) if at not in chart.totals else 0 for at, value in changes
        ],
        speech.say("总数", "total"): [value if at in chart.totals else 0 for at, value in changes],
    }
