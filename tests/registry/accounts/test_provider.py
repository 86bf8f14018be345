"""Sign-in by the bureau's identity provider, against a small one on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from joserfc.jwk import RSAKey

from registry.accounts import actions
from registry.accounts.queries import accounts
from registry.house import House
from registry.shell.app import create_app
from tests.registry.accounts.provider import Provider, running
from tests.registry.house import Time, open_test_house
from tests.sample_app import token, words_of
from tests.signed_in import signing_in

PERSON = {"sub": "u-17", "preferred_username": "wang.li", "name": "王丽", "roles": ["staff", "sme-editors"]}


class Desk:
    def __init__(self, provider: Provider, url: str, folder: Path) -> None:
        self.provider, self.time = provider, Time()
        provider.now = int(self.time.now.timestamp())
        provider.claims = dict(PERSON)
        oidc = {"issuer": provider.issuer, "client_id": "tidu", "client_secret": "s3cret",
                "roles": ["sme-admins=administrator", "sme-editors=editor", "sme-district=district"]}  # fmt: skip
        self.house: House = open_test_house(url, folder, self.time, oidc=oidc)
        self.app = signing_in(
            create_app(self.house.settings, self.house.store, self.house.rooms, self.house.clock)
        )

    def leave(self, client: FlaskClient) -> str:
        answer = client.post("/sign-in/provider", data={"csrf_token": token(client), "next": "/firms"})
        assert answer.status_code == 303
        assert answer.location.startswith(self.provider.issuer + "/authorize?")
        return str(answer.location)

    def come(self, client: FlaskClient | None = None, **changes: str) -> tuple[FlaskClient, Any]:
        client = client or self.app.test_client(role=None)
        brought = self.provider.sign_in(self.leave(client))
        return client, client.get("/sign-in/provider/done", query_string={**brought, **changes})

    def everybody(self) -> list[tuple[str, str, str | None]]:
        with self.house.store.read() as connection:
            return [(row.login, row.role, row.unit) for row in accounts(connection)]


@pytest.fixture
def desk(sqlite_url: str, tmp_path: Path) -> Iterator[Desk]:
    with running() as provider:
        desk = Desk(provider, sqlite_url, tmp_path)
        yield desk
        desk.house.store.dispose()


def test_the_door_names_the_provider(desk: Desk) -> None:
    client = desk.app.test_client(role=None)
    assert "使用单位统一身份认证登录" in words_of(client.get("/sign-in").text)
    assert "Sign in by the bureau" in client.get("/sign-in?lang=en").text


def test_somebody_of_a_known_group_comes_in_and_keeps_the_account(desk: Desk) -> None:
    client, answer = desk.come()
    assert (answer.status_code, answer.location) == (303, "/firms")
    assert "王丽" in client.get("/firms").text
    desk.come()
    assert desk.everybody() == [("wang.li", "editor", None)]
    assert all(said and said.startswith("Basic ") for said in desk.provider.secrets)


def test_the_role_follows_the_groups(desk: Desk) -> None:
    desk.come()
    desk.provider.claims |= {"roles": "sme-district", "district": "高新区"}
    desk.come()
    assert desk.everybody() == [("wang.li", "district", "370171")]


def test_somebody_of_no_group_comes_in_only_where_an_account_waits(desk: Desk) -> None:
    desk.provider.claims["roles"] = ["staff"]
    client, answer = desk.come()
    assert answer.location == "/sign-in"
    assert "没有您的账号" in client.get("/sign-in").text
    actions.add(desk.house, "wang.li", "reader", "chief")
    assert desk.come()[1].location == "/firms"
    assert desk.everybody() == [("wang.li", "reader", None)]


def test_an_account_with_a_password_is_not_taken_over(desk: Desk) -> None:
    actions.add(desk.house, "wang.li", "administrator", "chief", password="correct horse battery")
    client, answer = desk.come()
    assert answer.location == "/sign-in"
    assert client.get("/firms").status_code == 303


def test_a_disabled_account_stays_outside(desk: Desk) -> None:
    desk.come()
    with desk.house.store.read() as connection:
        id = accounts(connection)[0].id
    actions.set_active(desk.house, id, "chief", False)
    client, answer = desk.come()
    assert answer.location == "/sign-in"
    assert client.get("/firms").status_code == 303


def test_the_way_back_must_belong_to_the_way_there(desk: Desk) -> None:
    victim = desk.app.test_client(role=None)
    brought = desk.provider.sign_in(desk.leave(desk.app.test_client(role=None)))
    assert victim.get("/sign-in/provider/done", query_string=brought).location == "/sign-in"
    assert victim.get("/firms").status_code == 303
    assert desk.come(state="another")[1].location == "/sign-in"
    assert desk.come(state="另一个")[1].location == "/sign-in"
    client, answer = desk.come()
    assert answer.location == "/firms"
    assert client.get("/sign-in/provider/done", query_string=brought).location == "/sign-in"


@pytest.mark.parametrize(
    "spoil",
    [{"nonce": "another"}, {"aud": "another"}, {"iss": "http" + "://127.0.0.1:1"}, {"exp": 1}, {"aud": ["tidu", "other"]},
     {"azp": "other"}],
)  # fmt: skip
def test_an_id_token_that_does_not_hold_is_refused(desk: Desk, spoil: dict[str, Any]) -> None:
    desk.provider.spoil = spoil
    client, answer = desk.come()
    assert answer.location == "/sign-in"
    assert "未通过核验" in client.get("/sign-in").text
    assert desk.everybody() == []


def test_a_token_signed_by_another_key_is_refused(desk: Desk) -> None:
    desk.provider.key = RSAKey.generate_key(2048, {"kid": "k1"})
    assert desk.come()[1].location == "/sign-in"
    assert desk.everybody() == []


def test_a_code_of_another_sign_in_is_refused(desk: Desk) -> None:
    """PKCE: what was begun in one browser cannot be finished in another."""
    other = desk.provider.sign_in(desk.leave(desk.app.test_client(role=None)))
    assert desk.come(code=other["code"])[1].location == "/sign-in"
    assert desk.everybody() == []


def test_a_provider_that_does_not_answer_is_said(desk: Desk) -> None:
    client = desk.app.test_client(role=None)
    brought = desk.provider.sign_in(desk.leave(client))
    desk.provider.asked.clear()
    assert client.get("/sign-in/provider/done", query_string=brought).location == "/sign-in"
    assert "未正常应答" in client.get("/sign-in").text
