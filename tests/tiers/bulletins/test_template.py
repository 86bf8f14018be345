"""A template from a person: used where it is right, and where not, told what is wrong, where, and what would be right."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from registry.settings import Settings
from tests.sample_app import settings_in
from tiers.bulletins.default_template import default_template
from tiers.bulletins.placeholders import listed
from tiers.bulletins.template import TemplateRefusedError, check_template, template_of
from tiers.bulletins.word import word
from tiers.targets import plan


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_in(tmp_path)


def saved(document: Any) -> bytes:
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def template(*lines: str) -> bytes:
    document = Document()
    for line in lines:
        document.add_paragraph(line)
    return saved(document)


def refused(settings: Settings, content: bytes, language: str = "en") -> list[str]:
    with pytest.raises(TemplateRefusedError) as error:
        check_template(settings, "monthly.docx", content)
    return [one.in_language(language) for one in error.value.problems]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_templates_that_come_with_the_program_are_good(settings: Settings, language: str) -> None:
    check_template(settings, "monthly.docx", default_template(language))


def test_every_listed_placeholder_is_taken(settings: Settings) -> None:
    names = [name for name, _said in listed([target.id for target in plan(settings.targets.plan)])]
    alone = [name for name in names if not name.startswith(("{%", "{{ target", "{{ unit."))] + [
        "{{ targets[0] }}"
    ]
    check_template(settings, "monthly.docx", template(*alone[:-1]))


def test_a_wrong_placeholder_is_named_with_its_place_and_the_right_ones(settings: Settings) -> None:
    content = template("济南市", "本期 {{ tilte }} 如下", "{{ n.qualty_firms.value }}，{{ n.listed.valu }}")
    first, second, third = refused(settings, content)
    assert first.startswith(
        "paragraph 2: there is no placeholder tilte ({{ tilte }}); perhaps title is meant; there are: title, "
    )
    assert "table_targets" in first
    assert second.startswith("paragraph 3: there is no placeholder n.qualty_firms")
    assert "perhaps quality_firms is meant" in second
    assert "perhaps value is meant; there are: name, value, goal, rate, change, state" in third
    zh = refused(settings, content, "zh")
    assert zh[0].startswith("第 2 段：没有占位符 tilte（{{ tilte }}），是否应为 title；可用的有：title, ")


def test_a_placeholder_that_word_has_cut_into_runs_is_read_whole(
    settings: Settings, make: Callable[..., Any]
) -> None:
    document = Document()
    paragraph = document.add_paragraph()
    for piece in ("一、{", "{ ti", "tle", " }", "}"):
        paragraph.add_run(piece)
    content = saved(document)
    check_template(settings, "monthly.docx", content)
    made = make()
    assert Document(BytesIO(word(made, content))).paragraphs[0].text == f"一、{made.title}"


def test_the_place_of_a_mistake_in_a_table_or_a_footer_is_said(settings: Settings) -> None:
    document = Document()
    table = document.add_table(2, 3)
    table.cell(1, 2).text = "{{ nobody }}"
    document.sections[0].footer.paragraphs[0].text = "{{ nowhere }}"
    said = refused(settings, saved(document))
    assert said[0].startswith("table 1, row 2, cell 3: ")
    assert said[1].startswith("footer, paragraph 1: ")


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["{{ title"], "without its other half"),
        (["{{ title }} }}"], "without its other half"),
        (["{% for one in targets %}", "{{ one.name }}"], "{% for %} has no {% endfor %}"),
        (["{% if summary %}x"], "{% if %} has no {% endif %}"),
        (["{% endfor %}"], "closes nothing that is open"),
        (["{% for one in targets %}{% endif %}{% endfor %}"], "closes nothing that is open"),
        (["{% else %}"], "without {% if %} before it"),
        (["{% for one in title %}{% endfor %}"], "only targets and units can be gone through"),
        (["{% include 'x' %}"], "there is only for and if"),
        (["{% set x = 1 %}"], "there is only for and if"),
        (["{{ targets }}"], "is a list"),
        (["{{ n.listed }}"], "is a group; add one of: name"),
        (["标题 {{ body }}"], "must stand alone"),
        (["{%tr for one in targets %}"], "stands in tables only"),
        (["{{ title | tojson }}"], "there is no filter tojson"),
        (["{{ title ~ }}"], "cannot be read"),
        (["{{ }}"], "cannot be read"),
        (["{{ one.name }}"], "there is no placeholder one"),
        (["{% for one in targets %}{% endfor %}{{ one.name }}"], "there is no placeholder one"),
        (["{% for a in targets %}{% for b in units %}{% for c in units %}{% endfor %}{% endfor %}{% endfor %}"],
         "at most 2 deep"),
    ],
)  # fmt: skip
def test_broken_tags_are_refused_with_the_reason(settings: Settings, lines: list[str], told: str) -> None:
    assert any(told in one for one in refused(settings, template(*lines)))


@pytest.mark.parametrize(
    "trick",
    [
        "{{ title.__class__.__mro__ }}",
        "{{ ''.__class__ }}",
        "{{ n['__class__'] }}",
        "{{ targets.append(1) }}",
        "{{ range(1000000000) }}",
        "{{ cycler('a') }}",
        "{{ title.format(1) }}",
        "{{ 'x' * 1000000000 }}",
        "{{ title | attr('__class__') }}",
        "{% for x in range(9999999) %}{% endfor %}",
        "{{ self }}",
    ],
)
def test_a_template_can_call_and_reach_nothing(settings: Settings, trick: str) -> None:
    assert refused(settings, template(trick))


def test_the_documents_own_properties_are_no_template(make: Callable[..., Any], settings: Settings) -> None:
    document = Document(BytesIO(default_template()))
    document.core_properties.title = "{{ ''.__class__ }}"
    content = saved(document)
    check_template(settings, "monthly.docx", content)
    assert Document(BytesIO(word(make(), content))).core_properties.title.startswith("济南市")


def with_part(name: str, said: str, content: bytes | None = None) -> bytes:
    """The default template with one part added or put in place of another."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content or default_template())) as given, zipfile.ZipFile(out, "w") as made:
        for one in given.namelist():
            if one != name:
                made.writestr(one, given.read(one))
        made.writestr(name, said)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"hello", "protected by a password, of the older format, or no Word document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "protected by a password"),
        (b"PK\x03\x04" + bytes(100), "damaged"),
        (with_part("word/vbaProject.bin", "x"), "it holds macros"),
        (with_part("word/document.xml", "<w:document"), "damaged"),
        (with_part("word/fontTable.xml", "<w:fonts"), "damaged"),
        (with_part("word/_rels/settings.xml.rels",
                   '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
                   'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" '
                   'Target="http://elsewhere/x.dotm" TargetMode="External"/></Relationships>'),
         "fetches something from elsewhere"),
    ],
)  # fmt: skip
def test_what_is_unsafe_or_no_word_file_is_refused(settings: Settings, content: bytes, told: str) -> None:
    (said,) = refused(settings, content)
    assert said.startswith("the file: ")
    assert told in said


RELATED = ("<?xml version='1.0'?><r:Relationships xmlns:r='http://schemas.openxmlformats.org/package/2006/relationships'>"
           "<r:Relationship Id='r1' Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/{0}' "
           "Target='http://elsewhere/hyperlink' TargetMode='External'/></r:Relationships>")  # fmt: skip


def test_what_is_fetched_from_elsewhere_is_refused_however_it_is_written(settings: Settings) -> None:
    rels = "word/_rels/settings.xml.rels"
    assert "elsewhere (image)" in refused(settings, with_part(rels, RELATED.format("image")))[0]
    check_template(settings, "monthly.docx", with_part(rels, RELATED.format("hyperlink")))
    for field, good in (("INCLUDE|PICTURE http://elsewhere/x.png", False), ("DDEAUTO c:\\x", False), ("LINK Excel.Sheet", False),
                        ("HYPERLINK http://example.org/import/link", True), ("PAGE", True), ("TOC \\o", True)):  # fmt: skip
        document = Document(BytesIO(template("{{ title }}")))
        begins = OxmlElement("w:fldChar")
        begins.set(qn("w:fldCharType"), "begin")
        document.paragraphs[0].add_run()._r.append(begins)
        for piece in field.split("|"):
            said = OxmlElement("w:instrText")
            said.text = piece
            document.paragraphs[0].add_run()._r.append(said)
        if good:
            check_template(settings, "monthly.docx", saved(document))
        else:
            assert "elsewhere" in refused(settings, saved(document))[0], field


def test_a_tag_that_hides_from_the_check_computes_nothing(settings: Settings) -> None:
    split = template("{", "{ 'x' * 1000000000 }", "}")
    assert "nothing can be called or computed" in refused(settings, split)[0]
    document = Document(BytesIO(default_template()))
    document.paragraphs[0]._p.set(qn("w:rsidR"), "{% for a in targets * 99999999 %}{% endfor %}")
    assert "nothing can be called or computed" in refused(settings, saved(document))[0]


def test_a_template_that_would_unpack_to_very_much_is_refused(settings: Settings) -> None:
    out = BytesIO(default_template())
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("word/media/big.bin", bytes(200_000_000))
    assert "unpack" in refused(settings, out.getvalue())[0]


def test_the_bureaus_own_template_is_used_and_fills_all_it_asks_for(
    settings: Settings, make: Callable[..., Any]
) -> None:
    document = Document()
    document.add_paragraph("红头：{{ issuer }}文件")
    document.add_paragraph("{{ table_units }}")
    document.add_paragraph("{{ chart_changes }}")
    document.add_paragraph(
        "优质企业 {{ n.quality_firms.value }}，{% if n.listed.state == '未达到' %}上市未达到{% else %}上市已达到{% endif %}"
    )
    table = document.add_table(3, 2)
    for at, (name, value) in enumerate(
        (("{%tr for t in targets %}", ""), ("{{ t.name }}", "{{ t.value }}"), ("{%tr endfor %}", ""))
    ):
        table.cell(at, 0).text, table.cell(at, 1).text = name, value
    settings.templates.mkdir(parents=True)
    (settings.templates / "monthly.docx").write_bytes(saved(document))
    name, content = template_of(settings, "monthly", "zh")
    assert name == "monthly.docx"
    made = make()
    found = Document(BytesIO(word(made, content)))
    texts = [one.text for one in found.paragraphs]
    assert texts[0] == "红头：济南市工业和信息化局文件"
    assert f"优质企业 {made.values['n']['quality_firms']['value']}，上市未达到" in texts
    assert len(found.inline_shapes) == 1
    assert [cell.text for cell in found.tables[0].rows[0].cells][:2] == ["位次", "管理单位"]
    assert [row.cells[0].text for row in found.tables[1].rows] == [
        one["name"] for one in made.values["targets"]
    ]
    # invented data are marked though this template does not ask for the mark
    assert made.mark in "".join(one.text for one in found.sections[0].header.paragraphs)


def test_a_block_that_this_bulletin_has_not_leaves_no_token(
    settings: Settings, make: Callable[..., Any]
) -> None:
    content = template("{{ title }}", "{{ table_departments }}", "{{ chart_units }}", "完")
    found = Document(BytesIO(word(make("expiry"), content)))
    assert "\ue000" not in found.element.xml
    assert found.paragraphs[-1].text == "完"


def test_a_broken_template_of_the_bureau_stops_the_bulletin_and_says_why(settings: Settings) -> None:
    settings.templates.mkdir(parents=True)
    (settings.templates / "monthly.docx").write_bytes(template("{{ nobody }}"))
    with pytest.raises(TemplateRefusedError, match=r"monthly\.docx: the template cannot be used"):
        template_of(settings, "monthly", "zh")
    assert template_of(settings, "monthly", "en")[0] == ""
