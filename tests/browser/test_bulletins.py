"""The pages of bulletins in a browser: readable by a machine reader, on a phone, and every number opens."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Running, assert_legible
from tests.sample_app import house_of
from tiers.bulletins import published


@pytest.fixture(scope="module")
def shown(running: Running) -> int:
    """The number of the month's count."""
    made = [
        published.publish(house_of(running.app), name, date(2026, 6, 30), "desk")
        for name in ("monthly", "expiry")
    ]
    return made[0].id


@pytest.mark.parametrize("path", ["/bulletins", "/bulletins/1", "/bulletins/2", "/bulletins/templates"])
def test_a_page_is_readable_by_everybody(
    page: Page, address: str, signed_in_as: Any, shown: Any, path: str
) -> None:
    signed_in_as()
    page.goto(address + path)
    expect(page.locator("h1")).to_be_visible()
    assert_legible(page)


def test_a_number_opens_into_its_firms(page: Page, address: str, signed_in_as: Any, shown: Any) -> None:
    signed_in_as()
    page.goto(f"{address}/bulletins")
    page.locator(f"a.firm-name[href$='/bulletins/{shown}']").click()
    expect(page.locator(".paper-title").first).to_have_text("济南市优质企业梯度培育工作情况通报")
    expect(page.locator(".paper-picture img").first).to_have_js_property("complete", True)
    page.locator(".paper td a").first.click()
    expect(page.locator("h1")).to_have_text("优质企业总数")
    assert page.locator("tbody tr").count() > 5
    with page.expect_download() as taken:
        page.get_by_role("link", name="Excel").click()
    assert taken.value.suggested_filename == "monthly-2026-06-30-target-quality-firms.xlsx"
