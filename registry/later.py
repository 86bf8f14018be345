"""What is brought in when it is first needed: pages, jobs and commands that carry libraries which most commands never use.

A part is named as ``module:name``. So the command line answers in the time of what was asked.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from importlib import import_module
from typing import Any

import click


def fetch(path: str) -> Any:
    """The object that ``module:name`` names. Raises ImportError, AttributeError where there is none."""
    module, _, name = path.partition(":")
    return getattr(import_module(module), name)


def later(path: str) -> Callable[..., Any]:
    """A function that is fetched when it is first called."""

    def call(*args: Any, **named: Any) -> Any:
        return fetch(path)(*args, **named)

    return call


class LaterCommand(click.Command):
    """A command or group that is fetched when it is asked for. ``help`` is what the list of commands says of it."""

    def __init__(self, name: str, path: str, help: str) -> None:
        super().__init__(name, help=help)
        self.path = path

    @cached_property
    def real(self) -> click.Command:
        command: click.Command = fetch(self.path)
        return command

    def make_context(self, *args: Any, **named: Any) -> click.Context:
        return self.real.make_context(*args, **named)

    def invoke(self, ctx: click.Context) -> Any:
        return self.real.invoke(ctx)
