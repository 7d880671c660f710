// A course over periods 历史: scores, or places with the first on top; a band for the rank interval; a line where the method or the unit changed.
import { categoryAxis, escape, legend, lineStyle, number, roundUp, valueAxis } from "./look.js";

// Stretches of neighbouring periods that have both bounds.
function stretches(low, high) {
  const runs = [];
  let run = [];
  low.forEach((value, i) => {
    if (value !== null && high[i] !== null) {
      run.push(i);
    } else if (run.length) {
      runs.push(run);
      run = [];
    }
  });
  return run.length ? [...runs, run] : runs;
}

function band(data, look) {
  const runs = stretches(data.low, data.high);
  return {
    type: "custom", name: data.words.interval, silent: true, z: 1, itemStyle: { color: look.series[0] },
    data: runs.map((_, i) => i),
    renderItem: (params, api) => {
      const run = runs[params.dataIndex];
      const edge = (values, i) => api.coord([i, values[i]]);
      const points = [...run.map((i) => edge(data.low, i)), ...run.toReversed().map((i) => edge(data.high, i))];
      return { type: "polygon", shape: { points }, style: { fill: look.series[0], opacity: 0.16 } };
    },
    tooltip: { show: false },
  };
}

function breakLines(data, look) {
  return {
    silent: true, symbol: "none",
    lineStyle: { color: look.warm, type: "dashed", width: 1 },
    label: { formatter: data.words.method_changed, color: look.warm, fontSize: look.size, position: "end", rotate: 0, distance: 4 },
    data: [
      ...data.breaks.map((index) => ({ xAxis: index })),
      ...data.changes.map((index) => ({ xAxis: index, label: { formatter: data.words.unit_changed } })),
    ],
  };
}

export function option(data, look) {
  const lines = data.lines.map((line, i) => {
    const style = lineStyle(look, line.role, i);
    return {
      type: "line", name: line.label, data: line.values, connectNulls: false, z: line.role === "unit" ? 4 : 3,
      symbol: style.symbol, symbolSize: 7, showSymbol: true, itemStyle: { color: style.color },
      lineStyle: { color: style.color, width: style.width, type: style.type },
      markLine: i === 0 && (data.breaks.length || data.changes.length) ? breakLines(data, look) : undefined,
    };
  });
  const known = [...data.lines.flatMap((line) => line.values), ...data.low, ...data.high].filter((value) => value !== null);
  // ECharts does not see the band when it chooses the axis.
  const axis = data.ranks
    ? { inverse: true, min: 1, max: roundUp(Math.max(2, ...known)), minInterval: 1 }
    : { scale: true, ...(data.low.length ? { min: Math.floor(Math.min(...known)), max: Math.ceil(Math.max(...known)) } : {}) };
  return {
    legend: legend(look, { data: data.lines.map((line) => line.label) }),
    grid: { left: 48, right: 20, top: data.breaks.length || data.changes.length ? 50 : 36, bottom: 30 },
    xAxis: categoryAxis(look, data.periods, { boundaryGap: data.periods.length < 3, axisLabel: { color: look.quiet, fontSize: look.size, hideOverlap: true } }),
    yAxis: valueAxis(look, axis),
    series: data.low.length ? [band(data, look), ...lines] : lines,
    tooltip: {
      trigger: "axis", confine: true,
      formatter: (events) => {
        const at = events[0].dataIndex;
        const rows = data.lines.map((line) => `${escape(line.label)} <b>${line.values[at] === null ? escape(data.words.missing) : number(line.values[at])}</b>`);
        if (data.low.length && data.low[at] !== null) rows.push(`${escape(data.words.interval)} ${number(data.low[at], 0)}–${number(data.high[at], 0)}`);
        return [`<b>${escape(data.periods[at])}</b>`, ...rows].join("<br>");
      },
    },
  };
}
