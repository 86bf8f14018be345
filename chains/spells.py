"""Yearly disclosures shown as what they are: one relation over the years in which it was disclosed. Pure."""

from __future__ import annotations

import numpy as np
import pandas as pd

SPELL_COLUMNS = ("supplier", "buyer", "product", "first", "last", "links", "share")
_ENDS = ["supplier", "buyer", "product"]
_EVER, _FOREVER = "0001-01-01", "9999-12-31"


def spells(past: pd.DataFrame) -> pd.DataFrame:
    """Links that follow each other without a day between them (2019, 2020, 2021), or overlap, as one.

    ``past``: links as ``Network.past`` has them: ``supplier``, ``buyer``, ``product``, ``share`` (float, NaN unknown),
    ``since``, ``until`` (ISO days, None: open), ``filing``, ``row``. Gives, in the order of the ends and then of time,
    one row per spell: ``first`` and ``last`` (ISO days, None: open), ``links`` (how many rows it is made of), ``share`` of
    the row that begins last among those that give one, of several the one filed last; NaN where none does.
    """
    if past.empty:
        return pd.DataFrame({name: [] for name in SPELL_COLUMNS}).astype(
            {"supplier": np.int64, "buyer": np.int64, "links": np.int64, "share": float}
        )
    frame = past[[*_ENDS, "share", "since", "until", "filing", "row"]].copy()
    frame["since"] = frame["since"].where(frame["since"].notna(), _EVER)
    frame["until"] = frame["until"].where(frame["until"].notna(), _FOREVER)
    frame = frame.sort_values([*_ENDS, "since", "filing", "row"], kind="stable").reset_index(drop=True)
    group = frame.groupby(_ENDS, sort=False).ngroup().to_numpy()
    first, last = _days(frame["since"]), _days(frame["until"])
    # How far the rows of the group reach before each row; a group is shifted as a whole so that none reaches into the next.
    span = int(last.max() - first.min()) + 2
    shifted = np.maximum.accumulate(last + group * span)
    before = np.concatenate(([first.min() - 2], shifted[:-1]))
    begins = (first + group * span) > before + 1
    begins[0] = True
    frame["spell"] = np.cumsum(begins)
    frame["known"] = frame["share"]  # the last one that is known, as GroupBy.last leaves out NaN
    found = frame.groupby("spell", sort=True).agg(
        supplier=("supplier", "first"), buyer=("buyer", "first"), product=("product", "first"), first=("since", "min"),
        last=("until", "max"), links=("row", "size"), share=("known", "last"),
    )  # fmt: skip
    found["first"] = found["first"].where(found["first"] != _EVER, None)
    found["last"] = found["last"].where(found["last"] != _FOREVER, None)
    return found.reset_index(drop=True)[list(SPELL_COLUMNS)]


def _days(iso: pd.Series) -> np.ndarray:
    """Days since 1970 as integers."""
    return np.array(iso.tolist(), dtype="datetime64[D]").astype(np.int64)
