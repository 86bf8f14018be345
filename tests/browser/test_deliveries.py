"""投递 in the browser: what did not arrive is found from 待办, sent again by keyboard, and read on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from registry.delivery.sending import send_due
from registry.shell.app import create_app
from tests.browser.conftest import Watched, cookie_for, served
from tests.registry.delivery.parcels import DESK, Mailbox, by_mail, house_with, mail_server, parcel, put_in
from tests.signed_in import signing_in

GONE = "somebody.who.left.the.bureau.years.ago@statistics.historic.example.org"


@pytest.fixture
def box() -> Mailbox:
    return Mailbox(refuses={GONE: "550 5.1.1 <" + GONE + ">: Recipient address rejected: User unknown"})


@pytest.fixture
def desk(tmp_path: Path, page: Page, box: Mailbox) -> Iterator[Watched]:
    """The administrator before an outbox of three parcels, one address of which refuses."""
    with mail_server(box) as port:
        lists = (f"bulletins={DESK}", f"bulletins={GONE}", "districts:370102=lixia@example.org")
        house = house_with(
            f"sqlite:///{tmp_path / 'a.sqlite'}",
            tmp_path / "var",
            folder=str(tmp_path),
            **by_mail(port, *lists),
        )
        put_in(house, parcel(), parcel("district-todo/2025-W52/370102/1", to="districts:370102"))
        send_due(house)
        put_in(house, parcel("monthly-count/2025-12/2"))
        app = signing_in(create_app(house.settings, house.store, house.rooms, house.clock))
        with served(app) as running:
            page.context.add_cookies(cookie_for(running))
            watched = Watched(page, running.address)
            page.on(
                "console", lambda said: watched.complaints.append(said.text) if said.type == "error" else None
            )
            yield watched
            assert watched.complaints == []
        house.store.dispose()


def test_from_to_do_to_sent_again_by_keyboard(desk: Watched, box: Mailbox) -> None:
    page = desk.go("/todo/deliveries")
    page.get_by_role("link", name="已放弃的投递").press("Enter")
    page.wait_for_url("**/deliveries?status=given_up")
    expect(page.get_by_text("对方拒收")).to_be_visible()
    box.refuses.clear()
    page.get_by_role("button", name="立即重发第").press("Enter")
    expect(page.get_by_text(f"已送达 {GONE}")).to_be_visible()
    expect(page.get_by_role("link", name="已放弃 0")).to_be_visible()


def test_the_channel_is_chosen_without_leaving_the_page(desk: Watched) -> None:
    page = desk.go("/deliveries")
    page.get_by_label("渠道", exact=True).select_option("folder")
    page.wait_for_url("**/deliveries?channel=folder*")
    rows = page.locator("#list tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.first).to_contain_text("文件夹")


@pytest.mark.parametrize("size", [(390, 844), (1366, 768)])
def test_it_is_accessible_and_fits(desk: Watched, size: tuple[int, int]) -> None:
    desk.page.set_viewport_size({"width": size[0], "height": size[1]})
    page = desk.go("/deliveries")
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    found = Axe().run(page).response["violations"]
    assert [v["id"] for v in found if v["impact"] in ("critical", "serious")] == []
