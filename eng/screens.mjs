// Draws the screens of tessraxctl in 80 and 120 columns, on a dark and on a light terminal, for people to look at: artifacts/screens/index.html.
// usage: node eng/screens.mjs [--png]      --png also photographs each with chromium; TESSRAXCTL as for eng/session.mjs
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { cell, openSvg, paletteCss, palettes, rowSvg, screen } from "./terminal.mjs";
import { settle } from "./session.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const out = join(root, "artifacts/screens");

/** What to look at, by name. A screen whose command fails on purpose is an error message. */
const screens = {
  help: "tessraxctl --help",
  "help-of-a-verb": "tessraxctl search --help",
  typo: "tessraxctl serch ledger x",
  "no-ledger": "tessraxctl log nowhere",
  "bad-query": "tessraxctl search ledger '(severity:critical AND'",
  log: "tessraxctl log ledger --limit 12",
  "log-graph": "tessraxctl log ledger --graph --limit 24",
  "log-oneline": "tessraxctl log ledger --oneline --limit 12",
  show: "tessraxctl show ledger 76",
  "show-hostile": "tessraxctl show ledger 393",
  pending: "tessraxctl pending ledger",
  decisions: "tessraxctl decisions ledger --limit 8",
  decision: "tessraxctl decisions ledger 392",
  contradictions: "tessraxctl contradictions ledger --state open",
  search: "tessraxctl search ledger 'severity:critical' --limit 6",
  "search-words": "tessraxctl search ledger 'CVE-2023-20898'",
  "index-status": "tessraxctl index status ledger",
  "index-check": "tessraxctl index check ledger",
  "verify-bundle": "tessraxctl verify decision.tessrax.json --trust trust.json",
  "verify-refuted": "tessraxctl verify changed.tessrax.json --trust trust.json",
  "verify-ledger": "tessraxctl verify ledger",
  doctor: "tessraxctl doctor ledger",
  "doctor-damaged": "tessraxctl doctor damaged",
  debug: "tessraxctl debug ledger",
  "keys-list": "tessraxctl keys list ledger",
  "policy-diff": "tessraxctl policy diff ledger policies/stricter.json",
  "policy-history": "tessraxctl policy history ledger",
  "diff-receipts": "tessraxctl diff one.json two.json",
  "merkle-history": "tessraxctl merkle history ledger",
  "quorum-simulate": "tessraxctl quorum simulate --seeds 5",
  explain: "tessraxctl explain TSX3003",
  man: "tessraxctl man | head -60",
};

const home = mkdtempSync(join(tmpdir(), "tessrax-screens-"));
try {
  const place = settle(home);
  furnish(place);
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const pictures = [80, 120].flatMap((columns) => Object.entries(screens).flatMap(([name, command]) => draw(name, command, columns, place)));
  writeFileSync(join(out, "index.html"), `<!doctype html><meta charset="utf-8"><title>Screens</title>${pictures.map((file) => `<h2>${file}</h2><img src="${file}">`).join("\n")}`);
  console.log(`${pictures.length} screens in ${out}`);
} finally {
  rmSync(home, { recursive: true });
}

/** A ledger to which something has happened, a damaged copy of it, and files to compare. */
function furnish({ cwd, env }) {
  const ctl = (...args) => execFileSync("tessraxctl", args, { cwd, env, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  cpSync(join(root, "samples"), join(cwd, "policies"), { recursive: true });
  ctl("ingest", "ledger", "claims/cve-cvss3.jsonl");
  for (const key of ["alice.key", "bob.key"]) ctl("approve", "ledger", "76", "--key", key);
  const hostile = { claim: "\u001b[2J\u001b]0;owned\u0007 \u202egnp.exe\u202c \u200b\u0085", wide: "漢字かな交じり文 שלום עולם", long: "x".repeat(300) };
  writeFileSync(join(cwd, "hostile.json"), JSON.stringify(hostile));
  ctl("append", "ledger", "--event", "x-note", "--payload", "hostile.json");
  ctl("prove", "ledger", "392", "-o", "decision.tessrax.json");
  for (const [file, entry] of [["one.json", "76"], ["two.json", "189"]]) ctl("prove", "ledger", entry, "-o", file);
  cpSync(join(cwd, "decision.tessrax.json"), join(cwd, "changed.tessrax.json"));
  execFileSync("sed", ["-i", "s/pypa/nobody/", join(cwd, "changed.tessrax.json")]);
  cpSync(join(cwd, "ledger"), join(cwd, "damaged"), { recursive: true });
  const segment = execFileSync("sh", ["-c", "ls damaged/segments/*.seg | head -1"], { cwd, encoding: "utf8" }).trim();
  execFileSync("sh", ["-c", `printf 'x' | dd of="${segment}" bs=1 seek=20000 conv=notrunc`], { cwd, stdio: "ignore" });
}

function draw(name, command, columns, place) {
  const { rows } = screen(command, { ...place, columns });
  const typed = [{ text: "$ ", style: "p" }, { text: command, style: "b" }];
  const lines = [typed, ...rows];
  return Object.entries(palettes).map(([palette, colours]) => {
    const file = `${name}-${columns}-${palette}`;
    const picture = [...openSvg(columns, lines.length, command, paletteCss(colours)), ...lines.map((row, index) => rowSvg(row, index + 1)), "</svg>"];
    writeFileSync(join(out, `${file}.svg`), picture.join("\n"));
    if (process.argv.includes("--png")) photograph(file, Math.ceil(columns * cell.width) + 48, lines.length * cell.height + 44);
    return `${file}.svg`;
  });
}

function photograph(file, width, height) {
  const taken = spawnSync(
    "chromium",
    ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", `--screenshot=${join(out, `${file}.png`)}`, `--window-size=${width},${height}`, join(out, `${file}.svg`)],
    { stdio: "ignore" },
  );
  if (taken.error) throw taken.error;
}
