// How scores spread, one panel per track on a common axis 分布.
import { escape, labelWidth, number, roundUp, valueAxis } from "./look.js";

const PANEL = 112;
const TOP = 36;
const LEFT = 44;
const RIGHT = 16;
const BOTTOM = 34;

export function height(data) {
  return TOP + BOTTOM + data.groups.length * PANEL;
}

function bars(api) {
  const [left, top] = api.coord([api.value(0), api.value(2)]);
  const [right, bottom] = api.coord([api.value(1), 0]);
  return {
    type: "rect",
    shape: { x: left + 0.5, y: top, width: Math.max(right - left - 1, 1), height: bottom - top },
    style: { fill: api.visual("color") },
  };
}

// Thresholds are named from left to right where there is room; the unit has a line of its own above them.
function namedMarks(marks, edges, look, width) {
  const [low, high] = [Math.min(...edges), Math.max(...edges)];
  const at = (value) => LEFT + ((value - low) / (high - low || 1)) * (width - LEFT - RIGHT);
  let end = -Infinity;
  const named = new Set(marks.filter((mark) => mark.role === "unit"));
  for (const mark of marks.filter((m) => m.role !== "unit").toSorted((a, b) => a.value - b.value)) {
    const half = labelWidth([mark.label], look, width * 2) / 2;
    if (at(mark.value) - half < end) continue;
    named.add(mark);
    end = at(mark.value) + half;
  }
  return named;
}

function markLines(data, look, named) {
  const colours = { unit: look.warm, median: look.series[5], threshold: look.strong };
  return {
    symbol: "none",
    silent: true,
    data: data.marks.map((mark) => ({
      xAxis: mark.value,
      lineStyle: { color: colours[mark.role], type: mark.role === "unit" ? "solid" : "dashed", width: mark.role === "unit" ? 2 : 1 },
      label: { show: named.has(mark), formatter: mark.label, distance: mark.role === "unit" ? 18 : 3, color: mark.role === "unit" ? look.warm : look.quiet, fontSize: look.size, position: "end" },
    })),
  };
}

export function option(data, look, size) {
  const edges = data.groups.flatMap((group) => group.edges);
  const most = roundUp(Math.max(2, ...data.groups.flatMap((group) => group.counts)));
  const named = namedMarks(data.marks, edges, look, size.width);
  const last = data.groups.length - 1;
  return {
    grid: data.groups.map((_, i) => ({ left: LEFT, right: RIGHT, top: TOP + i * PANEL + 22, height: PANEL - 36 })),
    xAxis: data.groups.map((_, i) => valueAxis(look, {
      gridIndex: i, min: Math.min(...edges), max: Math.max(...edges), splitLine: { show: false },
      axisLine: { show: true, lineStyle: { color: look.strong } }, axisLabel: { show: i === last, color: look.quiet, fontSize: look.size },
    })),
    yAxis: data.groups.map((_, i) => valueAxis(look, { gridIndex: i, max: most, interval: most / 2 })),
    title: data.groups.map((group, i) => ({
      text: group.label, left: 0, top: TOP + i * PANEL - (i === 0 ? 20 : 2), padding: 0, textStyle: { fontSize: look.size, fontWeight: 600, color: look.soft },
    })),
    series: data.groups.map((group, i) => ({
      type: "custom", name: group.label, xAxisIndex: i, yAxisIndex: i, renderItem: (_, api) => bars(api), encode: { x: [0, 1], y: 2 },
      itemStyle: { color: look.series[0] }, clip: true,
      data: group.counts.map((count, bin) => [group.edges[bin], group.edges[bin + 1], count]),
      markLine: markLines(data, look, i === 0 ? named : new Set()),
    })),
    tooltip: {
      confine: true,
      formatter: ({ seriesName, value }) =>
        `${escape(seriesName)}<br>${number(value[0])} – ${number(value[1])}<br>${escape(data.words.units)} <b>${number(value[2], 0)}</b>`,
    },
  };
}
