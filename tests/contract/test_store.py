"""What the register remembers: dated statements, two clocks, withdrawal, and nothing lost or half done."""

from __future__ import annotations

import itertools
import os
import random
import resource
import sqlite3
import time
import traceback
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from cli import main
from tests.contract.conftest import Lists, Register, code

Clock = Callable[[str], None]
_numbers = itertools.count(1)


def say(cli: Register, lists: Lists, *words: str, **fields: Any) -> int:
    """File a one-row list of enterprises about firm 1; gives the filing's id."""
    row = {"uscc": code(1), "name": "济南甲机械有限公司", "district": "历下区", **fields}
    return cli.filed("enterprises", lists.csv(tuple(row), tuple(row.values())), *words)


def field(cli: Register, name: str, *words: object) -> Any:
    """The value of one profile field, None where nothing is said."""
    return cli.values(code(1), *words).get(name)


# --- changes and corrections -------------------------------------------------------------------------------

CHANGES = [
    ("name", "济南甲机械有限公司", "济南新名科技有限公司"),
    ("district", "370102", "370105"),
    ("area", "370171", "area-qibu"),
    ("address", "历下区某路1号", "历下区某路2号"),
    ("status", "active", "revoked"),
    ("ownership", "private", "state"),
]
CORRECTIONS = [
    ("niche", "阀门", "高压阀门"),
    ("industry", "C2921", "C3011"),
    ("founded_on", "2001-01-01", "2001-02-01"),
    ("registered_capital", 5_000_000, 6_000_000),
    ("digital_core", "yes", "no"),
]


@pytest.mark.parametrize("name, old, new", CHANGES)
def test_later_value_of_a_changing_field_holds_from_the_day_of_filing(
    cli: Register, lists: Lists, at: Clock, name: str, old: Any, new: Any
) -> None:
    at("2026-03-10")
    say(cli, lists, **{name: old})
    at("2026-04-20")
    second = say(cli, lists, **{name: new})
    assert field(cli, name, "--as-of", "2026-04-19") == old
    assert field(cli, name, "--as-of", "2026-04-20") == new
    cell = cli.show(code(1))["profile"][name]
    assert cell == {"value": new, "valid_from": "2026-04-20", "filing": second, "row": 2}


def test_move_to_another_city_is_a_change(cli: Register, lists: Lists, at: Clock) -> None:
    at("2026-03-10")
    say(cli, lists)
    at("2026-04-20")
    cli.filed("enterprises", lists.csv(("uscc", "所在市"), (code(1), "苏州市")))
    assert field(cli, "city", "--as-of", "2026-04-19") == "370100"
    assert field(cli, "city", "--as-of", "2026-04-20") == "320500"


@pytest.mark.parametrize("name, old, new", CORRECTIONS)
def test_later_value_of_any_other_field_corrects_from_the_beginning(
    cli: Register, lists: Lists, at: Clock, name: str, old: Any, new: Any
) -> None:
    at("2026-03-10")
    first = say(cli, lists, **{name: old})
    at("2026-04-20")
    say(cli, lists, **{name: new})
    for day in ("2020-01-01", "2026-04-19", "2026-04-20"):
        assert field(cli, name, "--as-of", day) == new
    assert field(cli, name, "--known-at", first) == old
    assert cli.show(code(1))["profile"][name]["valid_from"] is None


def test_correction_takes_over_the_day_of_what_it_replaces(cli: Register, lists: Lists) -> None:
    say(cli, lists, niche="阀门")
    say(cli, lists, niche="水泵", effective_on="2024-01-01")
    say(cli, lists, niche="潜水泵")
    assert field(cli, "niche", "--as-of", "2023-12-31") == "阀门"
    assert field(cli, "niche", "--as-of", "2024-01-01") == "潜水泵"
    assert cli.show(code(1))["profile"]["niche"]["valid_from"] == "2024-01-01"


def test_effective_on_in_the_row_dates_every_field_of_the_row(cli: Register, lists: Lists) -> None:
    say(cli, lists, name="济南甲机械有限公司", niche="阀门")
    say(cli, lists, name="济南新名科技有限公司", niche="水泵", effective_on="2024-01-01")
    for name, old, new in (("name", "济南甲机械有限公司", "济南新名科技有限公司"), ("niche", "阀门", "水泵")):
        assert field(cli, name, "--as-of", "2023-12-31") == old
        assert field(cli, name, "--as-of", "2024-01-01") == new


def test_effective_on_for_the_whole_list(cli: Register, lists: Lists) -> None:
    say(cli, lists)
    say(cli, lists, "--set", "effective_on=2024-01-01", district="天桥区")
    assert field(cli, "district", "--as-of", "2023-12-31") == "370102"
    assert field(cli, "district", "--as-of", "2024-01-01") == "370105"


def test_older_fact_filed_late_does_not_displace_a_newer_one(cli: Register, lists: Lists) -> None:
    say(cli, lists)
    say(cli, lists, district="天桥区", effective_on="2024-01-01")
    say(cli, lists, district="商河县", effective_on="2022-01-01")
    days = ("2021-12-31", "2022-01-01", "2023-12-31", "2024-01-01")
    assert [field(cli, "district", "--as-of", day) for day in days] == [
        "370102",
        "370126",
        "370126",
        "370105",
    ]
    assert field(cli, "district") == "370105"


def test_future_change_waits_for_its_day(cli: Register, lists: Lists, at: Clock) -> None:
    at("2026-06-15")
    say(cli, lists)
    say(cli, lists, district="天桥区", effective_on="2026-07-01")
    assert field(cli, "district") == "370102"
    assert field(cli, "district", "--as-of", "2026-07-01") == "370105"
    at("2026-07-02")
    assert field(cli, "district") == "370105"


def test_meaning_change_dates_a_field_that_would_correct(cli: Register, lists: Lists, at: Clock) -> None:
    at("2026-03-10")
    say(cli, lists, niche="阀门")
    at("2026-04-20")
    say(cli, lists, "--set", "meaning=change", niche="水泵")
    assert field(cli, "niche", "--as-of", "2026-04-19") == "阀门"
    assert field(cli, "niche", "--as-of", "2026-04-20") == "水泵"


def test_meaning_correction_mends_a_name_from_the_beginning(cli: Register, lists: Lists, at: Clock) -> None:
    at("2026-03-10")
    say(cli, lists, name="济南曱机械有限公司")
    at("2026-04-20")
    say(cli, lists, "--set", "meaning=correction", name="济南甲机械有限公司")
    assert field(cli, "name", "--as-of", "2020-01-01") == "济南甲机械有限公司"


def test_unknown_meaning_is_exit_2(cli: Register, lists: Lists) -> None:
    said = cli.load(
        "enterprises", lists.csv(("uscc", "name"), (code(1), "济南甲")), "--set", "meaning=perhaps"
    )
    assert said.exit == 2


def test_first_value_holds_from_the_beginning(cli: Register, lists: Lists) -> None:
    filing = say(cli, lists)
    cell = cli.show(code(1), "--as-of", "2001-01-01")["profile"]["name"]
    assert (cell["value"], cell["valid_from"], cell["filing"], cell["row"]) == (
        "济南甲机械有限公司",
        None,
        filing,
        2,
    )


def test_each_field_names_the_filing_and_row_that_said_it(cli: Register, lists: Lists) -> None:
    first = cli.filed(
        "enterprises",
        lists.csv(
            ("uscc", "name", "niche"), (code(2), "济南乙", ""), (code(1), "济南甲机械有限公司", "阀门")
        ),
    )
    second = cli.filed("enterprises", lists.csv(("uscc", "niche"), (code(1), "水泵")))
    profile = cli.show(code(1))["profile"]
    assert (profile["name"]["filing"], profile["name"]["row"]) == (first, 3)
    assert (profile["niche"]["filing"], profile["niche"]["row"]) == (second, 2)


def test_evidence_and_figures_correct(cli: Register, lists: Lists, at: Clock) -> None:
    at("2026-03-10")
    say(cli, lists)
    cli.filed("evidence", lists.csv(("uscc", "发明专利", "实用新型"), (code(1), 3, 8)))
    before = cli.filed(
        "figures", lists.csv(("uscc", "year", "营业收入（元）", "职工人数"), (code(1), 2024, 100, 7))
    )
    at("2026-04-20")
    cli.filed("evidence", lists.csv(("uscc", "发明专利"), (code(1), 4)))
    cli.filed("figures", lists.csv(("uscc", "year", "营业收入（元）"), (code(1), 2024, 200)))
    now, then = cli.show(code(1), "--as-of", "2026-04-01"), cli.show(code(1), "--known-at", before)
    assert now["evidence"]["invention_patents"]["value"] == 4
    assert now["evidence"]["utility_models"]["value"] == 8
    assert then["evidence"]["invention_patents"]["value"] == 3
    assert (now["figures"][0]["revenue"], now["figures"][0]["employees"]) == (200, 7)
    assert then["figures"][0]["revenue"] == 100


# --- known at ----------------------------------------------------------------------------------------------


def test_known_at_as_filing_day_and_instant(both: Register, lists: Lists, at: Clock) -> None:
    at("2026-03-10T15:00")  # 23:00 of the 10th in Jinan
    first = say(both, lists, niche="阀门")
    at("2026-03-10T16:30")  # half past midnight of the 11th in Jinan
    second = say(both, lists, niche="水泵")
    at("2026-06-15")
    for moment, niche in [
        (first, "阀门"),
        (second, "水泵"),
        ("2026-03-10", "阀门"),
        ("2026-03-11", "水泵"),
        ("2026-03-10T16:00:00Z", "阀门"),
        ("2026-03-10T23:59:00+08:00", "阀门"),
        ("2026-03-10T17:00:00Z", "水泵"),
    ]:
        assert field(both, "niche", "--known-at", moment) == niche, moment
    assert both("show", code(1), "--known-at", "2026-03-09", "--json").exit == 1
    assert both.show(code(1), "--known-at", "2026-03-10T17:00:00Z")["known_at"].startswith(
        "2026-03-10T17:00:00"
    )


def test_known_at_before_a_filing_is_blind_to_it_in_counts_too(
    both: Register, lists: Lists, at: Clock
) -> None:
    at("2026-06-15")
    firms = say(both, lists)
    titled = both.filed("titles", lists.csv(("uscc", "tier", "issued_on"), (code(1), "srdi", "2024-07-01")))

    def firms_valid(*words: object) -> Any:
        return both("count", *words, "--json").json["quality"]["firms_valid"]

    assert firms_valid() == 1
    assert firms_valid("--known-at", titled) == 1
    assert firms_valid("--known-at", firms) == 0
    assert firms_valid("--as-of", "2024-06-30") == 0
    assert both("filings", "withdraw", titled).exit == 0
    assert firms_valid() == 0
    assert firms_valid("--known-at", titled) == 1


@pytest.mark.parametrize("moment", ["999", "soon", "2026-13-01"])
def test_unknown_moment_is_exit_2(cli: Register, lists: Lists, moment: str) -> None:
    say(cli, lists)
    assert cli("show", code(1), "--known-at", moment, "--json").exit == 2


def test_recorded_at_grows_even_when_the_clock_goes_back(both: Register, lists: Lists, at: Clock) -> None:
    for moment in ("2026-05-01", "2026-04-01", "2026-05-01", "2026-05-01"):
        at(moment)
        say(both, lists, niche=f"阀门{random.random()}")
    listed = sorted(both("filings", "list", "--json").json, key=lambda each: each["id"])
    instants = [each["recorded_at"] for each in listed]
    assert instants == sorted(set(instants))
    assert len(set(instants)) == 4


# --- withdrawal --------------------------------------------------------------------------------------------


def test_withdrawal_brings_back_what_was_said_before(both: Register, lists: Lists) -> None:
    first = say(both, lists, niche="阀门", products="阀")
    second = say(both, lists, niche="水泵")
    assert both("filings", "withdraw", second).exit == 0
    profile = both.show(code(1))["profile"]
    assert (profile["niche"]["value"], profile["niche"]["filing"]) == ("阀门", first)
    assert profile["products"]["value"] == "阀"
    assert both.checked()


def test_withdrawal_keeps_what_was_said_later(both: Register, lists: Lists) -> None:
    say(both, lists, niche="阀门")
    second = say(both, lists, niche="水泵", products="泵")
    third = say(both, lists, niche="潜水泵")
    assert both("filings", "withdraw", second).exit == 0
    profile = both.show(code(1))["profile"]
    assert (profile["niche"]["value"], profile["niche"]["filing"]) == ("潜水泵", third)
    assert "products" not in profile
    assert both("filings", "withdraw", third).exit == 0
    assert field(both, "niche") == "阀门"
    assert both.checked()


def test_withdrawn_filing_is_still_known_before_its_withdrawal(
    cli: Register, lists: Lists, at: Clock
) -> None:
    at("2026-03-10")
    say(cli, lists, niche="阀门")
    at("2026-04-10")
    second = say(cli, lists, niche="水泵")
    at("2026-05-10")
    assert cli("filings", "withdraw", second).exit == 0
    assert field(cli, "niche") == "阀门"
    assert field(cli, "niche", "--known-at", "2026-05-09") == "水泵"
    assert field(cli, "niche", "--known-at", "2026-05-10") == "阀门"
    (listed,) = [each for each in cli("filings", "list", "--json").json if each["id"] == second]
    assert listed["withdrawn_at"].startswith("2026-05-10")


def test_withdrawal_of_a_change_of_name(cli: Register, lists: Lists) -> None:
    say(cli, lists)
    second = say(cli, lists, name="济南新名科技有限公司", effective_on="2024-01-01")
    assert cli("filings", "withdraw", second).exit == 0
    assert field(cli, "name") == "济南甲机械有限公司"
    assert cli("find", "济南新名科技有限公司", "--json").exit == 1


def test_correction_of_a_withdrawn_statement_stays_where_it_was(cli: Register, lists: Lists) -> None:
    say(cli, lists, niche="阀门")
    second = say(cli, lists, niche="水泵", effective_on="2024-01-01")
    say(cli, lists, niche="潜水泵")
    assert cli("filings", "withdraw", second).exit == 0
    assert field(cli, "niche", "--as-of", "2024-06-01") == "潜水泵"
    assert field(cli, "niche", "--as-of", "2023-06-01") == "阀门"
    assert cli.checked()


def test_withdraw_and_file_again_is_as_if_never_withdrawn(both: Register, lists: Lists) -> None:
    say(both, lists, niche="阀门")
    file = lists.csv(("uscc", "niche", "products"), (code(1), "水泵", "泵"))
    filing = both.filed("enterprises", file)
    before = both.values(code(1))
    assert both("filings", "withdraw", filing).exit == 0
    assert both.load("enterprises", file).fates == (1, 0, 0, 0)
    assert both.values(code(1)) == before
    assert both.checked()


def test_firm_that_others_speak_of_wants_yes_and_its_rows_return_as_orphaned(
    both: Register, lists: Lists
) -> None:
    filing = say(both, lists)
    titled = both.filed("titles", lists.csv(("uscc", "tier", "issued_on"), (code(1), "srdi", "2024-07-01")))
    refused = both("filings", "withdraw", filing)
    assert refused.exit == 1
    assert "--yes" in refused.err
    assert code(1) in refused.out + refused.err, "it lists what leans on the filing"
    assert both.holds(code(1))
    assert both("filings", "withdraw", filing, "--yes").exit == 0
    assert not both.holds(code(1))
    assert both("count", "--json").json["quality"]["titles_cumulative"] == 0
    shown = both("filings", "show", titled, "--json").json
    assert [(each["row"], each["code"]) for each in shown["problems"]] == [(2, "orphaned")]
    assert (shown["accepted"], shown["review"]) == (0, 1)
    assert both.checked()


def test_orphaned_row_is_taken_again_once_the_firm_is_back(cli: Register, lists: Lists) -> None:
    filing = say(cli, lists)
    titled = cli.filed("titles", lists.csv(("uscc", "tier", "issued_on"), (code(1), "srdi", "2024-07-01")))
    assert cli("filings", "withdraw", filing, "--yes").exit == 0
    say(cli, lists)
    assert cli.show(code(1))["titles"] == []
    assert cli("filings", "decide", titled, 2, "--uscc", code(1)).exit == 0
    (held,) = cli.show(code(1))["titles"]
    assert held["issued_on"] == "2024-07-01"
    assert cli.checked()


def test_firm_named_by_two_filings_needs_no_yes(cli: Register, lists: Lists) -> None:
    first = say(cli, lists)
    say(cli, lists, niche="阀门")
    cli.filed("titles", lists.csv(("uscc", "tier", "issued_on"), (code(1), "srdi", "2024-07-01")))
    assert cli("filings", "withdraw", first).exit == 0
    assert cli.holds(code(1))
    assert len(cli.show(code(1))["titles"]) == 1
    assert cli.checked()


def test_withdrawing_a_decision_returns_its_row_or_at_least_its_fact(cli: Register, lists: Lists) -> None:
    say(cli, lists)
    said = cli.load("titles", lists.csv(("name", "tier", "issued_on"), ("简称厂", "srdi", "2024-07-01")))
    assert cli("filings", "decide", said.json["filing"], 2, "--uscc", code(1)).exit == 0
    decision = cli("filings", "list", "--json").json[0]["id"]
    assert cli("filings", "withdraw", decision, "--yes").exit == 0
    assert cli.show(code(1))["titles"] == []
    assert cli.checked()


def test_withdrawal_is_done_once_and_only_of_known_filings(cli: Register, lists: Lists) -> None:
    filing = say(cli, lists)
    assert cli("filings", "withdraw", 999).exit == 2
    assert cli("filings", "withdraw", filing, "--yes").exit == 0
    assert cli("filings", "withdraw", filing, "--yes").exit != 0


# --- exit codes --------------------------------------------------------------------------------------------


def test_nothing_found_is_exit_1(cli: Register) -> None:
    assert cli("show", code(1), "--json").exit == 1
    assert cli("find", "济南甲机械有限公司", "--json").exit == 1


@pytest.mark.parametrize(
    "words",
    [
        ("show",),
        ("filings", "show", "999"),
        ("count", "--as-of", "soon"),
        ("import", "enterprises"),
        ("nonsense",),
    ],
)
def test_wrong_use_and_unknown_ids_are_exit_2(cli: Register, words: tuple[str, ...]) -> None:
    said = cli(*words)
    assert said.exit == 2
    assert said.err.strip()
    assert not said.out.strip()


# --- check, backup, restore, schema ------------------------------------------------------------------------


def test_check_is_content_with_an_empty_register_and_a_full_one(both: Register, lists: Lists) -> None:
    assert both("db", "upgrade").exit == 0
    assert both.checked()
    say(both, lists, niche="阀门")
    assert both.checked()


def test_check_finds_a_table_that_says_otherwise(cli: Register, lists: Lists, tmp_path: Path) -> None:
    say(cli, lists, niche="阀门")
    with sqlite3.connect(tmp_path / "register.sqlite") as connection:
        tables = [
            name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")
        ]
        touched = 0
        for table in tables:
            columns = {row[1] for row in connection.execute(f'pragma table_info("{table}")')}
            if "niche" in columns:
                touched += connection.execute(f"""update "{table}" set niche = '水泵'""").rowcount
    connection.close()
    assert touched
    said = cli("db", "check")
    assert said.exit == 1
    assert code(1) in said.out + said.err


def test_backup_while_the_register_is_open_restores_to_the_same(
    cli: Register, lists: Lists, tmp_path: Path
) -> None:
    say(cli, lists, niche="阀门")
    cli.filed("titles", lists.csv(("uscc", "tier", "issued_on"), (code(1), "srdi", "2024-07-01")))
    reader = sqlite3.connect(tmp_path / "register.sqlite")
    reader.execute("begin")
    reader.execute("select count(*) from sqlite_master").fetchone()
    try:
        assert cli("db", "backup", tmp_path / "copy.backup").exit == 0
    finally:
        reader.close()
    say(cli, lists, niche="水泵")
    (tmp_path / "second").mkdir()
    other = Register(f"sqlite:///{tmp_path / 'second' / 'register.sqlite'}", tmp_path / "second")
    restored = other("db", "restore", tmp_path / "copy.backup")
    assert restored.exit == 0, restored
    assert field(other, "niche") == "阀门"
    assert len(other("filings", "list", "--json").json) == 2
    assert other.checked()
    say(other, lists, niche="潜水泵")
    assert other.checked()


def test_restore_never_overwrites_a_register(cli: Register, lists: Lists, tmp_path: Path) -> None:
    say(cli, lists, niche="阀门")
    assert cli("db", "backup", tmp_path / "copy.backup").exit == 0
    say(cli, lists, niche="水泵")
    assert cli("db", "restore", tmp_path / "copy.backup").exit in (1, 2)
    assert field(cli, "niche") == "水泵"


def test_restore_of_something_else_is_exit_2(cli: Register, lists: Lists, tmp_path: Path) -> None:
    other = Register(f"sqlite:///{tmp_path / 'other.sqlite'}", tmp_path)
    assert other("db", "restore", lists.raw(b"not a backup at all" * 100, "x.backup")).exit == 2
    assert other("db", "restore", tmp_path / "nowhere.backup").exit == 2
    assert cli("filings", "list", "--json").json == []


def test_backup_and_restore_on_both_databases(both: Register, lists: Lists, tmp_path: Path) -> None:
    say(both, lists, niche="阀门")
    assert both("db", "backup", tmp_path / "copy.backup").exit == 0
    assert (tmp_path / "copy.backup").stat().st_size > 0


def test_any_command_creates_a_missing_database(tmp_path: Path) -> None:
    cli = Register(f"sqlite:///{tmp_path / 'fresh.sqlite'}", tmp_path)
    assert cli("filings", "list", "--json").json == []
    assert (tmp_path / "fresh.sqlite").exists()


def test_schema_of_an_unknown_version_is_exit_2_and_untouched(
    cli: Register, lists: Lists, tmp_path: Path
) -> None:
    say(cli, lists)
    with sqlite3.connect(tmp_path / "register.sqlite") as connection:
        connection.execute("update alembic_version set version_num = 'of_tomorrow'")
    connection.close()
    said = cli("filings", "list", "--json")
    assert said.exit == 2
    assert said.err.strip()
    assert not said.out.strip()


def test_upgrade_of_a_register_in_use_changes_nothing(both: Register, lists: Lists) -> None:
    say(both, lists, niche="阀门")
    assert both("db", "upgrade").exit == 0
    assert field(both, "niche") == "阀门"


@pytest.mark.parametrize(
    "url", ["nonsense", "sqlite:///{}/a_file/x.sqlite", "oracle://x/y", "postgresql://x@127.0.0.1:1/y"]
)
def test_database_that_cannot_be_opened_is_exit_2(tmp_path: Path, url: str) -> None:
    (tmp_path / "a_file").write_text("a file, no folder")
    said = Register(url.format(tmp_path), tmp_path)("filings", "list")
    assert said.exit == 2
    assert said.err.strip()
    assert "Traceback" not in said.err


def test_file_that_is_no_database_is_exit_2(tmp_path: Path) -> None:
    (tmp_path / "x.sqlite").write_bytes(b"hello, this is no database" * 50)
    said = Register(f"sqlite:///{tmp_path / 'x.sqlite'}", tmp_path)("filings", "list")
    assert said.exit == 2


# --- several processes, and processes that die -------------------------------------------------------------


class Started:
    """The command line in a process of its own, forked so that it need not load everything again."""

    def __init__(self, cli: Register, *words: object, file_size: int | None = None) -> None:
        self._said = cli.folder / f"said{next(_numbers)}"
        self._process = get_context("fork").Process(target=self._run, args=(cli, words, file_size))
        self._process.start()

    def _run(self, cli: Register, words: tuple[object, ...], file_size: int | None) -> None:
        if file_size:
            resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, file_size))
        os.environ.update(cli.environment)
        with self._said.open("w") as said, redirect_stdout(said), redirect_stderr(said):
            try:
                main([str(word) for word in words])
            except Exception:
                traceback.print_exc()
                raise

    @property
    def alive(self) -> bool:
        return self._process.is_alive()

    def kill(self) -> None:
        self._process.kill()
        self._process.join(10)

    def end(self) -> tuple[int | None, str]:
        """Exit code and everything it said."""
        self._process.join(60)
        return self._process.exitcode, self._said.read_text()


def many(lists: Lists, niche: str, rows: int) -> Path:
    firms = ((code(number), f"济南甲{number}机械有限公司", "历下区", niche) for number in range(1, rows + 1))
    return lists.csv(("uscc", "name", "district", "niche"), *firms)


def test_two_imports_at_the_same_time_both_go_in_one_after_the_other(both: Register, lists: Lists) -> None:
    both("db", "upgrade")
    running = [Started(both, "import", "enterprises", many(lists, niche, 1500), "--json") for niche in "甲乙"]
    for process in running:
        exit_code, said = process.end()
        assert exit_code == 0, said[-2000:]
    listed = sorted(both("filings", "list", "--json").json, key=lambda each: each["id"])
    assert [each["accepted"] for each in listed] == [1500, 1500]
    instants = [each["recorded_at"] for each in listed]
    assert instants == sorted(set(instants))
    niches = {both.values(code(number))["niche"] for number in (1, 700, 1500)}
    assert len(niches) == 1, "the last filing speaks for all of its rows"
    assert both.checked()


def check_all_or_nothing(cli: Register, file: Path, rows: int) -> None:
    """After a kill: the list is there to its last row or not at all, and goes in when sent again."""
    listed = cli("filings", "list", "--json").json
    assert cli.holds(code(1)) == cli.holds(code(rows)) == bool(listed)
    assert cli.checked()
    said = cli.load("enterprises", file)
    assert said.exit == 0
    assert said.fates == ((0, rows, 0, 0) if listed else (rows, 0, 0, 0))


def test_import_killed_while_it_writes_leaves_nothing(cli: Register, lists: Lists) -> None:
    file = many(lists, "阀门", 5000)
    process = Started(cli, "import", "enterprises", file, "--json")
    log = cli.folder / "register.sqlite-wal"
    while process.alive and not (log.exists() and log.stat().st_size > 100_000):
        time.sleep(0.001)
    process.kill()
    check_all_or_nothing(cli, file, 5000)


def test_import_killed_at_any_moment_leaves_all_or_nothing(both: Register, lists: Lists) -> None:
    assert both("db", "upgrade").exit == 0
    file = many(lists, "阀门", 3000)
    process = Started(both, "import", "enterprises", file, "--json")
    time.sleep(random.uniform(0.0, 0.6))
    process.kill()
    check_all_or_nothing(both, file, 3000)


def test_full_disk_leaves_nothing_and_says_so(cli: Register, lists: Lists, tmp_path: Path) -> None:
    room = (tmp_path / "register.sqlite").stat().st_size + 300_000
    process = Started(cli, "import", "enterprises", many(lists, "阀门", 5000), "--json", file_size=room)
    exit_code, said = process.end()
    assert exit_code not in (0, None)
    assert said.strip()
    assert cli("filings", "list", "--json").json == []
    assert cli.checked()
    assert "Traceback" not in said
