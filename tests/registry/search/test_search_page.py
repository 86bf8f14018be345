"""The search box: what firms were found by is said under their names, and the part that was typed is marked."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from registry.pages.found import marked
from tests.registry.house import code, file_rows
from tests.sample_app import app_in, house_of, words_of

FIRM = {
    "uscc": code(9_000_001), "name": "山东(济南)琅嬛机械有限公司", "short_name": "琅嬛重装", "former_names": "泉城第七铸造厂",
    "products": "阀门、<轮毂&轴承>", "district": "历下区",
}  # fmt: skip


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    with app_in(tmp_path_factory.mktemp("search")) as app:
        file_rows(house_of(app), "enterprises", [FIRM])
        yield app.test_client()


def row(client: FlaskClient, typed: str) -> str:
    page = client.get("/firms", query_string={"q": typed}).text
    found = re.search(r"<tbody>.*?<th scope=\"row\">(.*?)</th>", page, re.S)
    return found[1] if found else ""


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("琅嬛", "山东(济南)<mark>琅嬛</mark>机械有限公司</a><span class=\"sub code\">"),
        ("（济南）琅", "山东<mark>(济南)琅</mark>嬛机械有限公司</a><span"),
        ("第七铸造", '<span class="sub found">曾用名 泉城<mark>第七铸造</mark>厂</span>'),
        ("琅嬛重", '<span class="sub found">简称 <mark>琅嬛重</mark>装</span>'),
        ("lhjx", '<span class="sub found">拼音 <mark>lhjx</mark></span>'),
        ("轮毂", '<span class="sub found">产品 &lt;<mark>轮毂</mark>&amp;轴承&gt;</span>'),
        (code(9_000_001)[:14], f"<mark>{code(9_000_001)[:14]}</mark>{code(9_000_001)[14:]}</span>"),
    ],
)  # fmt: skip
def test_a_row_says_what_it_was_found_by(client: FlaskClient, typed: str, shown: str) -> None:
    assert shown in row(client, typed)


def test_nothing_typed_nothing_marked(client: FlaskClient) -> None:
    page = client.get("/firms").text
    assert "<mark>" not in page
    assert "sub found" not in page


def test_many_hits_are_not_counted_to_the_last(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("registry.pages.register.COUNTED", 30)
    monkeypatch.setattr("registry.queries.number_at_most.__defaults__", (30,))
    page = client.get("/firms?q=有限").text
    assert "超过 30 家" in words_of(page)
    assert "1 – 20" in words_of(page)
    assert "下一页" in page
    turned = client.get("/firms?q=有限&page=2").text
    assert "21 – 40" in words_of(turned)
    assert "more than 30 firms" in words_of(client.get("/firms?q=有限&lang=en").text)


def test_the_api_says_by_what(client: FlaskClient) -> None:
    for typed, by in {
        "琅嬛": "name",
        "第七铸": "former",
        "重装": "short",
        "lhjx": "pinyin",
        "轮毂": "product",
    }.items():
        (hit,) = client.get("/api/v1/find", query_string={"q": typed}).json
        assert (hit["uscc"], hit["by"]) == (FIRM["uscc"], by)
        assert {"uscc", "name", "matched", "by", "district"} <= set(hit)


@pytest.mark.parametrize(
    ("text", "typed", "expected"),
    [
        ("ＡＢ（甲）乙", "B(甲)", "Ａ<mark>Ｂ（甲）</mark>乙"),
        ("甲 乙丙", "甲乙", "<mark>甲 乙</mark>丙"),
        ("<i>", "I", "&lt;<mark>i</mark>&gt;"),
        ("甲", "丁", "甲"),
        ("甲", "", "甲"),
    ],
)
def test_the_part_that_was_typed_is_marked_as_it_is_written(text: str, typed: str, expected: str) -> None:
    assert marked(text, typed) == expected
