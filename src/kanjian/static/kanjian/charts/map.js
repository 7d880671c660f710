// Areas coloured by value and units as points 地图, from GeoJSON of our own; no tiles, nothing from outside.
import { escape, legend, number, valueAxis } from "./look.js";

const shapes = new Map(); // address → GeoJSON

export async function prepare(data, echarts) {
  if (!data.geojson) return;
  if (!shapes.has(data.geojson)) {
    const answer = await fetch(data.geojson, { credentials: "same-origin" });
    if (!answer.ok) throw new Error(`map ${data.geojson}: ${answer.status}`);
    shapes.set(data.geojson, await answer.json());
  }
  echarts.registerMap(data.geojson, shapes.get(data.geojson));
}

function* positions(coordinates) {
  if (typeof coordinates[0] === "number") yield coordinates;
  else for (const part of coordinates) yield* positions(part);
}

// A degree of longitude is shorter than one of latitude by the cosine of the latitude.
function aspect(points) {
  let [low, high] = [90, -90];
  for (const [, latitude] of points) [low, high] = [Math.min(low, latitude), Math.max(high, latitude)];
  return Math.max(Math.cos((((low + high) / 2) * Math.PI) / 180), 0.2);
}

function scale(values, look, lowest) {
  const known = values.filter((value) => value !== null);
  const [low, high] = known.length ? [Math.min(...known), Math.max(...known)] : [0, 1];
  return {
    type: "continuous", min: low, max: high === low ? low + 1 : high, calculable: false, orient: "horizontal", left: 0, bottom: 0,
    itemWidth: 12, itemHeight: 120, inRange: { color: [lowest, look.high] }, outOfRange: { color: look.missing },
    text: [number(high, 1), number(low, 1)], textStyle: { color: look.quiet, fontSize: look.size }, seriesIndex: 0,
  };
}

const words = (data) => ({ name, data: row }) =>
  `<b>${escape(row?.label ?? name)}</b><br>${escape(data.measure || data.words.score)} ${row?.known === null || row?.known === undefined ? escape(data.words.missing) : number(row.known)}`;

function pointSeries(data, look, place) {
  return {
    type: "scatter", ...place, symbolSize: data.places.length > 300 ? 6 : 9, z: 5,
    itemStyle: { borderColor: look.sheet, borderWidth: 0.75, color: look.missing },
    data: data.places.map((p) => ({ name: p.label, label: undefined, value: [p.longitude, p.latitude, p.value ?? NaN], known: p.value, url: p.url })),
  };
}

function areaSeries(data, look) {
  return {
    type: "map", geoIndex: 0, nameProperty: "code",
    data: data.areas.map((area) => ({ name: area.code, label: undefined, title: area.label, value: area.value ?? NaN, known: area.value, url: area.url })),
  };
}

// Who is helped is a circle, who helps a triangle: told apart by shape and by the words of the legend, not by colour alone.
const ROLES = [["weak", "circle", 9], ["strong", "triangle", 11]];

function linked(data, look, place) {
  const points = ROLES.map(([role, symbol, size], position) => ({
    type: "scatter", name: data.words[role], ...place, symbol, symbolSize: size, z: 5,
    itemStyle: { color: position ? look.series[0] : look.warm, borderColor: look.sheet, borderWidth: 0.75 },
    data: data.places.filter((p) => p.role === role).map((p) => ({ name: p.label, value: [p.longitude, p.latitude], url: p.url })),
  }));
  const lines = {
    type: "lines", ...place, z: 4, symbol: ["none", "none"],
    data: data.links.map((link) => ({
      name: link.label, coords: [link.start, link.end], url: link.url,
      lineStyle: { color: link.marked ? look.warm : look.soft, width: link.marked ? 2 : 1.25, opacity: 0.8, type: link.marked ? "dashed" : "solid" },
    })),
  };
  return [lines, ...points];
}

const called = ({ name }) => `<b>${escape(name)}</b>`;

function links(data, look, size) {
  const tooltip = { confine: true, formatter: called };
  const top = legend(look, { data: ROLES.map(([role, icon]) => ({ name: data.words[role], icon })) });
  if (data.geojson) {
    const points = shapes.get(data.geojson).features.flatMap((feature) => [...positions(feature.geometry.coordinates)]);
    return { legend: top, geo: ground(data, look, points), series: linked(data, look, { coordinateSystem: "geo" }), tooltip };
  }
  const points = data.places.map((place) => [place.longitude, place.latitude]);
  return { legend: top, ...axes(points, look, size), series: linked(data, look, { coordinateSystem: "cartesian2d" }), tooltip };
}

// Areas as a quiet ground below points and lines.
function ground(data, look, points) {
  return {
    map: data.geojson, nameProperty: "code", roam: false, silent: true, aspectScale: aspect(points), preserveAspect: "contain", top: 32, bottom: 8, left: 8, right: 8,
    itemStyle: { areaColor: look.ground, borderColor: look.strong, borderWidth: 0.75 }, label: { show: false },
  };
}

export function option(data, look, size) {
  if (data.links.length) return links(data, look, size);
  const formatter = (event) => words(data)({ name: event.data?.title ?? event.name, data: event.data });
  const hasAreas = data.areas.length > 0;
  const values = (hasAreas ? data.areas : data.places).map((row) => row.value);
  const visualMap = scale(values, look, hasAreas ? look.low : look.mid);
  if (!data.geojson) return plain(data, look, size, { visualMap, formatter });
  const features = shapes.get(data.geojson).features;
  const names = new Map(data.areas.map((area) => [area.code, area.label]));
  const points = features.flatMap((feature) => [...positions(feature.geometry.coordinates)]);
  return {
    geo: {
      map: data.geojson, nameProperty: "code", roam: false, aspectScale: aspect(points), preserveAspect: "contain", top: 8, bottom: 40, left: 8, right: 8, selectedMode: false,
      itemStyle: { areaColor: hasAreas ? look.missing : look.ground, borderColor: hasAreas ? look.sheet : look.strong, borderWidth: hasAreas ? 1.25 : 0.75 },
      emphasis: { itemStyle: { areaColor: undefined, borderColor: look.warm, borderWidth: 2 }, label: { show: hasAreas && names.size < 30, color: look.ink } },
      label: { show: hasAreas && names.size < 30, formatter: ({ name }) => names.get(name) ?? "", color: look.ink, fontSize: look.size, backgroundColor: look.sheet, padding: [1, 5], borderRadius: 4 },
    },
    visualMap,
    series: hasAreas
      ? [areaSeries(data, look), ...(data.places.length ? [pointSeries(data, look, { coordinateSystem: "geo" })] : [])]
      : [pointSeries(data, look, { coordinateSystem: "geo" })],
    tooltip: { confine: true, formatter },
  };
}

// Bounds of longitude and latitude that hold all points with a margin and are as wide to high as the box.
function window2d(points, shape) {
  const bounds = (position) => {
    const values = points.map((point) => point[position]);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return { middle: (low + high) / 2, half: Math.max((high - low) / 2, 0.005) * 1.08 };
  };
  const [longitude, latitude] = [bounds(0), bounds(1)];
  const squeeze = aspect(points);
  const half = Math.max(latitude.half, (longitude.half * squeeze) / shape);
  const wide = (half * shape) / squeeze;
  return [[longitude.middle - wide, longitude.middle + wide], [latitude.middle - half, latitude.middle + half]];
}

function axes(points, look, size) {
  const [across, up] = window2d(points, (size.width - 16) / (size.height - 48));
  const quiet = { axisLabel: { show: false }, splitLine: { showMinLine: false, showMaxLine: false, lineStyle: { color: look.line, type: "dotted" } } };
  return {
    grid: { left: 8, right: 8, top: 8, bottom: 40 },
    xAxis: valueAxis(look, { ...quiet, min: across[0], max: across[1] }),
    yAxis: valueAxis(look, { ...quiet, min: up[0], max: up[1] }),
  };
}

// Without boundaries: the points on longitude and latitude.
function plain(data, look, size, { visualMap, formatter }) {
  const points = data.places.map((place) => [place.longitude, place.latitude]);
  return {
    ...axes(points, look, size),
    visualMap: { ...visualMap, dimension: 2 },
    series: [pointSeries(data, look, {})],
    tooltip: { confine: true, formatter },
  };
}
