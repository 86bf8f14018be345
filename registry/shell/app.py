"""The web application, joined from the rooms it is given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask

from registry.accounts import views as accounts
from registry.house import House
from registry.room import Room
from registry.settings import Settings
from registry.shell import (
    access,
    api,
    charts,
    errors,
    formats,
    languages,
    navigation,
    pages,
    security,
    tables,
)
from registry.shell.serving import KEY, Serving
from registry.store.clock import Clock
from registry.store.engine import Store

# A pasted list is a form field; Flask's default of 500 kB is some four thousand names.
PASTE_LIMIT_BYTES = 8 * 1024 * 1024


def create_app(
    settings: Settings,
    store: Store,
    rooms: Sequence[Room],
    clock: Clock,
    *,
    sample: Callable[[], bool] = lambda: False,
) -> Flask:
    """Build the application. ``sample`` tells, per request, whether the register holds synthetic firms."""
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=security.secret_key(settings.var),
        MAX_CONTENT_LENGTH=settings.web.max_upload_mb * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=PASTE_LIMIT_BYTES,
        MAX_FORM_PARTS=20_000,  # one decision field for each row of a long list in review
        SESSION_COOKIE_NAME="tidu",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        WTF_CSRF_TIME_LIMIT=None,  # a desk leaves a form open over lunch; the token lives with the session
        SEND_FILE_MAX_AGE_DEFAULT=31_536_000,  # addresses of static files carry their version
    )
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.extensions[KEY] = Serving(House(settings, store, tuple(rooms)), clock, sample)

    security.init(app, (settings.web.host, *settings.web.hosts), behind_proxy=settings.web.behind_proxy)
    access.init(app, (*accounts.PERMISSIONS, *(one for room in rooms for one in room.permissions)))
    languages.init(app)
    formats.init(app)
    tables.init(app)
    navigation.init(app)
    errors.init(app)
    app.jinja_env.globals["charts"] = charts
    version_static_files(app)

    for blueprint in (accounts.blueprint, pages.blueprint, api.blueprint, api.shared):
        app.register_blueprint(blueprint)
    for room in rooms:
        for make in (room.blueprint, room.api):
            if make is not None:
                app.register_blueprint(make())
    return app


def version_static_files(app: Flask) -> None:
    """Put each static file's time into its address, so that browsers may keep it until the next start."""
    folder = Path(app.static_folder or "")

    @cache
    def version(filename: str) -> str | None:
        path = folder / filename
        return f"{int(path.stat().st_mtime):x}" if path.is_file() else None

    @app.url_defaults
    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and (found := version(values.get("filename", ""))):
            values["v"] = found
