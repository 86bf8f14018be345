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
    first, last = _days(frame["since"]), _days(frame["until"])
    # How far the rows of the same ends reach before each row: groups are shifted so that none reaches into the next.
    group = np.cumsum((frame[_ENDS] != frame[_ENDS].shift()).any(axis=1).to_numpy())
    shift = group * (int(last.max() - first.min()) + 2)
    reached = np.maximum.accumulate(last + shift)
    begins = np.append(True, first[1:] + shift[1:] > reached[:-1] + 1)
    starts = np.flatnonzero(begins)
    ends = np.append(starts[1:], len(frame)) - 1
    until = np.maximum.reduceat(last, starts).astype("datetime64[D]").astype(str)
    # Of each row the last one before it that gives a share, if that is of its spell.
    share = frame["share"].to_numpy(dtype=float)
    known = np.maximum.accumulate(np.where(np.isnan(share), -1, np.arange(len(share))))[ends]
    found = frame.loc[starts, _ENDS].reset_index(drop=True)
    since = frame["since"].to_numpy(dtype=object)[starts]
    found["first"] = [None if day == _EVER else day for day in since]
    found["last"] = [None if day == _FOREVER else day for day in until.tolist()]
    found["links"] = ends - starts + 1
    found["share"] = np.where(known >= starts, share[known], np.nan)
    return found[list(SPELL_COLUMNS)]


def _days(iso: pd.Series) -> np.ndarray:
    """Days since 1970 as integers."""
    return np.array(iso.tolist(), dtype="datetime64[D]").astype(np.int64)
