"""Coming in and going out: passwords, throttling, sessions, and what a browser may do with them."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert, select

from registry.accounts import actions, passwords, sessions, throttling
from registry.accounts.naming import LoginError, read_login
from registry.accounts.passwords import PasswordError
from registry.shell.local_paths import safe
from registry.store.models import Filing
from tests.registry.accounts.conftest import PASSWORD, Desk
from tests.sample_app import token, words_of

HTMX = {"HX-Request": "true", "HX-Current-URL": "http" + "://localhost/firms?q=x"}


# -- the door ------------------------------------------------------------------------------------------------


def test_a_stranger_is_led_to_the_door_and_on_to_where_it_wanted(both: Desk) -> None:
    client = both.stranger()
    led = client.get("/firms?q=泉")
    assert led.status_code == 303
    assert led.location.startswith("/sign-in?next=/firms?q")
    page = client.get(led.location)
    assert page.status_code == 200
    assert 'id="rail"' not in page.text
    assert 'role="search"' not in page.text
    following = re.search(r'name="next" value="([^"]+)"', page.text)
    assert following
    answer = both.sign_in(client, next=following[1])
    assert (answer.status_code, unquote(answer.location)) == (303, following[1])
    home = client.get("/")
    assert home.status_code == 200
    assert "王丽" in home.text


@pytest.mark.parametrize(
    ("login", "password"),
    [("wang.li", "wrong-password"), ("nobody", PASSWORD), ("gone", PASSWORD), ("chief", "")],
)
def test_who_does_not_come_in_is_told_the_same(desk: Desk, login: str, password: str) -> None:
    gone = actions.add(desk.house, "gone", "reader", "test", password=PASSWORD)
    actions.set_active(desk.house, gone or 0, "test", False)
    client = desk.stranger()
    answer = desk.sign_in(client, login, password)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    if password:
        assert "登录名或密码不正确" in answer.text
    assert client.get("/").status_code == 303


def test_the_name_may_be_typed_in_any_width_and_case(desk: Desk) -> None:
    assert desk.sign_in(desk.stranger(), " Ｗang.LI").status_code == 303


def test_the_door_speaks_english_too(desk: Desk) -> None:
    page = desk.stranger().get("/sign-in?lang=en&next=/targets")
    assert "<h1>Sign in</h1>" in page.text
    assert 'value="/targets"' in page.text


@pytest.mark.parametrize(
    "elsewhere",
    ["https" + "://evil.example", "//evil.example", "/\\evil.example", "\\\\evil", "javascript:alert(1)", "/a\tb", "x",
     "/\t/evil.example", "", None, "/%0d%0aX: y\r\n"],
)  # fmt: skip
def test_signing_in_leads_nowhere_else(desk: Desk, elsewhere: str | None) -> None:
    assert safe(elsewhere) == "/"
    if elsewhere:
        assert desk.sign_in(desk.stranger(), next=elsewhere).location == "/"


def test_a_part_of_a_page_leads_the_whole_page_to_the_door(desk: Desk) -> None:
    answer = desk.stranger().get("/firms?q=y", headers=HTMX)
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"] == "/sign-in?next=/firms?q%3Dx"


def test_another_site_cannot_sign_anybody_in(desk: Desk) -> None:
    client = desk.stranger()
    given = {"login": "wang.li", "password": PASSWORD}
    assert client.post("/sign-in", data=given).status_code == 400
    headers = {"Origin": "http" + "://evil.example"}
    assert (
        client.post("/sign-in", data={**given, "csrf_token": token(client)}, headers=headers).status_code
        == 403
    )
    assert client.get("/").status_code == 303


# -- throttling ----------------------------------------------------------------------------------------------


def test_wrong_passwords_make_the_next_try_wait_longer_each_time(both: Desk) -> None:
    client = both.stranger()
    tries = both.house.settings.accounts.attempts
    for _n in range(tries):
        assert both.sign_in(client, password="wrong-password").status_code == 422
    blocked = both.sign_in(client)
    assert blocked.status_code == 429
    assert 0 < int(blocked.headers["Retry-After"]) <= 61
    assert "12:01:00" in blocked.text
    both.time.now += timedelta(minutes=1, seconds=1)
    assert both.sign_in(client, password="wrong-password").status_code == 422
    again = both.sign_in(client)
    assert again.status_code == 429
    assert 61 < int(again.headers["Retry-After"]) <= 121
    assert both.sign_in(client, "chief").status_code == 303  # others come in meanwhile
    both.time.now += timedelta(minutes=2, seconds=1)
    assert both.sign_in(both.stranger()).status_code == 303
    for _n in range(tries - 1):
        assert both.sign_in(both.stranger(), password="wrong-password").status_code == 422
    assert both.sign_in(both.stranger()).status_code == 303  # a right one wipes the slate


def test_an_unknown_name_is_throttled_like_a_known_one(desk: Desk) -> None:
    answers = {
        name: [desk.sign_in(desk.stranger(), name, "wrong-password").status_code for _n in range(7)]
        for name in ("wang.li", "nobody")
    }
    assert answers["wang.li"] == answers["nobody"]
    assert 429 in answers["nobody"]


def test_one_address_cannot_try_many_names(desk: Desk) -> None:
    client = desk.stranger()
    most = desk.house.settings.accounts.address_attempts
    for n in range(most):
        assert desk.sign_in(client, f"guess{n}", "wrong-password").status_code == 422
    assert desk.sign_in(client, "another", "wrong-password").status_code == 429
    other = {"REMOTE_ADDR": "10.0.0.9"}
    given = {"csrf_token": token(client), "login": "chief", "password": PASSWORD}
    assert client.post("/sign-in", data=given, environ_base=other).status_code == 303


def test_a_good_account_does_not_open_the_door_for_guessing(desk: Desk) -> None:
    statuses = []
    for n in range(desk.house.settings.accounts.address_attempts + 5):
        statuses.append(desk.sign_in(desk.stranger(), f"guess{n}", "wrong-password").status_code)
        if n % 5 == 4:
            statuses.append(desk.sign_in(desk.stranger(), "wang.li").status_code)
    assert 429 in statuses


def test_an_address_is_a_network_where_one_machine_has_many() -> None:
    key = throttling.address_key
    assert key("2001:db8::1") == key("2001:db8::ffff:2") != key("2001:db8:0:1::1")
    assert key("::ffff:10.0.0.1") == key("10.0.0.1") != key("10.0.0.2")


def test_what_was_typed_as_a_name_is_not_kept(desk: Desk) -> None:
    desk.sign_in(desk.stranger(), "my-secret-password", "x")
    with desk.house.store.read() as connection:
        kept = str(connection.execute(select(throttling.ATTEMPT)).all())
    assert "my-secret-password" not in kept


# -- passwords -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "weak",
    ["short", "一二三四五六七八九", "1234567890", "password123", "aaaaaaaaaaaa", "abcabcabcabc", "qwertyuiop", "Jinan2026!!",
     "0987654321", "admin123456", "zhang.wei1", "p@ssw0rd2026", "x" * 300],
)  # fmt: skip
def test_weak_passwords_are_refused_with_the_reason(weak: str) -> None:
    with pytest.raises(PasswordError) as refused:
        passwords.check(weak, "zhang.wei", 10)
    assert refused.value.zh
    assert weak not in refused.value.zh


@pytest.mark.parametrize("good", [PASSWORD, "correct horse battery", "kx7-9pqm-33tz"])
def test_good_passwords_need_no_special_signs(good: str) -> None:
    passwords.check(good, "zhang.wei", 10)
    passwords.check(passwords.generated(), "zhang.wei", 10)


@pytest.mark.parametrize("name", ["", "a b", "cli:local", "x(y)", "cli", "a" * 65, "-x", "<script>"])
def test_names_that_could_pass_for_something_else_are_refused(name: str) -> None:
    with pytest.raises(LoginError):
        read_login(name)


def test_secrets_are_kept_as_hashes_only(desk: Desk) -> None:
    desk.inside()
    with desk.house.store.read() as connection:
        account = connection.execute(select(sessions.ACCOUNT)).all()
        session = connection.execute(select(sessions.SESSION)).all()
    assert PASSWORD not in str(account)
    assert all(len(row.token_hash) == 64 for row in session)


def test_a_given_password_must_be_changed_first(desk: Desk) -> None:
    actions.set_password(desk.house, desk.clerk or 0, "chief", "kx7-9pqm-33tz", must_change=True)
    client = desk.stranger()
    assert desk.sign_in(client, password="kx7-9pqm-33tz").location == "/account/password"
    for path in ("/", "/firms", "/account"):
        assert client.get(path).location == "/account/password"
    assert client.get("/api/v1/find?q=x").status_code == 403
    answer = change(client, "kx7-9pqm-33tz", "a new one that is long")
    assert answer.status_code == 303
    assert client.get("/firms").status_code == 200


def change(client: FlaskClient, present: str, new: str, again: str | None = None) -> Any:
    form = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/account/password").text)
    assert form
    given = {
        "csrf_token": form[1],
        "present": present,
        "new": new,
        "again": new if again is None else again,
    }
    return client.post("/account/password", data=given)


def test_changing_the_password_ends_the_other_sessions_and_renews_this_one(both: Desk) -> None:
    here, elsewhere = both.inside(), both.inside()
    before = here.get_cookie("tidu")
    assert change(here, PASSWORD, "a new one that is long").status_code == 303
    assert here.get("/firms").status_code == 200
    assert elsewhere.get("/firms").status_code == 303
    stolen = both.stranger()
    stolen.set_cookie("tidu", before.value if before else "")
    assert stolen.get("/firms").status_code == 303
    assert both.sign_in(both.stranger()).status_code == 422
    assert both.sign_in(both.stranger(), password="a new one that is long").status_code == 303


@pytest.mark.parametrize(
    ("present", "new", "again", "said"),
    [("wrong-password", "a new one that is long", None, "当前密码不正确"), (PASSWORD, "short", None, "太短"),
     (PASSWORD, "a new one that is long", "another", "两次输入不一致"), (PASSWORD, PASSWORD, None, "不能与当前密码相同")],
)  # fmt: skip
def test_a_refused_change_says_why_and_changes_nothing(
    desk: Desk, present: str, new: str, again: str | None, said: str
) -> None:
    client = desk.inside()
    answer = change(client, present, new, again)
    assert answer.status_code == 422
    assert said in words_of(answer.text)
    assert desk.sign_in(desk.stranger()).status_code == 303


# -- sessions ------------------------------------------------------------------------------------------------


def test_signing_out_ends_the_session_on_the_server(both: Desk) -> None:
    client = both.inside()
    cookie = client.get_cookie("tidu")
    assert client.post("/sign-out", data={"csrf_token": token(client)}).status_code == 303
    assert client.get("/firms").status_code == 303
    thief = both.stranger()
    thief.set_cookie("tidu", cookie.value if cookie else "")
    assert thief.get("/firms").status_code == 303


def test_a_session_ends_after_idleness_and_after_its_longest_time(desk: Desk) -> None:
    wanted = desk.house.settings.accounts
    client = desk.inside()
    for _n in range(wanted.absolute_hours // (wanted.idle_hours - 1)):
        desk.time.now += timedelta(hours=wanted.idle_hours - 1)
        assert client.get("/firms").status_code == 200
    desk.time.now += timedelta(hours=wanted.idle_hours - 1)
    assert client.get("/firms").status_code == 303
    idle = desk.inside()
    desk.time.now += timedelta(hours=wanted.idle_hours, minutes=1)
    assert idle.get("/firms").status_code == 303


def test_one_session_can_be_ended_from_another(desk: Desk) -> None:
    here, lost = desk.inside(), desk.inside()
    page = here.get("/account").text
    address = re.search(r'action="(/account/sessions/\d+/end)"', page)
    assert address
    assert here.post(address[1], data={"csrf_token": token(here)}).status_code == 303
    assert lost.get("/firms").status_code == 303
    assert here.get("/firms").status_code == 200
    chief = desk.inside("chief")
    mine = re.search(r"/account/sessions/(\d+)/end", (desk.inside(), here.get("/account").text)[1])
    assert mine
    assert (
        chief.post(f"/account/sessions/{mine[1]}/end", data={"csrf_token": token(chief)}).status_code == 404
    )


def test_signing_out_everywhere(desk: Desk) -> None:
    clients = [desk.inside() for _n in range(3)]
    clients[0].post("/account/sessions/end", data={"csrf_token": token(clients[0])})
    assert [client.get("/firms").status_code for client in clients] == [303, 303, 303]


def test_a_form_of_before_signing_in_is_not_good_after_it(desk: Desk) -> None:
    client = desk.stranger()
    old = token(client)
    desk.sign_in(client)
    assert client.post("/account/sessions/end", data={"csrf_token": old}).status_code == 400


def test_the_cookie_is_for_https_where_the_page_came_by_it(desk: Desk) -> None:
    def cookie(address: str) -> str:
        answer = desk.stranger().get("/sign-in", base_url=address)
        return next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith("tidu="))

    assert "Secure" not in cookie("http" + "://localhost")
    for said in ("Secure", "HttpOnly", "SameSite=Lax"):
        assert said in cookie("https" + "://localhost")


@pytest.mark.parametrize(("trusted", "secure"), [(True, True), (False, False)])
def test_a_proxy_is_believed_where_it_is_set_and_on_this_machine(
    sqlite_url: str, tmp_path: Path, trusted: bool, secure: bool
) -> None:
    desk = Desk(sqlite_url, tmp_path, web={"behind_proxy": trusted, "hosts": ["tidu.example"]})
    said = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "10.1.2.3", "X-Forwarded-Host": "tidu.example"}
    answer = desk.stranger().get("/sign-in", headers=said)
    assert ("Secure" in answer.headers["Set-Cookie"]) is secure
    answer = desk.stranger().get("/sign-in", headers=said, environ_base={"REMOTE_ADDR": "10.9.9.9"})
    assert "Secure" not in answer.headers["Set-Cookie"]
    desk.house.store.dispose()


# -- beside a running import ---------------------------------------------------------------------------------


def test_signing_in_moves_no_instant_that_caches_go_by(both: Desk) -> None:
    with both.house.store.read() as connection:
        before = both.house.store.last_write(connection)
    client = both.inside()
    both.time.now += timedelta(minutes=5)
    client.get("/firms")
    both.sign_in(both.stranger(), password="wrong-password")
    with both.house.store.read() as connection:
        assert both.house.store.last_write(connection) == before


def test_a_page_does_not_wait_for_a_running_import(both: Desk) -> None:
    client = both.inside()
    both.time.now += timedelta(minutes=5)  # so that "last seen" would be written
    with both.house.store.write("test"):
        assert client.get("/account").status_code == 200
    assert client.get("/account").status_code == 200


def test_on_postgresql_nobody_waits_for_an_import_to_sign_in(
    new_postgres_database: Any, tmp_path: Path
) -> None:
    desk = Desk(new_postgres_database(), tmp_path)
    with desk.house.store.write("test") as work:
        work.connection.execute(
            insert(Filing).values(kind="titles", file="x", sha256="x", by="x", recorded_at=work.at, options="{}",
                                  rows=0, accepted=0, unchanged=0, review=0, refused=0)
        )  # fmt: skip
        assert desk.sign_in(desk.stranger()).status_code == 303
    desk.house.store.dispose()
