// Draws every [data-graph] from {nodes: [{id, label, kind, focus}], edges: [{source, target, label, tier, date}]}
// in the JSON beside it.  The text list next to it is the equal form; at most 150 nodes are drawn.

import cytoscape from "cytoscape";

import { calm, dataBeside, mode, onSchemeChange } from "./palette.js";
import { MOST, base } from "./ties.js";

const drawn = new Map();

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
    style: base(),
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
  for (const graph of drawn.values()) graph.style(base());
});
document.addEventListener("htmx:load", (event) => start(event.target));
