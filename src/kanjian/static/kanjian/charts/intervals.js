// Rank intervals, one row per unit, first place left 名次区间.
import { categoryAxis, escape, labelWidth, number, valueAxis } from "./look.js";

const ROW = 24;

export function height(data) {
  return 44 + data.rows.length * ROW;
}

function drawRow(api, row, index, look) {
  const [low, y] = api.coord([row.low, index]);
  const [high] = api.coord([row.high, index]);
  const colour = row.here ? look.warm : look.series[0];
  const children = [
    { type: "rect", shape: { x: low - 3, y: y - 4, width: high - low + 6, height: 8, r: 4 }, style: { fill: colour, opacity: 0.32 } },
  ];
  if (row.at !== null) {
    const [at] = api.coord([row.at, index]);
    children.push({ type: "circle", shape: { cx: at, cy: y, r: row.here ? 6 : 4.5 }, style: { fill: colour } });
  }
  return { type: "group", children };
}

export function option(data, look, size) {
  const labels = data.rows.map((row) => row.label);
  const left = labelWidth(labels, look, size.width);
  return {
    grid: { left: left + 8, right: 20, top: 8, bottom: 30 },
    xAxis: valueAxis(look, { min: 1, max: Math.max(data.size, 2), minInterval: 1, axisLabel: { color: look.quiet, fontSize: look.size, hideOverlap: true } }),
    yAxis: categoryAxis(look, labels, {
      inverse: true, axisLine: { show: false },
      axisLabel: { color: look.soft, fontSize: look.size, width: left, overflow: "truncate", interval: 0 },
    }),
    series: [{
      type: "custom", encode: { x: [0, 1], y: 2 },
      renderItem: (params, api) => drawRow(api, data.rows[params.dataIndex], params.dataIndex, look),
      data: data.rows.map((row, i) => [row.low, row.high, i]),
    }],
    tooltip: {
      confine: true,
      formatter: ({ dataIndex }) => {
        const row = data.rows[dataIndex];
        const place = row.at === null ? "—" : number(row.at, 0);
        return `<b>${escape(row.label)}</b><br>${escape(data.words.rank)} ${place}<br>${escape(data.words.interval)} ${number(row.low, 0)}–${number(row.high, 0)}`;
      },
    },
  };
}
