"""The command ``chain`` and its documents over the API."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from click.testing import CliRunner, Result
from flask import Flask
from openpyxl import load_workbook

import cli
from registry.settings import load
from tests.chains.little_city import (
    CHAIN,
    CORE,
    DEEP,
    FORMER,
    KEY,
    LEADER,
    NEWCOMER,
    OUTSIDERS,
    SECOND,
    SUPPLIERS,
    firms,
    little_city,
)
from tests.registry.house import code, file_rows, open_test_house
from tests.sample_app import app_in, house_of

DAY = "2026-03-01"
Run = Callable[..., Result]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder: Path = tmp_path_factory.mktemp("chain")
    environment = {
        "DATABASE_URL": f"sqlite:///{folder / 'city.sqlite'}",
        "TIDU_PATHS_VAR": str(folder / "var"),
    }
    house = open_test_house(environment["DATABASE_URL"], folder)
    little_city(house)
    file_rows(house, "enterprises", firms(code(99)))
    house.store.dispose()
    assert load(environment=environment).database.url == environment["DATABASE_URL"]

    def invoke(*words: str) -> Result:
        return CliRunner().invoke(cli.main, words, env=environment)

    return invoke


def document(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_the_list_of_chains(run: Run) -> None:
    (one,) = document(run("chain", "list", "--as-of", DAY, "--json"))["chains"]
    assert one["chain"] == CHAIN
    assert [leader["uscc"] for leader in one["leaders"]] == [LEADER, SECOND]
    assert one["products"] == {"built": 2, "strong": 4, "missing": 2, "unknown": 0}
    risks = document(run("chain", "risks", CHAIN, "--as-of", DAY, "--json"))["single_sources"]
    essential = [source for source in risks if source["essential"]]
    assert one["single_sources"] == {"all": len(risks), "essential": len(essential)}
    assert essential
    assert "济南大风新能源汽车有限公司、济南长风商用车有限公司" in run("chain", "list").stdout


def test_suppliers_as_json(run: Run) -> None:
    told = document(run("chain", "suppliers", LEADER, "--depth", "2", "--as-of", DAY, "--json"))
    assert (told["uscc"], told["as_of"]) == (LEADER, DAY)
    first = told["suppliers"][0]
    assert first["uscc"] == CORE
    assert (first["depth"], first["product"], first["share_of_buyer_spend"]) == (1, "动力电池", "0.25")
    assert (first["essential"], first["here"], first["conflict"]) == (True, True, True)
    assert first["titles"] == [
        {"tier": "srdi", "level": "provincial"}, {"tier": "little_giant", "level": "national"},
    ]  # fmt: skip
    assert told["suppliers"][-1]["uscc"] == KEY
    assert told["suppliers"][-1]["buyer"] == CORE
    outsider = next(one for one in told["suppliers"] if one["name"] == OUTSIDERS[0])
    assert (outsider["uscc"], outsider["here"]) == (None, False)
    assert told["local"] == {
        "firms": 27, "of": 34, "unknown": 5, "share": "0.794118", "spend": "0.35", "spend_elsewhere": "0.1",
        "spend_unknown": "0.55", "spend_stated": "0.45",
    }  # fmt: skip
    assert told["concentration"]["top"]["uscc"] == CORE
    assert [one["uscc"] for one in told["newcomers"]] == [NEWCOMER]
    assert told["leavers"] == []
    assert [(one["uscc"], one["years"]) for one in told["former"]] == [(FORMER, [2021, 2022])]


@pytest.mark.parametrize("typed", [LEADER, LEADER.lower(), "济南大风新能源汽车有限公司", "大风新能源"])
def test_a_firm_is_named_by_code_or_name(run: Run, typed: str) -> None:
    assert document(run("chain", "suppliers", typed, "--as-of", DAY, "--json"))["uscc"] == LEADER


def test_the_table_says_how_local_and_how_concentrated(run: Run) -> None:
    said = run("chain", "suppliers", LEADER, "--as-of", DAY).stdout
    assert "direct suppliers: 34, of the city: 27, not on the register: 5" in said
    assert "newcomers within a year: 济南54精密部件有限公司" in said
    assert "动力电池" in said


def test_outside_parties_can_be_asked_about(run: Run) -> None:
    told = document(run("chain", "suppliers", OUTSIDERS[0], "--json"))
    assert (told["uscc"], told["suppliers"], told["concentration"]) == (None, [], None)


def test_who_only_supplies_others_is_not_said_to_have_no_links(run: Run) -> None:
    said = run("chain", "suppliers", OUTSIDERS[0], "--as-of", DAY).stdout
    assert "no supplier is on record for this day" in said
    assert "it supplies: 济南大风新能源汽车有限公司" in said


def test_where_sources_differ_stands_in_the_table(run: Run) -> None:
    lines = run("chain", "suppliers", LEADER, "--as-of", DAY).stdout.splitlines()
    assert [CORE in line for line in lines if line.endswith("differ")] == [True]


def test_a_firm_is_named_by_its_stock_code(tmp_path: Path) -> None:
    environment = {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'c.sqlite'}",
        "TIDU_PATHS_VAR": str(tmp_path / "var"),
    }
    house = open_test_house(environment["DATABASE_URL"], tmp_path)
    little_city(house)
    listed = {
        "uscc": LEADER,
        "board": "沪市主板",
        "code": "603221",
        "stage": "listed",
        "stage_on": "2020-01-01",
    }
    file_rows(house, "listings", [listed])
    house.store.dispose()
    said = CliRunner().invoke(cli.main, ["chain", "suppliers", "603221.SH", "--json"], env=environment)
    assert document(said)["uscc"] == LEADER


def test_what_if_says_who_is_hit_and_through_what(run: Run) -> None:
    said = run("chain", "what-if", CHAIN, "--stop", DEEP[0], "--as-of", DAY).stdout
    assert "production lost" in said
    assert "正极材料" in said
    told = document(run("chain", "what-if", CHAIN, "--link", f"{KEY}>{CORE}>电芯", "--as-of", DAY, "--json"))
    assert CORE in [hit["uscc"] for hit in told["hits"]]
    assert (told["stopped"], told["stopped_links"][0]["product"]) == ([], "电芯")
    by_name = run("chain", "what-if", CHAIN, "--stop", OUTSIDERS[0], "--as-of", DAY)
    assert by_name.exit_code == 0
    assert run("chain", "what-if", CHAIN).exit_code == 2
    lost = run("chain", "what-if", CHAIN, "--stop", "没有这家公司")
    assert lost.exit_code == 2
    assert "没有这家公司" in lost.stderr


def test_what_was_known_then(run: Run) -> None:
    told = document(run("chain", "suppliers", LEADER, "--known-at", "9", "--as-of", DAY, "--json"))
    assert (told["suppliers"][0]["share_of_buyer_spend"], told["suppliers"][0]["conflict"]) == ("0.4", False)


@pytest.mark.parametrize("typed", ["没有这家公司", code(98), "精密部件"])
def test_an_unknown_or_unclear_firm_is_misuse(run: Run, typed: str) -> None:
    result = run("chain", "suppliers", typed)
    assert result.exit_code == 2
    assert typed in result.stderr


def test_a_firm_without_links_is_said(run: Run) -> None:
    result = run("chain", "suppliers", code(99))
    assert result.exit_code == 1
    assert "no link of this firm is on record" in result.stderr


@pytest.mark.parametrize("day", ["2019-01-01", "2023-06-01"])
def test_a_day_without_links_in_force_says_when_the_last_ended(run: Run, day: str) -> None:
    result = run("chain", "suppliers", LEADER, "--as-of", day)
    assert result.exit_code == 0
    assert "no supplier is on record for this day" in result.stdout
    assert ("ended on 2022-12-31" in result.stdout) == (day > "2022-12-31")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with app_in(tmp_path_factory.mktemp("chain-api"), empty=True) as made:
        little_city(house_of(made))
        yield made


def test_the_api_gives_the_same_documents(app: Flask, run: Run) -> None:
    client = app.test_client()
    told = client.get(f"/api/v1/firms/{LEADER}/suppliers?as_of={DAY}&depth=2").json
    same = document(run("chain", "suppliers", LEADER, "--depth", "2", "--as-of", DAY, "--json"))
    assert told | {"known_at": ""} == same | {"known_at": ""}
    (one,) = client.get(f"/api/v1/chains?as_of={DAY}").json["chains"]
    chain = client.get(f"/api/v1/chains/{CHAIN}产业链?as_of={DAY}").json
    assert chain["firms"] == one["firms"] == len(chain["members"]) == 38
    assert [stage["firms"] for stage in chain["stages"]] == [1, 22, 1, 1]
    assert chain["unplaced"] == 13
    graph = client.get(f"/api/v1/chains/{CHAIN}/graph?as_of={DAY}").json
    ids = {node["node"] for node in graph["nodes"]}
    assert len(ids) == 38
    assert {link["supplier"] for link in graph["links"]} | {link["buyer"] for link in graph["links"]} <= ids


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/chains/没有", 404, "unknown_chain"),
        ("/chains/没有/graph", 404, "unknown_chain"),
        (f"/firms/{code(98)}/suppliers", 404, "unknown_firm"),
        (f"/firms/{FORMER}/suppliers?depth=0", 400, "number_unreadable"),
        ("/chains?as_of=yesterday", 400, "date_unreadable"),
    ],
)
def test_what_the_api_refuses(app: Flask, path: str, status: int, said: str) -> None:
    answer = app.test_client().get(f"/api/v1{path}")
    assert (answer.status_code, answer.json["error"]["code"]) == (status, said)


def test_links_of_years_in_a_row_are_one(app: Flask) -> None:
    told = app.test_client().get(f"/api/v1/firms/{SECOND}/suppliers?as_of={DAY}").json
    found = {one["uscc"]: (one["since"], one["until"]) for one in told["suppliers"]}
    assert found[SUPPLIERS[0]] == ("2023-01-01", "2026-12-31")
    assert [one["uscc"] for one in told["leavers"]] == [SUPPLIERS[24]]


def test_a_chain_is_written_to_a_file(run: Run, tmp_path: Path) -> None:
    graph, book = tmp_path / "chain.graphml", tmp_path / "chain.xlsx"
    said = run("chain", "export", f"{CHAIN}产业链", "--out", str(graph), "--as-of", DAY)
    assert said.exit_code == 0, said.output
    assert LEADER in nx.read_graphml(graph)
    assert run("chain", "export", CHAIN, "--out", str(book), "--as-of", DAY).exit_code == 0
    assert load_workbook(book).sheetnames[::2] == ["环节与产品", "供应关系"]
    assert run("chain", "export", CHAIN, "--out", str(tmp_path / "chain.pdf")).exit_code == 2
    assert run("chain", "export", "没有这条", "--out", str(graph)).exit_code == 2
