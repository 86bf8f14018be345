"""The record kinds of this room: chains, links between firms, demands and what came of them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from chains import fields
from chains.ends import ends, firms, written
from chains.models import (
    ChainRole,
    ChainStage,
    Demand,
    IntegrationAction,
    Invitation,
    MatchAnswer,
    MatchEvent,
    Meeting,
    Offer,
    Outcome,
    SupplyLink,
)
from chains.references import referring
from registry import words
from registry.kind import Kind, Record, Row
from registry.kinds import check_name, check_present
from registry.naming.normal import normal_form
from registry.places import Places, places
from registry.settings import Settings

_SUFFIX = re.compile(r"(标志性)?产业链(群)?$")
_BETWEEN = re.compile(r"[;；、,，|\n]+")


def kinds(settings: Settings) -> tuple[Kind, ...]:
    at_home = places(settings.city.code)
    return (
        Kind("chains", "chain", "chains", "产业链", "Chains", ChainStage, fields.CHAINS, "dates",
             key=("stage", "product"), subject="chain", about="chain", check=_chain_check),
        Kind("roles", "role", "roles", "链上角色", "Chain roles", ChainRole, fields.ROLES, "dates",
             key=("chain", "role", "from"), by_name=True, required=("chain", "role"), list_day=("from",),
             check=_role_check),
        Kind("links", "link", "links", "供应关系", "Supply links", SupplyLink, fields.LINKS, "dates",
             key=("supplier", "product", "from"), subject="buyer", about="node", required=("supplier",),
             parties=("supplier", "buyer"), written=written("supplier", "buyer"), check=_link_check,
             resolve=ends("supplier", "buyer", subject="buyer", until="to", share="share_of_buyer_spend")),
        Kind("demands", "demand", "demands", "需求", "Demands", Demand, fields.DEMANDS, "dates",
             key=(), subject="id", about="demand", check=_demand_check(at_home),
             parties=("buyer",), written=written("buyer"), resolve=ends("buyer", subject="id", day="due_on")),
        Kind("offers", "offer", "offers", "能力", "Offers", Offer, fields.OFFERS, "dates",
             key=("product",), by_name=True, required=("product",), check=_offer_check),
        Kind("answers", "match_answer", "match_answers", "匹配答复", "Match answers", MatchAnswer, fields.ANSWERS, "dates",
             key=("uscc",), subject="demand", about="demand", required=("uscc", "answer"), check=_answer_check,
             parties=("uscc",), resolve=referring(firms("uscc", subject="demand"))),
        Kind("events", "match_event", "match_events", "对接活动", "Matchmaking events", MatchEvent, fields.EVENTS, "dates",
             key=(), subject="event", about="event", check=_event_check),
        Kind("invitations", "invitation", "invitations", "活动邀请", "Invitations", Invitation, fields.INVITATIONS, "dates",
             key=("demand", "uscc"), subject="event", about="event", required=("state",), check=_invitation_check,
             parties=("uscc",), resolve=referring(firms("uscc", subject="event"))),
        Kind("meetings", "meeting", "meetings", "洽谈安排", "Meetings", Meeting, fields.MEETINGS, "dates",
             key=("demand", "uscc"), subject="event", about="event", required=("demand", "uscc"), check=_meeting_check,
             parties=("uscc",), resolve=referring(firms("uscc", subject="event"))),
        Kind("actions", "integration_action", "integration_actions", "携手行动", "Integration actions", IntegrationAction,
             fields.ACTIONS, "dates", key=("resource", "title"), by_name=True, required=("resource", "title"),
             list_day=("opened_on",), check=_action_check),
        Kind("outcomes", "outcome", "outcomes", "对接成效", "Outcomes", Outcome, fields.OUTCOMES, "spans",
             key=("supplier", "product"), effective="stage_on", subject="buyer", about="node",
             required=("supplier", "stage", "stage_on"), check=_outcome_check, finish=_first_stage,
             parties=("supplier", "buyer"), written=written("supplier", "buyer"),
             resolve=referring(ends("supplier", "buyer", subject="buyer", day="stage_on", until="stage_on"))),
    )  # fmt: skip


def chain_name(typed: str) -> str:
    """One name for one chain: 氢能产业链 and 氢能 are the same."""
    text = unicodedata.normalize("NFKC", typed).strip()
    return _SUFFIX.sub("", text) or text


def _chain(row: Row) -> None:
    if row.values.get("chain"):
        row.values["chain"] = chain_name(row.values["chain"])


def _order(row: Row, start: str, end: str) -> None:
    first, last = row.values.get(start), row.values.get(end)
    if first and last and last < first:
        row.note("date_order", end, f"{first} – {last}", "refused")


def _number(row: Row, field: str) -> None:
    """What is put on record under a number has a page by it, and a slash would end the address."""
    if "/" in (number := row.values.get(field) or ""):
        row.note("slash_in_number", field, number, "refused")


def _chain_check(row: Row, _today: str) -> None:
    """A row with nothing but its chain puts the chain on record: it says that it has no stage yet."""
    _chain(row)
    if row.values.get("chain") and not any(row.values.get(f) for f in ("stage", "product", "state", "order")):
        row.values["stage"] = None
    if row.values.get("product") and not row.values.get("stage"):
        row.note("stage_missing", "stage", row.values["product"], "refused")


def _role_check(row: Row, today: str) -> None:
    check_name(row, today)
    _chain(row)
    check_present(row, "chain", "role")
    _order(row, "from", "to")


def _link_check(row: Row, _today: str) -> None:
    _order(row, "from", "to")


def _demand_check(at_home: Places) -> Callable[[Row, str], None]:
    """Words and places become ids; a demand that says nothing is still on record, and says so."""

    def check(row: Row, _today: str) -> None:
        values = row.values
        _chain(row)
        _number(row, "id")
        _several(row, "tiers_wanted", lambda word: words.read("tier", word), "value_unknown")
        _several(row, "districts", lambda typed: _unit(at_home, typed), "district_unknown")
        if not (values.get("title") or values.get("detail")):
            row.note("demand_without_words", "title", values.get("id"))

    return check


def _unit(at_home: Places, typed: str) -> str | None:
    place = at_home.read_district(typed)
    return place.area or place.district


def _several(row: Row, field: str, read: Callable[[str], str | None], code: str) -> None:
    """Read each entry of a cell; those that cannot be read are noted and left out. Words of a table have no comma in them, so
    one parts entries as a semicolon does."""
    typed = row.values.get(field)
    if not typed:
        return
    found: dict[str, None] = {}
    for entry in filter(None, map(str.strip, _BETWEEN.split(typed))):
        id = read(entry)
        if id is None:
            row.note(code, field, entry)
        else:
            found[id] = None
    if found:
        row.values[field] = ";".join(found)
    else:
        del row.values[field]


def _offer_check(row: Row, today: str) -> None:
    check_name(row, today)
    check_present(row, "product")
    if normal_form(row.values.get("product") or "") in ("全部", "所有", "不限", "各类", "一切", "ALL", "ANY"):
        row.note("offer_for_everything", "product", row.values["product"], "refused")


def _answer_check(row: Row, today: str) -> None:
    row.values.setdefault("on", today)
    check_present(row, "uscc", "answer")


def _event_check(row: Row, _today: str) -> None:
    _chain(row)
    _number(row, "event")
    for field in ("tables", "slots", "slot_minutes", "meetings_per_firm"):
        if row.values.get(field) == 0:
            row.note("number_unreadable", field, "0", "refused")


def _invitation_check(row: Row, _today: str) -> None:
    check_present(row, "state")
    if not (row.values.get("demand") or row.values.get("uscc")):
        row.note("nobody_invited", "uscc", None, "refused")


def _meeting_check(row: Row, _today: str) -> None:
    check_present(row, "demand", "uscc")


def _action_check(row: Row, today: str) -> None:
    check_name(row, today)
    check_present(row, "resource", "title")
    _chain(row)
    _order(row, "opened_on", "closed_on")


def _outcome_check(row: Row, _today: str) -> None:
    check_present(row, "stage", "stage_on")


def _first_stage(records: list[Record]) -> None:
    """A span before the first stage is known is no outcome yet."""
    records[:] = [record for record in records if record.get("stage") and record.get("supplier")]
