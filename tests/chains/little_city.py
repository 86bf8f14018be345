"""A little chain with everything that a chain can have, and how tests put it on record.

Four stages from powder to vehicle; two leaders, one of which leaves the city; some thirty suppliers, of which five are
outside parties; a loop; single sources; two filings that differ about one link; relations of years past.
"""

from __future__ import annotations

from registry.house import House
from registry.kind import Record
from tests.registry.house import code, file_rows

CHAIN = "新能源汽车"
#: Who is who. The first leader is supplied by everybody, the second by a few.
LEADER, SECOND, CORE, KEY = (code(n) for n in range(1, 5))
SUPPLIERS = tuple(code(n) for n in range(11, 36))
#: Supply the suppliers; the last two supply each other, which is the loop.
DEEP = tuple(code(n) for n in range(41, 45))
ELSEWHERE, GONE, FORMER, NEWCOMER = code(51), code(52), code(53), code(54)
OUTSIDERS = tuple(f"宁波{word}材料有限公司" for word in "甲乙丙丁戊")
STAGES = (("材料", 1), ("零部件", 2), ("总成", 3), ("整车", 4))
PRODUCTS = {
    "材料": (("正极材料", "strong"), ("隔膜", "missing")),
    "零部件": (("电芯", "built"), ("轴承", "built"), ("线束", "strong")),
    "总成": (("动力电池", "strong"), ("电机控制器", "missing")),
    "整车": (("纯电动客车", "strong"),),
}


def name(uscc: str) -> str:
    return f"济南{int(uscc[10:17])}精密部件有限公司"


def firms(*codes: str, **more: str) -> list[Record]:
    return [{"uscc": uscc, "name": name(uscc), "district": "历下区"} | more for uscc in codes]


def link(supplier: str, buyer: str, product: str = "", since: str = "2024-01-01", **more: str) -> Record:
    return {"supplier": supplier, "buyer": buyer, "product": product, "from": since, **more}


def little_city(house: House) -> None:
    """Put it all on record; today is 2026-03-01 on the clock of ``tests.registry.house``."""
    file_rows(house, "enterprises", [
        {"uscc": LEADER, "name": "济南大风新能源汽车有限公司", "district": "历城区", "products": "纯电动客车；客车底盘"},
        {"uscc": SECOND, "name": "济南长风商用车有限公司", "district": "章丘区"},
        {"uscc": CORE, "name": "济南动力电池有限公司", "district": "高新区", "niche": "动力电池"},
        *firms(KEY, *SUPPLIERS, *DEEP, GONE, FORMER, NEWCOMER),
    ])  # fmt: skip
    file_rows(
        house,
        "enterprises",
        [{"uscc": ELSEWHERE, "name": "青岛海风线束有限公司", "city": "青岛市"}],
        "away.csv",
    )
    later = {"name": "later.csv", "sets": {"effective_on": "2025-09-01"}}
    file_rows(house, "enterprises", [{"uscc": GONE, "status": "cancelled"}], **later)
    file_rows(
        house,
        "enterprises",
        [{"uscc": SECOND, "city": "青岛市", "district": "清空"}],
        **later | {"name": "moved.csv"},
    )
    file_rows(house, "titles", [
        {"uscc": uscc, "tier": tier, "issued_on": "2024-01-01", "valid_to": "2026-12-31"}
        for uscc, tier in ((CORE, "little_giant"), (CORE, "srdi"), (SUPPLIERS[0], "srdi"), (DEEP[0], "innovative_sme"))
    ])  # fmt: skip
    file_rows(house, "chains", [
        {"chain": f"{CHAIN}产业链", "stage": stage, "order": order, "product": product, "state": state}
        for stage, order in STAGES for product, state in PRODUCTS[stage]
    ])  # fmt: skip
    file_rows(house, "roles", [
        {"chain": CHAIN, "uscc": LEADER, "role": "leader", "from": "2023-01-01"},
        {"chain": CHAIN, "uscc": SECOND, "role": "leader", "from": "2023-01-01"},
        {"chain": CHAIN, "uscc": CORE, "role": "core_supplier", "from": "2024-01-01"},
        {"chain": CHAIN, "uscc": KEY, "role": "key_node", "from": "2024-01-01"},
        {"chain": CHAIN, "uscc": FORMER, "role": "core_supplier", "from": "2022-01-01", "to": "2024-12-31"},
    ])  # fmt: skip
    file_links(house)


def file_links(house: House) -> None:
    parts = ("轴承", "线束", "电芯", "螺栓")
    shared = {"share_of_buyer_spend": "1%"}
    file_rows(house, "links", [
        link(CORE, LEADER, "动力电池", share_of_buyer_spend="40%", essential="是"),
        link(ELSEWHERE, LEADER, "线束", share_of_buyer_spend="10%"),
        link(GONE, LEADER, "座椅"),
        *(link(uscc, LEADER, parts[at % len(parts)], **(shared if at < 10 else {})) for at, uscc in enumerate(SUPPLIERS)),
        *(link(one, LEADER, "标准件") for one in OUTSIDERS),
        link(KEY, CORE, "电芯", share_of_buyer_spend="55%", essential="是"),
        link(CORE, SECOND, "动力电池", share_of_buyer_spend="30%", essential="是"),
        link(DEEP[0], KEY, "正极材料", essential="是"),
        link(DEEP[1], DEEP[0], "前驱体"),
        link(DEEP[2], DEEP[1], "锂盐"),
        link(DEEP[3], DEEP[2], "锂矿"),
        link(DEEP[2], DEEP[3], "蒸汽"),
        link(LEADER, DEEP[3], "电动矿卡"),
    ], "links.csv")  # fmt: skip
    # Disclosures: four years in a row of one firm, two years of another long ago, the last year of a third.
    file_rows(house, "links", [
        *(link(SUPPLIERS[0], SECOND, "轴承", f"{year}-01-01", to=f"{year}-12-31") for year in range(2023, 2027)),
        *(link(FORMER, LEADER, "轴承", f"{year}-01-01", to=f"{year}-12-31") for year in (2021, 2022)),
        link(NEWCOMER, LEADER, "线束", "2025-06-01"),
        link(SUPPLIERS[24], SECOND, "螺栓", "2025-01-01", to="2025-12-31"),
    ], "disclosed.csv")  # fmt: skip
    # Another source says something else about the same link.
    file_rows(
        house, "links", [link(CORE, LEADER, "动力电池", share_of_buyer_spend="25%")], "other source.csv"
    )
