"""The frame of the overview: its question, how fresh the data are, what needs a decision, the workbook."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

import cli
from registry.front import ROOM
from registry.house import House
from registry.room import Panel, Sheet, Task, Todo
from registry.subjects import ENTERPRISE
from tests.sample_app import app_in, words_of


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with app_in(tmp_path_factory.mktemp("frame")) as app:
        yield app


def test_the_day_is_said_once_with_the_age_of_the_data(client: FlaskClient) -> None:
    text = words_of(client.get("/?lang=zh").text)
    assert text.count("数据截至") == 1
    assert "数据截至 2026-07-01 ，按目前掌握的情况。" in text
    assert re.search(r"最新入库： 2026-\d\d-\d\d \d\d:\d\d （ \d+ 天前）", text)
    then = words_of(client.get("/?known_at=2024-01-01&lang=zh").text)
    assert "按 2024-01-01 23:59 掌握的情况" in then
    assert re.search(r"最新入库： 202[0-3]-", then)


def test_often_asked_days_are_links_that_keep_the_rest_of_the_question(client: FlaskClient) -> None:
    html = client.get("/?known_at=2026-06-30&year=2024&sort=unit&lang=zh").text
    bar = html.split('class="presets"')[1].split("</div>")[0]
    days = re.findall(r'href="([^"]*)"[^>]*title="([\d-]+)"', bar)
    assert [day for _address, day in days] == ["2026-07-01", "2026-06-30", "2026-06-30", "2025-12-31"]
    assert all("known_at=2026-06-30" in address and "year=2024" in address for address, _day in days)
    assert "as_of" not in days[0][0]
    assert "as_of=2025-12-31" in days[3][0]
    assert bar.count("aria-current") == 1
    assert '<input type="hidden" name="sort" value="unit">' in html


def test_what_needs_a_decision_opens_into_as_many_firms(client: FlaskClient) -> None:
    html = client.get("/overview/decisions?lang=zh").text.split('id="decisions"')[1].split("<footer")[0]
    lines = re.findall(r'<a class="todo-number[^"]*" href="([^"]*)"[^>]*><data value="(\d+)">', html)
    assert len(lines) >= 2
    for address, number in lines:
        page = client.get(address)
        assert page.status_code == 200, address
        if address.count("/") == 3:
            assert re.findall(r'<strong><data value="(\d+)">', page.text)[0] == number, address


def test_what_is_seen_to_elsewhere_comes_first_then_what_presses_then_what_is_summed(tmp_path: Path) -> None:
    seen: list[str] = []

    def tasks(house: House, day: date) -> dict[str, list[Task]]:
        seen.append(str(day))
        with house.store.read() as connection:
            query = select(ENTERPRISE.c.uscc).distinct().order_by(ENTERPRISE.c.uscc)
            firms = connection.execute(query).scalars().all()
        return {"a": [Task(uscc, "x") for uscc in firms[:60]], "b": [Task(uscc, "y") for uscc in firms[:90]]}

    def source(id: str, order: int, **more: Any) -> Todo:
        return Todo(id, lambda: id, lambda: "", "counts.read", order, tasks, **more)

    def links(_house: House, _by: str, _unit: str | None) -> list[tuple[str, int, str]]:
        return [("one", 3, "/filings/1"), ("none", 0, "/filings/2"), ("two", 4, "/filings/3")]

    todo = (
        source("summed", 1, summed=True), source("pressing", 2, pressing=frozenset({"b", "c"})), source("quiet", 3),
        Todo("links", lambda: "links", lambda: "", "register.read", 4, links=links),
        Todo("secret", lambda: "secret", lambda: "", "nobody.may", 5, links=links),
    )  # fmt: skip
    with app_in(tmp_path, (replace(ROOM, todo=todo), replace(cli.ROOMS[1], todo=()), *cli.ROOMS[2:])) as app:

        def lines(who: FlaskClient, path: str = "/overview/decisions") -> list[tuple[str, int]]:
            html = who.get(path).text.split('id="decisions"')[1].split("</ul>")[0]
            found = re.findall(r'<a class="todo-number[^"]*" href="([^"]*)"[^>]*><data value="(\d+)">', html)
            return [(address, int(n)) for address, n in found]

        assert lines(app.test_client()) == [
            ("/todo/links", 7),
            ("/todo/pressing/b", 90),
            ("/todo/summed", 90),
        ]
        assert len(seen) == 2  # what the overview does not show is not judged
        assert lines(app.test_client(), "/") == [("/todo/links", 7)]  # at once
        assert len(seen) == 2
        officer = dict(lines(app.test_client(role="district", unit="370171")))
        assert 0 < officer["/todo/summed"] == officer["/todo/pressing/b"] < 90


def test_an_officers_decisions_are_the_own_ones(app: Flask, client: FlaskClient) -> None:
    def sum_of(who: FlaskClient) -> int:
        html = who.get("/overview/decisions").text.split('id="decisions"')[1].split("<footer")[0]
        return sum(int(n) for n in re.findall(r'<data value="(\d+)">', html))

    assert 0 <= sum_of(app.test_client(role="district", unit="370126")) < sum_of(client)


def test_decisions_are_about_the_present_only(client: FlaskClient) -> None:
    assert 'id="card-decisions"' in client.get("/").text
    assert 'id="card-decisions"' not in client.get("/?as_of=2025-12-31").text
    assert 'id="card-decisions"' not in client.get("/?known_at=2025-12-31").text


def test_who_may_not_write_is_not_asked_to(app: Flask) -> None:
    reader = app.test_client(role="reader").get("/").text.split('id="card-decisions"')[1].split("<section")[1]
    assert "/intake" not in reader


def test_cards_stand_beneath_each_other_and_fill_the_workbook(tmp_path: Path) -> None:
    def nothing(*_given: Any) -> dict[str, Any]:
        return {"lines": ()}

    def sheet(_house: Any, asked: Any) -> Sheet:
        return Sheet("甲/乙", ["=1+1", "n"], [["=cmd", 3], [None, asked.day]])

    cards = (
        Panel("one", "registry/_decisions.html", nothing, 1, 4, sheet=sheet),
        Panel("two", "registry/_decisions.html", nothing, 2, 4, beneath=True),
        Panel("three", "registry/_decisions.html", nothing, 3, 8),
    )
    with app_in(tmp_path, (replace(ROOM, cards=cards), *cli.ROOMS[1:])) as app:
        html = app.test_client().get("/").text
        book = load_workbook(io.BytesIO(app.test_client().get("/overview/export.xlsx").data))
    assert re.search(r'class="span-4 stack"><div id="card-one">.*<div id="card-two">', html, re.S)
    assert '<div class="span-8" id="card-three">' in html
    assert book.sheetnames[:2][1] == "甲-乙"
    cells = [cell for row in book["甲-乙"].iter_rows() for cell in row if cell.value is not None]
    assert [cell.value for cell in cells] == ["=1+1", "n", "=cmd", 3, "2026-07-01"]
    assert all(cell.data_type != "f" for cell in cells)
