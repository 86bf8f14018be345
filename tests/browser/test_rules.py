"""Rules in a real browser: a rung by keyboard, the ladder's accessibility when open, a simulation without leaving the page."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched, serious

DAY = "2026-06-15"


def profile(watched: Watched, more: str = "") -> Page:
    page = watched.go("/firms?tier=srdi&sort=-revenue")
    address = page.locator("tbody a.firm-name").first.get_attribute("href") or ""
    return watched.go(f"{address}?as_of={DAY}{more}")


def test_a_rung_opens_by_keyboard(watched: Watched) -> None:
    page = profile(watched)
    rung = page.locator("#rung-srdi-provincial")
    expect(rung.locator(".clauses")).to_be_hidden()
    rung.locator("summary").first.focus()
    page.keyboard.press("Enter")
    expect(rung.locator(".clauses")).to_be_visible()
    expect(rung.locator(".edition-line a").first).to_have_attribute("href", "/rules/srdi-2026")
    page.keyboard.press("Tab")
    expect(rung.locator(".edition-line a").first).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    expect(rung.locator(".clauses")).to_be_hidden()


@pytest.mark.parametrize("width", [1366, 390])
def test_open_rungs_are_accessible_and_fit(watched: Watched, width: int) -> None:
    watched.page.set_viewport_size({"width": width, "height": 768})
    page = profile(watched)
    for rung in page.locator("details.step").all():
        rung.locator("summary").first.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert serious(page) == []


def test_the_purpose_switches_in_place(watched: Watched) -> None:
    page = profile(watched)
    page.evaluate("window.stayed = true")
    page.locator("#panel-ladder .switch a", has_text="复核").click()
    expect(page.locator("#panel-ladder .switch [aria-current]")).to_have_text("复核")
    assert page.evaluate("window.stayed")
    assert "purpose=review" in page.url


def test_a_source_leads_to_its_filing(watched: Watched) -> None:
    page = profile(watched)
    rung = page.locator("#rung-srdi-provincial")
    rung.locator("summary").first.click()
    rung.locator(".clauses a.from").first.click()
    expect(page).to_have_url(f"{watched.address}/filings/" + page.url.rpartition("/")[2])


def test_a_simulation_is_computed_in_place(watched: Watched) -> None:
    page = watched.go(f"/simulate?as_of={DAY}")
    page.evaluate("window.stayed = true")
    page.select_option("#edition", "hightech-2016")
    expect(page.locator("#set-hitech_share")).to_be_attached()  # the form of the edition has come
    page.get_by_text("门槛（可修改）").click()
    page.fill("#set-hitech_share", "30")
    page.get_by_role("button", name="模拟").click()
    expect(page.get_by_role("heading", name="变化")).to_be_visible()
    expect(page.locator("#set-hitech_share")).to_have_value("30")
    gained = page.locator("a.stat data").first.get_attribute("value")
    page.locator("a.stat").first.click()
    expect(page.locator("#firms .table-tools strong data")).to_have_attribute("value", gained or "")


def test_near_misses_narrow_in_place_and_lead_to_the_rung(watched: Watched) -> None:
    page = watched.go(f"/near/high_tech/national?as_of={DAY}")
    page.evaluate("window.stayed = true")
    page.select_option("#place", "370171")
    page.wait_for_url("**place=370171**")
    assert page.evaluate("window.stayed")
    address = page.locator("tbody a.firm-name").first.get_attribute("href") or ""
    assert address.endswith("#rung-high_tech-national")
    watched.go(address)
    expect(page.locator("#rung-high_tech-national .clauses")).to_be_visible()
