"""Matchmaking in a browser: a demand is typed, ranked, and a firm is declined, with the keyboard and on a phone."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import Running, Watched
from tests.registry.house import code, file_rows
from tests.sample_app import house_of

BUYER, BOLTS, OTHER = (code(9_200_000 + n) for n in range(3))


@pytest.fixture(scope="module", autouse=True)
def firms(running: Running) -> None:
    house = house_of(running.app)
    file_rows(house, "enterprises", [
        {"uscc": BUYER, "name": "济南对接整机股份有限公司", "district": "历下区", "products": "整机"},
        {"uscc": BOLTS, "name": "济南对接紧固件有限公司", "district": "历下区", "products": "达克罗高强度螺栓"},
        {"uscc": OTHER, "name": "济南对接零件有限公司", "district": "槐荫区", "products": "达克罗螺栓"},
    ], "matchmaking.csv")  # fmt: skip


def test_a_demand_is_typed_ranked_and_a_firm_declined(watched: Watched) -> None:
    page = watched.go("/matching/new")
    page.get_by_label("需求名称").fill("达克罗高强度螺栓")
    page.locator("#buyer").fill("济南对接整机股份有限公司")
    page.get_by_role("button", name="需求入库").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("达克罗高强度螺栓")
    first = page.get_by_role("article").first
    expect(first).to_contain_text("济南对接紧固件有限公司")
    first.get_by_label("谢绝济南对接紧固件有限公司的原因").fill("交期不符")
    first.get_by_role("button", name="谢绝").press("Enter")
    expect(page.get_by_role("article").first).not_to_contain_text("济南对接紧固件有限公司")
    expect(page.locator(f"#firm-{BOLTS}")).to_contain_text("已谢绝：交期不符")
    watched.go("/matching")
    expect(page.get_by_role("row", name="达克罗高强度螺栓")).to_contain_text("谢绝 1")


@pytest.mark.parametrize("width, height", [(1366, 768), (390, 844)])
@pytest.mark.parametrize("path", ["/matching", "/matching/new", "/matching/ask?text=达克罗螺栓"])
def test_pages_fit_the_screen_and_can_be_read_by_all(
    watched: Watched, path: str, width: int, height: int
) -> None:
    watched.page.set_viewport_size({"width": width, "height": height})
    page = watched.go(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page, options={"resultTypes": ["violations"]})
    assert found.violations_count == 0, found.generate_report()
