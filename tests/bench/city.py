"""A register of a million firms with three million titles, written straight into the tables: for reading benchmarks."""

from __future__ import annotations

import os
import random
from datetime import date, timedelta

from registry.house import House
from registry.store.bulk import insert_rows
from registry.store.clock import BEGINNING_TEXT, FOREVER_TEXT
from tests.registry.house import code

FIRMS = int(os.environ.get("BENCH_FIRMS", 1_000_000))
TIERS = [
    ("innovative_sme", "provincial"), ("srdi", "provincial"), ("little_giant", "national"), ("gazelle", "provincial"),
    ("high_tech", "national"), ("tech_sme", "national"),
]  # fmt: skip


def fill(house: House, firms: int = FIRMS) -> None:
    """One firm in fifty lies elsewhere; every firm has three terms of titles, half have figures for 2024."""
    chance = random.Random(5)
    districts = sorted(house.places.districts)
    tables = {kind.id: kind.table for kind in house.kinds.all}
    today = house.clock.today().isoformat()
    step = 50_000
    with house.store.write("bench") as unit:
        for start in range(0, firms, step):
            codes = [code(n) for n in range(start, min(start + step, firms))]
            people, titles, accounts, standings = [], [], [], []
            for n, uscc in enumerate(codes, start):
                name = f"济南{n}科技有限公司"
                place = "370200" if n % 50 == 0 else "370100"
                trade = chance.choice(["C39", "C3911", "I65", "C29"])
                area = chance.choice(["370171", None, None])
                people.append(
                    (
                        uscc,
                        BEGINNING_TEXT,
                        FOREVER_TEXT,
                        name,
                        name,
                        place,
                        chance.choice(districts),
                        area,
                        trade,
                        "private",
                        "company",
                        1,
                        n,
                    )
                )
                for term, (tier, level) in enumerate(chance.sample(TIERS, 3)):
                    issued = date(2019, 1, 1) + timedelta(days=chance.randrange(2500))
                    last = issued + timedelta(days=1095)
                    titles.append((
                        uscc, f"{uscc}|{tier}|{term}", tier, level, "enterprise", issued.isoformat(), last.isoformat(), "new",
                        issued.isoformat(), (last + timedelta(days=1)).isoformat(), 1, 0, 1, n,
                    ))  # fmt: skip
                if n % 2:
                    accounts.append((uscc, 2024, chance.randrange(10**10), 1, n))
                standings.append((uscc, today, "small", "100m", "srdi", "srdi", 0, 0, 0))
            c = unit.connection
            insert_rows(
                c,
                tables["enterprises"],
                (
                    "uscc",
                    "from_day",
                    "to_day",
                    "name",
                    "name_key",
                    "city",
                    "district",
                    "area",
                    "industry",
                    "ownership",
                    "legal_form",
                    "filing",
                    "row",
                ),
                people,
            )
            insert_rows(
                c,
                tables["titles"],
                (
                    "uscc",
                    "key",
                    "tier",
                    "level",
                    "kind",
                    "valid_from",
                    "valid_to",
                    "basis",
                    "issued",
                    "ends_on",
                    "first",
                    "open_term",
                    "filing",
                    "row",
                ),
                titles,
            )
            insert_rows(c, tables["figures"], ("uscc", "year", "revenue", "filing", "row"), accounts)
            standing = tables["titles"].metadata.tables["standing"]
            insert_rows(
                c,
                standing,
                (
                    "uscc",
                    "as_of",
                    "size_class",
                    "revenue_class",
                    "highest_tier",
                    "tiers",
                    "above_scale",
                    "listed",
                    "doubling",
                ),
                standings,
            )
    if house.store.is_sqlite:
        with house.store.engine.connect() as connection:
            connection.exec_driver_sql("analyze")
