// Draws docs/diagrams/*.dot as *.svg beside them, in light and dark by what the reader's system says. The same text gives the same bytes.
// usage: node eng/diagrams.mjs [--check]      --check draws and compares
// Needs @viz-js/viz, which eng/differential.sh installs.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { createRequire } from "node:module";

const root = fileURLToPath(new URL("..", import.meta.url));
const require = createRequire(`${root}tests/differential/package.json`);
const { instance } = await import(pathToFileURL(require.resolve("@viz-js/viz")).href);
const viz = await instance();

// Laid out for letters that are wider than Arial's, since nobody knows which ones a reader has.
const look = {
  graphAttributes: { bgcolor: "transparent", pad: 0.1, nodesep: 0.35, ranksep: 0.5, fontname: "Arial" },
  nodeAttributes: { shape: "box", style: "rounded,filled", fontname: "Arial", fontsize: 15, margin: "0.14,0.08", fillcolor: "white", penwidth: 1.25 },
  edgeAttributes: { fontname: "Arial", fontsize: 13, arrowsize: 0.7, penwidth: 1.25 },
};

// Tones as on the pages: what we are made of, what is kept, people, what is outside.
const style = `
text { font-family: ui-sans-serif, system-ui, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", Arial, sans-serif; font-size: 13px; fill: #16201f; }
.node path { fill: #ffffff; stroke: #7b8a87; }
.log path { fill: #d8efeb; stroke: #0b6158; }
.people path { fill: #dfeafa; stroke: #1b5392; }
.outside path { fill: #eef0ed; stroke: #7b8a87; }
.edge path { stroke: #4a5755; }
.edge polygon { stroke: #4a5755; fill: #4a5755; }
.edge text { font-size: 11px; fill: #4a5755; }
@media (prefers-color-scheme: dark) {
text { fill: #e6eeec; }
.node path { fill: #141d1b; stroke: #7b8a87; }
.log path { fill: #16352f; stroke: #5cd3c2; }
.people path { fill: #172c49; stroke: #93c1ff; }
.outside path { fill: #1b2624; stroke: #7b8a87; }
.edge path { stroke: #a4b3b0; }
.edge polygon { stroke: #a4b3b0; fill: #a4b3b0; }
.edge text { fill: #a4b3b0; }
}
`;

const draw = (dot) =>
  viz
    .renderString(dot, { format: "svg", engine: "dot", ...look })
    .replace(/^[\s\S]*?(?=<svg)/, "")
    .replace(/<!--[\s\S]*?-->\n?/g, "")
    .replace(/<title>[^<]*<\/title>\n?/g, "")
    .replace(/ (?:fill|stroke|font-family)="[^"]*"/g, "")
    .replace(/<path(?=[^>]*\/>)/g, "<path")
    .replace(/(<g id="edge[\s\S]*?<path)/g, '$1 fill="none"')
    .replace(/<svg ([^>]*)>/, (tag) => `${tag}\n<style>${style}</style>`);

let stale = 0;
for (const file of readdirSync(`${root}docs/diagrams`).filter((name) => name.endsWith(".dot")).sort()) {
  const target = `${root}docs/diagrams/${file.replace(/\.dot$/, ".svg")}`;
  const svg = draw(readFileSync(`${root}docs/diagrams/${file}`, "utf8"));
  if (!process.argv.includes("--check")) writeFileSync(target, svg);
  else if (readFileSync(target, "utf8") !== svg) {
    console.error(`docs/diagrams/${file.replace(/\.dot$/, ".svg")} is not what docs/diagrams/${file} says: node eng/diagrams.mjs draws it`);
    stale++;
  }
}
process.exit(stale > 0 ? 1 : 0);
