"""Sign-in by the bureau's identity provider (OpenID Connect): the code flow with state, nonce and PKCE.

Two steps: ``leave`` gives the address to send the browser to and what must be kept meanwhile; ``come_back`` checks
everything that returned and gives the account. Off while ``[oidc] issuer`` is empty.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.error import URLError
from urllib.parse import quote, urlencode
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from registry.accounts import actions
from registry.accounts.queries import by_login, by_subject
from registry.house import House
from registry.said import SaidError
from registry.settings import Oidc
from registry.shell.roles import DISTRICT

SECONDS = 10
LARGEST = 1_000_000
#: Only signatures that need the provider's own key: never "none", never one made with our shared secret.
ALGORITHMS = ["RS256", "PS256", "ES256", "RS384", "RS512", "ES384", "EdDSA"]
BY = "identity provider"
LEEWAY_SECONDS = 60


class ProviderError(SaidError):
    """Sign-in by the provider did not come about; the sentence says why and what to do."""


@dataclass(frozen=True)
class Left:
    """``address``: where the browser goes. ``kept``: state, nonce and PKCE verifier, for the way back."""

    address: str
    kept: Mapping[str, str]


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_args: Any, **_named: Any) -> None:
        return None


def leave(wanted: Oidc, back: str) -> Left:
    """Begin. ``back``: the full address of the way back, as registered with the provider. Raises ProviderError."""
    known = _discovered(wanted)
    verifier, state, nonce = (secrets.token_urlsafe(48) for _n in range(3))
    asked = {
        "response_type": "code", "client_id": wanted.client_id, "redirect_uri": back, "scope": "openid profile",
        "state": state, "nonce": nonce, "code_challenge": create_s256_code_challenge(verifier),
        "code_challenge_method": "S256",
    }  # fmt: skip
    address: str = add_params_to_uri(known["authorization_endpoint"], list(asked.items()))
    return Left(address, {"state": state, "nonce": nonce, "verifier": verifier})


def come_back(house: House, kept: Mapping[str, str], given: Mapping[str, str], back: str) -> int:
    """Check the way back, fetch and check the ID token; gives the account's id. Raises ProviderError."""
    wanted = house.settings.oidc
    if not kept or not secrets.compare_digest(kept["state"].encode(), given.get("state", "").encode()):
        raise ProviderError(
            "this sign-in was not begun in this browser, or it was left too long; begin again",
            "这次登录不是由本浏览器发起，或已搁置太久；请重新登录",
        )
    if "code" not in given:
        said = given.get("error_description") or given.get("error") or "–"
        raise ProviderError(
            f"the identity provider refused: {said[:200]}", f"统一身份认证未予通过：{said[:200]}"
        )
    claims = _claims(wanted, kept, given["code"], back, int(house.clock.now().timestamp()))
    return _account(house, claims)


def _claims(wanted: Oidc, kept: Mapping[str, str], code: str, back: str, now: int) -> Mapping[str, Any]:
    known = _discovered(wanted)
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back,
        "code_verifier": kept["verifier"],
    }
    headers = {}
    if wanted.client_secret:
        pair = f"{quote(wanted.client_id, safe='')}:{quote(wanted.client_secret, safe='')}"
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    else:
        form["client_id"] = wanted.client_id
    answer = _fetch(known["token_endpoint"], form, headers)
    try:
        keys = KeySet.import_key_set(_fetch(known["jwks_uri"]))  # type: ignore[arg-type]
        token = jwt.decode(str(answer["id_token"]), keys, algorithms=ALGORITHMS)
        rules = jwt.JWTClaimsRegistry(
            now=now, leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": known["issuer"]}, aud={"essential": True, "value": wanted.client_id},
            nonce={"essential": True, "value": kept["nonce"]}, sub={"essential": True}, exp={"essential": True},
        )  # fmt: skip
        rules.validate(token.claims)
        audience = token.claims["aud"]
        several = isinstance(audience, list) and len(audience) > 1
        if (several or "azp" in token.claims) and token.claims.get("azp") != wanted.client_id:
            raise ValueError("azp")
    except (JoseError, KeyError, ValueError, TypeError) as error:
        raise ProviderError(
            f"the identity provider's answer does not hold ({type(error).__name__}); begin again, or tell the administrator",
            f"统一身份认证的应答未通过核验（{type(error).__name__}）；请重新登录，或告知管理员",
        ) from error
    return token.claims


def _account(house: House, claims: Mapping[str, Any]) -> int:
    """The account of the person: known by the provider's own id, else waiting under the name, else made."""
    wanted = house.settings.oidc
    subject = f"{wanted.issuer}#{claims['sub']}"
    login = str(claims.get(wanted.login_claim) or "")
    role = _role(wanted, claims.get(wanted.role_claim))
    with house.store.read() as connection:
        row = by_subject(connection, subject)
        named = by_login(connection, login) if login else None
    try:
        unit = (
            actions.read_unit(house, str(claims.get(wanted.unit_claim) or "")) if role == DISTRICT else None
        )
        if row is None and named is not None:
            if named.password_hash is not None or named.oidc_subject is not None:
                raise ProviderError(
                    f"there is another account “{login}” here; ask the administrator to rename or remove one of them",
                    f"本系统已有另一账号“{login}”；请管理员处理重名",
                )
            actions.link(house, named.id, subject, BY)
            row = named
        if row is None:
            if role is None:
                raise ProviderError(
                    "you are known to the identity provider, but have no account here; ask the administrator for one",
                    "统一身份认证已通过，但本系统没有您的账号；请向管理员申请",
                )
            display = str(claims.get(wanted.name_claim) or "")
            made = actions.add(house, login, role, BY, display=display, unit=unit, subject=subject)
            assert made is not None
            return made
        if not row.active:
            raise ProviderError(
                "this account is disabled; ask the administrator", "该账号已停用，请联系管理员"
            )
        if role is not None and (role, unit) != (row.role, row.unit):
            actions.change(house, row.id, BY, display=row.display, role=role, unit=unit)
    except ProviderError:
        raise
    except SaidError as error:
        raise ProviderError(error.en, error.zh) from error
    return int(row.id)


def _role(wanted: Oidc, said: Any) -> str | None:
    """The first pair of ``[oidc] roles`` whose name the claim holds."""
    names = {said} if isinstance(said, str) else {str(name) for name in said or ()}
    pairs = (pair.partition("=") for pair in wanted.roles)
    return next((role.strip() for name, _eq, role in pairs if name.strip() in names), None)


def _discovered(wanted: Oidc) -> Mapping[str, Any]:
    if not wanted.issuer:
        raise ProviderError("no identity provider is set here", "本系统没有设置统一身份认证")
    known = _fetch(f"{wanted.issuer}/.well-known/openid-configuration")
    if str(known.get("issuer", "")).rstrip("/") != wanted.issuer:
        raise ProviderError(
            "the identity provider gives itself another name than is set here; tell the administrator",
            "统一身份认证的标识与本系统设置不符，请告知管理员",
        )
    return known


def _fetch(
    address: str, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """A JSON document of the provider. Redirects are not followed: an ID token is asked for at the address given."""
    body = urlencode(form).encode() if form is not None else None
    try:
        if not address.startswith(("https://", "http://127.0.0.1", "http://localhost", "http://[::1]")):
            raise ValueError(address)
        opener = build_opener(_Stay, ProxyHandler())
        with opener.open(Request(address, body, dict(headers or {})), timeout=SECONDS) as answer:
            document = json.loads(answer.read(LARGEST))
        if not isinstance(document, dict):
            raise TypeError(address)
        return document
    except (URLError, OSError, ValueError, TypeError) as error:
        raise ProviderError(
            "the identity provider does not answer as expected; try again, or tell the administrator",
            "统一身份认证未正常应答；请稍后再试，或告知管理员",
        ) from error
