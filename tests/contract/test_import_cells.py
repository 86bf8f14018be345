"""Codes, words, empty cells and formulas as people type them: what each becomes, and which complaint it earns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from tests.contract.conftest import Lists, Register, code
from tests.contract.one_firm import NAME, enterprise, figures, stored_figure, title

# --- credit codes ------------------------------------------------------------------------------------------


def swapped_letter(text: str) -> str:
    return text.replace("0", "O", 1)


@pytest.mark.parametrize(
    "typed, problem",
    [
        pytest.param("370100228012345", "uscc_old_number", id="fifteen digits"),
        pytest.param("3.70100228012345E+14", "uscc_damaged", id="fifteen digits in scientific notation"),
        pytest.param("9.13701E+17", "uscc_damaged", id="scientific notation"),
        pytest.param(913701991234567890, "uscc_damaged", id="a number cell"),
        pytest.param(
            "913701991234567000", "uscc_damaged", id="digits that end in zeros as Excel leaves them"
        ),
        pytest.param(
            code(1)[:-1] + ("0" if code(1)[-1] != "0" else "1"), "uscc_check", id="wrong check character"
        ),
        pytest.param(swapped_letter(code(1)), "uscc_letter", id="letter O for zero"),
        pytest.param(code(1).replace("MA", "MI"), "uscc_letter", id="letter I"),
        pytest.param(NAME, "uscc_misplaced", id="a name in the code column"),
        pytest.param("", "uscc_missing", id="empty"),
        pytest.param("-", "uscc_missing", id="dash"),
        pytest.param("N/A", "uscc_missing", id="N/A"),
        pytest.param("无", "uscc_missing", id="none"),
    ],
)
def test_each_bad_code_gets_its_own_refusal(cli: Register, lists: Lists, typed: Any, problem: str) -> None:
    said = cli.load(
        "enterprises", lists.xlsx(("统一社会信用代码", "企业名称"), (typed, "济南丁纺织有限公司"))
    )
    assert said.exit == 1
    assert said.fates == (0, 0, 0, 1)
    assert said.problems("refused") == [(2, "uscc", problem)]
    (told,) = said.json["problems"]
    assert told["message"]
    assert told["fate"] == "refused"


def test_name_and_code_swapped_are_told_as_misplaced(cli: Register, lists: Lists) -> None:
    said = cli.load("enterprises", lists.csv(("统一社会信用代码", "企业名称"), (NAME, code(1))))
    assert said.fates == (0, 0, 0, 1)
    assert set(said.codes("refused")) == {"uscc_misplaced"}


def test_code_in_the_name_column_of_a_list_of_names(cli: Register, lists: Lists) -> None:
    cli.filed("enterprises", lists.csv(("uscc", "name"), (code(1), NAME)))
    said = cli.load(
        "titles", lists.csv(("企业名称", "称号", "认定日期"), (code(1), "专精特新中小企业", "2024-07-01"))
    )
    assert said.codes("refused") == ["uscc_misplaced"]


def test_lower_case_code_is_taken_and_noted(cli: Register, lists: Lists) -> None:
    said = cli.load("enterprises", lists.csv(("统一社会信用代码", "企业名称"), (code(1).lower(), NAME)))
    assert said.fates == (1, 0, 0, 0)
    assert "case_folded" in said.codes("note")
    assert cli.holds(code(1))


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param(f"  {code(1)}　", id="blanks around"),
        pytest.param(f"{code(1)}\n", id="line break behind"),
        pytest.param("".join(chr(ord(letter) + 0xFEE0) for letter in code(1)), id="full width"),
        pytest.param(f"\u200b{code(1)}\ufeff", id="invisible characters"),
    ],
)
def test_code_is_trimmed_and_folded(cli: Register, lists: Lists, typed: str) -> None:
    said = cli.load("enterprises", lists.xlsx(("统一社会信用代码", "企业名称"), (typed, NAME)))
    assert said.fates == (1, 0, 0, 0)
    assert cli.holds(code(1))


def test_all_digit_code_as_text_is_fine(cli: Register, lists: Lists) -> None:
    # 913701990000000 + check: a code without letters; only as a number cell does Excel lose digits
    from stdnum.cn import uscc

    digits = next(
        body + uscc.calc_check_digit(body)
        for body in (f"9137019912345{number:04d}" for number in range(9000))
        if uscc.calc_check_digit(body).isdigit() and uscc.calc_check_digit(body) != "0"
    )
    said = cli.load("enterprises", lists.xlsx(("统一社会信用代码", "企业名称"), (digits, NAME)))
    assert said.fates == (1, 0, 0, 0)
    assert cli.holds(digits)


# --- empty, cleared, unknown -------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["", "-", "—", "N/A", "n/a", "无", " ", "　", None])
def test_every_kind_of_empty_says_nothing(cli: Register, lists: Lists, typed: Any) -> None:
    cli.filed("enterprises", lists.csv(("uscc", "name", "细分市场"), (code(1), NAME, "阀门")))
    said = enterprise(cli, lists, "细分市场", typed)
    assert said.fates == (0, 1, 0, 0)
    assert cli.values(code(1))["niche"] == "阀门"


@pytest.mark.parametrize("typed", ["N/A", "#N/A", "-", "无"])
def test_empty_marks_in_money_days_and_numbers_are_no_complaints(
    cli: Register, lists: Lists, typed: str
) -> None:
    said = cli.load(
        "enterprises",
        lists.xlsx(
            ("统一社会信用代码", "企业名称", "区县", "注册资本", "成立日期"),
            (code(1), NAME, "历下区", typed, typed),
        ),
    )
    assert said.fates == (1, 0, 0, 0)
    assert said.codes() == []
    assert not {"registered_capital", "founded_on"} & set(cli.values(code(1)))


def test_clearing_word_says_no_value(cli: Register, lists: Lists) -> None:
    cli.filed("enterprises", lists.csv(("uscc", "name", "细分市场"), (code(1), NAME, "阀门")))
    said = enterprise(cli, lists, "细分市场", "清空")
    assert said.fates == (1, 0, 0, 0)
    assert cli.values(code(1)).get("niche") is None
    assert enterprise(cli, lists, "细分市场", "清空 ").fates == (0, 1, 0, 0)


def test_clearing_a_figure(cli: Register, lists: Lists) -> None:
    figures(cli, lists, "营业收入（万元）", 5)
    assert figures(cli, lists, "营业收入（万元）", "清空").fates == (1, 0, 0, 0)
    assert stored_figure(cli, "revenue") is None
    assert stored_figure(cli, "employees") == 120


def test_unknown_word_is_a_note_and_the_row_is_taken(cli: Register, lists: Lists) -> None:
    said = enterprise(cli, lists, "所有制", "外星资本")
    assert said.fates == (1, 0, 0, 0)
    assert (2, "ownership", "value_unknown") in said.problems("note")
    assert "ownership" not in cli.values(code(1))


@pytest.mark.parametrize("typed", ["private", "民营", " Private ", "民营企业"])
def test_words_by_id_or_chinese_term(cli: Register, lists: Lists, typed: str) -> None:
    assert enterprise(cli, lists, "所有制", typed).fates == (1, 0, 0, 0)
    assert cli.values(code(1))["ownership"] == "private"


def test_unknown_tier_refuses_the_row(cli: Register, lists: Lists) -> None:
    said = title(cli, lists, tier="外星企业", issued_on="2024-07-01")
    assert said.exit == 1
    assert said.problems("refused") == [(2, "tier", "value_unknown")]


def test_unknown_district_is_noted(cli: Register, lists: Lists) -> None:
    said = enterprise(cli, lists, "区县", "火星区")
    assert said.fates == (1, 0, 0, 0)
    assert (2, "district", "district_unknown") in said.problems("note")


@pytest.mark.parametrize(
    "typed, today", [("章丘市", "370114"), ("莱城区", "370116"), ("济阳县", "370115"), ("370181", "370114")]
)
def test_district_that_no_longer_exists_is_read_as_todays(
    cli: Register, lists: Lists, typed: str, today: str
) -> None:
    said = enterprise(cli, lists, "区县", typed)
    assert said.fates == (1, 0, 0, 0)
    assert (2, "district", "former_district") in said.problems("note")
    assert cli.values(code(1))["district"] == today


def test_row_that_names_no_place_is_noted_as_of_the_city(cli: Register, lists: Lists) -> None:
    said = cli.load("enterprises", lists.csv(("uscc", "name"), (code(1), NAME)))
    assert said.codes("note") == ["city_assumed"]
    assert cli.values(code(1))["city"] == "370100"
    assert cli("count", "--json").json["outside"] == 0


def test_row_that_names_no_place_moves_nobody_home(cli: Register, lists: Lists) -> None:
    cli.filed("enterprises", lists.csv(("uscc", "name", "所在市"), (code(1), NAME, "320500")))
    said = enterprise(cli, lists, "细分市场", "阀门")
    assert said.fates == (1, 0, 0, 0)
    assert cli.values(code(1))["city"] == "320500"
    assert cli("count", "--json").json["outside"] == 1


def test_export_of_a_firm_without_a_place_imports_back_unchanged(
    cli: Register, lists: Lists, tmp_path: Path
) -> None:
    cli.filed("enterprises", lists.csv(("uscc", "name"), (code(1), NAME)))
    out = tmp_path / "out.csv"
    assert cli("export", "enterprises", "--out", out).exit == 0
    assert cli.load("enterprises", out).fates == (0, 1, 0, 0)


@pytest.mark.parametrize("typed", ["C2921", "2921", "C-C29--", "C29", "29", "Ｃ２９２１"])
def test_industry_with_and_without_letter(cli: Register, lists: Lists, typed: str) -> None:
    assert enterprise(cli, lists, "行业代码", typed).fates == (1, 0, 0, 0)
    assert "29" in cli.values(code(1))["industry"]


def test_industry_with_empty_parts_is_the_division(cli: Register, lists: Lists) -> None:
    assert enterprise(cli, lists, "行业代码", "C-C29--").fates == (1, 0, 0, 0)
    assert cli.values(code(1))["industry"] == "C29"


# --- formulas ----------------------------------------------------------------------------------------------


def test_result_of_a_formula_is_read_not_the_formula(cli: Register, lists: Lists, tmp_path: Path) -> None:
    cli.filed("enterprises", lists.csv(("uscc", "name"), (code(1), NAME)))
    path = tmp_path / "formula.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["uscc", "年度", "营业收入（万元）"])
        page.write_row(1, 0, [code(1), 2024])
        page.write_formula(1, 2, "=600*2", value=1200)
    assert cli.load("figures", path).fates == (1, 0, 0, 0)
    assert stored_figure(cli, "revenue") == 12_000_000


def test_formula_never_calculated_is_no_value(cli: Register, lists: Lists) -> None:
    said = enterprise(cli, lists, "细分市场", "=1+1")
    assert said.fates == (1, 0, 0, 0)
    assert not str(cli.values(code(1)).get("niche", "")).startswith("=")


@pytest.mark.parametrize("error", ["#REF!", "#DIV/0!", "#VALUE!", "#N/A"])
def test_error_values_of_excel_are_not_stored(
    cli: Register, lists: Lists, tmp_path: Path, error: str
) -> None:
    cli.filed("enterprises", lists.csv(("uscc", "name"), (code(1), NAME)))
    path = tmp_path / "error.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["uscc", "年度", "职工人数", "营业收入（万元）"])
        page.write_row(1, 0, [code(1), 2024, 9])
        page.write_formula(1, 3, "=A1/0", value=error)
    assert cli.load("figures", path).fates == (1, 0, 0, 0)
    assert stored_figure(cli, "revenue") is None


DANGEROUS = ["=cmd()|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "＝1+1"]


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_strings_like_formulas_go_out_as_strings_and_come_back_unchanged(
    cli: Register, lists: Lists, tmp_path: Path, suffix: str
) -> None:
    rows = [(code(n), f"济南甲{n}有限公司", text, "历下区") for n, text in enumerate(DANGEROUS, start=1)]
    cli.filed("enterprises", lists.csv(("uscc", "name", "经营范围", "区县"), *rows))
    before = {row[0]: cli.values(row[0])["business_scope"] for row in rows}
    out = tmp_path / f"out.{suffix}"
    assert cli("export", "enterprises", "--out", out).exit == 0
    if suffix == "csv":
        for line in out.read_text("utf-8-sig").splitlines():
            assert not any(cell.strip('"').startswith(("=", "+", "-", "@", "＝")) for cell in line.split(","))
    else:
        page: Any = openpyxl.load_workbook(out).worksheets[0]
        assert all(cell.data_type != "f" for row in page.iter_rows() for cell in row)
    assert cli.load("enterprises", out).fates == (0, len(rows), 0, 0)
    assert {row[0]: cli.values(row[0])["business_scope"] for row in rows} == before


# --- keys --------------------------------------------------------------------------------------------------

KEYS = {
    "figures": {"year": 2024},
    "titles": {"tier": "srdi", "issued_on": "2024-07-01"},
    "applications": {"tier": "srdi", "round": "2024", "stage": "filed", "stage_on": "2024-03-01"},
    "honours": {"honour": "platform", "on": "2023-05-05"},
    "listings": {"board": "bse", "stage": "listed", "stage_on": "2023-05-05"},
    "above-scale": {"entered_on": "2023-01-01"},
    "doubling": {"programme": "2023计划", "entered_on": "2023-01-01"},
}


# Round and programme are free text: anything but an empty mark is a key.
BAD_KEYS = [
    (kind, key, typed)
    for kind, row in KEYS.items()
    for key in row
    for typed in ("", "N/A", *(() if key in ("programme", "round") else ("乱写",)))
]


@pytest.mark.parametrize("kind, key, typed", BAD_KEYS)
def test_row_with_a_bad_or_empty_key_is_refused_and_the_next_one_taken(
    cli: Register, lists: Lists, kind: str, key: str, typed: str
) -> None:
    cli.filed("enterprises", lists.csv(("uscc", "name"), (code(1), NAME), (code(2), "济南乙有限公司")))
    row = {**KEYS[kind], **({"employees": 8} if kind == "figures" else {})}
    bad = [typed if field == key else value for field, value in row.items()]
    said = cli.load(kind, lists.csv(("uscc", *row), (code(1), *bad), (code(2), *row.values())))
    assert said.exit == 1
    assert said.fates == (1, 0, 0, 1)
    assert {row for row, _, _ in said.problems("refused")} == {2}
    assert cli.checked()
