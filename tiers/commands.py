"""This room's commands: count and the sample city."""

from __future__ import annotations

import click

from registry.filing import RefusedError
from registry.house import House
from registry.speaking import Progress, as_of_day, command, known_at_instant, print_json, table
from tiers.asking import ask_count, ask_firms
from tiers.count import DIMENSIONS
from tiers.rule_commands import COMMANDS as RULE_COMMANDS
from tiers.sampling import file_sample, is_empty, is_sample, is_whole


@click.command("count")
@click.option("--as-of", metavar="DAY")
@click.option("--known-at", metavar="INSTANT|DAY|FILING")
@click.option("--year", type=int, help="year of accounts (default: by the closing day)")
@click.option("--by", type=click.Choice(DIMENSIONS))
@click.option("--firms", metavar="TARGET", help="list the firms behind a target")
@click.option("--json", "as_json", is_flag=True)
@command
def count(house: House, as_of: str | None, known_at: str | None, year: int | None, by: str | None, firms: str | None,
          as_json: bool) -> None:  # fmt: skip
    """Count the register against the plan: targets, tiers, quality firms, revenue classes."""
    day, at = as_of_day(house, as_of), known_at_instant(house, known_at)
    if firms:
        listed = ask_firms(house, day, at, firms, year)
        if as_json:
            print_json(listed)
        else:
            table(("uscc", "name", "because"), [
                (f["uscc"], f["name"], "; ".join(f"{w['record']} (filing {w['filing']}, row {w['row']})" for w in f["why"]))
                for f in listed
            ])  # fmt: skip
        return
    document = ask_count(house, day, at, year, by)
    if as_json:
        print_json(document)
        return
    click.echo(f"as of {document['as_of']}, known at {document['known_at']}")
    head = ("id", "name", "value", "goal", "rate", "unknown", "period", "source")
    table(
        head,
        [[target[name] for name in head] for target in document["targets"] if target["value"] is not None],
    )
    click.echo(
        f"{sum(t['value'] is None for t in document['targets'])} targets wait for figures that departments file\n"
    )
    head = (
        "tier",
        "level",
        "firms_valid",
        "titles_valid",
        "titles_cumulative",
        "new_this_year",
        "expiring_180d",
        "review_pending",
    )
    table(head, [[tier[name] for name in head] for tier in document["tiers"]])
    for row in document.get("by", ()):
        click.echo(
            f"{row['name']}: " + "  ".join(f"{id}={cell['value']}" for id, cell in row["targets"].items())
        )


@click.command("demo")
@click.option("--firms", default=20_000, show_default=True, type=click.IntRange(60, 2_000_000))
@click.option("--seed", default=2023, show_default=True, type=int)
@click.option(
    "--if-empty", is_flag=True, help="do nothing, without complaint, where the register holds firms"
)
@command
def demo(house: House, firms: int, seed: int, if_empty: bool) -> None:
    """File the synthetic sample city into an empty register."""
    if not is_empty(house):
        if if_empty and (is_whole(house) or not is_sample(house)):
            return
        if if_empty:
            place = _place(house)
            raise RefusedError(
                f"the sample city was interrupted while it was filed; remove the database ({place}) and run again",
                f"样例城市装入时中断；请删除数据库（{place}）后重新运行",
            )
        raise RefusedError(
            "the register is not empty; the sample city goes into an empty one (choose another by DATABASE_URL)",
            "登记库不是空的；样例城市只放进空库（用 DATABASE_URL 另选一个）",
        )
    click.echo(f"filing a synthetic city of {firms:,} firms …", err=True)
    filings = file_sample(house, firms, seed, Progress())
    click.echo(f"{filings} filings; all firms are invented (credit codes of the unassigned area 370199)")


def _place(house: House) -> str:
    """The database in use, as its owner finds it: an SQLite file with its companions, or an address."""
    url = house.store.engine.url
    return f"{url.database}*" if house.store.is_sqlite else url.render_as_string(hide_password=True)


COMMANDS = (count, demo, *RULE_COMMANDS)
