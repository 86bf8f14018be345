"""Counting everything on a day over a million firms with three million titles: against SQL written by hand.

The peer gives the same numbers on the same database in as few passes as a person would write: one over the titles in
force joined to the firms that are here, one over the titles ever issued, one over the accounts.
"""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text

from registry.house import House
from tests.bench.report import say, timed
from tiers.count import count
from tiers.members import Question

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]
DAY = date(2025, 12, 31)
HOME = """with home as (select uscc from enterprise where from_day <= '2025-12-31' and to_day > '2025-12-31' and city = '370100'
  and (status is null or status = 'active') and (founded_on is null or founded_on <= '2025-12-31'))"""
QUALITY = "('innovative_sme', 'srdi', 'little_giant', 'single_champion', 'gazelle', 'unicorn')"
BY_HAND = [
    # tiers in force, and what expires
    f"""{HOME} select t.tier, t.level, count(*), count(distinct t.uscc), sum(t.valid_to <= '2026-06-28') from title t
        join home h on h.uscc = t.uscc where t.valid_from <= '2025-12-31' and t.ends_on > '2025-12-31' group by 1, 2""",
    # ever issued, and new this year
    """select t.tier, t.level, sum(t.first),
              count(distinct case when t.basis = 'new' and t.issued >= '2025-01-01' then t.uscc || t.kind end)
       from title t where t.issued <= '2025-12-31' and exists (select 1 from enterprise e where e.uscc = t.uscc
         and e.city = '370100' and e.from_day <= '2025-12-31' and e.to_day > t.issued) group by 1, 2""",
    # quality firms by their highest tier
    f"""{HOME} select best, count(*), sum(n) from (select t.uscc, min(case t.tier when 'single_champion' then 0
          when 'unicorn' then 1 when 'little_giant' then 2 when 'gazelle' then 3 when 'srdi' then 4 else 5 end) as best,
          count(*) as n
          from title t join home h on h.uscc = t.uscc where t.tier in {QUALITY} and t.valid_from <= '2025-12-31'
          and t.ends_on > '2025-12-31' group by t.uscc) group by 1""",
    # high-tech firms; tech SMEs of the round; above-scale; listed
    f"""{HOME} select count(distinct t.uscc) from title t join home h on h.uscc = t.uscc
        where t.tier = 'high_tech' and t.valid_from <= '2025-12-31' and t.ends_on > '2025-12-31'""",
    f"""{HOME} select count(distinct t.uscc) from title t join home h on h.uscc = t.uscc
        where t.tier = 'tech_sme' and t.issued between '2025-01-01' and '2025-12-31'""",
    f"{HOME} select count(*) from above_scale m join home h on h.uscc = m.uscc where m.entered_on <= '2025-12-31'",
    f"{HOME} select count(*) from listing l join home h on h.uscc = l.uscc where l.stage = 'listed'",
    # revenue classes
    f"""{HOME} select case when f.revenue is null then 'unknown' when f.revenue >= 1e11 then '100bn'
          when f.revenue >= 1e10 then '10bn' when f.revenue >= 1e9 then '1bn' when f.revenue >= 1e8 then '100m'
          else 'below' end, count(*)
        from home h left join figures f on f.uscc = h.uscc and f.year = 2024 group by 1""",
    # firms elsewhere; honours
    "select count(*) from enterprise where from_day <= '2025-12-31' and to_day > '2025-12-31' and city <> '370100'",
    f"{HOME} select t.honour, count(*) from honour t join home h on h.uscc = t.uscc where t.\"on\" <= '2025-12-31' group by 1",
]


def test_counting_everything(million: House) -> None:
    question = Question(DAY, million.settings)
    with million.store.read() as connection:
        by_hand, answers = timed(lambda: [connection.execute(text(sql)).all() for sql in BY_HAND])
        ours, document = timed(lambda: count(connection, question, "now"))
        again, _ = timed(lambda: [connection.execute(text(sql)).all() for sql in BY_HAND])
    # The same numbers, or the comparison says nothing.
    tiers = {(t["tier"], t["level"]): t for t in document["tiers"]}
    for tier, level, titles, firms, expiring in answers[0]:
        entry = tiers[tier, level]
        assert (entry["titles_valid"], entry["firms_valid"], entry["expiring_180d"]) == (
            titles,
            firms,
            expiring,
        )
    for tier, level, ever, new in answers[1]:
        assert (tiers[tier, level]["titles_cumulative"], tiers[tier, level]["new_this_year"]) == (ever, new)
    assert document["quality"]["firms_valid"] == sum(row[1] for row in answers[2])
    targets = {t["id"]: t["value"] for t in document["targets"]}
    assert (targets["high-tech"], targets["tech-sme"]) == (answers[3][0][0], answers[4][0][0])
    by_class = {row[0]: row[1] for row in answers[7]}
    assert {name: document["revenue"][name] for name in by_class} == by_class
    say("count of everything on a day", ours, {"SQL by hand": min(by_hand, again)}, ("SQL by hand", 1.5))
