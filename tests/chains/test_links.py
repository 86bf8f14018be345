"""Links on record: their ends, bad rows, years, and two sources that differ. On both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from chains.asking import network
from registry.house import House
from registry.intake.problems import message, with_option
from registry.merging import merge, split
from registry.withdrawal import withdraw
from tests.chains.linked import LEADER, NAMES, OTHER, STRANGER, SUPPLIER, drawn, file, firms, held, problems
from tests.registry.house import NOON, Time, code, open_test_house


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def house(database_url: str, tmp_path: Path, time: Time) -> Iterator[House]:
    house = open_test_house(database_url, tmp_path, time)
    firms(house, LEADER, SUPPLIER, OTHER)
    yield house
    house.store.dispose()


def link(supplier: str = SUPPLIER, buyer: str = LEADER, **more: Any) -> dict[str, Any]:
    return {"supplier": supplier, "buyer": buyer, **more}


def test_an_end_is_a_code_a_name_or_a_stock_code(house: House) -> None:
    file(
        house,
        "listings",
        {"uscc": LEADER, "board": "沪市主板", "code": "603221", "stage": "listed", "stage_on": "2020-01-01"},
    )
    said = file(house, "links",
                link(SUPPLIER, "603221.SH", product="齿轮"),
                link(NAMES[OTHER], f" {NAMES[LEADER]} ", product="铸件"),
                link(SUPPLIER.lower(), "６０３２２１．ＳＨ", product="轴承"))  # fmt: skip
    assert (said.fates["accepted"], problems(said)) == (3, [])
    assert drawn(house) == {(SUPPLIER, LEADER, "齿轮"), (OTHER, LEADER, "铸件"), (SUPPLIER, LEADER, "轴承")}
    assert [row["supplier_name"] for row in held(house, "links")] == [None] * 3


@pytest.mark.parametrize(
    ("row", "field", "problem"),
    [
        (link(LEADER), "supplier", "self_supply"),
        (link(NAMES[LEADER]), "supplier", "self_supply"),
        (link("无名社", "无名社"), "supplier", "self_supply"),
        (link(share_of_buyer_spend="120%"), "share_of_buyer_spend", "share_range"),
        (link(share_of_buyer_spend="-3%"), "share_of_buyer_spend", "share_range"),
        (link("供应商A"), "supplier", "placeholder"),
        (link(buyer="客户一"), "buyer", "placeholder"),
        (link("济南甲机械厂/济南乙机械厂"), "supplier", "several_names"),
        (link(SUPPLIER[:-1] + ("0" if SUPPLIER[-1] != "0" else "1")), "supplier", "uscc_check"),
        (link("", product="齿轮"), "supplier", "end_missing"),
        (link(**{"from": "2024-05-01", "to": "2024-04-01"}), "to", "date_order"),
        (link(**{"from": "2027-05-01"}), "from", "date_future"),
        (link(**{"from": "去年"}), "from", "date_unreadable"),
    ],
)  # fmt: skip
def test_a_row_that_is_wrong_is_refused_or_noted_at_its_field(house: House, row: dict[str, Any], field: str,
                                                                problem: str) -> None:  # fmt: skip
    said = file(house, "links", link(OTHER, product="好的一行"), {"product": "", **row})
    fate = "note" if problem in ("share_range", "several_names") else "refused"
    assert problems(said) == [(3, field, problem, fate)]
    assert len(held(house, "links")) == (2 if fate == "note" else 1)


def test_shares_of_one_buyer_and_year_above_the_whole_are_noted_on_their_rows(house: House) -> None:
    year = {"from": "2024"}
    said = file(
        house, "links",
        link(SUPPLIER, share_of_buyer_spend="60%", **year),
        link(OTHER, share_of_buyer_spend="45.5%", **year),
        link(SUPPLIER, share_of_buyer_spend="60%", **year),  # said twice, counted once
        link(OTHER, share_of_buyer_spend="50%", **{"from": "2023"}),
        link(OTHER, product="无占比", **year),
    )  # fmt: skip
    noted = [(row, note.code, note.detail) for row, note in said.problems]
    assert noted == [(2, "shares_above_whole", "105.50%"), (3, "shares_above_whole", "105.50%")]
    assert said.fates["accepted"] == 4
    whole = [link(f"外地{n}厂有限公司", share_of_buyer_spend="25%", **{"from": "2022"}) for n in range(4)]
    assert problems(file(house, "links", *whole)) == []


def test_a_link_to_a_firm_that_ended_is_kept_and_noted_unless_it_ended_first(house: House) -> None:
    firms(house, STRANGER, status="注销", effective_on="2024-06-30")
    said = file(
        house, "links",
        link(STRANGER, product="仍在供", **{"from": "2020-01-01"}),
        link(STRANGER, product="早已停供", **{"from": "2020-01-01", "to": "2022-12-31"}),
        link(SUPPLIER, STRANGER, product="卖给它", **{"from": "2025"}),
    )  # fmt: skip
    assert problems(said) == [(2, "supplier", "firm_ended", "note"), (4, "buyer", "firm_ended", "note")]
    assert said.fates["accepted"] == 3


def test_a_bare_year_is_that_year_and_a_last_day_that_is_given_wins(house: House) -> None:
    file(house, "links", link(**{"from": 2024}), link(product="甲", **{"from": "2024年"}),
         link(product="乙", **{"from": "2024", "to": "2025-06-30"}), link(product="丙", **{"from": "2024-03"}))  # fmt: skip
    days = {row["product"]: (str(row["from"]), str(row["to"])) for row in held(house, "links")}
    assert days == {
        None: ("2024-01-01", "2024-12-31"),
        "甲": ("2024-01-01", "2024-12-31"),
        "乙": ("2024-01-01", "2025-06-30"),
        "丙": ("2024-03-01", "None"),
    }
    assert drawn(house, day=date(2024, 12, 31)) >= {(SUPPLIER, LEADER, "")}
    assert drawn(house) == {(SUPPLIER, LEADER, "丙")}


def test_two_sources_that_differ_are_both_kept_and_the_later_one_speaks(house: House) -> None:
    file(house, "links", link(share_of_buyer_spend="30%", essential="是"), name="first.csv")
    file(house, "links", link(share_of_buyer_spend="40%"), name="second.csv")
    net = network(house)
    assert net.links["share"].tolist() == [0.4]
    assert net.links["essential"].tolist() == [1.0]
    assert net.links["conflict"].tolist() == [True]
    ((key, (conflict,)),) = net.conflicts.items()
    assert net.links["key"].tolist() == [key]
    assert (conflict.field, [(value, row) for value, _filing, row in conflict.said]) == (
        "share_of_buyer_spend", [("0.3", 2), ("0.4", 2)],
    )  # fmt: skip


def test_withdrawing_the_later_source_brings_the_earlier_one_back(house: House) -> None:
    file(house, "links", link(share_of_buyer_spend="30%"), name="first.csv")
    later = file(house, "links", link(share_of_buyer_spend="40%"), name="second.csv").filing
    withdraw(house, later, "test")
    net = network(house)
    assert net.links["share"].tolist() == [0.3]
    assert net.links["conflict"].tolist() == [False]
    assert net.conflicts == {}


def test_the_same_list_again_changes_nothing(house: House) -> None:
    rows = [
        link(share_of_buyer_spend="9.7%", **{"from": "2024"}),
        link("外地供货有限公司", **{"from": "2024"}),
    ]
    first = file(house, "links", *rows)
    again = file(house, "links", *rows)
    other = file(house, "links", *rows, name="other.csv")
    assert [said.fates["accepted"] for said in (first, again, other)] == [2, 0, 0]
    assert [said.fates["unchanged"] for said in (first, again, other)] == [0, 2, 2]


def test_merged_firms_are_one_node_and_two_after_a_split(house: House) -> None:
    file(house, "links", link(SUPPLIER), link(OTHER), link(OTHER, SUPPLIER))
    merge(house, OTHER, SUPPLIER, "test", yes=True)
    assert drawn(house) == {(SUPPLIER, LEADER, "")}  # and nobody supplies itself
    split(house, OTHER, "test")
    assert drawn(house) == {(SUPPLIER, LEADER, ""), (OTHER, LEADER, ""), (OTHER, SUPPLIER, "")}
    merge(house, LEADER, OTHER, "test", yes=True)
    assert drawn(house) == {(SUPPLIER, OTHER, ""), (OTHER, SUPPLIER, "")}
    before = network(house, known_at=NOON + timedelta(days=1))
    assert len(before.links) == 2


def test_what_was_known_then_is_drawn_as_it_was(house: House, time: Time) -> None:
    file(house, "links", link(SUPPLIER))
    then = time.now + timedelta(minutes=1)
    time.pass_days(1)
    file(house, "links", link(OTHER), name="later.csv")
    assert drawn(house, known_at=then) == {(SUPPLIER, LEADER, "")}
    assert drawn(house) == {(SUPPLIER, LEADER, ""), (OTHER, LEADER, "")}


def test_a_graph_with_one_node_and_one_with_none(house: House) -> None:
    empty = network(house)
    assert (len(empty.nodes), len(empty.links), empty.graph.number_of_nodes()) == (0, 0, 0)
    file(house, "roles", {"chain": "氢能产业链", "uscc": LEADER, "role": "链主"})
    alone = network(house)
    assert (alone.nodes["id"].tolist(), alone.graph.number_of_edges()) == ([LEADER], 0)
    assert alone.chains["氢能"].of("leader") == (LEADER,)


def test_loops_stay_loops(house: House) -> None:
    file(house, "links", link(SUPPLIER), link(OTHER, SUPPLIER), link(LEADER, OTHER))
    graph = network(house).graph
    assert graph.number_of_edges() == 3
    assert all(graph.in_degree(node) == 1 for node in graph)


def test_a_code_that_is_not_on_the_register_is_an_outside_party_until_it_is(house: House) -> None:
    new = code(4)
    said = file(house, "links", link(new))
    assert (said.fates["accepted"], drawn(house)) == (1, {(f"~{new}", LEADER, "")})
    firms(house, STRANGER)
    assert drawn(house) == {(STRANGER, LEADER, "")}


@pytest.mark.parametrize(
    ("kind", "row", "said"),
    [
        ("links", link("", product="齿轮"), "没有写明供应方；请填信用代码、名称或证券代码"),
        ("links", link(buyer="", product="齿轮"), "没有写明采购方（需求方）；请填信用代码、名称或证券代码"),
        (
            "chains",
            {"chain": "", "stage": "原材料"},
            "这一栏必填，却是空的；请补上（合并的单元格请逐行填写）",
        ),
        (
            "roles",
            {"chain": "氢能", "uscc": LEADER, "role": ""},
            "这一栏必填，却是空的；请补上（合并的单元格请逐行填写）",
        ),
    ],
)
def test_an_empty_cell_is_said_to_be_empty_in_the_clerks_own_words(
    house: House, kind: str, row: dict[str, Any], said: str
) -> None:
    (_number, note), *_rest = file(house, kind, row).problems
    sentence = message(note.code, note.value, note.field, note.detail)
    assert with_option(sentence, note.code, note.field) == said
