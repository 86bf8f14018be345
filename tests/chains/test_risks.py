"""What would break the little chain: the documents, the commands and the weekly job, on both databases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import cli
from chains.asking import network
from chains.resilience.scope import part_of
from chains.risk_documents import gaps_document, risks_document
from chains.risks import risks, spend
from registry.house import House
from registry.refusals import MisusedError
from tests.chains.little_city import CHAIN, CORE, DEEP, GONE, KEY, LEADER, SECOND, SUPPLIERS, little_city
from tests.registry.house import Time, code, file_rows, open_test_house
from tests.tiers.jobs.scheduled import ran

DAY = date(2026, 3, 1)


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    house = open_test_house(database_url, tmp_path / "var")
    little_city(house)
    yield house
    house.store.dispose()


@pytest.fixture(scope="module")
def little(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """For tests that only read."""
    folder: Path = tmp_path_factory.mktemp("little")
    house = open_test_house(f"sqlite:///{folder / 'register.sqlite'}", folder)
    little_city(house)
    yield house
    house.store.dispose()


def single(document: dict[str, Any]) -> dict[tuple[str | None, str], dict[str, Any]]:
    return {(one["buyer"]["uscc"], one["product"]): one for one in document["single_sources"]}


def test_the_report_of_the_little_chain(house: House) -> None:
    file_rows(house, "offers", [{"uscc": SUPPLIERS[3], "product": "电芯"}], "offers.csv")
    document = risks_document(house, risks(house, f"{CHAIN}产业链", DAY), 50)
    assert (document["chain"], document["as_of"]) == (CHAIN, "2026-03-01")
    found = single(document)
    cells = found[CORE, "电芯"]
    assert (cells["supplier"]["uscc"], cells["essential"], cells["share"]) == (KEY, True, "0.55")
    assert SUPPLIERS[3] in [one["uscc"] for one in cells["substitutes"]]
    assert KEY not in [one["uscc"] for one in cells["substitutes"]], "the supplier itself is no substitute"
    assert all(one["reasons"] for one in cells["substitutes"])
    assert (LEADER, "线束") not in found, "several supply it"
    ranks = {one["uscc"]: float(one["index"]) for one in document["critical_firms"]}
    assert ranks[DEEP[0]] >= ranks[SUPPLIERS[0]], "the battery hangs on its cathode alone"
    cathode = next(one for one in document["critical_firms"] if one["uscc"] == DEEP[0])
    assert {"uscc", "name", "product", "loss", "by", "through", "steps"} <= cathode["because"][0].keys()
    assert {DEEP[2], DEEP[3]} <= {one["uscc"] for one in document["loops"][0]["example"]} or document["loops"]
    assert {one["uscc"] for one in document["dominators"] if one["leader"]["uscc"] == LEADER} >= {CORE, KEY}
    assert document["depth"] == 6
    assert document["assumed"]["essential_unknown"] > 0


def test_a_report_speaks_of_its_day_and_of_what_was_known(little: House) -> None:
    early = risks_document(little, risks(little, CHAIN, date(2022, 6, 1)), 5)
    assert early["links"] <= 2
    assert single(early).keys() <= {(LEADER, "轴承")}


def test_who_could_step_in_is_asked_of_what_was_known_then(database_url: str, tmp_path: Path) -> None:
    time = Time()
    house = open_test_house(database_url, tmp_path / "var", time)
    little_city(house)
    time.pass_days(1)
    then = house.clock.now()
    time.pass_days(1)
    file_rows(house, "offers", [{"uscc": SUPPLIERS[3], "product": "电芯"}], "offers.csv")
    now, before = (
        single(risks_document(house, risks(house, CHAIN, DAY, known), 50))[CORE, "电芯"]["substitutes"]
        for known in (None, then)
    )
    assert SUPPLIERS[3] in [one["uscc"] for one in now]
    assert SUPPLIERS[3] not in [one["uscc"] for one in before]
    house.store.dispose()


def test_the_part_of_a_chain_holds_its_roles_and_all_upstream_of_its_leaders(little: House) -> None:
    part = part_of(network(little, DAY), CHAIN)
    assert {LEADER, SECOND, CORE, KEY, *DEEP, *SUPPLIERS, GONE} <= set(part.ids)
    assert {part.ids[at] for at in part.leaders} == {LEADER, SECOND}
    assert not part.here[part.number[GONE]]


def test_spend_is_the_cost_of_the_latest_year_known(house: House) -> None:
    file_rows(house, "figures", [
        {"uscc": LEADER, "year": 2023, "revenue": 900, "total_cost": 700},
        {"uscc": LEADER, "year": 2024, "revenue": 1000},
        {"uscc": CORE, "year": 2026, "revenue": 5},
        {"uscc": KEY, "year": 2024, "total_cost": 0},
    ], "figures.csv")  # fmt: skip
    assert spend(house, [LEADER, CORE, KEY, "~nobody"], DAY, None) == {LEADER: 1000}


def test_gaps_are_what_nobody_builds_or_supplies_here(house: House) -> None:
    file_rows(house, "offers", [{"uscc": SUPPLIERS[4], "product": "隔膜涂覆"}], "offers.csv")
    document = gaps_document(house, risks(house, CHAIN, DAY), 3)
    found = {(gap["stage"], gap["product"]): gap for gap in document["gaps"]}
    assert found["材料", "隔膜"]["why"] == "missing"
    assert found["材料", "隔膜"]["nearest"][0]["uscc"] == SUPPLIERS[4]
    assert found["总成", "电机控制器"]["why"] == "missing"
    assert ("零部件", "轴承") not in found, "firms of the city supply it"
    assert ("整车", "纯电动客车") not in found, "the leader makes it"


def test_a_chain_that_nobody_knows_is_misuse_and_names_those_there_are(little: House) -> None:
    with pytest.raises(MisusedError, match=CHAIN):
        risks(little, "没有这条", DAY)


def called(house: House, monkeypatch: pytest.MonkeyPatch, *words: str) -> Any:
    monkeypatch.setenv("DATABASE_URL", house.store.engine.url.render_as_string(hide_password=False))
    return CliRunner().invoke(cli.main, ["chain", *words], catch_exceptions=False)


def test_the_command_prints_the_report_and_in_json_the_document(
    little: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = called(little, monkeypatch, "risks", CHAIN, "--as-of", "2026-03-01", "--top", "5")
    assert plain.exit_code == 0
    assert "single sources" in plain.stdout
    assert "济南动力电池有限公司" in plain.stdout
    said = called(little, monkeypatch, "risks", CHAIN, "--as-of", "2026-03-01", "--json")
    assert json.loads(said.stdout)["critical_firms"]
    gaps = called(little, monkeypatch, "gaps", CHAIN, "--as-of", "2026-03-01")
    assert "隔膜" in gaps.stdout
    assert called(little, monkeypatch, "risks", "没有这条").exit_code == 2
    assert called(little, monkeypatch, "gaps", "没有这条").exit_code == 2


def test_a_chain_without_links_answers_empty_lists_and_says_why(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = open_test_house(database_url, tmp_path / "var")
    file_rows(house, "enterprises", [{"uscc": code(1), "name": "济南独户有限公司"}])
    file_rows(house, "roles", [{"chain": "孤链", "uscc": code(1), "role": "leader"}])
    said = called(house, monkeypatch, "risks", "孤链", "--json")
    document = json.loads(said.stdout)
    assert said.exit_code == 0
    assert "no link" in said.stderr
    assert document["firms"] == 1
    assert [
        document[key]
        for key in ("single_sources", "critical_firms", "concentration", "articulation", "loops")
    ] == [[]] * 5
    gaps = called(house, monkeypatch, "gaps", "孤链", "--json")
    assert json.loads(gaps.stdout)["gaps"] == []
    assert "no stage" in gaps.stderr
    house.store.dispose()


def test_the_weekly_job_says_what_is_new(database_url: str, tmp_path: Path) -> None:
    time = Time()
    house = open_test_house(database_url, tmp_path / "var", time)
    little_city(house)
    time.pass_days(15)
    first = ran(house, "chain-risks", "2026-W10")
    time.pass_days(7)
    file_rows(house, "links", [
        {"supplier": SUPPLIERS[0], "buyer": KEY, "product": "铝箔", "essential": "是", "from": "2026-03-10"}
    ], "new.csv")  # fmt: skip
    second = ran(house, "chain-risks", "2026-W11")
    assert first.run.evaluated == second.run.evaluated > 30
    assert second.run.changed >= 1
    assert CHAIN in second.run.message_zh
    assert "的铝箔仅由" in second.run.message_zh
    assert "has 铝箔 from" in second.run.message
    house.store.dispose()
