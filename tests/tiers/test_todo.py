"""待办: every number of the page is the length of its list, and lists say what the records say."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from registry.house import House
from registry.scope import own
from registry.shell.access import Actor
from registry.subjects import ENTERPRISE
from registry.todo import numbers, seen, sources
from tests.registry.house import Time, code, file_rows, open_test_house
from tests.sample_app import app_in, house_of, words_of
from tiers.agenda import agenda_on
from tiers.city import city_on
from tiers.rules.explain import Asked
from tiers.rules.verdicts import UNKNOWN, UNMET
from tiers.todo import contradicting, deciding, expiring, nesting, reviews, updates

DAY = date(2026, 7, 1)
LINK = re.compile(r'class="todo-number[^"]*" href="([^"]+)"[^>]*>(?:<[^>]+>)*([\d,]+)')


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with app_in(tmp_path_factory.mktemp("todo")) as app:
        yield app


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    house = open_test_house(database_url, tmp_path, Time(datetime(2026, 7, 1, 4, 0, tzinfo=UTC)))
    yield house
    house.store.dispose()


def _ids(client: FlaskClient) -> list[str]:
    return re.findall(r'id="todo-([a-z-]+)"', client.get("/todo").text)


def test_every_number_is_the_length_of_the_list_that_it_opens(client: FlaskClient) -> None:
    opened = 0
    ids = _ids(client)
    assert ids == [
        "expiring",
        "reviews",
        "updates",
        "nesting",
        "deciding",
        "contradicting",
        "owed",
        "desk",
        "waiting",
        "deliveries",
        "jobs",
    ]
    for id in ids:
        page = client.get(f"/todo/{id}")
        assert page.status_code == 200
        for address, number in LINK.findall(page.text):
            listed = client.get(html.unescape(address))
            assert listed.status_code == 200
            firms = re.search(r"<strong>(?:<[^>]+>)*([\d,]+)", listed.text)
            assert firms, address
            assert firms[1] == number, address
            opened += 1
    assert opened >= 6


def test_a_list_exports_as_many_matters_as_it_has(app: Flask, client: FlaskClient) -> None:
    with app.test_request_context("/"):
        lines = expiring(agenda_on(house_of(app), DAY))
    text = client.get("/todo/expiring/180/export.csv").data.decode("utf-8-sig")
    assert len(lines["180"]) > 0
    assert len(text.splitlines()) == len(lines["180"]) + 1


def test_what_is_no_source_or_line_is_no_page(client: FlaskClient) -> None:
    assert client.get("/todo/nothing").status_code == 404
    assert client.get("/todo/expiring/31").status_code == 404


def test_an_officer_sees_the_own_firms_only(app: Flask) -> None:
    house = house_of(app)
    with app.test_request_context("/"), house.store.read() as connection:
        officer = Actor("someone", frozenset({"counts.read", "rules.read"}), "370171")
        mine = set(connection.execute(ENTERPRISE.select().where(own("370171"))).scalars())
        todo = next(one for one in sources(house, officer) if one.id == "expiring")
        everyone, own_ = numbers(house, todo, None, DAY), numbers(house, todo, "370171", DAY)
        assert 0 < own_["180"] < everyone["180"]
        listed = seen(house, todo, "180", "370171", DAY)
        assert listed is not None
        assert {one.uscc for one in listed} <= mine
        assert {one.id for one in sources(house, officer)} >= {"expiring", "deciding"}
        assert "waiting" not in {one.id for one in sources(house, officer)}, "may not write"


def test_lines_of_days_hold_those_before_and_a_continued_title_is_none(house: House, app: Flask) -> None:
    file_rows(house, "enterprises", [{"uscc": code(n), "name": f"甲{n}有限公司"} for n in range(3)])
    last = DAY + timedelta(days=29)
    title = {"tier": "innovative_sme", "level": "provincial", "valid_to": last.isoformat()}
    file_rows(house, "titles", [
        {"uscc": code(0), **title, "batch": "一", "valid_from": "2023-08-01", "issued_on": "2023-08-01"},
        {"uscc": code(1), **title, "batch": "一", "valid_from": "2023-08-01", "issued_on": "2023-08-01"},
        {"uscc": code(1), "tier": "innovative_sme", "level": "provincial", "batch": "二", "issued_on": "2026-06-01",
         "valid_from": (last + timedelta(days=1)).isoformat(), "valid_to": "2029-07-30"},
        {"uscc": code(2), **title, "batch": "一", "valid_from": "2023-08-01", "issued_on": "2023-08-01",
         "valid_to": (last + timedelta(days=1)).isoformat()},
    ])  # fmt: skip
    with app.test_request_context("/"):
        lines = expiring(agenda_on(house, DAY))
    assert {task.uscc for task in lines["30"]} == {code(0)}
    assert {task.uscc for task in lines["90"]} == {code(0), code(2)}
    assert lines["30"][0].due == last


def test_what_the_rules_find_on_titles_stands_in_its_line(house: House, app: Flask) -> None:
    file_rows(house, "enterprises", [{"uscc": code(0), "name": "甲有限公司"}])
    file_rows(house, "titles", [{"uscc": code(0), "tier": "srdi", "level": "provincial", "batch": "一",
                                 "issued_on": "2025-01-01"}])  # fmt: skip
    with app.test_request_context("/"):
        assert [task.uscc for task in nesting(agenda_on(house, DAY))["missing"]] == [code(0)]
        assert all(not tasks for tasks in reviews(agenda_on(house, DAY)).values())
        assert updates(agenda_on(house, DAY))["missed"] == [], "no round is on record, so nothing was missed"
    assert set(agenda_on(house, DAY)) == {code(0)}


def test_a_deciding_fact_is_the_only_thing_that_a_verdict_waits_for(app: Flask) -> None:
    """Filling it in leaves no criterion unknown or unmet that was not so before: checked against the evaluation itself."""
    house = house_of(app)
    with app.test_request_context("/"):
        lines = deciding(house, DAY)
        city = city_on(house, DAY)
    assert sum(map(len, lines.values())) > 0
    places = {uscc: at for at, uscc in enumerate(city.facts.firms)}
    for fact, tasks in lines.items():
        for task in tasks:
            at = places[task.uscc]
            assert any(
                _waits_for_just(asked, fact, at) and not city.holders(tier, level)[at]
                for (tier, level), asked in city.asked.items()
            ), (fact, task)


def _waits_for_just(asked: Asked, fact: str, at: int) -> bool:
    verdicts = [
        asked.evaluation.verdicts(criterion, asked.edition, asked.purpose)[at]
        for criterion, _of in asked.tops()
    ]
    if verdicts.count(UNKNOWN) != 1 or UNMET in verdicts:
        return False
    return any(
        [name for name, mask in facts.items() if mask[at]] == [fact] for facts in asked.waiting.values()
    )


def test_facts_that_cannot_both_be_true_are_named(house: House, app: Flask) -> None:
    file_rows(house, "enterprises", [
        {"uscc": code(0), "name": "甲有限公司", "industry": "C3911", "digital_core": "否"},
        {"uscc": code(1), "name": "乙有限公司"},
    ])  # fmt: skip
    file_rows(
        house,
        "figures",
        [{"uscc": code(1), "year": "2025", "revenue": "100", "main_revenue": "101"}],
    )
    with app.test_request_context("/"):
        lines = contradicting(house, DAY)
    assert [task.uscc for task in lines["digital_core_differs"]] == [code(0)]
    assert [task.uscc for task in lines["part_above_whole"]] == [code(1)]


def test_the_page_speaks_english_too(client: FlaskClient) -> None:
    assert "Expiring titles" in words_of(client.get("/todo?lang=en").text)
