// Every staff page works without this file; it saves clicks, it holds no content.
import htmx from "htmx.org";
import Alpine from "@alpinejs/csp";

window.htmx = htmx;
htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.selfRequestsOnly = true;

// Forms carry their token; requests made by htmx need it as a header.
document.addEventListener("htmx:configRequest", (event) => {
  const field = document.querySelector("[name=csrfmiddlewaretoken]");
  if (field) event.detail.headers["X-CSRFToken"] = field.value;
});

// After a part of the page changed, move the focus there so that it is read out.
document.addEventListener("htmx:afterSwap", (event) => {
  const place = event.detail.target.querySelector("[tabindex='-1']");
  if (place) place.focus({ preventScroll: true });
});

// j and k walk through a list, Enter opens: the keys are named in the help.
function move(step) {
  const rows = [...document.querySelectorAll("[data-walk] a[data-row]")];
  if (!rows.length) return;
  const at = rows.indexOf(document.activeElement);
  rows[Math.min(Math.max(at + step, 0), rows.length - 1)].focus();
}
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (/^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName ?? "")) return;
  if (event.key === "j") move(1);
  if (event.key === "k") move(-1);
  if (event.key === "/") {
    event.preventDefault();
    document.querySelector("input[type=search]")?.focus();
  }
});

// Text typed on the phone survives a lost connection or an expired session of this tab.
for (const area of document.querySelectorAll("textarea[data-keep]")) {
  const key = `draft:${location.pathname}:${area.name}`;
  if (!area.value) area.value = sessionStorage.getItem(key) ?? "";
  area.addEventListener("input", () => sessionStorage.setItem(key, area.value));
  area.form?.addEventListener("submit", () => sessionStorage.removeItem(key));
}

document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});

const later = [["[data-chart]", "charts"], ["[data-graph]", "graph"], ["[data-hexmap]", "hexmap"], ["[data-explorer]", "explorer"]];
for (const [selector, chunk] of later) {
  if (document.querySelector(selector)) import(/* @vite-ignore */ new URL(`./${chunk}.js`, import.meta.url).href);
}

window.Alpine = Alpine;
Alpine.start();
