"""The desk's work in a real browser: look, find, upload, decide; on a wide screen and on a phone."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook
from playwright.sync_api import expect

from tests.browser.conftest import COMING, Watched, serious

PAGES = {
    "overview": "/",
    "register": "/firms",
    "narrowed": "/firms?tier=srdi&sort=-revenue",
    "nothing": "/firms?q=没有这样的企业",
    "facets": "/firms/facets?tier=srdi",
    "views": "/firms/views?tier=srdi",
    "filings": "/filings",
    "filing": "/filings/1?part=columns",
    "withdraw": "/filings/1/withdraw",
    "upload": "/upload?kind=titles",
    "intake": "/intake",
    "rounds": "/rounds",
    "duplicates": "/duplicates",
    "fields": "/fields/titles",
    "ladder": "/ladder",
    "moves": "/ladder/ways/climbed",
    "targets": "/targets",
    "target": "/targets/quality-firms",
    "indicator": "/indicators/software-revenue",
    "broken down": "/indicators/quality-firms",
    "cultivation": "/targets/cultivation",
    "rules": "/rules",
    "rule": "/rules/srdi-2022",
    "compare": "/rules/compare?a=srdi-2022&b=srdi-2026",
    "simulate": "/simulate?edition=srdi-2022&as_of=2026-06-15&run=yes",
    "near": "/near/high_tech/national?as_of=2026-06-15",
    "api": "/api",
    "own account": "/account",
    "accounts": "/accounts",
    "account": "/accounts/1",
    "permissions": "/permissions",
    "missing": "/nothing-here",
}


def first_firm(watched: Watched) -> str:
    page = watched.go("/firms?tier=srdi&sort=-revenue")
    return page.locator("tbody a.firm-name").first.get_attribute("href") or ""


@pytest.mark.parametrize("name", [*PAGES, "firm"])
def test_pages_are_accessible_and_on_a_phone_scroll_downwards_only(watched: Watched, name: str) -> None:
    page = watched.go(PAGES.get(name) or first_firm(watched))
    page.wait_for_load_state("networkidle")  # what a page fetches later belongs to it
    expect(page.locator(COMING)).to_have_count(0, timeout=15_000)
    assert serious(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    if name == "missing":
        watched.complaints.clear()  # the browser notes the 404 itself


def test_the_overview_leads_to_the_firms_behind_a_number(watched: Watched) -> None:
    page = watched.go("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("总览")
    number = page.locator("#card-quality .stat-value data").first.get_attribute("value")
    page.locator("#card-quality a.stat").first.click()
    expect(page.locator("#list .table-tools strong data")).to_have_attribute("value", number or "")
    page.get_by_role("link", name="EN").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Quality firms")


def test_a_ribbon_of_the_ladder_leads_to_its_firms(watched: Watched) -> None:
    """By keyboard: the ribbon says what it is, Enter opens it, and the list holds as many firms."""
    page = watched.go("/ladder?as_of=2026-07-01&from=2024-07-01")
    ribbon = page.locator(".flow-ribbons a").first
    said = ribbon.get_attribute("aria-label") or ""
    ribbon.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(said.partition(":")[0])
    number = page.locator("#list .table-tools strong data").get_attribute("value")
    assert f": {int(number or 0):,} " in said
    page.get_by_role("link", name="梯度", exact=True).last.click()
    assert "from=2024-07-01" in page.url
    expect(page.locator("#from")).to_have_value("2024-07-01")


def test_a_name_leads_to_a_profile(watched: Watched) -> None:
    name = watched.go("/firms?tier=srdi").locator("tbody a.firm-name").first.inner_text()
    watched.go("/")
    watched.page.keyboard.press("/")
    watched.page.keyboard.type(name[2:8])
    watched.page.keyboard.press("Enter")
    watched.page.get_by_role("link", name=name, exact=True).click()
    expect(watched.page.get_by_role("heading", level=1)).to_have_text(name)
    expect(watched.page.locator("#panel-titles .gantt")).to_be_visible()


def test_filters_exchange_the_list_in_place(watched: Watched) -> None:
    page = watched.go("/firms")
    page.evaluate("window.stayed = true")
    page.locator("#facet-tier > summary").click()
    page.get_by_role("checkbox", name="专精特新").check()
    expect(page.locator(".narrowings .chip")).to_have_count(1)
    assert "tier=srdi" in page.url
    page.get_by_role("link", name="下一页").or_(page.get_by_role("link", name="营业收入")).first.click()
    page.wait_for_url("**/firms?*sort=*")
    assert page.evaluate("window.stayed")
    page.go_back()
    expect(page.locator(".narrowings .chip")).to_have_count(1)


def test_a_phone_shows_firms_before_filters(watched: Watched) -> None:
    watched.page.set_viewport_size({"width": 390, "height": 844})
    page = watched.go("/firms?tier=srdi&size=small")
    expect(page.locator("#facet-fold > summary")).to_have_text("筛选与视图 (2)")
    expect(page.locator("#facet-tier > summary")).to_be_hidden()
    first = page.locator("tbody a.firm-name").first.bounding_box()
    assert first is not None
    assert first["y"] < 844
    page.locator("#facet-fold > summary").click()
    page.locator("#facet-size > summary").click()
    page.locator("#size-small").uncheck()
    expect(page.locator(".narrowings .chip")).to_have_count(1)
    watched.page.set_viewport_size({"width": 1366, "height": 768})
    page = watched.go("/firms?tier=srdi")
    expect(page.locator("#facet-tier > summary")).to_be_visible()
    expect(page.locator("#facet-fold > summary")).to_be_hidden()


def test_a_profile_uses_the_width(watched: Watched) -> None:
    """Whatever a firm lacks, the panels of each row reach the right edge."""
    watched.page.set_viewport_size({"width": 1366, "height": 768})
    for firms in ("/firms?revenue=unknown", "/firms?tier=none&sort=uscc", "/firms?tier=srdi&sort=-revenue"):
        page = watched.go(firms)
        watched.go(page.locator("tbody a.firm-name").first.get_attribute("href") or "")
        rows: dict[float, float] = {}
        for panel in page.locator(".columns:not(.panel .columns) > *").all():
            box = panel.bounding_box()
            assert box is not None
            rows[box["y"]] = max(rows.get(box["y"], 0), box["x"] + box["width"])
        assert len({round(edge) for edge in rows.values()}) == 1, firms


def test_a_messy_list_goes_from_upload_to_decision(watched: Watched, tmp_path: Path) -> None:
    first = watched.go("/firms?tier=innovative_sme").locator("tbody tr").first
    name, code = first.locator("a.firm-name").inner_text(), first.locator(".code").first.inner_text()
    book = Workbook()
    sheet = book.active
    sheet.append(["2026年济南市单项冠军企业名单"])
    sheet.merge_cells("A1:D1")
    sheet.append(["序号", "企业名称", "统一社会\n信用代码", "认定日期"])
    sheet.append([1, name.replace("(", "（"), None, "2026年6月1日"])
    sheet.append([2, "济南并不存在有限公司", None, "2026.6.1"])
    sheet.append([3, "代码损坏有限公司", 913701990000000000, "2026-06-01"])
    file = tmp_path / "济南市名单.xlsx"
    book.save(file)

    page = watched.go("/upload?kind=titles")
    page.set_input_files("#file", file)
    expect(page.locator(".drop-name")).to_have_text("济南市名单.xlsx")
    page.select_option("#set-tier", "single_champion")
    page.select_option("#set-level", "city")
    page.fill("#set-batch", "2026")
    page.get_by_role("button", name="读取并试入库").click()
    expect(page.get_by_role("heading", name="入库后的结果")).to_be_visible()
    expect(page.get_by_label("“企业名称”列对应的字段")).to_have_value("name")
    page.get_by_role("button", name="确认入库").click()
    expect(page.locator(".filing-rows data")).to_have_attribute("value", "3")
    expect(page.locator(".decision")).to_have_count(1)
    page.get_by_role("button", name="不予采用").click()
    expect(page.get_by_text("没有待核的行")).to_be_visible()
    with page.expect_download() as taken:
        page.get_by_role("link", name="退回的行（.xlsx）").click()
    assert taken.value.suggested_filename.endswith(".xlsx")
    watched.go(f"/firms/{code}")
    expect(page.locator("#panel-titles")).to_contain_text("制造业单项冠军企业（市级）")


def test_a_file_beyond_the_limit_is_told_of_before_it_is_sent(watched: Watched, tmp_path: Path) -> None:
    large, small = tmp_path / "large.csv", tmp_path / "small.csv"
    small.write_text("企业名称\n", encoding="utf-8")
    with large.open("wb") as file:
        file.truncate(65 * 1024 * 1024)
    page = watched.go("/upload?kind=titles")
    chosen = page.locator("input[type=file]")
    chosen.set_input_files(large)
    expect(page.locator(".drop-name")).to_have_text("文件超过 64 MB；请拆分为多个文件。")
    page.get_by_role("button", name="读取并试入库").click()
    assert page.url.endswith("/upload?kind=titles")
    chosen.set_input_files(small)
    expect(page.locator(".drop-name")).to_have_text("small.csv")
    assert chosen.evaluate("input => input.checkValidity()")
