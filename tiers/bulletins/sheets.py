"""The lists behind a bulletin's numbers: the firms of targets, of bridges, of tiers, and the titles that end. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from registry.kind import Record
from tiers.bulletins.blocks import Column, Sheet
from tiers.bulletins.facts import QUALITY, Facts
from tiers.bulletins.steps import step_name
from tiers.bulletins.wording import continuation

#: What a workbook takes as the name of a sheet.
LONGEST_NAME = 31
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")
EXPIRING = "expiring"


def of_target(id: str) -> str:
    return f"target:{id}"


def of_bridge(id: str) -> str:
    return f"bridge:{id}"


def of_tier(tier: str, level: str, measure: str) -> str:
    return f"tier:{tier}:{level}:{measure}"


@dataclass
class Sheets:
    """The sheets of one bulletin in their order; ``unit`` narrows them to the firms of one management unit."""

    facts: Facts
    unit: str | None = None
    held: dict[str, Sheet] = field(default_factory=dict)

    def has(self, id: str) -> str | None:
        """The id, where there is such a sheet: what a cell or run refers to."""
        return id if id in self.held else None

    def number(self, id: str | None) -> str:
        """What documents on paper call it: 附1; empty without one."""
        if id is None or id not in self.held:
            return ""
        return self.held[id].name.partition(" ")[0]

    def add(
        self, id: str, title: str, short: str, columns: tuple[Column, ...], rows: Sequence[tuple[str, ...]]
    ) -> None:
        """An empty list gets no sheet."""
        if not rows or id in self.held:
            return
        number = f"{self.facts.speech.say('附', 'A')}{len(self.held) + 1}"
        name = _NOT_IN_NAMES.sub(" ", f"{number} {short}")[:LONGEST_NAME].strip()
        self.held[id] = Sheet(id, title, name, columns, rows)

    # What there is to list -----------------------------------------------------------------------

    def add_targets(self) -> None:
        for entry in self.facts.counted:
            if entry["value"]:
                name = self.facts.indicator(entry)
                self.add(of_target(entry["id"]), name, name, self._columns(("依据", "Because", 4)),
                         list(self._target_rows(entry["id"])))  # fmt: skip

    def add_tiers(self) -> None:
        say, facts = self.facts.speech.say, self.facts
        held = self._held_titles()
        for entry in facts.snapshot.count["tiers"]:
            tier, level = entry["tier"], entry["level"]
            key = f"{tier}:{level}"
            lists: list[tuple[str, str, list[tuple[str, ...]]]] = [
                ("firms_valid", say("有效", "in force"), held.get(key, [])),
                ("new_this_year", say("本年新增", "new this year"), self._frozen_rows(facts.parts["tiers"]["new_this_year"].get(key, ()))),
                ("review_pending", say("复核中", "in review"), self._frozen_rows(facts.parts["tiers"]["review_pending"].get(key, ()))),
            ]  # fmt: skip
            for measure, said, rows in lists:
                columns = (
                    self._columns(("有效期", "Term", 3)) if measure == "firms_valid" else self._columns()
                )
                title = f"{facts.tier(tier, level)} · {said}"
                self.add(of_tier(tier, level, measure), title, f"{facts.tier(tier, level, short=True)} {said}",
                         columns, rows)  # fmt: skip

    def add_bridges(self) -> None:
        say = self.facts.speech.say
        for entry in self.facts.counted:
            bridge = self.facts.bridge(entry["id"])
            if bridge is not None:
                name = self.facts.indicator(entry)
                columns = self._columns(("变动", "What happened", 2), ("增减", "Change", 1))
                self.add(of_bridge(entry["id"]), say(f"{name}变动", f"{name}: what changed"),
                         say(f"变动 {name}", f"Changes {name}"), columns, list(self._bridge_rows(bridge)))  # fmt: skip

    def add_expiring(self) -> None:
        say, facts = self.facts.speech.say, self.facts
        columns = self._columns(
            ("称号", "Title", 3), ("有效期至", "Last day", 1.4), ("办理事项", "What to do", 5),
            ("办理期限", "By", 1.4), ("依据", "Document", 3),
        )  # fmt: skip
        rows = [
            (one["uscc"], one["name"], facts.unit(one["unit"]), facts.tier(one["tier"], one["level"]), one["last"],
             *continuation(facts.speech, one), one["document"])
            for one in facts.expiring if self._shows(one["uscc"], one["unit"])
        ]  # fmt: skip
        title = say(f"{facts.ahead}天内到期称号", f"Titles that end within {facts.ahead} days")
        self.add(EXPIRING, title, say("到期称号", "Titles that end"), columns, rows)

    # Rows ------------------------------------------------------------------------------------

    def _columns(self, *more: tuple[str, str, float]) -> tuple[Column, ...]:
        say = self.facts.speech.say
        first = (Column(say("统一社会信用代码", "Credit code"), 2.2), Column(say("企业名称", "Name"), 4),
                 Column(say("管理单位", "Unit"), 1.8))  # fmt: skip
        return (*first, *(Column(say(zh, en), width) for zh, en, width in more))

    def _shows(self, uscc: str, unit: str | None) -> bool:
        return self.facts.names_firm(uscc) and (self.unit is None or unit == self.unit)

    def _target_rows(self, id: str) -> Iterator[tuple[str, ...]]:
        names: dict[str | None, str] = {}
        for firm in self.facts.firms(id):
            unit = firm.get("unit")
            if self._shows(firm["uscc"], unit):
                if unit not in names:
                    names[unit] = self.facts.unit(unit)
                yield firm["uscc"], firm["name"], names[unit], self._because(firm["why"])

    def _because(self, whys: Sequence[Mapping[str, Any]]) -> str:
        return "；".join(self._why(why) for why in whys)

    def _why(self, why: Mapping[str, Any]) -> str:
        """A title with its term; of another record the day or year that it counts by, and its place on file."""
        facts, say = self.facts, self.facts.speech.say
        if why.get("tier"):
            return f"{facts.tier(why['tier'], why.get('level') or '')}{_term(facts, why)}"
        record = facts.called(facts.names["records"].get(why["record"], [why["record"]] * 2))
        told = [str(why["title"])] if why.get("title") else []
        if day := why.get("entered_on") or why.get("stage_on") or why.get("on"):
            told.append(str(day))
        if why.get("year"):
            told.append(say(f"{why['year']}年度", str(why["year"])))
        if why.get("revenue") is not None:
            told.append(facts.speech.amount(why["revenue"], "yuan"))
        told.append(say(f"入库{why['filing']}第{why['row']}行", f"filing {why['filing']}, row {why['row']}"))
        return say(f"{record}（{'，'.join(told)}）", f"{record} ({', '.join(told)})")

    def _held_titles(self) -> dict[str, list[tuple[str, ...]]]:
        """``tier:level`` → the firms that hold it, as the lists of targets tell it."""
        found: dict[str, list[tuple[str, ...]]] = {}
        for target in (QUALITY, "high-tech"):
            if not self.facts.targets.get(target, {}).get("value"):
                continue
            for firm in self.facts.firms(target):
                if not self._shows(firm["uscc"], firm.get("unit")):
                    continue
                for why in firm["why"]:
                    if why.get("tier") and (target == QUALITY or why["tier"] == "high_tech"):
                        row = (
                            firm["uscc"],
                            firm["name"],
                            self.facts.unit(firm.get("unit")),
                            _term(self.facts, why),
                        )
                        found.setdefault(f"{why['tier']}:{why.get('level')}", []).append(row)
        return found

    def _frozen_rows(self, rows: Sequence[Sequence[Any]]) -> list[tuple[str, ...]]:
        return [(uscc, name, self.facts.unit(unit)) for uscc, name, unit in rows if self._shows(uscc, unit)]

    def _bridge_rows(self, bridge: Record) -> Iterator[tuple[str, ...]]:
        facts = self.facts
        moved = facts.parts["moved"]
        for step in bridge["steps"]:
            removed = set(step.get("removed", () if step["delta"] > 0 else step["firms"]))
            for uscc in step["firms"]:
                sign = -1 if uscc in removed else 1
                firm = moved.get(uscc, {})
                unit = (
                    (firm.get("is") or firm.get("was")) if sign > 0 else (firm.get("was") or firm.get("is"))
                )
                if self._shows(uscc, unit):
                    yield (uscc, firm.get("name") or facts.speech.say("名称不详", "name unknown"), facts.unit(unit),
                           step_name(step["reason"], facts.speech), facts.speech.delta(sign))  # fmt: skip


def _term(facts: Facts, why: Mapping[str, Any]) -> str:
    if not why.get("valid_from") and not why.get("valid_to"):
        return ""
    first, last = why.get("valid_from") or "", why.get("valid_to") or ""
    return facts.speech.say(f"（{first}至{last}）", f" ({first} to {last})")
