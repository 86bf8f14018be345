"""The HTTP API: pages by cursor, filings with a fate for each row, keys that carry a request out once, one error shape."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from registry.house import House
from registry.shell.app import create_app
from tests.registry.house import code, file_rows
from tests.sample_app import app_in, token
from tests.signed_in import signing_in


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with app_in(tmp_path_factory.mktemp("api")) as app:
        yield app


@pytest.fixture
def city(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def client(house: House) -> FlaskClient:
    return signing_in(create_app(house.settings, house.store, house.rooms, house.clock)).test_client()


def send(client: FlaskClient, path: str, document: Any, **headers: str) -> Any:
    headers["X-CSRFToken"] = token(client)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post(f"/api/v1{path}", json=document, headers=named)


FIRMS = [{"uscc": code(n), "name": f"济南甲{n}有限公司", "district": "历下区"} for n in range(3)]
TITLE = {"tier": "srdi", "level": "provincial", "batch": "一", "issued_on": "2025-01-01"}


def test_the_whole_register_is_read_page_by_page(city: FlaskClient) -> None:
    found: list[str] = []
    address = "/api/v1/firms?city=all&limit=64"
    while address:
        page = city.get(address).json
        assert page is not None
        assert len(page["firms"]) <= 64
        found += [firm["uscc"] for firm in page["firms"]]
        address = page["next"] and f"/api/v1/firms?city=all&limit=64&cursor={page['next']}"
    assert found == sorted(set(found))
    assert len(found) == 200


def test_the_list_of_firms_is_narrowed_like_its_page(city: FlaskClient) -> None:
    page = city.get("/api/v1/firms?place=370171&limit=200").json
    assert page is not None
    assert page["firms"]
    assert {firm["area"] for firm in page["firms"]} == {"370171"}
    assert city.get("/api/v1/firms?place=nowhere").status_code == 400


def test_every_row_of_a_filing_has_its_fate(client: FlaskClient) -> None:
    made = send(client, "/filings", {"kind": "enterprises", "rows": FIRMS})
    assert made.status_code == 201
    assert [row["fate"] for row in made.json["results"]] == ["accepted"] * 3
    rows = [{"uscc": code(0), **TITLE}, {"uscc": code(9), **TITLE}, {"uscc": "123", **TITLE}]
    mixed = send(client, "/filings", {"kind": "titles", "rows": rows})
    assert [(row["row"], row["fate"]) for row in mixed.json["results"]] == [
        (1, "accepted"),
        (2, "review"),
        (3, "refused"),
    ]
    assert {problem["code"] for problem in mixed.json["problems"]} == {"unknown_firm", "uscc_damaged"}
    id = mixed.json["filing"]
    assert mixed.headers["Location"] == f"/api/v1/filings/{id}"
    assert client.get(f"/api/v1/filings/{id}").json["review"] == 1
    waiting = client.get(f"/api/v1/filings/{id}/rows?fate=review").json
    assert [row["row"] for row in waiting["rows"]] == [2]
    assert waiting["rows"][0]["problems"][0]["code"] == "unknown_firm"


def test_money_is_yuan_and_ratios_are_ratios(client: FlaskClient, house: House) -> None:
    file_rows(house, "enterprises", FIRMS)
    send(
        client,
        "/filings",
        {"kind": "figures", "rows": [{"uscc": code(0), "year": 2024, "revenue": 12_345_678}]},
    )
    send(client, "/filings", {"kind": "evidence", "rows": [{"uscc": code(0), "market_share": "0.5"}]})
    shown = client.get(f"/api/v1/firms/{code(0)}").json
    assert shown["figures"][0]["revenue"] == 12_345_678
    assert shown["evidence"]["market_share"]["value"] == "0.5"


def test_a_rehearsal_files_nothing(client: FlaskClient) -> None:
    tried = send(client, "/filings", {"kind": "enterprises", "rows": FIRMS, "dry_run": True})
    assert tried.status_code == 200
    assert tried.json["filing"] is None
    assert tried.json["accepted"] == 3
    assert client.get("/api/v1/filings").json == {"filings": [], "next": None}


def test_a_request_sent_twice_is_carried_out_once(client: FlaskClient) -> None:
    first = send(client, "/filings", {"kind": "enterprises", "rows": FIRMS}, Idempotency_Key="monday-1")
    again = send(client, "/filings", {"kind": "enterprises", "rows": FIRMS}, Idempotency_Key="monday-1")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json
    other = send(client, "/filings", {"kind": "enterprises", "rows": FIRMS[:1]}, Idempotency_Key="monday-1")
    assert (other.status_code, other.json["error"]["code"]) == (409, "key_taken")
    assert len(client.get("/api/v1/filings").json["filings"]) == 1


def test_a_request_that_failed_may_be_sent_again_under_its_key(client: FlaskClient) -> None:
    wrong = {"kind": "enterprises", "rows": [{"colour": "red"}]}
    assert send(client, "/filings", wrong, Idempotency_Key="k").status_code == 400
    assert (
        send(client, "/filings", {"kind": "enterprises", "rows": FIRMS}, Idempotency_Key="k").status_code
        == 201
    )


def test_filings_are_listed_newest_first_by_cursor(client: FlaskClient, house: House) -> None:
    for n in range(5):
        file_rows(house, "enterprises", [FIRMS[0] | {"name": f"济南{n}有限公司"}], f"{n}.csv")
    first = client.get("/api/v1/filings?limit=2").json
    second = client.get(f"/api/v1/filings?limit=2&cursor={first['next']}").json
    third = client.get(f"/api/v1/filings?limit=2&cursor={second['next']}").json
    listed = [filing["id"] for page in (first, second, third) for filing in page["filings"]]
    assert listed == sorted(listed, reverse=True)
    assert len(listed) == 5
    assert third["next"] is None


def test_a_row_in_review_is_decided_and_a_filing_withdrawn(client: FlaskClient) -> None:
    send(client, "/filings", {"kind": "enterprises", "rows": FIRMS})
    id = send(client, "/filings", {"kind": "titles", "rows": [{"name": "没有这家公司", **TITLE}]}).json[
        "filing"
    ]
    wrong = send(client, f"/filings/{id}/rows/1/decision", {"uscc": code(0), "reject": True})
    assert (wrong.status_code, wrong.json["error"]["code"]) == (400, "misused")
    decided = send(client, f"/filings/{id}/rows/1/decision", {"uscc": code(1)})
    assert decided.json["fate"] == "accepted"
    again = send(client, f"/filings/{id}/rows/1/decision", {"uscc": code(1)})
    assert (again.status_code, again.json["error"]["code"]) == (409, "refused")
    assert client.get(f"/api/v1/firms/{code(1)}").json["titles"]
    assert send(client, f"/filings/{id}/withdraw", {}).json == {"filing": id, "orphaned": []}
    assert not client.get(f"/api/v1/firms/{code(1)}").json["titles"]
    assert send(client, f"/filings/{id}/withdraw", {}).status_code == 409


def test_a_withdrawal_that_others_lean_on_wants_yes(client: FlaskClient) -> None:
    first = send(client, "/filings", {"kind": "enterprises", "rows": FIRMS}).json["filing"]
    send(client, "/filings", {"kind": "titles", "rows": [{"uscc": code(0), **TITLE}]})
    asked = send(client, f"/filings/{first}/withdraw", {})
    assert (asked.status_code, asked.json["error"]["code"]) == (409, "needs_confirmation")
    assert send(client, f"/filings/{first}/withdraw", {"yes": True}).json["orphaned"]


@pytest.mark.parametrize(
    "document, code_",
    [
        ({"kind": "enterprises"}, "body_unreadable"),
        ({"kind": "enterprises", "rows": []}, "body_unreadable"),
        ({"kind": "enterprises", "rows": [{"name": True}]}, "body_unreadable"),
        ({"kind": "enterprises", "rows": [{"name": "甲"}], "more": 1}, "body_unreadable"),
        ({"kind": "nothing", "rows": [{"name": "甲"}]}, "unknown_kind"),
        ({"kind": "enterprises", "rows": [{"name": None}]}, "row_empty"),
        ({"kind": "enterprises", "rows": [{"colour": "red"}]}, "misused"),
    ],
)
def test_a_body_that_cannot_be_taken_is_refused_in_one_shape(
    city: FlaskClient, document: Any, code_: str
) -> None:
    answer = send(city, "/filings", document)
    assert answer.status_code == 400
    error = answer.json["error"]
    assert error["code"] == code_
    assert error["message"]
    assert error["message_zh"]


def test_what_is_no_json_is_refused(city: FlaskClient) -> None:
    headers = {"X-CSRFToken": token(city)}
    assert city.post("/api/v1/filings", data="kind=titles", headers=headers).status_code == 415
    sent = city.post("/api/v1/filings", data=b"{", content_type="application/json", headers=headers)
    assert sent.json is not None
    assert sent.json["error"]["code"] == "body_unreadable"


def test_too_many_rows_are_refused_before_they_are_read(house: House) -> None:
    sections = house.settings.model_copy(
        update={"limits": house.settings.limits.model_copy(update={"api_rows": 2})}
    )
    client = signing_in(create_app(sections, house.store, house.rooms, house.clock)).test_client()
    # The house of the application is made of the settings that it is given.
    refused = send(client, "/filings", {"kind": "enterprises", "rows": FIRMS})
    assert (refused.status_code, refused.json["error"]["code"]) == (413, "too_many_rows")


def test_cursors_and_numbers_that_are_none_are_refused(city: FlaskClient) -> None:
    for address in ("/firms?cursor=xyz", "/filings?cursor=WyJhIl0", "/filings?limit=0", "/filings?limit=x"):
        assert city.get(f"/api/v1{address}").status_code == 400, address
    for address in ("/filings/999999999999", "/filings/77777/rows"):
        assert city.get(f"/api/v1{address}").status_code == 404, address


def test_names_are_matched_row_by_row(client: FlaskClient, house: House) -> None:
    file_rows(
        house, "enterprises", [{"uscc": code(0), "name": "济南槿翊自动化有限公司", "district": "历下区"}]
    )
    asked = {"rows": [{"name": "济南槿翊自动化有限公司"}, {"name": "济南无此科技有限公司"}]}
    rows = send(client, "/match", asked).json["rows"]
    assert [(row["row"], row["decision"], row["uscc"]) for row in rows] == [
        (1, "certain", code(0)),
        (2, "none", None),
    ]
    assert send(client, "/match", {"rows": []}).status_code == 400


def test_a_judgement_is_kept_and_speaks(client: FlaskClient, house: House) -> None:
    file_rows(
        house, "enterprises", [{"uscc": code(0), "name": "济南槿翊自动化有限公司", "district": "历下区"}]
    )
    name = "槿翊自控"
    said = {"name": name, "uscc": code(0), "verdict": "same"}
    assert send(client, "/judgements", said).json == {"kept": True}
    row = send(client, "/match", {"rows": [{"name": name}]}).json["rows"][0]
    assert (row["decision"], row["uscc"]) == ("certain", code(0))
    assert send(client, "/judgements", {"uscc": code(0), "verdict": "same"}).status_code == 400
    assert send(client, "/judgements", said | {"uscc": code(7)}).status_code == 404


def test_two_codes_are_merged_and_split(client: FlaskClient, house: House) -> None:
    file_rows(house, "enterprises", FIRMS[:2])
    pair = {"loser": code(1), "survivor": code(0), "reason": "同一地址"}
    refused = send(client, "/merges", pair)
    assert (refused.status_code, refused.json["error"]["code"]) == (409, "needs_confirmation")
    assert send(client, "/merges", pair | {"yes": True}).json["uscc"] == code(0)
    assert client.get(f"/api/v1/firms/{code(1)}").json["uscc"] == code(0)
    assert send(client, "/merges/split", {"loser": code(1)}).json == {"uscc": code(1), "led_to": code(0)}
    assert client.get(f"/api/v1/firms/{code(1)}").json["uscc"] == code(1)
    assert client.get("/api/v1/duplicates").status_code == 200


def test_facets_count_what_the_list_of_firms_gives(city: FlaskClient) -> None:
    facets = city.get("/api/v1/facets").json
    assert facets
    counted = {
        value["value"]: value["firms"] for one in facets if one["id"] == "area" for value in one["values"]
    }
    listed = city.get("/api/v1/firms?area=370171&limit=200").json
    assert listed is not None
    assert counted["370171"] == len(listed["firms"]) > 0


def test_merges_and_rounds_are_read(client: FlaskClient, house: House) -> None:
    file_rows(house, "enterprises", FIRMS[:2])
    send(client, "/merges", {"loser": code(1), "survivor": code(0), "reason": "同一地址", "yes": True})
    listed = client.get("/api/v1/merges").json
    assert [(one["loser"], one["survivor"], one["reason"], one["split_at"]) for one in listed] == [
        (code(1), code(0), "同一地址", None)
    ]
    applied = {"tier": "srdi", "level": "provincial", "purpose": "new", "round": "2025", "stage": "publicised",
               "stage_on": "2025-05-01"}  # fmt: skip
    file_rows(house, "applications", [{"uscc": code(0), **applied}])
    rounds = client.get("/api/v1/rounds").json
    assert [(one["round"], one["firms"]["publicised"]) for one in rounds if one["purpose"] == "new"] == [
        ("2025", 1)
    ]
    assert client.get(f"/api/v1/firms/{code(0)}/documents").json == []
    assert client.get(f"/api/v1/firms/{code(9)}/documents").status_code == 404


def test_views_are_saved_listed_and_deleted(client: FlaskClient) -> None:
    made = send(client, "/views", {"name": "历下", "query": "page=3&place=370102&nothing=1"})
    assert (made.status_code, made.json["query"]) == (201, "place=370102")
    assert send(client, "/views", {"name": "历下"}).status_code == 409
    listed = client.get("/api/v1/views").json
    assert [(view["name"], view["shared"]) for view in listed] == [("历下", False)]
    gone = client.delete(f"/api/v1/views/{made.json['id']}", headers={"X-CSRFToken": token(client)})
    assert gone.json == {"deleted": "历下"}
    assert client.get("/api/v1/views").json == []


def test_one_asks_who_one_is(city: FlaskClient) -> None:
    me = city.get("/api/v1/me").json
    assert me is not None
    assert "filings.write" in me["permissions"]
    assert me["unit"] is None


def test_the_todo_list_is_the_pages(city: FlaskClient) -> None:
    listed = city.get("/api/v1/todo").json
    assert listed
    for source in listed:
        for line in source["lines"]:
            firms = city.get(f"/api/v1/todo/{source['id']}/{line['id']}").json
            assert firms is not None
            assert len({firm["uscc"] for firm in firms}) == line["firms"]


def test_the_description_names_every_route_and_body(city: FlaskClient) -> None:
    document = city.get("/api/v1/openapi.json").json
    assert document is not None
    assert document["paths"]["/filings"].keys() == {"get", "post"}
    body = document["paths"]["/filings"]["post"]["requestBody"]["content"]["application/json"]["schema"][
        "$ref"
    ]
    assert body.rpartition("/")[2] in document["components"]["schemas"]
    assert json.dumps(document)
