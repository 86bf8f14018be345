"""A district officer at the desk: sees and writes the own firms, and nothing of the others but their names."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Running, Watched

UNIT = "370102"
NAME = "历下区"


def firms_of(watched: Watched, place: str) -> list[tuple[str, str]]:
    """(credit code, name) of some firms of a place, as the administrator sees them."""
    page = watched.go(f"/firms?place={place}")
    links = page.locator("tbody a.firm-name")
    return [
        ((link.get_attribute("href") or "").rpartition("/")[2], link.inner_text()) for link in links.all()[:3]
    ]


def test_an_officer_sees_and_writes_the_own_district_only(
    watched: Watched, running: Running, signed_in_as: Callable[..., None], tmp_path: Path
) -> None:
    other = firms_of(watched, "370105")[0]
    signed_in_as(role="district", unit=UNIT)
    page = watched.go("/firms")
    expect(page.get_by_text(f"仅列{NAME}的企业")).to_be_visible()
    own = re.search(r"/firms/(\w{18})", page.locator("tbody a.firm-name").first.get_attribute("href") or "")
    assert own
    # By name: shown, and not to be opened.
    page = watched.go(f"/firms?q={other[1]}")
    expect(page.locator("#others")).to_contain_text(other[1])
    expect(page.get_by_role("link", name=other[1], exact=True)).to_have_count(0)
    # By the address of its page: refused, with the name of who manages it.
    page = watched.go(f"/firms/{other[0]}")
    expect(page.get_by_role("heading", level=1)).to_have_text("无权进行此操作")
    expect(page.get_by_text(f"{other[1]}由天桥区管理")).to_be_visible()
    watched.complaints.clear()  # the browser notes the 403 itself
    # A list with both: the own row is taken, the other waits for the city.
    file = tmp_path / "accounts.csv"
    file.write_text(
        f"统一社会信用代码,年度,营业收入（元）\n{own[1]},2015,100\n{other[0]},2015,200\n", encoding="utf-8"
    )
    page = watched.go("/upload?kind=figures")
    page.set_input_files("#file", str(file))
    page.get_by_role("button", name="读取并试入库").click()
    page.get_by_role("button", name="确认入库").click()
    page.wait_for_url("**/filings/*")
    expect(page.get_by_text("转市级审核").first).to_be_visible()
    address = page.url.removeprefix(running.address)
    signed_in_as()
    page = watched.go(address)
    expect(page.get_by_role("button", name="以本行为准")).to_be_visible()
