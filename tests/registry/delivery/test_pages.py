"""投递: who sees it, what it says, and what administrators can do there."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask import Flask

from registry.delivery.sending import send_due
from registry.shell.app import create_app
from tests.registry.delivery.parcels import (
    DESK,
    Mailbox,
    by_mail,
    house_with,
    mail_server,
    parcel,
    put_in,
    rows,
)
from tests.sample_app import house_of, post, words_of
from tests.signed_in import signing_in


@pytest.fixture
def box() -> Iterator[Mailbox]:
    return Mailbox(refuses={"gone@example.org": "550 5.1.1 <b>no such user</b>"})


@pytest.fixture
def app(sqlite_url: str, tmp_path: Path, box: Mailbox) -> Iterator[Flask]:
    with mail_server(box) as port:
        lists = (f"bulletins={DESK}", "bulletins=gone@example.org", "districts:370102=lixia@example.org")
        house = house_with(sqlite_url, tmp_path / "var", **by_mail(port, *lists))
        put_in(house, parcel(), parcel("notice/1", to="notices"))
        send_due(house)
        yield signing_in(create_app(house.settings, house.store, house.rooms, house.clock))
        house.store.dispose()


def test_the_page_tells_what_arrived_what_did_not_and_why(app: Flask) -> None:
    html = app.test_client().get("/deliveries").text
    text = words_of(html)
    for said in ("250 2.0.0 Ok: queued as 0001", "对方拒收", "已送达", "已放弃", "历下区函件", DESK, FILE):
        assert said in text
    assert "&lt;b&gt;no such user" in html
    assert "refuses it for good" in words_of(app.test_client().get("/deliveries?lang=en").text)


FILE = "2025年12月通报.docx"


def test_the_list_is_narrowed_and_exported(app: Flask) -> None:
    client = app.test_client()
    text = words_of(client.get("/deliveries?status=given_up").text)
    assert "550 5.1.1" in text
    assert "queued as" not in text
    assert "没有可显示的内容" in text or "暂无" in text or "queued as" not in text
    book = openpyxl.load_workbook(io.BytesIO(client.get("/deliveries/export.xlsx?status=sent").data))
    (sheet,) = book.worksheets
    lines = list(sheet.values)
    assert len(lines) == 2
    assert DESK in lines[1]
    assert client.get("/deliveries/export.csv").text.count("monthly-count/2025-12/1") == 2
    assert client.get("/deliveries?status=strange&page=99&channel=pigeon").status_code == 200


def test_an_administrator_sends_again(app: Flask, box: Mailbox) -> None:
    client = app.test_client()
    (given_up,) = [r.id for r in rows(house_of(app)) if r.status == "given_up"]
    answer = post(client, f"/deliveries/{given_up}/retry", status="given_up")
    assert answer.location == "/deliveries?status=given_up"
    assert "未送达 gone@example.org：对方拒收" in words_of(client.get("/deliveries").text)
    box.refuses.clear()
    post(client, f"/deliveries/{given_up}/retry")
    assert "已送达 gone@example.org" in words_of(client.get("/deliveries").text)
    assert {r.status for r in rows(house_of(app))} == {"sent"}
    post(client, f"/deliveries/{given_up}/retry")
    assert "不会重复发送" in words_of(client.get("/deliveries").text)
    post(client, "/deliveries/999/retry")
    assert "没有第 999 号投递" in words_of(client.get("/deliveries").text)


def test_a_test_message_from_the_page(app: Flask, box: Mailbox) -> None:
    client = app.test_client()
    post(client, "/deliveries/test", channel="mail", address="lixia@example.org")
    assert box.to[-1] == "lixia@example.org"
    post(client, "/deliveries/test", channel="mail", address="stranger@example.com")
    assert "请指定接收测试信息的地址" in words_of(client.get("/deliveries").text)
    assert "stranger@example.com" not in box.to


@pytest.mark.parametrize(("role", "reads", "sends"), [
    ("administrator", True, True), ("editor", True, False), ("reporting", True, False), ("reader", False, False),
    ("chains", False, False), ("district", False, False),
])  # fmt: skip
def test_who_may_see_and_send(app: Flask, role: str, reads: bool, sends: bool) -> None:
    client = app.test_client(role=role, unit="370102" if role == "district" else None)
    assert (client.get("/deliveries").status_code == 200) == reads
    assert (client.get("/deliveries/export.csv").status_code == 200) == reads
    if reads:
        assert ("立即重发" in client.get("/deliveries").text) == sends
    assert (post(client, "/deliveries/1/retry").status_code == 303) == sends
    assert ("未送达" in words_of(client.get("/todo").text)) == reads


def test_what_did_not_arrive_stands_under_to_do(app: Flask) -> None:
    html = app.test_client().get("/todo/deliveries").text
    assert "已放弃的投递" in html
    assert 'href="/deliveries?status=given_up"' in html


def test_with_nothing_set_the_page_says_so(sqlite_url: str, tmp_path: Path) -> None:
    house = house_with(sqlite_url, tmp_path / "var")
    app: Any = signing_in(create_app(house.settings, house.store, house.rooms, house.clock))
    text = words_of(app.test_client().get("/deliveries").text)
    assert "尚未设置文件夹、邮箱或接口" in text
    house.store.dispose()
