"""Chains in a real browser: the map is drawn and says the same as its table, pages are legible for everybody at both widths."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Running, Watched, assert_legible, cookie_for, served
from tests.chains.little_city import CHAIN, CORE, LEADER, little_city
from tests.sample_app import app_in, house_of

PAGES = (
    "/chains", f"/chains/{CHAIN}", f"/chains/{CHAIN}/links", f"/chains/firms/{LEADER}?depth=all",
    f"/chains/firms/{LEADER}/around?steps=2", f"/firms/{CORE}",
)  # fmt: skip


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The application over the little chain instead of the sample city."""
    with app_in(tmp_path_factory.mktemp("chains"), empty=True) as app:
        little_city(house_of(app))
        with served(app) as made:
            yield made


@pytest.fixture(scope="module")
def address(running: Running) -> str:
    return running.address


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_accessible_and_fit(watched: Watched, path: str) -> None:
    page = watched.go(path)
    if page.locator("[data-graph]").count():
        expect(page.locator("[data-drawn]")).to_be_visible()
    assert_legible(page)


def test_the_map_is_drawn_and_a_click_opens_a_firm(watched: Watched) -> None:
    watched.page.set_viewport_size({"width": 1366, "height": 900})
    page = watched.go(f"/chains/{CHAIN}")
    canvas = page.locator(".graph-plot canvas").first
    expect(canvas).to_be_visible()
    colours = canvas.evaluate("""(canvas) => {
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        const seen = new Set();
        for (let at = 0; at < data.length; at += 4)
            if (data[at + 3] === 255) seen.add(`${data[at]},${data[at + 1]},${data[at + 2]}`);
        return seen.size;
    }""")
    assert colours > 5, "nodes of several kinds are on the canvas"
    # Where the second-but-last lane's leader stands, as the chart itself says.
    at = page.evaluate("""() => {
        const plot = document.querySelector(".graph-plot");
        const chart = window.echarts.getInstanceByDom(plot);
        const shown = chart.getModel().getSeriesByIndex(0).getData();
        const index = shown.mapArray((one) => one).findIndex((one) => shown.getName(one) === "济南大风新能源汽车有限公司");
        const graphic = shown.getItemGraphicEl(index);
        const spot = graphic.transformCoordToGlobal(0, 0);
        const box = plot.getBoundingClientRect();
        return { x: box.left + spot[0], y: box.top + spot[1] };
    }""")
    page.mouse.click(at["x"], at["y"])
    expect(page).to_have_url(re.compile(f"/chains/firms/{LEADER}$"))


@pytest.mark.parametrize("path", [f"/chains/{CHAIN}", f"/chains/firms/{LEADER}/around?steps=1"])
def test_firms_are_drawn_as_circles_however_few_lanes_there_are(watched: Watched, path: str) -> None:
    """A picture of two lanes was stretched over a wide page: its firms were flat ovals."""
    watched.page.set_viewport_size({"width": 1366, "height": 900})
    page = watched.go(path)
    expect(page.locator("[data-drawn]")).to_be_visible()
    across, down = page.evaluate("""() => {
        const chart = window.echarts.getInstanceByDom(document.querySelector(".graph-plot"));
        const [left, top] = chart.convertToPixel({ seriesIndex: 0 }, [0, 0]);
        const [right, low] = chart.convertToPixel({ seriesIndex: 0 }, [100, 100]);
        return [right - left, low - top];
    }""")
    assert across == pytest.approx(down, rel=0.02)


def test_everything_on_the_map_stands_in_the_table(watched: Watched) -> None:
    page = watched.go(f"/chains/{CHAIN}")
    drawn = page.evaluate("""() => JSON.parse(document.querySelector(".graph-box script").textContent).nodes
        .filter((node) => node.kind !== "missing").map((node) => node.name)""")
    listed = page.locator("#list tbody th .firm-name").all_inner_texts()
    assert sorted(drawn) == sorted(listed)


def test_the_list_is_narrowed_in_place_by_keyboard(watched: Watched) -> None:
    page = watched.go(f"/chains/{CHAIN}")
    page.locator("#part").focus()
    page.locator("#part").select_option("core_supplier")
    expect(page.locator("#list tbody tr")).to_have_count(1)
    expect(page).to_have_url(re.compile("part=core_supplier"))


def test_without_script_the_tables_say_everything(browser: Browser, running: Running) -> None:
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    context.add_cookies(cookie_for(running))
    page = context.new_page()
    page.goto(f"{running.address}/chains/{CHAIN}?part=leader")
    expect(page.locator(".graph-wait")).to_be_visible()
    expect(page.locator("#list tbody tr")).to_have_count(2)
    page.goto(f"{running.address}/chains/firms/{LEADER}?depth=2")
    expect(page.locator("#list tbody tr")).to_have_count(35)
    context.close()
