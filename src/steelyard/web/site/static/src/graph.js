// Draws every [data-graph] from {nodes: [{id, label, kind, focus}], edges: [{source, target, label, tier, date}]}
// in the JSON beside it.  The text list next to it is the equal form; at most 150 nodes are drawn.

import cytoscape from "cytoscape";

import { calm, colours, dataBeside, mode, onSchemeChange } from "./palette.js";

const MOST = 150;
const SHAPES = { person: "ellipse", company: "round-rectangle", org: "hexagon", matter: "diamond" };
const SURE = new Set(["T1", "H", "", undefined, null]);
const drawn = new Map();

function style() {
  const palette = colours();
  return [
    {
      selector: "node",
      style: {
        shape: (node) => SHAPES[node.data("kind")] ?? "ellipse",
        label: "data(label)",
        color: palette.text,
        "font-size": 13,
        "text-wrap": "wrap",
        "text-max-width": 120,
        "text-valign": "bottom",
        "text-margin-y": 6,
        width: 34,
        height: 34,
        "background-color": palette.surface,
        "border-width": 2,
        "border-color": palette.series[0],
      },
    },
    { selector: "node[kind = 'company'], node[kind = 'org']", style: { "border-color": palette.series[1] } },
    { selector: "node[kind = 'matter']", style: { "border-color": palette.series[3] } },
    { selector: "node[?focus]", style: { "border-width": 5, width: 44, height: 44 } },
    { selector: "node:selected", style: { "background-color": palette.line } },
    {
      selector: "edge",
      style: {
        label: "data(label)",
        color: palette.muted,
        "font-size": 12,
        "text-wrap": "wrap",
        "text-max-width": 140,
        "text-background-color": palette.surface,
        "text-background-opacity": 0.9,
        "text-background-padding": 2,
        "curve-style": "bezier",
        "target-arrow-shape": "triangle",
        "target-arrow-color": palette.muted,
        "line-color": palette.muted,
        width: 1.6,
        // A tie that is not certain must not look like one that is.
        "line-style": (edge) => (SURE.has(edge.data("tier")) ? "solid" : "dashed"),
      },
    },
  ];
}

function elements(given) {
  const nodes = (given.nodes ?? []).slice(0, MOST);
  const known = new Set(nodes.map((node) => String(node.id)));
  const edges = (given.edges ?? []).filter(
    (edge) => known.has(String(edge.source)) && known.has(String(edge.target)),
  );
  return [
    ...nodes.map((node) => ({ data: { ...node, id: String(node.id) } })),
    ...edges.map((edge, place) => ({ data: { id: `e${place}`, ...edge } })),
  ];
}

function draw(element) {
  const given = dataBeside(element);
  if (!given || !given.nodes?.length) return;
  const graph = cytoscape({
    container: element,
    elements: elements(given),
    style: style(),
    layout: {
      name: "cose", animate: !calm(), animationDuration: 250, padding: 36, randomize: false,
      nodeRepulsion: () => 12000, idealEdgeLength: () => 120,
    },
    minZoom: 0.4,
    maxZoom: 2.5,
    userZoomingEnabled: false, // the wheel belongs to the page; the buttons zoom
  });
  graph.on("tap", "node, edge", (event) => {
    const href = event.target.data("href");
    if (typeof href === "string" && href.startsWith("/")) window.location.assign(href);
  });
  for (const button of (element.closest("figure") ?? element.parentElement).querySelectorAll("[data-graph-zoom]")) {
    button.addEventListener("click", () => {
      const factor = Number(button.dataset.graphZoom);
      if (factor) graph.zoom({ level: graph.zoom() * factor, renderedPosition: centre(element) });
      else graph.fit(undefined, 36);
    });
  }
  drawn.set(element, graph);
  element.dataset.drawn = mode();
}

function centre(element) {
  return { x: element.clientWidth / 2, y: element.clientHeight / 2 };
}

export function start(root = document) {
  for (const element of root.querySelectorAll("[data-graph]:not([data-drawn])")) draw(element);
}

start();
onSchemeChange(() => {
  for (const graph of drawn.values()) graph.style(style());
});
document.addEventListener("htmx:load", (event) => start(event.target));
