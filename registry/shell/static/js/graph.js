// Graphs of firms: places come from the server, this file draws them. Colours are the page's tokens, so that dark pages
// have dark pictures. Without it the table beneath says the same.
(() => {
  "use strict";
  const SIZES = { leader: 22, self: 22, key_node: 17, core_supplier: 17, supplier: 11, missing: 13, rest: 15 };
  const SHAPES = { missing: "emptyDiamond", rest: "roundRect" };
  const MARGIN = { left: 18, right: 24, top: 8, bottom: 22 };

  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const colours = () => ({
    leader: token("--cinnabar"), self: token("--ink"), key_node: token("--warn-solid"), core_supplier: token("--rung-6"),
    supplier: token("--rung-4"), missing: token("--bad-solid"), rest: token("--mute-solid"),
    ink: token("--ink"), soft: token("--ink-muted"), line: token("--calm-solid"), ground: token("--surface"),
    outside: token("--surface"), away: token("--mute-solid"), edge: token("--line-strong"), font: token("--font"),
  });
  const short = (name, most) => (name.length > most ? `${name.slice(0, most - 1)}…` : name);

  // spread: how much further apart the lanes stand than the server placed them.
  const series = (graph, paint, spread) => {
    const nodes = graph.nodes.map((node, at) => {
      const hollow = node.mark === "outside";
      const gone = node.mark === "away" || node.mark === "gone";
      const heavy = (SIZES[node.kind] || 0) > 15;
      return {
        id: String(at), name: node.name, x: node.x * spread, y: node.y, address: node.address, cursor: node.address ? "pointer" : "default",
        symbol: SHAPES[node.kind] || "circle", symbolSize: SIZES[node.kind] || 11,
        itemStyle: {
          color: hollow ? paint.outside : gone ? paint.away : paint[node.kind] || paint.supplier,
          borderColor: hollow ? paint.edge : paint.ground, borderWidth: hollow ? 1.5 : 1, borderType: hollow ? "dashed" : "solid",
        },
        label: { show: true, position: "right", formatter: short(node.label || node.name, heavy ? 9 : 7), color: heavy ? paint.ink : paint.soft, fontSize: heavy ? 12 : 11, fontWeight: heavy ? 600 : 400, textBorderColor: paint.ground, textBorderWidth: 3 },
      };
    });
    // Headings of lanes are nodes without a sign; two corners fix the scale.
    const silent = { symbolSize: 0, silent: true, tooltip: { show: false } };
    const heads = graph.lanes.map((lane, at) => ({
      ...silent, id: `lane${at}`, name: lane.name, x: lane.x * spread, y: 8,
      label: { show: true, position: "right", distance: -6, formatter: lane.name, color: paint.ink, fontSize: 12, fontWeight: 600 },
    }));
    const corners = [[0, 0], [graph.width * spread, graph.height]].map(([x, y], at) => ({ ...silent, id: `corner${at}`, x, y, label: { show: false } }));
    return {
      type: "graph", layout: "none", roam: false, animation: false, ...MARGIN, data: [...nodes, ...heads, ...corners],
      edges: graph.links.map(([source, target]) => ({ source: String(source), target: String(target) })),
      edgeSymbol: ["none", "arrow"], edgeSymbolSize: 5, labelLayout: { hideOverlap: true },
      lineStyle: { color: paint.line, width: 1, opacity: graph.links.length > 400 ? 0.3 : 0.55, curveness: 0.08 },
      emphasis: { focus: "adjacency", lineStyle: { width: 2, opacity: 1 } }, blur: { itemStyle: { opacity: 0.25 }, label: { opacity: 0.25 } },
    };
  };

  const draw = (plot) => {
    const graph = JSON.parse(plot.parentElement.querySelector("script").textContent);
    const wide = graph.width + MARGIN.left + MARGIN.right;
    const high = graph.height + MARGIN.top + MARGIN.bottom;
    // Somewhat smaller rather than cut off; beyond that the box scrolls.
    const width = Math.max(plot.parentElement.clientWidth, wide * 0.86);
    plot.replaceChildren();
    plot.style.width = `${width}px`;
    const scale = Math.min(1.25, width / wide);
    plot.style.height = `${Math.round(high * scale)}px`;
    // Few lanes in a wide box stand further apart; stretching the picture would make ovals of its circles.
    const spread = (width - MARGIN.left - MARGIN.right) / (Math.round(high * scale) - MARGIN.top - MARGIN.bottom) / (graph.width / graph.height);
    const chart = window.echarts.init(plot, null, { renderer: "canvas" });
    const paint = () => {
      const colour = colours();
      chart.setOption({
        animation: false, textStyle: { fontFamily: colour.font },
        tooltip: {
          renderMode: "richText", confine: true, backgroundColor: colour.ground, borderColor: colour.edge, textStyle: { color: colour.ink, fontSize: 12 },
          formatter: (on) => on.dataType === "edge" ? `${graph.nodes[on.data.source].name}\n→ ${graph.nodes[on.data.target].name}` : on.name,
        },
        series: [series(graph, colour, spread)],
      });
    };
    paint();
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
    chart.on("click", (on) => {
      if (on.dataType === "node" && on.data.address) window.location.assign(on.data.address);
    });
    plot.dataset.drawn = "yes";
  };
  const all = () => {
    for (const plot of document.querySelectorAll("[data-graph]:not([data-drawn])")) draw(plot);
  };
  document.addEventListener("DOMContentLoaded", all);
  document.addEventListener("htmx:afterSettle", all);
})();
