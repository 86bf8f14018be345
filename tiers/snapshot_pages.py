"""统计发布: published counts, their numbers as they were published, the firms behind them, and by what they were overtaken."""

from __future__ import annotations

from fractions import Fraction

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from registry.kind import Record
from registry.pages.own_firms import own_codes
from registry.refusals import MisusedError
from registry.room import NavItem, Permission
from registry.shell import roles
from registry.shell.access import allow
from registry.shell.formats import as_filter
from registry.shell.languages import language
from registry.shell.serving import house
from registry.store.clock import instant_text, parse_instant
from tiers import wording
from tiers.bridge_pages import firms_file, firms_page, target_label
from tiers.bridging import comparison
from tiers.names import full_name, indicator_name
from tiers.overtaking import overtaken
from tiers.publishing import snapshot, snapshot_firms, snapshots
from tiers.snapshot import Snapshot
from tiers.snapshot_documents import rerun_document
from tiers.targets import indicators
from tiers.views import blueprint

#: So many on the page of all; the older ones are found by their number.
SHOWN = 60
RERUN, PUBLISH = "snapshots.rerun", "snapshots.publish"


@blueprint.get("/snapshots")
@allow("counts.read")
def snapshot_list() -> str:
    """All published counts; what overtook each comes after the page."""
    heads = snapshots(house())
    again = {head.supersedes: head.id for head in heads}
    return render_template("tiers/snapshots.html", heads=heads[:SHOWN], total=len(heads), again=again)


@blueprint.get("/snapshots/<int:id>")
@allow("counts.read")
def snapshot_page(id: int) -> str:
    """One published count as it was published."""
    here, held = house(), _held(id)
    heads = snapshots(here)
    return render_template(
        "tiers/snapshot.html",
        held=held,
        sha256=next(head.sha256 for head in heads if head.id == id),
        since=overtaken(here, held),
        others=[head for head in heads if head.id != id][:SHOWN],
        before=held.bridges["quality-firms"]["from"].get("snapshot")
        if "quality-firms" in held.bridges
        else None,
    )


@blueprint.get("/snapshots/<int:id>/overtaken")
@allow("counts.read")
def snapshot_overtaken(id: int) -> str:
    """What happened since, for the row of the list."""
    return render_template("tiers/overtaken.html", id=id, since=overtaken(house(), _held(id)))


@blueprint.get("/snapshots/<int:id>/firms/<target>")
@allow("counts.read")
def published_target(id: int, target: str) -> str:
    """The firms of a number as it was published, with what made each count then."""
    here, held = house(), _held(id)
    entry = _entry(held, target)
    note = _("Frozen as it was published on %(at)s. What is known otherwise today stands on the page of the published count.",
             at=_day(held))  # fmt: skip
    return firms_page(here, indicator_name(entry), snapshot_firms(here, id, target),
                      (_("Published count #%(id)s", id=id), url_for("tiers.snapshot_page", id=id)), held.as_of,
                      url_for("tiers.export_published_target", id=id, target=target, suffix=".xlsx"),
                      [_("as of %(day)s", day=held.as_of.isoformat())], note)  # fmt: skip


@blueprint.get("/snapshots/<int:id>/firms/<target>/export<suffix>")
@allow("counts.read")
def export_published_target(id: int, target: str, suffix: str) -> Response:
    here, held = house(), _held(id)
    title, firms = indicator_name(_entry(held, target)), snapshot_firms(here, id, target)
    return firms_file(here, f"{held.name}-{held.as_of}-{target}", suffix, title, firms)


@blueprint.get("/snapshots/compare")
@allow("counts.read")
def compared() -> str:
    """Two published counts side by side; the earlier first."""
    a, b = (_held(_number(name)) for name in ("a", "b"))
    if a.as_of > b.as_of:
        a, b = b, a
    return render_template(
        "tiers/compared.html", a=a, b=b, document=comparison(a, b), definition_said=definition_said
    )


@blueprint.post("/snapshots/<int:id>/rerun")
@allow(RERUN)
def rerun_page(id: int) -> Response:
    """Count it again from what was known then, and say whether that gives the same."""
    here, held = house(), _held(id)
    document = rerun_document(here, held)
    if document["same"]:
        flash(_("Counted again from what was known then: the same, to the last byte."), "good")
    else:
        said = _(
            "Counted again, it is not the same: the program or its tables changed since. What was published stands."
        )
        if parts := "、".join(map(definition_said, document["changed"])):
            said = f"{said} {_('What is counted is defined otherwise now: %(parts)s.', parts=parts)}"
        flash(said, "bad")
    return redirect(url_for("tiers.snapshot_page", id=id))


def _held(id: int) -> Snapshot:
    try:
        return snapshot(house(), id)
    except MisusedError as error:
        abort(404, description=error.in_language(language()))


def _entry(held: Snapshot, target: str) -> Record:
    entry: Record | None = next((t for t in held.count["targets"] if t["id"] == target), None)
    if entry is None or entry["source"] == "filed":
        abort(404, description=_("This figure is filed by a department; no firms stand behind it."))
    return entry


def _number(name: str) -> int:
    text = request.args.get(name, "").strip().removeprefix("#")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        abort(400, description=_("“%(text)s” is not the number of a published count.", text=text))
    return int(text)


def _day(held: Snapshot) -> str:
    return instant_text(held.published_at)[:10]


def report_name(name: str) -> str:
    """What a count was published for."""
    named: dict[str, str] = {
        "monthly": _("Monthly bulletin"),
        "quarterly": _("Quarterly review"),
        "district": _("District letters"),
        "expiry": _("Expiry notices"),
    }
    return named.get(name, name)


def since_said(one: Record) -> str:
    """One thing that happened since, in a sentence."""
    said: str
    match one["what"]:
        case "superseded":
            said = _("Published again as #%(id)s.", id=one["snapshot"])
        case "withdrawn":
            named = {"id": one["filing"], "n": one["firms"], "by": one["by"]}
            if one["firms"]:
                said = _("Filing %(id)s behind %(n)s of its firms was withdrawn by %(by)s.", **named)
            else:
                said = _("Filing %(id)s behind its filed figures was withdrawn by %(by)s.", **named)
        case "merged" | "split" if not _is_own(one):
            said = _("Firms of other units that it counts were found to be one, or to be two after all.")
        case "merged":
            said = _(
                "%(a)s was merged into %(b)s by %(by)s.", a=one["loser"], b=one["survivor"], by=one["by"]
            )
        case "split":
            pair = {"a": one["loser"], "b": one["survivor"], "by": one["by"]}
            said = _("%(a)s and %(b)s were split again by %(by)s.", **pair)
        case "corrected":
            numbers = {"now": _figure(one, "value"), "then": _figure(one, "published")}
            target = target_label(one["target"])
            said = _("%(target)s: %(now)s as known now, %(then)s as published.", target=target, **numbers)
        case "numbers":
            numbered = "、".join(map(number_said, one["parts"]))
            said = _("Other numbers are otherwise as known now: %(parts)s.", parts=numbered)
        case _:
            parts = "、".join(map(definition_said, one["parts"]))
            said = _("What is counted is defined otherwise now: %(parts)s.", parts=parts)
    return said


def _figure(one: Record, side: str) -> str:
    """A value of a target in plain words, unknown where there is none."""
    value, target = one[side], indicators().get(one["target"])
    if value is None:
        return str(_("unknown"))
    if target is None or target.unit not in ("yuan", "ratio"):
        return f"{value:,}" if isinstance(value, int) else str(value)
    return wording.amount(Fraction(value), target.unit, language())


def number_said(path: str) -> str:
    """A part of a count, such as ``tiers.srdi.provincial``, in words."""
    head, _dot, rest = path.partition(".")
    match head:
        case "targets":
            return target_label(rest)
        case "tiers":
            return full_name(*rest.split("."))
        case "by":
            return str(_("place unknown")) if rest == "unknown" else house().places.label(rest, language())
    named: dict[str, str] = {
        "quality": _("quality titles"),
        "revenue": _("revenue classes"),
        "outside": _("firms elsewhere"),
    }
    return named.get(head, path)


def _is_own(merge: Record) -> bool:
    """Is a merger of codes, or its end, about a firm that the reader may see?"""
    own = own_codes()
    return own is None or not {merge["loser"], merge["survivor"]}.isdisjoint(own)


def definition_said(path: str) -> str:
    """A part of a definition that differs, such as ``settings.review.grace_days``, in words."""
    head, _dot, rest = path.partition(".")
    named: dict[str, str] = {
        "settings": _("setting %(name)s", name=rest),
        "plan": _("the plan's table"),
        "goals": _("goals"),
        "tables": _("code table %(name)s", name=rest.rpartition("/")[2]),
        "rules": _("rule %(name)s", name=rest),
        "meaning": _("the program's way of counting"),
    }
    return named.get(head, path)


blueprint.add_app_template_filter(as_filter(report_name), "report_name")
blueprint.add_app_template_filter(as_filter(since_said), "since_said")
blueprint.add_app_template_filter(as_filter(target_label), "target_label")
blueprint.add_app_template_filter(as_filter(parse_instant), "parsed")

NAVIGATION = (
    NavItem("snapshots", "tiers.snapshot_list", "journal-check", lambda: _("Published counts"), 32),
)
#: Who answers for the city's numbers.
DESK = frozenset({roles.ADMINISTRATOR, roles.EDITOR, roles.REPORTING})
PERMISSIONS = (
    Permission(RERUN, lambda: _("Count a published count again"), DESK),
    Permission(PUBLISH, lambda: _("Publish counts"), DESK),
)
