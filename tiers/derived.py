"""What follows from one firm's records on a day: size class, revenue class, highest tier. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from registry.house import House
from registry.kind import Record
from tiers.standing import highest_tier, revenue_classes
from tiers.targets import revenue_year


def derived(house: House, records: Mapping[str, Sequence[Record]], as_of: date) -> Mapping[str, Any]:
    """``{"size_class", "revenue_class", "highest_tier"}`` from folded records, for the revenue year of the day."""
    # pandas takes a second to load, and most commands never come here.
    import numpy as np
    import pandas as pd

    from tiers.size import size_classes

    day = as_of.isoformat()
    year = revenue_year(as_of, house.settings)
    accounts: Record = next((r for r in records.get("figures", ()) if r["year"] == year), {})
    profile: Record = next((r for r in records["enterprise"] if r["from_day"] <= day < r["to_day"]), {})
    names = ("employees", "revenue", "total_assets")
    frame = pd.DataFrame(
        [{"industry": profile.get("industry"), **{name: accounts.get(name) for name in names}}]
    )
    revenue = accounts.get("revenue")
    tiers = {r["tier"] for r in records.get("title", ()) if r["valid_from"] <= day < r["ends_on"]}
    return {
        "size_class": str(size_classes(frame)[0]),
        "revenue_class": str(revenue_classes(np.array([np.nan if revenue is None else float(revenue)]))[0]),
        "highest_tier": highest_tier(tiers, house.settings.quality.order),
    }
