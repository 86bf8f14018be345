"""Chinese first, English one click away, and no message without its Chinese."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask.testing import FlaskClient
from flask_babel import gettext

from registry.shell import languages
from tests.registry.shell_app import make_app

ROOT = Path(__file__).parents[2]
METHODS = [("**/vendor/**", "ignore"), ("**.py", "python"), ("**/templates/**.html", "jinja2")]
KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2), "lazy_ngettext": (1, 2)}


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    return make_app(tmp_path).test_client()


def chinese() -> Catalog:
    with (languages.FOLDER / "zh" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale="zh")


def used() -> dict[str, str]:
    """Message id → the first file that uses it, over all rooms and the front door."""
    found: dict[str, str] = {}
    for room in ("registry", "tiers", "chains"):
        for name, _line, message, _comments, _context in extract_from_dir(
            ROOT / room, method_map=METHODS, keywords=KEYWORDS
        ):
            found.setdefault(message if isinstance(message, str) else message[0], f"{room}/{name}")
    return found


def test_every_message_has_its_chinese_and_none_is_left_over() -> None:
    catalogue = {
        message.id if isinstance(message.id, str) else message.id[0]: message
        for message in chinese()
        if message.id
    }
    missing = {text: place for text, place in used().items() if text not in catalogue}
    assert missing == {}, "add these to translations/zh/LC_MESSAGES/messages.po"
    empty = [text for text, message in catalogue.items() if not message.string or message.fuzzy]
    assert empty == []
    assert sorted(set(catalogue) - set(used())) == [], "no page uses these any more"


def test_translations_keep_the_placeholders() -> None:
    for message in chinese():
        if message.id:
            assert list(message.check()) == [], message.id


def test_chinese_is_the_default(client: FlaskClient) -> None:
    html = client.get("/").text
    assert '<html lang="zh-CN">' in html
    assert "跳到正文" in html


def test_the_switch_is_remembered(client: FlaskClient) -> None:
    assert '<html lang="en">' in client.get("/?lang=en").text
    html = client.get("/register").text
    assert '<html lang="en">' in html
    assert "Skip to content" in html
    assert '<html lang="zh-CN">' in client.get("/register?lang=zh").text
    assert '<html lang="zh-CN">' in client.get("/").text


def test_constants_in_templates_speak_each_readers_language(client: FlaskClient) -> None:
    assert '1,234.57 <span class="unit">亿' in client.get("/style?lang=zh").text
    english = client.get("/style?lang=en").text
    assert '123.46 <span class="unit">bn' in english
    assert "未知" not in english


def test_a_strange_language_changes_nothing(client: FlaskClient) -> None:
    answer = client.get("/?lang=xx")
    assert '<html lang="zh-CN">' in answer.text
    assert "lang=" not in str(answer.headers.getlist("Set-Cookie"))


def test_the_switch_keeps_the_page_and_its_arguments(client: FlaskClient) -> None:
    html = client.get("/register/91?q=a&page=3&lang=zh").text
    assert 'href="/register/91?q=a&amp;page=3&amp;lang=en"' in html


def test_a_letter_in_chinese_stays_chinese_whatever_the_reader_who_sends_it_speaks(tmp_path: Path) -> None:
    def said() -> str:
        return languages.language() + gettext("Register of firms")

    with make_app(tmp_path).test_request_context("/?lang=en"):
        assert said() == "enRegister of firms"
        with languages.speaking("zh"):
            assert said() == "zh企业库"
        assert said() == "enRegister of firms"


def test_a_catalogue_is_compiled_when_missing_or_old(tmp_path: Path) -> None:
    folder = tmp_path / "zh" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    shutil.copy(languages.FOLDER / "zh" / "LC_MESSAGES" / "messages.po", folder)
    compiled = folder / "messages.mo"
    languages.compile_catalogues(tmp_path)
    assert compiled.stat().st_size > 1000
    made = compiled.read_bytes()
    compiled.write_bytes(b"kept while it is newer")
    languages.compile_catalogues(tmp_path)
    assert compiled.read_bytes() == b"kept while it is newer"
    source = folder / "messages.po"
    os.utime(source, (compiled.stat().st_mtime + 10,) * 2)
    languages.compile_catalogues(tmp_path)
    assert compiled.read_bytes() == made
    assert sorted(path.name for path in folder.iterdir()) == ["messages.mo", "messages.po"]
