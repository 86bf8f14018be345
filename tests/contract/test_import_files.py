"""Files as they come: what can be read is read, what cannot is refused whole, and nothing is ever half filed."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.contract.conftest import HEAD, Lists, Register, Said, code
from tests.kinds import KINDS
from tests.registry.intake.papers import pdf_list, word_list

FIRST = (code(1), "济南甲机械有限公司", "历下区")
SECOND = (code(2), "济南乙电子有限公司", "天桥区")


def refused_whole(cli: Register, said: Said) -> None:
    """Exit 2, a sentence on stderr, nothing on stdout, nothing filed."""
    assert said.exit == 2, (said.exit, said.out, said.err)
    assert said.err.strip()
    assert "Traceback" not in said.err
    assert not said.out.strip()
    assert cli("filings", "list", "--json").json == []


# --- files that cannot be read -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["empty.csv", "empty.tsv", "empty.xlsx", "empty.xls"])
def test_empty_file_is_refused(cli: Register, lists: Lists, name: str) -> None:
    refused_whole(cli, cli.load("enterprises", lists.raw(b"", name)))


@pytest.mark.parametrize("content", [b"\n\n\n", b"\xef\xbb\xbf", b"  \r\n,,,\r\n"])
def test_file_of_nothing_but_blank_lines_is_refused(cli: Register, lists: Lists, content: bytes) -> None:
    refused_whole(cli, cli.load("enterprises", lists.raw(content)))


def test_workbook_without_any_cell_is_refused(cli: Register, lists: Lists) -> None:
    refused_whole(cli, cli.load("enterprises", lists.xlsx()))


@pytest.mark.parametrize("name", ["list.docx", "list.pdf", "list.json", "list"])
def test_wrong_extension_is_refused_and_the_right_ones_are_named(
    cli: Register, lists: Lists, name: str
) -> None:
    said = cli.load("enterprises", lists.csv(HEAD, FIRST, name=name))
    refused_whole(cli, said)
    assert ".xlsx" in said.err
    assert ".csv" in said.err


@pytest.mark.parametrize("suffix", [".docx", ".pdf"])
def test_a_list_of_names_as_word_or_pdf_is_imported_like_a_sheet(
    cli: Register, lists: Lists, tmp_path: Path, suffix: str
) -> None:
    assert cli.load("enterprises", lists.csv(HEAD, FIRST, SECOND)).exit == 0
    make = {".docx": word_list, ".pdf": pdf_list}[suffix]
    rows = [
        ("1", FIRST[1], FIRST[2]),
        ("2", SECOND[1], SECOND[2]),
        ("3", "济南无此精密机械有限公司", "历下区"),
    ]
    path = make(tmp_path / f"list{suffix}", "某年某名单", [], ["序号", "企业名称", "区县"], rows)
    said = cli.load("titles", path, "--set", "tier=瞪羚", "--set", "issued_on=2025-01-01")
    assert said.exit == 0
    assert said.fates == (2, 0, 1, 0)
    (problem,) = said.json["problems"]
    assert problem["code"] == "unknown_firm"
    assert problem["row"] == 4
    assert problem["place"] == {".docx": "表 1 第 4 行", ".pdf": "第 1 页第 5 行"}[suffix]
    assert cli.load("titles", path, "--set", "tier=瞪羚", "--set", "issued_on=2025-01-01").fates == (
        0,
        2,
        1,
        0,
    )


def test_workbook_named_csv_is_never_read_as_garbage(cli: Register, lists: Lists) -> None:
    book = lists.xlsx(HEAD, FIRST)
    said = cli.load("enterprises", lists.raw(book.read_bytes(), "really_a_workbook.csv"))
    if said.exit == 0:
        assert said.fates == (1, 0, 0, 0)
    else:
        refused_whole(cli, said)


@pytest.mark.parametrize("name", ["text.xlsx", "text.xls"])
def test_text_named_as_a_workbook_is_refused(cli: Register, lists: Lists, name: str) -> None:
    refused_whole(cli, cli.load("enterprises", lists.raw("这不是表格".encode(), name)))


def test_password_protected_workbook_is_refused_and_the_password_named(cli: Register, lists: Lists) -> None:
    # A protected .xlsx is an OLE file whose directory names EncryptionInfo and EncryptedPackage.
    magic = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + bytes.fromhex("3e000300feff0900")
    names = "EncryptionInfo".encode("utf-16-le") + bytes(64) + "EncryptedPackage".encode("utf-16-le")
    content = (magic.ljust(512, b"\0") + names).ljust(8192, b"\0")
    said = cli.load("enterprises", lists.raw(content, "secret.xlsx"))
    refused_whole(cli, said)
    assert any(word in said.err.lower() for word in ("密码", "加密", "password", "encrypt", "protect"))


def test_truncated_workbook_is_refused(cli: Register, lists: Lists) -> None:
    whole = lists.xlsx(HEAD, FIRST).read_bytes()
    refused_whole(cli, cli.load("enterprises", lists.raw(whole[: len(whole) // 2], "half.xlsx")))


def test_zip_that_is_no_workbook_is_refused(cli: Register, lists: Lists) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("readme.txt", "hello")
    refused_whole(cli, cli.load("enterprises", lists.raw(content.getvalue(), "zip.xlsx")))


def _repacked(path: Path, part: str, change: Any) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, change(data) if name == part else data)
    return content.getvalue()


def test_workbook_with_broken_xml_is_refused(cli: Register, lists: Lists) -> None:
    broken = _repacked(
        lists.xlsx(HEAD, FIRST), "xl/worksheets/sheet1.xml", lambda data: data[: len(data) // 2]
    )
    refused_whole(cli, cli.load("enterprises", lists.raw(broken, "broken.xlsx")))


def test_zip_bomb_is_refused_without_being_unpacked(cli: Register, lists: Lists) -> None:
    def swell(data: bytes) -> bytes:
        return data.replace(b"</worksheet>", b" " * 100_000_000 + b"</worksheet>")

    bomb = lists.raw(_repacked(lists.xlsx(HEAD, FIRST), "xl/worksheets/sheet1.xml", swell), "bomb.xlsx")
    assert bomb.stat().st_size < 1_000_000
    tracemalloc.start()
    try:
        said = cli.load("enterprises", bomb)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    refused_whole(cli, said)
    assert peak < 100_000_000


def test_two_million_rows_are_refused(cli: Register, lists: Lists) -> None:
    said = cli.load("enterprises", lists.raw(b"uscc\n" + b"1\n" * 2_000_000, "long.csv"))
    refused_whole(cli, said)


def test_missing_file_is_exit_2(cli: Register, tmp_path: Path) -> None:
    refused_whole(cli, cli.load("enterprises", tmp_path / "nowhere.csv"))


def test_folder_instead_of_a_file_is_exit_2(cli: Register, tmp_path: Path) -> None:
    refused_whole(cli, cli.load("enterprises", tmp_path))


@pytest.mark.parametrize("name", ["binary.csv", "binary.tsv"])
def test_binary_noise_under_a_text_name_files_nothing(cli: Register, lists: Lists, name: str) -> None:
    noise = bytes(range(256)) * 64
    refused_whole(cli, cli.load("enterprises", lists.raw(noise, name)))


# --- where the header stands -------------------------------------------------------------------------------


def test_titles_and_blank_rows_above_the_header_are_skipped(cli: Register, lists: Lists) -> None:
    said = cli.load(
        "enterprises",
        lists.xlsx(
            ("附件1",),
            ("济南市优质中小企业名单（2025年度）",),
            (),
            ("填报单位：历下区工信局", None, "2025年12月"),
            HEAD,
            FIRST,
            ("91370100不是代码", "济南丙有限公司", "历下区"),
        ),
    )
    assert said.fates == (1, 0, 0, 1)
    assert said.json["problems"][0]["row"] == 7, "the row number is the sheet's"
    assert cli.show(code(1))["profile"]["name"]["row"] == 6


def test_merged_title_above_and_merged_group_header(cli: Register, lists: Lists) -> None:
    book, page = lists.workbook()
    page.append(["2025年度企业经营情况汇总表"])
    page.merge_cells("A1:E1")
    page.append(["企业信息", None, "经营情况", None, None])
    page.merge_cells("A2:B2")
    page.merge_cells("C2:E2")
    page.append(["统一社会信用代码", "企业名称", "年度", "营业收入（万元）", "职工人数"])
    page.append([code(1), "济南甲机械有限公司", 2024, 1200, 35])
    cli.filed("enterprises", lists.csv(HEAD, FIRST))
    said = cli.load("figures", lists.saved(book))
    assert said.fates == (1, 0, 0, 0)
    (figures,) = cli.show(code(1))["figures"]
    assert (figures["year"], figures["revenue"]) == (2024, 12_000_000)


def test_two_header_rows_where_codes_and_names_span_both(cli: Register, lists: Lists) -> None:
    book, page = lists.workbook()
    page.append(["统一社会信用代码", "企业名称", "年度", "主要指标", None])
    page.append([None, None, None, "营业收入（万元）", "净利润（万元）"])
    for across in "ABC":
        page.merge_cells(f"{across}1:{across}2")
    page.merge_cells("D1:E1")
    page.append([code(1), "济南甲机械有限公司", 2024, 1200, -35.5])
    cli.filed("enterprises", lists.csv(HEAD, FIRST))
    said = cli.load("figures", lists.saved(book))
    assert said.fates == (1, 0, 0, 0)
    (figures,) = cli.show(code(1))["figures"]
    assert (figures["revenue"], figures["net_profit"]) == (12_000_000, -355_000)


def test_line_breaks_and_blanks_inside_headers(cli: Register, lists: Lists) -> None:
    cli.filed("enterprises", lists.csv(HEAD, FIRST))
    said = cli.load(
        "figures",
        lists.xlsx(
            (" 统一社会\n信用代码 ", "企业\r\n名称", "年 度", "营业收入\n（万元）"),
            (code(1), "济南甲机械有限公司", 2024, 7),
        ),
    )
    assert said.fates == (1, 0, 0, 0)
    (figures,) = cli.show(code(1))["figures"]
    assert figures["revenue"] == 70_000


def test_full_width_headers(cli: Register, lists: Lists) -> None:
    said = cli.load("enterprises", lists.csv(("ＵＳＣＣ", "　企业名称　"), FIRST[:2]))
    assert said.fates == (1, 0, 0, 0)


def test_field_ids_are_headers_too(cli: Register, lists: Lists) -> None:
    assert cli.load("enterprises", lists.csv(("uscc", "name", "district"), FIRST)).fates == (1, 0, 0, 0)


def test_hidden_sheet_and_sheet_without_header_are_passed_over(cli: Register, lists: Lists) -> None:
    book, page = lists.workbook("字典")
    page.append(HEAD)
    page.append(("字典", "里的", "样例"))
    page.sheet_state = "hidden"
    words = book.create_sheet("填表说明")
    words.append(["请如实填写本表，红色列为必填。"])
    right = book.create_sheet("名单")
    right.append(HEAD)
    right.append(FIRST)
    book.active = 2
    assert cli.load("enterprises", lists.saved(book)).fates == (1, 0, 0, 0)


def test_sheet_option_chooses(cli: Register, lists: Lists) -> None:
    book, page = lists.workbook("一")
    page.append(HEAD)
    page.append(FIRST)
    second = book.create_sheet("二")
    second.append(HEAD)
    second.append(SECOND)
    file = lists.saved(book)
    assert cli.load("enterprises", file, "--sheet", "二").fates == (1, 0, 0, 0)
    assert cli.holds(code(2))
    assert not cli.holds(code(1))


def test_unknown_sheet_is_exit_2(cli: Register, lists: Lists) -> None:
    refused_whole(cli, cli.load("enterprises", lists.xlsx(HEAD, FIRST), "--sheet", "没有"))


def test_hidden_columns_are_read(cli: Register, lists: Lists) -> None:
    book, page = lists.workbook()
    page.append(HEAD)
    page.append(FIRST)
    page.column_dimensions["A"].hidden = True
    assert cli.load("enterprises", lists.saved(book)).fates == (1, 0, 0, 0)


def test_blank_rows_are_no_rows(cli: Register, lists: Lists) -> None:
    blank = ("", " ", "　")
    said = cli.load("enterprises", lists.csv(HEAD, FIRST, blank, SECOND, blank, blank))
    assert said.fates == (2, 0, 0, 0)


# --- formats, encodings, delimiters ------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_encodings_of_csv(cli: Register, lists: Lists, encoding: str) -> None:
    said = cli.load("enterprises", lists.csv(HEAD, FIRST, SECOND, encoding=encoding))
    assert said.fates == (2, 0, 0, 0)
    assert list(said.json["columns"]) == list(HEAD)
    assert cli.values(code(1))["name"] == FIRST[1]


def test_gb18030_name_with_a_character_that_gbk_lacks(cli: Register, lists: Lists) -> None:
    name = "济南𬭩焜科技有限公司"
    assert cli.load("enterprises", lists.csv(HEAD, (code(1), name, ""), encoding="gb18030")).exit == 0
    assert cli.values(code(1))["name"] == name


@pytest.mark.parametrize("delimiter", ["\t", ";", ","])
def test_delimiters_under_the_name_csv(cli: Register, lists: Lists, delimiter: str) -> None:
    said = cli.load("enterprises", lists.csv(HEAD, FIRST, SECOND, delimiter=delimiter, encoding="gbk"))
    assert said.fates == (2, 0, 0, 0)


def test_tsv(cli: Register, lists: Lists) -> None:
    said = cli.load("enterprises", lists.csv(HEAD, FIRST, name="list.tsv", delimiter="\t"))
    assert said.fates == (1, 0, 0, 0)


def test_old_xls(cli: Register, lists: Lists) -> None:
    assert cli.load("enterprises", lists.xls(("名单",), HEAD, FIRST, SECOND)).fates == (2, 0, 0, 0)


def test_quoted_csv_cells_with_commas_and_line_breaks(cli: Register, lists: Lists) -> None:
    scope = "制造、销售：机床,刀具\n（依法须经批准的项目除外）"
    said = cli.load("enterprises", lists.csv((*HEAD, "经营范围"), (*FIRST, scope), (*SECOND, "x")))
    assert said.fates == (2, 0, 0, 0)
    assert "刀具" in cli.values(code(1))["business_scope"]


def test_short_rows_and_long_rows_of_csv(cli: Register, lists: Lists) -> None:
    said = cli.load("enterprises", lists.csv(HEAD, FIRST[:2], (*SECOND, "", "")))
    assert said.fates == (2, 0, 0, 0)


@pytest.mark.parametrize("kind", ["xlsx", "xls", "csv"])
def test_the_same_list_says_the_same_in_every_format(cli: Register, lists: Lists, kind: str) -> None:
    cli.filed("enterprises", lists.csv(HEAD, FIRST, SECOND))
    said = cli.load("enterprises", getattr(lists, kind)(HEAD, FIRST, SECOND))
    assert said.fates == (0, 2, 0, 0)


# --- columns -----------------------------------------------------------------------------------------------


def test_columns_of_the_answer_name_every_header(cli: Register, lists: Lists) -> None:
    said = cli.load("enterprises", lists.csv((*HEAD, "星座", "注册资本（万元）"), (*FIRST, "白羊", 100)))
    columns = said.json["columns"]
    assert columns["统一社会信用代码"]["field"] == "uscc"
    assert columns["星座"] is None
    assert columns["注册资本（万元）"]["field"] == "registered_capital"
    assert columns["注册资本（万元）"]["unit"] == "万元"


def test_missing_code_column_takes_no_row_and_says_so(cli: Register, lists: Lists) -> None:
    said = cli.load("enterprises", lists.csv(("企业名称", "区县"), FIRST[1:], SECOND[1:]))
    assert said.exit in (1, 2)
    assert cli("find", "济南甲机械有限公司", "--json").exit == 1
    if said.exit == 1:
        assert said.fates == (0, 0, 0, 2)
        assert set(said.codes("refused")) == {"uscc_missing"}
    else:
        assert "uscc" in said.err or "信用代码" in said.err


def test_sheet_without_any_known_header_is_exit_2(cli: Register, lists: Lists) -> None:
    refused_whole(cli, cli.load("enterprises", lists.csv(("甲", "乙"), ("1", "2"))))


def test_two_columns_for_one_field_are_refused(cli: Register, lists: Lists) -> None:
    said = cli.load(
        "enterprises", lists.csv(("统一社会信用代码", "企业名称", "公司名称"), (code(1), "甲公司", "乙公司"))
    )
    refused_whole(cli, said)
    assert "企业名称" in said.err
    assert "公司名称" in said.err


@pytest.mark.parametrize("mapping", ["企业名称=name", "公司名称="])
def test_two_columns_for_one_field_are_settled_by_map(cli: Register, lists: Lists, mapping: str) -> None:
    file = lists.csv(("统一社会信用代码", "企业名称", "公司名称"), (code(1), "甲公司", "乙公司"))
    said = cli.load("enterprises", file, "--map", mapping)
    assert said.fates == (1, 0, 0, 0)
    assert said.json["columns"]["公司名称"] is None
    assert cli.values(code(1))["name"] == "甲公司"


def test_two_columns_mapped_to_one_field_are_refused(cli: Register, lists: Lists) -> None:
    file = lists.csv(("统一社会信用代码", "甲", "乙"), (code(1), "甲公司", "乙公司"))
    refused_whole(cli, cli.load("enterprises", file, "--map", "甲=name", "--map", "乙=name"))


def test_map_goes_over_a_guess(cli: Register, lists: Lists) -> None:
    file = lists.csv(("统一社会信用代码", "企业名称", "简称"), (code(1), "甲公司", "乙公司"))
    said = cli.load("enterprises", file, "--map", "企业名称=short_name", "--map", "简称=name")
    assert said.fates == (1, 0, 0, 0)
    assert cli.values(code(1))["name"] == "乙公司"


@pytest.mark.parametrize("mapping", ["单位（代 码）=uscc", "单位(代码)=uscc", " 单位\n（代码） =uscc"])
def test_map_compares_headers_after_folding(cli: Register, lists: Lists, mapping: str) -> None:
    file = lists.xlsx((" 单位\n（代码）", "企业名称"), (code(1), "甲公司"))
    mapping = mapping.replace("代 码", "代码")
    assert cli.load("enterprises", file, "--map", mapping).fates == (1, 0, 0, 0)


def test_map_to_nothing_ignores_the_column(cli: Register, lists: Lists) -> None:
    said = cli.load("enterprises", lists.csv(HEAD, FIRST), "--map", "区县=")
    assert said.fates == (1, 0, 0, 0)
    assert said.json["columns"]["区县"] is None
    assert "district" not in cli.values(code(1))


def test_map_to_an_unknown_field_is_exit_2(cli: Register, lists: Lists) -> None:
    refused_whole(cli, cli.load("enterprises", lists.csv(HEAD, FIRST), "--map", "区县=horoscope"))


def test_map_of_a_header_that_is_not_there_is_exit_2(cli: Register, lists: Lists) -> None:
    refused_whole(cli, cli.load("enterprises", lists.csv(HEAD, FIRST), "--map", "没有这列=address"))


def test_map_without_equals_sign_is_exit_2(cli: Register, lists: Lists) -> None:
    refused_whole(cli, cli.load("enterprises", lists.csv(HEAD, FIRST), "--map", "区县"))


def test_set_fills_only_where_the_row_says_nothing(cli: Register, lists: Lists) -> None:
    file = lists.csv(HEAD, FIRST, (code(2), "济南乙电子有限公司", ""))
    assert cli.load("enterprises", file, "--set", "district=商河县").fates == (2, 0, 0, 0)
    assert cli.values(code(1))["district"] == "370102"
    assert cli.values(code(2))["district"] == "370126"


def test_set_of_a_field_that_the_sheet_lacks(cli: Register, lists: Lists) -> None:
    cli.filed("enterprises", lists.csv(HEAD, FIRST))
    said = cli.load(
        "titles",
        lists.csv(("企业名称", "认定日期"), (FIRST[1], "2024-07-01")),
        "--set",
        "tier=srdi",
        "--set",
        "batch=2024",
    )
    assert said.fates == (1, 0, 0, 0)
    (title,) = cli.show(code(1))["titles"]
    assert (title["tier"], title["batch"]) == ("srdi", "2024")


@pytest.mark.parametrize(
    "words", [("--set", "horoscope=aries"), ("--set", "district"), ("--unit", "revenue=斤")]
)
def test_wrong_set_or_unit_is_exit_2(cli: Register, lists: Lists, words: tuple[str, str]) -> None:
    cli_kind = "figures" if words[0] == "--unit" else "enterprises"
    refused_whole(cli, cli.load(cli_kind, lists.csv((*HEAD, "年度", "营业收入"), (*FIRST, 2024, 5)), *words))


def test_unknown_kind_is_exit_2(cli: Register, lists: Lists) -> None:
    refused_whole(cli, cli.load("horoscopes", lists.csv(HEAD, FIRST)))


@pytest.mark.parametrize("kind", KINDS)
def test_template_of_every_kind_has_headers_that_import_understands(
    cli: Register, tmp_path: Path, kind: str
) -> None:
    import openpyxl

    out = tmp_path / f"{kind}.xlsx"
    assert cli("template", kind, "--out", out).exit == 0
    fields = {each["id"] for each in cli("fields", kind, "--json").json}
    book = openpyxl.load_workbook(out)
    page: Any = book.worksheets[0]
    headers = [cell.value for cell in next(page.iter_rows()) if cell.value]
    page.append([code(1)] + [None] * (len(headers) - 1))
    book.save(out)
    columns = cli.load(kind, out, "--dry-run").json["columns"]
    assert {column["field"] for column in columns.values() if column} == fields
    assert set(columns) == set(headers)


def test_a_few_cells_far_apart_are_refused_before_they_are_laid_out(
    cli: Register, lists: Lists, tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(["统一社会信用代码", "企业名称"])
    page["XFD1048576"] = "far"
    path = tmp_path / "sprawling.xlsx"
    book.save(path)
    said = cli.load("enterprises", path)
    assert said.exit == 2
    assert "spans" in said.err
