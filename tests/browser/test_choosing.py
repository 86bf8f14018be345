"""Narrowing, choosing and tagging many firms in a real browser: by mouse, by keyboard, on a phone, without script."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Running, Watched, cookie_for

NAMES = "tbody a.firm-name"


def open_facet(page: Page, id: str) -> None:
    page.locator(f"#facet-{id} > summary").click()


def settled(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)


def serious(page: Page) -> list[object]:
    found = Axe().run(page).response["violations"]
    return [(v["id"], v["nodes"][0]["target"]) for v in found if v["impact"] in ("critical", "serious")]


def test_many_firms_are_tagged_looked_through_filed_and_the_tag_is_undone(watched: Watched) -> None:
    page = watched.go("/firms")
    open_facet(page, "tier")
    page.locator("#tier-srdi").check()
    expect(page.locator(".narrowings .chip")).to_have_count(1)
    settled(page)
    page.keyboard.press("Escape")
    total = page.locator(".table-tools strong data").get_attribute("value")
    name = page.locator(NAMES).first.inner_text()
    profile = page.locator(NAMES).first.get_attribute("href") or ""
    page.get_by_label(f"全部 {total} 家").check()
    expect(page.get_by_role("status").filter(has_text="已选")).to_have_text(f"已选 {total} 家")
    page.get_by_role("button", name="处理所选").click()

    expect(page.get_by_role("heading", level=1)).to_have_text(f"已选 {total} 家企业")
    assert serious(page) == []
    page.select_option("#tag-tier", "single_champion")
    page.select_option("#tag-level", "city")
    page.fill("#tag-batch", "批量2026")
    page.fill("#tag-issued_on", "2026-06-20")
    page.locator("#tag").get_by_role("button", name="预览变化").click()
    expect(page.get_by_role("row").filter(has_text=name)).to_contain_text("批量2026")
    assert serious(page) == []
    page.get_by_role("button", name=f"为 {total} 家企业入库").click()

    expect(page.locator("#messages")).to_contain_text(f"已为 {total} 家企业入库")
    undo = page.get_by_role("link", name="撤回本次入库").get_attribute("href") or ""
    watched.go(profile)
    expect(page.locator("#panel-titles")).to_contain_text("制造业单项冠军企业（市级）")
    watched.go(undo)
    page.get_by_role("button", name="撤回").last.click()
    expect(page.locator("#messages")).to_contain_text("已撤回")
    watched.go(profile)
    expect(page.locator("#panel-titles")).not_to_contain_text("批量2026")


def test_choices_stay_open_while_their_numbers_come_anew(watched: Watched) -> None:
    """By keyboard alone: Enter opens, Space ticks, what has the focus keeps it, Escape closes."""
    page = watched.go("/firms")
    page.locator("#facet-tier > summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    first = page.evaluate("document.activeElement.id")
    assert first.startswith("tier-")
    page.keyboard.press("Space")
    expect(page.locator(".narrowings .chip")).to_have_count(1)
    settled(page)
    assert page.evaluate("document.activeElement.id") == first
    expect(page.locator(f"#{first}")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.locator(".narrowings .chip")).to_have_count(2)
    settled(page)
    expect(page.locator("#facet-tier .facet-number")).to_contain_text("2")
    page.keyboard.press("Escape")
    expect(page.locator(f"#{first}")).to_be_hidden()
    assert page.evaluate("document.activeElement.parentElement.id") == "facet-tier"


def test_a_number_behind_a_choice_is_what_it_gives(watched: Watched) -> None:
    page = watched.go("/firms?size=small")
    open_facet(page, "district")
    choice = page.locator("#facet-district .facet-choice").first
    said = choice.locator("data").get_attribute("value")
    choice.locator("input").check()
    expect(page.locator(".table-tools strong data")).to_have_attribute("value", said or "")


def test_a_sorted_list_stays_sorted_when_it_is_narrowed(watched: Watched) -> None:
    page = watched.go("/firms")
    page.get_by_role("link", name="营业收入").click()
    page.wait_for_url("**sort=revenue*")
    settled(page)
    open_facet(page, "size")
    page.locator("#size-small").check()
    page.wait_for_url("**size=small*")
    assert "sort=revenue" in page.url


def test_rows_are_ticked_one_by_one_in_ranges_and_by_page(watched: Watched) -> None:
    page = watched.go("/firms")
    settled(page)
    boxes, status = page.locator(".tick input"), page.locator("[data-chosen]")
    expect(status).to_have_text("未选")
    boxes.nth(1).focus()
    page.keyboard.press("Space")
    expect(status).to_have_text("已选 1 家")
    boxes.nth(4).click(modifiers=["Shift"])
    expect(status).to_have_text("已选 4 家")
    expect(page.get_by_label("选择本页全部")).to_have_js_property("indeterminate", True)
    page.get_by_label("选择本页全部").check()
    expect(status).to_have_text("已选 50 家")
    boxes.nth(0).uncheck()
    expect(status).to_have_text("已选 49 家")
    page.get_by_role("button", name="处理所选").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("已选 49 家企业")
    with page.expect_download() as taken:
        page.get_by_role("link", name="CSV").click()
    assert len(taken.value.path().read_text(encoding="utf-8-sig").splitlines()) == 50


def test_choices_stay_on_the_screen(watched: Watched) -> None:
    watched.page.set_viewport_size({"width": 1366, "height": 768})
    page = watched.go("/firms")
    settled(page)
    for fold in page.locator("#facets .facet").all():
        fold.locator("summary").click()
        box = fold.locator(".facet-choices").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        expect(fold.locator(".facet-choices")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 1366, fold.get_attribute("id")


def test_a_box_is_named_after_its_firm(watched: Watched) -> None:
    page = watched.go("/firms")
    name = page.locator(NAMES).first.inner_text()
    expect(page.get_by_role("checkbox", name=f"选择 {name}", exact=True)).to_have_count(1)


@pytest.mark.parametrize("path", ["/firms?tier=srdi", "/firms/facets", "/firms/views"])
def test_a_phone_holds_choices_and_boxes(watched: Watched, path: str) -> None:
    watched.page.set_viewport_size({"width": 390, "height": 844})
    page = watched.go(path)
    settled(page)
    for fold in page.locator("#facet-fold > summary").all():
        if not page.locator("#facet-tier > summary").is_visible():
            fold.click()
        open_facet(page, "industry")
        expect(page.locator("#facet-industry .facet-choices")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert serious(page) == []


def test_without_script_the_same_forms_do_it(browser: Browser, running: Running, address: str) -> None:
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    context.add_cookies(cookie_for(running))
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.goto(f"{address}/firms")
    page.get_by_role("link", name="筛选与视图").click()
    page.locator("#facet-tier > summary").click()
    page.locator("#tier-srdi").check()
    page.get_by_role("button", name="显示企业").click()
    assert re.search(r"[?&]tier=srdi", page.url)
    page.locator(".tick input").nth(0).check()
    page.locator(".tick input").nth(1).check()
    page.get_by_role("button", name="处理所选").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("已选 2 家企业")
    page.select_option("#field-of", "pillar")
    page.get_by_role("button", name="选此字段").click()
    page.fill("#value", "高端装备")
    page.locator("#set").get_by_role("button", name="预览变化").click()
    expect(page.get_by_text("尚未正式入库")).to_be_visible()
    context.close()
