"""A list from the file to the profile in a real browser: the rows by keyboard alone, the way back by one button."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from docx import Document
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Running, Watched, cookie_for
from tests.registry.intake.papers import pdf_list


@pytest.fixture
def firms(watched: Watched) -> list[tuple[str, str]]:
    """(name, code) of some firms of the sample city."""
    rows = watched.go("/firms?sort=uscc").locator("tbody tr")
    found = [
        (row.locator("a.firm-name").inner_text(), row.locator(".code").first.inner_text())
        for row in rows.all()[:6]
    ]
    return found


def word_list(path: Path, names: list[str]) -> Path:
    document = Document()
    document.add_heading("关于公布2026年济南市瞪羚企业名单的通知", 1)
    table = document.add_table(1, 2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "序号", "企业名称"
    for number, name in enumerate(names, 1):
        cells = table.add_row().cells
        cells[0].text, cells[1].text = str(number), name
    document.save(str(path))
    return path


def misspelt(name: str) -> str:
    """The name with its third character typed wrong."""
    return name[:3] + "鑫" + name[4:]


def matched(watched: Watched, file: Path, batch: str) -> Page:
    page = watched.go("/intake")
    page.set_input_files("#file", file)
    page.get_by_role("button", name="读取名单").click()
    page.select_option("#set-tier", "gazelle")
    page.select_option("#set-level", "city")
    page.fill("#set-batch", batch)
    page.fill("#set-issued_on", "2026-06-01")
    page.get_by_role("button", name="与企业库比对").first.click()
    page.wait_for_url("**/rows**")
    return page


def test_a_word_list_goes_to_the_profile_by_keyboard_and_back(
    watched: Watched, firms: list[tuple[str, str]], tmp_path: Path
) -> None:
    (sure, _), (meant, code), (open_, _), *_rest = firms
    names = [sure, misspelt(meant), misspelt(open_), "山东尚未登记机械有限公司"]
    page = matched(watched, word_list(tmp_path / "瞪羚名单.docx", names), "2026-键盘")
    expect(page.locator(".desk-line")).to_have_count(3)
    press = page.keyboard.press
    expect(page.locator("#pane-name")).to_have_text(names[1])
    press("1")
    expect(page.locator(".pane-decision.is-chosen")).to_contain_text(code)
    expect(page.locator("#line-3 .desk-state")).to_contain_text(meant)
    press("u")
    expect(page.locator(".pane-decision.is-open")).to_be_visible()
    press("1")
    expect(page.locator(".pane-decision.is-chosen")).to_contain_text(code)
    press("Enter")
    expect(page.locator("#pane-name")).to_have_text(names[2])
    press("n")
    expect(page.locator(".pane-decision.is-left_open")).to_be_visible()
    press("k")
    expect(page.locator("#pane-name")).to_have_text(names[1])
    press("ArrowDown")
    expect(page.locator("#pane-name")).to_have_text(names[2])
    press("j")
    expect(page.locator("#pane-name")).to_have_text(names[3])
    press("c")
    expect(page.locator("#pane-code")).to_be_focused()
    press("Escape")
    press("n")
    expect(page.locator(".desk-progress")).to_contain_text("各行均已定")
    press("?")
    expect(page.locator("#desk-help")).to_be_visible()
    press("Escape")
    expect(page.locator("#desk-help")).to_be_hidden()
    press("Enter")
    page.wait_for_url("**/confirm")
    page.get_by_role("button", name="确认入库").first.click()
    page.wait_for_url("**/filings/**")
    expect(page.locator("tbody")).to_contain_text(meant)
    filing = re.findall(r"/filings/(\d+)", page.url)[0]
    watched.go(f"/firms/{code}")
    titles = page.locator("#panel-titles")
    expect(titles).to_contain_text("瞪羚企业（市级）")
    expect(titles.locator(f'a[href="/filings/{filing}"]').first).to_be_visible()
    watched.go(f"/filings/{filing}")
    page.get_by_role("link", name="撤回").click()
    page.locator("form button[type=submit]").filter(has_text="撤回").click()
    page.wait_for_url(f"**/filings/{filing}")
    watched.go(f"/firms/{code}")
    expect(page.locator(f'#panel-titles a[href="/filings/{filing}"]')).to_have_count(0)


def test_a_list_left_in_the_middle_is_there_again(
    watched: Watched, firms: list[tuple[str, str]], tmp_path: Path
) -> None:
    names = [misspelt(firms[3][0]), "山东尚未登记机械有限公司"]
    page = matched(watched, word_list(tmp_path / "半途.docx", names), "2026-半途")
    page.keyboard.press("1")
    expect(page.locator(".pane-decision.is-chosen")).to_be_visible()
    watched.go("/")
    page.get_by_role("navigation", name="主导航").get_by_role("link", name="名单入库").click()
    expect(page.get_by_role("row").filter(has_text="半途.docx")).to_contain_text("1 / 2")
    page.get_by_role("link", name="半途.docx").click()
    expect(page.locator("#pane-name")).to_have_text(names[1])
    page.get_by_role("button", name="放弃").click()
    expect(page.locator("#messages")).to_contain_text("半途.docx")


def test_a_pdf_with_names_only_says_itself_what_it_is(
    watched: Watched, firms: list[tuple[str, str]], tmp_path: Path
) -> None:
    names = [name for name, _code in firms[:3]]
    file = pdf_list(
        tmp_path / "公告.pdf",
        "关于公布2026年度瞪羚企业名单的通知",
        ["现将3家瞪羚企业名单予以公布。"],
        ["序号", "企业名称"],
        [[str(number), name] for number, name in enumerate(names, 1)],
        behind=["济南市工业和信息化局", "2026年6月1日"],
    )
    page = watched.go("/intake")
    page.set_input_files("#file", file)
    page.get_by_role("button", name="读取名单").click()
    expect(page.locator("#set-tier")).to_have_value("gazelle")
    expect(page.locator("#set-issued_on")).to_have_value("2026-06-01")
    expect(page.locator("#set-tier-about")).to_contain_text("依据")
    page.select_option("#set-level", "city")
    page.fill("#set-batch", "2026-公告")
    page.get_by_role("button", name="与企业库比对").first.click()
    page.wait_for_url("**/rows**")
    expect(page.locator(".desk-line.is-certain")).to_have_count(3)
    page.keyboard.press("Enter")
    page.wait_for_url("**/confirm")
    page.get_by_role("button", name="确认入库").first.click()
    page.wait_for_url("**/filings/**")
    watched.go(f"/firms/{firms[0][1]}")
    expect(page.locator("#panel-titles")).to_contain_text("瞪羚企业（市级）")


def test_the_steps_are_accessible_and_fit_a_phone(
    watched: Watched, firms: list[tuple[str, str]], tmp_path: Path
) -> None:
    names = [firms[0][0], misspelt(firms[3][0]), "山东尚未登记机械有限公司"]
    page = matched(watched, word_list(tmp_path / "窄屏.docx", names), "2026-窄屏")
    begun = page.url.partition("/rows")[0]
    for size in ({"width": 1366, "height": 768}, {"width": 390, "height": 844}):
        page.set_viewport_size(size)
        for step in ("/list", "/rows", "/rows?show=none", "/confirm"):
            page.goto(begun + step)
            found = Axe().run(page).response["violations"]
            serious = [
                (v["id"], [n["target"] for n in v["nodes"]][:3])
                for v in found
                if v["impact"] in ("critical", "serious")
            ]
            assert serious == [], (step, size)
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], (step, size)
    page.goto(begun + "/rows")
    first = page.locator(".pane-candidate button").first.bounding_box()
    assert first is not None
    assert first["y"] + first["height"] < 844, "a phone shows the first firm without scrolling"


def test_without_script_every_decision_is_a_plain_form(
    watched: Watched, running: Running, browser: Browser
) -> None:
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    context.add_cookies(cookie_for(running))
    page = context.new_page()
    page.goto(f"{watched.address}/intake")
    page.fill("#text", "山东没有脚本机械有限公司\n")
    page.get_by_role("button", name="读取粘贴内容").click()
    page.get_by_role("button", name="与企业库比对").first.click()
    page.get_by_role("button", name="留待处理").click()
    expect(page.locator(".pane-decision.is-left_open")).to_be_visible()
    page.get_by_role("button", name="撤销").click()
    expect(page.locator(".pane-decision.is-open")).to_be_visible()
    page.get_by_role("button", name="放弃").click()
    page.context.close()
