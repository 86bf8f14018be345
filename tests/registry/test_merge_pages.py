"""Pages of merging: the other code is named, both stand side by side, one leads to the other, and comes apart again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, g
from flask.testing import FlaskClient

from registry.merging import merge
from registry.shell.access import Actor
from tests.registry.house import code, file_rows
from tests.sample_app import app_in, house_of, post, words_of

A, B, C = (code(n) for n in (1, 2, 3))
FIRMS = [
    {"uscc": A, "name": "济南甲机械有限公司", "district": "历下区", "industry": "C34"},
    {"uscc": B, "name": "济南甲机械（集团）有限公司", "district": "历下区", "industry": "C35"},
    {"uscc": C, "name": "济南丙机械有限公司", "district": "历城区"},
]


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    with app_in(tmp_path, empty=True) as app:
        file_rows(house_of(app), "enterprises", FIRMS, "firms.csv")
        titles = [{"uscc": uscc, "tier": "srdi", "batch": "1", "issued_on": "2024-05-01"} for uscc in (A, B)]
        file_rows(house_of(app), "titles", titles, "titles.csv")
        yield app


def test_the_other_firm_is_named_by_a_part_of_its_name(client: FlaskClient) -> None:
    page = client.get(f"/firms/{A}/merge?with=集团")
    assert f'href="/firms/{A}/merge?with={B}"' in page.text
    assert "没有与“不存在”相符的其他企业" in client.get(f"/firms/{A}/merge?with=不存在").text
    assert client.get(f"/firms/{code(99)}/merge").status_code == 404


def test_both_stand_side_by_side_with_what_differs_and_what_both_have(client: FlaskClient) -> None:
    html = client.get(f"/firms/{A}/merge?with={B}").text
    page = words_of(html)
    assert "2 项不一致" in page
    assert html.count("</i>不一致</span>") == 2
    assert "称号 1 1 1 专精特新中小企业 · 省级 · 企业" in page
    assert f'name="survivor" value="{A}"' in html
    turned = client.get(f"/firms/{A}/merge?with={B}&survivor={B}").text
    assert f'name="survivor" value="{B}"' in turned


def test_a_merge_wants_a_reason_and_a_split_gives_both_back(client: FlaskClient) -> None:
    path = f"/firms/{A}/merge"
    answer = post(client, path, **{"with": B, "survivor": A, "reason": "  "})
    assert "请写明理由" in answer.text
    assert client.get(f"/firms/{B}").status_code == 200
    answer = post(client, path, **{"with": B, "survivor": A, "reason": "同一地址"})
    assert answer.status_code == 302
    assert answer.location == f"/firms/{A}"
    led = client.get(f"/firms/{B}?as_of=2026-01-01")
    assert led.status_code == 302
    assert led.location == f"/firms/{A}?as_of=2026-01-01&from={B}"
    page = words_of(client.get(led.location).text)
    assert f"{B} 已并入本企业" in page
    assert f"另有登记 {B} 济南甲机械（集团）有限公司，由desk于 2026-07-01" in page
    assert "合并 (同一地址)" in page
    assert client.get(f"/firms?q={B}").location == f"/firms/{B}"
    assert client.get("/firms?q=甲机械").text.count('class="firm-name"') == 1
    asked = client.get(f"/firms/{B}/split")
    assert "同一地址" in asked.text
    assert post(client, f"/firms/{B}/split").location == f"/firms/{B}"
    assert client.get(f"/firms/{B}").status_code == 200
    assert client.get(f"/firms/{B}/split").status_code == 302
    listed = words_of(client.get("/merges").text)
    assert "同一地址" in listed
    assert "拆分" in listed


def test_a_pair_that_somebody_else_merged_meanwhile_is_refused_in_words(app: Flask) -> None:
    client = app.test_client()
    client.get(f"/firms/{A}/merge?with={C}")
    merge(house_of(app), A, C, "somebody", yes=True)
    answer = post(client, f"/firms/{A}/merge", **{"with": C, "survivor": A, "reason": "同一地址"})
    assert answer.location == f"/firms/{C}"
    assert f"{A} 早已并入 {C}" in words_of(client.get(answer.location).text)


def test_the_list_of_merges_exports(app: Flask) -> None:
    merge(house_of(app), B, A, "somebody", "=1+1", yes=True)
    client = app.test_client()
    rows = client.get("/merges/export.csv").data.decode("utf-8-sig").splitlines()
    assert len(rows) == 2
    assert rows[1].startswith(f"{B},济南甲机械（集团）有限公司,{A},济南甲机械有限公司,somebody,")
    assert "'=1+1" in rows[1]
    assert client.get("/merges/export.xlsx").data[:2] == b"PK"
    assert client.get("/merges/export.txt").status_code == 404


def test_a_script_in_the_reason_is_text(app: Flask) -> None:
    merge(house_of(app), B, A, "somebody", "<script>alert(1)</script>", yes=True)
    client = app.test_client()
    for path in ("/merges", f"/firms/{A}", f"/firms/{B}/split"):
        assert "<script>alert" not in client.get(path).text


def test_an_officer_sees_and_merges_only_the_own_unit_s_firms(app: Flask) -> None:
    house = house_of(app)
    own = house.places.read_district("历下区").district

    @app.before_request
    def officer() -> None:
        g.actor = Actor("officer", g.actor.permissions, own)

    client = app.test_client()
    assert client.get(f"/firms/{A}/merge?with={B}").status_code == 200
    assert client.get(f"/firms/{C}/merge").status_code == 404
    assert "没有与" in words_of(client.get(f"/firms/{A}/merge?with={C}").text)
    assert C not in client.get(f"/firms/{A}/merge?with=机械").text
    post(client, f"/firms/{A}/merge", **{"with": C, "survivor": A, "reason": "x"})
    assert client.get(f"/firms/{C}").status_code in (200, 404)
    merge(house, A, C, "city", yes=True)
    assert A not in client.get("/merges").text
    assert client.get(f"/firms/{A}/split").status_code == 404
    assert client.get("/merges/export.csv").data.decode("utf-8-sig").count("\n") == 1


def test_known_before_the_merge_the_old_code_has_its_own_page(client: FlaskClient, app: Flask) -> None:
    merge(house_of(app), B, A, "somebody", yes=True)
    page = client.get(f"/firms/{B}?known_at=2")
    assert page.status_code == 200
    assert "济南甲机械（集团）有限公司" in page.text
    assert client.get(f"/api/v1/firms/{B}").json["uscc"] == A
    assert client.get(f"/api/v1/firms/{B}?known_at=2").json["uscc"] == B
    assert client.get(f"/api/v1/assess?uscc={B}&tier=srdi").json[0]["uscc"] == A
