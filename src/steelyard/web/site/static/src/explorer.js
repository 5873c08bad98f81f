// Draws every [data-explorer]: ties that grow where one expands them, a slider for the day, ways between two, and
// pictures to take along.  The list below the drawing is the equal form; at most 150 nodes are drawn.

import cytoscape from "cytoscape";

import { calm, colours, dataBeside, onSchemeChange } from "./palette.js";
import { toSvg } from "./explorer_svg.js";
import { MOST, SHAPES, SURE, base } from "./ties.js";

const YEAR_ONE = Date.UTC(1990, 0, 1);
const DAY = 86400000;
const LABELLED = 14; // more ties than this are told by the list and by what is chosen: their words would cover each other
const CLOSEST = 1.15;

function style() {
  const palette = colours();
  const nodeLabel = (node) => (node.data("hub") ? `${node.data("label")}\n✂ ${node.data("hub")}` : node.data("label"));
  const edgeLabel = (edge) => (isTold(edge) ? edge.data("label") : "");
  const side = (node) => (node.data("kind") === "bridge" ? 20 : 34);
  return [
    ...base({ nodeLabel, edgeLabel, side }),
    { selector: "node[?hub]", style: { "border-style": "double", "border-width": 8 } },
    { selector: "edge.way", style: { width: 4, "line-color": palette.series[2], "target-arrow-color": palette.series[2] } },
    { selector: ".gone", style: { display: "none" } },
  ];
}

function isTold(edge) {
  const few = edge.cy().edges().length <= LABELLED;
  return few || edge.hasClass("way") || edge.source().selected() || edge.target().selected();
}

class Explorer {
  constructor(figure) {
    this.figure = figure;
    this.words = figure.dataset;
    figure.hidden = false;
    this.graph = cytoscape({
      container: figure.querySelector("[data-explorer-canvas]"),
      style: style(),
      minZoom: 0.3,
      maxZoom: 2.5,
      userZoomingEnabled: false, // the wheel belongs to the page
      selectionType: "additive",
    });
    this.add(dataBeside(figure));
    for (const button of figure.querySelectorAll("[data-explorer-do]")) {
      button.addEventListener("click", () => this[button.dataset.explorerDo]());
    }
    this.slider = figure.querySelector("[data-explorer-time]");
    this.slider.addEventListener("input", () => this.atDay());
    this.graph.on("dbltap", "node", (event) => this.load({ node: event.target.id() }));
    this.graph.on("select unselect", "node", () => {
      const chosen = this.graph.nodes(":selected");
      if (chosen.length > 2) chosen[0].unselect();
      this.graph.style().update();
    });
    this.span();
  }

  tell(text) {
    this.figure.querySelector("[data-explorer-told]").textContent = text ?? "";
  }

  add(given, way = false) {
    const room = MOST - this.graph.nodes().length;
    const fresh = given.nodes.filter((node) => this.graph.getElementById(String(node.id)).empty());
    if (fresh.length > room) this.tell(this.words.tooMany);
    for (const node of fresh.slice(0, room)) {
      this.graph.add({ data: { ...node, id: String(node.id), root: node.id === this.words.root } });
    }
    for (const edge of given.edges) {
      const both = [edge.source, edge.target].every((end) => this.graph.getElementById(String(end)).nonempty());
      const known = this.graph.getElementById(edge.id);
      if (known.empty() && both && !this.isToldBackwards(edge)) this.graph.add({ group: "edges", data: edge });
      if (way) this.graph.getElementById(edge.id).addClass("way");
    }
    for (const hub of given.hubs) {
      const node = this.graph.getElementById(String(hub.node));
      const told = `${hub.kind} ${hub.count}`;
      if (node.nonempty()) node.data("hub", told);
      this.tell(`${hub.label}: ${told}, ${this.words.cut}`);
    }
    this.lay(fresh);
  }

  // Kin is told from both ends; one line between two is enough.
  isToldBackwards(edge) {
    return edge.kind === "kin" && this.graph.edges().some(
      (known) => known.data("kind") === "kin" && known.data("source") === edge.target && known.data("target") === edge.source,
    );
  }

  lay(fresh) {
    const still = { animate: !calm(), animationDuration: 250, padding: 36, fit: true };
    const around = {
      ...still, name: "concentric", minNodeSpacing: 70, levelWidth: () => 1,
      concentric: (node) => (node.data("root") ? 2 : 1),
    };
    const grown = {
      ...still, name: "cose", randomize: false, nodeOverlap: 40, idealEdgeLength: () => 150, nodeRepulsion: () => 60000,
    };
    if (this.placed) this.beside(fresh);
    const layout = this.graph.layout(this.placed ? grown : around);
    this.placed = true;
    layout.one("layoutstop", () => this.fit());
    layout.run();
  }

  // What is new starts beside what it hangs on: from one and the same point no layout would part it.
  beside(fresh) {
    fresh.forEach((given, place) => {
      const node = this.graph.getElementById(String(given.id));
      const at = node.neighborhood("node").not(node)[0]?.position() ?? { x: 0, y: 0 };
      const turn = place * 2.4;
      node.position({ x: at.x + 130 * Math.cos(turn), y: at.y + 130 * Math.sin(turn) });
    });
  }

  async load(asked) {
    const form = new URLSearchParams(new FormData(document.querySelector("[data-explorer-form]")));
    for (const name of ["node", "to"]) form.delete(name);
    for (const [name, value] of Object.entries(asked)) form.set(name, value);
    try {
      const answer = await fetch(`${this.words.url}?${form}`, { credentials: "same-origin", redirect: "error" });
      if (!answer.ok) throw new Error(String(answer.status));
      this.tell("");
      const given = await answer.json();
      if (asked.to && !given.edges.length) this.tell(this.words.none);
      this.add(given, Boolean(asked.to));
      this.span();
    } catch {
      this.tell(this.words.failed);
    }
  }

  expand() {
    const chosen = this.graph.nodes(":selected");
    if (!chosen.length) return this.tell(this.words.choose);
    for (const node of chosen) this.load({ node: node.id() });
  }

  path() {
    const chosen = this.graph.nodes(":selected");
    if (chosen.length !== 2) return this.tell(this.words.choose);
    this.graph.edges().removeClass("way");
    this.load({ node: chosen[0].id(), to: chosen[1].id() });
  }

  fit() {
    this.graph.fit(this.graph.elements(":visible"), 36);
    if (this.graph.zoom() > CLOSEST) {
      this.graph.zoom(CLOSEST);
      this.graph.center();
    }
  }

  // -- the day ------------------------------------------------------------------------------

  span() {
    const days = this.graph.edges().toArray().flatMap((edge) => [edge.data("from"), edge.data("to")]).filter(Boolean);
    const first = days.length ? Math.min(...days.map(Date.parse)) : YEAR_ONE;
    const last = Math.max(Date.now(), ...days.map(Date.parse).filter((at) => at < Date.now()));
    this.slider.min = Math.floor(first / DAY);
    this.slider.max = Math.ceil(last / DAY) + 1; // the last stop means any time
    if (!this.slider.dataset.moved) this.slider.value = this.slider.max;
    this.atDay(false);
  }

  atDay(moved = true) {
    const any = this.slider.value === this.slider.max;
    if (moved) this.slider.dataset.moved = any ? "" : "yes";
    const day = new Date(Number(this.slider.value) * DAY).toISOString().slice(0, 10);
    this.figure.querySelector("[data-explorer-day]").textContent = any ? this.words.anyTime : day;
    this.slider.setAttribute("aria-valuetext", any ? this.words.anyTime : day);
    for (const edge of this.graph.edges()) {
      const { from, to } = edge.data();
      edge.toggleClass("gone", !any && ((from && from > day) || (to && to < day)));
    }
    for (const node of this.graph.nodes()) {
      const alone = node.connectedEdges().every((edge) => edge.hasClass("gone"));
      node.toggleClass("gone", alone && !node.data("root"));
    }
  }

  // -- pictures -----------------------------------------------------------------------------

  async note(form) {
    const body = new URLSearchParams({ form, nodes: String(this.graph.nodes(":visible").length) });
    const headers = { "X-CSRFToken": this.words.token };
    const answer = await fetch(this.words.exported, {
      method: "POST", body, headers, credentials: "same-origin", redirect: "error",
    }).catch(() => null);
    if (!answer?.ok) this.tell(this.words.failed);
    return Boolean(answer?.ok);
  }

  async png() {
    if (await this.note("png")) save(this.graph.png({ output: "blob", full: true, scale: 2, bg: colours().surface }), "png");
  }

  async svg() {
    if (await this.note("svg")) save(new Blob([toSvg(this.graph, colours(), SHAPES, SURE)], { type: "image/svg+xml" }), "svg");
  }
}

function save(blob, ending) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `ties.${ending}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

const drawn = [...document.querySelectorAll("[data-explorer]")].map((figure) => new Explorer(figure));
onSchemeChange(() => {
  for (const one of drawn) one.graph.style(style());
});
