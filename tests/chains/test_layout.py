"""The map of a chain: who stands in which stage, what is folded, and that it is always the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from chains.documents import Seen, seen
from chains.layout import LEADERS, MISSING, MOST, REST, UNKNOWN, Layout, around, layered
from chains.members import Member
from chains.network import Chain, Stage
from registry.house import House
from tests.chains.little_city import (
    CHAIN,
    CORE,
    DEEP,
    ELSEWHERE,
    FORMER,
    KEY,
    LEADER,
    OUTSIDERS,
    SECOND,
    STAGES,
    SUPPLIERS,
    little_city,
)
from tests.registry.house import open_test_house

DAY = date(2026, 3, 1)
LONG = Chain("链", (Stage("上", 1, (("甲", "built"),)), Stage("下", 2, (("乙", "missing"),))), ())


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    folder: Path = tmp_path_factory.mktemp("little")
    house: House = open_test_house(f"sqlite:///{folder / 'city.sqlite'}", folder)
    little_city(house)
    told = seen(house, CHAIN, DAY, None)
    assert told is not None
    yield told
    house.store.dispose()


@pytest.fixture(scope="module")
def layout(found: Seen) -> Layout:
    return layered(found.chain, found.members, found.pairs)


def stage_of(found: Seen) -> dict[str, str | None]:
    return {found.network.firms([one.number])[0]: one.stage for one in found.members}


def test_members_are_roles_suppliers_of_leaders_and_makers_of_the_chains_products(found: Seen) -> None:
    held = stage_of(found)
    assert {LEADER, SECOND, CORE, KEY, ELSEWHERE, *SUPPLIERS} <= held.keys()
    assert DEEP[0] in held, "it supplies a member with a product of the chain"
    assert DEEP[1] not in held, "nobody says that what it supplies belongs to the chain"
    assert FORMER not in held, "its role and its links are over"


def test_a_firm_stands_where_its_product_is_made(found: Seen) -> None:
    held = stage_of(found)
    assert held[CORE] == "总成"
    assert held[KEY] == "零部件"
    assert held[DEEP[0]] == "材料"
    assert held[LEADER] == "整车", "by its own products: it supplies nobody in the chain"
    assert held[SUPPLIERS[3]] is None, "bolts are no product of any stage"
    assert {held[f"~{one}"] for one in OUTSIDERS} == {None}


def test_lanes_run_from_upstream_to_downstream(layout: Layout) -> None:
    assert [lane.id for lane in layout.lanes] == [UNKNOWN, *(name for name, _order in STAGES), LEADERS]
    edges = [lane.x for lane in layout.lanes]
    assert edges == sorted(edges)
    assert sum(lane.firms for lane in layout.lanes) == 38


def test_missing_products_are_seen_and_nothing_lies_on_anything_else(layout: Layout) -> None:
    assert {place.name for place in layout.places if place.kind == MISSING} == {"隔膜", "电机控制器"}
    spots = [(place.x, place.y) for place in layout.places]
    assert len(set(spots)) == len(spots)
    assert all(0 <= x <= layout.width and 0 <= y <= layout.height for x, y in spots)


def test_the_map_is_always_the_same(found: Seen, layout: Layout) -> None:
    shuffled = layered(found.chain, found.members[::-1], found.pairs[::-1])
    assert shuffled.places == layout.places
    assert set(shuffled.edges) == set(layout.edges)


def test_what_is_too_much_is_folded_by_stage() -> None:
    members = [
        Member(0, ("leader",), "下"),
        *(Member(at, (), "上" if at % 2 else None) for at in range(1, 1001)),
    ]
    layout = layered(LONG, members, [(at, 0) for at in range(1, 1001)])
    assert len(layout.places) <= MOST
    rest = {layout.lanes[place.lane].id: place.folded for place in layout.places if place.kind == REST}
    assert set(rest) == {"上", UNKNOWN}
    drawn = sum(1 for place in layout.places if place.number is not None)
    assert drawn + layout.folded == 1001
    assert any(place.kind == "leader" for place in layout.places)
    leader = next(at for at, place in enumerate(layout.places) if place.kind == "leader")
    assert {layout.places[a].kind for a, b in layout.edges if b == leader} == {"supplier", REST}


def test_a_firm_alone_and_a_chain_without_anybody_can_be_drawn() -> None:
    assert [
        place.number for place in layered(LONG, [Member(3, (), None)], []).places if place.number is not None
    ] == [3]
    assert layered(Chain("空", (), ()), [], []).places == ()
    assert len(around({0: 0}, {}, []).places) == 1


def test_a_neighbourhood_has_a_lane_for_each_step() -> None:
    layout = around({0: 0, 1: -1, 2: -2, 3: 1}, {3: "leader"}, [(2, 1), (1, 0), (0, 3)])
    assert [lane.id for lane in layout.lanes] == ["-2", "-1", "0", "1"]
    assert {place.number: place.kind for place in layout.places} == {
        0: "self",
        1: "supplier",
        2: "supplier",
        3: "leader",
    }
