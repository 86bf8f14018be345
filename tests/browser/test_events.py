"""An event in the browser: invitations, the agenda, and a late cancellation that moves nobody else."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sqlalchemy import select

from registry.house import House
from registry.subjects import ENTERPRISE
from tests.browser.conftest import Running, Watched
from tests.registry.house import file_rows
from tests.sample_app import house_of


@pytest.fixture
def guests(running: Running) -> tuple[str, list[tuple[str, str]]]:
    """A demand of the first firm of the sample city, and four firms that can supply it: (code, name)."""
    house: House = house_of(running.app)
    e = ENTERPRISE.c
    with house.store.read() as connection:
        day = house.clock.today()
        query = select(e.uscc, e.name).where(
            e.from_day <= day, e.to_day > day, e.city == "370100", e.status == "active"
        )
        firms = [(row.uscc, row.name) for row in connection.execute(query.order_by(e.uscc).limit(5))]
    buyer, suppliers = firms[0], firms[1:]
    file_rows(
        house, "demands", [{"id": "GZ-1", "buyer": buyer[0], "title": "谐波减速器采购"}], "events-demands"
    )
    file_rows(
        house,
        "offers",
        [{"uscc": code, "product": "谐波减速器"} for code, _name in suppliers],
        "events-offers",
    )
    return "GZ-1", suppliers


def grid_of(page: Page) -> dict[str, tuple[int, int]]:
    """Firm → row and column of the agenda."""
    found = {}
    for at, row in enumerate(page.locator(".agenda-grid tbody tr").all()):
        for table, cell in enumerate(row.locator("td").all()):
            name = cell.locator("strong")
            if name.count():
                found[name.inner_text()] = (at, table)
    return found


def test_from_invitations_to_an_agenda_to_a_cancellation(
    watched: Watched, guests: tuple[str, list[tuple[str, str]]], signed_in_as: Callable[..., None]
) -> None:
    demand, suppliers = guests
    page = watched.go("/events")
    page.get_by_role("link", name="新建活动").click()
    page.get_by_label("活动名称").fill("减速器专场")
    page.get_by_label("举办日期").fill("2026-08-20")
    page.get_by_label("桌数").fill("2")
    page.locator("#slots").fill("3")
    page.get_by_role("button", name="入库").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("减速器专场")
    address = page.url.partition("#")[0].removeprefix(watched.address)
    # Invite by the keyboard and by codes.
    page.get_by_role("checkbox", name=re.compile(demand)).focus()
    page.keyboard.press("Space")
    page.get_by_label("按统一社会信用代码或全称邀请企业").fill("\n".join(code for code, _name in suppliers))
    page.locator("#invite").get_by_role("button", name="邀请").click()
    expect(page.get_by_text("5 条邀请已入库")).to_be_visible()
    for box in page.locator("#guests input[type=checkbox]").all():
        box.check()
    page.get_by_role("button", name="参加", exact=True).click()
    page.get_by_role("button", name="排定日程").click()
    expect(page.get_by_text("日程共安排 3 场洽谈")).to_be_visible()
    before = grid_of(page)
    assert len(before) == 3
    left = next(name for _code, name in suppliers if name not in before)
    expect(page.locator("#agenda")).to_contain_text(left)
    violations = [
        one
        for one in Axe().run(page).response["violations"]
        if one["id"]
        in ("label", "aria-required-attr", "button-name", "link-name", "duplicate-id", "color-contrast")
    ]
    assert violations == []
    # One cancels late: its place goes to the firm that had none, and nobody else moves.
    gone = next(iter(before))
    page.locator("#guests").get_by_role("checkbox", name=gone).check()
    page.get_by_role("button", name="临时取消").click()
    expect(page.get_by_text("其他洽谈均未变动").first).to_be_visible()
    after = grid_of(page)
    assert after == {**{name: place for name, place in before.items() if name != gone}, left: before[gone]}
    # By keyboard alone the first meeting and the second change places; a place that is taken is refused first.
    (first, here), (second, there) = sorted(after.items(), key=lambda one: one[1])[:2]
    for exchange in (False, True):
        page.locator("#move summary").focus()
        page.keyboard.press("Enter")
        page.locator("#meeting").focus()
        offered = page.locator("#meeting option").filter(has_text=first)
        page.locator("#meeting").select_option(offered.get_attribute("value"))
        page.locator("#slot").select_option(str(there[0] + 1))
        page.locator("#table").select_option(str(there[1] + 1))
        page.locator("#exchange").focus()
        if exchange:
            page.keyboard.press("Space")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        said = "该洽谈已换到新的位置" if exchange else "请选择空位，或与其调换"
        expect(page.get_by_text(said).first).to_be_visible()
    after = {**after, first: there, second: here}
    assert grid_of(page) == after
    with page.expect_download() as taken:
        page.get_by_role("link", name="Word").click()
    assert taken.value.suggested_filename == "agenda-DJ20260820-1.docx"
    # On a phone nothing sticks out.
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(watched.address + address)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    # A reader sees the agenda and cannot change it.
    signed_in_as(role="reader")
    page.goto(watched.address + address)
    expect(page.get_by_role("button", name="重新排定日程")).to_have_count(0)
    assert grid_of(page) == after
