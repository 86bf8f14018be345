"""The commands of the rules: assess, rules, simulate."""

from __future__ import annotations

import sys
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click
import orjson

from registry import words
from registry.export import write_table
from registry.house import House
from registry.kind import Record
from registry.naming.codes import read_code
from registry.refusals import MisusedError
from registry.speaking import SHORT, as_of_day, command, print_json, table
from registry.subjects import existing, firms_of
from tiers.assessing import (
    HEAD,
    PURPOSES,
    assess,
    assess_all,
    edition_document,
    edition_heads,
    simulate,
)
from tiers.rules.layout import differences
from tiers.rules.metrics import METRICS


def _word(vocabulary: str, text: str | None) -> str | None:
    """An id or a Chinese term as an id; what is no word of the table is left for the rules to refuse."""
    return words.read(vocabulary, text) or text if text else None


@click.command("assess")
@click.argument("usccs", nargs=-1, metavar="[USCC…]")
@click.option("--all", "everyone", is_flag=True, help="every firm of the city, one JSON object a line")
@click.option("--tier", metavar="TIER")
@click.option("--level", metavar="LEVEL")
@click.option("--purpose", type=click.Choice(PURPOSES), default="new", show_default=True)
@click.option("--as-of", metavar="DAY")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help=".xlsx or .csv for a table, else one JSON object a line",
)
@click.option("--json", "as_json", is_flag=True)
@command
def assess_command(house: House, usccs: Sequence[str], everyone: bool, tier: str | None, level: str | None, purpose: str,
                   as_of: str | None, out: Path | None, as_json: bool) -> int | None:  # fmt: skip
    """What firms could hold under the rules of a day, clause by clause, and why not yet."""
    day = as_of_day(house, as_of)
    tier, level = _word("tier", tier), _word("level", level)
    if everyone == bool(usccs):
        raise MisusedError(
            "name the firms by their codes, or ask for all of them", "请给出信用代码，或查询全部企业", "--all"
        )
    with house.store.read() as connection:
        if everyone:
            return _everyone(*assess_all(house, connection, day, tier, level, purpose), out, as_json)
        codes = firms_of(connection, (read_code(typed).code or typed for typed in usccs))
        unknown = [uscc for uscc in codes if uscc not in existing(connection, codes)]
        for uscc in unknown:
            click.echo(f"error: {uscc} is not on the register", err=True)
        answers = assess(house, connection, [c for c in codes if c not in unknown], day, tier, level, purpose)
    if not answers and len(unknown) < len(codes):
        click.echo(
            f"no rule of {tier or 'any tier'} is known for {purpose} on {day}; see: cli.py rules list",
            err=True,
        )
    if out:
        _save(answers, out)
    elif as_json:
        print_json(answers)
    else:
        for answer in answers:
            _print(answer)
    return SHORT if unknown else None


def _everyone(number: int, answers: Iterator[Record], out: Path | None, as_json: bool) -> int | None:
    counted: Counter[tuple[str, str, str]] = Counter()

    def passing() -> Iterator[Record]:
        with click.progressbar(answers, length=number, label="assess", file=sys.stderr) as bar:
            for answer in bar:
                counted[answer["tier"], answer["level"], answer["computed"]] += 1
                yield answer

    if out:
        _save(passing(), out)
    elif as_json:
        for answer in passing():
            sys.stdout.buffer.write(orjson.dumps(answer) + b"\n")
        return None
    else:
        deque(passing(), maxlen=0)
    table(("tier", "level", "computed", "firms"), [(*key, firms) for key, firms in sorted(counted.items())])
    return None


SAVED = ("uscc", "tier", "level", "edition", "purpose", "verdict", "computed", "score low", "score high", "unmet", "missing",
         "findings")  # fmt: skip


def _save(answers: Iterable[Record], out: Path) -> None:
    """To .xlsx or .csv one line an answer, else JSON, one object a line."""
    if out.suffix.lower() in (".xlsx", ".csv"):
        write_table(out, "assess", SAVED, map(_line, answers))
        return
    with out.open("wb") as file:
        file.writelines(orjson.dumps(answer) + b"\n" for answer in answers)


def _line(answer: Record) -> list[Any]:
    score = answer["score"] or {}
    unmet = [c["id"] for c in answer["criteria"] if c["of"] is None and c["verdict"] == "unmet"]
    return [*(answer[key] for key in SAVED[:7]), score.get("low"), score.get("high"), ", ".join(unmet),
            ", ".join(answer["missing"]), ", ".join(answer["findings"])]  # fmt: skip


def _print(answer: dict[str, Any]) -> None:
    edition = answer["edition"] or "no edition"
    over = "".join(f" + {id}" for id in answer["overlays"])
    click.echo(
        f"\n{answer['uscc']}  {answer['tier']} ({answer['level']}), {answer['purpose']}, {edition}{over}:"
    )
    click.echo(f"  {answer['verdict']}, by data alone {answer['computed']}")
    if answer["score"]:
        score = answer["score"]
        click.echo(f"  score {score['low']}–{score['high']}")
    table(
        ("criterion", "verdict", "value", "threshold", "unit", "period", "short by"),
        [
            ("  " * c["id"].count(".") + c["id"].rpartition(".")[2], c["verdict"], c["value"], c["threshold"], c["unit"],
             c["period"], c["short_by"])
            for c in answer["criteria"]
        ],
    )  # fmt: skip
    if answer["missing"]:
        click.echo("  missing: " + ", ".join(answer["missing"]))
    if answer["findings"]:
        click.echo("  look at: " + ", ".join(answer["findings"]))


@click.group("rules", invoke_without_command=True)
@click.pass_context
def rules_command(context: click.Context) -> None:
    """The editions of the rules: list, show ID, diff A B, metrics."""
    if context.invoked_subcommand is None:
        context.invoke(rules_list)


@rules_command.command("list")
@click.option("--json", "as_json", is_flag=True)
@command
def rules_list(_house: House, as_json: bool = False) -> None:
    """Every edition with its document and the days on which it is in force."""
    heads = edition_heads()
    if as_json:
        print_json(heads)
    else:
        table(HEAD, [list(head.values()) for head in heads])


@rules_command.command("show")
@click.argument("id")
@click.option("--json", "as_json", is_flag=True)
@command
def rules_show(_house: House, id: str, as_json: bool) -> None:
    """An edition as an official would lay it out, with the source of every value."""
    document = edition_document(id)
    if as_json:
        print_json(document)
        return
    click.echo(
        f"{document['zh']}  {document['document']}  {document['from']} – {document['until'] or ''}  [{document['provenance']}]"
    )
    for line in document["criteria"]:
        mark = f" [{line['provenance']}]" if line["provenance"] != document["provenance"] else ""
        click.echo(
            f"{'  ' * line['depth']}{line['id'].rpartition('.')[2]}: {line['zh'] or line['asks']}  {line['says']}{mark}"
        )
    for line in document["tables"]:
        click.echo(f"{'  ' * line['depth']}{line['zh']} ({line['most']})  {line['says']}")
    for line in document["groups"]:
        click.echo(f"{line['zh']}  {line['says']}")
    for text in document["not_modelled"]:
        click.echo(f"not modelled: {text}")
    if document["looked_for"]:
        click.echo(f"not found: {document['looked_for']}")


@rules_command.command("diff")
@click.argument("a")
@click.argument("b")
@click.option("--json", "as_json", is_flag=True)
@command
def rules_diff(_house: House, a: str, b: str, as_json: bool) -> None:
    """What two editions ask differently, criterion by criterion."""
    rows = differences(edition_document(a), edition_document(b))
    if as_json:
        print_json(rows)
    else:
        table(("criterion", a, b), [(row["id"], row["a"], row["b"]) for row in rows])


@rules_command.command("metrics")
@click.option("--json", "as_json", is_flag=True)
@command
def rules_metrics(_house: House, as_json: bool) -> None:
    """What a rule may measure."""
    rows = [
        (m.id, m.zh, m.en, m.unit, "+".join(m.over) + (f" / {m.under}" if m.under else ""))
        for m in METRICS.values()
    ]
    head = ("id", "zh", "en", "unit", "facts")
    if as_json:
        print_json([dict(zip(head, row, strict=True)) for row in rows])
    else:
        table(head, rows)


@click.command("simulate")
@click.argument("edition")
@click.option(
    "--set",
    "changes",
    multiple=True,
    metavar="CRITERION=AMOUNT",
    help="another threshold, such as rd.ratio=2.5%",
)
@click.option("--purpose", type=click.Choice(PURPOSES), default="new", show_default=True)
@click.option("--as-of", metavar="DAY")
@click.option("--json", "as_json", is_flag=True)
@command
def simulate_command(
    house: House, edition: str, changes: Sequence[str], purpose: str, as_of: str | None, as_json: bool
) -> None:
    """The city's firms under another edition, or under other thresholds: who gains, who loses."""
    pairs = dict(change.partition("=")[::2] for change in changes)
    if not all(pairs.values()):
        raise MisusedError(
            "write a threshold as CRITERION=AMOUNT, such as rd.ratio=2.5%",
            "门槛的写法是 条款=门槛，如 rd.ratio=2.5%",
            "--set",
        )
    with house.store.read() as connection:
        document = simulate(house, connection, edition, as_of_day(house, as_of), pairs, purpose)
    if as_json:
        print_json(document)
        return
    click.echo(f"{document['edition']} instead of {document['instead_of']} on {document['as_of']}: {len(document['gain'])} gain, "
               f"{len(document['lose'])} lose, {document['undecided']} undecided")  # fmt: skip
    table(
        ("by", "key", "name", "gain", "lose", "undecided"),
        [
            (row["dimension"], row["key"], row["name"], row["gain"], row["lose"], row["undecided"])
            for row in document["by"]
        ],
    )
    for side in ("gain", "lose"):
        table((side, "name"), [(uscc, document["names"].get(uscc)) for uscc in document[side]])


COMMANDS = (assess_command, rules_command, simulate_command)
