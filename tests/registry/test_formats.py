"""Numbers and days as people read them; the geometry of the small pictures; addresses of turned pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from flask import Flask
from markupsafe import Markup

from registry.shell import charts, formats, tables
from tests.registry.shell_app import make_app


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    return make_app(tmp_path)


@pytest.fixture
def page(app: Flask) -> Iterator[None]:
    with app.test_request_context("/register/91?q=a&sort=name&page=4&lang=zh"):
        yield


def plain(html: Markup) -> str:
    return html.striptags()


@pytest.mark.parametrize(
    "yuan, zh, en",
    [
        (0, "0 元", "0 yuan"),
        (9_800, "9,800 元", "9,800 yuan"),
        (9_999, "9,999 元", "9,999 yuan"),
        (10_000, "1 万", "10,000 yuan"),
        (52_104_000, "5,210.40 万", "52.10 m"),
        (99_999_999, "1 亿", "100 m"),
        (386_200_000, "3.86 亿", "386.20 m"),
        (-1_234_567_890, "−12.35 亿", "−1.23 bn"),
        (10**12, "10,000 亿", "1,000 bn"),
    ],
)
def test_money_in_steps(app: Flask, yuan: int, zh: str, en: str) -> None:
    for language, wanted in (("zh", zh), ("en", en)):
        with app.test_request_context(f"/?lang={language}"):
            shown = formats.money(yuan)
        assert plain(shown) == wanted
        assert f'value="{yuan}"' in shown


@pytest.mark.usefixtures("page")
class TestInChinese:
    def test_exact_money_on_hover(self) -> None:
        assert 'title="1,234,567,890 元"' in formats.money(1_234_567_890)

    @pytest.mark.parametrize(
        "show",
        [formats.count, formats.delta, formats.money, formats.percent, formats.day, formats.instant],
    )
    def test_unknown_is_a_word_and_never_zero(self, show: Callable[[None], Markup]) -> None:
        assert show(None) == '<span class="unknown">未知</span>'

    def test_counts_and_changes(self) -> None:
        assert plain(formats.count(1_234_567)) == "1,234,567"
        assert plain(formats.count(0)) == "0"
        assert [plain(formats.delta(value)) for value in (12, 0, -3_000)] == ["+12", "±0", "−3,000"]

    @pytest.mark.parametrize(
        "ratio, shown",
        [
            ("0.8731", "87.3%"),
            (Decimal("0.00049"), "0.0%"),
            (Fraction(1, 3), "33.3%"),
            ("-0.17", "−17.0%"),
            (1, "100.0%"),
            ("-0.0001", "0.0%"),
        ],
    )
    def test_percent(self, ratio: formats.Number, shown: str) -> None:
        assert plain(formats.percent(ratio)) == shown

    def test_days_and_instants(self) -> None:
        assert formats.day(date(2026, 6, 30)) == '<time datetime="2026-06-30">2026-06-30</time>'
        utc = datetime(2026, 6, 30, 16, 5, 9, tzinfo=UTC)
        shown = formats.instant(utc)
        assert plain(shown) == "2026-07-01 00:05"
        assert 'datetime="2026-06-30T16:05:09Z"' in shown
        assert formats.instant(utc.astimezone(timezone(timedelta(hours=-5)))) == shown

    def test_addresses_change_one_thing(self) -> None:
        assert tables.with_arguments(page=5) == "/register/91?q=a&sort=name&page=5"
        assert tables.with_arguments(q=None) == "/register/91?sort=name"
        assert tables.sorted_by("name", "name") == "/register/91?q=a&sort=-name"
        assert tables.sorted_by("name", "-name") == "/register/91?q=a&sort=name"


def test_typed_text_never_becomes_markup(app: Flask) -> None:
    with app.test_request_context("/"):
        assert "<script>" not in formats.unknown("<script>")
        assert "<script>" not in formats.day("<script>")


def test_numbered_pages() -> None:
    assert tables.numbered(1, 50, 120) == tables.Paging(1, 50, 120, None, {"page": 2})
    assert tables.numbered(3, 50, 120) == tables.Paging(101, 120, 120, {"page": 2}, None)
    assert tables.numbered(1, 50, 0) == tables.Paging(0, 0, 0, None, None)


@pytest.mark.parametrize(
    "value, goal, pace, direction, standing",
    [
        (47, 45, None, "at_least", "reached"),
        (45, 45, None, "at_least", "reached"),
        (3000, 3000, None, "more_than", "behind"),
        (3001, 3000, None, "more_than", "reached"),
        (7312, 8000, 7100, "at_least", "on_pace"),
        (2214, 3000, 2750, "at_least", "behind"),
        (0, 45, 0, "at_least", "on_pace"),
        (30, 32, None, "at_most", "reached"),
        (33, 32, None, "at_most", "behind"),
        (None, 45, 40, "at_least", "unknown"),
    ],
)
def test_standing_of_a_bullet(
    value: int | None, goal: int, pace: int | None, direction: str, standing: str
) -> None:
    assert charts.bullet(value, goal, pace, direction).standing == standing


def test_shares_stay_inside_the_picture() -> None:
    assert [charts.share(part, 8) for part in (3, 0, 9, -1)] == ["37.5%", "0%", "100%", "0%"]
    assert charts.share(1, 0) == "0%"


def test_heat_levels() -> None:
    assert [charts.level(value, 60) for value in (None, 0, 1, 10, 11, 60, 99)] == [None, 0, 1, 1, 2, 6, 6]


def test_a_strip_covers_whole_years_and_marks_today() -> None:
    spans = (
        charts.Span(date(2023, 1, 1), date(2023, 12, 31), "a"),
        charts.Span(date(2024, 7, 1), None, "b", "next"),
    )
    drawn = charts.strip([("title", spans)], date(2024, 1, 1))
    assert drawn is not None
    assert (drawn.first, drawn.last) == (date(2023, 1, 1), date(2024, 12, 31))
    ((_name, bars),) = drawn.rows
    assert (bars[0].x, bars[0].width) == ("0%", "49.93%")
    assert bars[1].x == "74.83%"
    assert drawn.today == "49.93%"
    assert [tick.text for tick in drawn.ticks] == ["2023", "2024"]
    assert charts.strip([("title", ())], date(2024, 1, 1)) is None


def test_a_line_breaks_where_a_value_is_missing() -> None:
    drawn = charts.line([1, 2, None, 4], width=106, height=26)
    assert drawn.path.count("M") == 2
    assert drawn.end == ("103.0", "3.0")
    assert charts.line([None, None]).end is None
    assert charts.line([5]).end is not None


def test_a_fan_spans_past_future_and_goal() -> None:
    past = [(date(2024, 1, 31), 100), (date(2024, 7, 31), 200)]
    rays = [(date(2025, 1, 31), (150, 180, 210, 240, 300))]
    drawn = charts.fan(past, rays, goal=400, due=date(2024, 12, 31), height=200)
    assert drawn is not None
    assert drawn.past.startswith("M0.00 ")
    assert drawn.middle.endswith("L100.00 126.7")
    assert drawn.goal == "0.0"
    assert [mark.text for mark in drawn.up] == ["100", "200", "300", "400"][-len(drawn.up) :]
    assert [mark.text for mark in drawn.across] == ["2025"]
    assert drawn.outer.endswith("Z")
    assert charts.fan(past, []) is None
    later = charts.fan(past, rays, goal=400, due=date(2026, 1, 1))
    assert later is not None
    assert later.due is None


def test_a_fan_of_nothing_but_zeros_is_no_error() -> None:
    drawn = charts.fan([], [(date(2025, 1, 31), (0, 0, 0, 0, 0))])
    assert drawn is not None
    assert "nan" not in drawn.outer


def test_an_interval_lies_on_its_scale() -> None:
    drawn = charts.interval((10, 20, 30, 40, 50), 60, 0, 100)
    assert drawn.wide == ("10%", "40%")
    assert drawn.narrow == ("20%", "20%")
    assert (drawn.middle, drawn.mark) == ("30%", "60%")
