"""The register's own record kinds: enterprises, figures, evidence, honours."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from registry import fields, former, industries
from registry.kind import Beside, Kind, Record, Row
from registry.models import Enterprise, Evidence, Figures, Honour, KnownName
from registry.naming.codes import looks_like_code
from registry.naming.normal import legal_form, normal_form, split_names
from registry.places import Place, Places, places
from registry.settings import Settings


def kinds(settings: Settings) -> tuple[Kind, ...]:
    at_home = places(settings.city.code)
    return (
        Kind("enterprises", "enterprise", "profile", "企业", "Enterprises", Enterprise, fields.ENTERPRISES, "spans",
             effective="effective_on", founding=True,
             check=_enterprise_check(at_home), repeats=former.repeated, finish=_enterprise_finish(settings.city.code),
             beside=(Beside(KnownName, ("uscc", "role", "key", "name"), _known_names),), several_codes=_several_codes),
        Kind("figures", "figures", "figures", "年度数据", "Figures", Figures, fields.FIGURES, "dates",
             key=("year",), key_says=False, by_name=True, required=("year",), check=_figures_check),
        Kind("evidence", "evidence", "evidence", "佐证", "Evidence", Evidence, fields.EVIDENCE, "spans",
             effective="effective_on", key_says=False, by_name=True, list_day=("effective_on",), check=_check_name),
        Kind("honours", "honour", "honours", "荣誉", "Honours", Honour, fields.HONOURS, "dates",
             key=("honour", "on", "title"), by_name=True, list_day=("on",), required=("honour", "on"), check=_honour_check,
             announced=3),
    )  # fmt: skip


def check_present(row: Row, *required: str) -> None:
    """Refuse a row that lacks a key field, unless the cell was already refused as unreadable."""
    noted = {note.field for note in row.notes}
    for name in required:
        if row.values.get(name) is None and name not in noted:
            row.note("date_unreadable" if name in DAYS else "value_unknown", name, "", "refused")


DAYS = {"on", "stage_on", "entered_on", "year", "issued_on"}


def _check_name(row: Row, _today: str) -> None:
    if (name := row.values.get("name")) and not row.values.get("uscc") and looks_like_code(name):
        row.note("uscc_misplaced", "name", name, "refused")


def _figures_check(row: Row, today: str) -> None:
    _check_name(row, today)
    check_present(row, "year")
    if (row.values.get("year") or 0) > int(today[:4]):
        row.note("date_future", "year", row.values["year"], "refused")


check_name: Callable[[Row, str], None] = _check_name


def _honour_check(row: Row, today: str) -> None:
    _check_name(row, today)
    check_present(row, "honour", "on")
    if row.values.get("until") and row.values.get("on") and row.values["until"] < row.values["on"]:
        row.note("date_order", "until", f"{row.values['on']} – {row.values['until']}", "refused")


def _enterprise_check(at_home: Places) -> Callable[[Row, str], None]:
    def check(row: Row, today: str) -> None:
        values = row.values
        name = values.get("name")
        if name and looks_like_code(name):
            row.note("uscc_misplaced", "name", name, "refused")
        if (values.get("founded_on") or "") > today:
            row.note("date_future", "founded_on", values.pop("founded_on"))
        settle_place(row, at_home)
        by_code = industries.digital_by_code(values.get("industry"))
        if values.get("digital_core") and by_code and values["digital_core"] != by_code:
            row.note("digital_core_differs", "digital_core", values["digital_core"])

    return check


def settle_place(row: Row, at_home: Places) -> None:
    """Turn what was typed as city, district, area and address into ids (README, City and Place).

    A typed column beats the address; an unknown district is noted and left out. Columns that the row does not have
    and the address does not tell stay out of the row: they say nothing.
    """
    values = row.values
    typed = [values.pop(column) if values.get(column) else None for column in ("city", "district", "area")]
    address = values.get("address")
    there = at_home.read_address(address) if address else None
    told, notes = _told(at_home, *typed, there, values.pop("city_of_list", None))
    for code, column, text in notes:
        row.note(code, column, text)
    if there and there.former:
        row.note("former_district", "address", address)
    for column, id in told:  # what the row itself gave, were it "no value", stands
        values.setdefault(column, id)


@lru_cache(maxsize=20_000)
def _told(
    at_home: Places, city: str | None, district: str | None, area: str | None, there: Place | None, of_list: str | None
) -> tuple[Sequence[tuple[str, str]], Sequence[tuple[str, str, str]]]:  # fmt: skip
    """What typed cells, an address and the city of the whole list tell together: (column, id), and notes on the cells.

    Lists name few places, and each combination is thought over once.
    """
    read: dict[str, Place] = {}
    notes = []
    for column, typed in (("city", city), ("district", district), ("area", area)):
        if not typed:
            continue
        place = at_home.read_city(typed) if column == "city" else at_home.read_district(typed)
        if not place.city:
            notes.append(("district_unknown", column, typed))
            continue
        read[column] = place
        if place.former:
            notes.append(("former_district", column, typed))
        elif column != "city" and place.city == at_home.home and not (place.district or place.area):
            notes.append(("district_unknown", column, typed))
    if there:
        read["address"] = there
    order = [read[c] for c in ("district", "area", "city", "address") if c in read]
    if of_list is not None:
        order.append(at_home.read_city(of_list))
    told: dict[str, str] = {}
    if "city" in read:
        told["city"] = read["city"].city or ""
    for place in order:
        for column, id in zip(("city", "district", "area", "street"), place[:4], strict=True):
            if id:
                told.setdefault(column, id)
    return tuple(told.items()), tuple(notes)


def _enterprise_finish(home: str) -> Callable[[list[Record]], None]:
    def finish(records: list[Record]) -> None:
        # A span before the firm's name is known is no firm yet.
        records[:] = [record for record in records if record.get("name")]
        for record in records:
            record["name_key"] = normal_form(record["name"])
            record["legal_form"] = legal_form(record["uscc"], record.get("enterprise_type"))
            record["city"] = record.get("city") or home
            if record.get("registered_capital") is not None:
                record["registered_capital"] = str(record["registered_capital"])

    return finish


def _known_names(records: Sequence[Record]) -> list[tuple[str, str, str, str]]:
    """Former and short names of all versions of a firm, and its other codes: they keep finding it for ever."""
    found: dict[tuple[str, str], str] = {}
    for record in records:
        if former := record.get("former_names"):
            for name in split_names(former):
                found["former", normal_form(name)] = name
        if short := record.get("short_name"):
            found["short", normal_form(short)] = short
        if code := record.get("other_code"):
            found["code", code] = code
    return [(records[0]["uscc"], role, key, name) for (role, key), name in found.items()]


def _several_codes(records: Sequence[Record], alone: Mapping[str, Sequence[Record]]) -> Sequence[Record]:
    """The firm's versions with those of each code alone beside them: a name borne under one of the codes only is a former
    name to whoever looks for it."""
    if not records:
        return records
    firm, borne = records[0]["uscc"], {record["name_key"] for record in records}
    told = list(records)
    for code, versions in alone.items():
        if code != firm:
            told.append({**records[-1], "other_code": code})
        for version in versions:
            names = split_names(version.get("former_names") or "")
            if version["name_key"] not in borne:
                names.append(version["name"])
            told.append({**version, "uscc": firm, "former_names": ";".join(names) or None})
    return told
