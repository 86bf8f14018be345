"""Nodes and links of the graph as plain records, for documents and pages. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd

from chains.network import Network
from registry.kind import Record


def said(value: Any) -> Any:
    """A cell of a frame, where NaN is nothing."""
    return None if value is None or value != value else value


def ratio(value: float | None) -> str | None:
    """A share as decimal text of six places at most; None for unknown."""
    if value is None or value != value:
        return None
    text = f"{Decimal(repr(float(value))).quantize(Decimal('0.000001')):f}"
    return text.rstrip("0").rstrip(".")


def iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


class Nodes:
    """Who a node is, by its number: ``uscc`` (None for an outside party), ``node`` (its id in the graph), ``name``,
    ``here``, ``status``, ``district``, ``area``."""

    def __init__(self, network: Network) -> None:
        parts = ("uscc", "id", "name", "here", "status", "district", "area")
        self._columns = [network.node_columns[part] for part in parts]

    def __getitem__(self, number: int) -> Record:
        uscc, node, name, here, status, district, area = (column[number] for column in self._columns)
        return {
            "uscc": uscc, "node": node, "name": name, "here": here, "status": status, "district": district, "area": area,
        }  # fmt: skip


def link_records(links: pd.DataFrame) -> Iterator[Record]:
    """Links of a frame, ends as numbers; everything that the frame has besides keeps its name."""
    if links.empty:
        return
    columns = list(links.columns)
    for row in zip(*(links[column].tolist() for column in columns), strict=True):
        link = dict(zip(columns, row, strict=True))
        essential = said(link["essential"])
        yield link | {
            "product": link["product"] or None,
            "share": ratio(link["share"]),
            "essential": None if essential is None else bool(essential),
            "since": said(link["since"]),
            "until": said(link["until"]),
            "conflict": bool(link["conflict"]),
        }
