"""Lists of provincial SRDI titles as they are announced, and what a firm holds afterwards."""

from __future__ import annotations

from typing import Any

from tests.contract.conftest import Lists, Register, Said, code

BY_NAME = ("企业名称", "认定日期")
BY_CODE = ("统一社会信用代码", "企业名称", "认定日期")


def titles_of(cli: Register, number: int) -> list[Any]:
    titles = cli.show(code(number))["titles"]
    assert isinstance(titles, list)
    return titles


def title_list(
    cli: Register, lists: Lists, *rows: tuple[Any, ...], head: tuple[str, ...], words: tuple[str, ...] = ()
) -> Said:
    """A list of provincial SRDI firms of batch 2024, as announced."""
    return cli.load("titles", lists.csv(head, *rows), "--set", "tier=srdi", "--set", "batch=2024", *words)
