// A unit's dimensions beside its track's median and best 雷达.
import { escape, labelWidth, legend, lineStyle, number } from "./look.js";

// A missing dimension is no point at the centre (that would read as zero): the outline runs straight past it.
export function bridged(shares) {
  const count = shares.length;
  const known = shares.flatMap((share, i) => (share === null ? [] : [i]));
  if (known.length < 3) return null;
  const step = (2 * Math.PI) / count;
  const result = [...shares];
  for (let i = 0; i < count; i += 1) {
    if (shares[i] !== null) continue;
    const before = known.filter((k) => k < i).at(-1) ?? known.at(-1) - count;
    const after = known.find((k) => k > i) ?? known[0] + count;
    const [a, b] = [shares[(before + count) % count], shares[after % count]];
    const whole = (after - before) * step;
    if (whole >= Math.PI) return null;
    const below = a * Math.sin((i - before) * step) + b * Math.sin((after - i) * step);
    result[i] = below === 0 ? 0 : (a * b * Math.sin(whole)) / below;
  }
  return result;
}

function item(line, axes, look, index) {
  const style = lineStyle(look, line.role, index);
  const outline = bridged(line.values.map((value, i) => (value === null ? null : value / axes[i].full)));
  const hasGap = line.values.includes(null);
  return {
    name: line.label,
    value: outline?.map((share, i) => share * axes[i].full) ?? [],
    known: line.values,
    symbol: hasGap ? "none" : style.symbol,
    symbolSize: line.role === "unit" ? 7 : 5,
    itemStyle: { color: style.color },
    lineStyle: { color: style.color, width: style.width, type: style.type },
    areaStyle: line.role === "unit" ? { color: style.color, opacity: 0.14 } : undefined,
  };
}

// ECharts does not break the names of a radar's axes: done here, at spaces, or between any two Chinese signs.
function lines(label, look, width) {
  const glue = label.includes(" ") || label.charCodeAt(0) < 256 ? " " : "";
  const rows = [];
  for (const part of label.split(glue)) {
    const longer = rows.length ? rows.at(-1) + glue + part : part;
    if (rows.length && labelWidth([longer], look, Infinity) - 12 <= width) rows[rows.length - 1] = longer;
    else rows.push(part);
  }
  return rows.join("\n");
}

export function option(data, look, size) {
  const unit = data.lines.find((line) => line.role === "unit") ?? data.lines[0];
  const isNarrow = size.width < 420;
  const half = data.axes.length / 2;
  // Above and below there is room for one long line, and none for a second.
  const names = data.axes.map((axis, i) => (i % half === 0 ? axis.label : lines(axis.label, look, isNarrow ? 72 : 110)));
  return {
    legend: legend(look, { data: data.lines.map((line) => line.label) }),
    radar: {
      center: ["50%", "55%"],
      radius: isNarrow ? "58%" : "72%",
      splitNumber: 4,
      indicator: data.axes.map((axis, i) => ({
        name: unit.values[i] === null ? `${names[i]}\n${data.words.missing}` : names[i], max: axis.full, min: 0,
      })),
      axisName: { color: look.soft, fontSize: isNarrow ? look.size - 1 : look.size, lineHeight: Math.round(look.size * 1.35) },
      axisNameGap: 8,
      axisLine: { lineStyle: { color: look.line } },
      splitLine: { lineStyle: { color: look.line } },
      splitArea: { show: false },
    },
    series: [{ type: "radar", data: data.lines.map((line, i) => item(line, data.axes, look, i)) }],
    tooltip: {
      confine: true,
      formatter: (event) => `<b>${escape(event.name)}</b><br>` + data.axes.map((axis, i) => {
        const value = event.data.known[i];
        return `${escape(axis.label)} ${value === null ? escape(data.words.missing) : number(value)}`;
      }).join("<br>"),
    },
  };
}
