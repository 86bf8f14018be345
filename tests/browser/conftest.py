"""A running application over the sample city, and pages that watch what the browser complains about."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page
from werkzeug.serving import make_server

from tests.sample_app import app_in


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The application on loopback, on a port of its own."""
    with app_in(tmp_path_factory.mktemp("browser")) as app:
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()
        server.server_close()


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
def watched(page: Page, address: str) -> Iterator[Watched]:
    """A page that must neither complain on its console nor ask any other host."""
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
