"""Where a firm is: what people type as city, district, functional area or address. Pure, over the code tables.

Former names and codes are read as today's and noted; the narrowest place in an address wins; a functional area typed
as a district is an area; 莱芜市 alone names no district (README, "Place").
"""

from __future__ import annotations

import re
import string
from functools import lru_cache
from typing import NamedTuple

from registry import codes


class Place(NamedTuple):
    """Six-digit ``city``; ids of ``codes/places`` for district and area; street as typed. ``former``: an old name was read."""

    city: str | None = None
    district: str | None = None
    area: str | None = None
    street: str | None = None
    former: bool = False


NOWHERE = Place()
MUNICIPALITIES = {"11", "12", "31", "50"}
_PROVINCE_TAILS = r"(?:特别行政区|壮族自治区|回族自治区|维吾尔自治区|自治区|省|市)"
_PROVINCE_TAIL = re.compile("^" + _PROVINCE_TAILS)
_BLANKS = re.compile(r"[\s,，。、()（）]|^(中国|中华人民共和国)")
# What house numbers are written with.
_HOUSE_NUMBER = string.digits + string.ascii_letters + " ,，、.()（）#~—–-号栋幢楼层室单元座"
# A city's short name before these is part of a street's name: 南京路, 北京东路.
_STREET_AHEAD = re.compile(r"[路街道巷大东西南北中村弄桥]")


class Places:
    """The places of one home city against the map of the country."""

    def __init__(self, home: str) -> None:
        self.home = home
        rows = codes.load("codes/places").rows
        self.names = {row["id"]: row for row in rows}
        self._exact: dict[str, tuple[str, bool]] = {}
        for row in rows:
            for form in (row["id"], row["name"], row["short"], *codes.several(row["aliases"])):
                self._exact.setdefault(form, (row["id"], False))
            for form in codes.several(row["former"]):
                for part in (form, *form.split()):
                    self._exact.setdefault(part, (row["id"], True))
        self.districts = {row["id"] for row in rows if row["kind"] == "district"}
        # Looked for apart: 莱芜区高新区 names an area although a district begins it.
        found = sorted((f for f in self._exact if len(f) > 2 and not f.isascii()), key=len, reverse=True)
        districts = [f for f in found if self._exact[f][0] in self.districts]
        self._district = re.compile("|".join(map(re.escape, districts)))
        self._area = re.compile("|".join(re.escape(f) for f in found if f not in districts))
        streets = codes.load("codes/streets").rows
        self._streets: dict[str, str | None] = {}
        for row in streets:  # a name that two districts share tells nothing
            self._streets[row["name"]] = None if row["name"] in self._streets else row["place"]
        by_length = sorted(self._streets, key=len, reverse=True)
        self._street = re.compile("|".join(map(re.escape, by_length)))
        self._load_country()
        names = (*found, *self._streets, *self._country, *self._provinces)
        self._numbering = "".join(set(_HOUSE_NUMBER) - {name[-1] for name in names})

    def _load_country(self) -> None:
        self._country: dict[str, str] = {}
        self._provinces: dict[str, str] = {}
        counties: dict[str, set[str]] = {}
        for row in codes.load("codes/regions").rows:
            name, code = row["name"], row["code"]
            if row["level"] == "province":
                self._provinces[name] = code
                self._provinces.setdefault(re.sub(_PROVINCE_TAILS + "$", "", name), code)
            elif row["level"] == "prefecture":
                self._country.setdefault(name, code)
                short = re.sub(r"(市|地区|盟)$", "", name)
                if len(short) >= 2:
                    self._country.setdefault(short, code)
            else:
                counties.setdefault(name, set()).add(row["parent"])
        for name, parents in counties.items():
            if len(parents) == 1 and len(name) > 2:
                self._country.setdefault(name, next(iter(parents)))
        self._country["莱芜市"] = self._country["莱芜"] = self.home
        self._by_start: dict[int, dict[str, list[str]]] = {}
        for names in (self._country, self._provinces):
            starts: dict[str, list[str]] = {}
            for name in sorted(names, key=len, reverse=True):
                starts.setdefault(name[:2], []).append(name)
            self._by_start[id(names)] = starts

    # A city cell -------------------------------------------------------------------------------------

    @lru_cache(maxsize=20_000)  # noqa: B019 – one Places per process and city
    def read_city(self, text: str) -> Place:
        text = text.replace(" ", "")
        if re.fullmatch(r"\d{6}", text):
            return self.read_district(text) if text in self._exact else Place(city=text[:4] + "00")
        found = self.read_address(text)
        return found if found.city else self.read_district(text)

    # A district or area cell -------------------------------------------------------------------------

    @lru_cache(maxsize=20_000)  # noqa: B019
    def read_district(self, text: str) -> Place:
        """A cell under 区县 or 功能区. ``NOWHERE`` when it names no place that we know."""
        text = re.sub(r"\s", "", text)
        for prefix in ("山东省", "济南市", "济南"):
            if text not in self._exact and text.startswith(prefix):
                text = text[len(prefix) :]
        hit = self._exact.get(text)
        if hit:
            return self._place(*hit)
        code = self._country.get(text)
        if code == self.home:
            return Place(city=self.home)
        found = self.read_address(text)
        if found.district or found.area:
            return found
        return Place(city=code) if code else NOWHERE

    def _place(self, id: str, former: bool) -> Place:
        if id in self.districts:
            return Place(self.home, district=id, former=former)
        return Place(self.home, area=id, former=former)

    # An address --------------------------------------------------------------------------------------

    def read_address(self, text: str) -> Place:
        """City, district, area and street that an address names, each None where it does not."""
        # Addresses differ mostly in the number of the house, which names no place.
        return self._read_head(text.rstrip(self._numbering))

    @lru_cache(maxsize=20_000)  # noqa: B019
    def _read_head(self, text: str) -> Place:
        rest = _BLANKS.sub("", text)
        province, rest = self._leading(rest, self._provinces)
        city, rest = self._leading_city(rest)
        if city and province and city[:2] != province[:2]:
            city = None  # 北京市朝阳区 is no part of 朝阳市
        if city is None and province and not self._is_home_province(province):
            return Place(city=province[:2] + ("0100" if province[:2] in MUNICIPALITIES else "0000"))
        if city is not None and city != self.home:
            return Place(city=city)
        return self._inside_home(text.replace(" ", ""), named=city == self.home)

    def _is_home_province(self, province: str) -> bool:
        return province[:2] == self.home[:2]

    def _leading(self, text: str, names: dict[str, str]) -> tuple[str | None, str]:
        for name in self._starting(text, names):
            code = names[name]
            if name[-1] not in "省市区" and _STREET_AHEAD.match(text, len(name)):
                continue
            rest = text[len(name) :]
            return code, rest if name[-1] in "省市区" else _PROVINCE_TAIL.sub("", rest)
        return None, text

    def _leading_city(self, text: str) -> tuple[str | None, str]:
        for name in self._starting(text, self._country):
            code = self._country[name]
            if name in self._exact and code != self.home:
                continue  # 市中区, 高新区 …: also a place at home
            if name[-1] not in "市区县盟州旗" and _STREET_AHEAD.match(text, len(name)):
                continue
            return code, text[len(name) :]
        return None, text

    def _starting(self, text: str, names: dict[str, str]) -> list[str]:
        """The names that a text begins with, the longest first; found by their first two characters."""
        return [name for name in self._by_start[id(names)].get(text[:2], ()) if text.startswith(name)]

    def _inside_home(self, text: str, named: bool) -> Place:
        district = area = None
        former = False
        if match := self._district.search(text):
            district, former = self._exact[match[0]]
        if match := self._area.search(text):
            area, old = self._exact[match[0]]
            former = former or old
        street = None
        found = self._street.search(text)
        if found and (place := self._streets[found[0]]):
            street = found[0]
            if place in self.districts:
                district = place
            else:
                area = place
        if district or area:
            return Place(self.home, district, area, street, former)
        return Place(city=self.home) if named else NOWHERE

    def label(self, id: str | None, language: str = "zh") -> str:
        row = self.names.get(id or "")
        return (id or "") if row is None else row["name_en" if language.startswith("en") else "name"]


@lru_cache(maxsize=8)
def places(home: str) -> Places:
    return Places(home)
