"""The pages of the plan: what is shown, narrowed, exported, filed by a form, and by whom."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.registry.house import file_rows
from tests.sample_app import app_in, house_of, post, token, words_of
from tiers.asking import ask_count

DAY = "2026-06-30"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with app_in(tmp_path_factory.mktemp("targets")) as made:
        yield made


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Flask]:
    with app_in(tmp_path) as made:
        yield made


def test_every_indicator_stands_on_the_page_under_its_part_of_the_plan(client: FlaskClient) -> None:
    html = client.get(f"/targets?as_of={DAY}").text
    assert len(set(re.findall(r'href="/indicators/([\w-]+)\?', html))) == 42
    for part in ("二、发展目标", "三（三）优质企业攀登倍增", "四、保障措施"):
        assert f"<h2>{part}</h2>" in html
    assert "待部门填报" in html


def test_the_page_can_be_narrowed_and_taken_away(client: FlaskClient) -> None:
    html = client.get(f"/targets?as_of={DAY}&state=overdue&department=领导小组办公室&lang=zh").text
    shown = html.split('id="owed"')[0]
    assert set(re.findall(r'firm-name" href="/indicators/([\w-]+)\?', shown)) == {
        "district-weight",
        "department-weight",
    }
    text = client.get(f"/targets/export.csv?as_of={DAY}&state=overdue&department=领导小组办公室").data.decode(
        "utf-8-sig"
    )
    assert text.count("\n") == 3
    assert "逾期未报" in text
    assert client.get(f"/targets/export.xlsx?as_of={DAY}").status_code == 200
    assert client.get("/targets?state=nonsense").status_code == 404
    assert client.get("/targets?plan=nonsense").status_code == 404
    assert client.get("/targets/export.pdf").status_code == 404


def test_another_plan_says_that_its_goals_are_not_set(client: FlaskClient) -> None:
    text = words_of(client.get("/targets?plan=plan-2026-2028&lang=en").text)
    assert "No goals are set for this plan" in text
    assert "goal not set" in text
    assert "No goals are set" not in client.get("/targets?lang=en").text


def test_the_sample_shows_goals_of_units_and_what_is_not_allocated(client: FlaskClient) -> None:
    text = words_of(client.get(f"/indicators/quality-firms?as_of={DAY}&lang=zh").text)
    assert "全市目标尚未分解" in text
    assert "未分解" in text
    csv = client.get(f"/indicators/quality-firms/export.csv?as_of={DAY}").data.decode("utf-8-sig")
    assert csv.splitlines()[-1].startswith("全市,")
    assert client.get("/indicators/nothing").status_code == 404


def test_a_figure_that_a_department_files_has_its_course_and_its_sources(client: FlaskClient) -> None:
    text = words_of(client.get(f"/indicators/software-revenue?as_of={DAY}&lang=zh").text)
    assert "2025-06" in text
    assert "工信局（样例）" in text


def form(client: FlaskClient, **typed: str) -> str:
    answer = post(client, "/indicators/computing", **typed)
    return answer.headers.get("Location") or words_of(answer.text)


def test_a_value_is_filed_by_the_form_and_counts(fresh: Flask) -> None:
    client = fresh.test_client()
    assert (
        form(client, period="2026-05", value="2800", measure="P", reported_by="大数据局")
        == "/indicators/computing"
    )
    text = words_of(client.get("/indicators/computing?lang=zh").text)
    assert "大数据局" in text
    house = house_of(fresh)
    document = ask_count(house, house.clock.today(), None)
    assert next(t for t in document["targets"] if t["id"] == "computing")["value"] == 2800


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"period": "2027", "value": "1"}, "晚于今天"),
        ({"period": "soon", "value": "1"}, "读不成统计期"),
        ({"period": "2025", "value": "许多"}, "读不成一个准数"),
        ({"period": "2025", "value": "5亿元"}, "单位与该指标不符"),
        ({"period": "2025", "value": ""}, "此项必填"),
    ],
)
def test_what_the_form_cannot_take_is_said_and_nothing_is_filed(
    client: FlaskClient, typed: dict[str, str], said: str
) -> None:
    before = client.get("/api/v1/filings?limit=1").text
    client.get("/?lang=zh")
    assert said in form(client, **typed)
    assert client.get("/api/v1/filings?limit=1").text == before


def test_a_district_files_for_itself_only_and_a_reader_not_at_all(fresh: Flask) -> None:
    officer = fresh.test_client(role="district", unit="370102")
    html = officer.get("/indicators/tech-upgrades?lang=zh").text
    assert re.findall(r'<option value="(\w+)"', html.split('name="unit"')[1].split("</select>")[0]) == [
        "370102"
    ]
    assert (
        post(officer, "/indicators/tech-upgrades", period="2025", unit="370102", value="20").status_code
        == 303
    )
    assert "不是本单元" in words_of(
        post(officer, "/indicators/tech-upgrades", period="2025", unit="370103", value="2").text
    )
    assert "不是本单元" in words_of(post(officer, "/indicators/tech-upgrades", period="2025", value="2").text)
    reader = fresh.test_client(role="reader")
    assert "填报数值" not in reader.get("/indicators/tech-upgrades?lang=zh").text
    assert post(reader, "/indicators/tech-upgrades", period="2025", value="2").status_code == 403


def test_the_pages_of_lists_know_kinds_that_are_about_no_firm(fresh: Flask) -> None:
    client = fresh.test_client()
    for path in (
        "/upload?kind=indicators",
        "/fields/targets",
        "/fields/indicators",
        "/templates/indicators.xlsx",
    ):
        assert client.get(path).status_code == 200, path
    code = re.search(r'href="/firms/(\w{18})"', client.get("/firms?tier=srdi").text)
    assert code
    assert client.get(f"/firms/{code[1]}/edit").status_code == 200
    assert client.get(f"/firms/{code[1]}/edit/indicators").status_code == 404
    row = {"indicator": "computing", "period": "2025"}
    done = file_rows(house_of(fresh), "indicators", [{**row, "value": 1}, {**row, "value": 2}])
    html = client.get(f"/filings/{done.filing}?lang=zh").text
    assert "以本行为准" in html
    assert "part=firms" not in html
    assert post(client, f"/filings/{done.filing}/rows/3", answer="take").status_code == 302
    for part in ("problems", "columns", "firms", "refused"):
        assert client.get(f"/filings/{done.filing}?part={part}").status_code == 200
    assert client.get(f"/filings/{done.filing}/withdraw").status_code == 200


def test_figures_that_the_register_counts_have_no_form(client: FlaskClient) -> None:
    assert "填报数值" not in client.get("/indicators/above-scale?lang=zh").text
    assert post(client, "/indicators/above-scale", period="2025", value="1").status_code == 404


def test_each_of_the_five_figures_opens_into_as_many_firms(client: FlaskClient) -> None:
    html = client.get(f"/targets/cultivation?as_of={DAY}&lang=zh").text
    found = re.findall(r'href="(/targets/cultivation/[^"]+)"><data value="(\d+)"', html)
    assert found
    for address, number in found:
        page = client.get(address.replace("&amp;", "&")).text
        shown = re.search(r'<div class="table-tools"><span><strong><data value="(\d+)"', page)
        records = re.search(r'<data value="(\d+)">[\d,]+</data> (?:条|个)', page)
        assert shown, address
        assert number in (shown[1], records[1] if records else shown[1]), address
    assert "未设定" in html
    assert client.get("/targets/cultivation/export.csv").status_code == 200
    assert client.get("/targets/cultivation/srdi/nowhere/done").status_code == 404
    assert client.get("/targets/cultivation/srdi/provincial/firms/export.csv").status_code == 200


def test_overdue_figures_are_to_be_seen_to_by_the_city_and_not_by_a_district(app: Flask) -> None:
    text = words_of(app.test_client().get("/todo/owed?lang=zh").text)
    assert "领导小组办公室 2" in text
    assert "领导小组办公室" not in words_of(
        app.test_client(role="district", unit="370102").get("/todo/owed?lang=zh").text
    )


def test_the_api_gives_the_targets_and_files_their_figures(fresh: Flask) -> None:
    client = fresh.test_client()
    found = client.get("/api/v1/targets?state=overdue").get_json()
    assert found["plan"] == "plan-2023-2025"
    assert {target["state"] for target in found["targets"]} == {"overdue"}
    assert client.get("/api/v1/targets?plan=1999").status_code == 404
    row = {"indicator": "energy-equipment", "period": "2025", "value": 500000, "unit": "历下区"}
    sent = {"kind": "indicators", "rows": [row, {**row, "indicator": "above-scale"}]}
    answer = client.post("/api/v1/filings", json=sent, headers={"X-CSRFToken": token(client)}).get_json()
    assert [(one["fate"], one["uscc"], one["subject"]) for one in answer["results"]] == [
        ("accepted", None, "energy-equipment"),
        ("refused", None, None),
    ]
    assert [one["code"] for one in answer["problems"]] == ["counted_here"]
    kept = client.get(f"/api/v1/filings/{answer['filing']}/rows").get_json()["rows"]
    assert [one["subject"] for one in kept] == ["energy-equipment", None]
    assert client.get("/api/v1/count?plan=plan-2026-2028").get_json()["plan"] == "plan-2026-2028"


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    "path",
    [
        "/targets?plan=plan-2026-2028",
        "/indicators/tech-upgrades",
        "/indicators/energy-intensity",
        "/targets/cultivation",
    ],
)
def test_pages_answer_in_both_languages(client: FlaskClient, path: str, language: str) -> None:
    answer = client.get(f"{path}{'&' if '?' in path else '?'}lang={language}")
    assert answer.status_code == 200
    assert not re.search(r"\sstyle\s*=|\son\w+\s*=", answer.text)
