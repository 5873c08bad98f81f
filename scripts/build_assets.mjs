// Bundles the browser side: one small script for every page, charts and graphs in chunks of their own.
import { build } from "esbuild";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const source = join(root, "src/steelyard/web/site/static/src");
const target = join(root, "src/steelyard/web/site/static/build");
mkdirSync(target, { recursive: true });

const entries = ["app.js", "charts.js", "graph.js", "explorer.js", "hexmap.js", "people.js", "workbench.js", "app.css", "people.css"]
  .map((name) => join(source, name))
  .filter((file) => existsSync(file));

await build({
  entryPoints: entries,
  outdir: target,
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2020"],
  legalComments: "linked",
  loader: { ".svg": "dataurl", ".woff2": "file", ".woff": "file" },
  logLevel: "warning",
});

const licences = ["@alpinejs/csp", "@codemirror/view", "@tabler/core", "cytoscape", "echarts", "htmx.org"].map((name) => {
  const about = JSON.parse(readFileSync(join(root, "node_modules", name, "package.json"), "utf8"));
  return `${name} ${about.version}: ${about.license}`;
});
writeFileSync(join(target, "LICENCES.txt"), licences.join("\n") + "\n");
