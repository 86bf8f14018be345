"""Lists of a single row, all about firm 1, and what the register holds of it afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.contract.conftest import Lists, Register, Said, code

NAME = "济南甲机械有限公司"
#: What the fixture ``at`` gives.
Clock = Callable[[str], None]


def enterprise(cli: Register, lists: Lists, header: str, value: Any, *words: str) -> Said:
    """A one-row list of enterprises (a workbook, so that numbers stay numbers) with one more column."""
    return cli.load(
        "enterprises", lists.xlsx(("统一社会信用代码", "企业名称", header), (code(1), NAME, value)), *words
    )


def figures(cli: Register, lists: Lists, header: str, value: Any, *words: str) -> Said:
    """One more row of figures for 2024 of a firm on the register, with its number of employees."""
    if not cli.holds(code(1)):
        cli.filed("enterprises", lists.csv(("uscc", "name"), (code(1), NAME)))
    head = ("统一社会信用代码", "年度", "职工人数", header)
    return cli.load("figures", lists.xlsx(head, (code(1), 2024, 120, value)), *words)


def stored_figure(cli: Register, field: str) -> Any:
    records = cli.show(code(1))["figures"]
    return records[0].get(field) if records else None


def title(cli: Register, lists: Lists, **cells: Any) -> Said:
    """One provincial SRDI title of a firm on the register; ``cells`` override."""
    if not cli.holds(code(1)):
        cli.filed("enterprises", lists.csv(("uscc", "name"), (code(1), NAME)))
    row = {"uscc": code(1), "tier": "srdi", "batch": "2024", **cells}
    return cli.load("titles", lists.xlsx(tuple(row), tuple(row.values())))


def say(cli: Register, lists: Lists, *words: str, **fields: Any) -> int:
    """File a one-row list of enterprises about firm 1; gives the filing's id."""
    row = {"uscc": code(1), "name": "济南甲机械有限公司", "district": "历下区", **fields}
    return cli.filed("enterprises", lists.csv(tuple(row), tuple(row.values())), *words)


def field(cli: Register, name: str, *words: object) -> Any:
    """The value of one profile field, None where nothing is said."""
    return cli.values(code(1), *words).get(name)
