"""The index of systemic risk: what it must be whatever the chain, and that the fast way gives what the plain way gives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chains.resilience.cascade import Cascade, cascade, ranked
from chains.resilience.scope import Part
from chains.resilience.shares import filled
from tests.chains.resilience.parts import LETTERS, PARTS, part

FINE = 1e-12


def indices(of: Part) -> dict[str, float]:
    found = cascade(of).indices(range(of.size), FINE)
    return dict(zip(of.ids, found.tolist(), strict=True))


def plain(of: Part, stopped: set[int]) -> list[float]:
    """The losses as the docstring's formulas have them, firm by firm and round by round."""
    shares = filled(of)
    links = list(zip(of.supplier.tolist(), of.buyer.tolist(), of.product.tolist(), of.essential.tolist(),
                     shares.share.tolist(), strict=True))  # fmt: skip
    own = [1.0 if at in stopped else 0.0 for at in range(of.size)]
    supply, sales = list(own), list(own)
    for _round in range(3000):
        before = (list(supply), list(sales))
        for firm in range(of.size):
            groups: dict[object, list[tuple[float, float]]] = {}
            for at, (supplier, buyer, product, _essential, share) in enumerate(links):
                if buyer != firm:
                    continue
                key: object = product or ("alone", at)
                vital = any(
                    b == firm and (p or ("alone", k)) == key and e == 1
                    for k, (_s, b, p, e, _share) in enumerate(links)
                )
                groups.setdefault(key if vital else None, []).append((share, before[0][supplier]))
            losses = [own[firm]]
            for key, some in groups.items():
                total = sum(share for share, _loss in some)
                if key is None:
                    losses.append(sum(share * loss for share, loss in some))
                elif total > 0:
                    losses.append(sum(share * loss for share, loss in some) / total)
                else:
                    losses.append(sum(loss for _share, loss in some) / len(some))
            supply[firm] = max(losses)
            sold = [(share * shares.spend[b], before[1][b]) for s, b, _p, _e, share in links if s == firm]
            known = 0.0 if np.isnan(of.spend[firm]) else of.spend[firm]
            outlet = max(known, sum(worth for worth, _loss in sold))
            lost = sum(worth * loss for worth, loss in sold) / outlet if outlet else 0.0
            sales[firm] = max(own[firm], lost)
        if max(abs(a - b) for a, b in zip([*supply, *sales], [*before[0], *before[1]], strict=True)) < 1e-13:
            break
    return [max(a, b) for a, b in zip(supply, sales, strict=True)]


@given(PARTS)
@settings(max_examples=60, deadline=None)
def test_the_fast_way_gives_what_the_plain_way_gives(of: Part) -> None:
    fast = cascade(of).indices(range(of.size), FINE)
    weight = cascade(of).weight
    slow = [float(weight @ np.array(plain(of, {firm}))) for firm in range(of.size)]
    assert fast == pytest.approx(slow, abs=1e-6)


@given(PARTS)
@settings(max_examples=150, deadline=None)
def test_an_index_is_at_least_the_own_weight_and_at_most_its_bound_and_one(of: Part) -> None:
    found = cascade(of)
    values = found.indices(range(of.size), FINE)
    assert (values >= found.weight - 1e-9).all()
    assert (values <= found.bounds() + 1e-9).all()
    assert (found.bounds() <= 1.0).all()


@given(PARTS)
@settings(deadline=None)
def test_when_all_stop_all_is_lost(of: Part) -> None:
    found = cascade(of)
    supply, sales = found.stop(range(of.size))
    assert float(found.weight @ np.maximum(supply, sales)) == pytest.approx(1.0)


@given(PARTS, st.integers(1, 8))
@settings(deadline=None)
def test_the_ranking_is_that_of_all_indices(of: Part, top: int) -> None:
    values = cascade(of).indices(range(of.size))
    found = ranked(cascade(of), top)
    assert found.certain
    assert found.index == pytest.approx(np.sort(values)[::-1][:top], abs=1e-9)


def test_the_ranking_stops_early_and_says_so() -> None:
    """Two hundred pairs: nobody can reach further than one partner, so few firms need to be looked at."""
    spend = {f"{end}{i}": 1.0 for i in range(200) for end in "sb"} | {"b7": 100.0}
    of = cascade(part([(f"s{i}", f"b{i}", "p", 1.0, True) for i in range(200)], spend=spend))
    found = ranked(of, 2, most=399)
    assert [of.part.ids[firm] for firm in found.firms] == ["b7", "s7"]
    assert found.index == pytest.approx([101 / 499, 101 / 499])
    assert found.exact < of.part.size
    assert found.certain
    whole = ranked(of, 2)
    assert (whole.exact, whole.certain, whole.bound) == (of.part.size, True, 0.0)


@given(PARTS, st.integers(1, 3), st.integers(1, 7))
@settings(max_examples=200, deadline=None)
def test_nobody_who_was_left_out_exceeds_the_bound_that_is_told(of: Part, top: int, most: int) -> None:
    values = cascade(of).indices(range(of.size), FINE)
    found = ranked(cascade(of), top, most)
    others = np.sort(np.delete(values, found.firms))[::-1]
    assert found.exact <= most or of.size <= most
    worst = others[found.exact - len(found.firms) :] if len(others) else others
    assert worst.max(initial=0.0) <= found.bound + 1e-9
    if found.certain:
        assert found.index == pytest.approx(np.sort(values)[::-1][: len(found.index)], abs=0.01)


def test_a_ranking_that_looked_at_too_few_says_so() -> None:
    pairs = [(f"a{i}", f"b{i}", "p", 0.9, False) for i in range(9)] + [
        (f"b{i}", f"a{i}", "p", 0.9, False) for i in range(9)
    ]
    of = cascade(part(pairs, spend={f"{end}{i}": 1.0 for i in range(9) for end in "ab"}))
    short = ranked(of, 1, most=1)
    assert (short.exact, short.certain) == (1, False)
    assert short.bound >= of.indices(range(18), FINE).max()


def test_a_firm_without_links_has_its_own_weight() -> None:
    assert indices(part([("a", "b", "p")], alone="z", spend={"a": 1, "b": 2, "z": 5}))["z"] == pytest.approx(
        5 / 8
    )
    assert indices(part([], alone="z")) == {"z": 1.0}


def test_an_essential_input_stops_its_buyer_and_another_one_costs_its_share() -> None:
    found = cascade(part([("a", "x", "p", 0.1, True), ("b", "x", "q", 0.4, False)], spend={"x": 100.0}))
    assert found.stop([0])[0].tolist() == [1.0, 0.0, 1.0]
    assert found.stop([1])[0].tolist() == pytest.approx([0.0, 1.0, 0.4])


def test_an_essential_input_of_one_firm_takes_nothing_from_the_inputs_of_its_neighbour() -> None:
    """Their groups were once counted as one, so that either seemed to lose only half."""
    of = part([("a", "f", None), ("a", "e", None, None, True)], alone="abcdef")
    assert cascade(of).stop([0])[0].tolist() == [1.0, 0.0, 0.0, 0.0, 1.0, 1.0]


def test_who_sells_elsewhere_too_loses_only_a_part_of_its_sales() -> None:
    found = cascade(part([("s", "x", "p", 0.2), ("s", "y", "p", 0.1)], spend={"x": 100, "y": 100, "s": 10}))
    assert found.stop([1])[1].tolist() == pytest.approx([2 / 3, 1.0, 0.0])
    broad = cascade(part([("s", "x", "p", 0.2)], spend={"x": 100, "s": 80}))
    assert broad.stop([1])[1].tolist() == pytest.approx([0.25, 1.0])


ESSENTIAL = st.lists(
    st.tuples(st.sampled_from(LETTERS), st.sampled_from(LETTERS), st.sampled_from("pq"), st.none(), st.just(True)).filter(
        lambda link: link[0] != link[1]
    ),
    min_size=1, max_size=14, unique_by=lambda link: link[:3],
)  # fmt: skip


@given(ESSENTIAL, st.data())
@settings(max_examples=150, deadline=None)
def test_a_second_supplier_of_an_essential_input_never_raises_the_index_of_the_first(
    links: list[tuple[str, str, str, None, bool]], data: st.DataObject
) -> None:
    """Nobody who was there before loses more when the first one stops. (The second one may: it has a customer to lose now.)"""
    supplier, buyer, product, *_rest = data.draw(st.sampled_from(links))
    alone = [link for link in links if (link[1], link[2]) != (buyer, product)]
    before = [*alone, (supplier, buyer, product, None, True)]
    after = [*before, ("z", buyer, product, None, True)]
    one, two = (cascade(part(some, alone=LETTERS + "z")) for some in (before, after))
    first = one.part.number[supplier]
    lost = [np.maximum(*of.stop([first], FINE))[:-1] for of in (one, two)]
    assert (lost[1] <= lost[0] + 1e-9).all()


def test_a_loop_settles() -> None:
    """Three firms live on each other's only product: one stop is the stop of all; and a weak loop settles below that."""
    hard = part([("a", "b", "p", None, True), ("b", "c", "p", None, True), ("c", "a", "p", None, True)])
    assert indices(hard) == pytest.approx({"a": 1.0, "b": 1.0, "c": 1.0})
    weak = cascade(
        part([("a", "b", "p", 0.5), ("b", "c", "p", 0.5), ("c", "b", "q", 0.5)], spend={"a": 1000.0})
    )
    assert weak.stop([0], FINE)[0].tolist() == pytest.approx([1.0, 2 / 3, 1 / 3])


def test_what_was_assumed_is_counted() -> None:
    of = filled(part([("a", "x", "p", 0.9, True), ("b", "x", None, 0.6), ("c", "x", "q")], spend={"x": 5}))
    assert of.assumed == {
        "shares_unknown": 1, "shares_scaled": 1, "essential_unknown": 2, "products_unnamed": 1, "spend_unknown": 3,
    }  # fmt: skip
    assert of.share.sum() == pytest.approx(1.0)


def test_unknown_shares_are_equal_among_products_and_then_among_their_suppliers() -> None:
    of = filled(part([("a", "x", "p"), ("b", "x", "p"), ("c", "x", "q"), ("d", "x", "r", 0.4)]))
    assert dict(zip("abcd", of.share.tolist(), strict=True)) == pytest.approx(
        {"a": 0.15, "b": 0.15, "c": 0.3, "d": 0.4}
    )


def test_links_that_stop_are_stopped_whatever_their_supplier_does() -> None:
    of = part([("a", "x", "p", 0.5, True), ("b", "x", "p", 0.5, True)])
    cut: Cascade = cascade(of, np.array([True, False]))
    assert cut.stop([])[0].tolist() == pytest.approx([0.0, 0.0, 0.5])
    assert cut.stop([1])[0].tolist() == pytest.approx([0.0, 1.0, 1.0])
