"""定时任务 in a browser: begun by hand, watched without reloading, and run once more."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Watched


def test_a_run_is_begun_and_ends_before_one_s_eyes(watched: Watched) -> None:
    page = watched.go("/jobs")
    page.get_by_role("link", name="立即运行").click()
    page.get_by_label("任务").last.select_option("freshness")
    page.get_by_label("周期").fill("2026-W12")
    page.get_by_role("button", name="运行", exact=True).click()
    expect(page.get_by_text("的周期写成 2025-12-31 这样")).to_be_visible()
    watched.complaints.clear()  # the browser notes the 422 itself
    page.get_by_label("周期").fill("2026-06-20")
    page.get_by_role("button", name="运行", exact=True).press("Enter")
    expect(page.get_by_text("2026-06-20 已开始运行")).to_be_visible()
    row = page.get_by_role("table", name="运行记录").get_by_role("row").filter(has_text="2026-06-20")
    expect(row).to_contain_text("已完成")  # it asks for itself again while the run goes on
    row.get_by_role("link", name="再次运行").click()
    expect(page.get_by_label("周期")).to_have_value("2026-06-20")
    page.get_by_role("button", name="运行", exact=True).click()
    expect(page.get_by_text("已被取代")).to_be_visible()


def test_the_page_fits_a_phone(watched: Watched) -> None:
    watched.page.set_viewport_size({"width": 390, "height": 844})
    page = watched.go("/jobs")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    expect(page.get_by_role("heading", name="任务一览")).to_be_visible()
