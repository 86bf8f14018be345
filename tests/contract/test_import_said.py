"""What the command line says of an import: problems first, then notes, many alike ones cut short."""

from __future__ import annotations

from tests.contract.conftest import Lists, Register, code

NAME = "济南甲机械有限公司"


def test_notes_are_printed_after_problems(cli: Register, lists: Lists) -> None:
    said = cli(
        "import",
        "enterprises",
        lists.csv(("uscc", "name"), (code(1).lower(), NAME), ("", "济南乙机械有限公司"), ("合计", "")),
    )
    assert said.exit == 1
    lines = [line for line in said.err.splitlines() if line.startswith("row ")]
    assert [line.split(":")[0] for line in lines] == [
        "row 3 [refused] uscc uscc_missing",
        "row 2 [note] uscc case_folded",
        "row 2 [note] city city_assumed",
        "row 4 [note] not_a_row",
    ]


def test_many_alike_are_cut_short(cli: Register, lists: Lists) -> None:
    firms = [(code(n), f"济南甲{n}机械有限公司") for n in range(1, 31)]
    said = cli("import", "enterprises", lists.csv(("uscc", "name"), *firms))
    assert said.exit == 0
    assert said.err.count("city_assumed:") == 5
    assert "… and 25 more city_assumed; see: cli.py filings show 1" in said.err
    rehearsed = cli(
        "import", "figures", lists.csv(("uscc", "年度"), *((code(n), "") for n in range(1, 22))), "--dry-run"
    )
    assert "… and 16 more date_unreadable\n" in rehearsed.err


def test_twenty_alike_are_all_printed(cli: Register, lists: Lists) -> None:
    firms = [(code(n), f"济南甲{n}机械有限公司") for n in range(1, 21)]
    said = cli("import", "enterprises", lists.csv(("uscc", "name"), *firms))
    assert said.err.count("city_assumed:") == 20


def test_a_file_that_was_filed_before_is_announced(cli: Register, lists: Lists) -> None:
    file = lists.csv(("uscc", "name"), (code(1), NAME), (code(2), "济南乙机械有限公司"))
    assert "filed_before" not in cli.load("enterprises", file).json
    again = cli("import", "enterprises", file, "--dry-run")
    assert "this very file was filed on 2" in again.out
    assert "as filing 1; unchanged rows: 2 of 2" in again.out
    assert cli.load("enterprises", file).json["filed_before"]["filing"] == 1
    assert (
        "filed_before"
        not in cli.load("titles", file, "--set", "tier=srdi", "--set", "issued_on=2024-01-01").json
    )
    for filing in (2, 1):
        assert cli("filings", "withdraw", filing, "--yes").exit == 0
    assert "very file" not in cli("import", "enterprises", file, "--dry-run").out


def test_the_command_line_names_the_option_that_mends(cli: Register, lists: Lists) -> None:
    firm = lists.csv(("企业名称", "称号", "认定日期"), (NAME, "小巨人", "2024-01-01"))
    assert "(--create)" in cli("import", "titles", firm).err
    headless = cli("import", "titles", lists.csv(("甲", "乙"), (1, 2)))
    assert headless.exit == 2
    assert "--map HEADER=FIELD" in headless.err
    cli.filed("enterprises", lists.csv(("uscc", "name"), (code(1), NAME)))
    money = lists.csv(("uscc", "年度", "营业收入", "职工人数"), (code(1), 2024, 5, 9))
    assert "(--unit revenue=万元)" in cli("import", "figures", money).err


def test_a_decision_is_listed_by_what_it_decides(cli: Register, lists: Lists) -> None:
    cli.filed("enterprises", lists.csv(("uscc", "name"), (code(1), NAME)))
    file = lists.csv(("uscc", "称号", "认定日期"), (code(2), "小巨人", "2024-01-01"), name="名单.csv")
    assert cli.filed("titles", file) == 2
    assert cli("filings", "decide", 2, 2, "--uscc", code(1)).exit == 0
    assert "decision on row 2 of 名单.csv (filing 2)" in cli("filings").out
    newest = cli("filings", "--json").json[0]
    assert (newest["file"], newest["parent"], newest["parent_row"]) == ("名单.csv", 2, 2)
