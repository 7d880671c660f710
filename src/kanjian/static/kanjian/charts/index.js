// Draws every figure on the page that holds a chart: JSON beside it in, SVG out. One module per kind.
import * as echarts from "../../kanjian-vendor/echarts.js";
import * as distribution from "./distribution.js";
import * as history from "./history.js";
import * as intervals from "./intervals.js";
import * as map from "./map.js";
import * as radar from "./radar.js";
import * as waterfall from "./waterfall.js";
import { common, readLook } from "./look.js";

const KINDS = { distribution, history, intervals, map, radar, waterfall };
const locale = document.documentElement.lang.toLowerCase().startsWith("zh") ? "ZH" : "EN";
const drawn = new Map(); // box → how to draw it again

function build(box, data, kind) {
  const chart = echarts.init(box, null, { renderer: "svg", locale });
  chart.on("click", (event) => {
    const url = event.data?.url;
    if (url) window.location.assign(url);
  });
  return function render() {
    const scale = paperScale(box);
    const height = kind.height?.(data);
    if (height) box.style.height = `${height * scale}px`;
    const look = readLook(box);
    const size = { width: Math.round(box.clientWidth / scale), height: Math.round(box.clientHeight / scale) };
    chart.resize(size);
    chart.setOption({ ...common(look), ...kind.option(data, look, size) }, { notMerge: true });
    fit(box.querySelector("svg"), size);
  };
}

const isPrinting = () => document.documentElement.dataset.printing !== undefined;

// On paper a page may ask for pictures smaller than they are drawn (`--kj-chart-scale`), so that letters, bars and gaps
// shrink together.
function paperScale(box) {
  return (isPrinting() && Number(getComputedStyle(box).getPropertyValue("--kj-chart-scale"))) || 1;
}

// The width of the paper may not be known yet: the picture keeps its drawing and takes the size it is given (print.css).
function fit(svg, size) {
  if (isPrinting()) svg?.setAttribute("viewBox", `0 0 ${size.width} ${size.height}`);
  else svg?.removeAttribute("viewBox");
}

async function start(box) {
  const data = JSON.parse(box.closest("figure").querySelector("[data-chart-data]").textContent);
  const kind = KINDS[box.dataset.chart];
  try {
    await kind.prepare?.(data, echarts);
  } catch (error) {
    box.textContent = data.words.not_loaded;
    box.dataset.chartState = "failed";
    throw error;
  }
  const render = build(box, data, kind);
  render();
  drawn.set(box, render);
  observer.observe(box);
  box.dataset.chartState = "drawn";
}

let waiting = 0;
function redraw() {
  cancelAnimationFrame(waiting);
  waiting = requestAnimationFrame(redrawNow);
}

function redrawNow() {
  for (const [box, render] of drawn) {
    if (box.isConnected) {
      render();
    } else {
      observer.unobserve(box);
      echarts.getInstanceByDom(box)?.dispose();
      drawn.delete(box);
    }
  }
}

const widths = new WeakMap();
const observer = new ResizeObserver((entries) => {
  // Our own change of height must not draw again and again.
  const changed = entries.some(({ target }) => widths.get(target) !== undefined && widths.get(target) !== target.clientWidth);
  for (const { target } of entries) widths.set(target, target.clientWidth);
  if (changed) redraw();
});

document.documentElement.addEventListener("kanjian:theme", redraw);
// Paper is light whatever the screen is.
let before = null;
window.addEventListener("beforeprint", () => {
  before = document.documentElement.dataset.bsTheme;
  document.documentElement.dataset.bsTheme = "light";
  // The page may still be laid out for the screen here: styles give charts their size on paper by this mark.
  document.documentElement.dataset.printing = "";
  redrawNow();
});
window.addEventListener("afterprint", () => {
  if (before) document.documentElement.dataset.bsTheme = before;
  before = null;
  delete document.documentElement.dataset.printing;
  redrawNow();
});

export function draw(root) {
  for (const box of root.querySelectorAll("[data-chart]:not([data-chart-state])")) {
    box.dataset.chartState = "waiting";
    start(box);
  }
}
