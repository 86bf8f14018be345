"""What a template may show, and whether one asks for what there is. Pure, over the tags found in a document.

A tag is ``{{ name }}`` or ``{% for … %}`` and ``{% if … %}`` with their ends. Nothing can be called from a template.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import TemplateSyntaxError, nodes
from jinja2.sandbox import SandboxedEnvironment
from rapidfuzz import fuzz, process

from registry.said import Said

#: A placeholder that stands alone in its paragraph and becomes text, a table or a picture there.
BLOCK = "block"
TARGET_PARTS = {
    "name": Said("the target's name", "指标名称"),
    "value": Said("its value with the unit", "当前值（含单位）"),
    "goal": Said("its goal with the unit", "目标值（含单位）"),
    "rate": Said("value over goal", "完成率"),
    "change": Said("the change since the period before", "较上期增减"),
    "state": Said("met, not met …", "状态"),
    "chance": Said("the projected chance of its goal on its day", "测算的到期达到目标的可能性"),
}
UNIT_PARTS = {
    "name": Said("the unit's name", "管理单位名称"),
    "quality_firms": Said("its quality firms", "优质企业数"),
    "rank": Said("its place among the units", "位次"),
}
TEXTS = {
    "title": Said("the bulletin's title", "通报标题"),
    "period": Said("the period that it speaks of", "通报所属时期"),
    "as_of": Said("the day as of which was counted", "统计时点"),
    "issuer": Said("who signs", "落款单位"),
    "addressee": Said("to whom it goes", "主送单位"),
    "signed_on": Said("the day of signing", "落款日期"),
    "city": Said("the city", "城市名称"),
    "summary": Said("one sentence: how many targets are met", "总体完成情况一句话"),
    "outlook": Said("one sentence: how quality firms may go on, a projection", "优质企业趋势测算一句话"),
    "source": Said("which published count this is", "数据来源（快照编号、时点、口径）"),
    "snapshot": Said("the number of the published count", "快照编号"),
    "sample_mark": Said("says so where the firms are invented, else empty", "样例数据标记，正式数据为空"),
}
BLOCKS = {
    "body": Said("the whole text with tables and pictures", "通报全文（含表格和图）"),
    "table_targets": Said("table: targets", "表：主要指标完成情况"),
    "table_changes": Said("table: what changed, by reason", "表：各指标变动"),
    "table_units": Said("table: firms by unit", "表：各管理单位企业数"),
    "table_tiers": Said("table: titles by tier", "表：各类称号情况"),
    "table_departments": Said("table: figures of departments", "表：部门填报指标"),
    "table_expiring_units": Said("table: titles that end, by unit", "表：各管理单位到期称号"),
    "chart_targets": Said("picture: rates of the targets", "图：各项指标目标完成率"),
    "chart_changes": Said("picture: what changed (waterfall)", "图：优质企业总数变动（瀑布图）"),
    "chart_units": Said("picture: quality firms by unit", "图：各管理单位优质企业数"),
    "chart_forecast": Said(
        "picture: how quality firms may go on (quarterly)", "图：优质企业总数走势测算（季度分析）"
    ),
    "chart_expiring": Said("picture: titles that end, by month", "图：各月到期称号"),
}
FILTERS = ("default", "upper", "lower", "length", "trim")
DEEPEST = 2
_LOOP = dict.fromkeys(("index", "index0", "first", "last", "length"), Said("where the loop is", "循环位置"))
_TAG = re.compile(r"\{\{(?P<shown>.*?)\}\}|\{%(?P<said>.*?)%\}|\{#.*?#\}", re.DOTALL)
_BROKEN = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}")
_AT = re.compile(r"^-?\s*(?P<at>p|tr|tc|r)\s+(?=\S)")
_QUOTES = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'"})
_ALLOWED = (
    nodes.Name, nodes.Getattr, nodes.Getitem, nodes.Const, nodes.Filter, nodes.Test, nodes.Compare, nodes.Operand,
    nodes.And, nodes.Or, nodes.Not, nodes.CondExpr, nodes.Concat, nodes.Keyword,
)  # fmt: skip
#: What the allowed stands in.
_AROUND = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.For, nodes.If)


class _Environment(SandboxedEnvironment):
    """Reads nothing but what a template may say, wherever in the file it stands: tags are put together across paragraphs
    and found in captions and fields too, where the check of paragraphs does not see them."""

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        read = super()._parse(source, name, filename)
        for node in read.find_all(nodes.Node):
            if not isinstance(node, (*_ALLOWED, *_AROUND)):
                raise TemplateSyntaxError("nothing can be called or computed in a template", node.lineno or 1)
        if any(
            True
            for one in read.find_all(nodes.For)
            for two in one.find_all(nodes.For)
            for _ in two.find_all(nodes.For)
        ):
            raise TemplateSyntaxError(f"loops stand at most {DEEPEST} deep", 1)
        return read


def environment() -> SandboxedEnvironment:
    """What templates are parsed and filled with; text is escaped for XML."""
    made = _Environment(autoescape=True)
    made.filters = {name: made.filters[name] for name in FILTERS}
    made.globals = {}
    return made


def catalogue(indicators: Sequence[str]) -> Mapping[str, Any]:
    """Everything that a template may name: text, blocks, lists of objects, and ``n`` with each indicator by its id."""
    return {
        **TEXTS,
        **dict.fromkeys(BLOCKS, BLOCK),
        "targets": [TARGET_PARTS],
        "units": [UNIT_PARTS],
        "n": {id.replace("-", "_"): TARGET_PARTS for id in indicators},
    }


def listed(indicators: Sequence[str]) -> list[tuple[str, Said]]:
    """The placeholders with what they show, as a person types them."""
    found = [(f"{{{{ {name} }}}}", said) for name, said in (*TEXTS.items(), *BLOCKS.items())]
    for name, one, item in (("targets", "target", TARGET_PARTS), ("units", "unit", UNIT_PARTS)):
        loop = f"{{%tr for {one} in {name} %}} … {{%tr endfor %}}"
        found.append(
            (
                loop,
                Said("a table row for each, between two rows with these tags", "表格按行循环，首尾各占一行"),
            )
        )
        found += [(f"{{{{ {one}.{key} }}}}", said) for key, said in item.items()]
    return [*found, *((f"{{{{ n.{id.replace('-', '_')}.value }}}}",
                       Said(f"value of {id}; also .goal .rate .change .state .chance .name", f"指标 {id} 的当前值；另有 .goal .rate .change .state .chance .name"))
                      for id in indicators)]  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One paragraph of a template: its text, where it stands, and whether that is in a table."""

    text: str
    where: Said
    in_table: bool = False


@dataclass(frozen=True)
class Problem:
    where: Said
    what: Said

    def in_language(self, language: str) -> str:
        colon = ": " if language.startswith("en") else "："
        return f"{self.where.in_language(language)}{colon}{self.what.in_language(language)}"


class _Wrong(Exception):
    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.said = Said(en, zh)


def problems(parts: Sequence[Sequence[Line]], indicators: Sequence[str]) -> list[Problem]:
    """What is wrong with a template. ``parts``: the paragraphs of the text, of each header and footer, in their order; a
    loop or condition begins and ends in one of them."""
    known = catalogue(indicators)
    return [one for part in parts for one in _Part(known).check(part)]


class _Part:
    def __init__(self, known: Mapping[str, Any]) -> None:
        self.env = environment()
        self.scopes: list[dict[str, Any]] = [dict(known)]
        self.open: list[tuple[str, Said]] = []

    def check(self, lines: Sequence[Line]) -> Iterator[Problem]:
        for line in lines:
            for tag in _TAG.finditer(line.text):
                try:
                    self._tag(tag, line)
                except _Wrong as wrong:
                    yield Problem(line.where, wrong.said)
            if left := _BROKEN.search(_TAG.sub("", line.text)):
                yield Problem(line.where, Said(
                    f"“{left[0]}” without its other half; a tag must begin and end in one paragraph",
                    f"“{left[0]}”没有成对；标记须在同一段落内开始和结束"))  # fmt: skip
        for word, where in reversed(self.open):
            yield Problem(
                where,
                Said(f"{{% {word} %}} has no {{% end{word} %}}", f"{{% {word} %}} 缺少 {{% end{word} %}}"),
            )

    def _tag(self, tag: re.Match[str], line: Line) -> None:
        inner = tag["shown"] if tag["shown"] is not None else tag["said"]
        if inner is None:
            return  # a remark
        at = _AT.match(inner)
        if at and at["at"] in ("tr", "tc") and not line.in_table:
            raise _Wrong(
                f"{tag[0]}: {at['at']} stands in tables only", f"{tag[0]}：{at['at']} 只能用在表格里"
            )
        text = inner[at.end() :] if at else inner
        text = text.strip().strip("-").strip().translate(_QUOTES)
        if tag["shown"] is None:
            self._statement(text, tag[0], line)
        else:
            self._shown(text, tag[0], line)

    def _shown(self, text: str, tag: str, line: Line) -> None:
        kind = self._expression(text, tag)
        if kind == BLOCK and line.text.strip() != tag:
            raise _Wrong(
                f"{tag} becomes whole paragraphs and must stand alone in its own",
                f"{tag} 会替换为整段内容，须单独成段",
            )
        if isinstance(kind, dict) and not isinstance(kind, Said):
            keys = ", ".join(kind)
            raise _Wrong(
                f"{tag} is a group; add one of: {keys}", f"{tag} 是一组内容，请再写明其中一项：{keys}"
            )
        if isinstance(kind, list):
            raise _Wrong(
                f"{tag} is a list; write {{% for one in {text} %}}",
                f"{tag} 是列表，请用 {{% for one in {text} %}} 循环",
            )

    def _statement(self, text: str, tag: str, line: Line) -> None:
        word, _, rest = text.partition(" ")
        match word:
            case "for":
                self._loop(rest, tag)
                self.open.append(("for", line.where))
            case "if":
                self._expression(rest, tag)
                self.open.append(("if", line.where))
            case "elif" | "else":
                if not self.open or (word == "elif" and self.open[-1][0] != "if"):
                    raise _Wrong(f"{tag} without {{% if %}} before it", f"{tag} 前面没有 {{% if %}}")
                if word == "elif":
                    self._expression(rest, tag)
            case "endfor" | "endif":
                if not self.open or self.open[-1][0] != word.removeprefix("end"):
                    raise _Wrong(f"{tag} closes nothing that is open", f"{tag} 没有对应的开始标记")
                self.open.pop()
                if word == "endfor":
                    self.scopes.pop()
            case "vm" | "hm":
                pass
            case _:
                raise _Wrong(f"{tag}: there is only for and if", f"{tag}：只能使用 for 和 if")

    def _loop(self, text: str, tag: str) -> None:
        name, _, rest = text.partition(" in ")
        name = name.strip()
        if len(self.scopes) > DEEPEST:
            self.scopes.append({})
            raise _Wrong(f"{tag}: loops stand at most {DEEPEST} deep", f"{tag}：循环最多嵌套 {DEEPEST} 层")
        kind: Any = None
        self.scopes.append({})
        if not name.isidentifier():
            raise _Wrong(
                f"{tag}: write {{% for one in targets %}}", f"{tag}：请写成 {{% for one in targets %}}"
            )
        self.scopes[-1][name] = {}  # should the list be wrong, its items are not wrong again
        kind = self._expression(rest, tag)
        if not isinstance(kind, list):
            raise _Wrong(
                f"{tag}: only targets and units can be gone through", f"{tag}：只有 targets、units 可以循环"
            )
        self.scopes[-1].update({name: kind[0], "loop": _LOOP})

    def _expression(self, text: str, tag: str) -> Any:
        """The kind of an expression; raises where it names what there is not."""
        try:
            parsed = self.env.parse("{{ " + text + " }}")
        except TemplateSyntaxError as error:
            raise _Wrong(f"{tag} cannot be read ({error.message})", f"{tag} 无法读取，请检查写法") from error
        output = parsed.body[0] if len(parsed.body) == 1 else None
        if not isinstance(output, nodes.Output) or len(output.nodes) != 1:
            raise _Wrong(f"{tag} cannot be read", f"{tag} 无法读取，请检查写法")
        return self._kind(output.nodes[0], tag)

    def _kind(self, node: nodes.Node, tag: str) -> Any:
        if not isinstance(node, _ALLOWED):
            raise _Wrong(
                f"{tag}: nothing can be called or computed in a template", f"{tag}：模板中不能调用或计算"
            )
        match node:
            case nodes.Name():
                return self._named(node.name, self._scope(), node.name, tag)
            case nodes.Getattr():
                return self._part_of(node.node, node.attr, tag)
            case nodes.Getitem():
                key = node.arg.value if isinstance(node.arg, nodes.Const) else None
                return self._part_of(node.node, str(key), tag)
            case nodes.Filter() if node.name not in FILTERS:
                raise _Wrong(f"{tag}: there is no filter {node.name}; there are: {', '.join(FILTERS)}",
                             f"{tag}：没有过滤器 {node.name}，可用：{'、'.join(FILTERS)}")  # fmt: skip
        for child in node.iter_child_nodes():
            self._kind(child, tag)
        return None

    def _part_of(self, node: nodes.Node, key: str, tag: str) -> Any:
        whole = self._kind(node, tag)
        if whole == {}:
            return None
        if not isinstance(whole, dict):
            raise _Wrong(f"{tag}: “{key}” is no part of it", f"{tag}：其中没有“{key}”")
        return self._named(key, whole, tag.strip("{}% ").rpartition(".")[0] + f".{key}", tag)

    def _scope(self) -> dict[str, Any]:
        return {name: kind for scope in self.scopes for name, kind in scope.items()}

    def _named(self, name: str, among: Mapping[str, Any], whole: str, tag: str) -> Any:
        if name in among:
            return among[name]
        near = process.extractOne(name, list(among), scorer=fuzz.ratio, score_cutoff=55)
        meant = f"; perhaps {near[0]} is meant" if near else ""
        perhaps = f"，是否应为 {near[0]}" if near else ""
        right = ", ".join(among)
        raise _Wrong(f"there is no placeholder {whole} ({tag}){meant}; there are: {right}",
                     f"没有占位符 {whole}（{tag}）{perhaps}；可用的有：{right}")  # fmt: skip
