"""The web shell: what it refuses, what it always sends, and the parts of its pages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient

from registry.room import Room
from registry.shell import access, security
from tests.registry.shell_app import make_app

SHELL = Path(security.__file__).parent
PAGES = ["/", "/register", "/register/91370199MA00000001", "/style", "/no-such-page", "/fails", "/secret"]


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    return make_app(tmp_path)


def token(client: FlaskClient) -> str:
    found = re.search(r'name="csrf-token" content="([^"]+)"', client.get("/").text)
    assert found
    return found[1]


# -- who may ask -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8000", "LOCALHOST", "127.0.0.1:8000", "[::1]:8000", "bureau.example"]
)
def test_own_names_are_answered(client: FlaskClient, host: str) -> None:
    assert client.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.5:8000", "[::2]", "["],
)
def test_other_names_are_refused_with_a_page(client: FlaskClient, host: str) -> None:
    answer = client.get("/", headers={"Host": host})
    assert answer.status_code == 400
    assert "无法识别该请求" in answer.text


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "10.0.0.5", "203.0.113.9", "2001:db8::1", ""])
def test_a_stranger_sees_the_door_only_wherever_it_comes_from(app: Flask, address: str) -> None:
    stranger = app.test_client(role=None)
    for path in ("/", "/register", "/register/91370199MA00000001"):
        answer = stranger.get(path, environ_base={"REMOTE_ADDR": address})
        assert answer.status_code == 303
        assert answer.location == f"/sign-in?next={path}"


def test_another_machine_with_an_account_is_answered(client: FlaskClient) -> None:
    assert client.get("/", environ_base={"REMOTE_ADDR": "10.0.0.5"}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https" + "://evil.example"},
        {"Origin": "null"},
        {"Origin": "http" + "://localhost:9999"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_post_from_another_site_is_refused_even_with_a_token(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    answer = client.post("/upload", data={"csrf_token": token(client)}, headers=headers)
    assert answer.status_code == 403
    assert "其他网站" in answer.text


def test_a_post_needs_the_token_of_its_session(app: Flask, client: FlaskClient) -> None:
    good = token(client)
    assert client.post("/upload").status_code == 400
    assert "表单已失效" in client.post("/upload", data={"csrf_token": "x"}).text
    assert app.test_client().post("/upload", data={"csrf_token": good}).status_code == 400
    own = {"Origin": "http" + "://localhost", "Sec-Fetch-Site": "same-origin"}
    assert client.post("/upload", data={"csrf_token": good}, headers=own).text == "taken"
    assert client.post("/upload", headers={"X-CSRFToken": good, **own}).text == "taken"


def test_every_route_states_who_may_call_it(app: Flask) -> None:
    assert [endpoint for endpoint, needed in access.stated(app).items() if needed is None] == []


def test_a_route_that_states_nothing_is_refused(tmp_path: Path) -> None:
    def forgetful() -> Blueprint:
        pages = Blueprint("forgetful", __name__)
        pages.add_url_rule("/open", view_func=lambda: "open", endpoint="open")
        return pages

    app = make_app(tmp_path, rooms=(Room("forgetful", blueprint=forgetful),))
    assert access.stated(app)["forgetful.open"] is None
    assert app.test_client().get("/open").status_code == 403


def test_a_permission_that_no_room_declares_is_given_to_nobody(client: FlaskClient) -> None:
    answer = client.get("/secret")
    assert answer.status_code == 403
    assert "无权进行此操作" in answer.text


# -- what is always sent -----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*PAGES, "/healthz", "/static/css/app.css"])
def test_the_content_policy_stands_on_every_answer(client: FlaskClient, path: str) -> None:
    with client.get(path) as answer:
        headers = answer.headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Referrer-Policy"] == "same-origin"


def test_cookies_are_for_this_site_and_not_for_scripts(client: FlaskClient) -> None:
    cookies = client.get("/?lang=en").headers.getlist("Set-Cookie")
    assert {cookie.split("=")[0] for cookie in cookies} == {"tidu", "lang"}
    assert all("HttpOnly" in cookie and "SameSite=Lax" in cookie for cookie in cookies)


def test_the_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    key = security.secret_key(folder)
    assert len(key) == 64
    assert security.secret_key(folder) == key
    assert [(path.name, path.stat().st_mode & 0o777) for path in folder.iterdir()] == [("secret_key", 0o600)]


@pytest.mark.parametrize("path", PAGES)
def test_pages_carry_nothing_that_the_policy_would_stop(client: FlaskClient, path: str) -> None:
    html = client.get(path).text
    assert "</html>" in html
    assert not re.search(r"\sstyle\s*=", html)
    assert not re.search(r"\son\w+\s*=", html)
    assert not re.search(r"<style|javascript:", html)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", html))


def test_no_template_or_static_file_names_an_outside_address() -> None:
    ours = [
        path
        for folder in (SHELL / "templates", SHELL / "static")
        for path in folder.rglob("*")
        if path.suffix in {".html", ".css", ".js", ".svg"} and "vendor" not in path.parts
    ]
    assert len(ours) >= 8
    outside = re.compile(r"https?:|[\"'(]//", re.IGNORECASE)
    assert [path.name for path in ours if outside.search(path.read_text(encoding="utf-8"))] == []


# -- errors ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "code", "title"),
    [
        ("GET", "/no-such-page", 404, "页面不存在"),
        ("GET", "/upload", 405, "该网址不支持此操作"),
        ("GET", "/fails", 500, "系统出现异常"),
    ],
)
def test_error_pages_say_what_happened(
    client: FlaskClient, method: str, path: str, code: int, title: str
) -> None:
    answer = client.open(path, method=method)
    assert answer.status_code == code
    assert f"<h1>{title}</h1>" in answer.text
    assert "2026-07-01 00:05" in answer.text  # Shanghai's wall clock, to pass on
    assert "Traceback" not in answer.text


def test_a_file_beyond_the_limit_is_refused_with_a_remedy(client: FlaskClient) -> None:
    headers = {"X-CSRFToken": token(client)}
    answer = client.post("/upload", data={"list": b"x" * (1024 * 1024 + 1)}, headers=headers)
    assert answer.status_code == 413
    assert "拆分" in answer.text
    assert "上传文件不超过 1 MB" in answer.text


# -- pages -------------------------------------------------------------------------------------------------


def test_health_needs_nothing(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"status": "ok"}


def test_home_leads_to_the_first_entry(client: FlaskClient, tmp_path: Path) -> None:
    assert client.get("/home").location == "/"
    assert make_app(tmp_path, rooms=()).test_client().get("/home").location == "/style"


def test_navigation_is_in_order_and_marks_where_one_is(client: FlaskClient) -> None:
    def marked(path: str) -> list[tuple[str, str]]:
        rail = client.get(path).text.split('id="rail"')[1].split("</nav>")[0]
        return re.findall(r'<a href="([^"]+)"( aria-current="page")?', rail)

    current = ' aria-current="page"'
    assert marked("/") == [("/", current), ("/register", "")]
    assert marked("/register/91370199MA00000001") == [("/", ""), ("/register", current)]


def test_the_search_leads_to_the_register_and_keeps_its_words(client: FlaskClient) -> None:
    html = client.get("/register?q=%E6%B5%AA%22").text
    assert 'role="search" action="/register"' in html
    assert 'value="浪&#34;"' in html


def test_a_flashed_message_is_shown_with_its_tone(client: FlaskClient) -> None:
    assert re.search(r'class="message tone-good".*?6 rows', client.get("/register").text, re.DOTALL)


def test_sample_data_is_marked_on_every_page(tmp_path: Path, client: FlaskClient) -> None:
    words = "synthetic sample data"
    marked = make_app(tmp_path, sample=True).test_client()
    assert all(words in marked.get(path).text for path in PAGES)
    assert words not in client.get("/").text


def test_the_style_page_shows_every_part(client: FlaskClient) -> None:
    html = client.get("/style").text
    shown = set(re.findall(r'data-part="(\w+)"', html))
    # What is built into another part, or stands in the layout, needs no showing of its own.
    inner = {"icon", "mark", "page_header", "tabs", "live", "about", "part", "bullet_key"}
    for name in ("ui", "table", "form", "chart"):
        source = (SHELL / "templates" / "shell" / f"{name}.html").read_text(encoding="utf-8")
        assert set(re.findall(r"\{% macro (\w+)", source)) - inner - shown == set(), name


def test_static_addresses_carry_a_version(client: FlaskClient) -> None:
    assert re.search(r'href="/static/css/tokens\.css\?v=[0-9a-f]+"', client.get("/").text)
