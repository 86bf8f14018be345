"""A room, as the others see it.

Each room of the house declares one ``ROOM``; ``cli.py`` gathers them. Whatever serves all rooms (intake,
register, profile, command line, web shell) goes through what was gathered and names no tier and no chain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import click
    from flask import Blueprint
    from sqlalchemy import Connection

    from registry.house import House
    from registry.jobs.job import Job
    from registry.kind import Kind
    from registry.said import Said
    from registry.sample import SamplePart
    from registry.settings import Settings


@dataclass(frozen=True)
class NavItem:
    """One entry of the side navigation. ``label`` gives a translated string when called. ``mark`` gives how many things
    there want attention, and what they are, for the person who asks; None where there are none."""

    id: str
    endpoint: str
    icon: str
    label: Callable[[], str]
    order: int
    mark: Callable[[], tuple[int, str] | None] | None = None


@dataclass(frozen=True)
class Sheet:
    """One table of a workbook; money in plain yuan with the unit in the header, absent is None."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Panel:
    """A part of a page that a room contributes: an overview card or a profile panel.

    Cards are loaded by ``load(house, asked)``, panels by ``load(house, asked, document)`` with the firm's document of
    ``show``; ``asked`` holds the day, the instant and the year of the question. Gives the template's variables, or
    None where there is nothing to show. ``span``: columns of the page's twelve on a wide screen. ``sheet(house, asked)``
    is what a card says as a table, for the overview as a workbook; None where there is none. A card ``beneath`` shares the
    columns of the one before it.
    """

    id: str
    template: str
    load: Callable[..., Mapping[str, Any] | None]
    order: int
    span: int = 12
    sheet: Callable[..., Sheet | None] | None = None
    beneath: bool = False


@dataclass(frozen=True)
class Announced:
    """An announced list for the panels of rooms: its kind, and per firm what its row says (with what holds for the whole
    list). ``filing``: on record by which filing; None while it is on the desk."""

    kind: str
    rows: Sequence[tuple[str, Mapping[str, Any]]]
    filing: int | None = None


COLUMNS = 12


def filled(spans: Sequence[int]) -> list[int]:
    """The spans of panels in their order, the last of each row grown to its end: a panel whose neighbour has nothing to
    show takes its place."""
    grown: list[int] = []
    used = 0
    for span in spans:
        if used + span > COLUMNS:
            grown[-1] += COLUMNS - used
            used = 0
        grown.append(span)
        used += span
    if grown:
        grown[-1] += COLUMNS - used
    return grown


#: (value, label) pairs in their order, in the language of the request.
Options = Callable[["House"], "Sequence[tuple[str, str]]"]


@dataclass(frozen=True)
class Facet:
    """A way to narrow the register: one argument of its address, which may be given several times (any of them fits).

    ``fits(value, day)`` is the condition that a firm has one of the ``options``. To count, firms are grouped
    ``by(day)``, an expression with few distinct values, and ``of(group)`` are the options that a group's firms have; both
    sides agree. ``order`` is the place in the bar. See registry.facets for the usual shapes.
    """

    id: str
    label: Callable[[], str]
    options: Options
    fits: Callable[[str, date], Any]
    by: Callable[[date], Any]
    of: Callable[[Any], Sequence[str]]
    order: int = 50


@dataclass(frozen=True)
class Column:
    """A column of the register. ``reads`` are selected under their own names, and its cells say nothing else: ``shown(row)``
    is the cell on the page, ``plain(row)`` what is exported, in ``unit``; ``order`` is what the list can be sorted by."""

    id: str
    label: Callable[[], str]
    reads: tuple[Any, ...]
    shown: Callable[[Any], Any]
    plain: Callable[[Any], Any]
    number: bool = False
    order: Any = None
    unit: str = ""


@dataclass(frozen=True)
class RegisterPart:
    """What a room adds to the list of firms: a table with one row for each firm (None: what it adds needs none but the
    firms' own), and facets and columns over it.

    ``freshen(house)`` brings the table up to the day, or gives False while it still speaks of an earlier one.
    """

    table: Any
    facets: tuple[Facet, ...]
    columns: tuple[Column, ...]
    freshen: Callable[[House], bool] = lambda _house: True


@dataclass(frozen=True)
class Task:
    """One thing to see to about one firm. ``what`` is said in the language of the request; ``due`` is its day, if it has one."""

    uscc: str
    what: str
    due: date | None = None


@dataclass(frozen=True)
class Todo:
    """A source of things to see to. ``tasks(house, day)`` gives line → tasks, for all firms of the city; ``line(id)`` is
    what a line is called. Who may not do ``permission`` is not shown it; a district officer sees the own firms only.

    ``pressing``: lines shown in the tone of a warning where they are not empty. ``links(house, by, unit)`` gives
    (text, number, address) of what is seen to elsewhere and is about no firm yet, such as rows that wait for a decision.

    On the overview stand the pressing lines and what is seen to elsewhere; of a source that is ``summed`` the number of
    firms in all its lines instead.
    """

    id: str
    label: Callable[[], str]
    hint: Callable[[], str]
    permission: str
    order: int
    tasks: Callable[[House, date], Mapping[str, Sequence[Task]]] = lambda _house, _day: {}
    line: Callable[[str], str] = str
    pressing: frozenset[str] = frozenset()
    links: Callable[[House, str, str | None], Sequence[tuple[str, int, str]]] | None = None
    summed: bool = False


@dataclass(frozen=True)
class Breakdown:
    """A way to break counts down that a room adds (``count --by``), besides the columns of a firm.

    ``memberships``: SQL of distinct (uscc, key) on ``:day``; a firm may have several keys and then counts in each, so the
    rows do not add up; firms without any are the row ``unknown``. ``keys(connection)``: all keys there are, in their
    order. ``name(key, language)``: what a row is called.
    """

    id: str
    memberships: str
    keys: Callable[[Connection], Sequence[str]]
    name: Callable[[str, str], str] = lambda key, _language: key


@dataclass(frozen=True)
class Permission:
    """One thing that somebody may do. ``label`` gives a translated string when called; ``roles`` are the roles that have
    it (see registry.shell.roles)."""

    id: str
    label: Callable[[], str]
    roles: frozenset[str]


@dataclass(frozen=True)
class Room:
    id: str
    kinds: Callable[[Settings], tuple[Kind, ...]] = lambda _settings: ()
    blueprint: Callable[[], Blueprint] | None = None
    # The room's part of the HTTP API, made on registry.shell.api.api_blueprint.
    api: Callable[[], Blueprint] | None = None
    commands: tuple[click.Command, ...] = ()
    navigation: tuple[NavItem, ...] = ()
    cards: tuple[Panel, ...] = ()
    panels: tuple[Panel, ...] = ()
    permissions: tuple[Permission, ...] = ()
    todo: tuple[Todo, ...] = ()
    # What the room does on schedule, once for each period; see registry.jobs.
    jobs: tuple[Job, ...] = ()
    # Called in a filing's own transaction with the credit codes whose records changed.
    after_fold: Callable[..., None] | None = None
    # Adds to `show`, pure: (house, record word → folded records, day) → {"size_class": …}
    derive: Callable[..., Mapping[str, Any]] | None = None
    # (house, tier, day) -> subquery of the firms that hold a tier
    holders: Callable[..., Any] | None = None
    register: RegisterPart | None = None
    breakdowns: tuple[Breakdown, ...] = ()
    # What the room says about an announced list, before and after it is filed: ``load(house, listed)`` with an
    # ``Announced``. ``span`` and ``order`` as elsewhere.
    announced: tuple[Panel, ...] = ()
    # What of the room leans on filings that are about to be withdrawn: (connection, filings) -> a sentence for each. It
    # stays as it is; the act wants a yes.
    leans: Callable[[Connection, Sequence[int]], Sequence[Said]] | None = None
    # What ``db check`` finds in the room's own tables: a line for each fault.
    faults: Callable[[House], Iterable[str]] | None = None
    # What the room adds to the sample city, beside the city's own filings.
    sample: SamplePart | None = None
