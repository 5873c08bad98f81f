// How ties are drawn, wherever they are: shapes by kind, what is not certain dashed, colours of the page.

import { colours } from "./palette.js";

export const MOST = 150; // nodes drawn; the list beside tells of all
export const SHAPES = {
  person: "ellipse", company: "round-rectangle", org: "hexagon", bridge: "diamond", matter: "diamond",
};
export const SURE = new Set(["T1", "H", "", undefined, null]);
const SIDE = 34;

export function base({ nodeLabel = "data(label)", edgeLabel = "data(label)", side = SIDE } = {}) {
  const palette = colours();
  return [
    {
      selector: "node",
      style: {
        shape: (node) => SHAPES[node.data("kind")] ?? "ellipse",
        label: nodeLabel,
        color: palette.text,
        "font-size": 13,
        "text-wrap": "wrap",
        "text-max-width": 120,
        "text-valign": "bottom",
        "text-margin-y": 6,
        width: side,
        height: side,
        "background-color": palette.surface,
        "border-width": 2,
        "border-color": palette.series[0],
      },
    },
    { selector: "node[kind = 'company'], node[kind = 'org']", style: { "border-color": palette.series[1] } },
    { selector: "node[kind = 'bridge'], node[kind = 'matter']", style: { "border-color": palette.series[3] } },
    { selector: "node[?root], node[?focus]", style: { "border-width": 5, width: 44, height: 44 } },
    { selector: "node:selected", style: { "background-color": palette.line } },
    {
      selector: "edge",
      style: {
        label: edgeLabel,
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
