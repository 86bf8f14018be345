"""The graph of record at 20,000 firms and 60,000 links: read from the tables, against networkx built from the same arrays;
and the page of a leader with 500 suppliers."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import networkx as nx
import pytest
from flask.testing import FlaskClient

from chains import asking
from chains.models import ChainRole, ChainStage, SupplyLink
from chains.network import Network
from chains.reading import read
from registry.house import House
from registry.shell.app import create_app
from registry.store.bulk import insert_rows
from registry.store.clock import BEGINNING_TEXT, FOREVER_TEXT
from tests.bench.report import say, timed
from tests.bench.test_register_page import bare
from tests.registry.house import code, open_test_house
from tests.signed_in import signing_in

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]
FIRMS, LINKS, LEADERS, SUPPLIERS, OUTSIDE = 20_000, 60_000, 13, 500, 1_000
DAY = date(2026, 3, 1)
HEADERS = {"Host": "127.0.0.1"}
#: Seconds that reading the graph may take.
BUDGET = 2.0


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Thirteen chains; each leader has 500 suppliers, the other links lie anywhere; a few ends are outside parties."""
    folder: Path = tmp_path_factory.mktemp("graph")
    house = open_test_house(f"sqlite:///{folder / 'register.sqlite'}", folder)
    chance = random.Random(11)
    codes = [code(n) for n in range(FIRMS)]
    nodes = [*codes, *(f"~宁波{n}材料有限公司" for n in range(OUTSIDE))]
    enterprise = house.kinds.by_id["enterprises"].table
    with house.store.write("bench") as unit:
        c = unit.connection
        columns = (
            "uscc",
            "from_day",
            "to_day",
            "name",
            "name_key",
            "city",
            "district",
            "legal_form",
            "filing",
            "row",
        )
        insert_rows(c, enterprise, columns, [
            (uscc, BEGINNING_TEXT, FOREVER_TEXT, f"济南{n}公司", f"济南{n}公司", "370100", "370102", "company", 1, n)
            for n, uscc in enumerate(codes)
        ])  # fmt: skip
        insert_rows(c, ChainStage.__table__, ("chain", "key", "stage", "order", "product", "state", "filing", "row"), [  # type: ignore[attr-defined]
            (f"链{n}", f"链{n}|环节{s}|产品{n}-{s}", f"环节{s}", s, f"产品{n}-{s}", "built", 1, n)
            for n in range(LEADERS) for s in range(5)
        ])  # fmt: skip
        insert_rows(c, ChainRole.__table__, ("uscc", "key", "chain", "role", "filing", "row"), [  # type: ignore[attr-defined]
            (codes[n], f"{codes[n]}|链{n}|leader", f"链{n}", "leader", 1, n) for n in range(LEADERS)
        ])  # fmt: skip
        wanted = {(chance.choice(nodes), codes[leader], f"产品{leader}-{chance.randrange(5)}")
                  for leader in range(LEADERS) for _ in range(SUPPLIERS)}  # fmt: skip
        while len(wanted) < LINKS:
            a, b = chance.choice(nodes), chance.choice(codes[LEADERS:])
            if a != b:
                wanted.add((a, b, f"产品{chance.randrange(400)}"))
        rows = [
            (b, f"{b}|{a}|{product}|2024-01-01", a, product, "0.01" if n % 3 else None, "2024-01-01",
             a[1:] if a[0] == "~" else None, 1, n)
            for n, (a, b, product) in enumerate(sorted(wanted))
        ]  # fmt: skip
        insert_rows(c, SupplyLink.__table__, ("buyer", "key", "supplier", "product", "share_of_buyer_spend", "from",  # type: ignore[attr-defined]
                                              "supplier_name", "filing", "row"), rows)  # fmt: skip
    with house.store.engine.connect() as connection:
        connection.exec_driver_sql("analyze")
    yield house
    house.store.dispose()


def test_the_graph_of_record(city: House) -> None:
    with city.store.read() as connection:
        seconds, net = timed(lambda: read(connection, connection, DAY, None, "370100"), repeat=3)
    assert len(net.links) == LINKS
    assert len(net.nodes) > FIRMS * 0.9
    suppliers, buyers = net.links["supplier"].tolist(), net.links["buyer"].tolist()

    def plain() -> nx.DiGraph[int]:
        graph: nx.DiGraph[int] = nx.DiGraph()
        graph.add_edges_from(zip(suppliers, buyers, strict=True))
        return graph

    built, graph = timed(plain, repeat=3)
    say("the graph read from the tables", seconds, {"networkx from the arrays, already in memory": built})
    print(
        f"  {len(net.nodes):,} nodes, {len(net.links):,} links   goal ≤ {BUDGET} s: {'met' if seconds <= BUDGET else 'MISSED'}"
    )

    def own() -> nx.DiGraph[int]:
        return Network(net.day, net.nodes, net.links, net.past).graph

    ours, drawn = timed(own, repeat=3)
    assert drawn.number_of_edges() == graph.number_of_edges()
    say("our networkx graph, which knows its links", ours, {"networkx from the arrays": built})
    assert seconds <= BUDGET


def test_pages_of_chains(city: House) -> None:
    client = signing_in(create_app(city.settings, city.store, city.rooms, city.clock)).test_client()

    def visit(address: str, client: FlaskClient = client) -> float:
        def get() -> None:
            assert client.get(address, headers=HEADERS).status_code == 200

        get()
        return timed(get, repeat=20)[0]

    register, floor = visit("/firms"), visit("/", bare(city).test_client())
    first, _ = timed(lambda: asking.network(city, DAY))
    print(f"\n  the network of another day, asked for the first time: {first:.2f} s")
    leader = code(0)
    fresh, _ = timed(lambda: client.get(f"/chains/firms/{code(1)}", headers=HEADERS))
    print(f"  the page of a leader that nobody looked at since the last filing: {fresh * 1000:.0f} ms")
    for title, address, goal in (
        (f"a leader with {SUPPLIERS} suppliers", f"/chains/firms/{leader}", ("a bare Flask page", 3.0)),
        ("the same to the end of its chain", f"/chains/firms/{leader}?depth=all", None),
        ("the map of its chain", "/chains/链0", None),
        ("all chains", "/chains", None),
        ("its neighbourhood", f"/chains/firms/{leader}/around?steps=1", None),
    ):
        say(title, visit(address), {"a bare Flask page": floor, "a page of the register": register}, goal)
