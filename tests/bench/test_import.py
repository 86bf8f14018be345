"""Importing 100,000 rows × 20 columns: against reading the file plus writing the very rows that the import leaves.

Each side runs in a process of its own, so that neither inherits the other's memory or warm caches.
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
import xlsxwriter

from tests.bench.report import say, timed
from tests.registry.house import code

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]
ROOT = Path(__file__).resolve().parents[2]
ROWS = int(os.environ.get("BENCH_IMPORT_ROWS", 100_000))
HEADERS = [
    "统一社会信用代码", "企业名称", "简称", "所在市", "区县", "街道", "注册地址", "行业代码", "所有制", "企业类型",
    "成立日期", "注册资本（万元）", "登记状态", "经营范围", "主导产品", "细分市场", "支柱产业", "数字经济核心产业",
    "曾用名", "控股企业是否上市",
]  # fmt: skip

IMPORT = """
import json, sys, time
from pathlib import Path
import cli
import tiers.size  # a serving process has pandas at hand
from registry.importing import Wish, import_file
from tests.bench.report import peak_mib
house = cli.open_house()
start = time.perf_counter()
done = import_file(house, house.kinds.by_id["enterprises"], Path(sys.argv[1]), "bench", Wish())
seconds = time.perf_counter() - start
print(json.dumps({"seconds": seconds, "mib": peak_mib(), "accepted": done.outcome.fates["accepted"]}))
"""
READ = """
import json, sys, time
from python_calamine import load_workbook
start = time.perf_counter()
rows = load_workbook(sys.argv[1]).get_sheet_by_index(0).to_python()
print(json.dumps({"seconds": time.perf_counter() - start, "rows": len(rows)}))
"""


def make_workbook(path: Path) -> None:
    chance = random.Random(1)
    districts = ["历下区", "历城区", "天桥区", "槐荫区", "市中区", "章丘区"]
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADERS)
        for n in range(ROWS):
            district = chance.choice(districts)
            founded = date(2000, 1, 1) + timedelta(days=chance.randrange(8000))
            cells = [
                code(n), f"济南基准{n}科技有限公司", f"基准{n}", "济南市", district, "舜华路街道",
                f"山东省济南市{district}经十路{n}号",
                chance.choice(["C3911", "C2911", "C34", "I6513", "C3562"]), chance.choice(["民营", "国有"]), "有限责任公司",
                founded.isoformat(), chance.randrange(100, 9000), "存续", f"研发、生产、销售{chance.randrange(5000)}",
                f"产品{chance.randrange(20000)}", f"细分{chance.randrange(300)}", "智能制造与高端装备",
                chance.choice(["是", "否"]), f"济南旧名{n}有限公司", "否",
            ]  # fmt: skip
            sheet.write_row(n + 1, 0, cells)


def run(script: str, workbook: Path, database: Path) -> dict[str, float]:
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{database}", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", script, str(workbook)],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return dict(json.loads(done.stdout.splitlines()[-1]))


def write_floor(database: Path, target: Path) -> float:
    """Raw executemany of all that the import left behind, into the same tables with the same indexes."""
    with sqlite3.connect(database) as source:
        made = [
            sql
            for (sql,) in source.execute(
                "select sql from sqlite_master where sql is not null order by type desc"
            )
        ]
        names = [
            n
            for (n,) in source.execute(
                "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'"
            )
        ]
        tables = {name: source.execute(f'select * from "{name}"').fetchall() for name in names}
    floor = sqlite3.connect(target, isolation_level=None)
    floor.execute("pragma journal_mode=wal")
    floor.execute("pragma synchronous=normal")
    for sql in made:
        if "sqlite_sequence" not in sql:
            floor.execute(sql)

    def write() -> None:
        floor.execute("begin immediate")
        for name, rows in tables.items():
            if rows:
                floor.executemany(f'insert into "{name}" values ({", ".join("?" * len(rows[0]))})', rows)
        floor.execute("commit")

    seconds, _ = timed(write)
    floor.close()
    return seconds


def plain_insert(database: Path, target: Path) -> float:
    """The same firms into one table and nothing else."""
    with sqlite3.connect(database) as source:
        rows = source.execute("select * from enterprise").fetchall()
    plain = sqlite3.connect(target, isolation_level=None)
    plain.execute(f"create table one ({', '.join(f'c{n}' for n in range(len(rows[0])))})")

    def write() -> None:
        plain.execute("begin")
        plain.executemany(f"insert into one values ({', '.join('?' * len(rows[0]))})", rows)
        plain.execute("commit")

    return timed(write)[0]


def test_importing_a_hundred_thousand_firms(tmp_path: Path) -> None:
    workbook = tmp_path / "firms.xlsx"
    make_workbook(workbook)
    ours = run(IMPORT, workbook, tmp_path / "ours.sqlite")
    assert ours["accepted"] == ROWS
    read = run(READ, workbook, tmp_path / "unused.sqlite")["seconds"]
    write = write_floor(tmp_path / "ours.sqlite", tmp_path / "floor.sqlite")
    plain = plain_insert(tmp_path / "ours.sqlite", tmp_path / "plain.sqlite")
    floor = "calamine + executemany of the same tables"
    say(
        f"import of {ROWS:,} rows × {len(HEADERS)} columns .xlsx",
        ours["seconds"],
        {floor: read + write, "calamine + one plain table": read + plain},
        (floor, 2.0),
    )
    print(f"  peak memory {ours['mib']:,.0f} MiB   goal ≤ 1024: {'met' if ours['mib'] <= 1024 else 'MISSED'}")
