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
from chains.risk_documents import gaps_document, risks_document, strong
from chains.risks import risks, spend
from registry.house import House
from registry.refusals import MisusedError
from tests.chains.little_city import (
    CHAIN,
    CORE,
    DEEP,
    FORMER,
    GONE,
    KEY,
    LEADER,
    OUTSIDERS,
    SECOND,
    SUPPLIERS,
    little_city,
    name,
)
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


def test_who_buys_a_missing_product_is_not_proposed_to_make_it(house: House) -> None:
    file_rows(
        house, "links", [{"supplier": OUTSIDERS[0], "buyer": LEADER, "product": "电机控制器"}], "buys.csv"
    )
    file_rows(house, "offers", [{"uscc": SUPPLIERS[4], "product": "电机控制器"}], "offers.csv")
    file_rows(house, "offers", [{"uscc": LEADER, "product": "电机控制器测试"}], "own.csv")
    gaps = {gap["product"]: gap for gap in gaps_document(house, risks(house, CHAIN, DAY), 5)["gaps"]}
    gap = gaps["电机控制器"]
    assert [one["uscc"] for one in gap["buyers"]] == [LEADER]
    assert SUPPLIERS[4] in [one["uscc"] for one in gap["nearest"]]
    assert LEADER not in [one["uscc"] for one in gap["nearest"]]


def test_a_faint_likeness_is_said_to_be_weak_and_proposed_to_nobody(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    file_rows(house, "offers", [
        {"uscc": SUPPLIERS[3], "product": "电芯"}, {"uscc": SUPPLIERS[5], "product": "电动门芯片读卡器"},
    ], "offers.csv")  # fmt: skip
    document = risks_document(house, risks(house, CHAIN, DAY), 50)
    found = {one["uscc"]: one for one in single(document)[CORE, "电芯"]["substitutes"]}
    assert (found[SUPPLIERS[3]]["weak"], found[SUPPLIERS[5]]["weak"]) == (False, True)
    assert [one["uscc"] for one in strong(list(found.values()))] == [SUPPLIERS[3]]
    printed = called(house, monkeypatch, "risks", CHAIN, "--as-of", "2026-03-01", "--top", "50").stdout
    cells = next(line for line in printed.splitlines() if " 电芯 " in line)
    assert name(SUPPLIERS[3]) in cells
    assert name(SUPPLIERS[5]) not in cells


def test_a_list_of_last_year_that_nobody_renewed_is_said_with_the_day_to_look_at(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = open_test_house(database_url, tmp_path / "var")
    file_rows(house, "enterprises", [{"uscc": code(n), "name": f"济南{n}号有限公司"} for n in (1, 2, 3)])
    file_rows(house, "roles", [{"chain": "年年", "uscc": code(1), "role": "leader"}])
    both = [{"supplier": code(n), "buyer": code(1), "product": f"件{n}", "from": "2025"} for n in (2, 3)]
    file_rows(house, "links", both, "2025.csv")
    said = called(house, monkeypatch, "risks", "年年", "--as-of", "2026-03-01", "--json")
    assert json.loads(said.stdout)["lapsed"] == {"links": 2, "last": "2025-12-31"}
    assert "--as-of 2025-12-31" in said.stderr
    file_rows(house, "links", [both[0] | {"from": "2026"}], "2026.csv")
    document = risks_document(house, risks(house, "年年", DAY), 5)
    assert (document["links"], document["lapsed"]) == (1, {"links": 1, "last": "2025-12-31"})
    assert risks_document(house, risks(house, "年年", date(2025, 6, 1)), 5)["lapsed"] is None
    house.store.dispose()


def test_who_reaches_nobody_is_no_critical_firm_and_what_a_firm_itself_weighs_is_told(house: House) -> None:
    file_rows(house, "roles", [{"chain": CHAIN, "uscc": FORMER, "role": "key_node"}], "idle.csv")
    document = risks_document(house, risks(house, CHAIN, DAY, top=100), 0)
    firms = {one["uscc"]: one for one in document["critical_firms"]}
    assert FORMER not in firms
    assert all(one["hit"] and one["because"] for one in firms.values())
    assert all(0 < float(one["own"]) <= float(one["index"]) for one in firms.values())


def test_a_supplier_that_is_out_of_business_or_elsewhere_is_marked(
    little: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = risks_document(little, risks(little, CHAIN, DAY), 0)
    gone = single(document)[LEADER, "座椅"]["supplier"]
    assert (gone["uscc"], gone["here"], gone["status"]) == (GONE, False, "cancelled")
    printed = called(little, monkeypatch, "risks", CHAIN, "--as-of", "2026-03-01", "--top", "50").stdout
    assert f"{name(GONE)} (cancelled)" in printed
    assert "济南长风商用车有限公司 (elsewhere)" in printed


def test_a_loop_comes_back_to_where_it_began(little: House, monkeypatch: pytest.MonkeyPatch) -> None:
    printed = called(little, monkeypatch, "risks", CHAIN, "--as-of", "2026-03-01").stdout
    way = (
        next(line for line in printed.splitlines() if line.startswith("a loop among"))
        .split(": ")[1]
        .split(" → ")
    )
    assert way[0] == way[-1]
    assert len(way) > 2


def test_links_without_products_are_not_said_to_have_two_suppliers(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = open_test_house(database_url, tmp_path / "var")
    file_rows(house, "enterprises", [{"uscc": code(n), "name": f"济南{n}号有限公司"} for n in (1, 2)])
    file_rows(house, "roles", [{"chain": "无名", "uscc": code(1), "role": "leader"}])
    file_rows(house, "links", [{"supplier": code(2), "buyer": code(1)}])
    assert "no link names a product" in called(house, monkeypatch, "risks", "无名").stderr
    house.store.dispose()
