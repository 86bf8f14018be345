"""The API under arguments and bodies that nobody thought of, made from its own description: no server error, only
documented answers, every refusal in the one shape."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import CHECKS

from tests.sample_app import app_in, token

EXAMPLES = 15
FIRM = "91370199MAC2L83G7M"
#: Left to the tests that name their refusals: whether a day, code or id that is well formed means anything is not said by
#: the description, so a well-formed request may be refused, and one that is not may still be understood (C-C29--).
BESIDE = {"positive_data_acceptance", "negative_data_rejection"}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with app_in(tmp_path_factory.mktemp("fuzz")) as app:
        yield app


@pytest.fixture(scope="module")
def described(app: Flask) -> Any:
    """The description, with every request sent as somebody who may do everything."""
    client = app.test_client()
    csrf = token(client)
    cookie = client.get_cookie("tidu")
    assert cookie

    def signed(environ: dict[str, Any], start: Any) -> Any:
        environ.setdefault("REMOTE_ADDR", "127.0.0.1")
        environ["HTTP_COOKIE"], environ["HTTP_X_CSRFTOKEN"] = f"tidu={cookie.value}", csrf
        return app(environ, start)

    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", signed)


def meant(case: Any) -> bool:
    """Make what was drawn speak of something that the register holds, so that it comes further than the first refusal."""
    changed = False
    if "uscc" in case.path_parameters:
        case.path_parameters["uscc"] = FIRM
        changed = True
    body = case.body
    if isinstance(body, dict) and "kind" in body and isinstance(body.get("rows"), list):
        fields = ("uscc", "name", "tier", "level", "issued_on", "valid_to", "batch", "district")
        known = {"uscc": FIRM, "tier": "srdi", "level": "provincial", "issued_on": "2025-01-01"}
        for row in body["rows"]:
            drawn = list(row.values()) if isinstance(row, dict) else []
            if isinstance(row, dict):
                row.clear()
                row.update(known | dict(zip(fields[1::2], drawn, strict=False)))
        body["kind"] = "titles"
        changed = True
    return changed


def test_no_request_finds_a_fault(described: Any) -> None:
    checks = [check for check in CHECKS.get_all() if check.__name__ not in BESIDE]
    asked = set()
    for found in described.get_all_operations():
        operation = found.ok()

        @given(case=operation.as_strategy())
        @settings(
            max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
        )
        def ask(case: Any) -> None:
            case.call_and_validate(checks=checks)
            if meant(case):
                case.call_and_validate(checks=checks)

        ask()
        asked.add(operation.label)
    assert {"GET /firms", "POST /filings", "GET /count", "GET /assess"} <= asked
