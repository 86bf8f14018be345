"""The pages of chains: what they show, in few questions to the database, to whom, on which day, and as files."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import networkx as nx
import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from tests.chains.little_city import (
    CHAIN,
    CORE,
    GONE,
    KEY,
    LEADER,
    NEWCOMER,
    OUTSIDERS,
    SECOND,
    firms,
    link,
    little_city,
)
from tests.registry.house import code, file_rows
from tests.sample_app import app_in, counted_queries, house_of, words_of

DAY = "2026-03-01"
#: Questions that a page may ask, as the page of the register.
BUDGET = 12


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with app_in(tmp_path_factory.mktemp("chains"), empty=True) as made:
        little_city(house_of(made))
        yield made


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Flask]:
    with app_in(tmp_path, empty=True) as made:
        yield made


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.lstrip("\ufeff"))))


def table_of(html: str, label: str) -> str:
    """The words of the table of this name."""
    found = re.search(rf'aria-label="{label}">\s*<table.*?</table>', html, re.S)
    assert found, label
    return words_of(found[0])


def asked(statements: list[str]) -> int:
    return sum(not statement.startswith(("BEGIN", "PRAGMA")) for statement in statements)


def test_every_chain_stands_in_the_list_with_its_leaders(client: FlaskClient) -> None:
    shown = table_of(client.get("/chains").text, "产业链")
    assert (
        f"{CHAIN} 济南大风新能源汽车有限公司 济南长风商用车有限公司 市外 38 30 38 4 优势 4 已建 2 缺失 2 11 其中关键 4 项 "
        "排查含上下游的 43 条供应关系" in shown
    )


def test_the_numbers_of_the_list_of_chains_open(client: FlaskClient) -> None:
    """Each number of the list leads to what it counts, and there stand as many."""
    html = client.get("/chains").text
    for label in ("企业数", "本市企业"):
        cell = re.search(rf'data-label="{label}"><a href="([^"]+)#list">(.+?)</a>', html)
        assert cell is not None, label
        address, number = cell[1].replace("&amp;", "&"), words_of(cell[2]).strip()
        assert re.search(rf"\b{number} 家", words_of(client.get(address).text)), label
    products = re.search(r'<a class="chips" href="([^"]+)#stages">(.+?)</a>', html)
    assert products is not None
    assert "缺失 2" in words_of(products[2])
    assert client.get(products[1]).text.count("· 缺失<") == 2


def test_an_empty_register_says_what_to_do(fresh: Flask) -> None:
    html = fresh.test_client().get("/chains").text
    assert "尚无产业链记录" in html
    assert "上传" in html


def test_the_page_of_a_chain_says_the_same_as_its_picture(client: FlaskClient) -> None:
    html = client.get(f"/chains/{CHAIN}?as_of={DAY}").text
    stages = table_of(html, "环节与产品")
    assert "材料 正极材料 · 优势 隔膜 · 缺失 1" in stages
    listed = table_of(html, "链上企业")
    assert "济南动力电池有限公司" in listed
    assert "宁波甲材料有限公司" in html
    assert "已迁出本市或不再存续" in html, "the second leader left the city"
    assert "vendor/echarts" in html
    assert 'type="application/json"' in html
    assert "单一来源 11 其中关键 4 项；排查含上下游的 43 条供应关系" in words_of(html)


@pytest.mark.parametrize(
    ("narrowed", "there", "missing"),
    [
        ("part=core_supplier", CORE, LEADER),
        ("stage=材料", "济南41精密部件有限公司", CORE),
        ("where=outside", OUTSIDERS[0], CORE),
        ("where=gone", GONE, CORE),
        ("place=370171", CORE, LEADER),
        ("q=大风", LEADER, CORE),
    ],
)
def test_the_firms_of_a_chain_can_be_narrowed(
    client: FlaskClient, narrowed: str, there: str, missing: str
) -> None:
    shown = table_of(client.get(f"/chains/{CHAIN}?as_of={DAY}&{narrowed}").text, "链上企业")
    assert there in shown
    assert missing not in shown
    files = client.get(f"/chains/{CHAIN}/firms.csv?as_of={DAY}&{narrowed}").text
    assert there in files
    assert missing not in files


def test_a_chain_goes_by_its_short_name_too(client: FlaskClient) -> None:
    assert client.get(f"/chains/{CHAIN}产业链").status_code == 200
    assert client.get("/chains/没有").status_code == 404


def test_a_chain_with_a_slash_in_its_name_has_all_its_pages(fresh: Flask) -> None:
    file_rows(house_of(fresh), "chains", [{"chain": "集成电路/半导体", "stage": "设计", "product": "芯片"}])
    client = fresh.test_client()
    for page in ("", "/links", ".graphml", ".xlsx", "/firms.csv"):
        assert client.get(f"/chains/集成电路/半导体{page}").status_code == 200, page


def test_links_are_listed_and_those_on_which_sources_differ_marked(client: FlaskClient) -> None:
    html = client.get(f"/chains/{CHAIN}/links?as_of={DAY}&conflict=yes").text
    shown = table_of(html, "供应关系")
    assert "济南动力电池有限公司 济南大风新能源汽车有限公司 动力电池 25.0% 是" in shown
    assert "来源不一致" in shown
    assert "正极材料" not in shown


def test_the_leader_page_tells_what_the_chain_office_asks(client: FlaskClient) -> None:
    html = client.get(f"/chains/firms/{LEADER}?as_of={DAY}&depth=all").text
    words = words_of(html)
    assert "直接供应商 34 其中本市 27 家，5 家所在未知" in words
    assert "本地配套率（家数） 79.4%" in words
    assert "本地配套率（采购额） 35.0% 市外 10.0% ，未载明 55.0%" in words
    assert "一年内新增与退出 +1 / −0 一年前 33 家" in words
    shown = table_of(html, "供应商")
    assert "济南动力电池有限公司 1 动力电池 25.0% 是 2024-01-01 专精特新 小巨人" in shown
    assert "供应给 济南动力电池有限公司 2 电芯 55.0%" in shown


def test_both_sources_of_a_conflict_stand_on_the_page(client: FlaskClient) -> None:
    shown = table_of(client.get(f"/chains/firms/{LEADER}?as_of={DAY}").text, "不一致的来源")
    assert "40.0%" in shown
    assert "links.csv" in shown
    assert re.search(r"25\.0% \S+ other source\.csv 采用", shown)


def test_former_suppliers_keep_their_years(client: FlaskClient) -> None:
    words = words_of(client.get(f"/chains/firms/{LEADER}?as_of={DAY}").text)
    assert re.search(r"曾经的供应商 1 济南53精密部件有限公司 2021-01-01 – 2022-12-31", words)
    assert "新增 1 济南54精密部件有限公司" in words


def test_firms_that_are_gone_or_away_or_not_on_the_register_are_marked(client: FlaskClient) -> None:
    shown = table_of(client.get(f"/chains/firms/{LEADER}?as_of={DAY}").text, "供应商")
    assert "青岛海风线束有限公司 市外" in shown
    assert "济南52精密部件有限公司 注销" in shown
    assert "宁波甲材料有限公司 库中没有" in shown
    assert "该企业当日不属于本市" in client.get(f"/chains/firms/{SECOND}?as_of={DAY}").text
    assert "该企业当日不属于本市" not in client.get(f"/chains/firms/{SECOND}?as_of=2025-01-01").text


def test_an_outside_party_has_a_page_and_becomes_a_firm_once_it_is_on_the_register(fresh: Flask) -> None:
    house, client, party = house_of(fresh), fresh.test_client(), OUTSIDERS[0]
    little_city(house)
    assert "库外主体" in client.get(f"/chains/firms/~{party}/around").text
    file_rows(house, "enterprises", [{"uscc": code(61), "name": party, "city": "宁波市"}])
    answer = client.get(f"/chains/firms/~{party}")
    assert answer.status_code == 302
    assert answer.location.endswith(f"/chains/firms/{code(61)}")


def test_shares_of_more_than_the_whole_are_said(fresh: Flask) -> None:
    house = house_of(fresh)
    file_rows(house, "enterprises", firms(code(1), code(2), code(3)))
    file_rows(house, "links", [link(code(n), code(1), "轴承", share_of_buyer_spend="80%") for n in (2, 3)])
    words = words_of(fresh.test_client().get(f"/chains/firms/{code(1)}").text)
    assert "其供应商占比合计达 160.0%" in words
    assert "本地配套率（采购额） 未知 各供应方占比之和过大" in words


def test_a_firm_of_the_register_without_links_says_so(app: Flask, client: FlaskClient) -> None:
    file_rows(house_of(app), "enterprises", firms(code(99)))
    assert "没有产业链或供应关系涉及该企业" in client.get(f"/chains/firms/{code(99)}").text
    assert client.get(f"/chains/firms/{code(98)}").status_code == 404
    assert client.get("/chains/firms/~没有此名").status_code == 404


@pytest.mark.parametrize("day", ["2021-06-01", "2023-06-01"])
def test_the_day_asked_for_is_the_day_shown(client: FlaskClient, day: str) -> None:
    words = words_of(client.get(f"/chains/firms/{LEADER}?as_of={day}").text)
    assert ("济南53精密部件有限公司 1 轴承" in words) == (day == "2021-06-01")


def test_what_was_not_yet_known_is_not_shown(fresh: Flask) -> None:
    house = house_of(fresh)
    little_city(house)
    client = fresh.test_client()
    before = client.get(f"/chains/firms/{LEADER}?as_of={DAY}&known_at=9").text
    assert "40.0%" in table_of(before, "供应商"), "before the other source was filed"
    assert "来源不一致" not in before
    assert client.get(f"/chains/{CHAIN}?known_at=5").status_code == 404


def test_the_neighbourhood_is_a_picture_and_a_table(client: FlaskClient) -> None:
    shown = table_of(client.get(f"/chains/firms/{CORE}/around?as_of={DAY}&steps=1").text, "关系图谱")
    assert "济南4精密部件有限公司" in shown
    assert "上游 1 级" in shown
    assert "下游 1 级" in shown
    assert "上游 2 级" not in shown


def test_a_leader_with_five_hundred_suppliers_asks_no_more_than_one_with_a_few(fresh: Flask) -> None:
    house, client = house_of(fresh), fresh.test_client()
    many = [code(n) for n in range(100, 600)]
    file_rows(house, "enterprises", firms(LEADER, SECOND, *many))
    file_rows(house, "roles", [{"chain": CHAIN, "uscc": one, "role": "leader"} for one in (LEADER, SECOND)])
    file_rows(house, "links", [
        *(link(one, LEADER, "轴承") for one in many), *(link(one, SECOND, "轴承") for one in many[:3]),
    ])  # fmt: skip
    file_rows(house, "titles", [
        {"uscc": one, "tier": "srdi", "issued_on": "2024-01-01", "valid_to": "2026-12-31"} for one in many[::2]
    ])  # fmt: skip
    counts = []
    for firm in (SECOND, LEADER):
        address = f"/chains/firms/{firm}"
        client.get(address)
        with counted_queries(fresh) as seen:
            assert client.get(address).status_code == 200
        counts.append(asked(seen))
    assert counts[0] == counts[1] <= BUDGET
    with counted_queries(fresh) as seen:
        html = client.get(f"/chains/{CHAIN}").text
    assert asked(seen) <= BUDGET
    held = re.search(r'<script type="application/json">(.*?)</script>', html, re.S)
    assert held
    drawn = json.loads(held[1])
    assert len(drawn["nodes"]) <= 300
    (rest,) = [node for node in drawn["nodes"] if node["kind"] == "rest"]
    shown = client.get(rest["address"].partition("#")[0]).text
    assert re.fullmatch(r"其余 \d+ 家", rest["name"])
    assert "502 家" in words_of(shown), (
        "it opens the list of those whose stage is unknown, the two leaders among them"
    )


def test_a_list_that_was_seen_before_shows_what_was_filed_since_and_speaks_the_language_asked_for(
    fresh: Flask,
) -> None:
    house, client = house_of(fresh), fresh.test_client()
    file_rows(house, "enterprises", firms(LEADER, CORE))
    file_rows(house, "links", [link(CORE, LEADER, "轴承")])
    address = f"/chains/firms/{LEADER}?as_of={DAY}"
    before = table_of(client.get(address).text, "供应商")
    assert "轴承" in before
    assert "专精特新" not in before
    file_rows(house, "titles", [
        {"uscc": CORE, "tier": "srdi", "issued_on": "2024-01-01", "valid_to": "2026-12-31"}
    ])  # fmt: skip
    assert "专精特新" in table_of(client.get(address).text, "供应商")
    assert "SRDI" in table_of(client.get(f"{address}&lang=en").text, "Suppliers")
    assert "专精特新" in table_of(client.get(f"{address}&lang=zh").text, "供应商")


def test_files_hold_what_the_pages_show(client: FlaskClient) -> None:
    header, *rows = rows_of(client.get(f"/chains/firms/{LEADER}/suppliers.csv?as_of={DAY}&depth=2").text)
    assert header[:6] == ["层级", "供应方", "供应方信用代码", "采购方", "产品", "占采购额比例"]
    assert len(rows) == 35
    assert rows[0][:7] == [
        "1",
        "济南动力电池有限公司",
        CORE,
        "济南大风新能源汽车有限公司",
        "动力电池",
        "25%",
        "是",
    ]
    book = load_workbook(io.BytesIO(client.get(f"/chains/{CHAIN}.xlsx?as_of={DAY}").data))
    assert book.sheetnames[::2] == ["环节与产品", "供应关系"]
    assert [sheet.max_row for sheet in book] == [9, 39, 39]
    assert rows_of(client.get("/chains/export.csv").text)[1][0] == CHAIN


def test_the_graph_reads_back_as_a_graph(client: FlaskClient) -> None:
    graph = nx.parse_graphml(client.get(f"/chains/{CHAIN}.graphml?as_of={DAY}").text)
    assert len(graph) == 38
    assert graph.number_of_edges() == 38
    assert graph.nodes[LEADER]["roles"] == "leader"
    assert graph.nodes[CORE]["titles"] == "srdi:provincial;little_giant:national"
    assert "uscc" not in graph.nodes[f"~{OUTSIDERS[0]}"]
    edge = graph.get_edge_data(CORE, LEADER)
    assert (edge["product"], edge["share_of_buyer_spend"], edge["conflict"]) == ("动力电池", "0.25", True)


def test_the_profile_shows_the_place_in_chains_also_to_the_district_of_the_firm(
    app: Flask, client: FlaskClient
) -> None:
    def panel(html: str) -> str:
        found = re.search(r'id="panel-chain">(.*?)</section>', html, re.S)
        return found[1] if found else ""

    ours = panel(client.get(f"/firms/{CORE}").text)
    assert "新能源汽车 · 核心配套" in words_of(ours)
    assert "供应商 1 济南4精密部件有限公司 电芯 55.0%" in words_of(ours)
    assert f"/chains/firms/{KEY}" in ours
    district = app.test_client(role="district", unit="370171")
    theirs = panel(district.get(f"/firms/{CORE}").text)
    assert words_of(theirs).startswith("链上位置 新能源汽车 · 核心配套")
    assert "/chains" not in theirs, "nothing that the officer may not open"


def test_the_history_of_a_firm_calls_outside_parties_by_their_names(client: FlaskClient) -> None:
    said = words_of(client.get(f"/firms/{LEADER}?history=all").text)
    assert OUTSIDERS[0] in said
    assert "~" not in said


def test_about_so_much_is_not_shown_as_exactly_so_much(fresh: Flask) -> None:
    file_rows(house_of(fresh), "enterprises", firms(code(97)))
    file_rows(house_of(fresh), "offers", [{"uscc": code(97), "product": "电机", "capacity": "~500台/月"}])
    said = words_of(fresh.test_client().get(f"/firms/{code(97)}?history=all").text)
    assert "~500台/月" in said


def test_two_copies_of_the_sample_city_know_nothing_of_each_other(tmp_path: Path) -> None:
    for name in ("甲链", "乙链"):
        folder = tmp_path / name
        folder.mkdir()
        with app_in(folder) as made:
            file_rows(house_of(made), "chains", [{"chain": name, "stage": "制氢"}])
            said = made.test_client().get("/chains").text
            assert name in said
            assert ("甲链" in said) == (name == "甲链")


def test_a_firm_in_no_chain_has_no_panel(app: Flask, client: FlaskClient) -> None:
    file_rows(house_of(app), "enterprises", firms(code(97)))
    assert 'id="panel-chain"' not in client.get(f"/firms/{code(97)}").text


@pytest.mark.parametrize("role", ["reader", "chains", "reporting", "editor"])
def test_the_city_sees_chains(app: Flask, role: str) -> None:
    assert app.test_client(role=role).get("/chains").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/chains",
        f"/chains/{CHAIN}",
        f"/chains/firms/{LEADER}",
        f"/api/v1/firms/{CORE}/suppliers",
        "/api/v1/chains",
    ],
)
def test_a_district_officer_does_not(app: Flask, path: str) -> None:
    assert app.test_client(role="district", unit="370171").get(path).status_code == 403


def test_the_day_before_and_english_go_along_with_every_link(client: FlaskClient) -> None:
    html = client.get(f"/chains/{CHAIN}?as_of={DAY}&lang=en").text
    assert "Firms of the chain" in html
    assert re.findall(r'href="(/chains/firms/[^"]+)"', html)
    assert all(f"as_of={DAY}" in address for address in re.findall(r'href="(/chains/firms/[^"]+)"', html))
    client.get("/chains?lang=zh")


def test_newcomers_are_those_of_the_year_before_the_day(client: FlaskClient) -> None:
    assert NEWCOMER in client.get(f"/chains/firms/{LEADER}?as_of=2026-05-31").text
    later = words_of(client.get(f"/chains/firms/{LEADER}?as_of=2026-06-15").text)
    assert "一年内新增与退出 +0 / −0" in later
