// Records a session at a terminal and draws it as a moving SVG, light or dark as its reader's page is: docs/session.svg, the picture of the README.
// Every line is what tessraxctl printed when it ran, on the real claims of samples/. Keys and times are new at each recording.
// usage: node eng/session.mjs > docs/session.svg      (needs script and stty of util-linux and coreutils; TESSRAXCTL as for eng/pictures.sh)
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync, cpSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { screen, rowSvg, openSvg, paletteCss, palettes } from "./terminal.mjs";

const columns = 100;
const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const program = process.env.TESSRAXCTL ?? join(root, "artifacts/tessraxctl/tessraxctl");

/** What is typed, and for how many seconds its answer stands. */
const story = [
  ["tessraxctl ingest ledger claims/cve-cvss3.jsonl", 5],
  ["tessraxctl pending ledger", 5],
  ["tessraxctl approve ledger 76 --key alice.key", 2],
  ["tessraxctl approve ledger 76 --key bob.key", 3],
  ["tessraxctl decisions ledger 392", 9],
  ["tessraxctl search ledger CVE-2023-20898", 5],
  ["tessraxctl prove ledger 392 -o decision.tessrax.json", 3],
  ["tessraxctl verify decision.tessrax.json --trust trust.json", 8],
  ["sed -i s/pypa/nobody/ decision.tessrax.json", 2],
  ["tessraxctl verify decision.tessrax.json --trust trust.json", 7],
];

/** A directory with the samples, a new ledger and the keys of alice and bob: where commands are run, and with which variables. */
export function settle(directory) {
  writeFileSync(join(directory, "tessraxctl"), `#!/bin/sh\nexec ${program} "$@"\n`, { mode: 0o755 });
  cpSync(join(root, "samples/claims"), join(directory, "claims"), { recursive: true });
  const env = { ...process.env, HOME: directory, PATH: `${directory}:${process.env.PATH}`, TESSRAX_PASSPHRASE: "a session", TESSRAX_PAGER: "cat" };
  const ctl = (...args) => execFileSync("tessraxctl", args, { cwd: directory, env, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  const people = ["alice", "bob"].map((name) => ["--approver", `${name}:security:${ctl("keys", "new", name, "-o", `${name}.key`)}`]);
  ctl("init", "ledger", "--origin", "example.com/decisions", "--policy", join(root, "samples/policy.json"), "--person", "carol", ...people.flat());
  ctl("trust", "export", "ledger", "-o", "trust.json");
  return { cwd: directory, env };
}

function record(place) {
  return story.map(([command, seconds]) => ({ command, seconds, rows: screen(command, { ...place, columns }).rows }));
}

/** Scenes of one page each: a command is typed and answered below what is there, and a full page gives way to a new one. */
function draw(takes) {
  const height = Math.max(...takes.map((take) => take.rows.length + 1));
  const shots = [];
  let clock = 0;
  let row = 0;
  let page = { begins: 0, takes: [] };
  const pages = [page];
  for (const take of takes) {
    if (row + take.rows.length + 1 > height) {
      page.ends = clock;
      page = { begins: clock, takes: [] };
      pages.push(page);
      row = 0;
    }
    const typed = clock + 0.3 + take.command.length * 0.03;
    page.takes.push({ ...take, row, typing: clock, typed: typed + 0.3 });
    clock = typed + 0.3 + take.seconds;
    row += take.rows.length + 2;
  }
  page.ends = clock;
  return svg(pages, height, clock);
}

function svg(pages, height, total) {
  const css = [];
  const body = [];
  const percent = (seconds) => `${Math.round((seconds / total) * 1e4) / 100}%`;
  // A thing is seen from one moment to another of the loop.
  const seen = (name, from, to) => {
    const before = from > 0 ? `0%{visibility:hidden}` : "";
    const after = to < total ? `${percent(to)}{visibility:hidden}` : "";
    css.push(`@keyframes ${name}{${before}${percent(from)}{visibility:visible}${after}}.${name}{animation:${name} ${total.toFixed(1)}s step-end infinite}`);
  };
  let count = 0;
  const calmPage = pages.find((page) => page.takes.some((take) => take.command.includes(" decisions ")));
  for (const page of pages) {
    for (const take of page.takes) {
      const words = take.command.split(/(?<= )/);
      const prompt = [{ text: "$ ", style: "p" }, ...words.map((text) => ({ text, style: "b" }))];
      // A word at a time: each is seen from the moment on at which it is typed.
      const step = (take.typed - take.typing - 0.3) / words.length;
      prompt.forEach((span, word) => {
        span.style += ` s${count}`;
        seen(`s${count++}`, take.typing + word * step, page.ends);
      });
      const answer = `s${count++}`;
      seen(answer, take.typed, page.ends);
      const still = page === calmPage ? "" : ' data-moving=""';
      body.push(`<g${still}>${rowSvg(prompt, take.row + 1)}</g>`);
      body.push(`<g class="${answer}"${still}>${take.rows.map((row, index) => rowSvg(row, take.row + index + 2)).join("")}</g>`);
    }
  }
  // Who asks for no motion sees the page that tells a decision, and it stands still.
  const calm = `@media (prefers-reduced-motion:reduce){*{animation:none!important}[data-moving]{visibility:hidden}}`;
  const colours = `${paletteCss(palettes.light)}@media (prefers-color-scheme:dark){${paletteCss(palettes.dark)}}`;
  const label = "A session: claims are ingested, seven contradictions wait, two people approve, the decision is told, searched for, proven and verified, and a changed proof is refused";
  return [...openSvg(columns, height, label, colours + css.join("") + calm), ...body, "</svg>"].join("\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const home = mkdtempSync(join(tmpdir(), "tessrax-session-"));
  try {
    process.stdout.write(draw(record(settle(home))) + "\n");
  } finally {
    rmSync(home, { recursive: true });
  }
}
