"""Management units side by side: shares, changes, order."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tiers.ranking import Ranking, ranking

ORDER = ["srdi", "innovative_sme"]


def document(**units: tuple[int, int, int]) -> dict[str, Any]:
    """unit → (srdi, innovative, listed) firms; ``unknown`` last as in counts."""
    units.setdefault("unknown", (0, 0, 0))
    rows = [
        {
            "key": key,
            "targets": {"quality-firms": {"value": srdi + innovative}, "listed": {"value": listed}},
            "quality": {"firms_by_highest_tier": {"srdi": srdi, "innovative_sme": innovative}},
        }
        for key, (srdi, innovative, listed) in units.items()
    ]
    sums = [sum(numbers[at] for numbers in units.values()) for at in range(3)]
    return {
        "targets": [{"id": "quality-firms", "value": sums[0] + sums[1]}, {"id": "listed", "value": sums[2]}],
        "quality": {"firms_by_highest_tier": {"srdi": sums[0], "innovative_sme": sums[1]}},
        "by": rows,
    }


NOW = document(a=(1, 4, 2), b=(6, 4, 0), c=(0, 5, 1))
THEN = document(a=(1, 2, 2), b=(7, 7, 0))


def ranked(sort: str = "") -> Ranking:
    return ranking(NOW, [THEN], ["listed"], ORDER, sort)


def test_units_are_ranked_and_equals_share_a_rank() -> None:
    assert [(line.key, line.rank) for line in ranked().lines] == [
        ("b", 1), ("a", 2), ("c", 2), ("unknown", None),
    ]  # fmt: skip


def test_any_column_sorts_and_the_unknown_stay_last() -> None:
    assert [line.key for line in ranked("listed").lines] == ["b", "c", "a", "unknown"]
    assert [line.key for line in ranked("-highest:innovative_sme").lines] == ["c", "a", "b", "unknown"]
    by_unit = ranked("unit")
    assert [(line.key, line.rank) for line in by_unit.lines] == [(key, None) for key in ("a", "b", "c", "unknown")]  # fmt: skip
    assert ranked("nonsense").sort == "-quality-firms"


def test_shares_and_changes_add_up_to_the_city() -> None:
    found = ranked()
    for column in found.columns:
        cells = [line.cells[column] for line in found.lines]
        assert sum(cell.value for cell in cells) == found.total[column].value
        assert abs(sum(cell.share or 0 for cell in cells) - 1) < Decimal("0.001")
    assert found.total["quality-firms"].since == (3,)
    assert [line.cells["quality-firms"].since for line in found.lines] == [(-4,), (2,), (None,), (0,)]


def test_a_city_without_any_has_no_shares() -> None:
    nobody = ranking(document(a=(0, 0, 0)), [], ["listed"], ORDER, "")
    assert nobody.lines[0].cells["listed"].share is None
    assert nobody.top("listed") == 0
    assert not nobody.broken_down
