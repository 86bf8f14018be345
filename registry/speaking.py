"""How the command line speaks: results on stdout, problems and progress on stderr, exit codes as in README, "Answers"."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import wraps
from typing import Any

import click
from sqlalchemy.exc import DBAPIError

from registry.filings import filing_at
from registry.house import House
from registry.intake.headers import HeaderError
from registry.intake.problems import with_option
from registry.intake.sheets import UnreadableError
from registry.refusals import MisusedError, NeedsConfirmationError
from registry.said import SaidError
from registry.store.clock import parse_instant
from registry.store.engine import StoreError

DONE, SHORT, MISUSED = 0, 1, 2


def command(function: Callable[..., int | None]) -> Callable[..., None]:
    """Turn a function that gives an exit code into a command body with the house's manner of failing."""

    @click.pass_obj
    @wraps(function)
    def run(house: House, *args: Any, **options: Any) -> None:
        try:
            code = function(house, *args, **options) or DONE
        except (UnreadableError, HeaderError, StoreError, MisusedError) as error:
            click.echo(f"error: {error}", err=True)
            code = MISUSED
        except NeedsConfirmationError as error:
            click.echo("\n".join([f"error: {error}", *error.rows]), err=True)
            code = SHORT
        except SaidError as error:
            click.echo(f"error: {error}", err=True)
            code = SHORT
        except OverflowError as error:
            click.echo(f"error: a number or day is out of range ({error})", err=True)
            code = MISUSED
        except DBAPIError as error:
            click.echo(f"error: the database refuses: {error.orig}; nothing was filed", err=True)
            code = SHORT
        except BrokenPipeError:  # the reader, such as head, has seen enough
            sys.stderr.close()
            raise SystemExit(DONE) from None
        except OSError as error:
            click.echo(f"error: {error.strerror or error}: {error.filename or ''}", err=True)
            code = MISUSED
        finally:
            house.store.dispose()
        sys.stdout.flush()
        raise SystemExit(code)

    return run


def print_json(document: Any) -> None:
    click.echo(json.dumps(document, ensure_ascii=False, indent=None if _small(document) else 1))


def _small(document: Any) -> bool:
    return isinstance(document, dict) and len(document) < 4


def table(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Plain columns, wide characters counted as two."""
    lines = [[("" if cell is None else str(cell)) for cell in row] for row in rows]
    widths = [max(map(_width, column)) for column in zip(header, *lines, strict=True)]
    for line in [list(header), *lines]:
        click.echo(
            "  ".join(
                cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True)
            ).rstrip()
        )


#: Of one code in one fate so many lines are printed whole; of more than that only the first few.
MANY, FEW = 20, 5


def say_problems(problems: Iterable[Mapping[str, Any]], filing: int | None) -> None:
    """What was wrong with rows and then what was noted about them, alike ones together, on stderr."""
    groups: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for problem in sorted(problems, key=lambda p: p["fate"] == "note"):
        groups.setdefault((problem["fate"], problem["code"]), []).append(problem)
    for (_fate, code), alike in groups.items():
        shown = alike[:FEW] if len(alike) > MANY else alike
        for problem in shown:
            click.echo(problem_line(problem), err=True)
        if len(alike) > len(shown):
            more = f"… and {len(alike) - len(shown):,} more {code}"
            click.echo(more + (f"; see: cli.py filings show {filing}" if filing else ""), err=True)


def problem_line(problem: Mapping[str, Any]) -> str:
    """``row 6 [review] name ambiguous_name: …``"""
    where = " ".join(filter(None, (problem["field"], problem["code"])))
    said = with_option(problem["message"], problem["code"], problem["field"])
    place = f" ({problem['place']})" if problem.get("place") else ""
    return f"row {problem['row']}{place} [{problem['fate']}] {where}: {said}"


def _width(text: str) -> int:
    return sum(2 if ord(c) > 0x2E7F else 1 for c in text)


class Progress:
    """One line on stderr that counts up, only where somebody watches."""

    def __init__(self) -> None:
        self.shown = sys.stderr.isatty()

    def __call__(self, stage: str, done: int, total: int) -> None:
        if self.shown:
            end = "\n" if stage == "write" and done == total else ""
            click.echo(f"\r{stage}: {done:,} / {total:,}        {end}", err=True, nl=False)


def as_of_day(house: House, text: str | None) -> date:
    """``--as-of``: a day, by default today in Shanghai."""
    if text is None:
        return house.clock.today()
    try:
        day = date.fromisoformat(text)
        if not 1949 <= day.year < 2200:
            raise ValueError(text)
        return day
    except ValueError as error:
        raise click.UsageError(f"--as-of {text}: write a day like 2025-12-31") from error


def known_at_instant(house: House, text: str | None) -> datetime | None:
    """``--known-at``: an instant, a day (its end in Shanghai) or a filing id (just after it); None is now."""
    if text is None:
        return None
    if text.isascii() and text.isdigit() and len(text) < 10:
        with house.store.read() as connection:
            at = filing_at(connection, int(text))
        if at is None:
            raise click.UsageError(f"--known-at {text}: there is no such filing")
        return at
    try:
        return parse_instant(text)
    except ValueError as error:
        raise click.UsageError(
            f"--known-at {text}: give an instant, a day like 2025-12-31, or a filing id"
        ) from error


def pairs(option: str, values: Iterable[str]) -> dict[str, str]:
    """``NAME=VALUE`` options as a dict; the name may itself hold no '='."""
    found = {}
    for value in values:
        name, mark, rest = value.rpartition("=") if option == "--map" else value.partition("=")
        if not mark or not name:
            raise click.UsageError(f"{option} {value}: write {option} NAME=VALUE")
        found[name] = rest
    return found
