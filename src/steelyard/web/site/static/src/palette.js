// Colours of charts and graphs.  Red and yellow belong to grades; series take blues, greens and purples that
// people with any common colour blindness tell apart, and every series also differs in its mark.

const SERIES_LIGHT = ["#1f6fb2", "#0f8a72", "#7a4fb5", "#5a6b7b", "#2aa7c9", "#8a5a2b"];
const SERIES_DARK = ["#6fb3ea", "#4fcbb0", "#b594ea", "#a9b7c4", "#7fdcf5", "#d0a678"];

const MODES = {
  light: {
    series: SERIES_LIGHT,
    text: "#1d2733",
    muted: "#5b6876",
    line: "#d5dbe1",
    surface: "#ffffff",
    words: { "grade-red": "#c0262d", "grade-yellow": "#b98900", "grade-blue": "#1f6fb2", none: "#c3cad1" },
  },
  dark: {
    series: SERIES_DARK,
    text: "#e6ebf0",
    muted: "#a7b3bf",
    line: "#3a4653",
    surface: "#182433",
    words: { "grade-red": "#ff7b7f", "grade-yellow": "#f2c230", "grade-blue": "#6fb3ea", none: "#55616d" },
  },
};

const wish = window.matchMedia("(prefers-color-scheme: dark)");

export function mode() {
  const said = document.documentElement.dataset.bsTheme;
  if (said === "dark" || said === "light") return said;
  return wish.matches ? "dark" : "light";
}

export function colours() {
  return MODES[mode()];
}

/** Calls `redraw` when the reader's scheme changes, by the system or by a switch on the page. */
export function onSchemeChange(redraw) {
  wish.addEventListener("change", redraw);
  new MutationObserver(redraw).observe(document.documentElement, {
    attributes: true,
    attributeFilter: ["data-bs-theme"],
  });
}

export function calm() {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** The JSON that stands beside an element: the next sibling script, or the first one in the same figure. */
export function dataBeside(element) {
  const place = element.closest("figure") ?? element.parentElement;
  const source = place?.querySelector('script[type="application/json"]');
  if (!source) return null;
  try {
    return JSON.parse(source.textContent);
  } catch {
    return null; // the table twin still says everything
  }
}
