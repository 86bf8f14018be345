"""The HTTP API gives the very documents of the command line, describes itself, and refuses in one shape."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.sample_app import app_in, house_of
from tiers.bulletins import published
from tiers.rules.library import library

DAY = "2026-06-15"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with app_in(tmp_path_factory.mktemp("api")) as app:
        for day in (date(2025, 12, 31), date(2026, 6, 30)):
            published.publish(house_of(app), "monthly", day, "desk")
        yield app


@pytest.fixture(scope="module")
def uscc(app: Flask) -> str:
    found = app.test_client().get("/api/v1/find?q=济南&limit=1").json
    assert found
    return str(found[0]["uscc"])


def without_instant(document: dict[str, Any]) -> dict[str, Any]:
    """The instant of asking differs from call to call."""
    return {key: value for key, value in document.items() if key != "known_at"}


def test_assess_is_the_command_lines(client: FlaskClient, said: Any, uscc: str) -> None:
    for more in ("", "&tier=srdi", "&tier=专精特新&purpose=review", "&tier=gazelle&level=zone"):
        options = [f"--{part.replace('=', ' ', 1)}".split(" ", 1) for part in more.split("&") if part]
        plain = [piece for option in options for piece in option]
        theirs = said("assess", uscc, "--as-of", DAY, *plain)
        ours = client.get(f"/api/v1/assess?uscc={uscc}&as_of={DAY}{more}").json
        assert ours == theirs
        assert ours


def test_several_firms_may_be_assessed_at_once(client: FlaskClient) -> None:
    two = [firm["uscc"] for firm in client.get("/api/v1/find?q=济南&limit=2").json]
    listed = client.get(f"/api/v1/assess?uscc={two[0]}&uscc={two[1]}&tier=srdi").json
    assert listed == client.get(f"/api/v1/assess?uscc={','.join(two)}&tier=srdi").json
    assert sorted(answer["uscc"] for answer in listed) == sorted(two)


def test_rules_are_the_command_lines(client: FlaskClient, said: Any) -> None:
    assert client.get("/api/v1/rules").json == said("rules", "list")
    for id in library().editions:
        assert client.get(f"/api/v1/rules/{id}").json == said("rules", "show", id)
    a, b = "srdi-2022", "srdi-2026"
    assert client.get(f"/api/v1/rules/diff?a={a}&b={b}").json == said("rules", "diff", a, b)


@pytest.mark.parametrize("change", ["", "rd.ratio=2.5%"])
def test_simulate_is_the_command_lines(client: FlaskClient, said: Any, change: str) -> None:
    options = ["--set", change] if change else []
    theirs = said("simulate", "srdi-2022", "--as-of", DAY, *options)
    asked = {"edition": "srdi-2022", "as_of": DAY, **({"set": change} if change else {})}
    assert client.get("/api/v1/simulate", query_string=asked).json == theirs


def test_count_firms_and_find_are_the_command_lines(client: FlaskClient, said: Any, uscc: str) -> None:
    known = "2026-06-30"
    for by in ("area", "district"):
        theirs = said("count", "--as-of", DAY, "--known-at", known, "--by", by, "--year", "2024")
        assert client.get(f"/api/v1/count?as_of={DAY}&known_at={known}&by={by}&year=2024").json == theirs
    shown = client.get(f"/api/v1/firms/{uscc.lower()}?as_of={DAY}").json
    assert without_instant(shown) == without_instant(said("show", uscc, "--as-of", DAY))
    assert client.get("/api/v1/find?q=机械&limit=5").json == said("find", "机械", "--limit", "5")


@pytest.mark.parametrize(
    "path, status, code",
    [
        ("/assess", 400, "argument_missing"),
        ("/assess?uscc=913701000000000000", 404, "unknown_firm"),
        ("/assess?uscc={uscc}&tier=nothing", 400, "misused"),
        ("/assess?uscc={uscc}&purpose=x", 400, "value_unknown"),
        ("/assess?uscc={uscc}&as_of=2026-13-01", 400, "date_unreadable"),
        ("/rules/nothing", 404, "unknown_edition"),
        ("/rules/diff?a=srdi-2022", 400, "argument_missing"),
        ("/rules/diff?a=srdi-2022&b=x", 404, "unknown_edition"),
        ("/simulate?edition=x", 404, "unknown_edition"),
        ("/simulate?edition=srdi-2022&set=nothing=3%25", 400, "misused"),
        ("/simulate?edition=srdi-2022&set=rd", 400, "misused"),
        ("/simulate?edition=srdi-2022-shandong", 400, "misused"),
        ("/count?known_at=99999", 404, "unknown_filing"),
        ("/count?known_at=yesterday", 400, "date_unreadable"),
        ("/count?year=20x", 400, "number_unreadable"),
        ("/count?by=colour", 400, "value_unknown"),
        ("/firms/nobody", 404, "unknown_firm"),
        ("/find", 400, "argument_missing"),
        ("/find?q=a&limit=0", 400, "number_unreadable"),
        ("/nothing/here", 404, "not_found"),
    ],
)
def test_refusals_have_one_shape(client: FlaskClient, uscc: str, path: str, status: int, code: str) -> None:
    answer = client.get("/api/v1" + path.replace("{uscc}", uscc))
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/json"
    error = answer.json["error"]
    assert set(error) == {"code", "message", "message_zh"}
    assert error["code"] == code
    assert error["message"].isascii() or code == "misused"
    assert any("\u4e00" <= letter <= "\u9fff" for letter in error["message_zh"])


def test_the_api_describes_itself(client: FlaskClient) -> None:
    document = client.get("/api/v1/openapi.json").json
    assert document["openapi"].startswith("3.")
    paths = document["paths"]
    assert set(paths) >= {
        "/assess", "/count", "/find", "/firms/{uscc}", "/rules", "/rules/{id}", "/rules/diff", "/simulate",
    }  # fmt: skip
    reading = {path: said["get"] for path, said in paths.items() if "get" in said}
    paths, operations = list(reading), list(reading.values())
    assert len({operation["operationId"] for operation in operations}) == len(operations)
    for path, operation in zip(paths, operations, strict=True):
        in_path = {one["name"] for one in operation["parameters"] if one["in"] == "path"}
        assert in_path == {part.strip("{}") for part in path.split("/") if part.startswith("{")}
        assert all(one["required"] for one in operation["parameters"] if one["in"] == "path")
        assert "#/components/schemas/Error" in json.dumps(operation["responses"]["404"])


def chains_asked(client: FlaskClient) -> dict[str, str]:
    """Addresses of the chains' documents, about the first chain, demand and event of the sample."""
    chain = client.get("/api/v1/chains").json["chains"][0]
    firm, name = chain["leaders"][0]["uscc"], f"/chains/{chain['chain']}"
    demand = client.get("/api/v1/demands").json[0]["id"]
    event = client.get("/api/v1/events").json[0]["event"]
    found = {
        path: path
        for path in ("/chains", "/demands", "/events", "/actions", "/outcomes", "/outcomes/figures")
    }
    found |= {f"/chains/{{name}}{part}": name + part for part in ("", "/graph", "/risks", "/gaps")}
    return found | {
        "/chains/{name}/what-if": f"{name}/what-if?stop={firm}", "/firms/{uscc}/suppliers": f"/firms/{firm}/suppliers",
        "/match": "/match?text=电池", "/demands/{id}/matches": f"/demands/{demand}/matches",
        "/events/{id}/agenda": f"/events/{event}/agenda",
    }  # fmt: skip


def test_documents_have_the_parts_that_are_described(client: FlaskClient, uscc: str) -> None:
    schemas = {
        path: content["application/json"]["schema"]
        for path, said in client.get("/api/v1/openapi.json").json["paths"].items()
        if "get" in said and "application/json" in (content := said["get"]["responses"]["200"]["content"])
    }
    asked = {
        "/assess": f"/assess?uscc={uscc}", "/count": "/count", "/find": "/find?q=济南", "/firms/{uscc}": f"/firms/{uscc}",
        "/rules": "/rules", "/rules/{id}": "/rules/srdi-2026", "/rules/diff": "/rules/diff?a=srdi-2022&b=srdi-2026",
        "/simulate": "/simulate?edition=lg-2022", "/firms": "/firms", "/filings": "/filings", "/filings/{id}": "/filings/1",
        "/filings/{id}/rows": "/filings/1/rows", "/todo": "/todo", "/me": "/me", "/views": "/views",
        "/duplicates": "/duplicates?limit=3", "/facets": "/facets", "/merges": "/merges", "/rounds": "/rounds",
        "/targets": "/targets", "/jobs": "/jobs", "/jobs/runs": "/jobs/runs", "/deliveries": "/deliveries",
        "/snapshots": "/snapshots", "/snapshots/{id}": "/snapshots/1", "/snapshots/{id}/firms": "/snapshots/1/firms",
        "/snapshots/{id}/rerun": "/snapshots/1/rerun", "/snapshots/compare": "/snapshots/compare?a=1&b=2",
        "/bridge": "/bridge?from=2025-12-31&to=2026-06-30", "/series": "/series?from=2026-01-31", "/bulletins": "/bulletins",
        "/firms/{uscc}/documents": f"/firms/{uscc}/documents",
        "/todo/{id}/{line}": "/todo/expiring/90", "/forecast": "/forecast", "/forecast/backtest": "/forecast/backtest",
        "/cultivation": "/cultivation", **chains_asked(client),
    }  # fmt: skip
    for path, schema in schemas.items():
        fits(client.get(f"/api/v1{asked[path]}").json, schema, path)


JSON_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,), "integer": (int,), "number": (int, float), "object": (dict,),
    "array": (list,), "boolean": (bool,), "null": (type(None),),
}  # fmt: skip


def fits(value: Any, schema: dict[str, Any], where: str) -> None:
    """As much of JSON Schema as the API's shapes use."""
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    assert isinstance(value, tuple(one for name in types for one in JSON_TYPES[name])), (where, value)
    for name, part in schema.get("properties", {}).items():
        assert name in value, (where, name)
        fits(value[name], part, f"{where}.{name}")
    for entry in value if isinstance(value, list) else ():
        if "items" in schema:
            fits(entry, schema["items"], f"{where}[]")


@pytest.mark.parametrize("language, word", [("zh", "数据接口"), ("en", "HTTP API")])
def test_a_page_explains_the_api(client: FlaskClient, language: str, word: str) -> None:
    html = client.get(f"/api?lang={language}").text
    assert f"<h1>{word}</h1>" in html
    assert "GET /api/v1/rules/{id}" in html
    assert "/api/v1/openapi.json" in html
