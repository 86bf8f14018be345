"""Breaks the evaluator of the rules in one place at a time and looks whether the fast tests notice.

    make mutation                      all of it, two at a time
    make mutation ARGS="--only climb --every 3 --jobs 4"

Each broken module stands in a copy of the tree; the tests (tables, properties with few examples, units; no database) run in a
forked process, so that only the rules are imported anew. What survives is printed with its line, and the score.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import importlib
import io
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
MODULES = ("verdicts", "measures", "evaluation", "quantities", "facts", "climb")
TESTS = tuple(f"tests/{name}.py" for name in (
    "tiers/rules/test_units", "tiers/rules/test_evaluation", "tiers/rules/test_climb", "tiers/rules/test_properties",
    "rules/test_tables",
))  # fmt: skip
#: What forked processes need not import again; none of it imports the rules.
HEAVY = ("numpy", "pandas", "pytest", "hypothesis.strategies", "sqlalchemy", "sqlmodel", "yaml", "orjson", "registry.words",
         "registry.fields", "registry.house")  # fmt: skip
SECONDS = 90
COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,), ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}  # fmt: skip
COMBINED: dict[type[ast.operator], type[ast.operator]] = {
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult, ast.Pow: ast.Mult,
}  # fmt: skip
NAMES = {
    "min": "max", "max": "min", "minimum": "maximum", "maximum": "minimum", "floor": "ceil", "ceil": "floor", "any": "all",
    "all": "any", "logical_or": "logical_and", "logical_and": "logical_or", "all_of": "any_of", "any_of": "all_of",
    "MET": "UNMET", "UNMET": "UNKNOWN", "UNKNOWN": "MANUAL", "MANUAL": "MET", "OUT": "MET",
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    module: str
    line: int
    was: str
    now: str
    source: str


def mutants(module: str) -> Iterator[Mutant]:
    text = (ROOT / "tiers/rules" / f"{module}.py").read_text(encoding="utf-8")
    tree = ast.parse(text)
    for place in _places(tree):
        for was, now, undo in _changes(place):
            yield Mutant(module, getattr(place, "lineno", 0), was, now, ast.unparse(tree))
            undo()


def _places(node: ast.AST) -> Iterator[ast.AST]:
    """What is executed: no annotations, docstrings, assertions, or decorators."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "type_params"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or isinstance(child, ast.Assert | ast.Import | ast.ImportFrom):
                continue
            if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
                continue
            if (
                isinstance(child, ast.Subscript)
                and isinstance(child.value, ast.Name)
                and child.value.id[0].isupper()
            ):
                continue  # a type spelled out
            yield child
            yield from _places(child)


def _changes(node: Any) -> Iterator[tuple[str, str, Any]]:
    """Changes the node; the caller takes the source and undoes it."""

    def swap(field: str, value: Any) -> tuple[str, str, Any]:
        old, before = getattr(node, field), ast.unparse(node)
        setattr(node, field, value)
        return before, ast.unparse(node), lambda: setattr(node, field, old)

    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        for other in COMPARED[type(node.ops[0])]:
            yield swap("ops", [other()])
    elif isinstance(node, ast.BoolOp):
        yield swap("op", ast.Or() if isinstance(node.op, ast.And) else ast.And())
    elif isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in COMBINED:
        yield swap("op", COMBINED[type(node.op)]())
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield swap("value", not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        yield swap("value", node.value + 1)
        if node.value:
            yield swap("value", node.value - 1)
    elif isinstance(node, ast.Name) and node.id in NAMES and isinstance(node.ctx, ast.Load):
        yield swap("id", NAMES[node.id])
    elif isinstance(node, ast.Attribute) and node.attr in NAMES:
        yield swap("attr", NAMES[node.attr])
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert | ast.Not | ast.USub):
        if isinstance(node.op, ast.USub):
            yield swap("op", ast.UAdd())
        else:  # not not x, ~~x: the sign is gone
            yield swap("operand", ast.UnaryOp(node.op, node.operand))


def broken(mutant: Mutant, copy: Path) -> bool:
    """Whether the tests notice, in a forked process over a copy of the tree."""
    target = copy / "tiers/rules" / f"{mutant.module}.py"
    before = target.read_text(encoding="utf-8")
    target.write_text(mutant.source, encoding="utf-8")
    try:
        child = os.fork()
        if child == 0:
            os._exit(_tests(copy))
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0
    finally:
        target.write_text(before, encoding="utf-8")


def _tests(copy: Path) -> int:
    """0 when all pass. A mutant that never ends is noticed by the alarm."""
    signal.alarm(SECONDS)
    os.chdir(copy)
    sys.dont_write_bytecode = True
    sys.path[:] = [str(copy), *(p for p in sys.path if p not in ("", str(ROOT)))]
    os.environ |= {"RULES_EXAMPLES": "3", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    import pytest

    arguments = ["-x", "-q", "-p", "no:cacheprovider", "-c", str(copy / "mutation.ini"), "--rootdir", str(copy), "--noconftest",
                 "--import-mode=importlib", "-k", "not every_edition_has and not every_number", *TESTS]  # fmt: skip
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        try:
            return int(pytest.main(arguments))
        except BaseException:
            return 3


_COPY: Path | None = None


def _start(folder: str) -> None:
    """One copy of the tree for each worker."""
    global _COPY
    _COPY = Path(tempfile.mkdtemp(dir=folder))
    for name in (
        "tiers",
        "registry",
        "data/rules",
        "data/codes",
        "tests/rules",
        "tests/tiers",
        "tests/registry",
    ):
        shutil.copytree(ROOT / name, _COPY / name, ignore=shutil.ignore_patterns("__pycache__", "vendor"))
    (_COPY / "mutation.ini").write_text("[pytest]\n")
    with contextlib.suppress(ImportError):
        for name in HEAVY:
            importlib.import_module(name)


def _try(mutant: Mutant) -> tuple[Mutant, bool]:
    assert _COPY
    return mutant, broken(mutant, _COPY)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", choices=MODULES, action="append", help="these modules")
    parser.add_argument("--every", type=int, default=1, help="each N-th mutant")
    parser.add_argument("--jobs", type=int, default=2)
    wish = parser.parse_args()
    every = [mutant for module in wish.only or MODULES for mutant in mutants(module)][:: wish.every]
    started, survived, counted = time.monotonic(), [], dict.fromkeys(MODULES, (0, 0))
    with tempfile.TemporaryDirectory() as folder:
        pool = multiprocessing.get_context("fork").Pool(wish.jobs, _start, (folder,))
        with pool:
            unbroken = Mutant(
                "verdicts", 0, "", "", (ROOT / "tiers/rules/verdicts.py").read_text(encoding="utf-8")
            )
            if pool.apply(_try, (unbroken,))[1]:
                print("the tests fail without any mutant", file=sys.stderr)
                return 1
            for done, (mutant, noticed) in enumerate(pool.imap_unordered(_try, every), start=1):
                killed, of = counted[mutant.module]
                counted[mutant.module] = killed + noticed, of + 1
                if not noticed:
                    survived.append(mutant)
                    print(
                        f"survived {mutant.module}.py:{mutant.line}: {mutant.was}  →  {mutant.now}",
                        flush=True,
                    )
                if done % 50 == 0:
                    print(
                        f"… {done} of {len(every)}, {time.monotonic() - started:.0f} s",
                        file=sys.stderr,
                        flush=True,
                    )
    for module, (killed, of) in counted.items():
        if of:
            print(f"{module:<12}{killed:>5} of {of:<5}{killed / of:>7.1%}")
    killed = len(every) - len(survived)
    print(
        f"noticed {killed} of {len(every)} = {killed / max(len(every), 1):.1%} in {time.monotonic() - started:.0f} s"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
