// Draws every [data-chart] from the ECharts option in the JSON beside it.  Without this file the table twin stands.
// Colours in an option are words ("grade-red", "none"), so that one option serves light and dark.

import { BarChart, LineChart, ScatterChart } from "echarts/charts";
import { AriaComponent, DatasetComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

import { calm, colours, dataBeside, onSchemeChange } from "./palette.js";

use([
  AriaComponent, BarChart, DatasetComponent, GridComponent, LegendComponent, LineChart, ScatterChart, SVGRenderer,
  TooltipComponent,
]);

const MARKS = ["circle", "rect", "triangle", "diamond", "roundRect", "pin"];
const drawn = new Map();

function coloured(value, words) {
  if (typeof value === "string") return words[value] ?? value;
  if (Array.isArray(value)) return value.map((one) => coloured(one, words));
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, coloured(one, words)]));
  }
  return value;
}

/** Names and categories are texts, not colours: only colour fields are looked up. */
function withColours(value, words, key = "") {
  if (key === "color" || key === "borderColor") return coloured(value, words);
  if (Array.isArray(value)) return value.map((one) => withColours(one, words));
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withColours(one, words, name)]));
  }
  return value;
}

function axis(given, palette) {
  const one = (said) => ({
    axisLine: { lineStyle: { color: palette.line } },
    splitLine: { lineStyle: { color: palette.line } },
    ...said,
    axisLabel: { color: palette.muted, hideOverlap: true, ...(said.axisLabel ?? {}) },
    nameTextStyle: { color: palette.muted, ...(said.nameTextStyle ?? {}) },
  });
  return Array.isArray(given) ? given.map(one) : given ? one(given) : undefined;
}

function complete(given) {
  const palette = colours();
  const option = withColours(given, palette.words);
  const series = (option.series ?? []).map((one, place) => ({
    symbol: MARKS[place % MARKS.length],
    symbolSize: 7,
    ...one,
  }));
  return {
    color: palette.series,
    animation: !calm(),
    animationDuration: 250,
    aria: { enabled: true, decal: { show: series.length > 1 } },
    grid: { left: 8, right: 16, top: series.length > 1 ? 40 : 16, bottom: 8, containLabel: true },
    tooltip: { trigger: "axis", confine: true, backgroundColor: palette.surface, textStyle: { color: palette.text } },
    legend: series.length > 1 ? { top: 0, textStyle: { color: palette.text } } : undefined,
    ...option,
    textStyle: { color: palette.text, fontFamily: "inherit" },
    xAxis: axis(option.xAxis, palette),
    yAxis: axis(option.yAxis, palette),
    series,
  };
}

function draw(element) {
  const given = dataBeside(element);
  if (!given) return;
  const chart = drawn.get(element) ?? init(element, null, { renderer: "svg" });
  if (!drawn.has(element)) {
    drawn.set(element, chart);
    new ResizeObserver(() => chart.resize()).observe(element);
    chart.on("click", (event) => {
      const target = event.data?.href;
      if (typeof target === "string" && target.startsWith("/")) window.location.assign(target);
    });
  }
  chart.setOption(complete(given), { notMerge: true });
  element.dataset.drawn = "yes";
}

export function start(root = document) {
  for (const element of root.querySelectorAll("[data-chart]:not([data-drawn])")) draw(element);
}

function redraw() {
  for (const [element, chart] of drawn) {
    if (element.isConnected) draw(element);
    else {
      chart.dispose();
      drawn.delete(element);
    }
  }
}

start();
onSchemeChange(redraw);
document.addEventListener("htmx:load", (event) => start(event.target));
