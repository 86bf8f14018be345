"""The record kinds of this room: what a row must say, what may be left out, and which record it speaks of."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from registry import codes
from registry.kind import Kind, Record, Row
from registry.kinds import check_name, check_present
from registry.settings import Settings
from tiers import boards, fields, terms
from tiers.models import AboveScale, Application, Doubling, Listing, Title
from tiers.whole_list import titles_whole, whole


def kinds(_settings: Settings) -> tuple[Kind, ...]:
    return (
        Kind("titles", "title", "titles", "称号", "Titles", Title, fields.TITLES, "dates",
             key=("tier", "level", "kind", "series"), by_name=True, required=("tier",),
             list_day=("issued_on", "valid_from", "revoked_on"), check=_title_check, settle=_title_settle,
             finish=terms.settle, whole_list=titles_whole, announced=1),
        Kind("applications", "application", "applications", "申报", "Applications", Application, fields.APPLICATIONS, "spans",
             key=("tier", "level", "purpose", "round"), effective="stage_on", by_name=True,
             required=("tier", "stage", "stage_on"), list_day=("stage_on",), check=_application_check, announced=2),
        Kind("listings", "listing", "listings", "上市", "Listings", Listing, fields.LISTINGS, "dates",
             key=("board", "stage", "stage_on"), by_name=True, required=("board", "stage", "stage_on"),
             list_day=("stage_on",), check=_listing_check, announced=3),
        Kind("above-scale", "above_scale", "above_scale", "规上工业", "Above-scale", AboveScale, fields.ABOVE_SCALE, "dates",
             key=("entered_on",), by_name=True, list_day=("entered_on", "left_on"),
             check=_membership_check, settle=_membership_settle, whole_list=whole(AboveScale, ()), announced=3),
        Kind("doubling", "doubling", "doubling", "倍增计划", "Doubling", Doubling, fields.DOUBLING, "dates",
             key=("programme", "entered_on"), by_name=True, required=("programme",), list_day=("entered_on", "left_on"),
             check=_doubling_check, settle=_membership_settle, whole_list=whole(Doubling, ("programme",)), announced=3),
    )  # fmt: skip


@cache
def _tier(id: str) -> dict[str, str]:
    return next(row for row in codes.load("codes/tiers").rows if row["id"] == id)


def _level_and_kind(row: Row) -> None:
    """Fill the tier's own level; refuse a level that the tier does not have (a provincial little giant)."""
    values = row.values
    if not values.get("tier"):
        check_present(row, "tier")
        return
    tier = _tier(values["tier"])
    if not values.get("level") and tier["level"]:
        values["level"] = tier["level"]
    if values.get("level") and values["level"] not in codes.several(tier["levels"]):
        row.note("value_unknown", "level", values["level"], "refused")
    check_present(row, "level")


def _title_check(row: Row, today: str) -> None:
    check_name(row, today)
    _level_and_kind(row)
    values = row.values
    if values.get("tier"):
        values.setdefault("kind", "enterprise")
        allowed = codes.several(_tier(values["tier"])["kinds"]) or ("enterprise",)
        if values["kind"] not in allowed:
            row.note("value_unknown", "kind", values["kind"], "refused")
    values["series"] = values.get("batch") or values.get("document") or values.get("issued_on")
    _order(row, "valid_from" if values.get("valid_from") else "issued_on", "valid_to")


def _order(row: Row, start: str, end: str) -> None:
    first, last = row.values.get(start), row.values.get(end)
    if first and last and last < first:
        row.note("date_order", end, f"{first} – {last}", "refused")


def _title_settle(row: Row, records: Sequence[Record], _today: str) -> None:
    """Find the term that a row without batch, document and day of issue speaks of; refuse a term that never starts."""
    values = row.values
    same = [r for r in records if all(r.get(part) == values.get(part) for part in ("tier", "level", "kind"))]
    if not values.get("series"):
        if len(same) == 1:
            values["series"] = same[0]["key"].rsplit("|", 1)[1]
        elif values.get("valid_from"):
            values["series"] = values["valid_from"]
    held = next((r for r in same if r["key"].rsplit("|", 1)[1] == str(values.get("series"))), None)
    if held is None and not (values.get("issued_on") or values.get("valid_from")):
        row.note("term_missing", "issued_on", None, "refused")
        return
    start = values.get("valid_from") or values.get("issued_on") or (held or {}).get("valid_from")
    for end in ("valid_to", "revoked_on"):
        if (
            values.get(end)
            and start
            and values[end] < start
            and not any(n.code == "date_order" for n in row.notes)
        ):
            row.note("date_order", end, f"{start} – {values[end]}", "refused")
    if held is None:
        values.setdefault("basis", "new")


def _application_check(row: Row, today: str) -> None:
    check_name(row, today)
    _level_and_kind(row)
    row.values.setdefault("purpose", "new")
    check_present(row, "round", "stage", "stage_on")


def _listing_check(row: Row, today: str) -> None:
    check_name(row, today)
    typed = row.values.get("board")
    if typed and boards.is_vague(typed):
        board = boards.main_board(row.values.get("code") or "")
        if board is None:
            row.note("value_unknown", "board", typed, "refused")
        row.values["board"] = board
    check_present(row, "board", "stage", "stage_on")


def _doubling_check(row: Row, today: str) -> None:
    _membership_check(row, today)
    check_present(row, "programme")


def _membership_check(row: Row, today: str) -> None:
    check_name(row, today)
    _order(row, "entered_on", "left_on")


def _membership_settle(row: Row, records: Sequence[Record], _today: str) -> None:
    """A row without its day of entry speaks of the membership that is open, or enters on the complete list's day."""
    values = row.values
    if values.get("entered_on"):
        return
    day = values.get("complete_on")
    here = [r for r in records if r.get("programme") == values.get("programme")]
    current: list[Record] = [r for r in here if not r.get("left_on") or (day and r["left_on"] > day)]
    if current:
        values["entered_on"] = max(r["entered_on"] for r in current)
    elif day:
        values["entered_on"] = day
    else:
        row.note("term_missing", "entered_on", None, "refused")
