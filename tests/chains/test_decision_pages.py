"""A link whose supplier or buyer fits several firms is decided at the filing's page, each end of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.chains.linked import LEADER, NAMES, OTHER, STRANGER, SUPPLIER, drawn, file, firms
from tests.sample_app import app_in, house_of, post, token, words_of

TWIN, DOUBLE = "济南同名机械有限公司", "济南双生重工有限公司"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    with app_in(tmp_path, empty=True) as made:
        here = house_of(made)
        firms(here, LEADER)
        twins = [(SUPPLIER, TWIN), (OTHER, TWIN), (STRANGER, DOUBLE), ("91370199MA00000089", DOUBLE)]
        file(here, "enterprises", *({"uscc": uscc, "name": name} for uscc, name in twins[:3]))
        yield made


def waiting(app: Flask, *rows: dict[str, str]) -> int:
    filing = file(house_of(app), "links", *rows, name="doubt.csv").filing
    assert isinstance(filing, int)
    return filing


def test_one_end_is_chosen_with_one_press(app: Flask) -> None:
    filing = waiting(app, {"supplier": TWIN, "buyer": LEADER, "product": "齿轮"})
    client = app.test_client(role="chains")
    html = client.get(f"/filings/{filing}?part=review").text
    assert re.findall(r'name="uscc" value="(\w+)"', html) == [SUPPLIER, OTHER]
    assert "供应方" in words_of(html)
    assert "都不是" in html
    post(client, f"/filings/{filing}/rows/2", answer="firm", uscc=OTHER)
    assert drawn(house_of(app)) == {(OTHER, LEADER, "齿轮")}


def test_a_firm_that_was_not_offered_is_given_by_its_code(app: Flask) -> None:
    filing = waiting(app, {"supplier": TWIN, "buyer": LEADER})
    client = app.test_client()
    post(client, f"/filings/{filing}/rows/2", answer="firm", uscc="1234")
    assert "18" in words_of(client.get(f"/filings/{filing}").text)
    post(client, f"/filings/{filing}/rows/2", answer="firm", uscc=STRANGER.lower())
    assert drawn(house_of(app)) == {(STRANGER, LEADER, "")}


def test_none_of_them_keeps_the_name_outside(app: Flask) -> None:
    filing = waiting(app, {"supplier": TWIN, "buyer": LEADER})
    client = app.test_client()
    post(client, f"/filings/{filing}/rows/2", answer="take")
    assert drawn(house_of(app)) == {(f"~{TWIN}", LEADER, "")}
    assert "无" in words_of(client.get(f"/filings/{filing}?part=review").text)


def test_both_ends_are_chosen_together(app: Flask) -> None:
    here = house_of(app)
    file(here, "enterprises", {"uscc": LEADER, "name": DOUBLE, "former_names": NAMES[LEADER]}, name="renamed",
         sets={"meaning": "correction"})  # fmt: skip
    filing = waiting(app, {"supplier": TWIN, "buyer": DOUBLE, "product": "铸件"})
    client = app.test_client()
    html = client.get(f"/filings/{filing}?part=review").text
    assert re.findall(r'name="party-(\w+)" value="(\w+)"', html) == [
        ("supplier", SUPPLIER), ("supplier", OTHER), ("buyer", LEADER), ("buyer", STRANGER),
    ]  # fmt: skip
    half = {"party-supplier": SUPPLIER}
    post(client, f"/filings/{filing}/rows/2", answer="parties", **half)
    assert drawn(here) == set()
    both = {**half, "party-buyer": LEADER, "code-buyer": STRANGER}
    post(client, f"/filings/{filing}/rows/2", answer="parties", **both)
    assert drawn(here) == {(SUPPLIER, STRANGER, "铸件")}


def test_the_api_mends_either_end(app: Flask) -> None:
    filing = waiting(app, {"supplier": TWIN, "buyer": LEADER})
    client = app.test_client()
    answer = client.post(
        f"/api/v1/filings/{filing}/rows/2/decision",
        json={"fields": {"supplier": SUPPLIER}},
        headers={"X-CSRFToken": token(client)},
    )
    assert answer.status_code in (200, 201), answer.text
    assert drawn(house_of(app)) == {(SUPPLIER, LEADER, "")}
