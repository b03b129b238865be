// Measures for eng/bench-browser.sh.
// usage: node eng/bench-browser.mjs PLAYWRIGHT-PACKAGE ROUNDS FOLDER     the folder has large.json and vkey
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { extname, join } from "node:path";

const [playwright, rounds, folder] = process.argv.slice(2);
const { chromium } = createRequire(import.meta.url)(join(playwright, ".playwright", "package"));
const types = { ".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm", ".svg": "image/svg+xml" };
const repeats = 20;
// As long as somebody takes to choose a file, and fewer than most do.
const pause = 3000;

// Files as a server hands them out that has them compressed.
function serve(root, transferred) {
  const server = createServer((request, answer) => {
    const file = join(root, new URL(request.url, "http://localhost").pathname);
    const packed = existsSync(`${file}.br`);
    if (!packed && !existsSync(file)) return answer.writeHead(404).end();
    const bytes = readFileSync(packed ? `${file}.br` : file);
    transferred(bytes.length);
    answer.writeHead(200, { "Content-Type": types[extname(file)] ?? "application/octet-stream", ...(packed && { "Content-Encoding": "br" }) });
    answer.end(bytes);
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

const pages = [
  { name: "verifier", root: "artifacts/verifier", path: "verify.html", selector: "#engine.good", bytes: 0, times: [] },
  { name: "blank", root: "artifacts/blank-page/wwwroot", path: "index.html", selector: "#ready", bytes: 0, times: [] },
];
for (const page of pages) page.server = await serve(page.root, (bytes) => (page.bytes += bytes));
const address = ({ server, path }) => `http://127.0.0.1:${server.address().port}/${path}`;

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });

// A profile of its own each time: nothing is cached. The time is the page's own, from the navigation until what shows that it runs.
async function start(page) {
  const context = await browser.newContext();
  const tab = await context.newPage();
  await tab.addInitScript((selector) => {
    window.since = new Promise((resolve) => {
      const look = () => document.querySelector(selector) && resolve(performance.now());
      new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    });
  }, page.selector);
  page.bytes = 0;
  await tab.goto(address(page));
  const time = await tab.evaluate(() => window.since);
  return { context, tab, time };
}

// Once unmeasured, so that the browser itself is warm.
for (let round = 0; round <= rounds; round++)
  for (const page of pages) {
    const { context, time } = await start(page);
    if (round > 0) page.times.push(time);
    page.transfer = page.bytes;
    await context.close();
  }

const vectors = "spec/vectors/ledger";
const bundles = [
  ["small", readFileSync(join(vectors, "decision.tessrax.json"), "utf8"), readFileSync(join(vectors, "trust.json"), "utf8")],
  ["large", readFileSync(join(folder, "large.json"), "utf8"), readFileSync(join(folder, "vkey"), "utf8").trim()],
];
const { tab } = await start(pages[0]);
const verified = await tab.evaluate(
  async ([bundles, repeats, pause]) => {
    const { startVerifier } = await import("./verifier.js");
    const bytes = (text) => new TextEncoder().encode(text);
    const all = [];
    for (const [name, bundle, trust] of bundles) {
      const time = async (verifier) => {
        const begin = performance.now();
        const verdict = JSON.parse(await verifier.verify(bytes(bundle), bytes(trust)));
        if (verdict.holds !== true) throw new Error(`${name} does not hold: ${JSON.stringify(verdict)}`);
        return performance.now() - begin;
      };
      // A runtime of its own for each: one that is asked at once, and one that has had the time in which people choose.
      const hasty = startVerifier();
      await hasty.ready();
      const atOnce = await time(hasty);
      await new Promise((resolve) => setTimeout(resolve, pause));
      const calm = startVerifier();
      await calm.ready();
      await new Promise((resolve) => setTimeout(resolve, pause));
      const times = [];
      for (let i = 0; i <= repeats; i++) times.push(await time(calm));
      all.push({ name, entries: JSON.parse(bundle).entries.length, atOnce, times });
    }
    return all;
  },
  [bundles, repeats, pause],
);

const [ours, blank] = pages;
for (const { name, times, transfer } of pages) {
  console.log(`${name}.start ${median(times).toFixed(0)} ms (${times.map((time) => time.toFixed(0)).join(" ")})`);
  console.log(`${name}.transfer ${transfer} bytes`);
}
console.log(`start.ratio ${(median(ours.times) / median(blank.times)).toFixed(2)}`);
for (const { name, entries, atOnce, times } of verified)
  console.log(
    `verify.${name} ${median(times.slice(1)).toFixed(1)} ms, the first ${times[0].toFixed(1)} ms, asked at once ${atOnce.toFixed(1)} ms (${entries} entries)`,
  );

await browser.close();
for (const { server } of pages) server.close();
