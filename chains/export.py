"""Chains and suppliers as files: GraphML for programs that read graphs, workbooks and tables for people."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import networkx as nx
import pandas as pd
from flask_babel import gettext as _

from chains.documents import Seen
from chains.facts import Held
from chains.nodes import Nodes, link_records
from chains.suppliers import Supplied, supplier_records
from registry import words
from registry.export import write_sheets
from registry.kind import Record
from registry.places import Places
from registry.room import Sheet
from registry.shell.languages import language
from tiers.names import full_name


def graphml(seen: Seen) -> bytes:
    """The members of a chain and the links between them, in GraphML. What is unknown is left out; several titles or roles
    stand in one text, parted by semicolons."""
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(
        chain=_clean(seen.chain.name), as_of=seen.network.day.isoformat()
    )
    nodes = Nodes(seen.network)
    ids = seen.network.nodes["id"].tolist()
    for one in seen.members:
        who = nodes[one.number]
        titles = ";".join(f"{tier}:{level}" for tier, level in seen.titles.get(who["uscc"] or "", ()))
        about = {**who, "roles": ";".join(one.roles), "stage": one.stage, "titles": titles}
        graph.add_node(
            _clean(ids[one.number]), **_told({part: about[part] for part in about if part != "node"})
        )
    for link in link_records(seen.links):
        said = {
            "product": link["product"], "share_of_buyer_spend": link["share"], "essential": link["essential"],
            "since": link["since"], "until": link["until"], "source": link["source"], "filing": int(link["filing"]),
            "row": int(link["row"]), "conflict": link["conflict"],
        }  # fmt: skip
        graph.add_edge(
            _clean(ids[link["supplier"]]), _clean(ids[link["buyer"]]), key=str(link["at"]), **_told(said)
        )
    out = io.BytesIO()
    nx.write_graphml(graph, out, encoding="utf-8", prettyprint=True)
    return out.getvalue()


def _told(values: Record) -> Record:
    return {
        name: _clean(value) if isinstance(value, str) else value
        for name, value in values.items()
        if value not in (None, "")
    }


def _clean(text: str) -> str:
    """Without the control characters that XML does not know."""
    return "".join(c for c in text if c >= " " or c in "\t\n")


def chain_workbook(seen: Seen, places: Places) -> bytes:
    """Stages, members and links, a sheet each."""
    stages = [
        (stage.name, stage.order, product, _word("chain_state", state))
        for stage in seen.chain.stages
        for product, state in stage.products or (("", None),)
    ]
    sheets = (
        Sheet(_("Stages and products"), (_("Stage"), _("Order"), _("Product"), _("State")), stages),
        Sheet(_("Firms"), member_header(), list(member_rows(seen, places))),
        Sheet(_("Links"), link_header(), list(link_rows(seen))),
    )
    with TemporaryDirectory() as folder:
        out = Path(folder) / "chain.xlsx"
        write_sheets(out, sheets)
        return out.read_bytes()


def member_header() -> tuple[str, ...]:
    return (_("Credit code"), _("Name"), _("Part in the chain"), _("Stage"), _("District"), _("Functional area"),
            _("Where it is"), _("Titles"))  # fmt: skip


def member_rows(seen: Seen, places: Places) -> Iterator[tuple[Any, ...]]:
    nodes = Nodes(seen.network)
    for one in seen.members:
        who = nodes[one.number]
        yield (
            who["uscc"], who["name"], "；".join(_word("role", role) or "" for role in one.roles) or _("supplier"), one.stage,
            places.label(who["district"], language()) or None, places.label(who["area"], language()) or None,
            whereabouts(who), titles_text(seen.titles, who["uscc"]) or None,
        )  # fmt: skip


def link_header() -> tuple[str, ...]:
    return (_("Supplier"), _("Credit code of the supplier"), _("Buyer"), _("Credit code of the buyer"), _("Product"),
            _("Share of the buyer's spend"), _("Essential"), _("From"), _("To"), _("Sources differ"), _("Filing"),
            _("Row"))  # fmt: skip


def link_rows(seen: Seen) -> Iterator[tuple[Any, ...]]:
    nodes = Nodes(seen.network)
    for link in link_records(seen.links):
        supplier, buyer = nodes[link["supplier"]], nodes[link["buyer"]]
        yield (
            supplier["name"], supplier["uscc"], buyer["name"], buyer["uscc"], link["product"], _percent(link["share"]),
            _yes_no(link["essential"]), link["since"], link["until"], _("yes") if link["conflict"] else None,
            int(link["filing"]), int(link["row"]),
        )  # fmt: skip


def supplier_header() -> tuple[str, ...]:
    return (_("Depth"), _("Supplier"), _("Credit code of the supplier"), _("Buyer"), _("Product"),
            _("Share of the buyer's spend"), _("Essential"), _("From"), _("To"), _("Where it is"), _("Titles"),
            _("Sources differ"), _("Filing"), _("Row"))  # fmt: skip


def supplier_rows(seen: Supplied, links: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    for one in supplier_records(seen, Nodes(seen.network), links):
        yield (
            int(one["depth"]), one["name"], one["uscc"], one["buyer_name"], one["product"],
            _percent(one["share_of_buyer_spend"]), _yes_no(one["essential"]), one["since"], one["until"], whereabouts(one),
            titles_text(seen.titles, one["uscc"]) or None, _("yes") if one["conflict"] else None, int(one["filing"]),
            int(one["row"]),
        )  # fmt: skip


def whereabouts(who: Record) -> str:
    """In the city, elsewhere, no longer in business, or not on the register."""
    if who["status"] == "outside":
        return str(_("not on the register"))
    if who["status"] != "active":
        return _word("status", who["status"]) or ""
    return str(_("in the city") if who["here"] else _("elsewhere"))


def titles_text(titles: Mapping[str, tuple[Held, ...]], uscc: str | None) -> str:
    return "；".join(full_name(tier, level) for tier, level in titles.get(uscc or "", ()))


def _percent(share: str | None) -> str | None:
    """``0.125`` as 12.5%, which the import reads back."""
    return None if share is None else f"{float(share) * 100:.6g}%"


def _yes_no(flag: bool | None) -> str | None:
    return None if flag is None else _word("yes_no", "yes" if flag else "no")


def _word(vocabulary: str, id: str | None) -> str | None:
    return words.label(vocabulary, id, language()) or None
