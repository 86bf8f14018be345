"""The database by its commands: exit codes, check, backup, restore, schema."""

from __future__ import annotations

import sqlite3
import zipfile
from pathlib import Path

import pytest

from tests.contract.conftest import Lists, Register, code
from tests.contract.one_firm import field, say

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


@pytest.mark.parametrize("damage", ["a row less", "other bytes"])
def test_restore_of_a_damaged_backup_is_exit_2_and_restores_nothing(
    both: Register, lists: Lists, tmp_path: Path, damage: str
) -> None:
    (tmp_path / "source").mkdir()
    source = Register(f"sqlite:///{tmp_path / 'source' / 'register.sqlite'}", tmp_path / "source")
    say(source, lists, niche="阀门")
    copy, broken = tmp_path / "copy.backup", tmp_path / "broken.backup"
    assert source("db", "backup", copy).exit == 0
    with zipfile.ZipFile(copy) as archive, zipfile.ZipFile(broken, "w") as other:
        for name in archive.namelist():
            content = archive.read(name)
            if name == "statement.jsonl" and damage == "a row less":
                content = content[: content.rindex(b"\n", 0, -1) + 1]
            other.writestr(name, content)
    if damage == "other bytes":
        broken.write_bytes(broken.read_bytes().replace("阀门".encode(), "水泵".encode()))
    said = both("db", "restore", broken)
    assert (said.exit, said.out) == (2, "")
    assert "nothing was restored" in said.err
    assert "Traceback" not in said.err
    assert both("filings", "list", "--json").json == []
    assert not both.holds(code(1))
    assert both("db", "restore", copy).exit == 0
    assert field(both, "niche") == "阀门"
    assert both.checked()


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


def test_a_plan_that_there_is_not_is_exit_2_and_names_those_that_there_are(tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIDU_TARGETS_PLAN", "plans/nonsense")
        said = Register(f"sqlite:///{tmp_path / 'x.sqlite'}", tmp_path)("count")
    assert said.exit == 2
    assert "plans/plan-2023-2025" in said.err
    assert "Traceback" not in said.err


def test_file_that_is_no_database_is_exit_2(tmp_path: Path) -> None:
    (tmp_path / "x.sqlite").write_bytes(b"hello, this is no database" * 50)
    said = Register(f"sqlite:///{tmp_path / 'x.sqlite'}", tmp_path)("filings", "list")
    assert said.exit == 2
