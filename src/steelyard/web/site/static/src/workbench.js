// The editor of the model workbench over plain text areas, which stay what is sent: without this file the page works.
import { autocompletion } from "@codemirror/autocomplete";
import { PostgreSQL, sql } from "@codemirror/lang-sql";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { basicSetup, EditorView } from "codemirror";
import { keymap } from "@codemirror/view";

const FILE_OF = { sql: "model.sql", yaml: "model.yaml", cases: "cases.yaml" };
const desk = document.getElementById("desk");
const views = {};

const look = EditorView.theme({
  "&": { fontSize: "0.875rem", backgroundColor: "var(--tblr-bg-surface)", color: "var(--tblr-body-color)" },
  ".cm-content": { fontFamily: "var(--tblr-font-monospace, monospace)", caretColor: "currentColor" },
  ".cm-content, .cm-gutter": { lineHeight: "1.5" },
  ".cm-gutters": { backgroundColor: "var(--tblr-bg-surface-secondary)", color: "var(--tblr-secondary)", border: "0" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "rgba(var(--tblr-primary-rgb), 0.08)" },
  ".cm-scroller": { maxHeight: "34rem", overflow: "auto" },
  ".cm-tooltip": { backgroundColor: "var(--tblr-bg-surface)", color: "inherit", border: "1px solid var(--tblr-border-color)" },
  "&.cm-focused": { outline: "2px solid var(--tblr-primary)" },
});

function schemaOf(words) {
  const tables = {};
  for (const [name, about] of Object.entries(words)) {
    tables[name] = {
      self: { label: name, detail: about.title, type: "type" },
      children: Object.entries(about.columns).map(([label, detail]) => ({ label, detail, type: "property" })),
    };
  }
  tables.run = { self: { label: "run", type: "keyword" }, children: ["as_of", "root_area"].map((label) => ({ label })) };
  tables.param = { self: { label: "param", type: "keyword" }, children: [{ label: "area_code" }] };
  return tables;
}

// The columns of every dataset the text speaks of, without a dot: PostgreSQL's own completion wants an alias.
function columnsNearby(words) {
  return (context) => {
    const word = context.matchBefore(/[\w]+/);
    if (!word && !context.explicit) return null;
    if (context.matchBefore(/\.[\w]*/)) return null;
    const text = context.state.doc.toString();
    const options = Object.entries(words)
      .filter(([name]) => new RegExp(`\\b${name}\\b`).test(text))
      .flatMap(([name, about]) => Object.entries(about.columns).map(([label, detail]) => ({ label, detail: `${name} · ${detail}`, type: "property" })));
    return options.length ? { from: word ? word.from : context.pos, options, validFor: /^\w*$/ } : null;
  };
}

function edit(area, extensions) {
  const view = new EditorView({
    doc: area.value,
    extensions: [
      basicSetup,
      look,
      lintGutter(),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ "aria-label": FILE_OF[area.id], "aria-describedby": "keys" }),
      keymap.of([{ key: "Ctrl-Enter", mac: "Cmd-Enter", run: () => { check(); return true; } }]),
      EditorView.updateListener.of((update) => {
        if (!update.docChanged) return;
        area.value = update.state.doc.toString();
        checkSoon();
      }),
      ...extensions,
    ],
  });
  area.after(view.dom);
  area.hidden = true;
  document.querySelector(`label[for='${area.id}']`)?.addEventListener("click", () => view.focus());
  views[FILE_OF[area.id]] = view;
}

let waiting = null;
let asked = 0;
function checkSoon() {
  clearTimeout(waiting);
  waiting = setTimeout(check, 1200);
}

async function check() {
  clearTimeout(waiting);
  const mine = ++asked;
  const answer = await fetch(desk.dataset.check, { method: "POST", body: new FormData(desk), headers: { Accept: "application/json" } });
  if (!answer.ok || mine !== asked) return;
  show((await answer.json()).complaints);
}

function show(complaints) {
  for (const [file, view] of Object.entries(views)) {
    const found = complaints.filter((one) => one.file === file).map((one) => {
      const line = view.state.doc.line(Math.min(Math.max(one.line, 1), view.state.doc.lines));
      return { from: line.from, to: line.to, severity: "error", source: one.rule, message: [one.means, one.message].filter(Boolean).join(" ") };
    });
    view.dispatch(setDiagnostics(view.state, found));
  }
  const place = document.getElementById("complaints");
  place.replaceChildren();
  const head = document.createElement("p");
  head.className = "mb-1";
  head.textContent = complaints.length ? `${desk.dataset.some}: ${complaints.length}` : `✓ ${desk.dataset.none}`;
  place.append(head);
  const list = document.createElement("ul");
  for (const one of complaints.slice(0, 20)) {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = "#";
    link.textContent = `${one.file}:${one.line}`;
    link.addEventListener("click", (event) => { event.preventDefault(); go(one.file, one.line); });
    item.append(link, ` ${[one.means, one.message].filter(Boolean).join(" ")}`);
    list.append(item);
  }
  if (complaints.length) place.append(list);
}

function go(file, number) {
  const view = views[file];
  if (!view) return;
  view.dom.closest("details")?.setAttribute("open", "");
  view.requestMeasure();
  const line = view.state.doc.line(Math.min(Math.max(number, 1), view.state.doc.lines));
  view.dispatch({ selection: { anchor: line.from }, effects: EditorView.scrollIntoView(line.from, { y: "center" }) });
  view.focus();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-line]");
  if (!link) return;
  event.preventDefault();
  go(link.dataset.file, Number(link.dataset.line));
});

async function start() {
  let words = {};
  try {
    words = await (await fetch(desk.dataset.words)).json();
  } catch { /* without words there is still an editor */ }
  for (const area of desk.querySelectorAll("textarea[data-editor]")) {
    edit(area, area.dataset.editor === "sql"
      ? [sql({ dialect: PostgreSQL, schema: schemaOf(words), upperCaseKeywords: true }), PostgreSQL.language.data.of({ autocomplete: columnsNearby(words) }), autocompletion()]
      : []);
  }
  // The style sheet may come after the first measure.
  if (document.fonts) await document.fonts.ready;
  for (const view of Object.values(views)) view.requestMeasure();
  desk.dataset.ready = "yes";
}

if (desk) start();
