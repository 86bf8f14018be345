"""The pages of counts: every number leads to as many firms as it says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from registry.shell.app import create_app
from tests.sample_app import app_in, house_in, house_of
from tests.signed_in import signing_in
from tiers.asking import ask_count, ask_firms, view
from tiers.lists import MEASURES
from tiers.members import REVENUE_CLASSES, Question
from tiers.queries import windows
from tiers.sampling import file_sample

DAYS = ["2025-12-31", "2026-06-30"]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with app_in(tmp_path_factory.mktemp("counts")) as app:
        yield app


def counted(app: Flask, day: str) -> dict[str, Any]:
    return ask_count(house_of(app), date.fromisoformat(day), None, None, "area")


def listed(client: FlaskClient, path: str) -> tuple[int, int]:
    """(firms, records) that a list says it holds."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    head = answer.text.split('class="table-tools"')[1]
    firms = re.search(r'<strong><data value="(\d+)">', head)
    records = re.search(r'<data value="(\d+)">[\d,]+</data> 条记录', head)
    assert firms
    return int(firms[1]), int(records[1]) if records else int(firms[1])


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    "path",
    [
        "/targets",
        "/targets?as_of=2025-12-31&year=2024",
        "/targets/listed",
        "/tiers/srdi/provincial/firms_valid",
    ],
)
def test_pages_answer_in_both_languages(client: FlaskClient, path: str, language: str) -> None:
    answer = client.get(f"{path}{'&' if '?' in path else '?'}lang={language}")
    assert answer.status_code == 200
    assert not re.search(r"\sstyle\s*=|\son\w+\s*=", answer.text)


@pytest.mark.parametrize("day", DAYS)
def test_a_target_leads_to_as_many_firms_as_it_counts(app: Flask, client: FlaskClient, day: str) -> None:
    seen = 0
    for target in counted(app, day)["targets"]:
        path = f"/targets/{target['id']}?as_of={day}"
        if target["source"] == "filed":
            assert client.get(path).headers["Location"].startswith(f"/indicators/{target['id']}")
            continue
        firms, records = listed(client, path)
        assert (records if target["source"] == "tags" else firms) == target["value"], target["id"]
        assert firms == len(ask_firms(house_of(app), date.fromisoformat(day), None, target["id"]))
        seen += 1
    assert seen >= 7


@pytest.mark.parametrize("day", DAYS)
def test_a_number_of_the_table_of_tiers_leads_to_its_firms(app: Flask, client: FlaskClient, day: str) -> None:
    for entry in counted(app, day)["tiers"]:
        for measure in MEASURES:
            firms, records = listed(client, f"/tiers/{entry['tier']}/{entry['level']}/{measure}?as_of={day}")
            by_title = measure in ("titles_valid", "titles_cumulative", "expiring_180d")
            assert (records if by_title else firms) == entry[measure], (
                entry["tier"],
                entry["level"],
                measure,
            )


@pytest.mark.parametrize("day", DAYS)
def test_units_and_highest_tiers_lead_to_their_firms(app: Flask, client: FlaskClient, day: str) -> None:
    document = counted(app, day)
    for row in document["by"]:
        for id in ("quality-firms", "above-scale", "listed"):
            assert (
                listed(client, f"/targets/{id}?as_of={day}&unit={row['key']}")[0]
                == row["targets"][id]["value"]
            )
    for tier, firms in document["quality"]["firms_by_highest_tier"].items():
        assert listed(client, f"/targets/quality-firms?as_of={day}&highest={tier}")[0] == firms


@pytest.mark.parametrize("day", DAYS)
def test_quality_titles_lead_to_their_firms(app: Flask, client: FlaskClient, day: str) -> None:
    document = counted(app, day)
    for measure in ("titles_valid", "titles_cumulative"):
        assert (
            listed(client, f"/quality/{measure}?as_of={day}&lang=zh")[1] == document["quality"][measure] > 0
        )
    target = next(target for target in document["targets"] if target["id"] == "quality-firms")
    assert listed(client, f"/quality/review_pending?as_of={day}")[0] == target["review_pending"]


@pytest.mark.parametrize("day", DAYS)
def test_what_expires_leads_to_its_firms(app: Flask, client: FlaskClient, day: str) -> None:
    with view(house_of(app), None) as connection:
        found = windows(connection, Question(date.fromisoformat(day), house_of(app).settings))
    for within, titles, firms in found:
        assert listed(client, f"/quality/expiring?as_of={day}&within={within}&lang=zh") == (firms, titles)
    assert [titles for _days, titles, _firms in found] == sorted(titles for _days, titles, _firms in found)


@pytest.mark.parametrize("day", [*DAYS, "2026-06-30&year=2023"])
def test_revenue_classes_lead_to_their_firms(app: Flask, client: FlaskClient, day: str) -> None:
    on, _, year = day.partition("&year=")
    revenue = ask_count(house_of(app), date.fromisoformat(on), None, int(year) if year else None, "area")[
        "revenue"
    ]
    assert sum(revenue[name] > 0 for name in REVENUE_CLASSES) >= 3
    for name in REVENUE_CLASSES:
        assert listed(client, f"/revenue/{name}?as_of={day}")[0] == revenue[name], name


def test_english_pages_speak_english_of_plan_and_trades(client: FlaskClient) -> None:
    targets = client.get("/targets?lang=en").text.split("<tbody>")[1].split("</tbody>")[0]
    assert "Part 3 (3), item 8" in targets
    assert "Bureau of Industry and Information Technology" in targets
    assert not re.search(r"[\u4e00-\u9fff]", targets)
    firms = client.get("/firms?tier=srdi&lang=en").text
    trade = re.search(
        r'<span class="code" title="General equipment · [\u4e00-\u9fff]+">C34\d\d</span> General equipment<',
        firms,
    )
    assert trade
    elsewhere = client.get("/firms?city=outside&lang=en").text.split("<tbody>")[1]
    assert not re.search(r'<td data-label="Place"[^>]*>[^<]*[\u4e00-\u9fff]', elsewhere)
    assert "三(三)8" in client.get("/targets?lang=zh").text


def test_lists_can_be_taken_away(client: FlaskClient) -> None:
    firms, _records = listed(client, "/targets/quality-firms")
    text = client.get("/targets/quality-firms/export.csv").data.decode("utf-8-sig")
    assert len(text.splitlines()) == firms + 1
    assert client.get("/tiers/srdi/provincial/firms_valid/export.xlsx").data[:2] == b"PK"


@pytest.mark.parametrize(
    "path",
    ["/quality/x", "/quality/expiring",
     "/quality/expiring?within=31", "/quality/expiring?month=2026-13", "/revenue/x",
     "/quality/titles_valid?within=30",
     "/targets/nothing", "/targets/quality-firms?unit=x", "/targets/quality-firms?highest=x", "/tiers/x/city/firms_valid",
     "/tiers/srdi/provincial/x", "/tiers/srdi/x/firms_valid"],
)  # fmt: skip
def test_what_nobody_counts_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_pages_are_the_same_on_both_databases(database_url: str, tmp_path: Path) -> None:
    house = house_in(tmp_path, url=database_url)
    file_sample(house, 60, 3)
    client = signing_in(create_app(house.settings, house.store, house.rooms, house.clock)).test_client()
    for path in (
        "/?as_of=2025-12-31", "/?as_of=2025-12-31&known_at=2025-12-31", "/firms?q=济南&sort=-revenue&expiring=365&tier=srdi",
        "/firms?sort=expiry&city=all", "/firms?above=yes&size=small&highest=srdi", "/firms/export.csv",
        "/near/high_tech/national?open=yes", "/simulate?edition=srdi-2022&run=yes", "/api/v1/simulate?edition=lg-2022",
        "/filings", "/filings/1",
        "/targets", "/targets/quality-firms?highest=srdi&unit=370171", "/targets/listed",
        *(f"/tiers/srdi/provincial/{measure}?known_at={at}" for measure in MEASURES for at in ("", "2026-12-31")),
    ):  # fmt: skip
        assert client.get(path).status_code == 200, path
    codes = re.findall(r'href="/firms/([0-9A-Z]{18})"', client.get("/firms").text)
    assert client.get(f"/firms/{codes[0]}").status_code == 200
    house.store.dispose()


@pytest.mark.parametrize("choice", ["srdi", "little_giant", "high_tech", "none"])
def test_the_registers_facet_of_titles_narrows_to_their_holders(
    app: Flask, client: FlaskClient, choice: str
) -> None:
    house = house_of(app)
    today = house.clock.today()
    with house.store.read() as connection:
        everyone = set(
            connection.exec_driver_sql(
                f"select uscc from enterprise where city = '370100' and from_day <= '{today}' and to_day > '{today}'"
            ).scalars()
        )
        where = "" if choice == "none" else f" and tier = '{choice}'"
        holding = set(
            connection.exec_driver_sql(
                f"select uscc from title where valid_from <= '{today}' and ends_on > '{today}'{where}"
            ).scalars()
        )
    expected = everyone - holding if choice == "none" else everyone & holding
    page = client.get(f"/firms/export.csv?tier={choice}", headers={"Host": "127.0.0.1"})
    lines = page.get_data(as_text=True).splitlines()
    assert page.status_code == 200
    assert {
        code for line in lines[1:] for code in re.findall(r"\b9[123]370199[0-9A-Z]{10}\b", line)[:1]
    } == expected


def test_lists_whose_titles_a_sheet_cannot_bear_are_exported(client: FlaskClient) -> None:
    for name in ("10bn", "unknown"):
        for language in ("en", "zh"):
            answer = client.get(f"/revenue/{name}/export.xlsx?as_of=2026-06-30&lang={language}")
            assert answer.status_code == 200, (name, language)
            assert answer.data[:2] == b"PK"
    assert client.get("/targets/quality-firms?id=x&as_of=2026-06-30").status_code == 200
