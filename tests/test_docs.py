"""What a person can ask for is written down: commands, options, kinds, problem codes, tables."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

import cli
from registry import codes, settings, words
from registry.intake.problems import MESSAGES, message
from registry.later import LaterCommand

README = (settings.ROOT / "README.md").read_text(encoding="utf-8")
KINDS = [kind for room in cli.ROOMS for kind in room.kinds(settings.load(environment={}))]


def commands(group: click.Group, path: tuple[str, ...] = ()) -> list[tuple[str, click.Command]]:
    found: list[tuple[str, click.Command]] = []
    for name, command in group.commands.items():
        if isinstance(command, LaterCommand):
            command = command.real
        found.append((" ".join((*path, name)), command))
        if isinstance(command, click.Group):
            found += commands(command, (*path, name))
    return found


@pytest.mark.parametrize(
    ("name", "command"), commands(cli.main), ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_command_says_what_it_does(name: str, command: click.Command) -> None:
    assert command.help, name


def test_the_readme_opens_with_its_two_commands() -> None:
    block = README.split("```")[1].split("\n")
    asked = [line.split("#")[0].strip() for line in block if line.strip()]
    assert asked == ["make run", "make test"]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_the_readme_names_every_kind(kind: object) -> None:
    assert f"{kind.id}" in README  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_every_field_has_a_term_in_both_languages_and_its_words(kind: object) -> None:
    for field in kind.fields:  # type: ignore[attr-defined]
        assert field.zh
        assert field.en
        assert not field.vocabulary or words.vocabulary(field.vocabulary), field.id


@pytest.mark.parametrize("code", MESSAGES)
def test_every_problem_says_something_in_both_languages(code: str) -> None:
    zh, en = (message(code, "值", "field", "detail", language) for language in ("zh", "en"))
    assert zh != en
    assert "{" not in zh + en


def test_every_problem_code_has_its_word() -> None:
    known = {*words.vocabulary("problem"), *words.vocabulary("note")}
    assert {"uscc_missing", "overtaken"} <= known
    assert known - set(MESSAGES) == set()


@pytest.mark.parametrize("path", sorted((codes.DATA / "codes").glob("*.csv")), ids=lambda path: path.stem)
def test_every_table_names_its_source_and_date(path: Path) -> None:
    table = codes.load(f"codes/{path.stem}")
    assert table.source
    assert table.dated
