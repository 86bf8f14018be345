"""The register's pages over a small sample city, with all rooms and with the register alone."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import Workbook
from stdnum.cn import uscc as standard

import cli
from registry.filings import filings
from registry.shell import access
from tests.sample_app import app_in, counted_queries, house_of, post, token, words_of

PAGES = [
    "/",
    "/?as_of=2025-12-31",
    "/?as_of=2025-12-31&known_at=2024-12-31&year=2023",
    "/firms",
    "/firms?q=%E6%B5%8E%E5%8D%97&tier=srdi&sort=-revenue&city=all",
    "/firms?size=small&revenue=unknown&above=no&listed=no&expiring=365&status=active&place=370171&highest=srdi",
    "/firms?page=999999",
    "/filings",
    "/filings?kind=titles",
    "/filings/1",
    "/filings/1?part=columns",
    "/filings/1?part=refused",
    "/filings/1?part=problems",
    "/filings/1/withdraw",
    "/upload",
    "/upload?kind=titles",
    "/upload?kind=above-scale",
    "/fields",
    "/fields/figures",
    "/style",
]


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    with app_in(tmp_path) as app:
        yield app


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """For tests that only read."""
    with app_in(tmp_path_factory.mktemp("reading")) as app:
        yield app


@pytest.fixture
def reader(reading: Flask) -> FlaskClient:
    return reading.test_client()


def code(serial: int) -> str:
    """A good credit code of the unassigned area."""
    stem = f"91370199MA{serial:07d}"
    return stem + standard.calc_check_digit(stem)


def sheet(*rows: list[object]) -> io.BytesIO:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    out.seek(0)
    return out


def some_firm(client: FlaskClient, where: str = "/firms?tier=srdi") -> tuple[str, str]:
    """Credit code and name of the first firm of a list."""
    found = re.search(r'href="/firms/([0-9A-Z]{18})">([^<]+)</a>', client.get(where).text)
    assert found
    return found[1], found[2]


def filed(app: Flask) -> list[dict[str, object]]:
    with house_of(app).store.read() as connection:
        return filings(connection)


def upload(client: FlaskClient, kind: str, file: io.BytesIO, name: str = "名单.xlsx", **wishes: str) -> str:
    """Upload a list; gives the address of its rehearsal."""
    answer = post(client, "/upload", kind=kind, file=(file, name), **wishes)
    assert answer.status_code == 303, words_of(answer.text)
    return str(answer.location)


# -- every page ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_pages_answer_in_both_languages(reader: FlaskClient, path: str, language: str) -> None:
    answer = reader.get(f"{path}{'&' if '?' in path else '?'}lang={language}")
    assert answer.status_code == 200
    assert f'<html lang="{"zh-CN" if language == "zh" else "en"}">' in answer.text
    assert not re.search(r"\sstyle\s*=|\son\w+\s*=|<style|javascript:", answer.text)


@pytest.mark.parametrize("path", PAGES)
def test_the_register_alone_has_all_its_pages(tmp_path: Path, path: str) -> None:
    with app_in(tmp_path, rooms=(cli.ROOMS[0],)) as app:
        assert app.test_client().get(path).status_code == 200


def test_an_empty_register_says_what_to_do(tmp_path: Path) -> None:
    with app_in(tmp_path, empty=True) as app:
        client = app.test_client()
        assert "上传企业名单" in client.get("/").text
        for path in ("/firms", "/filings", "/upload", "/fields", "/targets", "/targets/quality-firms"):
            assert client.get(path).status_code == 200, path


def test_every_route_states_who_may_call_it(reading: Flask) -> None:
    assert [endpoint for endpoint, needed in access.stated(reading).items() if needed is None] == []
    declared = {*access.declared(reading), access.PUBLIC}
    assert set(access.stated(reading).values()) <= declared


def test_unsafe_routes_refuse_other_sites_and_missing_tokens(reading: Flask) -> None:
    client = reading.test_client()
    good = token(client)
    unsafe = [rule for rule in reading.url_map.iter_rules() if "POST" in (rule.methods or ())]
    assert len(unsafe) >= 6
    for rule in unsafe:
        path = rule.rule.replace("<int:id>", "1").replace("<int:row>", "2").replace("<token>", "0" * 32)
        path = path.replace("<int:token>", "1")
        assert client.post(path).status_code == 400, path
        elsewhere = {"Origin": "http" + "://evil.example"}
        assert client.post(path, data={"csrf_token": good}, headers=elsewhere).status_code == 403, path


@pytest.mark.parametrize(
    ("path", "status"),
    [("/firms/91370100000000000X", 404), ("/filings/99999", 404), ("/fields/nothing", 404), ("/upload/" + "0" * 32, 404),
     ("/upload/..%2f..%2fsecret_key", 404), ("/?as_of=yesterday", 400), ("/?known_at=99999", 400), ("/?year=x", 400),
     ("/firms/export.exe", 404), ("/templates/x.xlsx", 404)],
)  # fmt: skip
def test_what_is_not_there_has_a_page_of_its_own(reader: FlaskClient, path: str, status: int) -> None:
    answer = reader.get(path)
    assert answer.status_code == status
    assert "error-page" in answer.text


# One asks who asks. A firm's page also reads what the rules ask of it: accounts, evidence, titles, honours, lists; and
# whether the graph of chains is still that of the register.
@pytest.mark.parametrize(
    ("path", "most"),
    [("/", 22), ("/firms", 12), ("/firms?tier=srdi&sort=-revenue", 12), ("firm", 20), ("/filings", 12)],
)
def test_pages_ask_the_database_little(reading: Flask, reader: FlaskClient, path: str, most: int) -> None:
    wanted = f"/firms/{some_firm(reader)[0]}" if path == "firm" else path
    reader.get(wanted)  # counts are cached from the second time on
    with counted_queries(reading) as queries:
        assert reader.get(wanted).status_code == 200
    assert len([q for q in queries if not q.startswith(("BEGIN", "PRAGMA"))]) <= most, queries


# -- register ------------------------------------------------------------------------------------------------


def total(html: str) -> int:
    found = re.search(r'<strong><data value="(\d+)">', html)
    return int(found[1]) if found else 0


def test_a_search_finds_by_part_of_a_name_and_by_code(reader: FlaskClient) -> None:
    uscc, name = some_firm(reader)
    assert uscc in reader.get("/firms", query_string={"q": name[2:6]}).text
    assert uscc in reader.get("/firms", query_string={"q": uscc[:14]}).text
    answer = reader.get("/firms", query_string={"q": uscc.lower()})
    assert answer.status_code == 302
    assert answer.location.endswith(f"/firms/{uscc}")


def test_signs_of_sql_are_only_letters(reader: FlaskClient) -> None:
    assert total(reader.get("/firms", query_string={"q": "%%"}).text) == 0
    assert total(reader.get("/firms", query_string={"q": "'; drop table"}).text) == 0


def test_facets_narrow_and_add_up(reader: FlaskClient) -> None:
    everyone = total(reader.get("/firms").text)
    assert everyone > 100
    sizes = [total(reader.get(f"/firms?size={size}").text) for size in
             ("large", "medium", "small", "micro", "not_applicable", "unknown")]  # fmt: skip
    assert sum(sizes) == everyone
    assert total(reader.get("/firms?city=all").text) == everyone + total(
        reader.get("/firms?city=outside").text
    )
    held, none = (total(reader.get(f"/firms?above={answer}").text) for answer in ("yes", "no"))
    assert held + none == everyone


def test_pages_turn_and_sort(reader: FlaskClient) -> None:
    codes = [
        re.findall(r'class="sub code">([0-9A-Z]{18})<', reader.get(f"/firms?sort=uscc&page={n}").text)
        for n in (1, 2)
    ]
    assert len(codes[0]) == 50
    flat = codes[0] + codes[1]
    assert flat == sorted(flat)
    revenue = re.findall(
        r'<td data-label="营业收入" class="number"><data value="(\d+)"',
        reader.get("/firms?sort=-revenue").text,
    )
    assert revenue == sorted(revenue, key=int, reverse=True)


def test_the_export_is_the_list_as_narrowed(reader: FlaskClient) -> None:
    wanted = total(reader.get("/firms?tier=srdi").text)
    book = openpyxl.load_workbook(io.BytesIO(reader.get("/firms/export.xlsx?tier=srdi").data))
    rows = list(book.active.iter_rows(values_only=True))
    assert len(rows) == wanted + 1
    assert rows[0][:2] == ("统一社会信用代码", "企业名称")
    text = reader.get("/firms/export.csv?tier=srdi").data.decode("utf-8-sig")
    assert len(text.splitlines()) == wanted + 1


def test_each_row_of_a_page_says_of_its_firm_what_the_export_says(reader: FlaskClient) -> None:
    text = reader.get("/firms/export.csv").data.decode("utf-8-sig")
    exported = {row["统一社会信用代码"]: row for row in csv.DictReader(io.StringIO(text))}
    for page in (1, 2):
        rows = reader.get(f"/firms?page={page}").text.split("<tbody>")[1].split("</tbody>")[0].split("</tr>")
        assert len(rows) > 50
        for row in rows[:-1]:
            cells = dict(re.findall(r'<td data-label="([^"]+)"[^>]*>(.*?)</td>', row))
            firm = exported[re.findall(r'class="sub code">(\w{18})<', row)[0]]
            assert words_of(cells["行业"]) == (f"{firm['行业代码']} {firm['行业名称']}".strip() or "未知")
            assert words_of(cells["规模"]) == firm["规模"]
            assert words_of(cells["身份"]) == firm["身份"].replace("；", " ")
            assert words_of(cells["最近到期"]) == (firm["最近到期"] or "–")
            assert set(re.findall('value="([^"]+)"', cells["营业收入"])) == {firm["营业收入（元）"]} - {""}
            assert set(re.findall('title="([^"]+)"', cells["有效称号"])) == {
                *firm["有效称号"].split("；")
            } - {""}
            district, area = (bool(firm[name]) for name in ("区县", "功能区"))
            assert ('<span class="sub">' in cells["所在地"]) == (district and area)


def test_readers_in_turn_see_the_list_of_their_own_unit(reading: Flask) -> None:
    def shown(unit: str | None) -> set[str]:
        reader = reading.test_client(role="district", unit=unit) if unit else reading.test_client()
        return set(re.findall(r'class="sub code">(\w{18})<', reader.get("/firms?sort=uscc").text))

    everyone, zone, town = shown(None), shown("370171"), shown("370102")
    assert zone
    assert town
    assert not zone & town
    assert (shown("370171"), shown(None), shown("370102")) == (zone, everyone, town)


def test_the_export_imports_back_unchanged(app: Flask, client: FlaskClient) -> None:
    file = io.BytesIO(client.get("/firms/export.xlsx?city=all").data)
    post(client, upload(client, "enterprises", file) + "/file")
    newest = filed(app)[0]
    assert newest["rows"] == newest["unchanged"] == total(client.get("/firms?city=all").text)


# -- profile -------------------------------------------------------------------------------------------------


def test_a_profile_names_the_source_of_every_fact(reader: FlaskClient) -> None:
    uscc, name = some_firm(reader)
    html = reader.get(f"/firms/{uscc}").text
    assert f"<h1>{name}</h1>" in html
    assert html.count('class="from"') > 10
    for part in ("panel-titles", "panel-profile", "panel-figures", "history"):
        assert f'id="{part}"' in html
    assert "gantt" in html


def test_a_profile_looks_back(reader: FlaskClient) -> None:
    uscc, _name = some_firm(reader)
    then = words_of(reader.get(f"/firms/{uscc}?as_of=2020-01-01&known_at=2019-03-01").text)
    assert "这是当时掌握的数据" in then
    now = words_of(reader.get(f"/firms/{uscc}").text)
    assert "这是当时掌握的数据" not in now
    before = words_of(reader.get(f"/firms/{uscc}?known_at=2018-01-01").text)
    assert "当时尚未掌握这家企业" in before


def test_people_are_masked_everywhere(client: FlaskClient) -> None:
    uscc = code(1)
    address = upload(client, "enterprises", sheet(["统一社会信用代码", "企业名称", "联系人", "联系电话"],
                                                  [uscc, "济南试验甲有限公司", "王小明", "13912345678"]))  # fmt: skip
    post(client, f"{address}/file")
    html = client.get(f"/firms/{uscc}").text
    assert "王*" in html or "王**" in html
    assert "13912345678" not in html
    assert "王小明" not in html


# -- upload --------------------------------------------------------------------------------------------------


def test_upload_rehearse_confirm_withdraw(app: Flask, client: FlaskClient) -> None:
    uscc, name = some_firm(client)
    before = len(filed(app))
    file = sheet(["济南市优质企业名单"], ["企业名称", "统一社会信用代码", "认定日期", "备注"],
                 [name, uscc, "2026-06-01", "好"], ["坏代码", "9137019912345678", "2026-06-01", None])  # fmt: skip
    address = upload(
        client, "titles", file, **{"set-tier": "single_champion", "set-level": "city", "set-batch": "试"}
    )
    rehearsal = client.get(address)
    text = words_of(rehearsal.text)
    assert "试入库" in text
    assert "备注" in text
    assert len(filed(app)) == before  # nothing yet
    answer = post(client, f"{address}/file")
    assert answer.status_code == 303
    newest = filed(app)[0]
    assert (newest["accepted"], newest["refused"], newest["by"], newest["file"]) == (
        1,
        1,
        "desk",
        "名单.xlsx",
    )
    assert not any((house_of(app).settings.var / "uploads").iterdir())
    assert "制造业单项冠军企业（市级）" in client.get(f"/firms/{uscc}").text
    number = newest["id"]
    rejects = openpyxl.load_workbook(io.BytesIO(client.get(f"/filings/{number}/rejects.xlsx").data)).active
    rows = list(rejects.iter_rows(values_only=True))
    assert rows[0][:3] == ("企业名称", "统一社会信用代码", "认定日期")
    assert rows[1][1] == "9137019912345678"
    assert "退回" in str(rows[0][-1])
    assert len(str(rows[1][-1])) > 5
    assert "撤回" in client.get(f"/filings/{number}/withdraw").text
    post(client, f"/filings/{number}/withdraw")
    assert filed(app)[0]["withdrawn_at"]
    assert "制造业单项冠军企业（市级）" not in words_of(
        client.get(f"/firms/{uscc}").text.split('id="history"')[0]
    )


def test_columns_can_be_corrected(app: Flask, client: FlaskClient) -> None:
    uscc, _name = some_firm(client)
    address = upload(client, "figures", sheet(["代码甲", "年度", "进账"], [uscc, 2017, 12.5]))
    page = client.get(address).text
    assert "列的对应关系尚未确定" in page
    names = re.findall(r'name="header-\d+" value="([^"]+)"', page)
    assert names == ["代码甲", "年度", "进账"]
    answers = {"columns": "3", "header-0": "代码甲", "was-0": "", "field-0": "uscc", "header-1": "年度", "was-1": "year",
               "field-1": "year", "header-2": "进账", "was-2": "", "field-2": "revenue"}  # fmt: skip
    post(client, f"{address}/columns", **answers)
    assert "没有可识别的单位" in words_of(client.get(address).text)
    answers.update({"was-0": "uscc", "was-2": "revenue", "unit-2": "万元"})
    post(client, f"{address}/columns", **answers)
    post(client, f"{address}/file")
    assert filed(app)[0]["accepted"] == 1
    assert 'data value="125000"' in client.get(f"/firms/{uscc}").text


def test_unreadable_files_say_how_to_mend_them(client: FlaskClient) -> None:
    page = words_of(client.get(upload(client, "titles", io.BytesIO(b""), "空.xlsx")).text)
    assert "文件无法读取" in page
    assert "空.xlsx" in page
    page = words_of(client.get(upload(client, "titles", io.BytesIO(b"%PDF-1.7"), "名单.pdf")).text)
    assert "文件无法读取" in page
    assert "请先选择文件" in words_of(post(client, "/upload", kind="titles").text)


def test_a_clients_file_name_never_reaches_a_path(app: Flask, client: FlaskClient) -> None:
    address = upload(client, "enterprises", sheet(["统一社会信用代码", "企业名称"], [code(2), "济南试验乙有限公司"]),
                     "../../../etc/x.xlsx")  # fmt: skip
    held = [
        p.relative_to(house_of(app).settings.var) for p in (house_of(app).settings.var / "uploads").rglob("*")
    ]
    assert {p.name for p in held if p.suffix} == {"list.xlsx", "wishes.json"}
    post(client, f"{address}/file")
    assert filed(app)[0]["file"] == "x.xlsx"


# -- decisions -----------------------------------------------------------------------------------------------


@pytest.fixture
def twins(client: FlaskClient) -> tuple[str, str]:
    """Two firms of one name."""
    pair = code(11), code(12)
    rows = [[each, "济南双生机械有限公司", "历下区"] for each in pair]
    post(
        client,
        upload(client, "enterprises", sheet(["统一社会信用代码", "企业名称", "区县"], *rows)) + "/file",
    )
    return pair


def test_an_ambiguous_row_is_decided_on_the_page(
    app: Flask, client: FlaskClient, twins: tuple[str, str]
) -> None:
    address = upload(client, "titles", sheet(["企业名称", "认定日期"], ["济南双生机械有限公司", "2026-06-01"]),
                     **{"set-tier": "srdi", "set-batch": "试"})  # fmt: skip
    post(client, f"{address}/file")
    number = filed(app)[0]["id"]
    assert filed(app)[0]["review"] == 1
    page = client.get(f"/filings/{number}").text
    assert all(f'name="uscc" value="{each}"' in page for each in twins)
    post(client, f"/filings/{number}/rows/2", answer="firm", uscc="bad")
    assert "校验无误" in words_of(client.get(f"/filings/{number}").text)
    post(client, f"/filings/{number}/rows/2", answer="firm", uscc=twins[1])
    decided = filed(app)
    assert decided[0]["parent"] == number
    assert (decided[1]["accepted"], decided[1]["review"]) == (1, 0)
    assert "专精特新" in client.get(f"/firms/{twins[1]}").text.split('id="history"')[0]
    assert "没有称号记录" in client.get(f"/firms/{twins[0]}").text


def test_unknown_firms_are_created_and_rows_turned_down(app: Flask, client: FlaskClient) -> None:
    file = sheet(["企业名称", "统一社会信用代码", "认定日期"], ["济南新来者有限公司", code(21), "2026-06-01"],
                 ["济南不明有限公司", None, "2026-06-01"])  # fmt: skip
    post(client, upload(client, "titles", file, **{"set-tier": "srdi", "set-batch": "试"}) + "/file")
    number = filed(app)[0]["id"]
    assert filed(app)[0]["review"] == 2
    post(client, f"/filings/{number}/rows/2", answer="create")
    post(client, f"/filings/{number}/rows/3", answer="reject")
    assert client.get(f"/firms/{code(21)}").status_code == 200
    decided = next(f for f in filed(app) if f["id"] == number)
    assert (decided["accepted"], decided["review"], decided["refused"]) == (1, 0, 1)


def test_contradicting_rows_are_settled_by_taking_one(app: Flask, client: FlaskClient) -> None:
    uscc, _name = some_firm(client)
    file = sheet(["统一社会信用代码", "年度", "营业收入（万元）"], [uscc, 2016, 10], [uscc, 2016, 20])
    post(client, upload(client, "figures", file) + "/file")
    number = filed(app)[0]["id"]
    assert filed(app)[0]["review"] == 2
    post(client, f"/filings/{number}/rows/3", answer="take")
    assert 'data value="200000"' in client.get(f"/firms/{uscc}").text


def test_a_withdrawal_lists_what_leans_on_it(app: Flask, client: FlaskClient, twins: tuple[str, str]) -> None:
    base = filed(app)[0]["id"]
    file = sheet(["统一社会信用代码", "年度", "营业收入（万元）"], [twins[0], 2024, 10])
    post(client, upload(client, "figures", file) + "/file")
    page = words_of(post(client, f"/filings/{base}/withdraw").text)
    assert twins[0] in page
    assert "仍要撤回" in page
    assert next(f for f in filed(app) if f["id"] == base)["withdrawn_at"] is None
    post(client, f"/filings/{base}/withdraw", yes="yes")
    assert next(f for f in filed(app) if f["id"] == base)["withdrawn_at"]


# -- help ----------------------------------------------------------------------------------------------------


def test_every_kind_has_help_and_a_template(reading: Flask, reader: FlaskClient) -> None:
    for kind in house_of(reading).kinds.all:
        html = reader.get(f"/fields/{kind.id}").text
        assert all(f"<code>{field.id}</code>" in html for field in kind.fields)
        book = openpyxl.load_workbook(io.BytesIO(reader.get(f"/templates/{kind.id}.xlsx").data))
        assert book.active.max_column == len(kind.fields)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/?as_of=0001-01-01", 400),
        ("/?as_of=9999-12-31", 400),
        ("/?known_at=9999-12-31T23:59:59Z", {200, 400}),
        ("/filings/99999999999999999999999", 400),
        ("/firms?page=99999999999999999999999", {200, 400}),
    ],
)
def test_edges_of_days_and_numbers_are_answered_not_stumbled_over(
    client: FlaskClient, path: str, status: object
) -> None:
    allowed = status if isinstance(status, set) else {status}
    assert client.get(path).status_code in allowed
