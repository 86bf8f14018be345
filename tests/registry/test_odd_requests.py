"""Addresses, forms and bodies that no page makes: refused in plain words, on either database, and never a fault of ours."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from registry.shell.app import create_app
from tests.registry.house import code, file_rows, open_test_house
from tests.sample_app import post, token
from tests.signed_in import signing_in

FIRM = code(1)


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    house = open_test_house(database_url, tmp_path)
    file_rows(house, "enterprises", [{"uscc": FIRM, "name": "济南甲机械有限公司", "district": "历下区"}])
    yield signing_in(create_app(house.settings, house.store, house.rooms, house.clock))
    house.store.dispose()


def test_a_nul_character_is_refused_everywhere(app: Flask) -> None:
    desk, stranger = app.test_client(), app.test_client(role=None)
    assert post(stranger, "/sign-in", login="a\0b", password="x").status_code == 400
    for path in ("/firms?q=%00", "/firms/%00", "/api/v1/firms?q=%00", "/api/v1/find?q=%00", "/api/v1/firms/x%00",
                 "/api/v1/assess?uscc=%00"):  # fmt: skip
        assert desk.get(path).status_code == 400, path
    bodies = {
        "match": {"rows": [{"name": "a\0"}]},
        "judgements": {"uscc": FIRM, "verdict": "same", "name": "a\0"},
        "filings": {"kind": "enterprises", "rows": [{"uscc": FIRM, "products": "k\0"}]},
    }
    sent = {"X-CSRFToken": token(desk)}
    for name, body in bodies.items():
        answer = desk.post(f"/api/v1/{name}", json=body, headers=sent)
        assert (answer.status_code, answer.json["error"]["code"]) == (400, "body_unreadable"), name
    document = desk.post("/api/v1/match", json={"rows": [{"name": r"a\u0000"}]}, headers=sent)
    assert document.status_code == 200  # written out it is text like any other


def test_a_number_beyond_every_list_is_no_fault(app: Flask) -> None:
    desk = app.test_client()
    for path in ("/filings/3000000000", "/intake/3000000000", "/accounts/3000000000", "/rounds/compare/3000000000",
                 f"/firms/{FIRM}/documents/3000000000"):  # fmt: skip
        assert desk.get(path).status_code in (400, 404), path


def test_digits_that_are_no_digits_are_no_fault(app: Flask) -> None:
    desk = app.test_client()
    for path in (f"/firms/{FIRM}?known_at=²", f"/api/v1/firms/{FIRM}?known_at=²", f"/firms/{FIRM}/versions?known=²",
                 f"/?year={'1' * 5000}"):  # fmt: skip
        assert desk.get(path).status_code == 400, path
    assert desk.get(f"/firms/{FIRM}/edit/titles?record=²-²").status_code == 404
    assert desk.get(f"/firms/{FIRM}/edit/titles?like={FIRM}:²-1").status_code == 200


def test_a_cursor_that_nests_without_end_is_refused(app: Flask) -> None:
    cursor = base64.urlsafe_b64encode(b"[" * 20_000).decode()
    answer = app.test_client().get(f"/api/v1/firms?cursor={cursor}")
    assert answer.status_code == 400
    assert answer.json["error"]["code"] == "cursor_unreadable"


def test_an_address_or_method_that_the_api_has_not_is_refused_in_its_own_shape(app: Flask) -> None:
    desk = app.test_client()
    sent = {"X-CSRFToken": token(desk)}
    for method, path in (
        ("POST", "/nothing"),
        ("DELETE", "/firms"),
        ("PUT", "/filings"),
        ("GET", "/nothing/here"),
    ):
        answer = desk.open(f"/api/v1{path}", method=method, json={}, headers=sent)
        assert answer.status_code in (404, 405), path
        assert answer.json["error"].keys() == {"code", "message", "message_zh"}, path


def test_an_address_that_repeats_its_path_or_speaks_as_ours_do_is_no_fault(app: Flask) -> None:
    desk = app.test_client()
    for path in (
        f"/firms/{FIRM}?uscc={FIRM}",
        "/firms?endpoint=x&values=1&self=2",
        "/firms?_scheme=javascript",
        "/?endpoint=1",
    ):
        assert desk.get(path).status_code == 200, path
    page = desk.get("/firms?_external=1&_scheme=javascript&_anchor=x&q=甲")
    assert "javascript:" not in page.text
    assert "http://localhost/firms" not in page.text
