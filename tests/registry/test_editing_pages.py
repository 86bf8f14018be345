"""The pages of editing, events and versions, as a browser without script uses them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from registry.filings import filings
from tests.registry.house import code, file_rows
from tests.sample_app import app_in, counted_queries, house_of, post, words_of

FIRM = {"uscc": code(1), "name": "济南甲机械有限公司", "district": "历下区", "products": "机床", "contact_phone": "13800005678",
        "registered_capital": "1234万元"}  # fmt: skip
PROFILE = f"/firms/{code(1)}/edit/enterprises"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    with app_in(tmp_path, empty=True) as app:
        file_rows(
            house_of(app),
            "enterprises",
            [FIRM, {"uscc": code(2), "name": "济南乙机械有限公司", "district": "历城区"}],
        )
        title = {"uscc": code(1), "tier": "srdi", "batch": "2025", "issued_on": "2025-07-01"}
        file_rows(house_of(app), "titles", [title])
        file_rows(house_of(app), "figures", [{"uscc": code(1), "year": "2024", "revenue": "123456789"}])
        yield app


def sent(html: str) -> dict[str, str]:
    """What a browser would send back of the page's form, untouched."""
    form = html[html.index('<form class="stack"') :]
    form = form[: form.index("</form>")]
    fields = {
        name: unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
        if name != "csrf_token"
    }
    for name, value in re.findall(
        r'<input class="form-control"[^>]*? name="([^"]+)"(?: type="text")? value="([^"]*)"', form
    ):
        fields[name] = unescape(value)
    fields |= {
        n: unescape(v) for n, v in re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>([^<]*)</textarea>', form)
    }
    for name, options in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option(?: value="([^"]*)")? selected>([^<]*)', options)
        fields[name] = (chosen[1] if chosen[1] is not None else chosen[2]) if chosen else ""
    return fields


def check(client: FlaskClient, path: str, html: str | None = None, **typed: str) -> str:
    """Press “check”: gives the page with the preview or the refusals."""
    fields = sent(html or client.get(path).text)
    answer = post(client, path, **{**fields, "act": "check", **typed})
    assert answer.status_code == 200
    return str(answer.text)


def put_on_record(client: FlaskClient, path: str, **typed: str) -> Any:
    """Check, then file what was shown."""
    html = check(client, path, **typed)
    assert 'id="preview"' in html, words_of(html)
    again = {
        name: value for name, value in typed.items() if name in ("meaning",) or name.startswith("clear-")
    }
    answer = post(client, path, **{**sent(html), **again, "act": "file"})
    assert answer.status_code == 303, words_of(answer.text)
    return answer


def number_of_filings(app: Flask) -> int:
    with house_of(app).store.read() as connection:
        return len(filings(connection))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_all_forms_open_in_both_languages(app: Flask, client: FlaskClient, language: str) -> None:
    kinds = [kind.id for kind in house_of(app).kinds.of_firms]
    paths = [
        f"/firms/{code(1)}/edit",
        f"/firms/{code(1)}/versions",
        f"/firms/{code(1)}/edit/titles?record=2-2",
    ]
    paths += [f"/firms/{code(1)}/edit/{kind}" for kind in kinds]
    paths += [f"/firms/{code(1)}/events/{event}" for event in ("rename", "move", "strike-off", "absorption")]
    for path in paths:
        answer = client.get(f"{path}{'&' if '?' in path else '?'}lang={language}")
        assert answer.status_code == 200, path
        assert not re.search(r"\sstyle\s*=|\son\w+\s*=|<style|javascript:", answer.text)
        assert "13800005678" not in answer.text


def test_a_form_untouched_files_nothing(client: FlaskClient) -> None:
    for path in (
        PROFILE,
        f"/firms/{code(1)}/edit/titles?record=2-2",
        f"/firms/{code(1)}/edit/figures?record=3-2",
    ):
        page = words_of(check(client, path))
        assert "没有需要入库的改动" in page, path


def test_a_form_shows_what_would_change_and_files_it(app: Flask, client: FlaskClient) -> None:
    before = number_of_filings(app)
    html = check(
        client,
        PROFILE,
        **{
            "f-products": "数控机床",
            "f-registered_capital": "0.2",
            "unit-registered_capital": "亿元",
            "meaning": "correction",
        },
    )
    page = words_of(html)
    assert "主导产品 机床 数控机床" in page
    assert number_of_filings(app) == before
    answer = post(client, PROFILE, **{**sent(html), "meaning": "correction", "act": "file"})
    assert answer.status_code == 303
    assert number_of_filings(app) == before + 1
    page = words_of(client.get(answer.location).text)
    assert "已入库，入库记录 4。" in page
    assert "表单：企业信息" in page
    assert "数控机床" in page
    filing = client.get("/filings/4").text
    assert "SHA-256" not in filing
    assert f'href="/firms/{code(1)}"' in filing


def test_what_was_not_shown_is_not_filed(app: Flask, client: FlaskClient) -> None:
    """Typing on after the look and pressing “put on record” gives another look."""
    html = check(client, PROFILE, **{"f-products": "数控机床", "meaning": "correction"})
    answer = post(
        client, PROFILE, **{**sent(html), "f-products": "刀具", "meaning": "correction", "act": "file"}
    )
    assert answer.status_code == 200
    assert "机床 刀具" in words_of(answer.text)
    assert number_of_filings(app) == 3


def test_a_refusal_keeps_what_was_typed(client: FlaskClient) -> None:
    html = check(client, PROFILE, **{"f-founded_on": "去年", "f-niche": "刀具", "meaning": "correction"})
    assert re.search(r'name="f-founded_on" value="去年"[^>]*aria-invalid="true"', html)
    assert 'name="f-niche" value="刀具"' in html
    assert 'href="#f-founded_on"' in html
    assert "读不成日期" in html
    assert re.search(r'value="correction" checked', html)
    english = post(
        client, f"{PROFILE}?lang=en", **{**sent(html), "meaning": "correction", "act": "check"}
    ).text
    assert "cannot be read as a day" in english


def test_a_script_tag_is_text(client: FlaskClient) -> None:
    put_on_record(client, PROFILE, **{"f-niche": "<script>alert(1)</script>"})
    html = client.get(f"/firms/{code(1)}").text
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)" in html
    assert "<script>alert" not in client.get(PROFILE).text


def test_the_second_clerk_sees_what_changed_and_keeps_what_was_typed(app: Flask, client: FlaskClient) -> None:
    opened = client.get(PROFILE).text
    put_on_record(client, PROFILE, **{"f-products": "数控机床", "meaning": "correction"})
    html = check(client, PROFILE, opened, **{"f-niche": "刀具"})
    page = words_of(html)
    assert "填写期间，这条记录已被他人修改" in page
    assert "主导产品：机床 → 数控机床" in page
    assert 'name="f-niche" value="刀具"' in html
    assert number_of_filings(app) == 4
    again = check(client, PROFILE, html)
    assert "细分市场 无 刀具" in words_of(again)
    assert post(client, PROFILE, **{**sent(again), "act": "file"}).status_code == 303


def test_a_tick_clears(client: FlaskClient) -> None:
    html = check(client, PROFILE, **{"clear-products": "yes", "meaning": "correction"})
    assert "主导产品 机床 已清空" in words_of(html) or "主导产品 机床 清空" in words_of(html)
    put_on_record(client, PROFILE, **{"clear-products": "yes", "meaning": "correction"})
    assert "机床" not in words_of(client.get(PROFILE).text).split("主导产品")[1][:20]


def test_an_event_says_what_follows(client: FlaskClient) -> None:
    path = f"/firms/{code(1)}/events/move"
    page = words_of(check(client, path, **{"f-district": "370112", "effective_on": "2026年6月1日"}))
    assert "自 2026-06-01 起，这家企业退出历下区的统计，计入历城区。" in page
    put_on_record(
        client,
        path,
        **{"f-district": "370112", "effective_on": "2026-06-01", "document": "济市监〔2026〕1号"},
    )
    assert "依据：济市监〔2026〕1号" in words_of(client.get("/filings/4").text)
    assert "表单：迁移" in words_of(client.get(f"/firms/{code(1)}").text)


def test_an_absorbed_firm_offers_its_titles_to_the_successor(client: FlaskClient) -> None:
    path = f"/firms/{code(1)}/events/absorption"
    put_on_record(client, path, **{"f-successor_uscc": code(2), "effective_on": "2026-06-01"})
    html = client.get(f"/firms/{code(1)}").text
    link = re.search(rf'href="(/firms/{code(2)}/edit/titles\?like=[^"]+)"', html)
    assert link
    form = client.get(unescape(link[1])).text
    fields = sent(form)
    assert (fields["f-tier"], fields["f-basis"], fields["f-valid_to"]) == ("srdi", "change", "2028-06-30")
    put_on_record(client, unescape(link[1]).partition("?")[0],
                  **{**{n: v for n, v in fields.items() if n.startswith("f-")}, "f-issued_on": "2026-06-20",
                     "f-document": "济工信〔2026〕9号"})  # fmt: skip
    page = words_of(client.get(f"/firms/{code(2)}").text)
    assert "济工信〔2026〕9号" in page


def test_a_page_of_the_past_says_so_and_is_not_edited(client: FlaskClient) -> None:
    now = client.get(f"/firms/{code(1)}").text
    assert f'href="/firms/{code(1)}/edit/enterprises"' in now
    assert "回到当前" not in now
    past = client.get(f"/firms/{code(1)}?as_of=2026-01-01&known_at=3").text
    assert "回到当前" in past
    assert f'href="/firms/{code(1)}/edit"' not in past
    assert f'href="/firms/{code(1)}/edit/enterprises"' not in past
    assert f"/firms/{code(1)}/export.xlsx?as_of=2026-01-01&amp;known_at=3" in past
    assert f"/firms/{code(1)}/versions?day=2026-01-01&amp;known=3" in past


def test_a_filing_is_compared_with_what_was_before(client: FlaskClient) -> None:
    put_on_record(client, PROFILE, **{"f-products": "数控机床", "meaning": "correction"})
    answer = client.get(f"/firms/{code(1)}/versions?before=4", follow_redirects=True)
    page = words_of(answer.text)
    assert "1 条记录不同" in page
    assert "主导产品 机床 1#2 数控机床 4#1" in page
    assert "1380" not in page
    assert client.get(f"/firms/{code(1)}/versions?before=99").status_code == 404
    assert client.get(f"/firms/{code(1)}/versions?day=1.1.2026").status_code == 400
    assert "两个版本相同" in client.get(f"/firms/{code(1)}/versions").text
    assert "联系电话" in client.get(f"/firms/{code(1)}/versions?all=yes").text


def test_the_export_of_a_firm_speaks_of_the_same_day_and_instant(client: FlaskClient) -> None:
    put_on_record(client, PROFILE, **{"f-products": "数控机床", "meaning": "correction"})
    now = client.get(f"/firms/{code(1)}/export.csv").data.decode("utf-8-sig")
    then = client.get(f"/firms/{code(1)}/export.csv?known_at=3").data.decode("utf-8-sig")
    assert "数控机床,4,1" in now
    assert "主导产品,机床,1,2" in then
    assert "123456789" in now
    assert "1380" not in now
    assert client.get(f"/firms/{code(1)}/export.xlsx").status_code == 200
    assert client.get(f"/firms/{code(1)}/export.pdf").status_code == 404


def test_an_officer_edits_firms_of_the_own_unit_only(app: Flask) -> None:
    client = app.test_client(role="district", unit="370102")
    put_on_record(client, PROFILE, **{"f-niche": "刀具"})
    other = f"/firms/{code(2)}"
    for path in ("/edit", "/edit/enterprises", "/edit/titles", "/events/move", "/versions", "/export.csv"):
        assert client.get(other + path).status_code == 403, path
    for path in ("/edit/enterprises", "/events/rename"):
        fields = {
            "mark": "1-2",
            "f-name": "新名",
            "effective_on": "2026-01-01",
            "act": "file",
            "meaning": "correction",
        }
        assert post(client, other + path, **fields).status_code == 403, path
    assert number_of_filings(app) == 4


def test_what_is_not_there_is_not_found(client: FlaskClient) -> None:
    for path in (f"/firms/{code(9)}/edit", f"/firms/{code(1)}/edit/nothing", f"/firms/{code(1)}/events/party",
                 f"/firms/{code(1)}/edit/titles?record=1-2", f"/firms/{code(1)}/edit/titles?record=x",
                 f"/firms/{code(9)}/versions", f"/firms/{code(9)}/export.csv"):  # fmt: skip
        assert client.get(path).status_code == 404, path


def test_a_form_asks_the_database_a_few_things_only(app: Flask, client: FlaskClient) -> None:
    client.get(PROFILE)
    with counted_queries(app) as seen:
        client.get(PROFILE)
    assert len([one for one in seen if one.lower().startswith("select")]) <= 8, seen
