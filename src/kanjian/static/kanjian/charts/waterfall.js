// From one figure to another in exact parts 瀑布: totals are marks, parts are bars, so the axis may begin anywhere.
import { categoryAxis, escape, fixed, labelWidth, number, signed, valueAxis } from "./look.js";

const ROW = 30;

export function height(data) {
  return 40 + (data.parts.length + 2) * ROW;
}

function steps(data) {
  let level = data.start.value;
  const rows = [{ label: data.start.label, from: level, to: level, isTotal: true }];
  for (const part of data.parts) {
    rows.push({ label: part.label, from: level, to: level + part.value, change: part.value });
    level += part.value;
  }
  rows.push({ label: data.end.label, from: data.end.value, to: data.end.value, isTotal: true });
  return rows;
}

function drawRow(api, row, rows, index, look, decimals) {
  const [from, y] = api.coord([row.from, index]);
  const [to] = api.coord([row.to, index]);
  const half = 9;
  const rising = row.change > 0;
  const colour = row.isTotal ? look.ink : row.change === 0 ? look.strong : rising ? look.series[0] : look.series[1];
  const body = row.isTotal
    ? { type: "rect", shape: { x: to - 2, y: y - half, width: 4, height: 2 * half, r: 2 }, style: { fill: colour } }
    : { type: "rect", shape: { x: Math.min(from, to), y: y - half, width: Math.max(Math.abs(to - from), 1.5), height: 2 * half, r: 2 }, style: { fill: colour } };
  const words = row.isTotal ? fixed(row.to, decimals) : signed(row.change, decimals);
  const text = { type: "text", style: { text: words, x: Math.max(from, to) + 8, y, verticalAlign: "middle", fill: row.isTotal ? look.ink : look.soft, font: `${row.isTotal ? 600 : 400} ${look.size}px ${look.font}` } };
  const children = [body, text];
  if (index < rows.length - 1) {
    children.push({ type: "line", shape: { x1: to, y1: y + half, x2: to, y2: y + ROW - half }, style: { stroke: look.strong, lineDash: [2, 2] } });
  }
  return { type: "group", children };
}

export function option(data, look, size) {
  const rows = steps(data);
  const labels = rows.map((row) => row.label);
  const levels = rows.flatMap((row) => [row.from, row.to]);
  const [low, high] = [Math.min(...levels), Math.max(...levels)];
  const room = (high - low || Math.abs(high) || 1) * 0.08;
  const left = labelWidth(labels, look, size.width);
  return {
    grid: { left: left + 8, right: 64, top: 8, bottom: 28 },
    xAxis: valueAxis(look, { min: low - room, max: high + room, splitNumber: 4, splitLine: { showMinLine: false, showMaxLine: false, lineStyle: { color: look.line } }, axisLabel: { color: look.quiet, fontSize: look.size, showMinLabel: false, showMaxLabel: false, hideOverlap: true, formatter: (value) => number(value, 1) } }),
    yAxis: categoryAxis(look, labels, { inverse: true, axisLine: { show: false }, axisLabel: { color: look.soft, fontSize: look.size, width: left, overflow: "truncate" } }),
    series: [{
      type: "custom",
      renderItem: (params, api) => drawRow(api, rows[params.dataIndex], rows, params.dataIndex, look, data.decimals),
      encode: { x: [0, 1], y: 2 },
      data: rows.map((row, i) => [row.from, row.to, i]),
    }],
    tooltip: {
      confine: true,
      formatter: ({ dataIndex }) => {
        const row = rows[dataIndex];
        return `${escape(row.label)}<br><b>${row.isTotal ? fixed(row.to, 4) : signed(row.change, 4)}</b>`;
      },
    },
  };
}
