"""Editing a firm in a real browser: a form, its preview, the history, two versions, and taking it back."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Watched, serious

PATHS = {
    "edit": "/edit",
    "profile": "/edit/enterprises",
    "evidence": "/edit/evidence",
    "title": "/edit/titles",
    "move": "/events/move",
    "versions": "/versions?day=2023-01-01&day2=2026-07-01",
    "documents": "/documents",
    "past": "?as_of=2024-01-01&known_at=2025-01-01",
}


def a_firm(watched: Watched, at: int = 0) -> str:
    page = watched.go("/firms?tier=srdi&sort=-revenue")
    return page.locator("tbody a.firm-name").nth(at).get_attribute("href") or ""


@pytest.mark.parametrize("name", PATHS)
def test_pages_are_accessible_and_fit_a_phone(watched: Watched, name: str) -> None:
    address = a_firm(watched) + PATHS[name]
    page = watched.go(address)
    assert serious(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    watched.go(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_profile_is_edited_compared_and_taken_back(watched: Watched) -> None:
    page = watched.page
    page.set_viewport_size({"width": 1366, "height": 768})
    address = a_firm(watched)
    watched.go(address)
    page.get_by_role("navigation", name="可进行的操作").get_by_role("link", name="编辑").click()
    page.get_by_role("link", name="基本信息").click()
    before = page.get_by_role("textbox", name="主导产品").input_value()
    assert before
    page.get_by_role("textbox", name="主导产品").fill("数控刀具；夹具")
    page.get_by_role("textbox", name="成立日期").fill("去年")
    page.get_by_role("textbox", name="成立日期").press("Enter")  # Enter looks, it never files
    expect(page.get_by_role("alert")).to_contain_text("读不成日期")
    expect(page.get_by_role("textbox", name="主导产品")).to_have_value("数控刀具；夹具")
    page.get_by_role("link", name=re.compile("成立日期：")).click()
    expect(page.get_by_role("textbox", name="成立日期")).to_be_focused()
    page.get_by_role("textbox", name="成立日期").fill("2009年5月6日")
    page.get_by_label("原先有误或缺漏").check()
    page.get_by_role("button", name="核对").last.click()
    preview = page.locator("#preview")
    expect(preview).to_contain_text("2009-05-06")
    expect(preview).to_contain_text(before)
    assert serious(page) == []
    page.get_by_role("button", name="确认入库").click()

    expect(page.locator("#messages")).to_contain_text("已入库")
    expect(page.locator("#panel-profile")).to_contain_text("数控刀具；夹具")
    latest = page.locator("#history li").first
    expect(latest).to_contain_text("表单：企业信息")
    expect(latest).to_contain_text("2009-05-06")

    latest.get_by_role("link", name="与此前对比").click()
    row = page.get_by_role("row", name=re.compile("^主导产品"))
    expect(row.get_by_role("cell").nth(0)).to_contain_text(before)
    expect(row.get_by_role("cell").nth(1)).to_contain_text("数控刀具；夹具")
    expect(page.locator(".compare-table tbody tr")).to_have_count(2)

    watched.go(address)
    page.locator("#history li").first.get_by_role("link", name=re.compile("入库记录")).click()
    page.get_by_role("link", name="撤回").click()
    page.get_by_role("button", name="撤回").click()
    watched.go(address)
    expect(page.locator("#panel-profile")).to_contain_text(before)
    expect(page.locator("#panel-profile")).not_to_contain_text("数控刀具；夹具")
    expect(page.locator("#history li").first).to_contain_text("已撤回")


def test_a_document_is_attached_and_taken_away(watched: Watched, tmp_path: Path) -> None:
    page = watched.page
    watched.go(a_firm(watched, 1))
    page.get_by_role("link", name="上传附件").click()
    large = tmp_path / "大.pdf"
    large.write_bytes(b"%PDF-1.7 " + b"0" * 21_000_000)
    page.set_input_files("#file", large)
    expect(page.locator(".drop-name")).to_contain_text("不超过 20 MB")
    page.get_by_role("button", name="上传附件").click()
    expect(page.locator("#messages .message")).to_have_count(0)  # the browser did not send it
    page.set_input_files(
        "#file", {"name": "通知.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 x"}
    )
    page.get_by_role("button", name="上传附件").click()
    expect(page.locator("#messages")).to_contain_text("已上传")
    with page.expect_download() as taken:
        page.get_by_role("link", name="通知.pdf").click()
    assert taken.value.suggested_filename == "通知.pdf"
    page.get_by_role("button", name="移除“通知.pdf”").click()
    expect(page.get_by_role("table")).to_contain_text("已移除")
