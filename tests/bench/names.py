"""Names as a register holds them, invented: regions, trade names from unevenly common characters, trades, legal forms."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import NamedTuple

REGIONS = ["山东", "济南", "济南市历下区", "山东省", "章丘", "莱芜", "青岛", "北京", ""]
REGION_WEIGHTS = [30, 35, 2, 6, 5, 4, 6, 4, 8]
CHARACTERS = (
    "华鑫瑞泰恒盛达信诚康宏金海天源通丰德润安博科创新力成美佳和兴隆远东方圣龙凯元正大中国荣光明昌百川云山水木森林"
    "鲁齐泉岱岳舜历城章平阴商河济阳莱钢泰山嘉合众联亿万千浪潮星辰宇航飞腾翔鹏程锦绣江南北京西南长青松柏梅兰竹菊"
    "智慧数字量子芯微光电磁能源绿洁净环保生态农牧渔食品药械医健养老育教文旅体传媒影视广告设计装饰建筑工程路桥隧"
    "化纤纺织服鞋帽皮革箱包塑胶橡陶瓷玻璃钢铁铜铝锌镁钛合铸锻焊轧拉拔冲压模具刀量夹检测试验仪表阀泵机床车辆船舶"
    "卓越尚品优质善美真诚仁义礼智忠孝廉耻勇毅刚强睿哲颖慧雅静淑娴婷娜莉雪冰霜雨露雷电风云雾霞虹霓旭晨曦晓曙黎"
)
TRADES = [
    "科技", "机械", "商贸", "电子", "化工", "生物科技", "信息技术", "环保科技", "建筑工程",
    "新材料", "食品", "医疗器械", "汽车配件", "自动化设备", "软件", "网络科技", "物流", "机电设备",
    "能源科技", "文化传媒", "装饰工程", "农业发展", "精密铸造", "阀门", "锅炉", "泵业", "数控机床",
    "激光", "智能装备", "药业", "包装", "印刷", "纺织", "橡塑", "铝业", "钢结构",
    "电力设备", "仪器仪表", "轴承", "钻具",
]  # fmt: skip
FORMS = ["有限公司", "股份有限公司", "有限责任公司", "集团有限公司", "厂", "中心"]
FORM_WEIGHTS = [86, 5, 4, 2, 2, 1]
MAKES = [
    "轮毂",
    "阀门",
    "齿轮",
    "传感器",
    "控制器",
    "涂料",
    "轴承",
    "电缆",
    "滤芯",
    "模具",
    "软件平台",
    "检测仪",
    "激光器",
    "试剂盒",
    "管件",
    "风机",
]
KINDS = [
    "铝合金",
    "高压",
    "精密",
    "智能",
    "工业",
    "水性",
    "车用",
    "矿用",
    "医用",
    "不锈钢",
    "低温",
    "防爆",
    "数控",
    "光学",
    "复合",
    "陶瓷",
]


class Named(NamedTuple):
    name: str
    former: str | None
    short: str | None
    products: str | None


def named(number: int, seed: int = 11) -> Iterator[Named]:
    """So many firms: one in seven with a former name, three in ten with a short one, four in ten with products."""
    chance = random.Random(seed)
    characters = list(dict.fromkeys(CHARACTERS))
    weights = [1 / (rank + 8) for rank in range(len(characters))]
    # Drawn at once: choices() with weights is slow one by one.
    drawn = iter(chance.choices(characters, weights, k=number * 7))
    regions = iter(chance.choices(REGIONS, REGION_WEIGHTS, k=number * 2))
    trades = iter(chance.choices(TRADES, [1 / (rank + 3) for rank in range(len(TRADES))], k=number * 2))
    forms = iter(chance.choices(FORMS, FORM_WEIGHTS, k=number * 2))
    for _ in range(number):
        trade = "".join(next(drawn) for _ in range(3 if chance.random() < 0.4 else 2))
        name = next(regions) + trade + next(trades) + next(forms)
        former = short = products = None
        if chance.random() < 0.15:
            former = next(regions) + next(drawn) + next(drawn) + next(trades) + next(forms)
        if chance.random() < 0.3:
            short = trade + chance.choice(["股份", "科技", "集团"])
        if chance.random() < 0.4:
            products = "、".join(
                chance.choice(KINDS) + chance.choice(MAKES) for _ in range(chance.randrange(1, 4))
            )
        yield Named(name, former, short, products)
