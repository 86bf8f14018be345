"""The count: every target, tier and breakdown of one day, as the document that ``count --json`` answers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from registry import codes, industries, words
from registry.places import Places, places
from tiers import members
from tiers.entries import laid_out, unit_cells, with_filed, with_goal, without_place
from tiers.filed import Filed, filed
from tiers.members import Dimension, Question
from tiers.targets import REVENUE_FLOORS, Target, complete_round, plan, plan_id

Counts = dict[str, Any]
DIMENSIONS = ("district", "area", "industry", "ownership")
UNKNOWN = "unknown"
TIER_FIELDS = (
    "titles_cumulative",
    "titles_valid",
    "firms_valid",
    "review_pending",
    "new_this_year",
    "expiring_180d",
)


def dimension(question: Question, by: str | None) -> Dimension:
    """What a breakdown goes by: a column of the firm, or what a room adds. Such memberships are joined, so that a firm
    counts under each of its keys."""
    if question.added is None or by != question.added.id:
        return Dimension(dimension_sql(by))
    return Dimension(
        f"coalesce(added.key, '{UNKNOWN}')",
        f" left join ({question.added.memberships}) added on added.uscc = h.uscc",
    )


def dimension_sql(by: str | None) -> str:
    """The column of ``home h`` that a breakdown goes by; industry by its division's letter and two digits."""
    match by:
        case None:
            return "''"
        case "area":  # management unit: the functional area where there is one, else the district
            return "coalesce(h.area, h.district, 'unknown')"
        case "industry":
            return "coalesce(substr(h.industry, 1, 3), 'unknown')"
        case _:
            return f"coalesce(h.{members.word(by)}, 'unknown')"


def listed_answers(
    connection: Connection, question: Question, by: str | None = None
) -> list[tuple[Any, str]]:
    """Every listed home firm with its answer: ``yes`` (manufacturing or digital core), ``no`` or ``unknown``."""
    goes_by = dimension(question, by)
    rows = question.ask(
        connection,
        f"""select h.uscc, h.name, h.industry, h.digital_core, m.board, m.record, m.filing, m.row,
                   {goes_by.key} as dimension
            from ({members.listed(question)}) m join home h on h.uscc = m.uscc{goes_by.join}
            order by h.uscc, m.board""",
    )
    return [(row, counts_as_listed(row.industry, row.digital_core)) for row in rows]


def counts_as_listed(industry: str | None, mark: str | None) -> str:
    """Manufacturing counts; else digital core: the firm's mark wins, then the code where it is clear."""
    if industries.is_manufacturing(industry) or mark == "yes":
        return "yes"
    if mark == "no":
        return "no" if industry else "unknown"
    return industries.digital_by_code(industry) or UNKNOWN


def target_counts(
    connection: Connection, question: Question, by: str | None = None
) -> dict[str, dict[str, Counts]]:
    """dimension value → target → ``{"value", "unknown"}`` (and ``this_year``, ``domestic``, ``overseas`` where asked)."""
    found: dict[str, dict[str, Counts]] = defaultdict(dict)
    goes_by = dimension(question, by)
    for target in plan(question.settings.targets.plan):
        if target.id == "listed":
            _listed(connection, question, by, found)
        elif target.id == "quality-firms":
            continue  # comes with the quality counts
        elif sql := members.members(target, question):
            counted = "count(*)" if target.source == "tags" else "count(distinct m.uscc)"
            asked = members.by(sql, goes_by, counted) if by else members.total(sql, counted)
            for key, value in question.ask(connection, asked):
                found[key][target.id] = {"value": value, "unknown": 0}
    _this_round(connection, question, by, found)
    return found


def _listed(
    connection: Connection, question: Question, by: str | None, found: dict[str, dict[str, Counts]]
) -> None:
    abroad = members.boards_abroad()
    firms: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row, answer in listed_answers(connection, question, by):
        firms[row.dimension][answer].add(row.uscc)
        if answer == "yes":
            firms[row.dimension]["overseas" if row.board in abroad else "domestic"].add(row.uscc)
    for key, sets in firms.items():
        split = {side: len(sets[side]) for side in ("domestic", "overseas")}
        found[key]["listed"] = {"value": len(sets["yes"]), "unknown": len(sets[UNKNOWN]), **split}


def _this_round(
    connection: Connection, question: Question, by: str | None, found: dict[str, dict[str, Counts]]
) -> None:
    """Beside the latest complete round of tech SMEs, this year's so far."""
    if complete_round(question.day) == question.day.year:
        return
    sql = members.tech_round(question.day.year)
    for key, value in question.ask(
        connection, members.by(sql, dimension(question, by)) if by else members.total(sql)
    ):
        found[key].setdefault("tech-sme", {"value": 0, "unknown": 0})["this_year"] = value


def revenue_counts(connection: Connection, question: Question, by: str | None = None) -> dict[str, Counts]:
    """dimension value → revenue class → firms; every home firm is in exactly one class."""
    cases = " ".join(f"when f.revenue >= {floor} then '{name}'" for name, floor in REVENUE_FLOORS.items())
    found: dict[str, Counts] = defaultdict(lambda: dict.fromkeys((*REVENUE_FLOORS, "below", UNKNOWN), 0))
    key, where = ("''", "f.uscc not in (select uscc from away)")
    source = "figures f"
    join = ""
    if by:
        key, join = dimension(question, by)
        where, source = "1 = 1", f"figures f join home h on h.uscc = f.uscc{join}"
    for value, name, firms in question.ask(
        connection,
        f"""select {key}, case {cases} else 'below' end, count(*) from {source}
            where f.year = :revenue_year and f.revenue is not null and {where} group by 1, 2""",
    ):
        found[value][name] = firms
    for value, firms in question.ask(connection, f"select {key}, count(*) from home h{join} group by 1"):
        found[value][UNKNOWN] = firms - sum(found[value].values())
    return found


def quality_counts(connection: Connection, question: Question, by: str | None = None) -> dict[str, Counts]:
    """dimension value → the ``quality`` document. Cumulative titles go by where the firm is on the day."""
    order = question.settings.quality.order
    ranks = " ".join(f"when '{members.word(tier)}' then {rank}" for rank, tier in enumerate(order))
    found: dict[str, Counts] = defaultdict(
        lambda: {
            "titles_cumulative": 0,
            "titles_valid": 0,
            "firms_valid": 0,
            "firms_by_highest_tier": dict.fromkeys(order, 0),
        }
    )
    held = f"""select t.uscc, min(case t.tier {ranks} else {len(order)} end) as best, count(*) as titles
               from title t where {members.IN_FORCE} and {question.quality} group by t.uscc"""
    key, where = ("''", "where q.uscc not in (select uscc from away)")
    if by:
        key, join = dimension(question, by)
        where = f"join home h on h.uscc = q.uscc{join}"
    for value, best, firms, titles in question.ask(
        connection, f"select {key}, q.best, count(*), sum(q.titles) from ({held}) q {where} group by 1, 2"
    ):
        quality = found[value]
        tier = order[best] if best < len(order) else "other"
        quality["firms_by_highest_tier"][tier] = quality["firms_by_highest_tier"].get(tier, 0) + firms
        quality["firms_valid"] += firms
        quality["titles_valid"] += int(titles)
    return found


def tier_counts(connection: Connection, question: Question) -> list[Counts]:
    """One entry per tier and level that was ever held, in the ladder's order."""
    found: dict[tuple[str, str], Counts] = defaultdict(lambda: dict.fromkeys(TIER_FIELDS, 0))
    here = "t.uscc not in (select uscc from away)"
    for tier, level, titles, expiring in question.ask(
        connection,
        f"""select t.tier, t.level, count(*), sum(case when t.valid_to <= :soon then 1 else 0 end)
            from title t where {members.IN_FORCE} and {here} group by t.tier, t.level""",
    ):
        # On any day one firm holds a title once, so titles are firms, except where a tier has kinds.
        found[tier, level].update(titles_valid=titles, firms_valid=titles, expiring_180d=int(expiring))
    kinds = members.words(row["id"] for row in codes.load("codes/tiers").rows if row["kinds"])
    for tier, level, firms in question.ask(
        connection,
        f"""select t.tier, t.level, count(distinct t.uscc) from title t
            where t.tier in ({kinds}) and {members.IN_FORCE} and {here} group by t.tier, t.level""",
    ):
        found[tier, level]["firms_valid"] = firms
    for tier, level, ever in question.ask(
        connection,
        f"""select t.tier, t.level, count(*) from title t
            where t.issued <= :day and t.first = 1 and {members.BELONGED} group by t.tier, t.level""",
    ):
        found[tier, level]["titles_cumulative"] = ever
    for tier, level, new in question.ask(
        connection,
        f"""select t.tier, t.level, count(distinct t.uscc || t.kind) from title t
            where t.issued >= :january and t.issued <= :day and t.basis = 'new' and {members.BELONGED}
            group by t.tier, t.level""",
    ):
        found[tier, level]["new_this_year"] = new
    pending = members.REVIEW_PENDING
    for tier, level, firms in question.ask(
        connection,
        f"""select m.tier, m.level, count(distinct m.uscc) from ({pending}) m
            where m.uscc not in (select uscc from away) group by m.tier, m.level""",
    ):
        found[tier, level]["review_pending"] = firms
    order = [row["id"] for row in codes.load("codes/tiers").rows]
    levels = list(words.vocabulary("level"))
    keys = sorted(found, key=lambda k: (order.index(k[0]), levels.index(k[1])))
    return [{"tier": tier, "level": level, **found[tier, level]} for tier, level in keys]


def quality_pending(connection: Connection, question: Question, by: str | None = None) -> dict[str, int]:
    """dimension value → firms without a valid quality title whose review of one is pending."""
    sql = members.quality_pending(question)
    asked = members.by(sql, dimension(question, by)) if by else members.total(sql)
    return {key: value for key, value in question.ask(connection, asked) if value}


def outside(connection: Connection, question: Question) -> int:
    """Firms on the register that exist on the day and belong to another place."""
    sql = """select count(*) from enterprise where from_day <= :day and to_day > :day and city <> :home
             and (status is null or status = 'active') and (founded_on is null or founded_on <= :day)"""
    return int(question.ask(connection, sql)[0][0])


def register_revenue(connection: Connection, question: Question) -> int | None:
    """The register's own sum of above-scale industrial revenue, shown beside the filed figure; yuan."""
    # A firm may be on the list by two memberships at once; its accounts are one.
    sql = f"""select sum(f.revenue) from figures f join resident h on h.uscc = f.uscc
              where f.year = :revenue_year and f.uscc in (select m.uscc from ({members.ABOVE_SCALE}) m)"""
    total = question.ask(connection, sql)[0][0]
    return None if total is None else int(total)


def count(connection: Connection, question: Question, known_at: str | None, by: str | None = None) -> Counts:
    """The whole document. ``known_at`` is the instant to print; ``connection`` already holds what was known then."""
    with question.prepared(connection):
        return _count(connection, question, known_at, by)


def _count(connection: Connection, question: Question, known_at: str | None, by: str | None) -> Counts:
    revenue = revenue_counts(connection, question)[""]
    tiers = tier_counts(connection, question)
    quality = quality_counts(connection, question)[""]
    quality["titles_cumulative"] = sum(
        entry["titles_cumulative"] for entry in tiers if question.is_quality(entry["tier"], entry["level"])
    )
    totals = target_counts(connection, question)[""]
    totals["quality-firms"] = {"value": quality["firms_valid"], "unknown": 0}
    pending = quality_pending(connection, question).get("", 0)
    reported = filed(connection, places(question.settings.city.code).names)
    targets = [
        _target(connection, target, question, totals, revenue, pending, reported)
        for target in plan(question.settings.targets.plan)
    ]  # fmt: skip
    document: Counts = {
        "as_of": question.day.isoformat(),
        "known_at": known_at,
        "outside": outside(connection, question),
        "plan": plan_id(question.settings.targets.plan),
        "targets": targets,
        "tiers": tiers,
        "quality": quality,
        "revenue": {"period": str(question.revenue_year), **revenue},
    }
    if by:
        document["by"] = breakdown(connection, question, by, reported)
    return document


def _target(connection: Connection, target: Target, question: Question, totals: Mapping[str, Counts],
            revenue: Counts, pending: int, reported: Filed) -> Counts:  # fmt: skip
    counted = totals.get(target.id, {"value": 0, "unknown": 0})
    by_department = members.members(target, question) is None and target.id != "quality-firms"
    value = None if by_department else counted["value"]
    review = pending if target.id == "quality-firms" else 0
    if review and question.settings.review.include_review_pending:
        value = (value or 0) + review
    period = question.day.isoformat()
    is_pending = False
    if target.id.startswith("revenue-") and not by_department:
        period = str(question.revenue_year)
        counted = {**counted, "unknown": revenue[UNKNOWN]}
    elif target.id == "tech-sme":
        period = str(complete_round(question.day))
    elif target.basis == "year":
        period = str(question.day.year)
        is_pending = complete_round(question.day) < question.day.year
    entry: Counts = {
        "id": target.id,
        "name": target.name,
        "name_en": target.name_en,
        "goal": None,
        "unit": target.unit,
        "direction": target.direction,
        "due": target.due,
        "basis": target.basis,
        "period": period,
        "value": value,
        "rate": None,
        "unknown": None if by_department else counted["unknown"],
        "review_pending": review,
        "pending": is_pending,
        "source": "filed" if by_department else target.source,
    }
    if by_department or target.also_filed:
        with_filed(entry, target, question.day, reported)
    with_goal(entry, target, question.day, reported)
    entry.update({k: counted[k] for k in ("this_year", "domestic", "overseas") if k in counted})
    if target.id == "revenue-total":
        entry["register_sum"] = register_revenue(connection, question)
    return entry


def breakdown(connection: Connection, question: Question, by: str, reported: Filed) -> list[Counts]:
    """Rows that add up to the total, the known ones in their order and one row ``unknown`` at the end. By what a room
    adds (chains) a firm counts in each of its rows, so these do not add up.

    By management unit each cell has its ``goal`` and ``rate``, and figures that units filed stand beside those counted.
    """
    targets = target_counts(connection, question, by)
    quality = quality_counts(connection, question, by)
    for key, ever in _cumulative_by(connection, question, by).items():
        quality[key]["titles_cumulative"] = ever
    revenue = revenue_counts(connection, question, by)
    counts_pending = question.settings.review.include_review_pending
    added = quality_pending(connection, question, by) if counts_pending else {}
    at_home = places(question.settings.city.code)
    planned = {t.id: t for t in plan(question.settings.targets.plan)}
    counted = [t.id for t in planned.values() if t.id == "quality-firms" or members.members(t, question)]
    said = unit_cells(planned, question.day, reported) if by == "area" else {}
    rows: list[Counts] = []
    seen = {*targets, *quality, *revenue, *added}
    for key in _keys(by, at_home, seen, question.added.keys(connection) if question.added else ()):
        cells: dict[str, Counts] = {id: {"value": 0, "unknown": 0} for id in counted}
        cells.update(
            {id: {"value": c["value"], "unknown": c["unknown"]} for id, c in targets.get(key, {}).items()}
        )
        cells["quality-firms"] = {"value": quality[key]["firms_valid"] + added.get(key, 0), "unknown": 0}
        for id in ("revenue-10bn", "revenue-1bn"):
            if id in cells:
                cells[id]["unknown"] = revenue[key][UNKNOWN]
        if by == "area":
            of_unit = said.get(key, {})
            cells = {
                id: laid_out(cells.get(id, {}), planned[id], of_unit.get(id, {}))
                for id in planned
                if id in cells or id in of_unit
            }
        rows.append(
            {"key": key, "name": _name(question, by, key, at_home), "targets": cells, "quality": quality[key]}
        )
    without_place(rows[-1]["targets"], planned.values(), question.day, reported, said)
    return rows


def _cumulative_by(connection: Connection, question: Question, by: str) -> Counter[str]:
    """Quality titles ever issued, by where the firm was last on or before the day."""
    goes_by = dimension(question, by)
    sql = f"""select {goes_by.key} as key, sum(t.first) from title t
              join enterprise h on h.uscc = t.uscc and h.city = :home and h.from_day <= :day and h.to_day > t.issued
               and h.from_day = (select max(l.from_day) from enterprise l where l.uscc = t.uscc and l.city = :home
                                 and l.from_day <= :day and l.to_day > t.issued){goes_by.join}
              where t.first = 1 and t.issued <= :day and {question.quality} group by 1"""
    return Counter({key: int(value) for key, value in question.ask(connection, sql)})


def _name(question: Question, by: str, key: str, at_home: Places) -> str:
    added = question.added
    return added.name(key, "zh") if added and added.id == by and key != UNKNOWN else name_of(by, key, at_home)


def _keys(by: str, at_home: Places, seen: set[str], added: Sequence[str] = ()) -> list[str]:
    if added:
        known = list(added)
    elif by == "district":
        known = [id for id in at_home.names if id in at_home.districts]
    elif by == "area":
        known = list(at_home.names)
    elif by == "ownership":
        known = list(words.vocabulary("ownership"))
    else:
        known = sorted(seen - {UNKNOWN})
    # "unknown" is a word of the ownership vocabulary too: one row for both.
    known = [key for key in known if key != UNKNOWN]
    return [*known, *sorted(seen - set(known) - {UNKNOWN}), UNKNOWN]


def name_of(by: str, key: str, at_home: Places, language: str = "zh") -> str:
    if key == UNKNOWN:
        return "unknown" if language.startswith("en") else "未知"
    if by in ("district", "area"):
        return at_home.label(key, language)
    return words.label("ownership", key, language) if by == "ownership" else industries.name_of(key, language)
