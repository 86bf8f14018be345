"""Coming in, being turned away, going out; by keyboard, on a wide screen and on a phone."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from registry.accounts import actions
from registry.accounts.queries import by_login
from tests.browser.conftest import Running, Watched
from tests.sample_app import house_of

PASSWORD = "correct horse battery"


@pytest.fixture
def door(watched: Watched, running: Running) -> Watched:
    """A stranger before the door; there is an account that it knows the password of."""
    house = house_of(running.app)
    with house.store.read() as connection:
        known = by_login(connection, "wang.li")
    if known is None:
        actions.add(house, "wang.li", "reader", "test", display="王丽", password=PASSWORD)
    watched.page.context.clear_cookies()
    return watched


def test_wrong_then_right_then_out(door: Watched) -> None:
    page = door.go("/firms?tier=srdi")
    expect(page.get_by_role("heading", level=1)).to_have_text("登录")
    expect(page.get_by_label("登录名")).to_be_focused()
    page.keyboard.type("wang.li")
    page.keyboard.press("Tab")
    page.keyboard.type("wrong-password")
    page.keyboard.press("Enter")
    expect(page.get_by_text("登录名或密码不正确")).to_be_visible()
    expect(page.get_by_label("密码")).to_be_focused()
    door.complaints.clear()  # the browser notes the 422 itself
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/firms?tier=srdi")
    page.locator("details.menu > summary").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="退出登录")).to_be_hidden()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="退出登录").click()
    expect(page.get_by_text("已退出登录")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("登录")


def test_the_door_is_accessible_and_fits_a_phone(door: Watched) -> None:
    page = door.go("/sign-in")
    found = Axe().run(page).response["violations"]
    assert [v["id"] for v in found if v["impact"] in ("critical", "serious")] == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("link", name="EN").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_a_part_of_a_page_leads_to_the_door_when_the_session_has_ended(
    door: Watched, running: Running
) -> None:
    page = door.go("/sign-in")
    page.get_by_label("登录名").fill("wang.li")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.goto(running.address + "/firms")
    page.context.clear_cookies()
    page.get_by_role("link", name="下一页").click()
    page.wait_for_url("**/sign-in?next=**")
    expect(page.get_by_role("heading", level=1)).to_have_text("登录")
