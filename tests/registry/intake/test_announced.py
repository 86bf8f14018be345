"""What a list says about itself. All documents and firms are invented; only the forms are those of real notices."""

from __future__ import annotations

import pytest

from registry.intake.announced import read
from registry.intake.days import days_in

NOTICE = """某某部关于公布第五批专精特新“小巨人”企业名单的通知
某某部企业函〔2023〕303号
各省、自治区主管部门：
根据《暂行办法》（某某部企业〔2022〕63号），经公示无异议，现将名单予以公布，有效期三年，自2023年7月1日起至2026年6月30日。共123家。
某某部
2023年7月14日"""

PUBLICITY = """某某省工业和信息化厅
关于2025年度第一批省级专精特新中小企业拟认定名单的公示
根据有关规定，现将123家企业名单予以公示。公示时间：2025年2月24日至3月1日。
某某省工业和信息化厅
二〇二五年二月二十四日"""


def said(text: str, name: str = "list.docx", **more: tuple[str, ...]) -> dict[str, str]:
    guesses = read(name, text.splitlines(), more.pop("rows", ()), **more)  # type: ignore[arg-type]
    return {field: guess.value for field, guess in guesses.given().items()}


def test_a_notice_says_all_of_it() -> None:
    assert said(NOTICE) == {
        "tier": "little_giant",
        "level": "national",
        "batch": "第五批",
        "document": "某某部企业函〔2023〕303号",
        "issuer": "某某部",
        "issued_on": "2023-07-14",
        "valid_from": "2023-07-01",
        "valid_to": "2026-06-30",
        "firms": "123",
    }


def test_every_guess_names_the_text_that_it_rests_on() -> None:
    for field, guess in read("list.docx", NOTICE.splitlines(), ()).given().items():
        assert guess.text in NOTICE, field


def test_a_publicity_list_is_one_of_applications() -> None:
    assert said(PUBLICITY) == {
        "publicity": "publicised",
        "stage": "publicised",
        "stage_on": "2025-02-24",
        "tier": "srdi",
        "level": "provincial",
        "issuer": "某某省工业和信息化厅",
        "round": "2025年度第一批",
        "purpose": "new",
        "firms": "123",
    }


@pytest.mark.parametrize(
    ("title", "publicity"),
    [
        ("关于2025年瞪羚企业名单的公示", True),
        ("2025年度拟认定瞪羚企业名单", True),
        ("关于公布2025年瞪羚企业名单的通知（已经公示）", False),
        ("2025年瞪羚企业公示结果公告", False),
        ("2025年瞪羚企业名单", False),
    ],
)
def test_what_is_a_publicity_list(title: str, publicity: bool) -> None:
    assert ("publicity" in said(title)) is publicity


@pytest.mark.parametrize(
    ("title", "tier", "level"),
    [
        ("2025年度创新型中小企业名单", "innovative_sme", "provincial"),
        ("2025年入库科技型中小企业名单", "tech_sme", "national"),
        ("2025年山东省专精特新中小企业名单", "srdi", "provincial"),
        ("2025年市级专精特新企业名单", "srdi", "city"),
        ("国家级专精特新小巨人企业名单", "little_giant", "national"),
        ("山东省制造业单项冠军企业名单", "single_champion", "provincial"),
        ("第八批国家级制造业单项冠军企业名单", "single_champion", "national"),
        ("制造业单项冠军企业名单", "single_champion", None),
        ("省级准独角兽企业名单", "quasi_unicorn", "provincial"),
        ("2025年度瞪羚、独角兽企业名单", None, None),
        ("专精特新中小企业和创新型中小企业名单", None, None),
        ("2026年科技和创新型中小企业名单", None, None),
        ("高新技术产业开发区企业名单", None, None),
        ("创新型产业集群名单", None, None),
    ],
)
def test_tier_and_level_of_a_title(title: str, tier: str | None, level: str | None) -> None:
    found = said(title)
    assert (found.get("tier"), found.get("level")) == (tier, level)


def test_what_a_champion_is_of() -> None:
    assert said("第七批制造业单项冠军产品名单")["kind"] == "product"
    assert said("第七批制造业单项冠军企业名单")["kind"] == "enterprise"
    assert "kind" not in said("第七批瞪羚企业名单")


@pytest.mark.parametrize(
    ("title", "batch"),
    [
        ("关于公布2024年第一批瞪羚企业名单的通知", "2024年第一批"),
        ("关于公布2024年度（第一批）瞪羚企业名单的通知", "第一批"),
        ("第12批瞪羚企业名单", "第12批"),
        ("2025年度瞪羚企业名单", "2025年度"),
        ("关于公布第五批和第六批瞪羚企业名单的通知", None),
        ("2025年3月瞪羚企业名单", None),
    ],
)
def test_the_batch(title: str, batch: str | None) -> None:
    assert said(title).get("batch") == batch


@pytest.mark.parametrize(
    ("title", "basis"),
    [
        ("2024年度瞪羚企业复核通过名单", "review"),
        ("通过复核的第二批瞪羚企业名单", "review"),
        ("2024年度认定瞪羚企业名单", "new"),
        ("关于公布第五批瞪羚企业和通过复核的第二批瞪羚企业名单的通知", None),
        ("2024年度新认定和复核瞪羚企业名单", None),
        ("2024年度瞪羚企业名单", None),
    ],
)
def test_reviews_and_new_titles(title: str, basis: str | None) -> None:
    assert said(title).get("basis") == basis


def test_a_publicity_list_of_reviews() -> None:
    assert said("关于2025年瞪羚企业复核通过名单的公示")["purpose"] == "review"


@pytest.mark.parametrize("brackets", ["〔〕", "[]", "【】", "()", "（）", "［］"])
def test_the_number_of_the_document_in_any_brackets(brackets: str) -> None:
    assert (
        said(f"名单的通知\n某工信创{brackets[0]}2025{brackets[1]}12号")["document"] == "某工信创〔2025〕12号"
    )


def test_numbers_of_other_documents_are_not_taken() -> None:
    assert "document" not in said("根据《办法》（某工信发〔2022〕8号），现予公布。")
    assert "document" not in said("某工信发〔2022〕8号\n某工信发〔2023〕9号")
    assert said("", name="某工信发〔2022〕8号.pdf")["document"] == "某工信发〔2022〕8号"
    assert said("某某部公告 2025年第12号")["document"] == "2025年第12号"


def test_bodies_that_sign_together() -> None:
    assert said("科学某某部 工业某某部\n2025年1月2日")["issuer"] == "科学某某部、工业某某部"
    assert said("某某厅\n某某局\n（2025年1月2日）")["issuer"] == "某某厅、某某局"
    assert said("某 某 省 厅  2025年1月2日")["issuer"] == "某某省厅"
    assert said("某某市某某局关于公布名单的通知")["issuer"] == "某某市某某局"


def test_days_that_are_none_and_days_in_sentences_are_not_taken() -> None:
    assert "issued_on" not in said("2025年2月30日")
    assert "issued_on" not in said("自2025年1月1日起施行，各区县应当遵照执行。")
    assert said("发布日期：2025-03-04")["issued_on"] == "2025-03-04"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("二〇二五年三月一日", "2025-03-01"),
        ("二○二五年十二月三十一日", "2025-12-31"),
        ("二零二四年十月二十日", "2024-10-20"),
        ("2025 年 3 月 1 日", "2025-03-01"),
        ("2025.3.1", "2025-03-01"),
        ("2025/03/01", "2025-03-01"),
    ],
)
def test_days_in_digits_and_numerals(text: str, day: str) -> None:
    assert days_in(text) == [day]


def test_the_term() -> None:
    assert said("有效期至2027年12月31日。") == {"valid_to": "2027-12-31"}
    assert said("有效期三年，自公布之日起计算。") == {}
    assert said("有效期2025年1月1日至2024年1月1日") == {}


def test_the_number_of_firms() -> None:
    assert said("共 45 家，其中历下区12家、天桥区33家。")["firms"] == "45"
    assert said("现将 45 家企业名单公布如下")["firms"] == "45"
    assert "firms" not in said("历下区12家，天桥区33家。")
    assert "firms" not in said("一、历下区（12家）")


def test_the_heading_of_the_list_itself_speaks_first() -> None:
    around = "关于公布第五批瞪羚企业和通过复核的第二批瞪羚企业名单的通知\n附件2：通过复核的第二批瞪羚企业名单"
    found = said(around, above=("附件2：通过复核的第二批瞪羚企业名单",))
    assert (found["batch"], found["basis"]) == ("第二批", "review")


def test_titles_inside_a_sheet_and_the_name_of_the_file() -> None:
    rows = (
        ["2024年度瞪羚企业名单", "", ""],
        ["序号", "企业名称", "区县"],
        ["1", "济南虚构机械有限公司", "历下区"],
    )
    assert read("x.xlsx", (), rows).given()["tier"].value == "gazelle"
    assert said("", name="2024年度瞪羚企业名单.xlsx")["batch"] == "2024年度"
    assert said("", name="扫描件.pdf") == {}
