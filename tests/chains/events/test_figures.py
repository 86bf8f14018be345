"""What is reported: a relation once a year by its furthest stage, intents and contracts apart, unknown amounts not as zero."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from chains.events.figures import Deals, Gathering, Step, figures, funnel, furthest
from chains.events.results import figures_document, reported, results
from tests.chains.events.city import EVENT, FIRMS, everybody_comes, small_city
from tests.registry.house import Time, code, file_rows

DAY = date(2026, 12, 31)


def step(
    stage: str, on: str, amount: int | None = None, product: str = "电机", chain: str | None = "A"
) -> Step:
    return Step("b", "s", product, stage, date.fromisoformat(on), amount, chain)


def test_a_relation_counts_once_a_year_by_the_furthest_that_it_came() -> None:
    steps = [step("contact", "2025-03-01", 5), step("sample", "2025-06-01", 6), step("contract", "2026-02-01", 70),
             step("contact", "2026-01-01", None, "阀门", None)]  # fmt: skip
    found = {(one.year, one.chain): one for one in figures([], steps, DAY)}
    assert found[2025, None].intents == found[2025, "A"].intents == Deals(1, 6, 0)
    assert found[2025, None].contracts == Deals(0, None, 0)
    assert found[2026, None].contracts == Deals(1, 70, 0)
    assert found[2026, None].intents == Deals(1, None, 1)  # an amount that nobody said is unknown
    assert found[2026, "A"].intents == Deals(0, None, 0)
    assert list(found) == [(2026, None), (2026, "A"), (2025, None), (2025, "A")]
    assert figures([], steps, date(2024, 1, 1)) == []


def test_events_count_where_they_were_held_and_firms_once() -> None:
    firms = frozenset({"f1", "f2"})
    met = [
        Gathering("e1", date(2026, 1, 5), "A", True, firms, frozenset({"f1"})),
        Gathering("e2", date(2026, 5, 5), "B", True, frozenset({"f1"})),
        Gathering("e3", date(2026, 6, 5), "B", None, firms),
        Gathering("e4", date(2026, 7, 5), "B", False, firms),
        Gathering("e5", None, "B", True, firms),
    ]
    whole, chain_a, chain_b = figures(met, [], DAY)
    assert (whole.events, whole.unsaid, whole.attendances, whole.firms, whole.srdi) == (2, 1, 3, 2, 1)
    assert whole.srdi_share == 0.5
    assert (chain_a.chain, chain_a.firms, chain_b.firms, chain_b.srdi) == ("A", 2, 1, 0)
    assert figures([met[4]], [], DAY) == []


def test_the_funnel_counts_who_came_so_far_and_who_stands_there() -> None:
    steps = [
        step("contact", "2026-01-01", 1),
        step("contract", "2026-02-01", 9),
        step("sample", "2026-01-02", 3, "阀门"),
    ]
    assert [(stage, far.number, here.number) for stage, far, here in funnel(steps)] == [
        ("contact", 2, 0), ("sample", 2, 1), ("certification", 1, 0), ("small_batch", 1, 0), ("contract", 1, 1)
    ]  # fmt: skip
    assert furthest(steps)["b", "s", "电机"].amount == 9


def test_the_share_of_srdi_firms_is_that_of_the_day_of_the_event(database_url: str, tmp_path: Path) -> None:
    time = Time()
    with small_city(database_url, tmp_path, time) as house:
        everybody_comes(house)
        file_rows(house, "events", [{"event": EVENT, "held_on": "2026-02-10", "state": "已举办"}])
        file_rows(house, "titles", [
            {"uscc": FIRMS[0], "tier": "srdi", "level": "provincial", "issued_on": "2024-01-01"},
            {"uscc": FIRMS[1], "tier": "little_giant", "level": "national", "issued_on": "2024-01-01"},
            {"uscc": FIRMS[2], "tier": "srdi", "level": "provincial", "issued_on": "2026-02-11"},
            {"uscc": FIRMS[3], "tier": "innovative_sme", "level": "provincial", "issued_on": "2024-01-01"},
        ])  # fmt: skip
        whole = figures_document(reported(house))[0]
        # Five firms and two buyers of the city; the third buyer is not on the register.
        assert (whole["year"], whole["events"], whole["firms"], whole["srdi"]) == (2026, 1, 7, 2)
        assert whole["srdi_share"] == "0.2857"


def test_an_outcome_belongs_to_the_action_of_its_own_leader(database_url: str, tmp_path: Path) -> None:
    with small_city(database_url, tmp_path) as house:
        file_rows(house, "actions", [
            {"uscc": code(n), "resource": "应用场景", "title": "开放日", "chain": "氢能产业链"} for n in (1, 2)
        ])  # fmt: skip
        said = {"product": "电机", "stage": "对接", "stage_on": "2026-01-03", "action": "开放日"}
        file_rows(house, "outcomes", [
            {**said, "supplier": FIRMS[0], "buyer": code(2)}, {**said, "supplier": FIRMS[1], "buyer": "外地公司"}
        ])  # fmt: skip
        with house.store.read() as connection:
            found = results(connection, house.clock.today())
        by_firm = {one.firm: found.of_action.get(one.id, ()) for one in found.actions}
        assert [s.supplier for s in by_firm[code(2)]] == [FIRMS[0]]
        assert by_firm[code(1)] == ()
        assert {s.chain for s in found.steps} == {"氢能", None}
        assert found.name("~外地公司") == "外地公司"
