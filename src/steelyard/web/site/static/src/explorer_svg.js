// The visible part of a drawing as an SVG text: same places, shapes, names and dashes.

const MARGIN = 70;

export function toSvg(graph, palette, shapes, sure) {
  const nodes = graph.nodes(":visible").toArray();
  const edges = graph.edges(":visible").toArray();
  const xs = nodes.map((node) => node.position("x"));
  const ys = nodes.map((node) => node.position("y"));
  const left = Math.min(...xs) - MARGIN;
  const top = Math.min(...ys) - MARGIN;
  const width = Math.max(...xs) - left + MARGIN;
  const height = Math.max(...ys) - top + MARGIN;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${left} ${top} ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif">`,
    `<rect x="${left}" y="${top}" width="${width}" height="${height}" fill="${palette.surface}"/>`,
    ...edges.map((edge) => line(edge, palette, sure)),
    ...nodes.map((node) => mark(node, palette, shapes)),
    "</svg>",
  ];
  return parts.join("\n");
}

function line(edge, palette, sure) {
  const [one, other] = [edge.source().position(), edge.target().position()];
  const dash = sure.has(edge.data("tier")) ? "" : ' stroke-dasharray="6 4"';
  const stroke = edge.hasClass("way") ? palette.series[2] : palette.muted;
  const period = [edge.data("from"), edge.data("to")].some(Boolean) ? ` ${edge.data("from")} – ${edge.data("to")}` : "";
  return (
    `<line x1="${one.x}" y1="${one.y}" x2="${other.x}" y2="${other.y}" stroke="${stroke}" stroke-width="1.6"${dash}/>` +
    text((one.x + other.x) / 2, (one.y + other.y) / 2, `${edge.data("label")}${period}`, palette.muted, 11)
  );
}

function mark(node, palette, shapes) {
  const { x, y } = node.position();
  const shape = shapes[node.data("kind")] ?? "ellipse";
  const size = node.data("kind") === "bridge" ? 10 : node.data("root") ? 22 : 17;
  const look = `fill="${palette.surface}" stroke="${palette.series[shape === "ellipse" ? 0 : 1]}" stroke-width="${node.data("hub") ? 5 : 2}"`;
  const drawn = {
    ellipse: `<circle cx="${x}" cy="${y}" r="${size}" ${look}/>`,
    "round-rectangle": `<rect x="${x - size}" y="${y - size}" width="${2 * size}" height="${2 * size}" rx="6" ${look}/>`,
    hexagon: `<polygon points="${points(x, y, size, 6)}" ${look}/>`,
    diamond: `<polygon points="${points(x, y, size, 4)}" ${look}/>`,
  }[shape];
  const label = node.data("hub") ? `${node.data("label")} ✂ ${node.data("hub")}` : node.data("label");
  return drawn + text(x, y + size + 16, label, palette.text, 13);
}

function points(x, y, size, corners) {
  return Array.from({ length: corners }, (_, place) => {
    const angle = (2 * Math.PI * place) / corners;
    return `${x + size * Math.cos(angle)},${y + size * Math.sin(angle)}`;
  }).join(" ");
}

function text(x, y, words, fill, size) {
  return `<text x="${x}" y="${y}" fill="${fill}" font-size="${size}" text-anchor="middle">${escaped(words)}</text>`;
}

function escaped(words) {
  return String(words ?? "").replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]);
}
