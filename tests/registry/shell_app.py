"""An application with one invented room, for the tests of the shell alone."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

from flask import Blueprint, Flask, flash, render_template_string

from registry.room import NavItem, Permission, Room
from registry.settings import load
from registry.shell.access import allow
from registry.shell.app import create_app
from registry.shell.roles import EVERYBODY
from registry.store.clock import fixed_clock
from registry.store.engine import open_store
from tests.prepared import empty_file
from tests.signed_in import signing_in

CLOCK = fixed_clock(datetime(2026, 6, 30, 16, 5, tzinfo=UTC))
PAGE = '{% extends "shell/layout.html" %}{% block content %}<h1>here</h1>{% endblock %}'


def blueprint() -> Blueprint:
    pages = Blueprint("sample_room", __name__)

    @pages.get("/")
    @allow("sample.read")
    def first() -> str:
        return render_template_string(PAGE)

    @pages.get("/register")
    @allow("sample.read")
    def register() -> str:
        flash("6 rows", "good")
        return render_template_string(PAGE)

    @pages.get("/register/<code>")
    @allow("sample.read")
    def firm(code: str) -> str:
        return render_template_string(PAGE)

    @pages.post("/upload")
    @allow("sample.write")
    def upload() -> str:
        return "taken"

    @pages.get("/secret")
    @allow("nobody.may")
    def secret() -> str:
        return "secret"

    @pages.get("/fails")
    @allow("sample.read")
    def fails() -> str:
        raise ZeroDivisionError

    return pages


ROOM = Room(
    id="sample",
    blueprint=blueprint,
    navigation=(
        NavItem("register", "sample_room.register", "buildings", lambda: "企业库", 2),
        NavItem("first", "sample_room.first", "speedometer2", lambda: "总览", 1),
    ),
    permissions=(
        Permission("sample.read", lambda: "读", EVERYBODY),
        Permission("sample.write", lambda: "写", EVERYBODY),
    ),
)


def make_app(folder: Path, *, sample: bool = False, rooms: tuple[Room, ...] = (ROOM,)) -> Flask:
    """Over an empty database of its own in ``folder``; its clients are signed in."""
    if not (folder / "shell.sqlite").exists():
        shutil.copy(empty_file(), folder / "shell.sqlite")
    settings = load(
        environment={
            "DATABASE_URL": f"sqlite:///{folder / 'shell.sqlite'}",
            "TIDU_PATHS_VAR": str(folder),
            "TIDU_WEB_HOSTS": "bureau.example",
            "TIDU_WEB_MAX_UPLOAD_MB": "1",
            "TIDU_ACCOUNTS_HASHING": "scrypt:256:8:1",
        }
    )
    store = open_store(settings.database.url, CLOCK)
    return signing_in(create_app(settings, store, rooms, CLOCK, sample=lambda: sample))
