"""The register's commands: import, fields, template, filings, export, find, show, merge, split, db."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from registry import documents
from registry.decisions import Answer, decide
from registry.delivery import outbox
from registry.delivery.claims import hold_back
from registry.export import export_kind
from registry.filings import filing, filings
from registry.find import find
from registry.house import House
from registry.importing import Wish, import_file
from registry.intake.rows import Reading
from registry.intake.workbooks import write_rejects, write_template
from registry.kind import Kind
from registry.merging import merge, split
from registry.naming.codes import read_code
from registry.refusals import RefusedError
from registry.search.checking import index_faults
from registry.search.index import index_afresh, up_to_date
from registry.show import show, with_nulls
from registry.speaking import (
    DONE,
    SHORT,
    Progress,
    as_of_day,
    command,
    known_at_instant,
    pairs,
    print_json,
    problem_line,
    say_problems,
    table,
)
from registry.store import schema
from registry.store.backup import backup, restore
from registry.store.clock import day_of, instant_text, parse_instant
from registry.store.known import faults
from registry.withdrawal import withdraw

BY = "cli:local"
as_json = click.option("--json", "as_json", is_flag=True, help="answer as JSON")


def kind_named(house: House, id: str) -> Kind:
    if id not in house.kinds.by_id:
        raise click.UsageError(f"there is no kind {id!r}; the kinds are {', '.join(house.kinds.by_id)}")
    return house.kinds.by_id[id]


@click.command("import")
@click.argument("kind")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--sheet", help="sheet to read (default: the first visible one with a header)")
@click.option(
    "--map", "maps", multiple=True, metavar="HEADER=FIELD", help="bind a column; HEADER= ignores it"
)
@click.option("--set", "sets", multiple=True, metavar="FIELD=VALUE", help="fill where a row has no value")
@click.option("--unit", "units", multiple=True, metavar="FIELD=UNIT", help="unit of a money column")
@click.option("--create", is_flag=True, help="put firms with a good code and a name on the register")
@click.option("--complete-on", metavar="DAY", help="the file is the whole list on that day")
@click.option("--yes", is_flag=True, help="go ahead where many memberships would end")
@click.option("--dry-run", is_flag=True, help="say what would happen, change nothing")
@click.option(
    "--rejects", type=click.Path(path_type=Path), help="write refused rows with reasons to this .xlsx"
)
@as_json
@command
def import_(house: House, kind: str, file: Path, sheet: str | None, maps: tuple[str, ...], sets: tuple[str, ...],
            units: tuple[str, ...], create: bool, complete_on: str | None, yes: bool, dry_run: bool,
            rejects: Path | None, as_json: bool) -> int:  # fmt: skip
    """Import a list as a bureau has it: .xlsx .xls .docx .pdf .csv .tsv. Every row gets one fate and every problem a reason."""
    wanted = kind_named(house, kind)
    if complete_on is not None:
        as_of_day(house, complete_on)
    reading = Reading(pairs("--map", maps), pairs("--set", sets), pairs("--unit", units), sheet)
    wish = Wish(reading, create, complete_on, yes, dry_run)
    done = import_file(house, wanted, file, BY, wish, Progress())
    document = done.document()
    if rejects:
        write_rejects(rejects, done.parsed, done.outcome)
    if as_json:
        print_json(document)
    else:
        _say_import(document)
    return SHORT if document["refused"] else DONE


def _say_import(document: dict[str, Any]) -> None:
    where = f"filing {document['filing']}" if document["filing"] else "rehearsal, nothing filed"
    click.echo(f"{where}: {document['rows']:,} rows")
    if before := document.get("filed_before"):
        click.echo(
            f"this very file was filed on {day_of(parse_instant(before['recorded_at']))} as filing {before['filing']}; "
            f"unchanged rows: {document['unchanged']:,} of {document['rows']:,}"
        )
    table(
        ("accepted", "unchanged", "review", "refused"),
        [[document[f] for f in ("accepted", "unchanged", "review", "refused")]],
    )
    ignored = [header for header, field in document["columns"].items() if field is None]
    if ignored:
        click.echo(f"columns not taken: {', '.join(ignored)}")
    say_problems(document["problems"], document["filing"])


@click.command("fields")
@click.argument("kind")
@as_json
@command
def fields(house: House, kind: str, as_json: bool) -> None:
    """The fields of a kind: ids, terms, and the headers that are understood."""
    wanted = kind_named(house, kind)
    rows: list[dict[str, Any]] = [
        {"id": f.id, "type": f.type, "zh": f.zh, "en": f.en, "vocabulary": f.vocabulary or None, "headers": list(f.headers)}
        for f in wanted.fields
    ]  # fmt: skip
    if as_json:
        print_json(rows)
    else:
        table(
            ("id", "type", "zh", "headers"),
            [(r["id"], r["type"], r["zh"], " ".join(r["headers"])) for r in rows],
        )


@click.command("template")
@click.argument("kind")
@click.option("--out", required=True, type=click.Path(path_type=Path))
@command
def template(house: House, kind: str, out: Path) -> None:
    """An empty workbook with the headers of a kind, text columns and word lists."""
    write_template(out, kind_named(house, kind))
    click.echo(str(out))


@click.group("filings", invoke_without_command=True)
@as_json
@click.pass_context
def filings_group(context: click.Context, as_json: bool) -> None:
    """What was put on record, and what waits for a decision."""
    if context.invoked_subcommand is None:
        context.invoke(list_filings, as_json=as_json)


@filings_group.command("list")
@as_json
@command
def list_filings(house: House, as_json: bool) -> None:
    """All filings, newest first."""
    with house.store.read() as connection:
        rows = filings(connection)
    if as_json:
        print_json(rows)
    else:
        head = (
            "id",
            "kind",
            "rows",
            "accepted",
            "unchanged",
            "review",
            "refused",
            "recorded_at",
            "withdrawn_at",
            "file",
        )
        table(head, [[*(row[name] for name in head[:-1]), _filed_as(row)] for row in rows])


def _filed_as(row: dict[str, Any]) -> str:
    """A filing's file; a decision by what it decides."""
    if not row["parent"]:
        return str(row["file"])
    return f"decision on row {row['parent_row']} of {row['file']} (filing {row['parent']})"


@filings_group.command("show")
@click.argument("id", type=int)
@as_json
@command
def show_filing(house: House, id: int, as_json: bool) -> int:
    """One filing: how it was read, its problems, and the rows in review with what was typed."""
    with house.store.read() as connection:
        found = filing(connection, id)
    if found is None:
        raise click.UsageError(f"there is no filing {id}")
    if as_json:
        print_json(found)
        return DONE
    table(
        ("field", "value"), [(k, v) for k, v in found.items() if k not in ("problems", "waiting", "columns")]
    )
    for problem in found["problems"]:
        click.echo(problem_line(problem))
    for row in found["waiting"]:
        click.echo(f"row {row['row']} waits: " + "; ".join(f"{h}={v}" for h, v in row["cells"].items()))
    return DONE


@filings_group.command("withdraw")
@click.argument("id", type=int)
@click.option("--yes", is_flag=True, help="also where other rows lean on it")
@as_json
@command
def withdraw_filing(house: House, id: int, yes: bool, as_json: bool) -> None:
    """Take a filing back: what earlier filings said returns, what later ones said stays."""
    lines = withdraw(house, id, BY, yes=yes)
    if as_json:
        print_json({"filing": id, "orphaned": lines})
    else:
        click.echo(f"filing {id} withdrawn" + (f"; {len(lines)} rows returned to review" if lines else ""))


@filings_group.command("decide")
@click.argument("id", type=int)
@click.argument("row", type=int)
@click.option("--uscc", help="the firm meant")
@click.option("--create", is_flag=True, help="put the firm on the register")
@click.option("--take", is_flag=True, help="take the row as it stands")
@click.option("--reject", is_flag=True, help="turn the row down")
@click.option("--set", "sets", multiple=True, metavar="FIELD=VALUE", help="mend a cell")
@command
def decide_row(
    house: House,
    id: int,
    row: int,
    uscc: str | None,
    create: bool,
    take: bool,
    reject: bool,
    sets: tuple[str, ...],
) -> None:
    """Decide a row in review; the decision is a filing of its own."""
    mended = pairs("--set", sets)
    if sum(map(bool, (uscc, create, take or mended, reject))) != 1:
        raise click.UsageError("give one of --uscc CODE, --create, --take, --reject, or --set FIELD=VALUE")
    outcome = decide(house, id, row, Answer(uscc, create, take, reject, mended), BY)
    if outcome is None:
        click.echo(f"row {row} of filing {id} turned down")
    else:
        click.echo(f"row {row} of filing {id} decided by filing {outcome.filing}")


@click.command("export")
@click.argument("kind")
@click.option("--out", required=True, type=click.Path(path_type=Path), help=".xlsx or .csv")
@click.option("--as-of", metavar="DAY")
@click.option("--district", help="district or functional area, by name or code")
@click.option("--tier", help="firms that hold this tier on the day")
@command
def export(
    house: House, kind: str, out: Path, as_of: str | None, district: str | None, tier: str | None
) -> int:
    """Records as of a day, in columns that import back."""
    rows = export_kind(
        house, kind_named(house, kind), out, as_of_day(house, as_of), district, tier, Progress()
    )
    click.echo(f"{out}: {rows:,} rows")
    return DONE


@click.command("find")
@click.argument("text")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000))
@as_json
@command
def find_(house: House, text: str, limit: int, as_json: bool) -> int:
    """Find firms by credit code, name, former or short name, or part of one; by pinyin initials; by product."""
    up_to_date(house, beside=False)
    with house.store.read() as connection:
        rows = find(connection, text, house.clock.today(), limit)
    if as_json:
        print_json(rows)
    else:
        head = ("uscc", "name", "by", "matched", "district")
        table(head, [[row[name] for name in head] for row in rows])
    return DONE if rows else SHORT


@click.command("show")
@click.argument("uscc")
@click.option("--as-of", metavar="DAY")
@click.option("--known-at", metavar="INSTANT|DAY|FILING")
@as_json
@command
def show_(house: House, uscc: str, as_of: str | None, known_at: str | None, as_json: bool) -> int:
    """Everything on record about one firm, each field with its filing and row."""
    at, code = known_at_instant(house, known_at), uscc.strip().upper()
    with house.store.read() as connection:
        printed = instant_text(at or house.clock.now())
        document = show(house, connection, code, as_of_day(house, as_of), at, printed)
    if document is None:
        raise RefusedError(
            f"{uscc}: not on the register" + (" as known then" if known_at else ""), f"登记库里没有 {uscc}"
        )
    if document["uscc"] != code:
        click.echo(f"{code} leads to {document['uscc']}", err=True)
    if as_json:
        print_json(with_nulls(house, document))
        return DONE
    for other in document.get("merged_codes", ()):
        day = day_of(parse_instant(other["at"]))
        click.echo(
            f"also registered under {other['uscc']} {other['name'] or ''}, merged by {other['by']} on {day}"
        )
    table(("field", "value", "valid from", "filing", "row"),
          [(k, c["value"], c["valid_from"], c["filing"], c["row"]) for k, c in document["profile"].items()])  # fmt: skip
    for kind in house.kinds.of_firms:
        if isinstance(document[kind.shown], list) and document[kind.shown]:
            click.echo(f"\n{kind.shown}")
            for record in document[kind.shown]:
                click.echo("  " + "  ".join(f"{k}={v}" for k, v in record.items()))
    click.echo("\n" + "  ".join(f"{k}={v}" for k, v in document["derived"].items()))
    return DONE


@click.command("merge")
@click.argument("loser")
@click.argument("survivor")
@click.option("--reason", default="", help="why the two are one")
@click.option("--yes", is_flag=True, help="also where the two differ")
@command
def merge_(house: House, loser: str, survivor: str, reason: str, yes: bool) -> None:
    """Twice the same firm: let the code LOSER lead to SURVIVOR. Nothing that was filed changes; split undoes it."""
    one, other = _code(loser), _code(survivor)
    merge(house, one, other, BY, reason, yes=yes)
    click.echo(f"{one} leads to {other}")


@click.command("split")
@click.argument("loser")
@command
def split_(house: House, loser: str) -> None:
    """Undo a merge: LOSER is a firm of its own again."""
    code = _code(loser)
    click.echo(f"{code} no longer leads to {split(house, code, BY)}")


def _code(typed: str) -> str:
    return read_code(typed).code or typed.strip().upper()


@click.group("db")
def db() -> None:
    """The database: upgrade, check, backup, restore."""


@db.command("upgrade")
@command
def db_upgrade(house: House) -> None:
    """Bring the schema to the newest revision."""
    click.echo(f"schema {schema.upgrade(house.store)}")


@db.command("check")
@command
def db_check(house: House) -> int:
    """Fold every statement afresh and compare: tables, search, kept files and published counts by their hashes; exit 1
    where they differ."""
    schema.prepare(house.store)
    found = 0
    everything = dict.fromkeys(kind.record for kind in house.kinds.all)
    folded = faults(house.store, house.kinds.all, lambda c: house.after_fold(c, everything))
    of_rooms = (line for room in house.rooms if room.faults for line in room.faults(house))
    for line in (*folded, *documents.faults(house), *outbox.faults(house), *of_rooms):
        click.echo(line)
        found += 1
    for line in index_faults(house.store):
        click.echo(f"{line}; mend it: python cli.py db reindex")
        found += 1
    click.echo(f"{found} faults" if found else "the tables say what the statements say")
    return SHORT if found else DONE


@db.command("reindex")
@command
def db_reindex(house: House) -> None:
    """Make the index of the search afresh."""
    schema.prepare(house.store)
    index_afresh(house.store)
    click.echo("every firm is indexed")


@db.command("backup")
@click.argument("file", type=click.Path(path_type=Path))
@command
def db_backup(house: House, file: Path) -> int:
    """Write a consistent copy to FILE while the register is in use, with documents and what is not delivered yet."""
    schema.prepare(house.store)
    rows = backup(house.store, file, documents.folder(house), outbox.folder(house))
    click.echo(f"{file}: {rows:,} rows")
    lost = [*documents.faults(house), *outbox.faults(house)]
    for line in lost:
        click.echo(f"not in the copy: {line}", err=True)
    return SHORT if lost else DONE


@db.command("restore")
@click.argument("file", type=click.Path(path_type=Path, exists=True))
@command
def db_restore(house: House, file: Path) -> None:
    """Fill an empty database from a backup. What was not delivered then is not sent unasked: see deliveries list."""
    folders = (documents.folder(house), outbox.folder(house))
    click.echo(f"{restore(house.store, file, *folders, hold_back):,} rows restored")


@db.command("tidy")
@command
def db_tidy(house: House) -> None:
    """Remove bytes that nothing needs: of uploads that a crash cut short, and of what has arrived everywhere."""
    schema.prepare(house.store)
    click.echo(f"{documents.tidy(house, BY) + outbox.tidy(house, BY)} files removed")


COMMANDS = (import_, fields, template, filings_group, export, find_, show_, merge_, split_, db)
