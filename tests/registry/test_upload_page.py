"""The upload's page says what a person at the screen can do about a list."""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from registry.intake.problems import MESSAGES
from tests.registry.house import code
from tests.registry.intake.papers import scanned_list, word_list
from tests.sample_app import app_in, post, token, words_of


@pytest.fixture
def client(tmp_path: Path) -> Iterator[FlaskClient]:
    """The desk of an empty register."""
    with app_in(tmp_path, empty=True) as app:
        yield app.test_client()


def rehearsed(client: FlaskClient, kind: str, text: str, **wishes: str) -> str:
    """Upload a list; gives the address of its rehearsal."""
    answer = post(client, "/upload", kind=kind, file=(io.BytesIO(text.encode()), "list.csv"), **wishes)
    assert answer.status_code == 303, words_of(answer.text)
    return str(answer.location)


FIRMS = f"uscc,name\n{code(1)},济南甲机械有限公司\n{code(2)},济南乙机械有限公司\n"


def test_a_file_that_was_filed_before_is_announced(client: FlaskClient) -> None:
    address = rehearsed(client, "enterprises", FIRMS)
    assert "这份文件入过库" not in client.get(address).text
    assert post(client, f"{address}/file").status_code == 303
    again = client.get(rehearsed(client, "enterprises", FIRMS))
    assert "这份文件入过库" in again.text
    assert "本次 2 行中 2 行无变化" in words_of(again.text)
    assert re.search(r'<a href="/filings/1">', again.text)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_page_names_no_option_of_the_command_line(client: FlaskClient, language: str) -> None:
    client.get(f"/?lang={language}")
    titles = f"企业名称,称号,认定日期\n无此有限公司,小巨人,2024-01-01\n{code(1)},专精特新,2024-01-01\n"
    lists = [
        ("enterprises", "甲,乙\n1,2\n", "没有找到表头", "say which column is which"),
        ("enterprises", "企业名称,公司名称,信用代码\n甲,乙,丙\n", "另一列忽略", "ignore the other"),
        ("titles", "区县\n历下区\n", "请指定是哪一列", "Say which does"),
        ("titles", titles, "可新建或改选", "create it or choose"),
        ("figures", f"uscc,年度,营业收入\n{code(1)},2024,5\n", "选定单位", "choose one for the column"),
    ]
    for kind, text, zh, en in lists:
        page = words_of(client.get(rehearsed(client, kind, text)).text)
        assert (zh if language == "zh" else en) in page, kind
        assert not OPTION.search(page), kind


OPTION = re.compile(r"--[a-z]|cli\.py")


def test_no_sentence_for_people_names_an_option() -> None:
    """Options stand apart from the sentences (``SaidError.option``, ``OPTIONS``), so that pages can leave them out."""
    assert [code for code, said in MESSAGES.items() if any(map(OPTION.search, said))] == []
    found = []
    for path in (*Path("registry").rglob("*.py"), *Path("tiers").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SAID:
                texts = (n for said in node.args[:2] for n in ast.walk(said) if isinstance(n, ast.Constant))
                found += [f"{path}:{t.lineno}" for t in texts if OPTION.search(str(t.value))]
    assert found == []


SAID = {"HeaderError", "UnreadableError", "MisusedError", "RefusedError", "NeedsConfirmationError"}


def test_a_withdrawal_that_others_lean_on_says_what_and_lists_it(client: FlaskClient) -> None:
    post(client, rehearsed(client, "enterprises", FIRMS) + "/file")
    titles = f"uscc,称号,认定日期\n{code(1)},小巨人,2024-01-01\n"
    post(client, rehearsed(client, "titles", titles) + "/file")
    asked = words_of(post(client, "/filings/1/withdraw").text)
    assert "其他入库记录有 1 行所涉企业只由入库记录 1 登记" in asked
    assert f"title {code(1)}: filing 2, row 2" in asked
    assert not OPTION.search(asked)
    english = client.post("/filings/1/withdraw?lang=en", data={"csrf_token": token(client)})
    assert "1 rows of other filings speak of firms that only filing 1 names" in words_of(english.text)
    assert post(client, "/filings/1/withdraw", yes="yes").status_code == 302


def test_a_word_list_is_rehearsed_and_its_rows_say_where_they_stand(
    client: FlaskClient, tmp_path: Path
) -> None:
    path = word_list(
        tmp_path / "a.docx",
        "名单",
        [],
        ["统一社会信用代码", "企业名称"],
        [(code(1), "济南甲机械有限公司"), ("无", "济南乙厂")],
    )
    answer = post(client, "/upload", kind="enterprises", file=(path.open("rb"), "名单.docx"))
    page = words_of(client.get(answer.location).text)
    assert "表 1 第 3 行" in page
    assert "没有统一社会信用代码" in page
    assert post(client, f"{answer.location}/file").status_code == 303


@pytest.mark.parametrize(
    ("language", "sentence"), [("zh", "是扫描件：1 页都是图片"), ("en", "its 1 pages are pictures")]
)
def test_a_scan_is_said_to_be_one(client: FlaskClient, tmp_path: Path, language: str, sentence: str) -> None:
    client.get(f"/?lang={language}")
    scan = scanned_list(tmp_path / "a.pdf")
    answer = post(client, "/upload", kind="enterprises", file=(scan.open("rb"), "扫描.pdf"))
    page = words_of(client.get(answer.location).text)
    assert sentence in page
    assert not OPTION.search(page)


class Unread(io.RawIOBase):
    """A body that nobody may read."""

    def read(self, _size: int = -1) -> bytes:
        raise AssertionError("the body was read")


def test_an_upload_of_200_mb_is_refused_before_it_is_read(client: FlaskClient) -> None:
    answer = client.post(
        "/upload",
        headers={"X-CSRFToken": token(client)},
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"wsgi.input": Unread(), "CONTENT_LENGTH": str(200 * 1024 * 1024)},
    )
    assert answer.status_code == 413
    assert "上传文件不超过 64 MB" in answer.text


def test_a_whole_list_that_many_are_absent_from_says_who(client: FlaskClient) -> None:
    post(client, rehearsed(client, "enterprises", FIRMS) + "/file")
    members = f"uscc,纳统时间\n{code(1)},2024-01-01\n{code(2)},2024-01-01\n"
    assert post(client, rehearsed(client, "above-scale", members) + "/file").status_code == 303
    address = rehearsed(client, "above-scale", members.rpartition(code(2))[0], complete_on="2026-06-30")
    asked = words_of(client.get(address).text)
    assert "2026-06-30 在册的 2 家中有 1 家不在这份名单里，将退出" in asked
    assert code(2) in asked
    assert post(client, f"{address}/file", yes="yes").status_code == 303


def test_a_decision_is_called_by_what_it_decides(client: FlaskClient) -> None:
    post(client, rehearsed(client, "enterprises", FIRMS) + "/file")
    titles = f"uscc,name,称号,认定日期\n{code(1)},,小巨人,2024-01-01\n{code(3)},济南丙机械有限公司,小巨人,2024-01-01\n"
    post(client, rehearsed(client, "titles", titles) + "/file")
    assert post(client, "/filings/2/rows/3", answer="create").status_code == 302
    zh, en = "对 list.csv 第 3 行的处理（入库记录 2）", "decision on row 3 of list.csv (filing 2)"
    for path in ("/filings", "/filings/3", "/", f"/firms/{code(3)}", "/filings/3/withdraw"):
        assert zh in words_of(client.get(f"{path}?lang=zh").text), path
        assert en in words_of(client.get(f"{path}?lang=en").text), path
    assert zh not in words_of(client.get("/filings/2?lang=zh").text)


def test_an_upload_belongs_to_whoever_brought_it(client: FlaskClient) -> None:
    address = rehearsed(client, "enterprises", FIRMS)
    other = client.application.test_client(role="editor")
    assert other.get(address).status_code == 404
    assert post(other, f"{address}/file").status_code == 404
    assert post(other, f"{address}/drop").status_code == 404
    assert client.get(address).status_code == 200
