"""The pages, addresses and commands of forecasts say the same, in both languages, and keep officers to their firms."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

from cli import main
from registry.places import places
from tests.sample_app import app_in, house_of, words_of
from tiers.asking import ask_count
from tiers.forecasting.pages import chance_words
from tiers.forecasting.part import forecast_part
from tiers.members import Question

DAY = "2025-06-30"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with app_in(tmp_path_factory.mktemp("forecast")) as app:
        yield app


@pytest.fixture
def run(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Any:
    house = house_of(app)
    monkeypatch.setenv("DATABASE_URL", str(house.store.engine.url))
    monkeypatch.setenv("TIDU_PATHS_VAR", str(house.settings.var))
    return lambda *arguments: CliRunner().invoke(main, list(arguments))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    "path",
    [
        f"/forecast?as_of={DAY}",
        f"/forecast?as_of={DAY}&target=above-scale&months=60",
        f"/forecast?as_of={DAY}&target=listed",
        f"/forecast?as_of={DAY}&target=tech-sme&near=20",
        f"/forecast?as_of={DAY}&target=srdi:provincial",
        f"/forecast?as_of={DAY}&renewals=5&near=30&line=srdi&exits=1&new=10",
        f"/forecast?as_of={DAY}&near=3000000",
        "/forecast?as_of=2026-06-15",
        "/forecast?as_of=2018-01-01",
        f"/forecast/backtest?as_of={DAY}&target=high-tech",
        "/forecast/backtest?as_of=2018-12-31",
        f"/forecast/card?as_of={DAY}",
        f"/cultivation?as_of={DAY}",
        f"/cultivation?as_of={DAY}&target=high-tech&unit=370171&whole=yes",
        f"/cultivation?as_of={DAY}&target=srdi:provincial",
    ],
)
def test_pages_answer_in_both_languages(client: FlaskClient, path: str, language: str) -> None:
    answer = client.get(f"{path}&lang={language}")
    assert answer.status_code == 200
    assert not re.search(r"\sstyle\s*=|\son\w+\s*=", answer.text)
    assert "%%" not in words_of(answer.text)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/forecast?target=revenue-1bn", 404),
        ("/forecast?months=61", 400),
        ("/forecast?months=x", 400),
        ("/cultivation?target=above-scale", 404),
        ("/cultivation?unit=999999", 404),
        ("/cultivation/export.pdf", 404),
        ("/api/v1/forecast?target=nope", 400),
        ("/api/v1/forecast?what_if=renewals", 400),
        ("/api/v1/forecast?what_if=wishes=3", 400),
        ("/api/v1/cultivation?unit=nowhere", 400),
    ],
)
def test_what_makes_no_sense_is_refused(client: FlaskClient, path: str, status: int) -> None:
    assert client.get(path).status_code == status


def test_the_value_is_the_counts(app: Flask, client: FlaskClient) -> None:
    """For every target that has a forecast, on days in and between rounds."""
    for day in ("2024-03-15", DAY, "2025-12-31", "2026-01-01", "2026-06-15"):
        counted = {
            t["id"]: t["value"] for t in ask_count(house_of(app), date.fromisoformat(day), None)["targets"]
        }
        for target in ("quality-firms", "above-scale", "listed", "tech-sme", "high-tech"):
            found = client.get(f"/api/v1/forecast?target={target}&as_of={day}&months=1").json
            assert found["value"] == counted[target], (target, day)


def test_the_past_beside_the_forecast_is_the_counts(app: Flask, client: FlaskClient) -> None:
    found = client.get(f"/api/v1/forecast?as_of={DAY}&months=1").json
    for one in found["history"][::6]:
        document = ask_count(house_of(app), date.fromisoformat(one["day"]), None)
        assert one["value"] == document["quality"]["firms_valid"]


def test_command_and_address_say_the_same(client: FlaskClient, run: Any) -> None:
    said = json.loads(run("forecast", "--as-of", DAY, "--what-if", "renewals=+5,near=30", "--json").stdout)
    found = client.get(f"/api/v1/forecast?as_of={DAY}&what_if=renewals=%2B5,near=30").json
    said.pop("known_at"), found.pop("known_at")
    assert said == found
    assert found["what_if"]["difference"]["mean"] > 0
    listed = json.loads(run("cultivate", "--as-of", DAY, "--json").stdout)
    assert listed["firms"] == client.get(f"/api/v1/cultivation?as_of={DAY}").json["firms"]


def test_the_command_says_chance_and_what_would_have_to_be_true(run: Any) -> None:
    answer = run("forecast", "--as-of", DAY, "--target", "high-tech", "--what-if", "renewals=5")
    assert answer.exit_code == 0
    assert "chance of 8,000 on 2025-12-31 (due)" in answer.output
    assert "new firms a month until 2025-12-31" in answer.output
    assert "what if: +" in answer.output
    assert run("forecast", "backtest", "--as-of", DAY).exit_code == 0


def test_an_unknown_target_or_change_is_exit_2(run: Any) -> None:
    assert run("forecast", "--target", "nope").exit_code == 2
    answer = run("forecast", "--what-if", "wishes=3")
    assert answer.exit_code == 2
    assert "renewals (points)" in answer.output
    assert run("cultivate", "--target", "above-scale").exit_code == 2
    assert run("cultivate", "--unit", "青岛").exit_code == 2


def test_a_goal_that_is_past_says_what_came(client: FlaskClient) -> None:
    found = client.get("/api/v1/forecast?as_of=2026-06-15").json
    assert found["past"]["due"] == "2025-12-31"
    assert found["past"]["reached"] is False
    assert [one["day"] for one in found["chances"]] == ["2026-12-31", "2027-12-31"]
    assert found["next"]["period"] == "2026-2028"
    assert found["next"]["goal"] is None
    page = words_of(client.get("/forecast?as_of=2026-06-15&lang=zh").text)
    assert "已于 2025-12-31 到期，未达到" in page
    assert "2026-2028 年的目标尚未设定，以下测算何时可能达到原目标" in page


def test_another_plan_without_a_goal_gives_a_fan_and_no_chance(client: FlaskClient, run: Any) -> None:
    for path in (
        "/api/v1/forecast?as_of=2026-06-15&plan=2026-2028",
        f"/api/v1/forecast?as_of={DAY}&plan=2026-2028",
    ):
        found = client.get(path).json
        assert (found["plan"], found["goal"], found["due"], found["judged"]) == (
            "plan-2026-2028",
            None,
            "2028-12-31",
            None,
        )
        assert found["months"][-1]["day"] == "2028-12-31"
        assert (found["chances"], found["needed"]) == ([], None)
    page = client.get("/forecast?as_of=2026-06-15&plan=2026-2028&lang=zh&exits=1").text
    assert "未设定" in words_of(page)
    assert "可能性：" not in words_of(page)
    assert "fan-outer" in page
    assert "fan-goal" not in page
    said = run("forecast", "--as-of", DAY, "--plan", "2026-2028")
    assert "goal not set, due 2028-12-31" in said.output
    assert "chance of" not in said.output
    assert run("forecast", "--plan", "2030").exit_code == 2
    assert client.get("/forecast?plan=2030").status_code == 404
    listed = client.get(f"/api/v1/cultivation?as_of={DAY}&plan=2026-2028&target=high-tech").json
    assert (listed["goal"], listed["takes"], listed["until"]) == (None, None, "2028-12-31")


def test_the_list_of_whom_to_cultivate_comes_after_its_page(app: Flask, client: FlaskClient) -> None:
    path = "/cultivation?as_of=2025-03-31&target=high-tech"
    first = client.get(f"{path}&lang=en")
    assert "asked of every firm" in first.text
    fetched = re.search(r'id="list"[^>]*hx-get="([^"]+)"', first.text)
    assert fetched
    whole = client.get(fetched[1].replace("&amp;", "&"))
    assert 'class="firm-name"' in whole.text
    assert 'hx-trigger="load"' not in whole.text
    assert 'class="firm-name"' in client.get(path).text  # held now


def test_too_little_history_gives_no_number(client: FlaskClient) -> None:
    found = client.get("/api/v1/forecast?as_of=2018-01-01").json
    assert found["enough"] is False
    assert found["months"] == found["chances"] == []
    assert "不足一年" in client.get("/forecast?as_of=2018-01-01&lang=zh").text


def test_a_forecast_for_thousands_of_years_is_refused(client: FlaskClient) -> None:
    for months in ("0001999", "00601", "0001" + "9" * 5000, "0", "61", "²"):
        assert client.get(f"/forecast?as_of={DAY}&months={months}").status_code == 400, months[:9]


def test_the_sample_says_that_it_is_one(client: FlaskClient) -> None:
    assert "只说明方法" in client.get(f"/forecast?as_of={DAY}&lang=zh").text


def test_an_officer_sees_the_own_firms_only(app: Flask) -> None:
    unit = "370171"
    officer = app.test_client(role="district", unit=unit)
    city = app.test_client().get(f"/api/v1/cultivation?as_of={DAY}&target=high-tech").json
    own = officer.get(f"/api/v1/cultivation?as_of={DAY}&target=high-tech").json
    assert 0 < len(own["firms"]) < len(city["firms"])
    others = {firm["uscc"] for firm in city["firms"]} - {firm["uscc"] for firm in own["firms"]}
    assert {firm["unit"] for firm in own["firms"]} == {unit}
    page = officer.get(f"/cultivation?as_of={DAY}&target=high-tech&whole=yes").text
    sheet = officer.get(f"/cultivation/export.csv?as_of={DAY}&target=high-tech&whole=yes").text
    assert not any(uscc in page or uscc in sheet for uscc in others)
    assert places("370100").label(unit, "zh") in page


def test_the_list_is_exported_as_it_stands(client: FlaskClient) -> None:
    path = f"?as_of={DAY}&target=high-tech"
    found = client.get(f"/api/v1/cultivation{path}").json
    sheet = client.get(f"/cultivation/export.csv{path}").text.splitlines()
    assert len(sheet) == len(found["firms"]) + 1
    assert [line.split(",")[0] for line in sheet[1:]] == [firm["uscc"] for firm in found["firms"]]
    assert client.get(f"/cultivation/export.xlsx{path}").data[:2] == b"PK"


def test_the_part_for_a_snapshot_says_the_same_again(app: Flask) -> None:
    house = house_of(app)
    question = Question(date.fromisoformat(DAY), house.settings)
    first, again = (json.dumps(forecast_part(house, question, None)) for _n in range(2))
    assert first == again
    assert set(json.loads(first)["targets"]) == {
        "quality-firms",
        "above-scale",
        "listed",
        "tech-sme",
        "high-tech",
    }
    assert "known_at" not in first


def test_the_overview_fetches_the_small_fan(client: FlaskClient) -> None:
    assert 'hx-get="/forecast/card' in client.get("/").text
    assert "fan-small" in client.get(f"/forecast/card?as_of={DAY}").text


def test_the_overview_tells_numbers_targets_decisions_cliff_changes_trend_units(client: FlaskClient) -> None:
    found = re.findall(r'id="card-([a-z]+)"', client.get("/").text)
    story = ["quality", "targets", "decisions", "expiries", "changed", "trend", "units"]
    assert [card for card in found if card in story] == story


def test_a_target_shows_its_chance_once_somebody_asked_for_it(client: FlaskClient) -> None:
    day = "2025-04-30"
    assert 'class="chance"' not in client.get(f"/?as_of={day}").text
    client.get(f"/forecast/card?as_of={day}")
    page = client.get(f"/?as_of={day}&lang=zh").text
    (slot,) = re.findall(r'<a class="chance".*?</a>', page)
    assert 'title="2025-12-31 达到目标的可能性（截至 2025-04-30 的预测）"' in slot
    client.get("/forecast/card?as_of=2026-06-15")
    assert 'class="chance"' not in client.get("/?as_of=2026-06-15").text  # its day is past


@pytest.mark.parametrize(
    ("chance", "words"),
    [
        ("0.0000", "less than 1 in 100"),
        ("0.0510", "about 5 in 100"),
        ("0.1490", "about 1 in 10"),
        ("0.7130", "about 7 in 10"),
        ("0.9600", "about 96 in 100"),
        ("0.9990", "more than 99 in 100"),
    ],
)
def test_chances_in_words(app: Flask, chance: str, words: str) -> None:
    with app.test_request_context("/?lang=en"):
        assert chance_words(chance) == words
