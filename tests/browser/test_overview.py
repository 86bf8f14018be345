"""The overview in a real browser: what a head of the bureau sees first, on a screen, on a phone, without script."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Running, Watched, assert_legible, cookie_for


def settled(page: Page) -> Page:
    """Wait for what the page fetches later."""
    page.wait_for_load_state("networkidle")
    page.wait_for_function(
        "!document.querySelector('.coming, .htmx-request, .htmx-swapping, .htmx-settling')"
    )
    return page


@pytest.mark.parametrize(
    "path", ["/", "/?as_of=2025-12-31&show=year&lang=en", "/?as_of=2024-06-30&known_at=2024-12-31"]
)
def test_it_is_accessible_and_scrolls_downwards_only(watched: Watched, path: str) -> None:
    assert_legible(settled(watched.go(path)))


def test_key_numbers_and_what_is_wrong_are_seen_without_scrolling(watched: Watched) -> None:
    watched.page.set_viewport_size({"width": 1366, "height": 768})
    page = settled(watched.go("/?lang=zh"))
    expect(page.locator("#card-quality .stat-value").first).to_be_in_viewport(ratio=1)
    for place in range(7):  # the targets that the plan names first
        expect(page.locator("#card-targets .bullet").nth(place)).to_be_in_viewport(ratio=1)
    expect(page.locator("#decisions .todo-lines")).to_be_in_viewport(ratio=1)


def test_a_number_opens_into_its_list_and_a_change_into_who_went(watched: Watched) -> None:
    page = watched.go("/?as_of=2025-12-31&lang=zh")
    number = page.locator("#card-units tbody td.heat data").first.get_attribute("value")
    page.locator("#card-units tbody td.heat a").first.click()
    expect(page.locator("#list .table-tools strong data")).to_have_attribute("value", number or "")
    page = watched.go("/?as_of=2025-12-31&lang=zh")
    change = page.locator("#card-quality .headline a .delta").first
    value = int(change.get_attribute("value") or 0)
    change.click()
    tabs = page.locator(".tabline .tab-count data")
    came, went = (int(tabs.nth(at).get_attribute("value") or 0) for at in (0, 1))
    assert came - went == value != 0
    expect(page.locator(".tabline a[aria-current]")).to_contain_text("新进" if value > 0 else "退出")


def test_another_day_is_one_press_away_and_all_cards_obey(watched: Watched) -> None:
    page = watched.go("/?lang=zh")
    now = page.locator("#card-quality .stat-value data").first.get_attribute("value")
    page.get_by_role("link", name="上年末", exact=True).click()
    page.wait_for_url("**as_of=2025-12-31**")
    expect(page.get_by_text("数据截至 2025-12-31")).to_be_visible()
    expect(page.locator(".presets a[aria-current]").first).to_have_text("上年末")
    then = page.locator("#card-quality .stat-value data").first.get_attribute("value")
    assert now != then
    expect(page.locator("#card-units tfoot td data").first).to_have_attribute("value", then or "")
    # By the keyboard: a day typed, Enter.
    page.get_by_role("textbox", name="数据截止日").fill("2024-12-31")
    page.get_by_role("textbox", name="数据截止日").press("Enter")
    expect(page.get_by_text("数据截至 2024-12-31")).to_be_visible()


def test_units_are_sorted_in_place(watched: Watched) -> None:
    page = watched.go("/?as_of=2025-12-31&lang=zh")
    page.get_by_role("columnheader", name="上市").get_by_role("link").click()
    expect(page.get_by_role("columnheader", name="上市")).to_have_attribute("aria-sort", "descending")
    assert "sort=-listed" in page.url
    expect(page.locator("#sort-listed")).to_be_focused()  # the keyboard stays where it was
    page.get_by_role("link", name="占全市").first.click()
    expect(page.locator("#card-units .presets a[aria-current]")).to_have_text("占全市")
    expect(page.get_by_role("columnheader", name="上市")).to_have_attribute("aria-sort", "descending")
    page.go_back()
    expect(page.locator("#card-units .presets a[aria-current]")).to_have_text("数量")


def test_a_column_of_the_cliff_is_reached_by_key(watched: Watched) -> None:
    page = watched.go("/?as_of=2025-12-31&lang=zh")
    column = page.locator("#card-expiries .stand a").first
    said = column.get_attribute("aria-label") or ""
    column.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(said.partition(":")[0])


def test_it_reads_without_script(browser: Browser, running: Running) -> None:
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    context.add_cookies(cookie_for(running))
    page = context.new_page()
    page.goto(running.address + "/?lang=zh")
    expect(page.locator("#card-units tbody tr").first).to_be_visible()
    page.get_by_role("link", name="统计称号相关待办").click()
    expect(page.locator("#decisions .todo-lines li").first).to_be_visible()
    context.close()


def test_an_officer_finds_the_own_unit(watched: Watched, signed_in_as: Callable[..., None]) -> None:
    signed_in_as(role="district", unit="370171")
    page = watched.go("/?as_of=2025-12-31&lang=zh")
    expect(page.locator("#card-units tr.own th")).to_contain_text("高新区")


def test_paper_has_no_buttons_and_keeps_the_numbers(watched: Watched) -> None:
    page = settled(watched.go("/?lang=zh"))
    page.emulate_media(media="print")
    expect(page.locator("form.question")).to_be_hidden()
    expect(page.get_by_text("数据截至")).to_be_visible()
    expect(page.locator("#card-units tfoot td data").first).to_be_visible()
