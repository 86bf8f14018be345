"""The sample city's chains: deterministic, well formed, about firms that are there; what they look like is counted from the
rows that are filed, with networkx, not asked of the generator."""

from __future__ import annotations

import sys
from collections import Counter
from datetime import UTC, date, timedelta, timezone
from itertools import pairwise
from typing import Any

import networkx as nx
import pytest

from chains.sample import sample_chains
from chains.sample.makers import left_on, make
from chains.sample.truth import truth
from registry.sample import SampleFiling
from tiers.sample import sample_city
from tiers.sample.city import people

SHANGHAI = timezone(timedelta(hours=8))
#: Days that may lie ahead of their filing.
AHEAD = {"to", "due_on", "until", "closed_on", "held_on"}
KINDS = {
    "chains", "roles", "links", "demands", "offers", "answers", "events", "invitations", "meetings", "actions", "outcomes",
}  # fmt: skip


def rows_of(filings: list[SampleFiling], kind: str) -> list[dict[str, Any]]:
    return [row for filing in filings if filing.kind == kind for row in filing.rows]


@pytest.fixture(scope="module")
def city() -> list[SampleFiling]:
    return list(sample_chains())


@pytest.fixture(scope="module")
def links(city: list[SampleFiling]) -> dict[tuple[str, str, str], dict[str, Any]]:
    """(supplier, buyer, product) → what was said last, with names and stock codes as codes."""
    makers = make(20_000, 2023)
    codes = {name: firm.uscc for firm in makers.firms for _, _, name in firm.names}
    codes |= {stock: firm.uscc for firm, stock in makers.stocks.items()}
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for row in rows_of(city, "links"):
        ends = [codes.get(row[end], row[end]) for end in ("supplier", "buyer")]
        found.setdefault((ends[0], ends[1], row["product"]), {}).update(row)
    return found


@pytest.fixture(scope="module")
def graph(links: dict[tuple[str, str, str], dict[str, Any]]) -> nx.DiGraph[str]:
    made: nx.DiGraph[str] = nx.DiGraph()
    made.add_edges_from((supplier, buyer) for supplier, buyer, _ in links)
    return made


def test_equal_seed_equal_chains_and_the_city_itself_is_left_alone() -> None:
    before = list(sample_city(300, 7))
    chains = list(sample_chains(300, 7))
    assert list(sample_chains(300, 7)) == chains
    assert list(sample_chains(300, 8)) != chains
    assert list(sample_city(300, 7)) == before


@pytest.mark.parametrize("size", [60, 200, 2_000, 20_000])
def test_filings_are_well_formed(size: int, city: list[SampleFiling]) -> None:
    filings = city if size == 20_000 else list(sample_chains(size))
    assert {filing.kind for filing in filings} == KINDS
    assert len({filing.label for filing in filings}) == len(filings)
    assert all(a.at < b.at for a, b in pairwise(filings))
    assert (filings[0].at.year, filings[-1].at.year) == (2022, 2026)
    for filing in filings:
        assert filing.at.tzinfo is UTC
        assert "样例" in filing.file
        day = filing.at.astimezone(SHANGHAI).date()
        for row in filing.rows:
            for key, value in row.items():
                assert value not in (None, ""), (filing.label, key)
                assert not isinstance(value, float), (filing.label, key)
                if isinstance(value, date) and key not in AHEAD:
                    assert value <= day, (filing.label, key, value)


@pytest.mark.parametrize("size", [60, 2_000])
def test_every_firm_that_is_named_is_on_the_register_and_not_gone(size: int) -> None:
    _scale, firms, _events = people(size, 5)
    known = {firm.uscc: firm for firm in firms}
    for filing in sample_chains(size, 5):
        day = filing.at.astimezone(SHANGHAI).date()
        for row in filing.rows:
            for end in ("uscc", "supplier", "buyer"):
                code = str(row.get(end, ""))
                if code.startswith("9137"):
                    assert known[code].registered < day, (filing.label, row)
                    gone = known[code].gone_on
                    assert gone is None or gone > day, (filing.label, row)


def test_no_two_filings_of_the_whole_city_share_an_instant() -> None:
    instants = [filing.at for part in (sample_city(300, 7), sample_chains(300, 7)) for filing in part]
    assert len(set(instants)) == len(instants)


def test_there_is_as_much_of_everything_as_a_city_has(city: list[SampleFiling]) -> None:
    count = {kind: len(rows_of(city, kind)) for kind in KINDS}
    assert len({row["chain"] for row in rows_of(city, "chains")}) == 10
    stages = Counter(chain for chain, _ in {(r["chain"], r["stage"]) for r in rows_of(city, "chains")})
    assert set(stages.values()) == {4, 5}
    assert 4_000 <= count["links"] <= 6_500
    assert 1_300 <= count["offers"] <= 1_800
    assert len({row["id"] for row in rows_of(city, "demands")}) == 200
    assert len({row["event"] for row in rows_of(city, "events")}) == 4
    assert 25 <= count["actions"] <= 45
    pairs = {(r["supplier"], r["buyer"], r["product"]) for r in rows_of(city, "outcomes")}
    assert 120 <= len(pairs) <= 160
    stages_reached = Counter(row["stage"] for row in rows_of(city, "outcomes"))
    assert stages_reached["contact"] > stages_reached["sample"] > stages_reached["contract"] > 5


def test_roles(city: list[SampleFiling]) -> None:
    roles = rows_of(city, "roles")
    leaders = Counter(row["chain"] for row in roles if row["role"] == "leader")
    assert len(leaders) == 10
    assert max(leaders.values()) <= 4
    assert Counter(row["role"] for row in roles)["core_supplier"] > 150
    assert Counter(row["role"] for row in roles)["key_node"] > 50
    assert any("to" in row for row in roles)


def test_the_graph_looks_like_a_market(graph: nx.DiGraph[str], city: list[SampleFiling]) -> None:
    leaders = {row["uscc"] for row in rows_of(city, "roles") if row["role"] == "leader"}
    bought = sorted((degree for _, degree in graph.in_degree()), reverse=True)
    sold = sorted((degree for _, degree in graph.out_degree()), reverse=True)
    depths: Counter[int] = Counter()
    back = graph.reverse(copy=False)
    for leader in leaders & set(graph):
        depths.update(nx.single_source_shortest_path_length(back, leader).values())
    loops = [len(part) for part in nx.strongly_connected_components(graph) if len(part) > 1]
    sys.stdout.write(
        f"nodes {len(graph)}, edges {graph.number_of_edges()}\nsuppliers of a buyer {bought[:12]}\n"
        f"customers of a supplier {sold[:12]}\ndepth beneath leaders {sorted(depths.items())}\n"
        f"loops {sorted(loops, reverse=True)[:8]}\n"
    )
    assert 1_500 <= len(graph) <= 2_600
    # A heavy tail on both sides: most have one or two, a few have dozens.
    assert bought[0] > 80
    assert sold[0] > 40
    assert sorted(sold)[len(sold) // 2] <= 2
    near = sum(n for depth, n in depths.items() if depth <= 4)
    assert near > 0.8 * depths.total()
    assert depths[4] > 50
    assert 3 <= len(loops) <= 40
    assert max(loops) < 150


def test_links_have_what_makes_chains_hard(links: dict[tuple[str, str, str], dict[str, Any]]) -> None:
    outside = [key for key in links if not all(end.startswith("9137") for end in key[:2])]
    assert 0.09 <= len(outside) / len(links) <= 0.16
    assert all("（样例）" in end for key in outside for end in key[:2] if not end.startswith("9137"))
    assert 0.5 <= sum("share_of_buyer_spend" in row for row in links.values()) / len(links) <= 0.7
    assert Counter(row.get("essential") for row in links.values())["yes"] > 500
    assert sum("to" in row for row in links.values()) > 150
    suppliers: dict[str, set[str]] = {}
    for supplier, _, product in links:
        suppliers.setdefault(product, set()).add(supplier)
    assert sum(len(some) == 1 for some in suppliers.values()) >= 3
    assert max(map(len, suppliers.values())) > 20


def test_links_stay_on_record_to_firms_that_ended_and_a_leader_that_left(
    links: dict[tuple[str, str, str], dict[str, Any]], city: list[SampleFiling]
) -> None:
    firms = {firm.uscc: firm for firm in people(20_000, 2023)[1]}
    open_ = [key for key, row in links.items() if "to" not in row]
    assert any(end in firms and firms[end].gone_on for key in open_ for end in key[:2])
    leaders = [row["uscc"] for row in rows_of(city, "roles") if row["role"] == "leader"]
    gone = [code for code in leaders if left_on(firms[code])]
    assert len(gone) == 1
    assert any(key[1] == gone[0] for key in links)


def test_yearly_reports_bear_stock_codes_and_a_visit_finds_another_share(city: list[SampleFiling]) -> None:
    reports = [filing for filing in city if "reports" in filing.label]
    assert [filing.label[-4:] for filing in reports] == ["2022", "2023", "2024", "2025"]
    said = {
        (row["supplier"], row["buyer"], row["product"], row["from"]): row["share_of_buyer_spend"]
        for filing in reports
        for row in filing.rows
    }
    assert len(said) > 250
    assert all(str(buyer).endswith((".SH", ".SZ", ".BJ")) for _, buyer, _, _ in said)
    visits = next(filing for filing in city if filing.label == "links-visits").rows
    again = [row for row in visits if row["from"] == "2025"]
    assert len(again) >= 5
    assert len(visits) - len(again) >= 5


def test_nobody_sits_at_two_tables_at_once(city: list[SampleFiling]) -> None:
    buyers = {row["id"]: row["buyer"] for row in rows_of(city, "demands")}
    events = {row["event"]: row for row in rows_of(city, "events")}
    seats: Counter[tuple[Any, ...]] = Counter()
    for row in rows_of(city, "meetings"):
        event = events[row["event"]]
        assert 1 <= row["table"] <= event["tables"]
        assert 1 <= row["slot"] <= event["slots"]
        for who in (row["uscc"], buyers[row["demand"]], row["table"]):
            seats[row["event"], row["slot"], who] += 1
    assert max(seats.values()) == 1
    guests = Counter((row["event"], row["uscc"]) for row in rows_of(city, "meetings"))
    assert max(guests.values()) <= 4
    assert {row["state"] for row in rows_of(city, "meetings")} == {"held", "missed"}
    assert {e["state"] for e in events.values()} == {"held", "planned"}


def test_who_fits_a_demand_is_known_and_half_of_them_are_said_in_other_words(
    city: list[SampleFiling],
) -> None:
    known = truth()
    demands = {row["id"]: row for row in rows_of(city, "demands") if "due_on" in row}
    offered: dict[str, list[dict[str, Any]]] = {}
    for row in rows_of(city, "offers"):
        offered.setdefault(row["uscc"], []).append(row)
    assert {id for id, _ in known} <= set(demands)
    assert len({id for id, _ in known}) > 150
    assert any(id not in {k for k, _ in known} for id in demands)
    made = {row["product"]: row["chain"] for row in rows_of(city, "chains")}
    by_name = {id for id, one in demands.items() if any(product in one["title"] for product in made)}
    assert 0.4 < len(by_name) / len(demands) < 0.7
    for id, code in known:
        demand = demands[id]
        assert demand["buyer"] != code
        wanted = demand.get("certificates")
        fitting = [
            row
            for row in offered[code]
            if any(row["product"].endswith(p) for p, chain in made.items() if chain == demand["chain"])
            and (wanted is None or wanted in row.get("certificates", "").split("；"))
        ]
        assert fitting, id
        if id not in by_name:
            assert all(row["product"] not in demand["title"] for row in fitting), id


def test_firms_that_fit_are_not_turned_away(city: list[SampleFiling]) -> None:
    answers = rows_of(city, "answers")
    assert {row["answer"] for row in answers} == {"shortlisted", "declined", "accepted"}
    turned_away = {(row["demand"], row["uscc"]) for row in answers if row["answer"] == "declined"}
    assert turned_away
    assert not turned_away & set(truth())
