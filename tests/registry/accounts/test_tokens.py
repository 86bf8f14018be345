"""Programs that use the API by a token, and what keeps accounts in order."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from registry.accounts import actions, oidc
from registry.accounts.actions import AccountError
from tests.registry.accounts.conftest import Desk
from tests.sample_app import token, words_of

# -- programs ------------------------------------------------------------------------------------------------


def made_token(desk: Desk, *, reads_only: bool = True, days: int = 30) -> str:
    until = desk.house.clock.today() + timedelta(days=days)
    return actions.make_token(
        desk.house, desk.clerk or 0, "wang.li", f"monthly {days} {reads_only}", until, reads_only
    )


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_program_reads_with_a_token_until_its_last_day(both: Desk) -> None:
    client, key = both.stranger(), made_token(both)
    refused = client.get("/api/v1/find?q=x")
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"].lower().startswith("bearer")
    assert refused.json["error"]["code"] == "not_signed_in"
    assert client.get("/api/v1/find?q=x", headers=bearer(key)).status_code == 200
    assert client.get("/api/v1/find?q=x", headers=bearer(key + "x")).status_code == 401
    both.time.pass_days(30)
    assert client.get("/api/v1/find?q=x", headers=bearer(key)).status_code == 200
    both.time.pass_days(1)
    assert client.get("/api/v1/find?q=x", headers=bearer(key)).status_code == 401


def test_a_bad_token_is_not_rescued_by_a_good_cookie(desk: Desk) -> None:
    client = desk.inside()
    assert client.get("/api/v1/find?q=x").status_code == 200
    assert client.get("/api/v1/find?q=x", headers=bearer("tidu_wrong")).status_code == 401


def test_a_token_makes_no_other_token_and_changes_no_account(desk: Desk) -> None:
    """Who finds a key must not be able to outlive its last day."""
    client, sent = desk.stranger(), bearer(made_token(desk, reads_only=False))
    for path in ("/account/tokens", "/account/password", "/account/sessions/end"):
        assert client.post(path, data={"name": "second"}, headers=sent).status_code == 403, path
    assert client.get("/account", headers=sent).status_code == 200


def test_a_token_in_the_address_is_worth_nothing(desk: Desk) -> None:
    key = made_token(desk)
    for name in ("token", "access_token", "key"):
        assert desk.stranger().get(f"/api/v1/find?q=x&{name}={key}").status_code == 401


def test_a_revoked_token_and_one_of_a_disabled_account_are_refused(desk: Desk) -> None:
    first, second = made_token(desk), made_token(desk, days=20)
    client = desk.inside()
    address = re.search(r'action="(/account/tokens/\d+/revoke)"', client.get("/account").text)
    assert address
    client.post(address[1], data={"csrf_token": token(client)})
    served = [
        desk.stranger().get("/api/v1/find?q=x", headers=bearer(key)).status_code for key in (first, second)
    ]
    assert sorted(served) == [200, 401]
    actions.set_active(desk.house, desk.clerk or 0, "chief", False)
    for key in (first, second):
        assert desk.stranger().get("/api/v1/find?q=x", headers=bearer(key)).status_code == 401


def test_a_token_is_shown_once(desk: Desk) -> None:
    client = desk.inside()
    until = (desk.house.clock.today() + timedelta(days=5)).isoformat()
    given = {"csrf_token": token(client), "name": "monthly", "expires_on": until, "reads_only": "yes"}
    page = client.post("/account/tokens", data=given)
    key = re.search(r"tidu_[\w-]{40,}", page.text)
    assert key
    assert page.headers["Cache-Control"] == "no-store"
    assert key[0] not in client.get("/account").text
    assert desk.stranger().get("/api/v1/find?q=x", headers=bearer(key[0])).status_code == 200
    again = client.post("/account/tokens", data=given)
    assert again.status_code == 422
    too_long = {**given, "name": "other", "expires_on": "2099-01-01"}
    assert "到期日" in words_of(client.post("/account/tokens", data=too_long).text)


def test_a_token_writes_without_a_form_and_one_that_only_reads_does_not(desk: Desk) -> None:
    client = desk.stranger()
    path, view = "/api/v1/views", {"name": "monthly"}
    assert client.post(path, json=view, headers=bearer(made_token(desk))).status_code == 403
    assert client.post(path, json=view, headers=bearer(made_token(desk, reads_only=False))).status_code == 201
    # The same address with a cookie and no token of the form is refused.
    assert desk.inside().post(path, json=view).status_code == 400


# -- who did it ----------------------------------------------------------------------------------------------


def test_the_last_administrator_stays(both: Desk) -> None:
    with pytest.raises(AccountError):
        actions.set_active(both.house, both.chief or 0, "chief", False)
    with pytest.raises(AccountError):
        actions.change(both.house, both.chief or 0, "chief", display="x", role="reader", unit=None)
    actions.change(both.house, both.clerk or 0, "chief", display="王丽", role="administrator", unit=None)
    actions.set_active(both.house, both.chief or 0, "wang.li", False)


def test_two_names_that_look_alike_are_one(desk: Desk) -> None:
    with pytest.raises(AccountError):
        actions.add(desk.house, "WANG.LI", "reader", "test")


@pytest.mark.parametrize(
    ("role", "unit"), [("district", None), ("editor", "370171"), ("district", "370199"), ("king", None)]
)
def test_a_role_and_its_unit_belong_together(desk: Desk, role: str, unit: str | None) -> None:
    with pytest.raises(AccountError):
        actions.add(desk.house, "someone", role, "test", unit=unit)


def test_no_provider_no_way_to_it(desk: Desk) -> None:
    client = desk.stranger()
    assert "/sign-in/provider" not in client.get("/sign-in").text
    answer = client.post("/sign-in/provider", data={"csrf_token": token(client)})
    assert answer.location == "/sign-in"
    with pytest.raises(oidc.ProviderError):
        oidc.leave(desk.house.settings.oidc, "http" + "://localhost/")
