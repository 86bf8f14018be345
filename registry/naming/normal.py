"""Normal forms of names: what may differ in typing without being a different name."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_BETWEEN = re.compile(r"[;；|、\n]")
_SAME = str.maketrans(
    {"〔": "(", "〕": ")", "［": "(", "］": ")", "【": "(", "】": ")", "[": "(", "]": ")", "•": "·", "‧": "·"}
    | dict.fromkeys(" \t\r\n\u3000\u00a0\u200b\u200c\u200d\ufeff\u2060", "")
)


def normal_form(name: str) -> str:
    """Full-width forms, blanks, letter case and the shape of brackets folded away; nothing else."""
    text = unicodedata.normalize("NFKC", name)
    return (text if text.isalnum() else text.translate(_SAME)).upper()


def split_names(text: str) -> list[str]:
    """Several names in one cell: ``甲公司；乙公司``. Brackets and commas inside a name are not split."""
    return [part.strip() for part in _BETWEEN.split(text) if part.strip()]


def legal_form(code: str, enterprise_type: str | None) -> str:
    """``company branch sole_trader cooperative other`` from the code's prefix (GB 32100) and the type as typed."""
    return _legal_form(code[:2], enterprise_type or "")


@lru_cache(maxsize=10_000)
def _legal_form(prefix: str, kind: str) -> str:
    if prefix == "92" or kind.startswith("个体"):
        return "sole_trader"
    if prefix == "93" or "农民专业合作" in kind:
        return "cooperative"
    if "分支机构" in kind or "分公司" in kind or "非法人" in kind:
        return "branch"
    return "company" if prefix == "91" else "other"
