"""A small event for tests: three demands, five firms, all of them on record."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from registry.house import House
from tests.registry.house import Time, code, file_rows, open_test_house

#: Buyers are firms 1 and 2, and one that is not on the register; suppliers are 11 to 15.
MOTOR, VALVE, CASTING = "D1", "D2", "D3"
EVENT = "E1"
FIRMS = [code(n) for n in (11, 12, 13, 14, 15)]


@contextmanager
def small_city(url: str, var: Path, time: Time | None = None) -> Iterator[House]:
    house = open_test_house(url, var, time)
    names = {1: "山东链主集团有限公司", 2: "济南泉城动力有限公司", 11: "济南历城电机有限公司", 12: "济南槐荫电机有限公司",
             13: "济南长清阀门有限公司", 14: "济南天桥铸造有限公司", 15: "济南商河食品有限公司"}  # fmt: skip
    products = {11: "伺服电机", 12: "电机", 13: "液压阀门", 14: "铸件；阀门", 15: "面粉"}
    file_rows(house, "enterprises", [
        {"uscc": code(n), "name": name, "city": "370100", "district": "历城区", "products": products.get(n),
         "founded_on": "2001-01-01"}
        for n, name in names.items()
    ])  # fmt: skip
    file_rows(house, "demands", [
        {"id": MOTOR, "buyer": code(1), "chain": "工业机器人产业链", "title": "采购伺服电机"},
        {"id": VALVE, "buyer": code(2), "chain": "工业机器人", "title": "液压阀门定制"},
        {"id": CASTING, "buyer": "外地重工有限公司", "title": "大型铸件"},
    ])  # fmt: skip
    file_rows(house, "events", [
        {"event": EVENT, "title": "机器人产业链对接会", "chain": "工业机器人", "held_on": "2026-03-10", "starts_at": "9:00",
         "place": "济南", "tables": 3, "slots": 3, "slot_minutes": 20, "meetings_per_firm": 2, "state": "筹备"}
    ])  # fmt: skip
    yield house
    house.store.dispose()


def everybody_comes(house: House) -> None:
    rows = [{"event": EVENT, "demand": demand, "state": "参加"} for demand in (MOTOR, VALVE, CASTING)]
    rows += [{"event": EVENT, "uscc": firm, "state": "参加"} for firm in FIRMS]
    file_rows(house, "invitations", rows)
