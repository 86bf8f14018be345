"""投递: what went to folder, mail and webhook, what did not arrive and why; again by one button, for administrators."""

from __future__ import annotations

import json
import re
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from registry.delivery.actions import retry, send_test
from registry.delivery.addresses import all_addresses
from registry.delivery.models import FAILED, GIVEN_UP, SENDING, SENT, STATUSES, WAITING
from registry.delivery.outcome import REASONS
from registry.delivery.parcel import CHANNELS, FOLDER, MAIL, OF_UNIT, WEBHOOK
from registry.delivery.queries import deliveries as listed
from registry.delivery.queries import delivery, numbers
from registry.house import House
from registry.pages.asked import page_number
from registry.pages.blueprint import blueprint, table_file
from registry.room import Todo
from registry.said import SaidError
from registry.shell import tables
from registry.shell.access import actor, allow
from registry.shell.languages import language
from registry.shell.serving import house
from registry.store.clock import instant_text

HASH = re.compile(r"(\b[0-9a-f]{12})[0-9a-f]{52}\b")
TONES = {WAITING: "calm", SENDING: "calm", SENT: "good", FAILED: "warn", GIVEN_UP: "bad"}


@blueprint.get("/deliveries")
@allow("deliveries.read")
def deliveries() -> str:
    here = house()
    status, channel = _chosen("status", STATUSES), _chosen("channel", CHANNELS)
    size = here.settings.web.page_rows
    with here.store.read() as connection:
        counted = numbers(connection, channel)
        total = counted[status] if status else sum(counted.values())
        page = min(page_number(), max(1, -(-total // size)))
        rows = listed(connection, status, channel, size, (page - 1) * size)
    return render_template(
        "registry/deliveries.html",
        rows=rows,
        status=status,
        channel=channel,
        counted=counted,
        statuses=_statuses(),
        channels=_channels(),
        tones=TONES,
        why=_why,
        names=lambda row: [file["name"] for file in json.loads(row.files)],
        subject=lambda row: row.subject_en if language() == "en" else row.subject,
        receipt=_receipt,
        again=(FAILED, GIVEN_UP),
        ways=[(way, address, [_list_name(here, one) for one in lists])
              for way, address, lists in all_addresses(here.settings.delivery)],
        paging=tables.numbered(page, size, total),
    )  # fmt: skip


@blueprint.get("/deliveries/export<suffix>")
@allow("deliveries.read")
def export_deliveries(suffix: str) -> Response:
    """The chosen deliveries as a table."""
    here = house()
    with here.store.read() as connection:
        rows = listed(connection, _chosen("status", STATUSES), _chosen("channel", CHANNELS))
    header = [
        _("Delivery no."), _("Parcel"), _("Subject"), _("Files"), _("Channel"), _("Addressee"), _("State"), _("Tries"),
        _("Next try"), _("Delivered at"), _("Receipt"), _("Why not"), _("The other side said"), _("Queued at"),
    ]  # fmt: skip
    statuses, channels = _statuses(), _channels()
    lines = (
        [row.id, row.parcel, row.subject, "、".join(file["name"] for file in json.loads(row.files)), channels[row.channel],
         row.address, statuses[row.status], row.tries, row.next_at and instant_text(row.next_at),
         row.sent_at and instant_text(row.sent_at), row.receipt, _why(row.reason), row.message,
         instant_text(row.created_at)]
        for row in rows
    )  # fmt: skip
    return table_file(f"deliveries-{here.clock.today()}", suffix, _("Deliveries"), header, lines)


@blueprint.post("/deliveries/<int:id>/retry")
@allow("deliveries.send")
def retry_delivery(id: int) -> Response:
    """Try one delivery now, and say what became of it."""
    try:
        retry(house(), id)
        _tell(id)
    except SaidError as error:
        flash(error.in_language(language()), "warn")
    return redirect(_back(), code=303)


@blueprint.post("/deliveries/test")
@allow("deliveries.send")
def test_delivery() -> Response:
    """A test message to one of the addresses that are set."""
    try:
        for id in send_test(
            house(), request.form.get("channel", ""), request.form.get("address", ""), actor().id
        ):
            _tell(id)
    except SaidError as error:
        flash(error.in_language(language()), "warn")
    return redirect(_back(), code=303)


def _receipt(row: Any) -> str:
    """A receipt as it is read: without the folder, which stands beside it, and with the beginnings of hashes."""
    text = str(row.receipt).replace(f"{row.address}/", "") if row.channel == FOLDER else str(row.receipt)
    return HASH.sub(r"\1…", text)


def _tell(id: int) -> None:
    with house().store.read() as connection:
        row = delivery(connection, id)
    if row.status == SENT:
        flash(_("Delivered to %(address)s: %(receipt)s", address=row.address, receipt=_receipt(row)), "good")
    else:
        why = _why(row.reason) or _statuses()[row.status]
        said = f" ({row.message})" if row.message else ""
        flash(_("Not delivered to %(address)s: %(why)s", address=row.address, why=why) + said, "bad")


def _back() -> str:
    """The list as it was narrowed."""
    kept = {name: value for name in ("status", "channel", "page") if (value := request.form.get(name, ""))}
    return url_for("registry.deliveries", **kept)  # type: ignore[arg-type]


def _chosen(name: str, known: tuple[str, ...]) -> str | None:
    value = request.args.get(name, "")
    return value if value in known else None


def _why(reason: str | None) -> str:
    return REASONS[reason].in_language(language()) if reason in REASONS else ""


def _statuses() -> dict[str, str]:
    return {
        WAITING: _("waits to be sent"),
        SENDING: _("being sent"),
        SENT: _("delivered"),
        FAILED: _("failed, to be tried again"),
        GIVEN_UP: _("given up"),
    }


def _channels() -> dict[str, str]:
    return {FOLDER: _("Folder"), MAIL: _("Mail"), WEBHOOK: _("Webhook")}


def _list_name(here: House, purpose: str) -> str:
    if purpose.startswith(OF_UNIT):
        unit = here.places.label(purpose.removeprefix(OF_UNIT), language()) or purpose.removeprefix(OF_UNIT)
        return str(_("letters of %(unit)s", unit=unit))
    known: dict[str, str] = {
        "bulletins": _("bulletins"),
        "notices": _("notices"),
        "failures": _("failures of jobs"),
    }
    return known.get(purpose, purpose)


def _links(here: House, _by: str, _unit: str | None) -> list[tuple[str, int, str]]:
    with here.store.read() as connection:
        counted = numbers(connection)
    said = {GIVEN_UP: _("Deliveries given up"), FAILED: _("Deliveries that will be tried again")}
    return [
        (text, counted[status], url_for("registry.deliveries", status=status))
        for status, text in said.items()
        if counted[status]
    ]


UNDELIVERED = Todo(
    "deliveries",
    lambda: _("What did not arrive"),
    lambda: _("bulletins and notices that folder, mail or webhook did not take"),
    "deliveries.read",
    62,
    links=_links,
)
