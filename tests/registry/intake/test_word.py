"""Word lists as ministries write them: tables in tables, headers on every page, names in numbered lines."""

from __future__ import annotations

import zipfile
from pathlib import Path

import docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from registry.intake.sheets import UnreadableError
from registry.intake.sources import Source, read_grids, read_source
from registry.settings import load
from tests.registry.intake.papers import word_list, word_table

LIMITS = load(environment={}).limits
HEAD = ["序号", "企业名称", "区县"]


def firm(number: int) -> str:
    return f"济南虚构{number}号精密机械有限公司"


def saved(document: docx.document.Document, folder: Path) -> Source:
    document.save(str(folder / "list.docx"))
    return read_source(folder / "list.docx", LIMITS)


def test_a_table_with_its_title_and_signature(tmp_path: Path) -> None:
    rows = [(str(n), firm(n), "历下区") for n in range(1, 4)]
    path = word_list(
        tmp_path / "a.docx", "关于名单的通知", ["各区县："], HEAD, rows, ["某某厅", "2025年3月1日"]
    )
    source = read_source(path, LIMITS)
    assert source.grids[0].rows == [HEAD, *map(list, rows)]
    assert source.around == ("关于名单的通知", "各区县：", "某某厅", "2025年3月1日")
    assert source.grids[0].above == ("关于名单的通知", "各区县：")
    place = source.grids[0].place(3)
    assert place == ("table 1, row 3", "表 1 第 3 行")


def test_one_list_in_several_tables_is_one_and_its_headers_are_dropped(tmp_path: Path) -> None:
    document = docx.Document()
    word_table(document, HEAD, [("1", firm(1), "历下区"), tuple(HEAD), ("2", firm(2), "天桥区")])
    document.add_paragraph("续表")
    word_table(document, HEAD, [("3", firm(3), "市中区")])
    word_table(document, ["4", firm(4), "历城区"], [("5", firm(5), "")])
    (grid,) = saved(document, tmp_path).grids
    assert [row[0] for row in grid.rows] == ["序号", "1", "2", "3", "4", "5"]
    assert grid.place(5) == ("table 3, row 1", "表 3 第 1 行")


def test_headings_give_the_district_to_the_tables_beneath(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("一、历下区（1家）")
    word_table(document, HEAD[:2], [("1", firm(1))])
    document.add_paragraph("二、济南高新区（1家）")
    word_table(document, HEAD[:2], [("2", firm(2))])
    word_table(document, ["联系人", "电话"], [("张某", "")])
    source = saved(document, tmp_path)
    assert source.grids[0].rows == [HEAD, ["1", firm(1), "历下区"], ["2", firm(2), "济南高新区"]]
    assert source.grids[1].rows == [["联系人", "电话"], ["张某", ""]]


def test_a_heading_within_the_table_gives_the_district_too(tmp_path: Path) -> None:
    document = docx.Document()
    table = word_table(
        document, HEAD, [("", "", ""), ("1", firm(1), ""), ("", "", ""), ("2", firm(2), "市中区")]
    )
    for row, text in ((1, "（一）槐荫区"), (3, "（二）长清区 1家")):
        merged = table.rows[row].cells[0].merge(table.rows[row].cells[2])
        merged.text = text
    assert saved(document, tmp_path).grids[0].rows == [
        HEAD,
        ["1", firm(1), "槐荫区"],
        ["2", firm(2), "市中区"],
    ]


def test_a_district_merged_over_its_firms_holds_for_each(tmp_path: Path) -> None:
    document = docx.Document()
    table = word_table(
        document, HEAD, [("1", firm(1), "历下区"), ("2", firm(2), ""), ("3", firm(3), "市中区")]
    )
    table.rows[1].cells[2].merge(table.rows[2].cells[2])
    assert [row[2] for row in saved(document, tmp_path).grids[0].rows] == [
        "区县",
        "历下区",
        "历下区",
        "市中区",
    ]


def test_a_nested_table_is_one_of_its_own_and_not_read_twice(tmp_path: Path) -> None:
    document = docx.Document()
    table = word_table(document, ["类别", "名单"], [("新认定", "见内表")])
    inner = table.rows[1].cells[1].add_table(rows=2, cols=2)
    for cell, text in zip(
        [c for row in inner.rows for c in row.cells], ["序号", "企业名称", "1", firm(1)], strict=True
    ):
        cell.text = text
    first, second = saved(document, tmp_path).grids
    assert first.rows == [["类别", "名单"], ["新认定", "见内表"]]
    assert second.rows == [["序号", "企业名称"], ["1", firm(1)]]


def test_names_in_numbered_lines_are_rows(tmp_path: Path) -> None:
    lines = [
        "一、历下区（2家）",
        f"1.{firm(1)}",
        f"2、{firm(2)}",
        "二、其他",
        f"（3）{firm(3)}（章丘区）",
        f"{firm(4)}、{firm(5)}",
    ]
    path = word_list(tmp_path / "a.docx", "某某名单", lines, [], [])
    (grid,) = read_source(path, LIMITS).grids
    assert grid.rows[0] == HEAD
    assert grid.rows[1:3] == [["1", firm(1), "历下区"], ["2", firm(2), "历下区"]]
    assert grid.rows[3] == ["3", firm(3), "章丘区"]
    assert [row[1] for row in grid.rows[4:]] == [firm(4), firm(5)]
    assert grid.place(2) == ("paragraph 3", "第 3 段")


def test_a_sentence_that_mentions_firms_is_no_list(tmp_path: Path) -> None:
    text = f"根据申报，经研究，推荐{firm(1)}、{firm(2)}等企业参加评选。"
    assert read_source(word_list(tmp_path / "a.docx", "通知", [text], [], []), LIMITS).grids == ()


def test_two_lists_side_by_side_are_laid_under_each_other(tmp_path: Path) -> None:
    document = docx.Document()
    word_table(document, ["序号", "企业名称"] * 2, [("1", firm(1), "3", firm(3)), ("2", firm(2), "", "")])
    assert saved(document, tmp_path).grids[0].rows == [
        ["序号", "企业名称"],
        *([str(n), firm(n)] for n in (1, 2, 3)),
    ]


def test_suppliers_beside_their_buyers_stay_beside_them(tmp_path: Path) -> None:
    document = docx.Document()
    word_table(document, ["供应商", "采购商"], [(firm(1), firm(2)), (firm(3), firm(4))])
    assert saved(document, tmp_path).grids[0].rows[1] == [firm(1), firm(2)]


def test_deleted_text_is_not_read_and_text_boxes_are(tmp_path: Path) -> None:
    document = docx.Document()
    paragraph = document.add_paragraph(f"1.{firm(1)}")
    gone = OxmlElement("w:del")
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "（已删）"
    run.append(text)
    gone.append(run)
    paragraph._p.append(gone)
    box = OxmlElement("w:txbxContent")
    inner = OxmlElement("w:p")
    inner.append(docx.Document().add_paragraph(f"2.{firm(2)}").runs[0]._r)
    box.append(inner)
    holder = OxmlElement("w:r")
    holder.append(box)
    document.add_paragraph()._p.append(holder)
    assert [row[1] for row in saved(document, tmp_path).grids[0].rows[1:]] == [firm(1), firm(2)]


def test_a_cell_broken_into_lines_is_one_name(tmp_path: Path) -> None:
    document = docx.Document()
    word_table(
        document,
        ["序\n号", "企业\n名称"],
        [("1", "济南虚构\n精密机械有限公司"), ("2", "Jinan\nTools 有限公司")],
    )
    rows = saved(document, tmp_path).grids[0].rows
    assert rows == [["序号", "企业名称"], ["1", "济南虚构精密机械有限公司"], ["2", "Jinan Tools 有限公司"]]


# --- what cannot be read -------------------------------------------------------------------------------------


def refusal(path: Path) -> UnreadableError:
    with pytest.raises(UnreadableError) as caught:
        read_grids(path, LIMITS)
    assert caught.value.zh
    return caught.value


@pytest.mark.parametrize(
    ("name", "content", "en", "zh"),
    [
        ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".docx", "另存为 .docx"),
        ("macros.docm", b"PK\x03\x04", ".docx", "另存为 .docx"),
        ("secret.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "password", "密码"),
        ("text.docx", "甲公司".encode(), "is not a Word document", "内容却不是"),
        ("broken.docx", b"PK\x03\x04" + bytes(100), "damaged", "已损坏"),
    ],
)
def test_what_is_no_word_document_is_refused_with_a_remedy(
    tmp_path: Path, name: str, content: bytes, en: str, zh: str
) -> None:
    (tmp_path / name).write_bytes(content)
    error = refusal(tmp_path / name)
    assert en in error.en
    assert zh in error.zh


def repacked(path: Path, part: str, content: bytes) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = content
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


def test_a_document_that_unpacks_to_more_than_it_may_is_refused_unread(tmp_path: Path) -> None:
    path = word_list(tmp_path / "a.docx", "名单", [], HEAD, [("1", firm(1), "历下区")])
    repacked(path, "word/document.xml", b"<a>" + b" " * 70_000_000 + b"</a>")
    assert "MB" in refusal(path).en


def test_entities_are_not_unfolded(tmp_path: Path) -> None:
    path = word_list(tmp_path / "a.docx", "名单", [], HEAD, [("1", firm(1), "历下区")])
    bomb = b'<!DOCTYPE a [<!ENTITY b "' + b"x" * 1000 + b'">' + b"".join(
        f'<!ENTITY b{n} "{f"&b{n - 1 or chr(59)}" * 10}">'.encode() for n in range(1, 3)
    )  # fmt: skip
    repacked(path, "word/document.xml", bomb + b"]><a>&b2;</a>")
    refusal(path)


def test_macros_under_another_name_are_refused(tmp_path: Path) -> None:
    path = word_list(tmp_path / "a.docx", "名单", [], HEAD, [("1", firm(1), "历下区")])
    repacked(path, "word/vbaProject.bin", b"x")
    assert "macros" in refusal(path).en


def test_a_table_is_chosen_by_its_name(tmp_path: Path) -> None:
    document = docx.Document()
    word_table(document, ["联系人", "电话"], [("张某", "")])
    word_table(document, HEAD, [("1", firm(1), "历下区")])
    document.save(str(tmp_path / "a.docx"))
    assert read_grids(tmp_path / "a.docx", LIMITS, "表2")[0].rows[1][1] == firm(1)
    with pytest.raises(UnreadableError, match="表1, 表2"):
        read_grids(tmp_path / "a.docx", LIMITS, "表9")


def test_spans_that_no_table_has_do_not_fill_the_memory(tmp_path: Path) -> None:
    document = docx.Document()
    table = word_table(document, HEAD, [("1", firm(1), "历下区")])
    span = OxmlElement("w:gridSpan")
    span.set(qn("w:val"), "999999999")
    table.rows[1].cells[0]._tc.get_or_add_tcPr().append(span)
    assert max(map(len, saved(document, tmp_path).grids[0].rows)) < 100
