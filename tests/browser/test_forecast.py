"""Forecasts in a real browser: the back-test arrives by itself, what-if by keyboard, legible for everybody at both widths."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Running, Watched, assert_legible, cookie_for

DAY = "2025-06-30"


@pytest.mark.parametrize(
    "path", [f"/forecast?as_of={DAY}&renewals=5", f"/cultivation?as_of={DAY}&target=high-tech"]
)
def test_pages_are_accessible_and_fit(watched: Watched, path: str) -> None:
    page = watched.go(path)
    if "forecast" in path:
        expect(page.locator("#backtest .interval").first).to_be_visible()
        page.locator("details.fold summary").first.click()
    assert_legible(page)


def test_what_if_is_asked_by_keyboard(watched: Watched) -> None:
    page = watched.go(f"/forecast?as_of={DAY}&target=high-tech")
    page.get_by_label(re.compile("续认率提高")).focus()
    page.keyboard.type("10")
    page.keyboard.press("Enter")
    expect(page.locator("#what-if strong").first).to_have_text(re.compile(r"^\+\d"))
    expect(page).to_have_url(re.compile(r"renewals=10"))


def test_the_overview_draws_the_small_fan_and_leads_to_the_forecast(watched: Watched) -> None:
    page = watched.go(f"/?as_of={DAY}")
    expect(page.locator("#trend .fan-small")).to_be_visible()
    page.locator("#trend").get_by_role("link", name="预测").click()
    expect(page.locator("h1")).to_have_text(re.compile("预测"))


@pytest.mark.parametrize("width", [1366, 390])
def test_the_card_that_comes_later_does_not_move_the_page(watched: Watched, width: int) -> None:
    watched.page.set_viewport_size({"width": width, "height": 768})
    page = watched.go(f"/?as_of={DAY}")
    kept = page.evaluate("""async () => {
        const made = await (await fetch(location.href)).text();
        const late = new DOMParser().parseFromString(made, "text/html").querySelector("#trend");
        const there = document.querySelector("#card-trend"), now = there.innerHTML;
        there.replaceChildren(late);
        const before = there.offsetHeight;
        there.innerHTML = now;
        return before;
    }""")
    expect(page.locator("#trend .fan-small")).to_be_visible()
    assert page.locator("#card-trend").bounding_box()["height"] == kept  # type: ignore[index]


def test_without_script_the_forecast_reads(browser: Browser, running: Running) -> None:
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    context.add_cookies(cookie_for(running))
    page = context.new_page()
    page.goto(f"{running.address}/forecast?as_of={DAY}&renewals=5")
    expect(page.locator(".fan-plot").first).to_be_visible()
    page.locator("#backtest a").click()
    expect(page.locator(".interval").first).to_be_visible()
    context.close()
