"""Every route and every role: what is allowed is what the permissions say, and nobody comes in unseen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from registry.shell import access
from registry.shell.roles import ADMINISTRATOR, DISTRICT, ROLES
from tests.sample_app import app_in, token, words_of

UNIT = "370171"
#: Something for each argument of a route; what is not there is 404, which is past the question of who may ask.
ARGUMENTS = {"uscc": "91370199MA00000000", "id": "1", "row": "1", "suffix": ".csv", "filename": "css/app.css"}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with app_in(tmp_path_factory.mktemp("who")) as app:
        yield app


def visitor(app: Flask, role: str | None) -> FlaskClient:
    return app.test_client(role=role, unit=UNIT if role == DISTRICT else None)


def routes(app: Flask) -> list[tuple[Rule, str, str]]:
    """(rule, path, needed permission) of every rule."""
    needed = access.stated(app)
    found = []
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            arguments = {name: ARGUMENTS.get(name, "1") for name in rule.arguments}
            _domain, path = rule.build(arguments) or ("", "")
            found.append((rule, path, str(needed[rule.endpoint])))
    return found


def refused(status: int, location: str | None) -> bool:
    return status in (401, 403) or (status == 303 and (location or "").startswith("/sign-in?next="))


@pytest.mark.parametrize("role", [*ROLES, None])
def test_every_route_asks_for_what_it_states(app: Flask, role: str | None) -> None:
    """A post without the token of its form: 403 where the role may not, 400 where only the token is missing."""
    client = visitor(app, role)
    declared = access.declared(app)
    wrong = []
    for rule, path, needed in routes(app):
        for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
            with client.open(path, method=method) as answer:
                status, location = answer.status_code, answer.location
            may = needed == access.PUBLIC or (role is not None and role in declared[needed].roles)
            if method == "GET":
                good = not refused(status, location) if may else refused(status, location)
            else:
                good = status in (400, 404, 405) if may else refused(status, location)
            if not good:
                wrong.append((method, path, needed, status))
    assert wrong == []


def test_every_unsafe_route_refuses_another_site(app: Flask) -> None:
    client = app.test_client()
    good = token(client)
    elsewhere = {"Origin": "http" + "://evil.example"}
    for rule, path, _needed in routes(app):
        for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD", "GET"}):
            answer = client.open(path, method=method, data={"csrf_token": good}, headers=elsewhere)
            assert answer.status_code == 403, path


def test_a_refusal_names_the_permission_and_who_gives_it(app: Flask) -> None:
    visitor(app, ADMINISTRATOR).get("/")
    answer = visitor(app, "reader").get("/accounts")
    assert answer.status_code == 403
    text = words_of(answer.text)
    assert "增设账号" in text
    assert "管理员" in text
    assert "desk" in text


def test_nobody_is_shown_the_way_to_what_is_closed(app: Flask) -> None:
    assert 'href="/accounts"' in visitor(app, ADMINISTRATOR).get("/").text
    page = visitor(app, "reader").get("/").text
    rail = page.split('id="rail"')[1].split("</nav>")[0]
    assert 'href="/accounts"' not in rail
    assert 'href="/upload"' not in rail
    assert 'href="/firms"' in rail


def test_everybody_may_read_who_may_do_what(app: Flask) -> None:
    page = visitor(app, "reader").get("/permissions")
    for id in access.declared(app):
        assert id in page.text
    assert "desk" in page.text


# -- the administrator's pages ---------------------------------------------------------------------------------


def test_an_account_from_its_making_to_its_end(tmp_path: object) -> None:
    from pathlib import Path

    with app_in(Path(str(tmp_path)), empty=True) as app:
        chief = app.test_client()

        def send(path: str, **data: str) -> str:
            answer = chief.post(path, data={"csrf_token": token(chief), **data})
            assert answer.status_code in (200, 303), words_of(answer.text)
            return answer.text

        made = send("/accounts", login="zhao", display="赵", role="district", unit=UNIT)
        password = made.split('<code id="secret">')[1].split("</code>")[0]
        assert password not in chief.get("/accounts").text
        clerk = app.test_client(role=None)
        given = {"csrf_token": token(clerk), "login": "zhao", "password": password}
        assert clerk.post("/sign-in", data=given).location == "/account/password"
        rows = chief.get("/accounts").text
        address = rows.split(">zhao</a>")[0].rsplit('href="', 1)[1].split('"')[0]
        send(address, display="赵", role="editor", unit="")
        send(f"{address}/active", active="no")
        assert clerk.get("/account/password").status_code == 303
        history = words_of(chief.get(address).text)
        for said in ("建立账号", "变更角色", "district → editor", "变更管理单元", "已停用"):
            assert said in history
        answer = chief.post("/accounts", data={"csrf_token": token(chief), "login": "zhao", "role": "reader"})
        assert answer.status_code == 422
        assert "已有账号" in answer.text
        own = chief.get("/accounts").text.split(">desk</a>")[0].rsplit('href="', 1)[1].split('"')[0]
        send(f"{own}/active", active="no")
        assert "最后一位管理员" in chief.get(own).text
