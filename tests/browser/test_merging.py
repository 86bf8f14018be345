"""Twice the same firm, in a real browser: by keyboard from one profile to both as one, and back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Running, Watched, serious, served
from tests.registry.house import code, file_rows
from tests.sample_app import app_in, house_of

A, B = code(1), code(2)
FIRMS = [
    {"uscc": A, "name": "济南甲机械有限公司", "district": "历下区", "founded_on": "2010-05-01"},
    {"uscc": B, "name": "济南甲机械（集团）有限公司", "district": "历下区", "founded_on": "2010-06-01"},
]


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """A register of its own, with one firm under two codes."""
    with app_in(tmp_path, empty=True) as app:
        file_rows(house_of(app), "enterprises", FIRMS, "firms.csv")
        titles = [{"uscc": uscc, "tier": "srdi", "batch": "1", "issued_on": "2024-05-01"} for uscc in (A, B)]
        file_rows(house_of(app), "titles", titles, "titles.csv")
        with served(app) as made:
            yield made


@pytest.fixture
def address(running: Running) -> str:
    return running.address


def test_two_codes_become_one_firm_and_two_again_by_keyboard(watched: Watched) -> None:
    page = watched.go(f"/firms/{A}")
    page.get_by_role("link", name="与另一代码合并").focus()
    page.keyboard.press("Enter")
    page.get_by_label("另一个的信用代码或名称").focus()
    page.keyboard.type("集团")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="济南甲机械（集团）有限公司").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("两个代码是否为同一企业？")
    expect(page.get_by_text("不一致", exact=True)).to_have_count(2)
    assert serious(watched.page) == []
    page.get_by_role("link", name="对调").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=f"{A} 并入 {B}")).to_be_visible()
    page.get_by_role("link", name="对调").click()
    page.get_by_label("为什么是同一企业？").focus()
    page.keyboard.type("同一地址、同一法定代表人")
    page.keyboard.press("Enter")
    expect(page.locator("#messages")).to_contain_text(f"{B} 已并入 {A}")
    expect(page.locator(".page-head")).to_contain_text("另有登记")
    assert serious(watched.page) == []
    watched.go(f"/firms/{B}")
    expect(page.locator("#uscc")).to_have_text(A)
    expect(page.locator(".message").first).to_contain_text(f"{B} 已并入本企业")
    page.get_by_role("link", name="拆分", exact=True).click()
    assert serious(watched.page) == []
    page.get_by_role("button", name="拆分").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#uscc")).to_have_text(B)
    watched.go("/merges")
    expect(page.locator("tbody tr")).to_contain_text("同一法定代表人")
    assert serious(watched.page) == []


@pytest.mark.parametrize("path", [f"/firms/{A}/merge", f"/firms/{A}/merge?with={B}", "/merges"])
def test_a_phone_scrolls_downwards_only(watched: Watched, path: str) -> None:
    watched.page.set_viewport_size({"width": 390, "height": 844})
    page = watched.go(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
