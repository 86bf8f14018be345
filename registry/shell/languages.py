"""Chinese first, English one click away.

Message ids are English and stand in code and templates; ``translations/zh`` holds the Chinese. Names of domain
values (tiers, districts, fates …) are not messages: they come from the code tables under ``data/``.
"""

from __future__ import annotations

import contextlib
import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, Response, request
from flask_babel import Babel, Domain, gettext
from markupsafe import Markup

LANGUAGES = {"zh": "中文", "en": "English"}
HTML_LANGUAGE = {"zh": "zh-CN", "en": "en"}
DEFAULT = "zh"
COOKIE = "lang"
FOLDER = Path(__file__).parent / "translations"
YEAR_SECONDS = 365 * 24 * 3600

_spoken: ContextVar[str | None] = ContextVar("spoken", default=None)

log = logging.getLogger(__name__)


def language() -> str:
    """The language of this request: ``?lang=``, else the cookie, else Chinese. Asked for by every cell, so kept."""
    held = _spoken.get()
    if held is None:
        asked = (request.args.get("lang"), request.cookies.get(COOKIE))
        held = next((wanted for wanted in asked if wanted in LANGUAGES), DEFAULT)
        _spoken.set(held)
    return held


@contextmanager
def speaking(wanted: str) -> Iterator[None]:
    """Say things in a language where nobody asked by the browser: jobs, mail."""
    with _speaker().test_request_context(query_string={"lang": wanted}):
        before = _spoken.set(wanted)  # also where somebody asks by the browser, in another language
        try:
            yield
        finally:
            _spoken.reset(before)


@cache
def _speaker() -> Flask:
    app = Flask(__name__)
    init(app)
    return app


def compile_catalogues(folder: Path = FOLDER) -> None:
    """Make each ``.mo`` that is missing or older than its ``.po``, so that a plain checkout speaks Chinese.

    Written aside and moved into place: another process that starts meanwhile reads the old or the new one.
    A folder that cannot be written is not an error; the ids, which are English, stand in.
    """
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parts[-3])
        try:
            handle, aside = tempfile.mkstemp(dir=source.parent, suffix=".part")
        except OSError as error:
            log.warning("cannot compile %s: %s", source, error)
            continue
        try:
            with os.fdopen(handle, "wb") as file:
                write_mo(file, catalogue)
            os.replace(aside, target)
        except OSError as error:
            log.warning("cannot compile %s: %s", source, error)
            with contextlib.suppress(OSError):
                os.unlink(aside)


@cache
def _catalogue(spoken: str) -> NullTranslations:
    return Translations.load(FOLDER, [spoken])


class _Catalogues(Domain):
    """The sentences of the language of the request. The library's own way there asks the disk for each request, and three
    contexts for each sentence."""

    def get_translations(self) -> NullTranslations:
        return _catalogue(language())


class _Babel(Babel):
    domain_instance = _Catalogues()


def sentence(message: str, **variables: object) -> Markup:
    """``_()`` of the templates: like Jinja's own, but a page's dozens of sentences are looked up once a process."""
    return Markup(gettext(message)) % variables if variables else _sentence(language(), message)


@cache
def _sentence(_language: str, message: str) -> Markup:
    return Markup(gettext(message)) % ()


def init(app: Flask) -> None:
    compile_catalogues()
    _Babel(
        app,
        default_locale=DEFAULT,
        default_timezone="Asia/Shanghai",
        default_translation_directories=str(FOLDER),
        locale_selector=language,
    )
    app.jinja_env.globals.update(
        _=sentence, language=language, languages=LANGUAGES, html_language=HTML_LANGUAGE
    )

    @app.teardown_request
    def forget(_error: BaseException | None) -> None:
        _spoken.set(None)

    @app.after_request
    def remember(response: Response) -> Response:
        wanted = request.args.get("lang")
        if wanted in LANGUAGES and wanted != request.cookies.get(COOKIE):
            response.set_cookie(COOKIE, wanted, max_age=YEAR_SECONDS, samesite="Lax", httponly=True)
        return response
