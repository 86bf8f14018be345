"""The overview's cards: each number is the count's and opens into its list; each card is a sheet of the workbook."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from registry.shell.app import create_app
from tests.sample_app import app_in, counted_queries, house_in, house_of, words_of
from tests.signed_in import signing_in
from tiers.asking import ask_count
from tiers.members import REVENUE_CLASSES
from tiers.sampling import file_sample

DAYS = ["2025-12-31", "2026-06-30"]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with app_in(tmp_path_factory.mktemp("overview")) as app:
        yield app


def counted(app: Flask, day: str) -> dict[str, Any]:
    return ask_count(house_of(app), date.fromisoformat(day), None, None, "area")


def cards_of(client: FlaskClient, path: str) -> dict[str, str]:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return {part.partition('"')[0]: part for part in answer.text.split("<footer")[0].split('id="card-')[1:]}


def firms_listed(client: FlaskClient, path: str) -> int:
    answer = client.get(unescape(path))
    assert answer.status_code == 200, path
    found = re.search(r'<strong><data value="(\d+)">', answer.text.split('class="table-tools"')[1])
    assert found
    return int(found[1])


def deltas(html: str) -> list[tuple[str, int]]:
    """(address, change) of every change that is a link."""
    found = re.findall(r'<a href="([^"]*/changes/[^"]*)"><data class="delta [^"]*" value="(-?\d+)">', html)
    return [(address, int(n)) for address, n in found]


def test_every_number_of_the_overview_is_a_link(client: FlaskClient) -> None:
    """Numbers of firms and titles, that is: rates and shares are none."""
    cards = cards_of(client, "/?as_of=2025-12-31&lang=zh")
    assert cards["quality"].count('<a class="stat"') == 4
    assert len(re.findall(r'href="/revenue/\w+\?as_of', cards["revenue"])) == len(REVENUE_CLASSES)
    for id in ("tiers", "units"):
        cells = re.sub(r"<a .*?</a>", "", cards[id].split("<tbody>")[1], flags=re.S)
        assert not re.search(r'<data value="[1-9]\d*">', cells), id
        assert not re.search(r'class="delta delta-(up|down)"', cells), id
    months = re.findall(r'<rect class="stand-column', cards["expiries"].split("<ul")[0])
    assert len(months) == len(re.findall(r'href="/ladder/ending/quality/\d{4}-\d\d', cards["expiries"])) > 3


@pytest.mark.parametrize("day", DAYS)
def test_the_overview_shows_the_count_of_its_day(app: Flask, client: FlaskClient, day: str) -> None:
    cards = cards_of(client, f"/?as_of={day}&lang=zh")
    document = counted(app, day)
    assert f'<data value="{document["quality"]["firms_valid"]}">' in cards["quality"]
    assert f'<data value="{document["quality"]["titles_cumulative"]}">' in cards["quality"]
    for target in document["targets"]:
        if target["source"] != "filed":
            assert f'<data value="{target["value"]}">' in cards["targets"], target["id"]
    assert all(f"as_of={day}" in card for card in cards.values() if "/targets/" in card)


@pytest.mark.parametrize("show", ["", "&show=month", "&show=year"])
def test_a_change_is_who_came_less_who_went(client: FlaskClient, show: str) -> None:
    card = cards_of(client, f"/?as_of=2025-12-31{show}")["units"]
    found = deltas(card)
    assert len(found) >= 10
    for address, change in found[:25]:
        came, went = (
            firms_listed(client, re.sub("/changes/(entered|left)", f"/changes/{way}", address))
            for way in ("entered", "left")
        )
        assert came - went == change, address
        assert f"/changes/{'entered' if change > 0 else 'left'}?" in address


def test_a_change_of_the_city_is_taken_away_as_a_file(client: FlaskClient) -> None:
    address, change = deltas(cards_of(client, "/?as_of=2025-12-31")["quality"])[0]
    firms = firms_listed(client, address)
    file = client.get(unescape(address).replace("?", "/export.csv?")).data.decode("utf-8-sig")
    assert len(file.splitlines()) == firms + 1
    assert firms >= abs(change) > 0


@pytest.mark.parametrize(
    ("path", "code"),
    [("/targets/quality-firms/changes/entered", 404), ("/targets/quality-firms/changes/x?since=2025-01-01", 404),
     ("/targets/nothing/changes/left?since=2025-01-01", 404), ("/targets/digital-gdp/changes/left?since=2025-01-01", 404),
     ("/targets/quality-firms/changes/left?since=2025-01-01&unit=x", 404),
     ("/targets/quality-firms/changes/left?since=2025-01-01&highest=x", 404),
     ("/targets/quality-firms/changes/left?since=2025-02-01&as_of=2025-01-01", 400),
     ("/targets/quality-firms/changes/left?since=yesterday", 400), ("/overview/export.csv", 404)],
)  # fmt: skip
def test_what_cannot_be_compared_is_said(client: FlaskClient, path: str, code: int) -> None:
    assert client.get(path).status_code == code


def test_targets_are_judged_for_good_once_due_and_paced_before(app: Flask, client: FlaskClient) -> None:
    due = counted(app, "2025-12-31")
    after = cards_of(client, "/?as_of=2026-06-30&lang=zh")["targets"]
    assert "已于 2025-12-31 到期" in after
    chips = re.findall(r'class="chip tone-(\w+)"', after)
    assert set(chips) <= {"good", "bad"}
    assert len(chips) == sum(target["value"] is not None for target in due["targets"])
    assert "按进度应为" not in after
    quality = next(target for target in due["targets"] if target["id"] == "quality-firms")
    assert f'title="2025-12-31：{quality["value"]}"' in after
    before = cards_of(client, "/?as_of=2024-06-30&lang=zh")["targets"]
    assert "按进度应为" in before
    assert "到期" not in before
    assert "待评判" in before  # a yearly target before its year closes


def test_departments_figures_are_one_line(app: Flask, client: FlaskClient) -> None:
    card = cards_of(client, "/?as_of=2025-06-30&lang=zh")["targets"]
    waiting = re.search(
        r'<a class="small-text" href="/targets\?as_of=2025-06-30">(\d+) 项指标待部门报送</a>', card
    )
    targets = counted(app, "2025-06-30")["targets"]
    assert waiting
    assert int(waiting[1]) == sum(target["value"] is None for target in targets)
    assert "逾期" not in card
    assert "均已逾期" in cards_of(client, "/?as_of=2026-06-30&lang=zh")["targets"]


def test_units_are_sorted_by_links(app: Flask, client: FlaskClient) -> None:
    def shown(path: str) -> list[int]:
        rows = cards_of(client, path)["units"].split("<tbody>")[1].split("</tbody>")[0].split("<tr")[1:-1]
        return [int(re.findall(r'<data value="(\d+)">', row)[0]) for row in rows]

    first = shown("/?as_of=2025-12-31")
    assert sum(first) > 0
    assert first == sorted(first, reverse=True)
    assert shown("/?as_of=2025-12-31&sort=quality-firms") == first[::-1]
    card = cards_of(client, "/?as_of=2025-12-31&sort=-listed&lang=zh")["units"]
    assert re.findall(r'aria-sort="(\w+)"', card) == ["descending"]
    assert re.search(r'href="/\?[^"]*sort=listed[&#]', card)  # a second click turns the order round
    document = counted(app, "2025-12-31")
    assert len(shown("/?as_of=2025-12-31&sort=unit")) == len(document["by"]) - 1


def test_an_officer_sees_the_city_and_opens_the_own_part(app: Flask) -> None:
    officer = app.test_client(role="district", unit="370171")
    card = cards_of(officer, "/?as_of=2025-12-31&lang=zh")["units"]
    assert card.count('class="own"') == card.count("（本单位）") == 1
    own = re.search(r'<tr class="own">.*?</tr>', card, re.S)
    assert own
    number = re.search(r'href="(/targets/quality-firms[^"]*)"><data value="(\d+)">', own[0])
    assert number
    assert firms_listed(officer, number[1]) == int(number[2])
    total = re.search(r'href="(/targets/quality-firms[^"]*)"><data value="(\d+)">', card.split("<tfoot>")[1])
    assert total
    assert firms_listed(officer, total[1]) == int(number[2]) < int(total[2])


def test_the_cliff_has_its_days(app: Flask, client: FlaskClient) -> None:
    card = cards_of(client, "/?as_of=2025-12-31&lang=zh")["expiries"]
    assert "stand-column steep" in card
    for address, n in re.findall(r'href="(/ladder/ending/[^"]*)"><data value="(\d+)">', card):
        path = unescape(address)
        records = re.search(r'<data value="(\d+)">[\d,]+</data> 条记录', client.get(path).text)
        assert (int(records[1]) if records else firms_listed(client, path)) == int(n), path


def test_the_overview_shows_what_was_known_then(client: FlaskClient) -> None:
    now = words_of(client.get("/?as_of=2024-12-31&lang=zh").text)
    then = words_of(client.get("/?as_of=2024-12-31&known_at=2022-01-01&lang=zh").text)
    assert "这是当时掌握的数据" in then
    assert now != then


def test_english_cards_speak_english(client: FlaskClient) -> None:
    for id, card in cards_of(client, "/?as_of=2025-12-31&lang=en").items():
        if id != "register":  # names of files are as they were
            assert not re.search(r"[\u4e00-\u9fff]", card), id


def test_a_page_seen_again_asks_the_database_little(app: Flask, client: FlaskClient) -> None:
    client.get("/")
    with counted_queries(app) as seen:
        client.get("/")
    assert len([query for query in seen if query != "BEGIN"]) <= 27
    with counted_queries(app) as sorted_:
        client.get("/?sort=-listed&show=share")
    assert len(sorted_) == len(seen)


@pytest.mark.parametrize(
    ("day", "counts"),
    [("2024-06-30", 4 + 1),  # the day, the ends of the month and year before, the eve of the plan; and one bridge
     ("2026-06-30", 3 + 1),  # … whose due day is the end of the year before
     ("2023-01-31", 2 + 1)],
)  # fmt: skip
def test_a_page_asks_for_a_handful_of_counts(app: Flask, client: FlaskClient, day: str, counts: int) -> None:
    with house_of(app).store.engine.begin() as connection:
        connection.exec_driver_sql("delete from count_cache")
    client.get(f"/?as_of={day}")
    with house_of(app).store.read() as connection:
        assert connection.exec_driver_sql("select count(*) from count_cache").scalar() == counts


def test_the_workbook_holds_what_the_cards_say(app: Flask, client: FlaskClient) -> None:
    answer = client.get("/overview/export.xlsx?as_of=2025-12-31&lang=zh")
    book = load_workbook(io.BytesIO(answer.data), read_only=True)
    assert book.sheetnames == [
        "口径说明",
        "优质企业",
        "目标",
        "到期情况",
        "营收档次",
        "分管理单元",
        "各类称号",
    ]
    sheets = {name: [list(row) for row in book[name].iter_rows(values_only=True)] for name in book.sheetnames}
    document = counted(app, "2025-12-31")
    assert ["数据截止日", "2025-12-31"] in sheets["口径说明"]
    assert any("synthetic" in str(cell) for row in sheets["口径说明"] for cell in row)
    assert sheets["优质企业"][1] == ["有效企业", document["quality"]["firms_valid"]]
    assert len(sheets["目标"]) == 1 + len(document["targets"])
    values = {row[0]: row[1] for row in sheets["目标"]}
    assert values["规上工业企业"] == next(t["value"] for t in document["targets"] if t["id"] == "above-scale")
    unknown = next(target["name"] for target in document["targets"] if target["value"] is None)
    assert values[unknown] is None  # unknown is an empty cell and no zero
    assert len(sheets["分管理单元"]) == 1 + len(document["by"]) + 1
    assert sheets["分管理单元"][-1][2] == sum(row[2] for row in sheets["分管理单元"][1:-1])
    assert sum(row[1] for row in sheets["营收档次"][1:]) == sum(
        document["revenue"][name] for name in REVENUE_CLASSES
    )


def test_the_overview_is_the_same_on_both_databases(database_url: str, tmp_path: Path) -> None:
    house = house_in(tmp_path, url=database_url)
    file_sample(house, 60, 3)
    client = signing_in(create_app(house.settings, house.store, house.rooms, house.clock)).test_client()
    for path in (
        "/", "/?as_of=2024-06-30", "/?as_of=2025-12-31&known_at=2025-12-31&show=year&sort=unit", "/overview/decisions",
        "/overview/export.xlsx", "/targets/above-scale/changes/entered?since=2024-12-31&as_of=2025-12-31",
        "/targets/quality-firms/changes/left?since=2024-12-31&as_of=2025-12-31&unit=370171&highest=srdi",
    ):  # fmt: skip
        assert client.get(path).status_code == 200, path
    house.store.dispose()
