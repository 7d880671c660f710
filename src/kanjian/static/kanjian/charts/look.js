// Colours and letters of charts come from tokens.css, so light, dark and print are decided in one place.

const NAMES = {
  ink: "--kj-ink", soft: "--kj-ink-soft", quiet: "--kj-ink-quiet", line: "--kj-line", strong: "--kj-line-strong",
  sheet: "--kj-sheet", warm: "--kj-warm", low: "--kj-chart-low", high: "--kj-chart-high", mid: "--kj-chart-mid", missing: "--kj-chart-missing", ground: "--kj-sheet-quiet",
};

export function readLook(element) {
  const style = getComputedStyle(element);
  const value = (name) => style.getPropertyValue(name).trim();
  const look = Object.fromEntries(Object.entries(NAMES).map(([key, name]) => [key, value(name)]));
  look.series = [1, 2, 3, 4, 5, 6].map((n) => value(`--kj-chart-${n}`));
  look.font = style.fontFamily;
  look.size = Math.round(parseFloat(getComputedStyle(document.documentElement).fontSize) * 0.8125);
  return look;
}

// What all charts share. Nothing moves by itself: calm pages, same picture on screen and on paper.
export function common(look) {
  return {
    animation: false,
    color: look.series,
    textStyle: { fontFamily: look.font, fontSize: look.size, color: look.soft },
    tooltip: {
      confine: true,
      backgroundColor: look.sheet,
      borderColor: look.line,
      textStyle: { color: look.ink, fontFamily: look.font, fontSize: look.size },
    },
  };
}

export function valueAxis(look, extra = {}) {
  return {
    type: "value",
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: { color: look.quiet, fontSize: look.size },
    splitLine: { lineStyle: { color: look.line } },
    ...extra,
  };
}

export function categoryAxis(look, labels, extra = {}) {
  return {
    type: "category",
    data: labels,
    axisLine: { lineStyle: { color: look.line } },
    axisTick: { show: false },
    axisLabel: { color: look.soft, fontSize: look.size },
    ...extra,
  };
}

export function legend(look, extra = {}) {
  return { textStyle: { color: look.soft, fontSize: look.size }, itemWidth: 18, itemHeight: 10, icon: "roundRect", top: 0, left: 0, ...extra };
}

// How a series is drawn follows from what it is: the unit is strong, what it is measured against is quiet.
export function lineStyle(look, role, index) {
  const styles = {
    unit: { color: look.series[0], width: 2.5, type: "solid", symbol: "circle" },
    median: { color: look.series[5], width: 2, type: "dashed", symbol: "diamond" },
    reconstructed: { color: look.series[0], width: 2, type: "dashed", symbol: "emptyCircle" },
    best: { color: look.series[2], width: 1.5, type: "dotted", symbol: "triangle" },
  };
  return styles[role] ?? { color: look.series[(index + 1) % 5], width: 2, type: "solid", symbol: ["rect", "triangle", "diamond"][index % 3] };
}

const formats = new Map();

export function number(value, decimals = 2) {
  if (value === null || value === undefined || Number.isNaN(value)) return "—";
  if (!formats.has(decimals)) {
    formats.set(decimals, new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: decimals, minimumFractionDigits: 0 }));
  }
  return formats.get(decimals).format(value);
}

// Always the same number of decimals, so that figures below one another line up.
export function fixed(value, decimals = 2) {
  return new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: decimals, minimumFractionDigits: decimals }).format(value);
}

export function signed(value, decimals = 2) {
  const text = fixed(Math.abs(value), decimals);
  return text === fixed(0, decimals) ? text : (value > 0 ? "+" : "−") + text;
}

// The next round number, 1, 2, 4, 5, 6, 8 or 10 times a power of ten: half of it is round too.
export function roundUp(value) {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1)));
  return [1, 2, 4, 5, 6, 8, 10].map((step) => step * power).find((step) => step >= value);
}

// Tooltips are HTML: names from data must not become markup.
export function escape(text) {
  const holder = document.createElement("span");
  holder.textContent = String(text ?? "");
  return holder.innerHTML;
}

// Room for row labels: a third of the width at most.
export function labelWidth(labels, look, width) {
  const longest = Math.max(0, ...labels.map((label) => [...label].reduce((sum, sign) => sum + (sign.charCodeAt(0) > 255 ? 1 : 0.56), 0)));
  return Math.min(Math.ceil(longest * look.size) + 12, Math.round(width * 0.38));
}
