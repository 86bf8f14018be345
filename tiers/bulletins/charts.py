"""The pictures of bulletins, told apart by hatches and labels so that they print in black and white. Pure: data in, bytes out.

Equal data give equal bytes: ids inside an SVG come from a fixed salt, no date is written.
"""

from __future__ import annotations

import textwrap
from io import BytesIO
from typing import Any

import matplotlib
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from pylopdf_fonts_zh_cn import sans_path

from tiers.bulletins.blocks import Chart

font_manager.fontManager.addfont(str(sans_path()))
matplotlib.rcParams.update({
    "font.family": font_manager.FontProperties(fname=str(sans_path())).get_name(),
    "font.size": 9, "axes.unicode_minus": False, "svg.hashsalt": "tidu", "svg.fonttype": "path", "hatch.linewidth": 0.6,
})  # fmt: skip

#: Inches: the width of the text on an A4 page, and what one lying bar takes.
WIDTH, BAR, HEAD = 6.1, 0.24, 0.35
#: The longest label of a lying bar before it breaks, in characters.
LABEL = 18
DOTS_PER_INCH = 200
INK, LIGHT = "0.15", "0.45"
UP: dict[str, Any] = {"facecolor": "white", "edgecolor": INK, "hatch": "/////", "linewidth": 0.8}
DOWN: dict[str, Any] = {"facecolor": "white", "edgecolor": INK, "hatch": ".....", "linewidth": 0.8}
TOTAL: dict[str, Any] = {"facecolor": "0.35", "edgecolor": INK, "linewidth": 0.8}


def svg(chart: Chart) -> bytes:
    out = BytesIO()
    _draw(chart).savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return out.getvalue()


def png(chart: Chart) -> bytes:
    out = BytesIO()
    figure = _draw(chart)
    FigureCanvasAgg(figure)
    figure.savefig(out, format="png", dpi=DOTS_PER_INCH, metadata={"Software": None})
    return out.getvalue()


def size(chart: Chart) -> tuple[float, float]:
    """Width and height in inches."""
    if chart.kind in ("rates", "bars"):
        lines = sum(max(1, _broken(label).count("\n") * 0.45 + 1) for label in chart.labels)
        return WIDTH, HEAD + BAR * lines + (0.3 if chart.kind == "rates" else 0)
    return WIDTH, 3.2 if chart.kind == "fan" else 2.9


def _draw(chart: Chart) -> Figure:
    figure = Figure(figsize=size(chart), layout="constrained")
    axes = figure.add_subplot()
    {"rates": _rates, "bars": _bars, "steps": _steps, "months": _months, "fan": _fan}[chart.kind](axes, chart)
    for side in ("top", "right", "left" if chart.kind in ("rates", "bars") else "right"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0)
    return figure


def _broken(label: str) -> str:
    """A long label on several lines: Chinese breaks anywhere, English between words."""
    width = LABEL if any(ord(c) > 0x2E7F for c in label) else 2 * LABEL
    return "\n".join(textwrap.wrap(label, width)[:3])


def _lying(axes: Axes, chart: Chart) -> None:
    axes.invert_yaxis()
    axes.set_yticks(range(len(chart.labels)), [_broken(label) for label in chart.labels])
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)


def _rates(axes: Axes, chart: Chart) -> None:
    """Percent of the goal; what is far beyond it is cut, its label says how far."""
    top = 150.0
    for at, value in enumerate(chart.values):
        axes.barh(at, max(min(value, top), 0), height=0.62, **(TOTAL if value >= 100 else UP))
        axes.text(max(min(value, top), 0) + 1.5, at, f"{_percent(value)}%", va="center", fontsize=8,
                  bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8}, zorder=5)  # fmt: skip
    axes.axvline(100, color=INK, linewidth=1, linestyle=(0, (4, 2)), zorder=1)
    axes.text(100, -0.72, "100%", ha="center", va="bottom", fontsize=8)
    axes.set_xlim(0, top * 1.1)
    axes.set_ylim(-0.75, len(chart.values) - 0.4)
    _lying(axes, chart)


def _percent(value: float) -> str:
    short = f"{value:.1f}".removesuffix(".0")
    return "99.9" if short == "100" and value < 100 else short


def _bars(axes: Axes, chart: Chart) -> None:
    most = max(chart.values, default=1) or 1
    for at, value in enumerate(chart.values):
        axes.barh(at, value, height=0.62, **UP)
        axes.text(value + most * 0.01, at, f"{value:.0f}{chart.unit}", va="center", fontsize=8)
    axes.set_xlim(0, most * 1.12)
    axes.set_ylim(-0.6, len(chart.values) - 0.4)
    _lying(axes, chart)


def _steps(axes: Axes, chart: Chart) -> None:
    """A waterfall. The axis begins near the smallest total, or small changes would not be seen; it is cut and says so."""
    levels, floor, high = waterfall(chart)
    span = max(high - floor, 1) / 1.9 if floor else max(high, 1)
    for at, (value, (before, after)) in enumerate(zip(chart.values, levels, strict=True)):
        bottom = floor if at in chart.totals else min(before, after)
        style = TOTAL if at in chart.totals else UP if value > 0 else DOWN
        axes.bar(at, max(before, after) - bottom, bottom=bottom, width=0.6, **style)
        said = f"{value:.0f}" if at in chart.totals else f"{value:+.0f}".replace("-", "−")
        axes.text(at, max(before, after) + span * 0.03, said, ha="center", va="bottom", fontsize=9)
        if at:
            axes.plot((at - 0.7, at - 0.3), (levels[at - 1][1],) * 2, color=LIGHT, linewidth=0.8)
    axes.set_ylim(floor, high + span * 0.22)
    axes.set_xticks(range(len(chart.labels)), ["\n".join(textwrap.wrap(one, 12)) for one in chart.labels])
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    if floor:  # two short strokes through the axis: it does not begin at nought
        for at in chart.totals:
            axes.plot(
                (at - 0.36, at + 0.36), (floor + span * 0.1, floor + span * 0.17), color="white", linewidth=4
            )
            axes.plot(
                (at - 0.36, at + 0.36), (floor + span * 0.08, floor + span * 0.15), color=INK, linewidth=0.7
            )
            axes.plot(
                (at - 0.36, at + 0.36), (floor + span * 0.12, floor + span * 0.19), color=INK, linewidth=0.7
            )


def waterfall(chart: Chart) -> tuple[list[tuple[float, float]], float, float]:
    """Where each bar begins and ends, where the axis begins (0, or near the smallest total), and the highest point."""
    level, levels = 0.0, []
    for at, value in enumerate(chart.values):
        before = 0.0 if at in chart.totals else level
        level = value if at in chart.totals else level + value
        levels.append((before, level))
    seen = [edge for at, pair in enumerate(levels) for edge in (pair[1:] if at in chart.totals else pair)]
    low, high = min(seen), max(seen)
    span = max(high - low, high * 0.01, 1)
    return levels, max(0.0, low - span * 0.9) if low > span * 1.5 else 0.0, high


def _months(axes: Axes, chart: Chart) -> None:
    most = max(chart.values, default=1) or 1
    for at, value in enumerate(chart.values):
        axes.bar(at, value, width=min(0.55, 0.12 * len(chart.values)), **UP)
        axes.text(at, value + most * 0.015, f"{value:.0f}{chart.unit}", ha="center", va="bottom", fontsize=9)
    axes.set_ylim(0, most * 1.12)
    axes.set_xlim(-0.6, max(len(chart.values) - 0.4, 0.6))
    axes.set_xticks(range(len(chart.labels)), chart.labels)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)


def _fan(axes: Axes, chart: Chart) -> None:
    """What was as a line, what may come as two shaded areas with the median; the axis need not begin at nought."""
    past, ahead = len(chart.values), range(len(chart.values) - 1, len(chart.labels))
    now = (chart.values[-1],) * 5
    low, quarter, middle, upper, high = zip(now, *chart.rays, strict=True)
    so_far, median, half, nine, goal = chart.words
    axes.fill_between(
        ahead, low, high, facecolor="white", edgecolor=LIGHT, hatch=".....", linewidth=0.6, label=nine
    )
    axes.fill_between(ahead, quarter, upper, facecolor="0.78", edgecolor=LIGHT, linewidth=0.6, label=half)
    axes.plot(range(past), chart.values, color=INK, linewidth=1.6, label=so_far)
    axes.plot(ahead, middle, color=INK, linewidth=1.4, linestyle=(0, (5, 2)), label=median)
    if chart.goal is not None:
        axes.axhline(chart.goal, color=INK, linewidth=0.9, linestyle=(0, (1, 2)), label=goal)
        axes.text(0, chart.goal, f"{goal} {chart.goal:.0f}", va="bottom", fontsize=8)
    axes.axvline(past - 1, color=LIGHT, linewidth=0.7)
    axes.text(len(chart.labels) - 1, middle[-1], f" {middle[-1]:.0f}", va="center", fontsize=8)
    years = [at for at, day in enumerate(chart.labels) if day[5:7] == "12"]
    axes.set_xticks(years, [chart.labels[at][:7] for at in years])
    axes.set_xlim(0, len(chart.labels) * 1.06)
    axes.spines["left"].set_color(LIGHT)
    axes.tick_params(axis="y", labelsize=8)
    axes.legend(loc="upper left", fontsize=7.5, frameon=False, ncols=2)
