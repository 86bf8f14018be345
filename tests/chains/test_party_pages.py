"""The page of outside parties: who they are, what they may be, who may say so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.chains.linked import LEADER, OTHER, SUPPLIER, drawn, file, firms
from tests.sample_app import app_in, house_of, post, words_of


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    with app_in(tmp_path, empty=True) as made:
        house = house_of(made)
        firms(house, LEADER, SUPPLIER, OTHER)
        file(house, "links",
             {"supplier": "明达机械", "buyer": LEADER, "product": "齿轮"},
             {"supplier": "明达机械", "buyer": LEADER, "product": "轴承"},
             {"supplier": "SKC", "buyer": LEADER, "product": "薄膜"},
             {"supplier": OTHER, "buyer": "603221.SH"})  # fmt: skip
        yield made


def row_of(html: str, name: str) -> str:
    return next(row for row in re.findall(r"<tr>.*?</tr>", html, re.S) if f">{name}</a>" in row)


def test_parties_stand_with_their_links_and_the_firms_that_they_may_be(app: Flask) -> None:
    html = app.test_client().get("/chains/parties").text
    assert re.findall(r'scope="row"><a[^>]*>([^<]+)', html) == ["明达机械", "603221.SH", "SKC"]
    assert SUPPLIER in row_of(html, "明达机械")
    assert "登记在册后" in row_of(html, "603221.SH")
    assert '><data value="2">2</data>' in row_of(html, "明达机械")


def test_a_party_becomes_a_firm_and_is_taken_off_it_again(app: Flask) -> None:
    client = app.test_client()
    answer = post(client, "/chains/parties", node="~明达机械", uscc=SUPPLIER, answer="same", q="明达")
    assert answer.status_code == 303
    assert answer.location == "/chains/parties?q=明达" or "q=%E6%98%8E" in answer.location
    assert (SUPPLIER, LEADER, "齿轮") in drawn(house_of(app))
    html = client.get("/chains/parties?state=joined").text
    assert re.findall(r'scope="row"><a[^>]*>([^<]+)', html) == ["明达机械"]
    assert "不是这家" in row_of(html, "明达机械")
    post(client, "/chains/parties", node="~明达机械", uscc=SUPPLIER, answer="different")
    assert ("~明达机械", LEADER, "齿轮") in drawn(house_of(app))
    assert SUPPLIER not in row_of(client.get("/chains/parties").text, "明达机械")


@pytest.mark.parametrize(
    ("node", "code", "said"),
    [
        ("~明达机械", "123", "登记库里没有"),
        ("~没有这一家", SUPPLIER, "没有外部主体"),
        ("~603221.SH", SUPPLIER, "是代码"),
    ],
)
def test_a_judgement_that_makes_no_sense_is_refused_with_the_reason(
    app: Flask, node: str, code: str, said: str
) -> None:
    client = app.test_client()
    post(client, "/chains/parties", node=node, uscc=code, answer="same")
    assert said in client.get("/chains/parties").text
    assert post(client, "/chains/parties", node=node, uscc=code, answer="perhaps").status_code == 400


def test_the_list_is_narrowed_turned_to_english_and_taken_away(app: Flask) -> None:
    client = app.test_client()
    assert re.findall(r'scope="row"><a[^>]*>([^<]+)', client.get("/chains/parties?q=skc").text) == ["SKC"]
    assert client.get("/chains/parties?state=nonsense").status_code == 404
    assert "没有这样的主体" in client.get("/chains/parties?state=doubtful").text
    text = client.get("/chains/parties/export.csv?state=open").data.decode("utf-8-sig")
    assert [line.split(",")[0] for line in text.splitlines()] == ["名称", "明达机械", "603221.SH", "SKC"]
    assert client.get("/chains/parties/export.xlsx").status_code == 200
    english = words_of(client.get("/chains/parties?lang=en").text)
    assert "Outside parties" in english
    assert "follows by itself" in english


def test_who_may_see_and_who_may_say(app: Flask) -> None:
    seen = {
        role: app.test_client(role=role).get("/chains/parties").status_code
        for role in ("reader", "chains", "reporting")
    }
    assert set(seen.values()) == {200}
    officer = app.test_client(role="district", unit="370102")
    assert officer.get("/chains/parties").status_code == 403
    reader = app.test_client(role="reader")
    assert "这家企业" not in reader.get("/chains/parties").text
    assert post(reader, "/chains/parties", node="~SKC", uscc=OTHER, answer="same").status_code == 403
    office = app.test_client(role="chains")
    assert post(office, "/chains/parties", node="~SKC", uscc=OTHER, answer="same").status_code == 303
    assert (OTHER, LEADER, "薄膜") in drawn(house_of(app))
