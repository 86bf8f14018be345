"""The bridge and published counts in a real browser: by keyboard, on a phone, judged by axe, and without script."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Running, Watched, serious
from tests.sample_app import house_of
from tiers.publishing import publish

BRIDGE = "/bridge?from=2024-12-31&to=2025-12-31"


@pytest.fixture(scope="module")
def published(running: Running) -> int:
    """A count for December, published after one for November."""
    house = house_of(running.app)
    return [publish(house, "monthly", day, "desk").id for day in (date(2025, 11, 30), date(2025, 12, 31))][-1]


def test_a_step_opens_into_its_firms_by_keyboard(watched: Watched) -> None:
    page = watched.go(BRIDGE)
    link = page.locator(".fall-rows a", has_text="新增")
    number = page.locator("#steps ~ * a[href*='firms/new']").first.inner_text()
    link.focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("新增")
    expect(page.locator(".table-tools strong")).to_have_text(number)
    page.go_back()
    page.get_by_label("管理单元", exact=True).select_option(label="历下区")
    page.get_by_role("button", name="查看").click()
    page.wait_for_url("**unit=370102**")


@pytest.mark.parametrize("width", [1366, 390])
def test_pages_fit_and_are_accessible(watched: Watched, published: int, width: int) -> None:
    watched.page.set_viewport_size({"width": width, "height": 768})
    for path in (BRIDGE, f"/snapshots/{published}", "/snapshots", f"/bridge/firms/new{BRIDGE[7:]}",
                 f"/snapshots/compare?a={published - 1}&b={published}"):  # fmt: skip
        page = watched.go(path)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert serious(page) == [], path


def test_what_overtook_a_count_comes_after_the_list(watched: Watched, published: int) -> None:
    page = watched.go("/snapshots")
    expect(page.locator(f"#since-{published}")).to_contain_text("仍一致")
    page.locator("tbody a.firm-name").first.click()
    page.get_by_role("link", name="较上期的变动").click()
    expect(page.locator("h1")).to_contain_text("变动桥")
    expect(page.get_by_label("自", exact=True)).to_have_value(f"#{published - 1}")
