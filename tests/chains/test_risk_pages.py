"""The pages of risks, gaps and what-if: what they show, to whom, as files, and over the API."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from chains import risk_pages
from registry.jobs.period import Rhythm, period_of
from tests.chains.little_city import (
    CHAIN,
    CORE,
    DEEP,
    FORMER,
    KEY,
    LEADER,
    OUTSIDERS,
    SECOND,
    SUPPLIERS,
    little_city,
    name,
)
from tests.registry.house import code, file_rows
from tests.sample_app import app_in, counted_queries, house_of, words_of
from tests.tiers.jobs.scheduled import ran
from tests.tiers.test_api import fits

DAY = "2026-03-01"
HERE = f"/chains/{quote(CHAIN)}"
#: Questions that a page may ask once the graph and the products are in the cache.
BUDGET = 30


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with app_in(tmp_path_factory.mktemp("risks"), empty=True) as made:
        little_city(house_of(made))
        file_rows(house_of(made), "offers", [
            {"uscc": SUPPLIERS[3], "product": "电芯"}, {"uscc": SUPPLIERS[4], "product": "隔膜涂覆"},
        ], "offers.csv")  # fmt: skip
        file_rows(house_of(made), "roles", [{"chain": "孤链", "uscc": FORMER, "role": "leader"}], "lone.csv")
        yield made


def get(client: FlaskClient, part: str, **arguments: str) -> str:
    answer = client.get(f"{HERE}/{part}", query_string={"as_of": DAY, **arguments})
    assert answer.status_code == 200, answer.text[:500]
    return answer.text


def test_the_page_of_risks_opens_with_what_hangs_on_one_firm_and_who_could_step_in(
    client: FlaskClient,
) -> None:
    page = get(client, "risks")
    words = words_of(page)
    assert words.index("单一来源") < words.index("停产影响最大的企业") < words.index("集中度")
    assert name(KEY) in words
    assert f"/enterprises/{SUPPLIERS[3]}" in page or SUPPLIERS[3] in page
    assert "供应的产品" not in words
    assert "推算说明" in words


def test_every_single_source_can_be_turned_to_with_who_could_step_in(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(risk_pages, "FEW", 1)

    def rows(page: int) -> list[str]:
        table = get(client, "risks", page=str(page)).split('id="sources"')[1].split("</table>")[0]
        return re.findall(r'<tr>\s*<th scope="row">.*?</tr>', table, re.S)

    total = len(client.get(f"/api/v1{HERE}/risks?as_of={DAY}").get_json()["single_sources"])
    seen = [row for page in range(1, total + 1) for row in rows(page)]
    assert len(set(seen)) == total > 2
    assert all("near-firms" in row or "市内没有相近企业" in row for row in seen)
    assert rows(total + 5) == seen[-1:], "a page beyond the last is the last"


def test_the_page_of_gaps_names_the_nearest_firms(client: FlaskClient) -> None:
    page = get(client, "gaps")
    assert "隔膜" in page
    assert SUPPLIERS[4] in page
    assert "电机控制器" in page


def test_a_product_that_is_on_record_as_strong_and_nobody_makes_says_so(
    app: Flask, client: FlaskClient
) -> None:
    file_rows(house_of(app), "chains", [
        {"chain": "低空", "stage": "整机", "product": "无人机", "state": "强项"},
        {"chain": "低空", "stage": "整机", "product": "直升机", "state": "缺失"},
    ], "sky.csv")  # fmt: skip
    words = words_of(client.get(f"/chains/{quote('低空')}/gaps").text)
    assert "市内无企业供应 但登记为“优势”" in words
    assert words.count("但登记为") == 1


def test_what_if_asks_first_and_then_says_who_is_hit_through_what(client: FlaskClient) -> None:
    asked = get(client, "what-if")
    assert "受影响企业" not in words_of(asked).split("停产企业")[0]
    assert f'value="{DEEP[0]}"' in asked
    found = words_of(get(client, "what-if", stop=DEEP[0]))
    assert name(KEY) in found
    assert "正极材料 短缺" in found or "正极材料短缺" in found
    by_name = words_of(get(client, "what-if", stop=name(DEEP[0])))
    assert by_name.count(name(KEY)) == found.count(name(KEY))
    assert "不是这条产业链的企业或供应关系" in words_of(get(client, "what-if", stop="没有这家公司"))
    outside = get(client, "what-if", stop=OUTSIDERS[0])
    assert OUTSIDERS[0] in outside


def test_more_firms_than_can_be_asked_about_are_refused_and_none_is_dropped(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = [*SUPPLIERS[:20], *DEEP]
    found = client.get(f"{HERE}/what-if", query_string={"as_of": DAY, "stop": chosen}).text
    assert found.count(" checked>") == len(chosen)
    assert "受影响企业" in words_of(found)
    monkeypatch.setattr(risk_pages, "MOST", 12)
    refused = client.get(f"{HERE}/what-if", query_string={"as_of": DAY, "stop": chosen}).text
    assert refused.count(" checked>") == len(chosen), "all that was chosen is still there"
    assert f"已选 {len(chosen)} 项，一次最多可设 12 项停产或中断" in words_of(refused)
    assert "受影响企业" not in words_of(refused)
    filed = client.get(f"{HERE}/what-if/export.csv", query_string={"as_of": DAY, "stop": chosen})
    assert filed.status_code == 400


def test_the_page_of_risks_marks_who_is_gone_and_says_what_ended(client: FlaskClient) -> None:
    page = get(client, "risks")
    words = words_of(page)
    assert "其中自身" in words
    assert "近一年内有 1 条供应关系到期后没有延续" in words
    assert "as_of=2025-12-31" in page
    rows = client.get(f"{HERE}/risks/sources/export.csv", query_string={"as_of": DAY}).text.splitlines()
    assert "注销" in next(row for row in rows if "座椅" in row)


def test_a_link_that_stops_hits_its_buyer(client: FlaskClient) -> None:
    link = f"{KEY}>{CORE}>电芯"
    page = get(client, "risks")
    assert quote(link, safe="") in page or link.replace(">", "&gt;") in page
    found = get(client, "what-if", link=link)
    assert f'value="{KEY}&gt;{CORE}&gt;电芯" checked' in found
    assert "济南动力电池有限公司" in words_of(found).split("受影响企业", 1)[1]
    assert "不是这条产业链的企业或供应关系" in words_of(get(client, "what-if", link=f"{KEY}>{CORE}>没有"))
    said = client.get(f"/api/v1{HERE}/what-if", query_string={"as_of": DAY, "link": link}).json
    assert (said["stopped"], said["stopped_links"][0]["product"]) == ([], "电芯")
    assert CORE in [hit["uscc"] for hit in said["hits"]]
    lost = client.get(f"/api/v1{HERE}/what-if", query_string={"as_of": DAY, "link": "x>y>z"})
    assert lost.status_code == 404


def test_the_page_of_risks_names_what_is_missing_too(client: FlaskClient) -> None:
    words = words_of(get(client, "risks"))
    assert words.index("单一来源") < words.index("缺失的环节与产品") < words.index("停产影响最大的企业")


def test_the_pages_ask_few_questions_however_many_firms(app: Flask, client: FlaskClient) -> None:
    for part in ("risks", "gaps", "what-if"):
        get(client, part)
        with counted_queries(app) as seen:
            get(client, part, **({"stop": DEEP[0]} if part == "what-if" else {}))
        assert len(seen) <= BUDGET, (part, len(seen))


def test_the_lists_are_files(client: FlaskClient) -> None:
    for path, wanted in (
        ("risks/sources/export", name(KEY)),
        ("risks/critical/export", name(DEEP[0])),
        ("risks/concentration/export", "电芯"),
        ("risks/holders/export", name(DEEP[0])),
        ("gaps/export", "隔膜"),
        ("what-if/export", name(KEY)),
    ):
        query = {"as_of": DAY, "stop": DEEP[0]}
        text = client.get(f"{HERE}/{path}.csv", query_string=query)
        assert text.status_code == 200
        assert wanted in text.text
        book = client.get(f"{HERE}/{path}.xlsx", query_string=query)
        cells = [cell for row in load_workbook(io.BytesIO(book.data)).active.values for cell in row]
        assert any(wanted in str(cell) for cell in cells)
    assert client.get(f"{HERE}/risks/nothing/export.csv").status_code == 404
    assert client.get(f"{HERE}/what-if/export.csv").status_code == 400


def test_a_chain_without_links_and_one_that_nobody_knows(client: FlaskClient) -> None:
    for part in ("risks", "gaps", "what-if"):
        assert client.get(f"/chains/{quote('孤链')}/{part}").status_code == 200
        assert client.get(f"/chains/{quote('没有这条')}/{part}").status_code == 404
    assert "没有供应关系记录" in words_of(client.get(f"/chains/{quote('孤链')}/risks").text)


def test_the_overview_says_what_the_weekly_look_said(app: Flask, client: FlaskClient) -> None:
    here = house_of(app)
    assert "每周排查" not in words_of(client.get("/").text)
    done = ran(here, "chain-risks", str(period_of(here.clock.today() - timedelta(days=7), Rhythm.WEEK)))
    words = words_of(client.get("/?lang=zh").text)
    assert f"每周排查，{done.run.period}" in words
    assert done.run.message_zh in words
    assert "每周排查" not in words_of(client.get("/?as_of=2025-12-31").text)
    assert "每周排查" not in words_of(app.test_client(role="district", unit="370102").get("/").text)


def test_a_district_officer_sees_none_of_it(app: Flask) -> None:
    officer = app.test_client(role="district", unit="370102")
    for part in ("risks", "gaps", "what-if", "risks/critical/export.csv"):
        assert officer.get(f"{HERE}/{part}").status_code == 403
        assert officer.get(f"/api/v1{HERE}/{part}").status_code in (403, 404)


def test_the_pages_speak_english_too(client: FlaskClient) -> None:
    for part, said in (
        ("risks", "Links that hang on one firm"),
        ("gaps", "Missing stages"),
        ("what-if", "Who is hit"),
    ):
        assert said in words_of(get(client, part, stop=DEEP[0], lang="en"))
    get(client, "risks", lang="zh")


def test_a_firm_that_stops_by_code_and_by_name_stops_once_and_one_of_two_names_is_asked_back(
    tmp_path: Path,
) -> None:
    chain, leader, twins = "双名链", code(201), [code(202), code(203)]
    with app_in(tmp_path, empty=True) as made:
        file_rows(house_of(made), "enterprises", [
            {"uscc": leader, "name": "济南链主有限公司"}, *({"uscc": one, "name": "济南同名有限公司"} for one in twins),
        ])  # fmt: skip
        file_rows(house_of(made), "roles", [{"chain": chain, "uscc": leader, "role": "leader"}])
        file_rows(
            house_of(made), "links", [{"supplier": one, "buyer": leader, "product": "电芯"} for one in twins]
        )
        asked, address = made.test_client(), f"/api/v1/chains/{quote(chain)}/what-if"
        both = asked.get(address, query_string={"stop": [leader, "济南链主有限公司"]}).json
        assert [one["uscc"] for one in both["stopped"]] == [leader]
        said = asked.get(address, query_string={"stop": "济南同名有限公司"})
        assert (said.status_code, "多家企业" in said.text or "several firms" in said.text) == (400, True)


def test_the_api_answers_the_same_documents(client: FlaskClient) -> None:
    found = client.get(f"/api/v1{HERE}/risks", query_string={"as_of": DAY, "top": "3"}).json
    assert [len(found["critical_firms"]), found["single_sources"][3]["substitutes"]] == [3, None]
    assert client.get(f"/api/v1{HERE}/gaps", query_string={"as_of": DAY}).json["gaps"]
    hit = client.get(f"/api/v1{HERE}/what-if", query_string={"as_of": DAY, "stop": [KEY, CORE]}).json
    assert [one["uscc"] for one in hit["stopped"]] == [KEY, CORE]
    assert {LEADER, SECOND} & {one["uscc"] for one in hit["hits"]}
    for path, status in (
        (f"{HERE}/what-if", 400), (f"{HERE}/what-if?stop=x", 404), (f"/chains/{quote('没有')}/risks", 404),
        (f"{HERE}/risks?top=x", 400),
    ):  # fmt: skip
        assert client.get(f"/api/v1{path}").status_code == status


def test_the_documents_have_the_parts_that_are_described(client: FlaskClient) -> None:
    paths = client.get("/api/v1/openapi.json").json["paths"]
    for part in ("risks", "gaps", "what-if"):
        (said,) = (one["get"] for path, one in paths.items() if path.endswith(f"/{part}"))
        schema = said["responses"]["200"]["content"]["application/json"]["schema"]
        query = (
            {"as_of": DAY, "stop": DEEP[0], "link": f"{KEY}>{CORE}>电芯"}
            if part == "what-if"
            else {"as_of": DAY}
        )
        fits(client.get(f"/api/v1{HERE}/{part}", query_string=query).json, schema, part)
