"""Counts by chain, and the register narrowed to chains: on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from registry.facet_counts import facet_counts
from registry.house import House
from registry.merging import merge
from registry.queries import Narrowed, codes_of_firms
from tests.chains.linked import LEADER, OTHER, STRANGER, SUPPLIER, file, firms
from tests.registry.house import code, open_test_house
from tiers.asking import ask_count, dimensions

DAY = date(2026, 3, 1)


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    house = open_test_house(database_url, tmp_path)
    firms(house, LEADER, SUPPLIER, OTHER, STRANGER)
    file(
        house,
        "titles",
        *({"uscc": each, "tier": "srdi", "issued_on": "2025-05-01"} for each in (LEADER, SUPPLIER, STRANGER)),
    )
    file(house, "above-scale", {"uscc": LEADER, "entered_on": "2020-01-01"})
    file(house, "listings", {"uscc": LEADER, "board": "bse", "stage": "listed", "stage_on": "2024-01-01"})
    file(house, "figures", {"uscc": LEADER, "year": 2024, "revenue": "20亿元"})
    file(
        house, "roles",
        {"chain": "氢能产业链", "uscc": LEADER, "role": "链主", "from": "2024-01-01"},
        {"chain": "工业母机", "uscc": LEADER, "role": "核心配套"},
        {"chain": "氢能", "uscc": SUPPLIER, "role": "核心配套", "from": "2024-01-01", "to": "2025-12-31"},
        {"chain": "氢能", "uscc": OTHER, "role": "关键节点"},
        {"chain": "氢能", "uscc": OTHER, "role": "核心配套"},
    )  # fmt: skip
    file(house, "chains", {"chain": "新材料"})
    yield house
    house.store.dispose()


def rows(house: House, day: date = DAY, **asked: Any) -> dict[str, dict[str, Any]]:
    return {row["key"]: row for row in ask_count(house, day, asked.get("known_at"), None, "chain")["by"]}


def test_a_firm_counts_in_each_of_its_chains_and_firms_in_none_are_unknown(house: House) -> None:
    found = rows(house)
    assert list(found) == ["工业母机", "新材料", "氢能", "unknown"]
    assert [row["name"] for row in found.values()] == ["工业母机", "新材料", "氢能", "未知"]
    quality = {
        key: (row["quality"]["firms_valid"], row["quality"]["titles_cumulative"])
        for key, row in found.items()
    }
    assert quality == {"工业母机": (1, 1), "新材料": (0, 0), "氢能": (1, 1), "unknown": (2, 2)}
    for target, firms_of in {
        "above-scale": (1, 0, 1, 0),
        "listed": (0, 0, 0, 0),
        "revenue-1bn": (1, 0, 1, 0),
    }.items():
        values = tuple(row["targets"][target]["value"] for row in found.values())
        unknown = tuple(row["targets"][target]["unknown"] for row in found.values())
        assert (target, values) == (target, firms_of)
        assert unknown == {"listed": (1, 0, 1, 0), "revenue-1bn": (0, 0, 1, 2)}.get(target, (0, 0, 0, 0))


def test_a_role_counts_while_it_is_in_force(house: House) -> None:
    before = rows(house, date(2025, 12, 31))
    assert before["氢能"]["quality"]["firms_valid"] == 2
    assert before["unknown"]["quality"]["firms_valid"] == 1
    assert rows(house, date(2023, 12, 31))["工业母机"]["quality"]["firms_valid"] == 0
    both = rows(house, date(2025, 12, 31))
    total = ask_count(house, date(2025, 12, 31), None)["quality"]["firms_valid"]
    assert (
        sum(row["quality"]["firms_valid"] for row in both.values()) == total + 1
    )  # one firm stands in two chains


def test_a_merged_firm_belongs_to_the_chains_of_both(house: House) -> None:
    merge(house, OTHER, STRANGER, "test", yes=True)
    assert rows(house)["氢能"]["quality"]["firms_valid"] == 2


def test_other_breakdowns_still_add_up(house: House) -> None:
    assert dimensions(house) == ("district", "area", "industry", "ownership", "chain")
    document = ask_count(house, DAY, None, None, "district")
    assert (
        sum(row["quality"]["firms_valid"] for row in document["by"])
        == document["quality"]["firms_valid"]
        == 3
    )


def narrowed(house: House, **chosen: str) -> set[str]:
    wanted = Narrowed(chosen={facet: (value,) for facet, value in chosen.items()})
    with house.store.read() as connection:
        found = codes_of_firms(connection, house, wanted, DAY, 100)
        counts = facet_counts(connection, house, wanted, DAY)
    assert counts is not None
    for facet, value in chosen.items():
        if len(chosen) == 1:
            assert counts[facet][value] == len(found)
    return set(found)


def test_the_register_is_narrowed_to_chains_and_roles(house: House) -> None:
    assert narrowed(house, chain="氢能") == {LEADER, OTHER}
    assert narrowed(house, chain="none") == {SUPPLIER, STRANGER}
    assert narrowed(house, chain_role="core_supplier") == {LEADER, OTHER}
    assert narrowed(house, chain_role="leader") == {LEADER}
    assert narrowed(house, chain="工业母机", chain_role="leader") == {LEADER}
    assert narrowed(house, chain_role="none") == {SUPPLIER, STRANGER}


def test_the_page_the_command_and_the_api_know_the_words(tmp_path: Path) -> None:
    from click.testing import CliRunner

    import cli
    from tests.sample_app import app_in, house_of

    with app_in(tmp_path, empty=True) as app:
        here = house_of(app)
        firms(here, LEADER, OTHER)
        file(here, "roles", {"chain": "氢能", "uscc": LEADER, "role": "链主"})
        client = app.test_client()
        assert "链上角色" in client.get("/firms/facets").text
        page = client.get("/firms?chain=氢能&chain_role=leader").text
        assert LEADER in page
        assert OTHER not in page
        answer = client.get("/api/v1/count?by=chain")
        assert [row["key"] for row in answer.json["by"]] == ["氢能", "unknown"]
        assert client.get("/api/v1/count?by=star").status_code == 400
    environment = {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'city.sqlite'}",
        "TIDU_PATHS_VAR": str(tmp_path / "var"),
    }
    said = CliRunner().invoke(cli.main, ["count", "--by", "chain"], env=environment)
    assert "氢能: quality-firms=0" in said.output
    wrong = CliRunner().invoke(cli.main, ["count", "--by", "star"], env=environment)
    assert wrong.exit_code == 2
    assert "district, area, industry, ownership, chain" in wrong.output
    assert code(1) == LEADER
