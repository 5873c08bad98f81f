// Arrow keys walk between the cells of a cartogram; without this file the cells are ordinary links.

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function neighbour(cells, from, [dx, dy]) {
  const here = from.getBoundingClientRect();
  let best = null;
  let least = Infinity;
  for (const cell of cells) {
    if (cell === from) continue;
    const there = cell.getBoundingClientRect();
    const x = there.x - here.x;
    const y = there.y - here.y;
    const along = x * dx + y * dy;
    if (along <= 1) continue;
    const aside = Math.abs(x * dy) + Math.abs(y * dx);
    const cost = along + 2.5 * aside;
    if (cost < least) [best, least] = [cell, cost];
  }
  return best;
}

function listen(map) {
  const cells = [...map.querySelectorAll("a")];
  // One stop for the tab key; arrows move within, so three hundred cells are no trap for a keyboard.
  cells.forEach((cell, place) => cell.setAttribute("tabindex", place ? "-1" : "0"));
  map.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    const from = event.target.closest("a");
    if (!step || !from) return;
    const next = neighbour(cells, from, step);
    if (!next) return;
    event.preventDefault();
    from.setAttribute("tabindex", "-1");
    next.setAttribute("tabindex", "0");
    next.focus();
  });
}

for (const map of document.querySelectorAll("[data-hexmap]")) listen(map);
