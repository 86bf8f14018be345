"""A room, as the others see it.

Each room of the house declares one ``ROOM``; ``cli.py`` gathers them. Whatever serves all rooms (intake,
register, profile, command line, web shell) goes through what was gathered and names no tier and no chain.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import click
    from flask import Blueprint

    from registry.kind import Kind
    from registry.settings import Settings


@dataclass(frozen=True)
class NavItem:
    """One entry of the side navigation. ``label`` gives a translated string when called."""

    id: str
    endpoint: str
    icon: str
    label: Callable[[], str]
    order: int


@dataclass(frozen=True)
class Panel:
    """A part of a page that a room contributes: a profile panel or an overview card.

    ``load(reader, **context)`` returns the template's variables, or None where there is nothing to show.
    """

    id: str
    template: str
    load: Callable[..., Mapping[str, Any] | None]
    order: int


@dataclass(frozen=True)
class Room:
    id: str
    kinds: Callable[[Settings], tuple[Kind, ...]] = lambda _settings: ()
    blueprint: Callable[[], Blueprint] | None = None
    commands: tuple[click.Command, ...] = ()
    navigation: tuple[NavItem, ...] = ()
    cards: tuple[Panel, ...] = ()
    panels: tuple[Panel, ...] = ()
    permissions: tuple[str, ...] = ()
    # Called in a filing's own transaction with the credit codes whose records changed.
    after_fold: Callable[..., None] | None = None
    # Adds to `show`, pure: (house, record word → folded records, day) → {"size_class": …}
    derive: Callable[..., Mapping[str, Any]] | None = None
    # (house, tier, day) -> subquery of the firms that hold a tier
    holders: Callable[..., Any] | None = None
    facets: Sequence[Any] = field(default=())
