"""What a running web application serves: the house with its store and rooms, and the clock of its pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from flask import current_app

from registry.house import House
from registry.store.clock import Clock

KEY = "tidu"


@dataclass(frozen=True)
class Serving:
    """Held in ``app.extensions["tidu"]``. ``sample`` tells whether the register holds the sample city."""

    house: House
    clock: Clock
    sample: Callable[[], bool]


def serving() -> Serving:
    return cast(Serving, current_app.extensions[KEY])


def house() -> House:
    """The house of the application that serves this request: settings, store and rooms."""
    return serving().house
