"""Firms chosen from the register: tag them, set one field of their profiles, or take them away as a file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import parse_qsl

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from registry.bulk_filing import (
    NOT_YOURS,
    Act,
    ChangedError,
    Rehearsed,
    file_act,
    profile_fields,
    rehearse,
    tag_fields,
    tags,
)
from registry.editing import OTHER_UNIT
from registry.house import House
from registry.intake.headers import HeaderError
from registry.intake.problems import message
from registry.kind import Field, Kind
from registry.naming.codes import read_code
from registry.pages.asked import page_number
from registry.pages.blueprint import blueprint
from registry.pages.choice import Choice, Choices
from registry.pages.inputs import left_to_the_city
from registry.pages.narrowing import conditions, narrowed_by, query_of
from registry.pages.register import exported
from registry.pages.values import place, shown
from registry.queries import chosen_firms, codes_of_firms, firms_of_codes
from registry.refusals import RefusedError
from registry.shell import tables
from registry.shell.access import actor, allow
from registry.shell.languages import language
from registry.shell.serving import house
from registry.words import vocabulary

#: Chosen firms shown by name; the others are counted.
NAMED = 12
#: Firms of a rehearsal on one page.
PER_PAGE = 100
CLEARED = "清空"


@blueprint.post("/firms/chosen")
@allow("register.read")
def choose_firms() -> Response:
    """Keep what was ticked, or all that the list holds, and go on with it."""
    here, form = house(), request.form
    arguments = MultiDict(parse_qsl(form.get("query", ""), keep_blank_values=False))
    whole = form.get("all") == "yes"
    most = here.settings.limits.bulk
    day = here.clock.today()
    narrowed = narrowed_by(here, arguments, actor().unit)
    with here.store.read() as connection:
        if whole:
            codes = codes_of_firms(connection, here, narrowed, day, most + 1)
        else:
            ticked = [code for typed in form.getlist("uscc") if (code := read_code(typed).code)]
            codes = chosen_firms(connection, ticked[: most + 1], actor().unit, day)
    query = query_of(narrowed)
    back = url_for("registry.register") + (f"?{query}" if query else "")
    if not codes:
        flash(_("Choose firms first: tick them in the list, or all that fit."), "warn")
        return redirect(back, code=303)
    if len(codes) > most:
        flash(
            _("More than %(n)s firms cannot be taken at once; narrow the list first.", n=f"{most:,}"), "warn"
        )
        return redirect(back, code=303)
    choice = _choices().keep(actor().id, codes, query, whole)
    return redirect(url_for("registry.chosen", token=choice.token), code=303)


@blueprint.get("/firms/chosen/<token>")
@allow("register.read")
def chosen(token: str) -> str:
    """What can be done with the chosen firms. ``kind``: the kind of tag whose form is open."""
    choice = _choice_or_404(token)
    return _page(choice, request.args.get("kind", ""), {}, [])


def _page(choice: Choice, kind_id: str, typed: dict[str, str], errors: list[tuple[str, str]]) -> str:
    here = house()
    known = {kind.id: kind for kind in tags(here)}
    kind = known.get(kind_id) or next(iter(known.values()), None)
    settable = profile_fields(here)
    return render_template(
        "registry/chosen.html",
        choice=choice,
        firms=_named(here, choice.codes[:NAMED]),
        conditions=_conditions(here, choice),
        back=f"{url_for('registry.register')}?{choice.query}",
        kinds=list(known.values()),
        kind=kind,
        tag_fields=tag_fields(kind) if kind else [],
        fields=settable,
        one=next(
            (f for f in settable if f.id == (typed.get("field") or request.args.get("field"))), settable[0]
        ),
        options=_options,
        typed=typed,
        errors=errors,
        today=here.clock.today(),
    )


@blueprint.post("/firms/chosen/<token>/tag")
@allow("filings.write")
def tag_chosen(token: str) -> str | Response:
    """Rehearse a record of a kind for each of the chosen firms."""
    choice = _choice_or_404(token)
    kind = next((k for k in tags(house()) if k.id == request.form.get("kind")), None)
    if kind is None:
        abort(400, description=_("The form says nothing about what the firms are to be tagged with."))
    offered = tag_fields(kind)
    values = {f.id: said for f in offered if (said := request.form.get(f"tag-{f.id}", "").strip())}
    errors = [(f"tag-{f.id}", _("%(field)s is wanted.", field=_term(f))) for f in offered
              if f.id in kind.required and f.id not in values]  # fmt: skip
    typed = {f"tag-{id}": said for id, said in values.items()}
    if errors:
        return _page(choice, kind.id, typed, errors)
    return _rehearsed(choice, Act(kind.id, values), kind.id, typed)


@blueprint.post("/firms/chosen/<token>/set")
@allow("filings.write")
def set_chosen(token: str) -> str | Response:
    """Rehearse one value of one profile field for each of the chosen firms."""
    choice = _choice_or_404(token)
    here, form = house(), request.form
    field = next((f for f in profile_fields(here) if f.id == form.get("field")), None)
    if field is None:
        abort(400, description=_("The form says nothing about which field to set."))
    value = CLEARED if form.get("clear") == "yes" else form.get("value", "").strip()
    meaning = "correction" if form.get("meaning") == "correction" else "change"
    day = form.get("day", "").strip() if meaning == "change" else ""
    typed = {
        "field": field.id,
        "value": value,
        "meaning": meaning,
        "day": day,
        "clear": form.get("clear", ""),
    }
    if not value:
        return _page(choice, "", typed, [("value", _("Give the value that the firms are to have."))])
    try:
        day = date.fromisoformat(day).isoformat() if day else ""
    except ValueError:
        return _page(
            choice, "", typed, [("day", _("“%(text)s” is not a day; write it like 2025-12-31.", text=day))]
        )
    kind = here.kinds.by_record["enterprise"]
    # A change is dated, be it today: without a day some fields would take it for a correction.
    sets = (meaning, day) if day or meaning == "correction" else ("", here.clock.today().isoformat())
    return _rehearsed(choice, Act(kind.id, {field.id: value}, *sets), "", typed)


def _rehearsed(choice: Choice, act: Act, kind_id: str, typed: dict[str, str]) -> str | Response:
    try:
        seen = rehearse(house(), act, choice.codes, actor().unit, actor().id)
    except (HeaderError, RefusedError) as error:
        return _page(choice, kind_id, typed, [("tag" if kind_id else "value", error.in_language(language()))])
    _choices().write(choice.with_rehearsal(act, seen))
    return redirect(url_for("registry.chosen_preview", token=choice.token), code=303)


@blueprint.get("/firms/chosen/<token>/preview")
@allow("filings.write")
def chosen_preview(token: str) -> str | Response:
    """What would change firm by firm; nothing is on record yet."""
    choice = _choice_or_404(token)
    return _preview(choice)


def _preview(choice: Choice, trouble: str = "") -> str | Response:
    here = house()
    held = choice.rehearsed()
    if held is None:
        return redirect(url_for("registry.chosen", token=choice.token))
    act, seen = held
    kind = here.kinds.by_id[act.kind]
    page = page_number()
    page = min(page, max(1, -(-len(seen.changed) // PER_PAGE)))
    return render_template(
        "registry/chosen_preview.html",
        choice=choice,
        act=act,
        kind=kind,
        said=_said(kind, act),
        seen=seen,
        lines=seen.changed[(page - 1) * PER_PAGE : page * PER_PAGE],
        refused=seen.refused[:PER_PAGE],
        why=_why,
        value=_value,
        paging=tables.numbered(page, PER_PAGE, len(seen.changed)),
        trouble=trouble,
    )


@blueprint.post("/firms/chosen/<token>/file")
@allow("filings.write")
def file_chosen(token: str) -> str | Response:
    """Put on record what was looked through; where it would not do the same any more, show it again."""
    here = house()
    choice = _choice_or_404(token)
    held = choice.rehearsed()
    if held is None or request.form.get("digest") != held[1].digest:
        flash(_("Look through it first."), "warn")
        return redirect(url_for("registry.chosen_preview", token=token), code=303)
    act, seen = held
    options = {"chosen": len(choice.codes), "filter": choice.query, "day": here.clock.today().isoformat()}
    try:
        outcome = file_act(
            here, act, seen, choice.codes, actor().unit, actor().id, _name(here, act, seen), options
        )
    except ChangedError as error:
        choice = choice.with_rehearsal(act, error.now)
        _choices().write(choice)
        return _preview(choice, error.in_language(language()))
    except (HeaderError, RefusedError) as error:
        return _preview(choice, error.in_language(language()))
    _choices().forget(choice)
    undo = Markup('<a href="{}">{}</a>').format(
        url_for("registry.withdraw_filing", id=outcome.filing), _("withdraw this filing")
    )
    done = ngettext(
        "%(num)s firm is on record with it.", "%(num)s firms are on record with it.", outcome.rows
    )
    flash(
        Markup("{} {}").format(done, Markup(_("To undo it, %(withdraw)s.", withdraw="{}")).format(undo)),
        "good",
    )
    return redirect(url_for("registry.filing", id=outcome.filing), code=303)


@blueprint.post("/firms/chosen/<token>/drop")
@allow("register.read")
def drop_chosen(token: str) -> Response:
    choice = _choice_or_404(token)
    _choices().forget(choice)
    flash(_("The choice was dropped; nothing was filed."), "calm")
    return redirect(f"{url_for('registry.register')}?{choice.query}", code=303)


@blueprint.get("/firms/chosen/<token>/export<suffix>")
@allow("register.read")
def export_chosen(token: str, suffix: str) -> Response:
    """The chosen firms in the columns of the register."""
    here = house()
    choice = _choice_or_404(token)
    with here.store.read() as connection:
        listed = firms_of_codes(connection, here, choice.codes, actor().unit, here.clock.today())
    return exported(here, suffix, listed)


def _choices() -> Choices:
    return Choices(house().settings.var)


def _choice_or_404(token: str) -> Choice:
    choice = _choices().find(token, actor().id)
    if choice is None:
        abort(404, description=_("This choice was filed or dropped meanwhile; choices wait for a day."))
    return choice


def _named(here: House, codes: Sequence[str]) -> list[Any]:
    with here.store.read() as connection:
        listed = firms_of_codes(connection, here, codes, actor().unit, here.clock.today())
        return list(connection.execute(listed))


def _conditions(here: House, choice: Choice) -> list[str]:
    narrowed = narrowed_by(here, MultiDict(parse_qsl(choice.query)), actor().unit)
    return [said for said, _rest in conditions(here, narrowed)]


def _options(field: Field) -> list[tuple[str, str]]:
    """The words that a field may hold, where they are few enough to be chosen from."""
    if field.type == "word":
        return [(w.id, w.en if language() == "en" else w.zh) for w in vocabulary(field.vocabulary).values()]
    if field.type in ("district", "area"):
        places = house().places
        return [
            (id, str(place(id)))
            for id in places.names
            if (id in places.districts) == (field.type == "district")
        ]
    return []


def _term(of: Field | Kind) -> str:
    return of.en if language() == "en" else of.zh


def _value(kind: Kind, id: str, value: Any) -> Any:
    if value is None:
        return Markup('<span class="soft">–</span>')
    return shown(value, kind.by_id[id]) if id in kind.by_id else value


def _said(kind: Kind, act: Act) -> list[tuple[str, str]]:
    """(field, value as typed) of what is said of each firm."""
    found = []
    for id, typed in act.values.items():
        field = kind.by_id[id]
        found.append((_term(field), dict(_options(field)).get(typed, typed)))
    return found


def _why(why: Sequence[Sequence[Any]]) -> str:
    """The sentences for the reasons why a firm is left out."""
    return " ".join(
        _("It is not on the register any more, or another unit manages it now.")
        if code == NOT_YOURS
        else left_to_the_city()
        if code == OTHER_UNIT
        else message(code, value, field, detail, language())
        for code, field, value, detail in why
    )


def _name(here: House, act: Act, seen: Rehearsed) -> str:
    """What the filing is called on record; Chinese, like the names of the lists beside it."""
    kind = here.kinds.by_id[act.kind]
    number = len(seen.changed)
    if kind.founding:
        fields = "、".join(kind.by_id[id].zh for id in act.values)
        return f"批量设置{fields}：{number} 家企业"
    return f"批量标记{kind.zh}：{number} 家企业"
