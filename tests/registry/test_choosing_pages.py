"""From the register's list to one filing about many firms, and saved views, as forms without script send them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from registry.filings import filings
from registry.shell.app import create_app
from tests.sample_app import app_in, house_of, post, words_of
from tests.signed_in import signing_in

TITLE = {"kind": "titles", "tag-tier": "gazelle", "tag-batch": "批量", "tag-issued_on": "2026-06-01"}


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    with app_in(tmp_path) as app:
        yield app


def codes_on(html: str) -> list[str]:
    return re.findall(r'name="uscc" value="([0-9A-Z]{18})"', html)


def number(html: str) -> int:
    found = re.search(r'<div class="table-tools">\s*<span><strong><data value="(\d+)"', html)
    assert found
    return int(found[1])


def choose(client: FlaskClient, query: str, **given: Any) -> str:
    """Choose firms from a list; gives the address of what can be done with them."""
    answer = post(client, "/firms/chosen", query=query, **given)
    assert answer.status_code == 303
    return str(answer.location)


def newest(app: Flask) -> dict[str, Any]:
    with house_of(app).store.read() as connection:
        return filings(connection)[0]


def digest(html: str) -> str:
    found = re.search(r'name="digest" value="([0-9a-f]{64})"', html)
    assert found, words_of(html)
    return found[1]


# -- addresses -----------------------------------------------------------------------------------------------


def test_old_addresses_keep_their_meaning(client: FlaskClient) -> None:
    for query in (
        "tier=srdi",
        "place=370102",
        "status=active",
        "size=small&above=yes",
        "expiring=90",
        "listed=no",
    ):
        assert number(client.get(f"/firms?{query}").text) <= number(client.get("/firms").text), query
    some = [
        number(client.get(f"/firms?{query}").text)
        for query in ("tier=srdi", "tier=gazelle", "tier=srdi&tier=gazelle")
    ]
    assert max(some[:2]) <= some[2] <= some[0] + some[1]


def test_a_condition_can_be_dropped_alone(client: FlaskClient) -> None:
    html = client.get("/firms?tier=srdi&tier=gazelle&size=small").text
    chips = re.findall(r'<a class="chip tone-calm" href="([^"]+)"', html)
    assert sorted(chips) == sorted(
        [
            "/firms?size=small&amp;tier=gazelle",
            "/firms?size=small&amp;tier=srdi",
            "/firms?tier=srdi&amp;tier=gazelle",
        ]
    )


def test_the_list_comes_without_the_numbers_and_asks_for_them(client: FlaskClient) -> None:
    html = client.get("/firms?tier=srdi").text
    assert 'hx-get="/firms/facets?tier=srdi" hx-trigger="load"' in html
    part = client.get("/firms/facets?tier=srdi", headers={"HX-Request": "true"}).text
    assert part.lstrip().startswith('<div class="facets')
    assert re.search(r'id="tier-srdi" name="tier" value="srdi" checked', part)


def test_without_script_the_choices_are_a_page(client: FlaskClient) -> None:
    html = client.get("/firms/facets?tier=srdi&q=济南").text
    assert '<form class="panel" method="get" action="/firms">' in html
    assert '<input type="hidden" name="q" value="济南">' in html


def test_choices_that_would_give_nothing_are_left_out(client: FlaskClient) -> None:
    part = client.get("/firms/facets", headers={"HX-Request": "true"}).text
    assert not re.search(r'class="facet-label">[^<]*</span><data value="0"', part)
    nothing = client.get("/firms/facets?tier=none&highest=srdi", headers={"HX-Request": "true"}).text
    assert re.search(
        r'id="highest-srdi"[^>]* checked><span class="facet-label">[^<]*</span><data value="0"', nothing
    )


def test_an_exchanged_list_gives_the_address_that_asks_for_it(client: FlaskClient) -> None:
    answer = client.get("/firms?q=&city=home&tier=srdi&sort=name", headers={"HX-Request": "true"})
    assert answer.headers["HX-Push-Url"] == "/firms?tier=srdi"


# -- choosing ------------------------------------------------------------------------------------------------


def test_all_that_fit_are_chosen_across_pages(client: FlaskClient) -> None:
    total = number(client.get("/firms").text)
    assert total > 50
    html = client.get(choose(client, "", all="yes")).text
    assert f"已选 {total} 家企业" in words_of(html)


def test_ticked_firms_are_chosen_and_nothing_else(client: FlaskClient) -> None:
    some = codes_on(client.get("/firms?tier=srdi").text)[:3]
    address = choose(client, "tier=srdi", uscc=[*some, "91370199MA000000XX", "' or 1=1"])
    assert "已选 3 家企业" in words_of(client.get(address).text)
    text = client.get(f"{address}/export.csv").data.decode("utf-8-sig")
    assert sorted(line.split(",")[0] for line in text.splitlines()[1:]) == sorted(some)


def test_choosing_nothing_leads_back_to_the_list(client: FlaskClient) -> None:
    address = choose(client, "tier=srdi&sort=-revenue")
    assert address == "/firms?tier=srdi&sort=-revenue"
    assert "请先在列表中勾选企业" in client.get(address).text


def test_more_than_the_limit_is_not_taken(app: Flask) -> None:
    house = house_of(app)
    few = house.settings.model_copy(update={"limits": house.settings.limits.model_copy(update={"bulk": 10})})
    small = replace(house, settings=few)
    client = signing_in(create_app(few, small.store, small.rooms, small.clock)).test_client()
    assert choose(client, "", all="yes") == "/firms"
    assert "一次最多处理 10 家企业" in client.get("/firms").text


@pytest.mark.parametrize("token", ["0" * 32, "..%2f..%2fsecret", "x"])
def test_a_choice_that_is_none_is_no_page(client: FlaskClient, token: str) -> None:
    assert client.get(f"/firms/chosen/{token}").status_code == 404


def test_somebody_elses_choice_is_no_page(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = choose(client, "tier=srdi", all="yes")
    assert client.get(address).status_code == 200
    monkeypatch.setattr("registry.pages.choice.Choices.find", _as_somebody_else(address))
    assert client.get(address).status_code == 404


def _as_somebody_else(_address: str) -> Any:
    from registry.pages.choice import Choices

    find = Choices.find
    return lambda choices, token, _by: find(choices, token, "web:somebody-else")


# -- tagging and setting -------------------------------------------------------------------------------------


def test_tagging_many_is_looked_through_filed_once_and_undone(app: Flask, client: FlaskClient) -> None:
    address = choose(client, "tier=srdi", all="yes")
    wanted = number(client.get("/firms?tier=srdi").text)
    before = number(client.get("/firms?tier=gazelle").text)
    filing = newest(app)["id"]
    preview = post(client, f"{address}/tag", **TITLE)
    assert preview.status_code == 303
    html = client.get(preview.location).text
    assert f"为 {wanted} 家企业入库" in words_of(html)
    assert newest(app)["id"] == filing
    answer = post(client, f"{address}/file", digest=digest(html))
    made = newest(app)
    assert (made["rows"], made["accepted"], made["file"]) == (
        wanted,
        wanted,
        f"批量标记称号：{wanted} 家企业",
    )
    page = client.get(answer.location).text
    assert f'<a href="/filings/{made["id"]}/withdraw">撤回本次入库</a>' in page
    assert 'href="/firms?tier=srdi"' in page
    assert number(client.get("/firms?tier=gazelle").text) > before
    post(client, f"/filings/{made['id']}/withdraw", yes="yes")
    assert number(client.get("/firms?tier=gazelle").text) == before
    assert client.get(address).status_code == 404  # filed once


def test_nothing_is_filed_without_what_was_looked_through(app: Flask, client: FlaskClient) -> None:
    address = choose(client, "tier=srdi", all="yes")
    filing = newest(app)["id"]
    assert post(client, f"{address}/file", digest="0" * 64).status_code == 303
    post(client, f"{address}/tag", **TITLE)
    assert post(client, f"{address}/file", digest="0" * 64).status_code == 303
    assert newest(app)["id"] == filing


def test_another_clerk_in_between_brings_the_preview_back(app: Flask, client: FlaskClient) -> None:
    first = choose(client, "tier=srdi", all="yes")
    second = choose(client, "tier=srdi", all="yes")
    seen = [
        digest(client.get(post(client, f"{address}/tag", **TITLE).location).text)
        for address in (first, second)
    ]
    assert seen[0] == seen[1]
    assert post(client, f"{first}/file", digest=seen[0]).status_code == 303
    answer = post(client, f"{second}/file", digest=seen[1])
    assert answer.status_code == 200
    assert "其间登记库有变动" in answer.text
    assert "没有企业会变化" in answer.text


def test_setting_a_field_shows_before_and_after(app: Flask, client: FlaskClient) -> None:
    some = codes_on(client.get("/firms?district=370102").text)[:2]
    address = choose(client, "district=370102", uscc=some)
    wanted = {"field": "district", "value": "370112", "meaning": "change", "day": "2026-06-15"}
    html = client.get(post(client, f"{address}/set", **wanted).location).text
    assert "<del>历下区</del>" in html
    assert "<ins>历城区</ins>" in html
    post(client, f"{address}/file", digest=digest(html))
    assert newest(app)["file"] == "批量设置区县：2 家企业"
    assert set(some) <= set(codes_on(client.get("/firms?district=370112").text))


@pytest.mark.parametrize(
    ("form", "sent", "said"),
    [
        ("tag", {"kind": "titles"}, "请填写称号。"),
        ("tag", {"kind": "honours", "tag-honour": "platform"}, "请填写授予日期。"),
        ("set", {"field": "district", "value": " "}, "请填写要设置的值。"),
        ("set", {"field": "district", "value": "370112", "meaning": "change", "day": "soon"}, "“soon”不是"),
    ],
)
def test_what_is_wanted_is_said_beside_the_form(
    client: FlaskClient, form: str, sent: dict[str, str], said: str
) -> None:
    address = choose(client, "tier=srdi", all="yes")
    answer = post(client, f"{address}/{form}", **sent)
    assert answer.status_code == 200
    assert said in words_of(answer.text)
    assert "--" not in words_of(answer.text)


def test_a_form_for_what_nobody_may_set_is_refused(client: FlaskClient) -> None:
    address = choose(client, "tier=srdi", all="yes")
    assert post(client, f"{address}/set", field="name", value="甲").status_code == 400
    assert post(client, f"{address}/tag", kind="figures").status_code == 400


# -- views ---------------------------------------------------------------------------------------------------


def test_a_view_is_saved_opened_renamed_shared_and_deleted(client: FlaskClient) -> None:
    page = client.get("/firms/views?sort=-revenue&tier=srdi&page=3&lang=zh").text
    found = re.search(r'name="query" value="([^"]+)"', page)
    assert found
    assert found[1] == "tier=srdi&amp;sort=-revenue"
    answer = post(client, "/firms/views", name="专精特新按营收", query="sort=-revenue&tier=srdi&nonsense=1")
    assert answer.location == "/firms?tier=srdi&sort=-revenue"
    assert 'href="/firms?tier=srdi&amp;sort=-revenue"' in client.get("/firms/facets").text
    twice = post(client, "/firms/views", name="专精特新按营收", query="")
    assert "您已有名为“专精特新按营收”的视图" in twice.text
    post(client, "/firms/views/1", name="改过的名")
    post(client, "/firms/views/1", shared="yes")
    page = words_of(client.get("/firms/views").text)
    assert "改过的名" in page
    assert "共享" in page
    post(client, "/firms/views/1/delete")
    assert "还没有视图" in client.get("/firms/views").text
    assert post(client, "/firms/views/1/delete").status_code == 404
