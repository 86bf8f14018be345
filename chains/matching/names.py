"""What features, conditions and states of demands are called on pages."""

from __future__ import annotations

from flask_babel import gettext as _

from registry import words
from registry.shell.languages import language


def feature_name(id: str) -> str:
    names: dict[str, str] = {
        "product": _("Goods"),
        "industry": _("Industry"),
        "offer": _("Own offers"),
        "tier": _("Titles"),
        "certificates": _("Certificates"),
        "capacity": _("Capacity"),
        "district": _("Place"),
        "size": _("Size of the order"),
        "links": _("Links with the buyer"),
        "outcomes": _("What came of it before"),
    }
    return names.get(id, id)


def condition_name(id: str) -> str:
    kind, _colon, named = id.partition(":")
    names: dict[str, str] = {
        "status": _("cancelled or revoked"),
        "city": _("outside the city"),
        "district": _("in another district"),
        "tier": _("without the title"),
        "certificate": _("not certified to %(name)s", name=named),
        "declined": _("declined before"),
    }
    return names.get(kind, kind)


def answer_name(id: str) -> str:
    return words.label("match_answer", id, language())
