"""The search box in a real browser: by its key, by initials, on a phone."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from registry.naming.normal import normal_form
from registry.naming.pinyin import beginnings, typed_forms
from tests.browser.conftest import Watched


def test_initials_typed_into_the_box_lead_to_the_firm(watched: Watched) -> None:
    name = watched.go("/firms?tier=srdi").locator("tbody a.firm-name").first.inner_text()
    initials = next(form for form in typed_forms(normal_form(name)) if name[0] not in form)
    watched.go("/")
    watched.page.keyboard.press("/")
    watched.page.keyboard.type(initials)
    watched.page.keyboard.press("Enter")
    row = watched.page.get_by_role("row").filter(has=watched.page.get_by_role("link", name=name, exact=True))
    expect(row.locator(".found mark")).to_have_text(initials)
    expect(row.locator(".found")).to_contain_text("拼音")
    found = Axe().run(watched.page).response["violations"]
    assert [v["id"] for v in found if v["impact"] in ("critical", "serious")] == []


def test_a_part_of_a_name_is_marked_and_a_phone_shows_it(watched: Watched) -> None:
    name = watched.go("/firms?tier=srdi").locator("tbody a.firm-name").first.inner_text()
    part = beginnings(name)[-1][:3]
    watched.page.set_viewport_size({"width": 390, "height": 844})
    page = watched.go(f"/firms?q={part}")
    link = page.get_by_role("link", name=name, exact=True)
    expect(link.locator("mark")).to_have_text(part)
    box = link.bounding_box()
    assert box is not None
    assert box["y"] < 844
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
