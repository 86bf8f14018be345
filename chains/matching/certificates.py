"""Certificates as people name them: ISO 9001:2015, ISO9001质量管理体系认证 and iso9001 are one. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

from chains.matching.phrases import plain

_BETWEEN = re.compile(r"[;；、,，\n|]+")
_NUMBERED = re.compile(r"^(?:gb/?t|iso/?ts|iso/?iec|iso|iatf|ts|as|en|gjb|qc|ohsas)?/?-?(\d{4,6})")
_EDITION = re.compile(r"[:：\-–—](?:19|20)\d\d")
_SAID = re.compile(r"(?:管理)?体系|认证|证书|资质|标准|贯标")
#: A phrase of a demand that asks for a certificate and names no goods: 通过IATF16949认证.
_ASKED = re.compile(
    r"^(?:[须需应要已有及并且]|具备|具有|通过|持有|取得|获得)*"
    r"((?:iso/?ts|iso/?iec|iso|iatf|ohsas|gjb|as|gb/?t)[-/]?\d{4,6}[a-d]?(?:[-:—–]\d{4})?(?:[\u3400-\u9fff]{0,6}?管理体系)?"
    r"|(?:质量|环境|职业健康安全|职业健康|信息安全|能源|医疗器械质量|汽车质量)管理体系)"
    r"(?:认证|证书|资质|标准|贯标)*(?:[者的]|企业|为佳|更佳|尤佳)*$"
)
#: Evidence that says yes, but not to which one.
SOME_SYSTEM = "管理体系"
#: The same system under the number of a national or an older standard.
_ALSO = {
    "19001": "9001", "24001": "14001", "28001": "45001", "18001": "45001", "16949": "16949", "22080": "27001",
         "质量": "9001", "环境": "14001", "职业健康安全": "45001", "职业健康": "45001", "信息安全": "27001", "能源": "50001",
         "医疗器械质量": "13485", "汽车质量": "16949"}  # fmt: skip


#: Systems by the numbers of their standards.
SYSTEMS = frozenset({"9001", "14001", "45001", "50001", "27001", "13485", "16949", "29490", "20000"})


@lru_cache(maxsize=10_000)
def certificate(typed: str) -> str:
    """One word for one certificate; '' for none."""
    text = _EDITION.sub("", plain(typed))
    if found := _NUMBERED.match(text):
        # A military standard is another one, whatever its number.
        return f"gjb{found[1]}" if text.startswith("gjb") else _ALSO.get(found[1], found[1])
    said = _SAID.sub("", text) or (SOME_SYSTEM if "体系" in text else text)
    return _ALSO.get(said, said)


def several(typed: str) -> tuple[str, ...]:
    """The entries of a cell, as typed: whatever parts them, for no certificate has a comma in its name."""
    return tuple(filter(None, map(str.strip, _BETWEEN.split(typed))))


@lru_cache(maxsize=10_000)
def certificates(typed: str) -> frozenset[str]:
    """The certificates that a cell names."""
    return frozenset(filter(None, map(certificate, several(typed))))


def asked(phrase: str) -> str | None:
    """The certificate that a phrase asks for, as it is written there; None where it names something else."""
    found = _ASKED.match(plain(phrase))
    return found[1].upper() if found else None


def is_system(typed: str) -> bool:
    """Is a certificate that of a management system, of which evidence may say only that there is one?"""
    return certificate(typed) in SYSTEMS


def lacking(wanted: str, held: frozenset[str]) -> bool:
    """Is a certificate not among those held? 质量管理体系 is 9001, whoever writes it out."""
    return certificate(wanted) not in held
