"""Single sources, concentration, what-if and gaps on chains that can be read."""

from __future__ import annotations

import pytest

from chains.network import Chain, Stage
from chains.resilience.cascade import cascade
from chains.resilience.gaps import gaps
from chains.resilience.report import report
from chains.resilience.shape import depth
from chains.resilience.shares import filled
from chains.resilience.sources import concentration, single_sources
from chains.resilience.whatif import stop, stop_links
from tests.chains.resilience.parts import part

TWO = part(
    [
        ("a", "x", "glass", 0.5, None), ("b", "x", "steel", 0.1, True), ("c", "x", "wire", 0.1), ("d", "x", "wire", 0.1),
        ("e", "x"), ("a", "y", "glass", 0.2), ("b", "y", "glass", 0.2),
    ],
    leaders="xy", spend={"x": 100, "y": 100}, outside="b",
)  # fmt: skip


def test_essential_single_sources_stand_first_and_links_without_a_product_are_none() -> None:
    found = single_sources(TWO, filled(TWO))
    assert [(TWO.ids[s.buyer], s.product, TWO.ids[s.supplier], s.essential, s.share) for s in found] == [
        ("x", "steel", "b", True, 0.1),
        ("x", "glass", "a", None, 0.5),
    ]


def test_concentration_is_by_product_and_by_tier() -> None:
    found = {(c.product, c.depth): c for c in concentration(TWO, filled(TWO), depth(TWO))}
    glass = found["glass", None]
    assert (glass.suppliers, glass.buyers, TWO.ids[glass.largest]) == (2, 2, "a")
    assert glass.hhi == pytest.approx((7 / 9) ** 2 + (2 / 9) ** 2)
    assert found["steel", None].hhi == 1.0
    assert found["wire", None].hhi == pytest.approx(0.5)
    assert found[None, 1].assumed == 1
    assert ("", None) not in found


def test_what_if_names_the_product_and_the_firm_through_which_the_loss_came() -> None:
    of = part(
        [("a", "b", "p", None, True), ("b", "c", "q", None, True), ("z", "a", "r")],
        spend=dict.fromkeys("abcz", 1),
    )
    found = stop(cascade(of), [0])
    told = [(of.ids[h.firm], h.loss, h.by, h.product, of.ids[h.through], h.steps) for h in found.hits]
    assert told == [
        ("b", 1.0, "supply", "p", "a", 1),
        ("c", 1.0, "supply", "q", "b", 2),
        ("z", 1.0, "sales", None, "a", 1),
    ]
    assert found.index == 1.0
    assert len(stop(cascade(of), [0], most=1).hits) == 1


def test_a_link_that_stops_hits_its_buyer_through_its_product() -> None:
    of = part([("a", "b", "p", None, True), ("a", "c", "p", 0.3)], spend=dict.fromkeys("abc", 1))
    found = stop_links(of, [0])
    assert [(of.ids[h.firm], round(h.loss, 6), h.by, h.product) for h in found.hits] == [
        ("b", 1.0, "supply", "p"),
        ("a", round(1 / 1.3, 6), "sales", None),
    ]


def test_gaps_are_missing_products_and_those_that_nobody_here_supplies() -> None:
    chain = Chain(
        "chain",
        (
            Stage("raw", 1, (("steel", "built"), ("glass", "strong"), ("lithium", "missing"))),
            Stage("rest", 2, ()),
            Stage("more", 3, (("Ｇｌａｓｓ", None), ("software", None))),
        ),
        (),
    )
    found = gaps(chain, TWO, {"software"})
    assert [(g.stage, g.wanted, g.why, [TWO.ids[b] for b in g.buyers]) for g in found] == [
        ("raw", "lithium", "missing", []),
        ("raw", "steel", "not_supplied", ["x"]),
        ("rest", "rest", "not_supplied", []),
    ]


@pytest.mark.parametrize("of", [part([]), part([], leaders="a"), part([("a", "b")])])
def test_a_graph_with_nothing_or_one_firm_has_a_report(of) -> None:  # type: ignore[no-untyped-def]
    found = report(of)
    assert len(found.critical.firms) == (2 if len(of.supplier) else 0)
    assert not found.loops
