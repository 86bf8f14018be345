"""对接活动: events with their guests, the agenda by slot and table, and what is said of its meetings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from chains.blueprint import chains_blueprint
from chains.events import acting
from chains.events.agenda import Proposal, document, out_of_date, without_meeting
from chains.events.clashing import faults
from chains.events.documents import DOCX, agenda_book, agenda_sheets, agenda_word, reason_name
from chains.events.reading import (
    ACCEPTED,
    CANCELLED,
    DECLINED,
    HELD,
    INVITED,
    MISSED,
    PLANNED,
    Occasion,
    Seat,
    demands_of,
    events,
    open_demands,
    sizes,
)
from chains.events.record_form import choices, fields_of, problems_by_field, record_form
from chains.events.results import figures_document, reported, results, took_part_in
from chains.events.scores import wanted_of
from chains.events.typed import firms_typed
from chains.matching.ranking import search_all
from chains.matching.weights import weights
from chains.permissions import READ, WRITE
from registry.pages.blueprint import TYPES, attachment, plain, table_file
from registry.said import SaidError
from registry.shell.access import actor, allow
from registry.shell.languages import language
from registry.shell.serving import house

blueprint = chains_blueprint()
VIEWS = ("grid", "tables", "firms")
#: Whoever is more tables than this is listed by table instead of drawn as a grid.
WIDEST = 40
ANSWERS = (INVITED, ACCEPTED, DECLINED, CANCELLED)
CHANGES = (
    "title", "chain", "held_on", "starts_at", "place", "tables", "slots", "slot_minutes", "meetings_per_firm", "state",
)  # fmt: skip
#: So many firms are proposed for each demand.
SUGGESTED = 8
FORM = ("event", *CHANGES[:-1])


@blueprint.get("/events", endpoint="events")
@allow(READ)
def events_page() -> str:
    """All events with how many were invited and come, and the counts that are reported."""
    with house().store.read() as connection:
        found, counted = events(connection), sizes(connection)
    return render_template(
        "chains/events.html",
        events=found,
        sizes=counted,
        figures=reported(house()),
        today=house().clock.today(),
    )


@blueprint.get("/events/figures<suffix>")
@allow(READ)
def export_figures(suffix: str) -> Response:
    """The reported counts as a table, amounts in plain yuan."""
    header = [_("Year"), _("Chain"), _("Events held"), _("Attendances"), _("Firms that took part"), _("of them SRDI"),
              _("SRDI share"), _("Intents"), _("Intents (yuan)"), _("Contracts"), _("Contracts (yuan)")]  # fmt: skip
    rows = [
        (one["year"], one["chain"] or _("all"), one["events"], one["attendances"], one["firms"], one["srdi"],
         None if one["srdi_share"] is None else float(one["srdi_share"]), one["intents"]["number"], one["intents"]["amount"],
         one["contracts"]["number"], one["contracts"]["amount"])
        for one in figures_document(reported(house()))
    ]  # fmt: skip
    return table_file("matchmaking", suffix, _("Matchmaking figures"), header, rows)


def _year(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) == 4 else None


@blueprint.get("/events/firms")
@allow(READ)
def took_part() -> str:
    """The firms behind a number of those that took part, with the events."""
    year, chain, srdi = (
        request.args.get("year", ""),
        request.args.get("chain", ""),
        request.args.get("srdi", ""),
    )
    rows = took_part_in(house(), _year(year), chain or None, bool(srdi))
    return render_template("chains/took_part.html", rows=rows, year=year, chain=chain, srdi=srdi)


@blueprint.get("/events/firms/export<suffix>")
@allow(READ)
def export_took_part(suffix: str) -> Response:
    year, chain, srdi = (
        request.args.get("year", ""),
        request.args.get("chain", ""),
        request.args.get("srdi", ""),
    )
    rows = took_part_in(house(), _year(year), chain or None, bool(srdi))
    header = [_("Credit code"), _("Firm"), _("Events"), _("SRDI")]
    cells = [
        (one.uscc, one.name, "；".join(name for _id, name in one.events), _("yes") if one.srdi else _("no"))
        for one in rows
    ]
    return table_file("took-part", suffix, _("Firms that took part"), header, cells)


@blueprint.get("/events/new")
@allow(WRITE)
def new_event() -> str:
    return _new_form({})


@blueprint.post("/events/new")
@allow(WRITE)
def create_event() -> str | Response:
    typed = {name: request.form.get(name, "").strip() for name in FORM}
    try:
        id = acting.new_event(house(), {k: v for k, v in typed.items() if v}, actor().id)
    except SaidError as error:
        return _new_form(typed, error)
    flash(_("The event is on record."), "good")
    return redirect(url_for("chains.event", id=id), code=303)


def _new_form(typed: Mapping[str, str], error: SaidError | None = None) -> str:
    shown = {
        "tables": "10",
        "slots": "6",
        "slot_minutes": "20",
        "meetings_per_firm": "4",
        "starts_at": "9:00",
    }
    return record_form(
        "events", FORM, typed or shown, error, _("New event"), url_for("chains.create_event"),
        (_("Matchmaking events"), url_for("chains.events")),
        {"event": _("left empty, it gets one from its day"), "starts_at": _("such as 9:00")},
        needed=("held_on", "tables", "slots"),
    )  # fmt: skip


@blueprint.get("/events/<id>")
@allow(READ)
def event(id: str) -> str:
    """One event: guests with their answers, the agenda, who has no meeting and why, and what came of it."""
    return _page(id)


def _page(id: str, typed: Mapping[str, str] | None = None, error: SaidError | None = None) -> str:
    here, today = house(), house().clock.today()
    held = _held(id)
    found = without_meeting(here, held) if held.standing else Proposal([], {}, {})
    with here.store.read() as connection:
        unasked = [
            one for one in open_demands(connection, held.event.held_on or today) if one not in held.demands
        ]
        wanted = demands_of(connection, unasked, today)
        came = results(connection, today)
    view = request.args.get("view", "")
    wide = (held.event.tables or 0) > WIDEST
    per_guest: dict[str, int] = defaultdict(int)
    for seat in held.standing:
        per_guest[seat.demand] += 1
        per_guest[seat.firm] += 1
    return render_template(
        "chains/event.html",
        held=held,
        event=held.event,
        found=found,
        per_guest=per_guest,
        view=view if view in VIEWS else "tables" if wide else "grid",
        grid=None if wide else _grid(held),
        by_table=_grouped(held, lambda seat: seat.table or 0),
        by_firm=_grouped(held, lambda seat: seat.firm),
        stale=out_of_date(held),
        faults=[one.in_language(language()) for one in faults(held)],
        movable=[seat for seat in held.standing if seat.state == PLANNED],
        unplaced=len(found.demands) + len(found.firms),
        not_asked=[(one.id, f"{one.title} · {one.buyer_name}") for one in wanted.values()],
        steps=[step for step in came.steps if step.event == id],
        came=came,
        asked_for=[(id, f"{held.needs[id].title} · {held.needs[id].buyer_name}") for id in held.demands],
        change_controls=[(f, choices(f) if f.vocabulary else None) for f in fields_of("events", CHANGES)],
        typed=typed if typed is not None else _typed(held),
        errors=problems_by_field(error),
        reason_name=reason_name,
        today=today,
    )


def _typed(held: Occasion) -> dict[str, str]:
    return {name: str(value) for name in CHANGES if (value := getattr(held.event, name)) is not None}


def _held(id: str) -> Occasion:
    try:
        return acting.look(house(), id)
    except acting.NoEventError as error:
        abort(404, description=error.in_language(language()))


def _grid(held: Occasion) -> list[tuple[int, str | None, list[list[Seat]]]]:
    """(slot, its time, the meetings at each table: one, unless a list on record says two)."""
    at: dict[tuple[int | None, int | None], list[Seat]] = defaultdict(list)
    for seat in held.standing:
        at[seat.slot, seat.table].append(seat)
    tables = range(1, (held.event.tables or 0) + 1)
    return [
        (slot, held.event.time_of(slot), [at[slot, table] for table in tables])
        for slot in range(1, (held.event.slots or 0) + 1)
    ]


def _grouped(held: Occasion, by: Callable[[Seat], Any]) -> dict[Any, list[Seat]]:
    found: dict[Any, list[Seat]] = defaultdict(list)
    for seat in held.standing:
        found[by(seat)].append(seat)
    return dict(sorted(found.items(), key=lambda item: str(item[0]).zfill(6)))


# Acts ------------------------------------------------------------------------------------------------------


def _done(id: str, act: Callable[[], str], part: str = "") -> Response:
    """Do it and say so, or say why not."""
    _held(id)
    try:
        flash(act(), "good")
    except SaidError as error:
        flash(error.in_language(language()), "bad")
    view = request.form.get("view") or None
    return redirect(url_for("chains.event", id=id, view=view, _anchor=part), code=303)


@blueprint.post("/events/<id>/change")
@allow(WRITE)
def change_event(id: str) -> str | Response:
    _held(id)
    typed = {name: request.form.get(name, "").strip() for name in CHANGES}
    try:
        acting.change_event(house(), id, {k: v for k, v in typed.items() if v}, actor().id)
    except SaidError as error:
        return _page(id, typed, error)
    flash(_("The event is on record."), "good")
    return redirect(url_for("chains.event", id=id), code=303)


@blueprint.post("/events/<id>/invite")
@allow(WRITE)
def invite(id: str) -> Response:
    """Invite demands that are open, and firms by their codes or full names."""

    def act() -> str:
        codes, strange = firms_typed(house(), request.form.get("codes", ""))
        if strange:
            raise acting.UnknownGuestsError(strange)
        demands = request.form.getlist("demand")
        acting.invite(house(), id, demands, codes, INVITED, actor().id, request.form.get("for", ""))
        n = len(demands) + len(codes)
        return str(ngettext("%(num)s invitation is on record.", "%(num)s invitations are on record.", n))

    return _done(id, act, "guests")


@blueprint.get("/events/<id>/suggestions")
@allow(WRITE)
def suggestions(id: str) -> str:
    """The firms of the city that suit the invited demands best, with reasons, to be invited."""
    held = _held(id)
    needs = [
        held.needs[one] for one, guest in held.demands.items() if guest.may_come and held.needs[one].known
    ]
    found = search_all(house(), [wanted_of(need) for need in needs], SUGGESTED)
    return render_template(
        "chains/event_suggestions.html",
        held=held,
        event=held.event,
        found=list(zip(needs, found, strict=True)),
        weak=weights()["weak"],
        spoken=language(),
    )


@blueprint.post("/events/<id>/suggestions")
@allow(WRITE)
def invite_suggested(id: str) -> Response:
    """Invite the ticked firms, each for the demand that it was proposed for."""
    ticked = [(one.rpartition("|")[0], one.rpartition("|")[2]) for one in request.form.getlist("guest")]

    def act() -> str:
        acting.invite_for(house(), id, ticked, actor().id)
        return str(
            ngettext("%(num)s invitation is on record.", "%(num)s invitations are on record.", len(ticked))
        )

    return _done(id, act, "guests")


@blueprint.post("/events/<id>/answers")
@allow(WRITE)
def answers(id: str) -> Response:
    """What the ticked guests said; who does not come any more leaves the agenda at once."""
    state = request.form.get("state", "")
    if state not in ANSWERS:
        abort(400)
    demands, firms = request.form.getlist("demand"), request.form.getlist("firm")

    def act() -> str:
        before = len(_held(id).standing)
        acting.invite(house(), id, demands, firms, state, actor().id)
        if not before or state not in (DECLINED, CANCELLED):
            return str(
                ngettext(
                    "%(num)s answer is on record.",
                    "%(num)s answers are on record.",
                    len(demands) + len(firms),
                )
            )
        acting.mend(house(), id, actor().id)
        return str(_("The answers are on record; the agenda is brought up to date, and nobody else moves."))

    return _done(id, act, "agenda" if state in (DECLINED, CANCELLED) else "guests")


@blueprint.post("/events/<id>/agenda")
@allow(WRITE)
def make_agenda(id: str) -> Response:
    """Plan the agenda, or (``mend``) bring the one on record up to date."""

    def act() -> str:
        if request.form.get("mend"):
            made = acting.mend(house(), id, actor().id)
        else:
            made = acting.plan(house(), id, actor().id, open_too=bool(request.form.get("open")))
        return str(
            ngettext(
                "The agenda has %(num)s meeting.", "The agenda has %(num)s meetings.", len(made.meetings)
            )
        )

    return _done(id, act, "agenda")


@blueprint.post("/events/<id>/move")
@allow(WRITE)
def move_meetings(id: str) -> Response:
    """One meeting to another slot and table, or (``from_table``) all that are planned at a table to others."""
    number = {
        name: _whole(request.form.get(name, ""))
        for name in ("slot", "table", "from_table", "seen")
        if request.form.get(name)
    }
    demand, _bar, firm = request.form.get("meeting", "").rpartition("|")

    def act() -> str:
        if "from_table" in number:
            n = acting.clear_table(house(), id, number["from_table"], actor().id, number.get("seen"))
            return str(
                ngettext(
                    "%(num)s meeting has another place; nobody else moved.",
                    "%(num)s meetings have another place; nobody else moved.",
                    n,
                )
            )
        if not demand or not {"slot", "table"} <= number.keys():
            raise acting.NothingNamedError
        exchange = bool(request.form.get("exchange"))
        acting.move(
            house(),
            id,
            (demand, firm),
            number["slot"],
            number["table"],
            actor().id,
            exchange=exchange,
            seen=number.get("seen"),
        )
        return str(_("The meeting has another place; nobody else moved."))

    return _done(id, act, "agenda")


def _whole(text: str) -> int:
    """The number sent; 0, which no slot or table has, where it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0


@blueprint.post("/events/<id>/meetings")
@allow(WRITE)
def say_of_meetings(id: str) -> Response:
    """The ticked meetings, or all that are planned, were held or missed."""
    state = request.form.get("state", "")
    if state not in (HELD, MISSED):
        abort(400)
    ticked = [tuple(one.rsplit("|", 1)) for one in request.form.getlist("meeting") if "|" in one]

    def act() -> str:
        asked = ticked or [
            (seat.demand, seat.firm)
            for seat in _held(id).standing
            if seat.state == "planned" and request.form.get("all")
        ]
        acting.say_of_meetings(house(), id, [(one[0], one[1]) for one in asked], state, actor().id)
        return str(ngettext("%(num)s meeting is on record.", "%(num)s meetings are on record.", len(asked)))

    return _done(id, act, "agenda")


@blueprint.get("/events/<id>/agenda<suffix>")
@allow(READ)
def agenda_file(id: str, suffix: str) -> Response:
    """The agenda as Word (by slot, per table, per firm), as a workbook of the same, or as .csv."""
    held, name = _held(id), f"agenda-{id}"
    told = document(held, without_meeting(house(), held), bool(held.standing))
    sheets = agenda_sheets(told)
    if suffix == ".docx":
        headers = {
            "Content-Disposition": f'attachment; filename="{plain(name)}.docx"',
            "Cache-Control": "no-store",
        }
        return Response(agenda_word(told, sheets), mimetype=DOCX, headers=headers)
    if suffix not in TYPES:
        abort(404)
    if suffix == ".csv":
        return table_file(name, suffix, sheets[0].title, sheets[0].header, sheets[0].rows)
    return attachment(agenda_book(sheets), name, suffix)
