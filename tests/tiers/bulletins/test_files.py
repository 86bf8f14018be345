"""The three files: what they hold, that no name does anything in them, and that the same count gives the same bytes."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pdfplumber
import pypdfium2
import pytest
from docx import Document

from registry.settings import ROOT
from tests.tiers.bulletins.conftest import Published
from tiers.bulletins.book import book
from tiers.bulletins.content import bulletin
from tiers.bulletins.default_template import default_template
from tiers.bulletins.making import write_files
from tiers.bulletins.pdf import pdf
from tiers.bulletins.reports import REPORTS
from tiers.bulletins.word import word

Make = Callable[..., Any]

PRINTED = """
import hashlib, pickle, sys
import time_machine
from dataclasses import replace
with time_machine.travel(sys.argv[2], tick=True):
    from tiers.bulletins.book import book
    from tiers.bulletins.content import bulletin
    from tiers.bulletins.default_template import default_template
    from tiers.bulletins.pdf import pdf
    from tiers.bulletins.word import word
    snapshot, firms = pickle.load(open(sys.argv[1], "rb"))
    for name in ("monthly", "quarterly", "district", "expiry"):
        made = bulletin(replace(snapshot, name=name), snapshot.parts, lambda target: firms[target])
        for content in (word(made, default_template("zh")), book(made), pdf(made)):
            sys.stdout.write(hashlib.sha256(content).hexdigest() + "\\n")
"""


def test_the_same_count_gives_the_same_bytes_anywhere_and_at_any_time(
    monthly: Published, tmp_path: Path
) -> None:
    snapshot, firms = monthly
    held = {e["id"]: list(firms(e["id"])) for e in snapshot.count["targets"] if e["source"] != "filed"}
    (tmp_path / "published").write_bytes(pickle.dumps((snapshot, held)))
    printed = []
    for zone, locale, seed, moment in (
        ("Asia/Shanghai", "C.UTF-8", "1", "2026-07-01T10:00:00+08:00"),
        ("America/New_York", "POSIX", "2", "2031-02-28T23:59:58-05:00"),
    ):
        ran = subprocess.run(
            [sys.executable, "-c", PRINTED, str(tmp_path / "published"), moment], cwd=ROOT, check=True, text=True,
            capture_output=True,
            env={**os.environ, "TZ": zone, "LC_ALL": locale, "LANG": locale, "PYTHONHASHSEED": seed, "PYTHONUTF8": "1"},
        )  # fmt: skip
        printed.append(ran.stdout.split())
    assert len(printed[0]) == 12
    assert len(set(printed[0])) == 12
    assert printed[0] == printed[1]


def test_another_count_gives_other_bytes(monthly: Published) -> None:
    snapshot, firms = monthly
    later = replace(snapshot, published_at=datetime(2026, 7, 2, 1, tzinfo=UTC))
    for make in (book, pdf, lambda made: word(made, default_template("zh"))):
        first, second = (make(bulletin(one, one.parts, firms)) for one in (snapshot, later))
        assert sha256(first).digest() != sha256(second).digest()


# Word ----------------------------------------------------------------------------------------------


def text_of(document: Any) -> str:
    return "\n".join(paragraph.text for paragraph in document.paragraphs)


@pytest.mark.parametrize("name", REPORTS)
def test_a_clerk_can_edit_the_word_file(make: Make, name: str) -> None:
    made = make(name)
    content = word(made, default_template("zh"))
    document = Document(BytesIO(content))
    assert document.paragraphs[0].text == made.title
    assert "{{" not in text_of(document)
    headings = [one.text for one in document.paragraphs if one.style.name.startswith("Heading")]
    assert headings == [block.text for block in made.blocks if getattr(block, "level", 0)]
    assert len(document.tables) == len([b for b in made.blocks if hasattr(b, "columns")])
    assert len(document.inline_shapes) == len(made.pictures)
    for table in document.tables:
        assert "w:tblHeader" in table.rows[0]._tr.xml
    section = document.sections[0]
    assert (section.page_width.mm, section.page_height.mm) == (
        pytest.approx(210, abs=1),
        pytest.approx(297, abs=1),
    )
    assert section.header.paragraphs[0].text == made.mark
    footer = "".join(one._p.xml for one in section.footer.paragraphs)
    assert "NUMPAGES" in footer
    assert made.source in footer
    for shape in document.inline_shapes:
        assert shape._inline.docPr.get("descr")
    assert document.core_properties.created == datetime(2026, 7, 1, 1, 30, tzinfo=UTC)
    assert document.core_properties.author == "济南市工业和信息化局"


def test_chinese_fonts_are_named_for_chinese_text() -> None:
    styles = {style.name: style for style in Document(BytesIO(default_template())).styles}
    told = {
        name: styles[name].element.rPr.rFonts.xml
        for name in ("通报正文", "通报标题", "Heading 1", "Heading 2")
    }
    for name, font in (
        ("通报正文", "仿宋"),
        ("通报标题", "方正小标宋简体"),
        ("Heading 1", "黑体"),
        ("Heading 2", "楷体"),
    ):
        assert f'w:eastAsia="{font}"' in told[name]
        assert "Theme" not in told[name]
    fonts = zipfile.ZipFile(BytesIO(default_template())).read("word/fontTable.xml").decode()
    assert 'w:altName w:val="小标宋;宋体"' in fonts


NASTY = '{{ 1+1 }}<w:br/>&"]]>=HYPERLINK("x")#let x = 1 $y$ \\ *粗* \ue000body\ue001\x07'


def renamed(monthly: Published) -> Any:
    """The expiry bulletin and the lists of a city where every firm bears a name that means something somewhere."""
    snapshot, firms = monthly
    titles = [{**one, "name": NASTY} for one in snapshot.parts["expiring"]["titles"]]
    parts = {**snapshot.parts, "expiring": {"days": 180, "titles": titles}}
    parts["names"] = {**parts["names"], "issuer": [NASTY, NASTY]}
    return bulletin(
        replace(snapshot, name="expiry"),
        parts,
        lambda target: [{**one, "name": NASTY} for one in firms(target)],
    )


def test_a_name_does_nothing_in_a_word_file(monthly: Published) -> None:
    document = Document(BytesIO(word(renamed(monthly), default_template("zh"))))
    shown = NASTY.replace("\x07", "")
    assert document.tables[-1].cell(1, 0).text == shown
    assert [one.text for one in document.paragraphs if one.style.name == "通报落款"] == [shown]


def test_a_name_does_nothing_in_a_pdf(monthly: Published) -> None:
    with pdfplumber.open(BytesIO(pdf(renamed(monthly)))) as found:
        text = "".join(page.extract_text() for page in found.pages).replace("\n", "")
    assert '{{1+1}}<w:br/>&"]]>=HYPERLINK("x")#letx=1$y$' in text.replace(" ", "")


def test_a_name_does_nothing_in_a_workbook(monthly: Published) -> None:
    made = renamed(monthly)
    found = openpyxl.load_workbook(BytesIO(book(made)))
    names = [row[1] for row in found[made.sheets[0].name].iter_rows(min_row=4)]
    assert {cell.data_type for cell in names} == {"s"}
    assert all("HYPERLINK" in str(cell.value) for cell in names)


# Workbook ------------------------------------------------------------------------------------------


def test_every_number_of_the_workbook_leads_to_its_firms_and_back(make: Make) -> None:
    made = make("quarterly")
    found = openpyxl.load_workbook(BytesIO(book(made)))
    overview = found.worksheets[0]
    assert found.sheetnames == ["通报", *(sheet.name for sheet in made.sheets), "图表数据"]
    linked = [cell for row in overview.iter_rows() for cell in row if cell.hyperlink]
    links = {cell.coordinate: cell.hyperlink.location for cell in linked}
    assert {place.partition("!")[0].strip("'") for place in links.values()} <= set(found.sheetnames)
    assert len([cell for cell in linked if isinstance(cell.value, int | float)]) > 20
    for sheet in made.sheets:
        page = found[sheet.name]
        assert page.freeze_panes == "C4"
        assert page.auto_filter.ref
        assert page.print_title_rows
        assert page["A1"].hyperlink.location.startswith("'通报'")
        codes = [row[0] for row in page.iter_rows(min_row=4, max_col=1)]
        assert {(cell.data_type, len(cell.value)) for cell in codes} == {("s", 18)}
        assert len(codes) == len(sheet.rows)
        assert made.mark in (page.oddHeader.center.text or "")


def test_charts_are_live(make: Make) -> None:
    made = make("quarterly")
    found = openpyxl.load_workbook(BytesIO(book(made)))
    charts = found.worksheets[0]._charts
    assert len(charts) == len(made.pictures)
    waterfall = next(chart for chart in charts if chart.grouping == "stacked")
    assert len(waterfall.series) == 4
    assert waterfall.series[1].val.numRef.f.startswith("图表数据!")


# PDF -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", REPORTS)
def test_every_page_of_the_pdf_is_numbered_and_marked(make: Make, name: str, language: str) -> None:
    made = make(name, language)
    content = pdf(made)
    with pdfplumber.open(BytesIO(content)) as found:
        pages = [page.extract_text() for page in found.pages]
        assert found.metadata["Title"] == f"{made.title} {made.period}"
        assert {(round(page.width), round(page.height)) for page in found.pages} == {(595, 842)}
    for number, text in enumerate(pages, start=1):
        assert f"{number} / {len(pages)}" in text
        assert made.mark in text
    assert b"/StructTreeRoot" in content
    assert len(pypdfium2.PdfDocument(content)) == len(pages)


# Onto the disk -------------------------------------------------------------------------------------


def test_files_are_written_whole_or_not_at_all(folder: Path) -> None:
    write_files(folder, {"a.pdf": b"1", "b.pdf": b"2"})
    assert {one.name: one.read_bytes() for one in folder.iterdir()} == {"a.pdf": b"1", "b.pdf": b"2"}
    write_files(folder, {"a.pdf": b"3"})
    assert (folder / "a.pdf").read_bytes() == b"3"
    (folder / "c.pdf").mkdir()
    with pytest.raises(Exception, match="cannot be written"):
        write_files(folder, {"c.pdf": b"4"})
    assert sorted(one.name for one in folder.iterdir()) == ["a.pdf", "b.pdf", "c.pdf"]
