"""What a firm's suppliers look like: by depth, how much of them is local, how concentrated, who came and who left. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import numpy as np
import pandas as pd

from chains.neighbourhood import upstream
from chains.network import Network, in_force

#: Shares that add up to more than this say that some of them are wrong.
WHOLE = 1.0005
_OPEN = "9999-12-31"


@dataclass(frozen=True)
class Local:
    """Direct suppliers by count and by spend. ``firms`` of them belong to the city, of ``unknown`` (outside parties) the
    place is not known. Spend as ratios of the buyer's whole spend: ``here``, ``elsewhere`` (that of outside parties not
    counted in), ``unstated`` what no link gives; all None where no share is on record or they make no sense together.
    ``stated``: the sum of the shares, None where there are none."""

    firms: int
    of: int
    unknown: int
    here: float | None
    elsewhere: float | None
    unstated: float | None
    stated: float | None

    @property
    def share(self) -> float | None:
        """At least this part of the suppliers is local."""
        return self.firms / self.of if self.of else None

    @property
    def outside(self) -> float | None:
        """The part of the spend that goes to outside parties, whose place is not known."""
        if self.stated is None or self.here is None or self.elsewhere is None:
            return None
        return round(max(0.0, self.stated - self.here - self.elsewhere), 9)

    @property
    def too_much(self) -> bool:
        return self.stated is not None and self.stated > WHOLE


@dataclass(frozen=True)
class Concentration:
    """Herfindahl–Hirschman index of the spend, 0 to 1. ``least``: what is unstated is spread over very many; ``most``: it
    goes to one more supplier. ``top``: who gets most, with its share."""

    least: float
    most: float
    top: int
    share: float


@dataclass(frozen=True)
class Spell:
    """Years in a row in which one party supplied; ISO days, None where open."""

    since: str | None
    until: str | None

    def holds(self, on: str) -> bool:
        return (self.since is None or self.since <= on) and (self.until is None or on <= self.until)

    @property
    def years(self) -> tuple[int, ...]:
        """The calendar years that it touches; none where it has no end or no beginning."""
        if self.since is None or self.until is None:
            return ()
        return tuple(range(int(self.since[:4]), int(self.until[:4]) + 1))


@dataclass(frozen=True)
class Turnover:
    """Direct suppliers against a day a year before: ``before`` is how many there were then. ``former``: who supplied once
    and does not now, with all its spells."""

    before: int
    newcomers: tuple[int, ...]
    leavers: tuple[int, ...]
    former: tuple[tuple[int, tuple[Spell, ...]], ...]


def supplies(network: Network, number: int, depth: int | None = 1) -> pd.DataFrame:
    """The links through which a firm is supplied, ``depth`` steps deep (None: to the end): rows of ``network.links`` with
    ``depth`` and ``at`` (their row there), the nearest first, the largest share before those unknown. A supplier stands
    at its least depth, so loops add nothing."""
    far = upstream(network, number, depth)
    links = network.links
    suppliers, buyers = links["supplier"].to_numpy(), links["buyer"].to_numpy()
    on_the_way = np.flatnonzero((far[buyers] >= 0) & (far[suppliers] == far[buyers] + 1))
    found = links.iloc[on_the_way].assign(depth=far[suppliers[on_the_way]], at=on_the_way)
    if depth is not None:
        found = found[found["depth"] <= depth]
    return found.sort_values(
        ["depth", "share", "supplier", "buyer", "product"],
        ascending=[True, False, True, True, True],
        na_position="last",
        kind="stable",
    ).reset_index(drop=True)


def customers(network: Network, number: int) -> pd.DataFrame:
    """The links through which a firm supplies others, by customer and product, with ``at`` as in ``supplies``."""
    rows = np.flatnonzero(network.links["supplier"].to_numpy() == number)
    return network.links.iloc[rows].assign(at=rows)


def local(network: Network, direct: pd.DataFrame) -> Local:
    """How much of the direct suppliers is local. ``direct``: links of depth 1."""
    status = network.nodes["status"].to_numpy()
    here = network.nodes["here"].to_numpy(dtype=bool)
    suppliers = direct["supplier"].unique()
    outside = status[suppliers] == "outside"
    firms, of, unknown = int(here[suppliers].sum()), len(suppliers), int(outside.sum())
    known = direct[direct["share"].notna()]
    if known.empty:
        return Local(firms, of, unknown, None, None, None, None)
    stated = float(known["share"].sum())
    if stated > WHOLE:
        return Local(firms, of, unknown, None, None, None, stated)
    whose = known["supplier"].to_numpy()
    at_home = float(known["share"].to_numpy()[here[whose]].sum())
    away = float(known["share"].to_numpy()[~here[whose] & (status[whose] != "outside")].sum())
    return Local(firms, of, unknown, at_home, away, max(0.0, 1 - stated), stated)


def concentration(direct: pd.DataFrame) -> Concentration | None:
    """How much the spend hangs on few; None where no share is on record, or they add up to more than the whole."""
    by_supplier = direct.groupby("supplier")["share"].sum(min_count=1).dropna()
    if by_supplier.empty or (total := float(by_supplier.sum())) > WHOLE:
        return None
    least = float((by_supplier**2).sum())
    top = int(by_supplier.index[int(by_supplier.to_numpy().argmax())])
    return Concentration(
        min(least, 1.0), min(least + max(0.0, 1 - total) ** 2, 1.0), top, float(by_supplier[top])
    )


def turnover(network: Network, number: int, year_before: date) -> Turnover:
    """Who came and who left since ``year_before``, and who supplied at any time before the network's day."""
    past = network.past[network.past["buyer"] == number]
    now = set(network.links.loc[network.links["buyer"] == number, "supplier"].tolist())
    then = set(in_force(past, year_before)["supplier"].tolist())
    on = network.day.isoformat()
    gone = past[~past["supplier"].isin(now) & past["until"].notna() & (past["until"] < on)]
    told = spells(gone[["supplier", "since", "until"]].itertuples(index=False, name=None))
    former = [(int(str(key[0])), held) for key, held in told.items()]
    return Turnover(
        len(then),
        tuple(sorted(now - then)),
        tuple(sorted(then - now)),
        tuple(sorted(former, key=lambda one: (_negative(one[1][-1].until), one[0]))),
    )


def _negative(day: str | None) -> int:
    """Sorts days the latest first."""
    return -int((day or _OPEN).replace("-", ""))


def spells(rows: Iterable[tuple[object, ...]]) -> dict[tuple[object, ...], tuple[Spell, ...]]:
    """(…, since, until) → spells by what stands before the two: terms that touch are one, so disclosures of years in a row
    read as one relation."""
    held: dict[tuple[object, ...], list[tuple[str, str]]] = defaultdict(list)
    for *whose, since, until in rows:
        # A frame holds NaN where nothing is said.
        held[tuple(whose)].append(
            (since if isinstance(since, str) else "", until if isinstance(until, str) else _OPEN)
        )
    found: dict[tuple[object, ...], tuple[Spell, ...]] = {}
    for key, terms in held.items():
        joined: list[list[str]] = []
        for since, until in sorted(terms):
            if joined and since <= _day_after(joined[-1][1]):
                joined[-1][1] = max(joined[-1][1], until)
            else:
                joined.append([since, until])
        found[key] = tuple(Spell(a or None, None if b == _OPEN else b) for a, b in joined)
    return found


@lru_cache(maxsize=4096)
def _day_after(day: str) -> str:
    return day if day == _OPEN else (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def present_spells(network: Network, found: pd.DataFrame) -> list[Spell]:
    """For each row of ``found`` the spell of its (supplier, buyer, product) that holds on the network's day."""
    past, on = network.past, network.day.isoformat()
    within = past[
        past["buyer"].isin(found["buyer"].unique()) & past["supplier"].isin(found["supplier"].unique())
    ]
    columns = ["supplier", "buyer", "product"]
    held = spells(within[[*columns, "since", "until"]].itertuples(index=False, name=None))
    return [
        next((spell for spell in held.get(key, ()) if spell.holds(on)), Spell(None, None))
        for key in found[columns].itertuples(index=False, name=None)
    ]
