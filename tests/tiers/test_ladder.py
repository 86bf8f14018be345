"""The ladder page: flows and calendar add up to the count, and every number leads to as many firms."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

import cli
from registry.house import House
from registry.shell.app import create_app
from registry.shell.charts import sankey
from tests.registry.house import code, file_rows, open_test_house
from tests.sample_app import app_in, counted_queries, house_in, house_of, words_of
from tests.signed_in import signing_in
from tiers.asking import ask_count, view
from tiers.expiring import LATER, MONTHS, QUALITY, Calendar, calendar, first_of
from tiers.flows import (
    ALL,
    HELD,
    NONE,
    OUTSIDE,
    WAYS,
    Flows,
    cell,
    counted,
    flows,
    left_pending,
    movers,
    sums,
    way,
)
from tiers.members import Question
from tiers.sampling import file_sample

BETWEEN = [
    ("2024-12-31", "2025-12-31"),
    ("2025-12-31", "2026-01-01"),
    ("2025-07-01", "2026-07-01"),
    ("2026-06-30", "2026-06-30"),
]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with app_in(tmp_path_factory.mktemp("ladder")) as app:
        yield app


def day(text: str) -> date:
    return date.fromisoformat(text)


def flows_of(house: House, before: str, after: str) -> Flows:
    with view(house, None) as connection:
        return flows(connection, Question(day(after), house.settings), day(before))


def calendar_of(house: House, on: str) -> Calendar:
    with view(house, None) as connection:
        return calendar(connection, Question(day(on), house.settings))


def listed(client: FlaskClient, path: str) -> tuple[int, int]:
    """(firms, records) that a list says it holds."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    head = answer.text.split('class="table-tools"')[1]
    firms = re.search(r'<strong><data value="(\d+)">', head)
    records = re.search(r'<data value="(\d+)">[\d,]+</data> 条记录', head)
    assert firms
    return int(firms[1]), int(records[1]) if records else int(firms[1])


# Flows ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("before", "after"), BETWEEN)
def test_flows_add_up_to_the_count_on_both_days(app: Flask, before: str, after: str) -> None:
    house = house_of(app)
    found = flows_of(house, before, after)
    for side, on in enumerate((before, after)):
        quality = ask_count(house, day(on), None)["quality"]
        for tier, firms in quality["firms_by_highest_tier"].items():
            assert found.total(side, tier) == firms, (on, tier)
        assert sums(found)[("before", "after")[side]] == quality["firms_valid"]
    assert (OUTSIDE, OUTSIDE) not in found.moves
    ways = sums(found)
    assert ways["before"] == ways["climbed"] + ways["stayed"] + ways["fell"] + ways["left"]
    assert ways["after"] == ways["climbed"] + ways["stayed"] + ways["fell"] + ways["entered"]
    if before == after:
        assert ways["before"] == ways["stayed"]


@pytest.mark.parametrize(("before", "after"), BETWEEN[:3])
def test_every_cell_and_way_opens_into_its_firms(app: Flask, before: str, after: str) -> None:
    house = house_of(app)
    found = flows_of(house, before, after)
    question = Question(day(after), house.settings)
    with view(house, None) as connection:

        def opened(condition: str) -> int:
            return len(movers(connection, question, day(before), condition))

        for was in found.states:
            for became in found.states:
                if (was, became) != (OUTSIDE, OUTSIDE):
                    firms = opened(cell(question, was, became))
                    assert firms == found.moves.get((was, became), 0), (was, became)
            assert opened(cell(question, was, ALL)) == found.total(0, was)
            assert opened(cell(question, ALL, was)) == found.total(1, was)
        assert opened(cell(question, HELD, ALL)) == sums(found)["before"]
        for id in WAYS:
            assert opened(way(question, id)) == sums(found)[id]


@pytest.fixture
def small(database_url: str, tmp_path: Path) -> Iterator[House]:
    house = open_test_house(database_url, tmp_path)
    firms: list[dict[str, Any]] = [
        {"uscc": code(n), "name": f"济南{n}机械有限公司", "district": "历下区"} for n in range(1, 9)
    ]
    firms[7]["founded_on"] = "2024-06-01"
    file_rows(house, "enterprises", firms)
    term = {"issued_on": "2022-01-01", "valid_to": "2024-12-31"}
    later = {"issued_on": "2025-01-01"}
    file_rows(house, "titles", [
        {"uscc": code(1), "tier": "srdi", **term},
        {"uscc": code(1), "tier": "little_giant", **later},
        {"uscc": code(2), "tier": "srdi", **term},
        {"uscc": code(2), "tier": "srdi", "basis": "review", **later},
        {"uscc": code(3), "tier": "little_giant", **term},
        {"uscc": code(3), "tier": "srdi", **later},
        {"uscc": code(4), "tier": "innovative_sme", **term},
        {"uscc": code(5), "tier": "gazelle", **later},
        {"uscc": code(6), "tier": "srdi", "issued_on": "2023-01-01", "valid_to": "2026-06-30"},
        {"uscc": code(7), "tier": "high_tech", **later},
        {"uscc": code(8), "tier": "innovative_sme", **later},
    ])  # fmt: skip
    file_rows(
        house,
        "enterprises",
        [{"uscc": code(6), "status": "cancelled", "effective_on": "2024-11-01"}],
        "gone.csv",
    )
    yield house
    house.store.dispose()


def test_each_kind_of_move(small: House) -> None:
    found = flows_of(small, "2023-12-31", "2025-12-31")
    assert dict(found.moves) == {
        ("srdi", "little_giant"): 1,
        ("srdi", "srdi"): 1,
        ("little_giant", "srdi"): 1,
        ("innovative_sme", NONE): 1,
        (NONE, "gazelle"): 1,
        ("srdi", OUTSIDE): 1,
        (NONE, NONE): 1,  # high-tech is no quality title
        (OUTSIDE, "innovative_sme"): 1,
    }
    assert sums(found) == {
        "before": 5,
        "after": 5,
        "climbed": 1,
        "stayed": 1,
        "fell": 1,
        "entered": 2,
        "left": 2,
    }
    question = Question(day("2025-12-31"), small.settings)
    with view(small, None) as connection:
        (firm,) = movers(connection, question, day("2023-12-31"), cell(question, "srdi", OUTSIDE))
        assert (firm["uscc"], len(firm["why"])) == (code(6), 1)
        (firm,) = movers(connection, question, day("2023-12-31"), cell(question, "srdi", "little_giant"))
        assert [why["record"] for why in firm["why"]] == ["title", "title"]


def test_who_left_may_be_in_review(small: House) -> None:
    review = {
        "tier": "innovative_sme",
        "purpose": "review",
        "round": "2024",
        "stage": "filed",
        "stage_on": "2024-11-01",
    }
    file_rows(small, "applications", [{"uscc": code(4), **review}])
    with view(small, None) as connection:
        for on, waiting in (("2024-12-31", 0), ("2025-01-01", 1), ("2026-01-01", 0)):
            question = Question(day(on), small.settings)
            assert counted(connection, question, day("2023-12-31"), left_pending(question)) == waiting, on


def test_the_last_day_of_a_title_counts(small: House) -> None:
    assert flows_of(small, "2024-12-31", "2025-01-01").moves["srdi", "little_giant"] == 1
    assert ("srdi", "little_giant") not in flows_of(small, "2024-12-30", "2024-12-31").moves


# The expiry calendar --------------------------------------------------------------------------------------


@pytest.mark.parametrize("on", ["2025-06-15", "2025-12-31", "2026-07-01"])
def test_the_calendar_adds_up_to_the_titles_in_force(app: Flask, on: str) -> None:
    house = house_of(app)
    found, document = calendar_of(house, on), ask_count(house, day(on), None)
    assert len(found.months) == MONTHS
    assert found.months[0] == on[:7]
    for tier in {entry["tier"] for entry in document["tiers"]}:
        valid = sum(entry["titles_valid"] for entry in document["tiers"] if entry["tier"] == tier)
        row = found.rows.get(tier, {})
        coming = sum(row.get(month, 0) for month in found.months)
        assert coming == valid - row.get(LATER, 0), tier
    assert found.total(QUALITY) == document["quality"]["titles_valid"]


@pytest.mark.parametrize("on", ["2025-12-01", "2026-07-01"])
def test_every_month_and_cliff_opens_into_its_titles(app: Flask, client: FlaskClient, on: str) -> None:
    found = calendar_of(house_of(app), on)
    opened = 0
    for tier, row in found.rows.items():
        for month, titles in row.items():
            assert listed(client, f"/ladder/ending/{tier}/{month}?as_of={on}")[1] == titles
            opened += 1
        assert listed(client, f"/ladder/ending/{tier}/all?as_of={on}")[1] == found.total(tier)
    for cliff in found.cliffs:
        assert listed(client, f"/ladder/ending/{cliff.tier}/{cliff.last}?as_of={on}")[1] == cliff.titles
    assert opened > 10


def test_the_end_of_2025_is_a_cliff(app: Flask) -> None:
    found = calendar_of(house_of(app), "2025-12-01")
    assert ("innovative_sme", day("2025-12-31")) in {(cliff.tier, cliff.last) for cliff in found.cliffs}
    assert all(cliff.titles <= cliff.of for cliff in found.cliffs)


@pytest.mark.parametrize(
    ("on", "months", "first"),
    [("2025-12-31", 1, "2026-01-01"), ("2026-07-01", 24, "2028-07-01"), ("2026-03-31", 0, "2026-03-01")],
)
def test_months_ahead(on: str, months: int, first: str) -> None:
    assert first_of(day(on), months) == day(first)


# The picture ----------------------------------------------------------------------------------------------


def test_a_sankey_is_in_proportion_and_inside_its_box() -> None:
    order = ("a", "b", "c")
    drawn = sankey({("a", "a"): 60, ("b", "a"): 30, ("c", "b"): 10, ("a", "c"): 0}, order, height=260, gap=20)
    assert drawn is not None
    left = {node.id: node for node in drawn.left}
    assert [node.id for node in drawn.right] == ["a", "b"]
    assert left["a"].height == pytest.approx(6 * left["c"].height, rel=0.01)
    assert max(node.y + node.height for node in drawn.left) <= 260
    middles = [node.middle for node in drawn.left]
    assert min(b - a for a, b in pairwise(middles)) >= 20
    assert [ribbon.value for ribbon in drawn.ribbons] == [60, 30, 10]
    assert sankey({("a", "a"): 0}, order) is None


# Pages ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    "path",
    [
        "/ladder",
        "/ladder?from=2024-12-31&as_of=2025-12-31",
        "/ladder?as_of=2025-12-31&known_at=2025-06-30",
        "/ladder?as_of=1990-01-01",
        "/ladder/moves/srdi/little_giant",
        "/ladder/ways/fell",
        "/ladder/ending/srdi/2026-12",
        "/ladder/found/little_giant:national-missing-srdi:provincial",
    ],
)
def test_pages_answer_in_both_languages(client: FlaskClient, path: str, language: str) -> None:
    answer = client.get(f"{path}{'&' if '?' in path else '?'}lang={language}")
    assert answer.status_code == 200
    assert not re.search(r"\sstyle\s*=|\son\w+\s*=", answer.text)
    assert "<data" not in "".join(re.findall(r"<svg.*?</svg>", answer.text, re.S))


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/ladder?from=2026-08-01", 400),
        ("/ladder?from=2026-02-30", 400),
        ("/ladder?from=0001-01-01", 400),
        ("/ladder?as_of=1949-01-01", 200),
        ("/ladder/moves/x/srdi", 404),
        ("/ladder/ways/x", 404),
        ("/ladder/ways/fell/export.doc", 404),
        ("/ladder/ending/srdi/2026-13", 404),
        ("/ladder/ending/srdi/9999-12", 404),
        ("/ladder/ending/srdi/x", 404),
        ("/ladder/ending/x/2026-12", 404),
        ("/ladder/found/x", 404),
    ],
)
def test_what_cannot_be_answered_is_said(client: FlaskClient, path: str, status: int) -> None:
    assert client.get(path).status_code == status


def test_every_link_of_the_page_leads_to_as_many_firms_as_it_says(client: FlaskClient) -> None:
    text = client.get("/ladder?from=2024-07-01&as_of=2026-07-01").text
    links = re.findall(r'<a href="(/ladder/(?:moves|ways|found)/[^"]+)"><data value="(\d+)">', text)
    links += re.findall(r'<a class="stat" href="(/ladder/[^"]+)">.*?<data value="(\d+)">', text, re.S)
    assert len(links) > 30
    for address, number in links:
        assert listed(client, html.unescape(address))[0] == int(number), address
    assert "from=2024-07-01" in links[0][0]


def test_the_ladder_stands_after_the_register(client: FlaskClient) -> None:
    rail = client.get("/ladder").text.split('id="rail"')[1].split("</nav>")[0]
    places = re.findall(r'href="(/[^"?]*)"', rail)
    assert places.index("/ladder") > places.index("/firms")
    assert 'href="/ladder" aria-current="page"' in rail


def test_the_page_asks_a_fixed_number_of_queries(app: Flask, client: FlaskClient) -> None:
    with counted_queries(app) as seen:
        client.get("/ladder?as_of=2026-07-01")
    assert len(seen) < 40


def test_lists_can_be_taken_away(client: FlaskClient) -> None:
    for path in ("/ladder/ways/climbed", "/ladder/moves/none/held", "/ladder/ending/quality/2026-12"):
        firms, _records = listed(client, f"{path}?from=2024-07-01")
        text = client.get(f"{path}/export.csv?from=2024-07-01").data.decode("utf-8-sig")
        assert len(text.splitlines()) == firms + 1
        assert client.get(f"{path}/export.xlsx").data[:2] == b"PK"


def test_the_profile_says_what_is_due(app: Flask, client: FlaskClient) -> None:
    house = house_of(app)
    with house.store.read() as connection:
        uscc = connection.exec_driver_sql(
            "select uscc from title where tier = 'little_giant' and valid_from <= '2026-05-01' and ends_on > '2026-07-01' limit 1"
        ).scalar()
    text = words_of(client.get(f"/firms/{uscc}?as_of=2026-07-01&lang=zh").text.split('id="panel-duties"')[1])
    assert "到期与义务" in text
    assert "年度信息更新 " in text
    assert "2027-05-31" in text
    assert "工信部企业〔2026〕2号" in text
    bare = client.get(f"/firms/{uscc}?as_of=2026-07-01&known_at=2018-12-31")
    assert 'id="panel-duties"' not in bare.text


def test_pages_are_the_same_on_both_databases(database_url: str, tmp_path: Path) -> None:
    house = house_in(tmp_path, url=database_url)
    file_sample(house, 60, 3)
    client = signing_in(create_app(house.settings, house.store, house.rooms, house.clock)).test_client()
    paths = (
        "/ladder",
        "/ladder?as_of=2025-12-31&known_at=2025-12-31",
        "/ladder/moves/all/held",
        "/ladder/ending/quality/all",
        "/ladder/found/review_right_lost-unknown",
        "/ladder/found/srdi:provincial-pending-innovative_sme-tech_sme",
    )
    for path in paths:
        assert client.get(path).status_code == 200, path
    house.store.dispose()


def test_the_command_says_the_same(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    house = house_of(app)
    monkeypatch.setenv("DATABASE_URL", str(house.store.engine.url))
    runner = CliRunner()
    answer = runner.invoke(cli.main, ["ladder", "--from", "2024-12-31", "--to", "2025-12-31", "--json"])
    assert answer.exit_code == 0, answer.output
    document = json.loads(answer.stdout)
    found = flows_of(house, "2024-12-31", "2025-12-31")
    assert {(m["from"], m["to"]): m["firms"] for m in document["moves"]} == dict(found.moves)
    assert document["ways"] == sums(found)
    assert len(document["expiring"]["months"]) == MONTHS
    assert runner.invoke(cli.main, ["ladder", "--from", "2025-12-31", "--to", "2024-12-31"]).exit_code == 2
    assert runner.invoke(cli.main, ["ladder", "--to", "2025-12-31"]).exit_code == 0


def test_days_at_the_edge(app: Flask) -> None:
    house = house_of(app)
    with view(house, None) as connection:
        late = Question(date(9990, 12, 31), house.settings)
        assert not flows(connection, late, late.day - timedelta(days=1)).total(1, "srdi")
