"""Risks, gaps and what-if in a real browser: legible for everybody at both widths, with the keyboard and without script."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import test_chains
from tests.browser.conftest import Running, Watched, assert_legible, cookie_for
from tests.chains.little_city import CHAIN, CORE, DEEP, KEY

DAY = "as_of=2026-03-01"
PAGES = ("risks", "gaps", "what-if", f"what-if?{DAY}&stop={DEEP[0]}&link={KEY}>{CORE}>电芯")

running = test_chains.running
address = test_chains.address


@pytest.fixture
def wide(watched: Watched) -> Watched:
    watched.page.set_viewport_size({"width": 1366, "height": 768})
    return watched


@pytest.mark.parametrize("part", PAGES)
def test_pages_are_accessible_and_fit(watched: Watched, part: str) -> None:
    page = watched.go(f"/chains/{CHAIN}/{part}")
    expect(page.locator("h1")).to_contain_text(CHAIN)
    assert_legible(page)


def test_from_the_chain_to_its_risks_to_what_happens_if_a_link_fails(wide: Watched) -> None:
    page = wide.go(f"/chains/{CHAIN}?{DAY}")
    page.get_by_role("link", name="风险与短板").click()
    expect(page).to_have_url(re.compile("/risks"))
    row = page.locator("#sources tbody tr", has_text="电芯").first
    row.get_by_role("link", name="假设供应中断").click()
    expect(page).to_have_url(re.compile("what-if.*link="))
    expect(page.locator("#link-1")).to_be_checked()
    expect(page.locator("#list tbody tr", has_text="济南动力电池有限公司").first).to_be_visible()
    page.get_by_label("其他企业").fill(DEEP[0])
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"stop={DEEP[0]}"))
    expect(page.locator("#stop-1")).to_be_checked()
    expect(page.locator("#link-1")).to_be_checked()


def test_reasons_open_with_the_keyboard(wide: Watched) -> None:
    page = wide.go(f"/chains/{CHAIN}/gaps?{DAY}")
    reason = page.locator(".near-firms summary, .near-more summary").first
    reason.focus()
    page.keyboard.press("Enter")
    expect(page.locator("details[open] li").first).to_be_visible()


def test_without_script_everything_is_there(browser: Browser, running: Running) -> None:
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    context.add_cookies(cookie_for(running))
    page = context.new_page()
    page.goto(f"{running.address}/chains/{CHAIN}/what-if?{DAY}")
    page.locator("#stop-1").check()
    page.get_by_role("button", name="模拟影响").click()
    expect(page.locator("#list tbody tr").first).to_be_visible()
    context.close()
