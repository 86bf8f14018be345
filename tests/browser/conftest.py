"""A running application over the sample city, and pages that watch what the browser complains about."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect
from werkzeug.serving import make_server

from tests.sample_app import app_in
from tests.signed_in import cookie_of


@dataclass(frozen=True)
class Running:
    app: Flask
    address: str


@contextmanager
def served(app: Flask) -> Iterator[Running]:
    """An application on loopback, on a port of its own."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Running(app, f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The application over the sample city."""
    with app_in(tmp_path_factory.mktemp("browser")) as app, served(app) as made:
        yield made


@pytest.fixture(scope="session")
def address(running: Running) -> str:
    return running.address


@pytest.fixture
def signed_in_as(context: BrowserContext, running: Running) -> Callable[..., None]:
    """Signs the browser in as somebody: ``signed_in_as(role="district", unit="370171")``; the administrator by default."""

    def enter(**who: Any) -> None:
        context.clear_cookies(name="tidu")
        context.add_cookies(cookie_for(running, **who))

    return enter


def cookie_for(running: Running, **who: Any) -> list[Any]:
    """The cookie of somebody who is signed in, for a context that a test makes itself."""
    return [{"name": "tidu", "value": cookie_of(running.app, **who), "url": running.address}]


SERIOUS = ("critical", "serious")
#: What a page fetches later is still on its way.
COMING = ".htmx-request, .htmx-swapping, .htmx-settling"


def serious(page: Page) -> list[tuple[str, list[Any]]]:
    """What axe finds on a page that would keep somebody from reading or using it: rule and where."""
    found = Axe().run(page).response["violations"]
    return [(v["id"], [node["target"] for node in v["nodes"]][:3]) for v in found if v["impact"] in SERIOUS]


def assert_legible(page: Page) -> None:
    """On a laptop and on a phone a page fits its window, and axe finds nothing that would keep somebody from reading it."""
    for width, height in ((1366, 768), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        # What comes later fades in, and half faded it is hard to read for a moment.
        expect(page.locator(COMING)).to_have_count(0, timeout=15_000)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert serious(page) == [], f"{width} px wide"


@dataclass
class Watched:
    """A page with everything that went wrong on it."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def go(self, path: str) -> Page:
        self.page.goto(self.address + path)
        return self.page


@pytest.fixture
def watched(page: Page, address: str, signed_in_as: Callable[..., None]) -> Iterator[Watched]:
    """A page of the administrator's that must neither complain on its console nor ask any other host."""
    signed_in_as()
    watching = Watched(page, address)
    page.set_default_timeout(15_000)
    page.on(
        "console",
        lambda said: watching.complaints.append(said.text) if said.type in ("error", "warning") else None,
    )
    page.on("pageerror", lambda error: watching.complaints.append(str(error)))
    host = urlsplit(address).netloc
    page.on(
        "request",
        lambda asked: (
            watching.elsewhere.append(asked.url) if urlsplit(asked.url).netloc not in (host, "") else None
        ),
    )
    yield watching
    assert watching.complaints == []
    assert watching.elsewhere == []
