"""Suppliers by depth, local share, concentration, who came and left: on the little chain and on graphs of a few lines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from chains import leader
from chains.asking import network
from chains.leader import Spell
from chains.neighbourhood import neighbours
from chains.network import LINK_COLUMNS, NODE_COLUMNS, Network, in_force
from registry.house import House
from tests.chains.little_city import (
    CORE,
    DEEP,
    FORMER,
    GONE,
    KEY,
    LEADER,
    NEWCOMER,
    OUTSIDERS,
    SECOND,
    SUPPLIERS,
    little_city,
)
from tests.registry.house import open_test_house

DAY = date(2026, 3, 1)
BEFORE = date(2025, 3, 1)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder: Path = tmp_path_factory.mktemp("little")
    made = open_test_house(f"sqlite:///{folder / 'city.sqlite'}", folder)
    little_city(made)
    yield made
    made.store.dispose()


@pytest.fixture(scope="module")
def net(house: House) -> Network:
    return network(house, DAY)


def drawn(*links: tuple[int, int, str, float | None], status: dict[int, str] | None = None) -> Network:
    """A network of plain numbers; ``status``: who is no firm of the city in business."""
    size = max(max(a, b) for a, b, _product, _share in links) + 1
    status = status or {}
    nodes = pd.DataFrame(
        [(f"n{at}", f"n{at}", f"n{at}", status.get(at) is None, status.get(at, "active"), None, None, None)
         for at in range(size)],
        columns=list(NODE_COLUMNS),
    )  # fmt: skip
    past = pd.DataFrame(
        [(a, b, product, share, None, "2020-01-01", None, "link", 1, at, False, str(at))
         for at, (a, b, product, share) in enumerate(links)],
        columns=list(LINK_COLUMNS),
    ).astype({"share": float})  # fmt: skip
    return Network(DAY, nodes, in_force(past, DAY), past)


def test_who_gives_no_share_does_not_disagree_with_who_gives_one() -> None:
    links = drawn((0, 1, "bolt", 0.2), (0, 1, "bolt", None), (2, 1, "nut", 0.1), (2, 1, "nut", 0.3)).links
    assert links["share"].tolist() == [0.2, 0.3]
    assert links["conflict"].tolist() == [False, True]


def test_suppliers_stand_at_their_least_depth_and_the_largest_share_comes_first(net: Network) -> None:
    found = leader.supplies(net, net.number[LEADER], None)
    ids = net.firms(found["supplier"].tolist())
    depth = dict(zip(ids, found["depth"].tolist(), strict=True))
    assert depth[CORE] == 1
    assert depth[KEY] == 2
    assert [depth[one] for one in DEEP] == [3, 4, 5, 6]
    assert ids[0] == CORE
    assert found["depth"].is_monotonic_increasing


def test_a_loop_ends_where_it_began(net: Network) -> None:
    found = leader.supplies(net, net.number[LEADER], None)
    assert net.number[LEADER] not in set(found["supplier"])
    assert not found.duplicated(["supplier", "buyer", "product"]).any()
    round_about = drawn((0, 1, "", None), (1, 2, "", None), (2, 0, "", None))
    assert leader.supplies(round_about, 2, None)["supplier"].tolist() == [1, 0]


@pytest.mark.parametrize(("depth", "deepest"), [(1, 1), (2, 2), (3, 3)])
def test_no_supplier_deeper_than_asked(net: Network, depth: int, deepest: int) -> None:
    assert leader.supplies(net, net.number[LEADER], depth)["depth"].max() == deepest


def test_outside_parties_are_not_taken_for_local_nor_for_foreign(net: Network) -> None:
    local = leader.local(net, leader.supplies(net, net.number[LEADER]))
    assert (local.of, local.unknown) == (34, len(OUTSIDERS))
    # Of 29 firms on the register one is in another city and one was cancelled.
    assert local.firms == 27
    assert local.here == pytest.approx(0.35)
    assert local.elsewhere == pytest.approx(0.10)
    assert local.unstated == pytest.approx(0.55)
    assert local.outside == 0


def test_what_goes_to_outside_parties_is_named_so_that_the_parts_make_the_whole() -> None:
    net = drawn((0, 3, "a", 0.4), (1, 3, "b", 0.1), (2, 3, "c", 0.2))
    net.nodes.loc[0, ["status", "here"]] = ("outside", False)
    local = leader.local(net, leader.supplies(net, 3))
    assert local.outside == pytest.approx(0.4)
    parts = (local.here, local.elsewhere, local.outside, local.unstated)
    assert sum(part or 0 for part in parts) == pytest.approx(1)


def test_without_any_share_nothing_is_said_about_spend() -> None:
    direct = leader.supplies(drawn((0, 2, "a", None), (1, 2, "b", None)), 2)
    local = leader.local(drawn((0, 2, "a", None), (1, 2, "b", None)), direct)
    assert (local.firms, local.of) == (2, 2)
    assert (local.here, local.unstated, local.stated) == (None, None, None)
    assert leader.concentration(direct) is None


def test_shares_of_more_than_the_whole_are_said_and_not_worked_with() -> None:
    over = drawn((0, 2, "a", 0.8), (1, 2, "b", 0.6))
    direct = leader.supplies(over, 2)
    local = leader.local(over, direct)
    assert local.too_much
    assert local.stated == pytest.approx(1.4)
    assert local.here is None
    assert leader.concentration(direct) is None


def test_concentration_tells_how_far_the_unstated_may_move_it() -> None:
    found = leader.concentration(
        leader.supplies(drawn((0, 3, "a", 0.4), (0, 3, "b", 0.1), (1, 3, "c", 0.2)), 3)
    )
    assert found is not None
    assert found.least == pytest.approx(0.5**2 + 0.2**2)
    assert found.most == pytest.approx(0.5**2 + 0.2**2 + 0.3**2)
    assert (found.top, found.share) == (0, pytest.approx(0.5))


def test_who_came_and_who_left_within_a_year(net: Network) -> None:
    came = leader.turnover(net, net.number[LEADER], BEFORE)
    assert net.firms(came.newcomers) == [NEWCOMER]
    assert came.leavers == ()
    assert came.before == 33
    left = leader.turnover(net, net.number[SECOND], BEFORE)
    assert net.firms(left.leavers) == [SUPPLIERS[24]]


def test_years_in_a_row_are_one_spell(net: Network) -> None:
    former = leader.turnover(net, net.number[LEADER], BEFORE).former
    assert [net.firms([number]) for number, _spells in former] == [[FORMER]]
    assert former[0][1] == (Spell("2021-01-01", "2022-12-31"),)
    assert former[0][1][0].years == (2021, 2022)
    found = leader.supplies(net, net.number[SECOND])
    spells = dict(zip(net.firms(found["supplier"].tolist()), leader.present_spells(net, found), strict=True))
    assert spells[SUPPLIERS[0]] == Spell("2023-01-01", "2026-12-31")


def test_a_year_between_parts_two_spells() -> None:
    told = leader.spells(
        [(7, "2020-01-01", "2020-12-31"), (7, "2022-01-01", None), (7, "2020-06-01", "2020-09-01")]
    )
    assert told == {(7,): (Spell("2020-01-01", "2020-12-31"), Spell("2022-01-01", None))}


def test_a_cancelled_supplier_is_no_local_one(net: Network) -> None:
    assert not bool(net.nodes["here"].iat[net.number[GONE]])
    assert net.nodes["status"].iat[net.number[GONE]] == "cancelled"


def test_neighbours_stand_upstream_or_downstream(net: Network) -> None:
    steps = {net.firms([one.number])[0]: one.step for one in neighbours(net, net.number[CORE], 2)}
    assert steps == {CORE: 0, KEY: -1, LEADER: 1, SECOND: 1, DEEP[0]: -2, DEEP[3]: 2}


def test_one_firm_alone_has_no_neighbours() -> None:
    alone = drawn((0, 1, "", None))
    assert [(one.number, one.step) for one in neighbours(alone, 0, 3)] == [(0, 0), (1, 1)]
    assert leader.supplies(alone, 0, None).empty


def test_both_databases_read_the_same_graph(database_url: str, tmp_path: Path, net: Network) -> None:
    made = open_test_house(database_url, tmp_path)
    little_city(made)
    read = network(made, DAY)
    pd.testing.assert_frame_equal(read.links, net.links)
    pd.testing.assert_frame_equal(read.nodes, net.nodes)
    made.store.dispose()
