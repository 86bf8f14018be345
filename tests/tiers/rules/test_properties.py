"""What must hold of every edition whatever the facts: answers with facts missing stay, more is never worse where the law
says so, points add up, and columns say what plain recursion in exact fractions says."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tiers.rules import naive
from tests.tiers.rules.drawn import changed, drawn, hidden, only, questions
from tiers.rules.climb import near_misses, way_up
from tiers.rules.editions import BestOf, Criterion, Item, Measured, parts_of
from tiers.rules.evaluation import Evaluation
from tiers.rules.explain import Asked
from tiers.rules.facts import Facts
from tiers.rules.library import Composed
from tiers.rules.metrics import METRICS
from tiers.rules.verdicts import MET, NAMES, OUT, UNKNOWN, UNMET, all_of, any_of, none_of

#: A seed stands for a whole draw of facts: firms, years and honours hang together, so single numbers are not drawn apart.
SEED = st.integers(0, 2**32 - 1)
EXAMPLES = int(os.environ.get("RULES_EXAMPLES", 10))
several = settings(max_examples=EXAMPLES, deadline=None, derandomize=bool(os.environ.get("RULES_EXAMPLES")))
VERDICT = st.integers(UNMET, OUT)


@cache
def all_questions() -> tuple[tuple[Composed, str], ...]:
    return tuple(questions())


def asked_of(facts: Facts) -> Iterator[Asked]:
    evaluation = Evaluation(facts)
    for composed, purpose in all_questions():
        yield Asked(evaluation, composed, purpose)


def verdicts(asked: Asked, criterion: Criterion) -> Any:
    return asked.evaluation.verdicts(criterion, asked.edition, asked.purpose)


def lines(asked: Asked) -> Iterator[Item]:
    for table in asked.edition.tables:
        for part in table.classes:
            for item in part.items:
                yield item
                if isinstance(item, BestOf):
                    yield from item.items


def tables(asked: Asked) -> Iterator[str]:
    for table in asked.edition.tables:
        yield table.id
        yield from (f"{table.id}.{part.id}" for part in table.classes)


# Columns and plain recursion -------------------------------------------------------------------------


@given(SEED)
@several
def test_columns_say_what_plain_recursion_says(seed: int) -> None:
    facts = drawn(seed, 2)
    for asked in asked_of(facts):
        judged = asked.evaluation.judge(asked.edition, asked.purpose)
        for at in range(len(facts)):
            firm = naive.Firm(facts, at, asked.edition, asked.purpose)
            where = (asked.edition.id, asked.purpose, at)
            for criterion, _of in asked.nodes():
                assert NAMES[verdicts(asked, criterion)[at]] == firm.ask(criterion), (where, criterion.id)
            for name in tables(asked):
                found = asked.evaluation.points(asked.edition, name, asked.purpose)
                assert _range(found, at) == firm.points(name), (where, name)
            for item in lines(asked):
                found = asked.evaluation.line(item, asked.edition, asked.purpose)
                low, high, open_, judge = firm.line(item)
                assert _range(found, at) == (low, high, open_ and high > low, judge and high > low), (
                    where,
                    item.id,
                )
            assert tuple(NAMES[side[at]] for side in judged) == firm.edition_says(), where


def _range(found: Any, at: int) -> tuple[Any, ...]:
    return found.low[at], found.high[at], bool(found.open[at]), bool(found.judge[at])


@given(SEED)
@several
def test_many_firms_at_once_are_each_judged_alone_in_any_order(seed: int) -> None:
    facts = hidden(drawn(seed, 3), seed)
    order = np.random.default_rng(seed).permutation(len(facts)).tolist()
    alone = [Evaluation(only(facts, [at])) for at in order]
    shuffled = Evaluation(only(facts, order))
    for asked in asked_of(facts):
        together = asked.evaluation.judge(asked.edition, asked.purpose)
        mixed = shuffled.judge(asked.edition, asked.purpose)
        for n, at in enumerate(order):
            single = Asked(alone[n], asked.composed, asked.purpose)
            whole = alone[n].judge(asked.edition, asked.purpose)
            for side in range(2):
                assert together[side][at] == mixed[side][n] == whole[side][0]
            assert asked.document(at) == single.document(0)


# Missing facts ---------------------------------------------------------------------------------------


@given(SEED, SEED)
@several
def test_what_is_answered_with_facts_missing_stays_when_they_come(seed: int, mask: int) -> None:
    facts = drawn(seed)
    for full, part in zip(asked_of(facts), asked_of(hidden(facts, mask)), strict=True):
        where = (full.edition.id, full.purpose)
        for criterion, _of in full.nodes():
            _stays(verdicts(part, criterion), verdicts(full, criterion), (*where, criterion.id))
        for then, now in zip(
            part.evaluation.judge(part.edition, part.purpose), full.evaluation.judge(full.edition, full.purpose), strict=True
        ):  # fmt: skip
            _stays(then, now, where)
        for name in tables(full):
            wide, narrow = (one.evaluation.points(one.edition, name, one.purpose) for one in (part, full))
            assert (wide.low <= narrow.low).all(), (*where, name)
            assert (narrow.high <= wide.high).all(), (*where, name)


def _stays(before: Any, after: Any, where: Any) -> None:
    settled = (before == MET) | (before == UNMET) | (before == OUT)
    assert (after[settled] == before[settled]).all(), where


@given(SEED, SEED)
@several
def test_an_unknown_answer_names_what_is_missing(seed: int, mask: int) -> None:
    for asked in asked_of(hidden(drawn(seed), mask)):
        _verdict, computed = asked.evaluation.judge(asked.edition, asked.purpose)
        for at in np.flatnonzero(computed == UNKNOWN):
            unknown: list[Any] = [c for c, _of in asked.tops() if asked.verdict_of(c, int(at)) == UNKNOWN]
            # Growth from nothing, or an honour of no known rank, is no fact that anybody could fill in; and here the size is
            # drawn by itself, not worked out from what it rests on.
            if all(
                type(c) is Measured
                and c.metric != "sme"
                and METRICS[c.metric].under is None
                and not METRICS[c.metric].growth
                for c in unknown
            ):
                assert asked.missing(int(at)), asked.edition.id


# The algebra of verdicts -----------------------------------------------------------------------------


def column(verdicts: list[int]) -> list[Any]:
    return [np.array([verdict], dtype=np.int8) for verdict in verdicts]


@given(st.lists(VERDICT, max_size=5))
def test_all_and_any_agree_with_the_plain_words(parts: list[int]) -> None:
    names = [NAMES[part] for part in parts]
    assert NAMES[all_of(column(parts), 1)[0]] == naive.all_of(names)
    assert NAMES[any_of(column(parts), 1)[0]] == naive.any_of(names)


@given(st.lists(VERDICT, max_size=5), st.integers(0, 5))
def test_the_laws_of_all_and_any(parts: list[int], at: int) -> None:
    whole = all_of(column(parts), 1)[0]
    assert none_of(all_of(column(parts), 1))[0] == any_of([none_of(c) for c in column(parts)], 1)[0]
    assert none_of(none_of(np.array([whole], dtype=np.int8)))[0] == whole
    with_out = [*parts[:at], OUT, *parts[at:]]
    assert all_of(column(with_out), 1)[0] == whole
    assert any_of(column(with_out), 1)[0] == any_of(column(parts), 1)[0]
    assert all_of(column(parts[::-1]), 1)[0] == whole
    assert all_of(column([*parts, *parts]), 1)[0] == whole


def test_verdicts_are_decided_by_the_most_pressing_part() -> None:
    """In words, so that no other code is needed to see that it is right."""
    words = {name: number for number, name in enumerate(NAMES)}
    for parts, all_said, any_said in [
        ("", "not_applicable", "not_applicable"), ("met unmet", "unmet", "met"), ("met unknown", "unknown", "met"),
        ("unmet unknown", "unmet", "unknown"), ("met manual_review", "manual_review", "met"),
        ("unmet manual_review", "unmet", "manual_review"), ("unknown manual_review", "unknown", "unknown"),
        ("met not_applicable", "met", "met"), ("unmet not_applicable", "unmet", "unmet"),
    ]:  # fmt: skip
        found = column([words[part] for part in parts.split()])
        assert NAMES[all_of(found, 1)[0]] == all_said, parts
        assert NAMES[any_of(found, 1)[0]] == any_said, parts


# More is never worse ---------------------------------------------------------------------------------


def more_research(facts: Facts) -> dict[str, Any]:
    found = {}
    for back in (1, 2, 3):
        year = facts.day.year - back
        rd, cost, revenue = (facts.figure(name, year) for name in ("rd_expense", "total_cost", "revenue"))
        # Within revenue and costs: beyond them it is a finding, not more.
        more = np.maximum(np.minimum(rd * 2 + 1, np.minimum(cost, revenue)), rd)
        found |= {
            f"rd_expense_{back}": more,
            f"rd_domestic_{back}": facts.figure("rd_domestic", year) + more - rd,
        }
    return found


def more_main_revenue(facts: Facts) -> dict[str, Any]:
    year = facts.day.year - 1
    main, revenue = facts.figure("main_revenue", year), facts.figure("revenue", year)
    return {"main_revenue_1": np.minimum(main * 1.5 + 1, np.maximum(revenue, main))}


def less_debt(facts: Facts) -> dict[str, Any]:
    return {"total_liabilities_1": np.floor(facts.figure("total_liabilities", facts.day.year - 1) / 2)}


def more_rights(facts: Facts) -> dict[str, Any]:
    return {"ip1_count": facts.of_day("ip1_count") + 1}


def longer(facts: Facts) -> dict[str, Any]:
    return {"niche_years": facts.of_day("niche_years") + 1}


@pytest.mark.parametrize(
    "better,facts",
    [
        (more_research, {"rd_expense", "rd_domestic"}), (more_main_revenue, {"main_revenue"}), (more_rights, {"ip1_count"}),
        (less_debt, set()), (longer, {"niche_years"}),
    ],
)  # fmt: skip
@given(seed=SEED)
@several
def test_more_is_never_worse(better: Callable[[Facts], dict[str, Any]], facts: set[str], seed: int) -> None:
    before = drawn(seed)
    after = changed(before, **better(before))
    for then, now in zip(asked_of(before), asked_of(after), strict=True):
        for criterion, _of in then.nodes():
            if not _capped_by(criterion, facts):
                met = verdicts(then, criterion) == MET
                assert (verdicts(now, criterion)[met] != UNMET).all(), (then.edition.id, criterion.id)
        for name in tables(then):
            old, new = (one.evaluation.points(one.edition, name, one.purpose) for one in (then, now))
            assert (new.low >= old.low).all(), (then.edition.id, name)
            assert (new.high >= old.high).all(), (then.edition.id, name)


def _capped_by(criterion: Criterion, facts: set[str]) -> bool:
    """Whether the law itself wants little of one of the facts: a ceiling, or a share of which it is the whole."""
    if isinstance(criterion, Measured):
        metric = METRICS[criterion.metric]
        return (metric.under in facts and facts != {"rd_expense", "rd_domestic"}) or (
            bool(facts & set(metric.over)) and criterion.op in ("at_most", "less_than")
        )
    return any(_capped_by(part, facts) for part in parts_of(criterion))


# Points ----------------------------------------------------------------------------------------------


@given(SEED, st.booleans())
@several
def test_points_add_up(seed: int, complete: bool) -> None:
    facts = drawn(seed) if complete else hidden(drawn(seed), seed)
    for asked in asked_of(facts):
        points, edition, purpose = asked.evaluation.points, asked.edition, asked.purpose
        for table in edition.tables:
            whole = points(edition, table.id, purpose)
            classes = [points(edition, f"{table.id}.{part.id}", purpose) for part in table.classes]
            for side in ("low", "high"):
                assert (getattr(whole, side) == sum(getattr(one, side) for one in classes)).all()
                for part, one in zip(table.classes, classes, strict=True):
                    of_lines = sum(
                        getattr(asked.evaluation.line(item, edition, purpose), side) for item in part.items
                    )
                    assert (getattr(one, side) == np.minimum(of_lines, float(part.most))).all()
            assert (whole.low >= 0).all()
            assert (whole.low <= whole.high).all()
            assert (whole.high <= float(table.most)).all()
        for item in lines(asked):
            line = asked.evaluation.line(item, edition, purpose)
            assert (line.high <= float(item.most)).all()
            assert ((line.high > line.low) == (line.open | line.judge)).all(), (edition.id, item.id)


# Exactly on the line ---------------------------------------------------------------------------------


@given(st.integers(1, 40), st.integers(1, 10**7), st.sampled_from([-1, 0, 1]))
def test_a_compound_rate_is_compared_exactly(percent: int, size: int, beside: int) -> None:
    """(1 + p %)² in whole yuan: one yuan less fails."""
    facts = drawn(0, 1)
    figures = {
        "revenue_3": [10_000 * size],
        "revenue_2": [1],
        "revenue_1": [size * (100 + percent) ** 2 + beside],
    }
    criterion = _of("revenue_growth", "compound", percent)
    assert _said(changed(facts, **figures), criterion) == (UNMET if beside < 0 else MET)


@given(st.integers(0, 40), st.integers(-30, 30), st.integers(1, 10**6), st.sampled_from([-1, 0, 1]))
def test_a_mean_of_growths_is_compared_exactly(percent: int, off: int, size: int, beside: int) -> None:
    """p − d and p + d per cent average to p."""
    first, second = 100 + percent - off, 100 + percent + off
    figures = {
        "main_revenue_3": [10_000 * size], "main_revenue_2": [100 * size * first],
        "main_revenue_1": [size * first * second + beside],
    }  # fmt: skip
    figures |= {name.removeprefix("main_"): amount for name, amount in figures.items()}
    criterion = _of("main_revenue_growth", "mean", percent)
    assert _said(changed(drawn(0, 1), **figures), criterion) == (UNMET if beside < 0 else MET)


@given(st.integers(1, 1000), st.integers(1, 10**9), st.sampled_from([-1, 0, 1]))
def test_a_share_is_compared_exactly(per_mille: int, size: int, beside: int) -> None:
    figures = {"rd_expense_1": [size * per_mille + beside], "revenue_1": [2000 * size]}
    criterion = _of("rd_ratio", "last", 0)
    object.__setattr__(criterion, "threshold", naive.Fraction(per_mille, 2000))
    assert _said(changed(drawn(0, 1), **figures), criterion) == (UNMET if beside < 0 else MET)


def _of(metric: str, how: Any, percent: int) -> Measured:
    return Measured(
        id="it", zh="", en="", clause="", provenance="official", metric=metric, op="at_least",
        threshold=naive.Fraction(percent, 100), how=how, years=1 if how == "last" else 2,
    )  # fmt: skip


def _said(facts: Facts, criterion: Criterion) -> int:
    edition = all_questions()[0][0].edition
    return int(Evaluation(facts).verdicts(criterion, edition, "new")[0])


# Facts that cannot be --------------------------------------------------------------------------------

#: what is set → the finding it must be; beside it the facts on which nothing may pass.
ABSURD: list[tuple[dict[str, float], str, set[str]]] = [
    ({"total_assets_1": 0, "total_liabilities_1": 5}, "debts_without_assets", {"total_liabilities"}),
    ({"total_liabilities_1": -1}, "impossible_number", {"total_liabilities"}),
    ({"revenue_1": 0, "rd_expense_1": 5}, "zero_revenue", {"revenue/"}),
    ({"revenue_1": 100, "rd_expense_1": 101}, "rd_above_revenue", {"rd_expense/revenue"}),
    ({"revenue_1": -100}, "impossible_number", {"revenue"}),
    ({"revenue_1": np.inf}, "impossible_number", {"revenue"}),
    ({"revenue_1": 1e300}, "impossible_number", {"revenue"}),
    ({"main_revenue_1": np.inf}, "impossible_number", {"main_revenue"}),
    ({"main_revenue_1": 11, "revenue_1": 10}, "part_above_whole", {"main_revenue/revenue"}),
    ({"product_revenue_1": 11, "revenue_1": 10}, "part_above_whole", {"product_revenue/revenue"}),
    ({"hitech_revenue_1": 11, "revenue_1": 10}, "part_above_whole", {"hitech_revenue/revenue"}),
    ({"rd_domestic_3": 11, "rd_expense_3": 10}, "part_above_whole", {"rd_domestic/rd_expense"}),
    ({"rd_staff_1": 11, "employees_1": 10}, "part_above_whole", {"rd_staff/employees"}),
    ({"tech_staff_1": 11, "employees_1": 10}, "part_above_whole", {"tech_staff/employees"}),
    ({"rd_expense_1": 11, "total_cost_1": 10, "revenue_1": 10}, "part_above_whole", {"rd_expense/total_cost"}),
    ({"employees_1": -1}, "impossible_number", {"employees"}), ({"net_profit_1": -np.inf}, "impossible_number", {"net_profit"}),
    ({"market_share": 1.5}, "impossible_number", {"market_share"}),
    ({"rank_national": 0}, "impossible_number", {"rank_national"}),
    ({"rank_world": -3}, "impossible_number", {"rank_world"}), ({"ip1_count": -1}, "impossible_number", {"ip1_count"}),
    ({"ip1_self_count": 5, "ip1_count": 1}, "class_one_rights", {"ip1_self_count"}),
    ({"ip1_high_value_count": 5, "ip1_count": 1}, "class_one_rights", {"ip1_high_value_count"}),
    ({"niche_before_founding": 1, "niche_years": np.nan}, "niche_before_founding", {"niche_years"}),
]  # fmt: skip


@pytest.mark.parametrize("numbers,finding,upon", ABSURD)
@given(seed=SEED)
@settings(max_examples=3, deadline=None)
def test_what_cannot_be_is_found_and_nothing_passes_on_it(
    numbers: dict[str, float], finding: str, upon: set[str], seed: int
) -> None:
    facts = drawn(seed, 2)
    odd = changed(facts, **{name: [value] * 2 for name, value in numbers.items()})
    for asked in asked_of(odd):
        assert finding in asked.findings(0)
        for criterion in _leaves(asked):
            metric = METRICS[criterion.metric]
            rests = {*metric.over, *((metric.under,) if metric.under else ()), f"{metric.under}/",
                     f"{metric.over[0]}/{metric.under}"}  # fmt: skip
            if upon & rests and criterion.how in ("last", "each", "pooled", "compound"):
                assert (verdicts(asked, criterion) != MET).all(), (asked.edition.id, criterion.id)


def _leaves(asked: Asked) -> Iterator[Measured]:
    def under(criterion: Criterion) -> Iterator[Measured]:
        if isinstance(criterion, Measured):
            yield criterion
        for part in parts_of(criterion):
            yield from under(part)

    for criterion, _of in asked.tops():
        yield from under(criterion)
    for item in lines(asked):
        for rung in getattr(item, "rungs", ()):
            if rung.condition is not None:
                yield from under(rung.condition)


@given(SEED, st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=1, max_size=8))
@several
def test_no_number_brings_the_rules_down(seed: int, numbers: list[float]) -> None:
    facts, chance = drawn(seed, 2), np.random.default_rng(seed)

    def spoil(column: Any) -> Any:
        return np.where(chance.random(len(column)) < 0.5, chance.choice(numbers, size=len(column)), column)

    scales = {"rd_institution", *(name for name in facts.evidence if set(facts.evidence[name]) <= {0, 1})}
    spoilt = {
        f"{fact}_{facts.day.year - year}": spoil(column) for (fact, year), column in facts.figures.items()
    }
    spoilt |= {fact: spoil(column) for fact, column in facts.evidence.items() if fact not in scales}
    for asked in asked_of(changed(facts, **spoilt)):
        near_misses(asked)
        for at in range(2):
            orjson.dumps([asked.document(at), way_up(asked, at)])
