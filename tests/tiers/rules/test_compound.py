"""A compound rate that lies on its threshold is compared in exact fractions of the amounts themselves."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from tiers.rules.editions import Measured
from tiers.rules.evaluation import Evaluation
from tiers.rules.facts import Facts, Honours
from tiers.rules.library import library
from tiers.rules.verdicts import NAMES

NONE = np.array([], dtype=object)
NO_HONOURS = Honours(
    np.array([], dtype=np.intp), NONE, NONE, np.array([]),
    np.array([], dtype="datetime64[D]"), np.array([], dtype="datetime64[D]"),
)  # fmt: skip
NOWHERE = np.array([None], dtype=object)


@pytest.mark.parametrize(
    ("before", "last", "verdict"),
    [
        # 1.05² is 1.1025: the middle year, when the firm shrank, does not matter.
        (60_000_000, 66_150_000, "met"),
        (60_000_000, 66_149_999, "unmet"),
        (60_000_000, 66_150_001, "met"),
        (0, 66_150_000, "unknown"),
        (None, 66_150_000, "unknown"),
    ],
)
def test_growth_of_five_per_cent_a_year(before: float | None, last: float, verdict: str) -> None:
    amounts = {2023: before, 2024: 50_000_000, 2025: last}
    facts = Facts(
        day=date(2026, 5, 1),
        firms=np.array(["one"], dtype=object),
        figures={
            ("revenue", year): np.array([np.nan if v is None else v], dtype=float) for year, v in amounts.items()
        },
        evidence={}, titles={}, honours=NO_HONOURS,
        city=NOWHERE, district=NOWHERE, area=NOWHERE, industry=NOWHERE,
    )  # fmt: skip
    edition = library().editions["lg-2026"]
    (growth,) = (c for c in edition.criteria if c.id == "growth")
    assert isinstance(growth, Measured)
    assert NAMES[Evaluation(facts).verdicts(growth, edition, "new")[0]] == verdict
