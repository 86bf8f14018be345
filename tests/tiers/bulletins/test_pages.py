"""The pages of bulletins: files to take away, numbers that open into the frozen firms, templates with their check."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from registry.subjects import ENTERPRISE
from tests.sample_app import app_in, house_of, post, words_of
from tiers import publishing
from tiers.bulletins import frozen, published
from tiers.bulletins.default_template import default_template

UNIT = "370171"
DAY = date(2026, 6, 30)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with app_in(tmp_path_factory.mktemp("pages")) as app:
        yield app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    for name in ("monthly", "district", "expiry"):
        published.publish(house_of(app), name, DAY, "desk")
    return app.test_client()


def test_published_bulletins_are_listed_with_their_files(client: FlaskClient) -> None:
    html = client.get("/bulletins").text
    assert "月度通报" in html
    assert all(f"/bulletins/1/file.{kind}" in html for kind in ("docx", "xlsx", "pdf"))
    assert "/bulletins/2/" not in client.get("/bulletins?report=monthly").text


def test_a_file_is_the_same_bytes_each_time(client: FlaskClient) -> None:
    for kind in ("docx", "xlsx", "pdf"):
        first, second = (client.get(f"/bulletins/1/file.{kind}") for _ in range(2))
        assert first.status_code == 200
        assert sha256(first.data).digest() == sha256(second.data).digest()
        assert f"monthly-2026-06-30.{kind}" in first.headers["Content-Disposition"]
        assert "sandbox" in first.headers["Content-Security-Policy"]
    assert client.get("/bulletins/1/file.exe").status_code == 404
    assert client.get("/bulletins/99/file.pdf").status_code == 404


def test_the_api_gives_the_pages_bytes(client: FlaskClient) -> None:
    listed = client.get("/api/v1/bulletins").json
    assert [one["report"] for one in listed or ()] == ["expiry", "district", "monthly"]
    assert client.get("/api/v1/bulletins/1/pdf").data == client.get("/bulletins/1/file.pdf").data
    for path in ("/api/v1/bulletins/1/exe", "/api/v1/bulletins/99/pdf", "/api/v1/bulletins/x/pdf"):
        assert client.get(path).status_code == 404


def test_numbers_of_the_preview_open_into_the_firms(client: FlaskClient) -> None:
    html = client.get("/bulletins/1").text
    assert "样例数据，不作统计依据" in html
    addresses = {
        found.replace("&amp;", "&") for found in re.findall(r'href="(/bulletins/1/list\?[^"]+)"', html)
    }
    assert len(addresses) > 10
    for address in addresses:
        page = client.get(address)
        assert page.status_code == 200, address
        assert re.search(r"/firms/91370199", page.text), address
    sheet = "/bulletins/1/list/export.csv?sheet=target:quality-firms"
    assert "统一社会信用代码" in client.get(sheet).text
    assert client.get("/bulletins/1/list?sheet=nothing").status_code == 404


def test_the_pictures_are_there_with_words(client: FlaskClient) -> None:
    html = client.get("/bulletins/1").text
    for source, alt in re.findall(r'<img src="([^"]+)" alt="([^"]*)"', html):
        assert len(alt) > 10
        assert client.get(source.replace("&amp;", "&")).data.startswith(b"\x89PNG")
    assert client.get("/bulletins/1/charts/nothing.png").status_code == 404


def test_english_is_one_click_away(client: FlaskClient) -> None:
    text = words_of(client.get("/bulletins/1?lang=en").text)
    assert "Where we stand" in text
    assert (
        client.get("/bulletins/1/file.pdf?lang=en").data != client.get("/bulletins/1/file.pdf?lang=zh").data
    )


def test_a_single_letter_is_shown(client: FlaskClient) -> None:
    text = words_of(client.get(f"/bulletins/2?unit={UNIT}").text)
    assert "济南高新技术产业开发区工业和信息化主管部门" in text
    assert "历下区工业和信息化主管部门" not in text
    assert client.get("/bulletins/2?unit=mars").status_code == 404


def test_an_officer_reads_the_citys_numbers_and_the_own_firms(app: Flask, client: FlaskClient) -> None:
    house = house_of(app)
    e = ENTERPRISE.c
    with house.store.read() as connection:
        rows = connection.execute(select(e.uscc, e.area)).all()
    own = {row.uscc for row in rows if row.area == UNIT}
    officer = app.test_client(role="district", unit=UNIT)
    numbers = [
        re.search(r"全市优质企业总数(\d+)家", words_of(one.get("/bulletins/1").text.replace("<a", " <a")))
        for one in (client, officer)
    ]
    assert numbers[0]
    assert numbers[1]
    assert numbers[0][1] == numbers[1][1]
    for path in (
        "/bulletins/1/list/export.csv?sheet=target:quality-firms",
        "/bulletins/3/list/export.csv?sheet=expiring",
    ):
        answer = officer.get(path)
        if answer.status_code == 200:
            assert set(re.findall(r"91370199\w{10}", answer.text)) <= own
    # a letter to another unit is not for this officer: the own one is shown
    other = words_of(officer.get("/bulletins/2?unit=370102").text)
    assert "济南高新技术产业开发区工业和信息化主管部门" in other
    assert "历下区工业和信息化主管部门" not in other


def test_the_document_of_a_published_count_tells_an_officer_of_no_other_firm(
    app: Flask, client: FlaskClient
) -> None:
    house, e = house_of(app), ENTERPRISE.c
    with house.store.read() as connection:
        rows = connection.execute(select(e.uscc, e.name, e.area)).all()
    others = {(row.uscc, row.name) for row in rows if row.area != UNIT}
    whole = client.get("/api/v1/snapshots/1").get_json()
    own = app.test_client(role="district", unit=UNIT).get("/api/v1/snapshots/1").get_json()
    told = json.dumps(own, ensure_ascii=False)
    assert not [firm for firm in others if any(word in told for word in firm)]
    assert own["parts"].keys() == whole["parts"].keys()
    assert own["parts"]["names"] == whole["parts"]["names"]
    assert own["count"] == whole["count"]


def test_strangers_and_officers_change_no_template(app: Flask, client: FlaskClient) -> None:
    assert app.test_client(role="reporting").get("/bulletins/templates").status_code == 403
    assert app.test_client(role=None).get("/bulletins").status_code in (302, 303)


def upload(client: FlaskClient, content: bytes) -> Any:
    return post(client, "/bulletins/templates/monthly/zh", file=(BytesIO(content), "mine.docx"))


def test_a_template_is_taken_edited_and_used(app: Flask, client: FlaskClient) -> None:
    taken = client.get("/bulletins/templates/monthly/zh")
    assert taken.data == default_template("zh")
    document = Document(BytesIO(taken.data))
    document.paragraphs[0].insert_paragraph_before("济南市工业和信息化局文件")
    out = BytesIO()
    document.save(out)
    assert upload(client, out.getvalue()).status_code == 303
    assert "单位自有模板" in words_of(client.get("/bulletins/templates").text)
    made = Document(BytesIO(client.get("/bulletins/1/file.docx").data))
    assert made.paragraphs[0].text == "济南市工业和信息化局文件"
    assert post(client, "/bulletins/templates/monthly/zh/remove").status_code == 303
    assert client.get("/bulletins/templates/monthly/zh").data == default_template("zh")


def test_a_wrong_template_is_told_and_not_kept(app: Flask, client: FlaskClient) -> None:
    document = Document()
    document.add_paragraph("{{ tilte }}")
    out = BytesIO()
    document.save(out)
    answer = upload(client, out.getvalue())
    assert answer.status_code == 200
    assert "没有占位符 tilte" in answer.text
    assert "是否应为 title" in answer.text
    assert not (house_of(app).settings.templates / "monthly.docx").exists()
    assert "{{ body }}" in answer.text


def test_a_broken_template_on_the_server_is_said_where_the_file_is_asked_for(
    app: Flask, client: FlaskClient
) -> None:
    path = house_of(app).settings.templates / "monthly.docx"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"nonsense")
    try:
        answer = client.get("/bulletins/1/file.docx")
        assert answer.status_code == 409
        assert "monthly.docx" in answer.text
        assert client.get("/api/v1/bulletins/1/docx").status_code == 409
        assert client.get("/bulletins/1/file.pdf").status_code == 200
        assert "不能使用" in client.get("/bulletins/templates").text
    finally:
        path.unlink()


def test_before_anything_is_published_the_page_says_how_it_will_be(tmp_path: Path) -> None:
    with app_in(tmp_path) as app:
        assert "还没有发布" in app.test_client().get("/bulletins").text


def test_what_the_bulletin_says_besides_is_frozen_with_the_count(client: FlaskClient, app: Flask) -> None:
    assert publishing.snapshot(house_of(app), 1).parts.keys() >= frozen.PARTS


def test_the_reporting_desk_publishes_on_the_page(tmp_path: Path) -> None:
    with app_in(tmp_path) as app:
        desk = app.test_client(role="reporting")
        assert 'name="as_of"' in desk.get("/bulletins").text
        first = post(desk, "/bulletins", report="monthly", as_of="2026-05-31")
        assert first.location == "/bulletins/1"
        assert "已发布" in words_of(desk.get("/bulletins/1").text)
        assert post(desk, "/bulletins", report="monthly", as_of="2026-05-31").location == "/bulletins/1"
        again = post(desk, "/bulletins", report="monthly", as_of="2026-05-31", new="yes")
        assert again.location == "/bulletins/2"
        for wrong, said in (
            ({"report": "monthly", "as_of": "2099-01-31"}, "尚未到来"),
            ({"report": "monthly", "as_of": "soon"}, "不是日期"),
            ({"report": "nothing", "as_of": "2026-05-31"}, "没有名为"),
        ):
            assert said in words_of(desk.get(post(desk, "/bulletins", **wrong).location).text)
        reader = app.test_client(role="reader")
        assert 'name="as_of"' not in reader.get("/bulletins").text
        assert post(reader, "/bulletins", report="monthly").status_code == 403
