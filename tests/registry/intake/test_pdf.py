"""PDF lists as they are published: with rules and without, over many pages, scanned, locked and broken."""

from __future__ import annotations

import time
from pathlib import Path

import pypdfium2
import pytest

from registry.intake import portable
from registry.intake.sheets import Grid, UnreadableError
from registry.intake.sources import Source, read_grids, read_source
from registry.settings import Limits, load
from tests.registry.intake.papers import pdf, pdf_list, scanned_list

LIMITS = load(environment={}).limits
HEAD = ["序号", "企业名称", "区县"]
DISTRICTS = ("历下区", "天桥区", "济南高新区")
TITLE = "2025年度虚构名单（第五批）"


def firm(number: int) -> str:
    return f"济南虚构{'甲乙丙丁戊己庚辛'[number % 8] * (number % 13)}精密智能装备制造股份有限公司"


def firms(many: int) -> list[list[str]]:
    return [[str(n), firm(n), DISTRICTS[n % 3]] for n in range(1, many + 1)]


def cells(rows: list[list[str]]) -> str:
    return ", ".join(f"[{text}]" for row in rows for text in row)


def read(path: Path, limits: Limits = LIMITS) -> Source:
    return read_source(path, limits)


def only(path: Path) -> Grid:
    (grid,) = read(path).grids
    return grid


@pytest.mark.parametrize("ruled", [True, False])
@pytest.mark.parametrize("widths", [("1.2cm", "9cm", "3cm"), ("1.2cm", "4.1cm", "2.5cm")])
def test_a_table_over_pages_with_wrapped_names(tmp_path: Path, ruled: bool, widths: tuple[str, ...]) -> None:
    """The header is printed on every page, rows end on the next page, page numbers stand at the foot."""
    rows = firms(150)
    path = pdf_list(
        tmp_path / "a.pdf",
        TITLE,
        ["各区县："],
        HEAD,
        rows,
        ruled=ruled,
        widths=widths,
        behind=["2025年3月1日"],
    )
    source = read(path)
    (grid,) = source.grids
    assert grid.rows == [HEAD, *rows]
    assert source.around == (TITLE, "各区县：", "2025年3月1日")
    assert source.warnings == ()
    last = grid.place(151)
    assert last is not None
    assert last.zh.startswith("第 ")
    assert not last.zh.startswith("第 1 页")


@pytest.mark.parametrize("stroke", ["0.5pt", "none", "(x: 0.5pt)", "(y: 0.5pt)"])
@pytest.mark.parametrize("align", ["top", "horizon"])
def test_rows_wherever_rules_are_and_texts_hang(tmp_path: Path, stroke: str, align: str) -> None:
    rows = firms(40)
    table = f"#table(columns: (1.5cm, 4cm, 3cm), align: {align}, stroke: {stroke}, table.header({cells([HEAD])}), {cells(rows)})"
    assert only(pdf(tmp_path / "a.pdf", table)).rows == [HEAD, *rows]


def test_a_row_that_a_page_breaks_is_put_together(tmp_path: Path) -> None:
    products = "、".join(["精密轴承"] * 40)
    rows = [[str(n), f"济南虚构{n}装备制造股份有限公司", products] for n in range(1, 21)]
    head = ["序号", "企业名称", "产品"]
    table = f"#table(columns: (1.5cm, 4cm, 3cm), table.header({cells([head])}), {cells(rows)})"
    assert only(pdf(tmp_path / "a.pdf", table)).rows == [head, *rows]


@pytest.mark.parametrize("stroke", ["0.5pt", "none"])
def test_numbered_names_in_two_columns_are_one_list(tmp_path: Path, stroke: str) -> None:
    rows = [[str(n), firm(n % 5 + 1), str(n + 45), firm(n % 5 + 2)] for n in range(1, 46)]
    head = ["序号", "企业名称"] * 2
    table = f"#table(columns: 4, stroke: {stroke}, table.header({cells([head])}), {cells(rows)})"
    grid = only(pdf(tmp_path / "a.pdf", f"= {TITLE}\n{table}"))
    assert grid.rows[0] == ["序号", "企业名称"]
    assert [row[0] for row in grid.rows[1:]] == [str(n) for n in range(1, 91)]
    assert grid.rows[50][1] == rows[4][3]


def test_bare_names_in_two_columns_are_one_list(tmp_path: Path) -> None:
    names = [firm(n % 6 + 1) for n in range(61)]
    grid = only(pdf(tmp_path / "a.pdf", f"= {TITLE}\n#table(columns: 2, stroke: none, {cells([names])})"))
    assert grid.rows == [HEAD, *(["", name, ""] for name in names)]


def test_numbered_lines_are_rows(tmp_path: Path) -> None:
    lines = "\n\n".join(f"{n}\\. {firm(n % 6)}（历下区）" for n in range(1, 91))
    source = read(pdf(tmp_path / "a.pdf", f"= {TITLE}\n\n{lines}", numbered_pages=True))
    (grid,) = source.grids
    assert grid.rows == [HEAD, *([str(n), firm(n % 6), "历下区"] for n in range(1, 91))]
    assert source.around == (TITLE,)


def test_lines_set_in_columns_like_a_newspaper_keep_their_order(tmp_path: Path) -> None:
    lines = "\n\n".join(f"{n}\\. {firm(n % 3)}" for n in range(1, 91))
    grid = only(pdf(tmp_path / "a.pdf", f"= {TITLE}\n\n#columns(2)[{lines}]"))
    assert [row[0] for row in grid.rows[1:]] == [str(n) for n in range(1, 91)]


def test_headings_give_the_district(tmp_path: Path) -> None:
    def part(first: int, many: int) -> str:
        rows = [[str(n), firm(n)] for n in range(first, first + many)]
        return f"#table(columns: (2cm, 11cm), stroke: none, {cells(rows)})"

    text = f"= {TITLE}\n\n一、历下区（3家）\n\n{part(1, 3)}\n\n二、天桥区（60家）\n\n{part(4, 60)}"
    grid = only(pdf(tmp_path / "a.pdf", text, numbered_pages=True))
    assert [row[2] for row in grid.rows] == ["历下区"] * 3 + ["天桥区"] * 60
    assert [row[0] for row in grid.rows] == [str(n) for n in range(1, 64)]


def test_merged_districts_and_headings_within_the_table(tmp_path: Path) -> None:
    table = (
        "#table(columns: 3, align: horizon, table.header([区县], [序号], [企业名称]), table.cell(rowspan: 3)[历下区], "
        "[1], [济南虚构一号有限公司], [2], [济南虚构二号有限公司], [3], [济南虚构三号有限公司], "
        "table.cell(colspan: 3)[（二）天桥区], [], [4], [济南虚构四号有限公司])"
    )
    grid = only(pdf(tmp_path / "a.pdf", table))
    assert [row[:2] for row in grid.rows[1:]] == [
        ["历下区", "1"],
        ["历下区", "2"],
        ["历下区", "3"],
        ["天桥区", "4"],
    ]


def test_a_page_turned_on_its_side_is_read_upright(tmp_path: Path) -> None:
    rows = firms(10)
    table = f"#table(columns: (1.5cm, 9cm, 3cm), table.header({cells([HEAD])}), {cells(rows)})"
    assert only(pdf(tmp_path / "a.pdf", f"#rotate(90deg, reflow: true)[{table}]")).rows == [HEAD, *rows]
    straight = pdf(tmp_path / "b.pdf", table)
    for turn in (90, 180, 270):
        with pypdfium2.PdfDocument(straight) as document:
            document[0].set_rotation(turn)
            document.save(tmp_path / f"{turn}.pdf")
        assert only(tmp_path / f"{turn}.pdf").rows == [HEAD, *rows], turn


def test_a_watermark_across_the_page_is_no_text(tmp_path: Path) -> None:
    mark = '#set page(background: rotate(24deg, text(60pt, fill: rgb("dddddd"))[内部资料]))\n'
    rows = firms(12)
    table = f"#table(columns: (1.5cm, 9cm, 3cm), table.header({cells([HEAD])}), {cells(rows)})"
    source = read(pdf(tmp_path / "a.pdf", mark + table))
    assert source.grids[0].rows == [HEAD, *rows]
    assert source.around == ()


def test_paragraphs_are_put_together_and_running_heads_stand_once(tmp_path: Path) -> None:
    setting = '#set page(header: [虚构厅文件], numbering: "第 1 页 共 1 页")\n'
    prose = "经企业申报、区县初审、专家评审，现将名单予以公布，请各有关单位认真落实，做好服务。" * 3
    paragraphs = [f"{word}部分：{prose}" for word in ("甲乙", "丙丁", "戊己", "庚辛", "壬癸")]
    source = read(pdf(tmp_path / "a.pdf", setting + "\n\n#pagebreak()\n".join(paragraphs)))
    assert source.around == ("虚构厅文件", *paragraphs)


@pytest.mark.parametrize("align", ["top", "horizon"])
@pytest.mark.parametrize("stroke", ["0.5pt", "none"])
def test_a_header_broken_into_two_lines_is_one(tmp_path: Path, stroke: str, align: str) -> None:
    rows = firms(60)
    head = ["序 \\\n 号", "企业名称", "所属 \\\n 区县"]
    table = f"#table(columns: (1cm, 9cm, 3cm), align: {align}, stroke: {stroke}, table.header({cells([head])}), {cells(rows)})"
    assert only(pdf(tmp_path / "a.pdf", table)).rows == [["序号", "企业名称", "所属区县"], *rows]


def test_two_signatures_side_by_side_are_no_table(tmp_path: Path) -> None:
    source = read(
        pdf(tmp_path / "a.pdf", "甲方（盖章） #h(4cm) 乙方（盖章）\n\n2025年1月1日 #h(4cm) 2025年1月2日")
    )
    assert source.grids == ()


# --- what cannot be read -------------------------------------------------------------------------------------


def refusal(path: Path, limits: Limits = LIMITS) -> UnreadableError:
    with pytest.raises(UnreadableError) as caught:
        read_grids(path, limits)
    assert caught.value.zh
    return caught.value


def test_a_scan_is_refused_and_what_to_do_is_said(tmp_path: Path) -> None:
    error = refusal(scanned_list(tmp_path / "a.pdf", 3))
    assert "scanned" in error.en
    assert "OCR" in error.en
    assert "是扫描件：3 页都是图片" in error.zh


def test_pages_that_are_scanned_among_others_are_named(tmp_path: Path) -> None:
    rows = firms(3)
    table = f"#table(columns: (1.5cm, 9cm, 3cm), table.header({cells([HEAD])}), {cells(rows)})"
    with (
        pypdfium2.PdfDocument(scanned_list(tmp_path / "scan.pdf", 2)) as scan,
        pypdfium2.PdfDocument(pdf(tmp_path / "text.pdf", table)) as text,
    ):
        text.import_pages(scan, index=0)
        text.save(tmp_path / "both.pdf")
    source = read(tmp_path / "both.pdf")
    assert source.grids[0].rows == [HEAD, *rows]
    assert source.grids[0].place(1) == ("page 3, row 1", "第 3 页第 1 行")
    assert "1, 2" in source.warnings[0].en
    assert "第 1、2 页" in source.warnings[0].zh
    assert "第 1、2 页" in refusal(tmp_path / "both.pdf").zh  # half a list is never imported


def test_a_locked_pdf_is_refused(tmp_path: Path) -> None:
    # The standard security handler with keys that no empty password fits.
    path = pdf(tmp_path / "a.pdf", "文字")
    data = path.read_bytes()
    lock = (
        b"<< /Filter /Standard /V 1 /R 2 /Length 40 /P -4 /O <"
        + b"41" * 32
        + b"> /U <"
        + b"42" * 32
        + b"> >>"
    )
    start = data.rindex(b"trailer")
    locked = data[:start].replace(b"%%EOF", b"") + data[start:].replace(
        b"<<", b"<< /Encrypt " + lock + b" /ID [<" + b"43" * 16 + b"> <" + b"43" * 16 + b">] ", 1
    )
    (tmp_path / "b.pdf").write_bytes(locked)
    error = refusal(tmp_path / "b.pdf")
    assert "password" in error.en
    assert "密码" in error.zh


@pytest.mark.parametrize("keep", [20, 400, 2000])
def test_damaged_bytes_are_refused(tmp_path: Path, keep: int) -> None:
    path = pdf_list(tmp_path / "a.pdf", TITLE, [], HEAD, firms(5))
    path.write_bytes(path.read_bytes()[:keep] + b"\0" * 500)
    assert "damaged" in refusal(path).en


def test_text_named_pdf_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_text("甲公司")
    assert "内容却不是" in refusal(tmp_path / "a.pdf").zh


def test_too_many_pages_are_refused_before_they_are_read(tmp_path: Path) -> None:
    path = pdf(tmp_path / "a.pdf", "#pagebreak()\n".join(["文字"] * 5))
    error = refusal(path, LIMITS.model_copy(update={"pages": 4}))
    assert "5 pages" in error.en
    assert "最多读取 4 页" in error.zh


def test_a_reading_that_takes_too_much_ends_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that dies or hangs is told of as one sentence; nothing else ends with it."""
    path = pdf(tmp_path / "a.pdf", "文字")
    program = tmp_path / "program.py"
    program.write_text('import sys\nprint(\'{"pages": 9}\')\nprint(\'{"width": 1, "hei\')\nsys.exit(3)')
    monkeypatch.setattr(portable, "_PROGRAM", program)
    error = refusal(path)
    assert "stopped at page 1 of 9" in error.en


def test_memory_is_limited(tmp_path: Path) -> None:
    path = pdf_list(tmp_path / "a.pdf", TITLE, [], HEAD, firms(5))
    refusal(path, LIMITS.model_copy(update={"pdf_memory_mb": 20}))


def test_sixty_pages_in_seconds_with_progress(tmp_path: Path) -> None:
    rows = firms(1400)
    path = pdf_list(tmp_path / "a.pdf", TITLE, [], HEAD, rows, widths=("1.2cm", "6.3cm", "3cm"))
    seen: list[tuple[int, int]] = []
    start = time.perf_counter()
    source = read_source(path, LIMITS, progress=lambda _what, done, many: seen.append((done, many)))
    assert time.perf_counter() - start < 30
    pages = seen[-1][1]
    assert pages >= 60
    assert seen == [(at, pages) for at in range(1, pages + 1)]
    assert source.grids[0].rows == [HEAD, *rows]
