"""Pages of bridges and published counts: every number opens into its firms, officers see the own part, nothing speaks alone."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from registry.merging import merge
from registry.shell.charts import waterfall
from tests.registry.house import code, file_rows
from tests.sample_app import app_in, house_of, post, words_of
from tiers.bridging import Place, bridge_document
from tiers.publishing import publish, snapshot_firms

NOVEMBER, DECEMBER, JANUARY = date(2025, 11, 30), date(2025, 12, 31), date(2026, 1, 31)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with app_in(tmp_path_factory.mktemp("bridges")) as app:
        house = house_of(app)
        for day in (NOVEMBER, DECEMBER):
            publish(house, "monthly", day, "desk")
        yield app


def links(text: str, prefix: str) -> list[str]:
    return [html.unescape(found) for found in re.findall(r'href="([^"]+)"', text) if found.startswith(prefix)]


def firms_on(client: FlaskClient, path: str) -> int:
    answer = client.get(path)
    assert answer.status_code == 200, (path, words_of(answer.text)[:300])
    found = re.search(r'class="table-tools"><span><strong><data value="(\d+)">', answer.text)
    assert found, path
    return int(found[1])


@pytest.mark.parametrize(
    "ends", ["from=2025-12-31&to=2026-01-31", "from=2024-12-31&to=%232", "from=%231&to=%232"]
)
@pytest.mark.parametrize("target", ["quality-firms", "above-scale", "platforms"])
def test_every_step_opens_into_its_firms(app: Flask, client: FlaskClient, ends: str, target: str) -> None:
    page = client.get(f"/bridge?{ends}&target={target}")
    assert page.status_code == 200
    opened = dict.fromkeys(links(page.text, "/bridge/firms/"))
    for address in opened:
        assert firms_on(client, address) > 0
    asked = client.get(f"/api/v1/bridge?{ends}&target={target}").get_json()
    for step in asked["steps"]:
        (address,) = [
            one for one in opened if one.startswith(f"/bridge/firms/{step['reason']}?") and "unit=" not in one
        ]
        assert firms_on(client, address) == len(step["firms"])
    assert asked["from"]["value"] + sum(step["delta"] for step in asked["steps"]) == asked["to"]["value"]
    assert {row["key"] for row in asked["by"]} >= {"370102"}


def test_a_unit_has_its_own_steps(client: FlaskClient) -> None:
    text = client.get("/bridge?from=2024-12-31&to=2025-12-31&unit=370102").text
    assert "历下区" in text
    assert 'id="units"' not in text
    asked = client.get("/api/v1/bridge?from=2024-12-31&to=2025-12-31&unit=370102").get_json()
    for step in asked["steps"]:
        address = f"/bridge/firms/{step['reason']}?from=2024-12-31&to=2025-12-31&unit=370102"
        assert firms_on(client, address) == len(step["firms"])


def test_lists_of_steps_are_taken_away_as_files(client: FlaskClient) -> None:
    address = "/bridge/firms/new/export.csv?from=2024-12-31&to=2025-12-31"
    answer = client.get(address)
    assert answer.status_code == 200
    lines = answer.data.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("统一社会信用代码,")
    assert len(lines) - 1 == firms_on(client, "/bridge/firms/new?from=2024-12-31&to=2025-12-31")
    assert client.get(address.replace(".csv", ".xlsx")).data[:2] == b"PK"


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/bridge?from=tomorrow", 400),
        ("/bridge?from=2026-01-01&to=2025-01-01", 400),
        ("/bridge?from=%2399", 400),
        ("/bridge?target=nothing", 400),
        ("/bridge?target=pillar-scale", 400),
        ("/bridge?unit=999999", 404),
        ("/bridge?known_at=99999", 400),
        ("/bridge/firms/nothing", 404),
        ("/bridge/firms/held-nothing", 404),
        ("/snapshots/99", 404),
        ("/snapshots/99/overtaken", 404),
        ("/snapshots/1/firms/pillar-scale", 404),
        ("/snapshots/1/firms/nothing", 404),
        ("/snapshots/1/firms/quality-firms/export.doc", 404),
        ("/bridge?from=%23" + "1" * 5000, 400),
        ("/api/v1/bridge?to=2025-12-31&from=%23" + "1" * 5000, 400),
        ("/snapshots/compare", 400),
        ("/snapshots/compare?a=1&b=x", 400),
        ("/snapshots/compare?a=1&b=99", 404),
    ],
)
def test_wrong_addresses_are_told_apart(client: FlaskClient, address: str, status: int) -> None:
    for language in ("zh", "en"):
        answer = client.get(address, headers={"Accept-Language": language})
        assert answer.status_code == status, words_of(answer.text)[:200]
        assert "--" not in words_of(answer.text)


@pytest.mark.parametrize(
    "path", ["/snapshots", "/snapshots/2", "/snapshots/2/overtaken", "/snapshots/compare?a=1&b=2", "/bridge"]
)
def test_the_pages_speak_both_languages(client: FlaskClient, path: str) -> None:
    mark = "&" if "?" in path else "?"
    for language, word in (("en", "Published count"), ("zh", "统计发布")):
        answer = client.get(f"{path}{mark}lang={language}")
        assert answer.status_code == 200
        assert word in answer.text


def test_a_published_number_opens_into_the_firms_as_they_were(app: Flask, client: FlaskClient) -> None:
    page = client.get("/snapshots/2")
    for address in links(page.text, "/snapshots/2/firms/"):
        target = address.rpartition("/")[2]
        assert firms_on(client, address) == len(snapshot_firms(house_of(app), 2, target)), target
    assert "没有后续变化" in page.text
    listed = client.get("/snapshots").text
    assert 'hx-get="/snapshots/2/overtaken"' in listed
    assert "仍一致" in client.get("/snapshots/2/overtaken").text


def test_the_overview_shows_what_changed(client: FlaskClient) -> None:
    text = client.get("/?as_of=2025-11-30").text
    card = text.split('id="card-changed"')[1].split('id="card-')[0]
    steps = links(card, "/bridge/firms/")
    assert steps
    for step in steps:
        assert firms_on(client, step) > 0
    assert client.get(links(card, "/bridge?")[0]).status_code == 200


def test_an_officer_sees_the_citys_numbers_and_the_own_firms(app: Flask, client: FlaskClient) -> None:
    officer = app.test_client(role="district", unit="370102")
    ends = "from=2024-12-31&to=2025-12-31"
    city = client.get(f"/api/v1/bridge?{ends}").get_json()
    own = officer.get(f"/api/v1/bridge?{ends}").get_json()
    assert own["to"] | {"known_at": ""} == city["to"] | {"known_at": ""}
    (all_firms,), (own_firms,) = (
        [s["firms"] for s in one["steps"] if s["reason"] == "new"] for one in (city, own)
    )
    assert set(own_firms) < set(all_firms)
    page = f"/bridge/firms/new?{ends}"
    assert firms_on(officer, page) == len(own_firms) < firms_on(client, page)
    assert "历下区" in officer.get(page).text
    for address in ("/snapshots/2/firms/quality-firms", "/api/v1/snapshots/2/firms"):
        assert len(officer.get(address).text) < len(client.get(address).text)
    frozen = officer.get("/api/v1/snapshots/2/firms").get_json()
    assert {firm["unit"] for firm in frozen} <= {"370102"}
    document = officer.get("/api/v1/snapshots/2").get_json()
    assert document["count"] == client.get("/api/v1/snapshots/2").get_json()["count"]
    assert officer.post("/snapshots/2/rerun").status_code in (400, 403)


def test_a_published_count_is_counted_again_on_its_page(client: FlaskClient) -> None:
    answer = post(client, "/snapshots/1/rerun")
    assert answer.status_code == 302
    assert "逐字节一致" in client.get("/snapshots/1").text


def test_withdrawing_asks_on_the_page_and_the_count_says_it_was_overtaken(tmp_path: Path) -> None:
    with app_in(tmp_path) as app:
        house, client = house_of(app), app.test_client()
        file_rows(
            house,
            "enterprises",
            [{"uscc": code(99), "name": "济南后来机械有限公司", "district": "历下区"}],
            "f.csv",
        )
        rows = [{"uscc": code(99), "tier": "gazelle", "level": "provincial", "issued_on": "2025-06-01"}]
        filed = file_rows(house, "titles", rows, "gazelle.csv").filing
        made = publish(house, "monthly", DECEMBER, "desk")
        first = post(client, f"/filings/{filed}/withdraw")
        assert first.status_code == 200
        assert f"统计发布 #{made.id}" in first.text
        assert "published count" in post(client, f"/filings/{filed}/withdraw?lang=en").text
        assert post(client, f"/filings/{filed}/withdraw", yes="yes").status_code == 302
        text = words_of(client.get(f"/snapshots/{made.id}?lang=zh").text)
        assert "发布后已有变化" in text
        assert f"入库记录 {filed} 已由" in text
        corrected = f"/bridge/firms/corrected?from=%23{made.id}&to=2025-12-31"
        assert firms_on(client, corrected) == 1
        assert "已被更新" in client.get(f"/snapshots/{made.id}/overtaken").text
        assert client.get(f"/api/v1/snapshots/{made.id}").get_json()["overtaken"][0]["what"] == "withdrawn"


def test_figures_of_departments_that_overtook_a_count_are_told_in_words(tmp_path: Path) -> None:
    with app_in(tmp_path) as app:
        here, client = house_of(app), app.test_client()
        made = publish(here, "monthly", date(2025, 12, 31), "desk")
        rows = [
            {"indicator": "advanced-share", "period": "2025-12-31", "value": "70.5%"},
            {"indicator": "pillar-scale", "period": "2025", "value": "19000亿元"},
        ]
        file_rows(here, "indicators", rows, "late.csv")
        text = words_of(client.get(f"/snapshots/{made.id}?lang=zh").text)
        assert "四大主导支柱产业规模：按现在掌握为 19000亿元，发布时为 未知。" in text
        assert "按现在掌握为 70.5%" in text
        assert client.get(f"/snapshots/{made.id}?lang=en").status_code == 200


def test_an_officer_is_told_of_merged_codes_of_others_without_the_codes(tmp_path: Path) -> None:
    with app_in(tmp_path) as app:
        house = house_of(app)
        made = publish(house, "monthly", DECEMBER, "desk", known_at=datetime(2026, 6, 1, tzinfo=UTC))
        counted = snapshot_firms(house, made.id, "quality-firms")
        by_unit = {
            unit: [firm["uscc"] for firm in counted if firm["unit"] == unit]
            for unit in {f["unit"] for f in counted}
        }
        unit, pair = next((unit, firms[:2]) for unit, firms in by_unit.items() if unit and len(firms) > 1)
        merge(house, pair[0], pair[1], "desk", yes=True)
        own = app.test_client(role="district", unit=unit)
        other = app.test_client(role="district", unit=next(one for one in by_unit if one not in (None, unit)))
        for path in (
            f"/snapshots/{made.id}?lang=zh",
            f"/snapshots/{made.id}/overtaken",
            f"/api/v1/snapshots/{made.id}",
        ):
            assert pair[0] in own.get(path).text, path
            told = other.get(path).text
            assert not any(uscc in told for uscc in pair), path
        assert "其他单位企业中" in other.get(f"/snapshots/{made.id}").text


def test_series_and_snapshots_over_the_api(client: FlaskClient) -> None:
    course = client.get("/api/v1/series?from=2025-01-31&to=2025-12-31&target=quality-firms").get_json()
    assert len(course["days"]) == len(course["targets"]["quality-firms"]) == 12
    heads = client.get("/api/v1/snapshots").get_json()
    assert [head["id"] for head in heads] == [2, 1]
    compared = client.get("/api/v1/snapshots/compare?a=1&b=2").get_json()
    assert compared["definition"] == []
    for wrong, status in (("snapshots/9", 404), ("series?from=2026-01-01&to=2025-01-01", 400), ("series?target=x", 400),
                          ("bridge", 400), ("bridge?from=x&to=y", 400), ("snapshots/compare?a=1&b=z", 400)):  # fmt: skip
        assert client.get(f"/api/v1/{wrong}").status_code == status, wrong


def test_the_remembered_bridge_prints_the_present_instant(app: Flask) -> None:
    house = house_of(app)
    one = bridge_document(house, Place(DECEMBER), Place(JANUARY), "quality-firms")
    assert bridge_document(house, Place(DECEMBER), Place(JANUARY), "quality-firms") == one


@pytest.mark.parametrize(
    ("first", "deltas"), [(7138, (-1, -2, -353)), (0, (3,)), (5, ()), (3, (-3,)), (10, (0, 5, -5)), (0, ())]
)
def test_a_waterfall_stays_in_its_box(first: int, deltas: tuple[int, ...]) -> None:
    drawn = waterfall(first, deltas, first + sum(deltas))
    assert len(drawn.rows) == len(deltas) + 2
    for bar in drawn.rows:
        assert 0 <= float(bar.x[:-1]) <= 100
        assert float(bar.x[:-1]) + float(bar.width[:-1]) <= 100.1
    assert drawn.rows[-1].before in (None, drawn.rows[-1].after)
    assert 0 <= drawn.cut <= max(first, first + sum(deltas), 0)
