"""Addresses of sorted, filtered and turned pages: the present address with some arguments changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Flask, request, url_for

# Arguments that a new order or filter makes meaningless, and the language, which the cookie keeps.
TURNING = ("page", "cursor")
# The words of ``url_for`` itself.
FOR_ADDRESSES = ("endpoint", "values", "self", "_anchor", "_method", "_scheme", "_external")


@dataclass(frozen=True)
class Paging:
    """Where a page stands in its list. ``previous`` and ``next`` are the arguments of the neighbouring pages.

    ``total`` None: not counted. Works for numbered pages (``{"page": 3}``) and cursors (``{"cursor": "…"}``).
    """

    first: int
    last: int
    total: int | None
    previous: Mapping[str, str | int] | None
    next: Mapping[str, str | int] | None


def numbered(page: int, size: int, total: int) -> Paging:
    """Paging of a counted list; ``page`` starts at 1."""
    last = min(page * size, total)
    return Paging(
        first=min((page - 1) * size + 1, last),
        last=last,
        total=total,
        previous={"page": page - 1} if page > 1 else None,
        next={"page": page + 1} if last < total else None,
    )


def uncounted(page: int, size: int, rows: int) -> Paging:
    """Paging of a list of which only ``rows`` of this page are known; a full page may have another behind it."""
    return Paging(
        first=(page - 1) * size + 1,
        last=(page - 1) * size + rows,
        total=None,
        previous={"page": page - 1} if page > 1 else None,
        next={"page": page + 1} if rows == size else None,
    )


def arguments(*left_out: str) -> dict[str, list[str]]:
    """What stands behind the ``?`` of the present address, to be carried on. What the address says in its path, and what
    ``url_for`` takes for itself, is no argument of a page of ours."""
    own = {*left_out, *(request.view_args or {}), *FOR_ADDRESSES}
    return {name: values for name, values in request.args.lists() if name not in own}


def with_arguments(**changes: object) -> str:
    """This page's address with arguments changed; None removes one. Turning arguments go unless given."""
    kept = arguments(*TURNING, "lang")
    for name, value in changes.items():
        if value is None:
            kept.pop(name, None)
        else:
            kept[name] = [str(value)]
    endpoint = request.endpoint
    if endpoint is None:  # an error page: there is nothing to turn
        return request.path
    return url_for(endpoint, **(request.view_args or {}), **kept)  # type: ignore[arg-type]


def with_language(language: str) -> str:
    """This page in another language, everything else (also the page turned to) unchanged."""
    if request.endpoint is None or request.method != "GET":
        return url_for("shell.home", lang=language)
    kept = arguments("lang")
    return url_for(request.endpoint, **(request.view_args or {}), **kept, lang=language)  # type: ignore[arg-type]


def sorted_by(column: str, present: str | None) -> str:
    """The address that sorts by a column: a second click turns the order round."""
    return with_arguments(sort=f"-{column}" if present == column else column)


def init(app: Flask) -> None:
    app.jinja_env.globals.update(
        with_arguments=with_arguments, with_language=with_language, sorted_by=sorted_by, carried=arguments
    )
