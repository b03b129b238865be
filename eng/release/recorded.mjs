// Compares the files of a release, in the current folder, with what its ledger has recorded of them. The ledger was verified before: VERDICT says so.
// usage: node recorded.mjs VERDICT COMMAND...      COMMAND: tessraxctl
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, readFileSync, readdirSync } from "node:fs";
import { pipeline } from "node:stream/promises";

const [verdictFile, command, ...words] = process.argv.slice(2);
const verdict = JSON.parse(readFileSync(verdictFile, "utf8"));
if (verdict.holds !== true) throw new Error("the ledger does not hold");
const ask = (...more) => execFileSync(command, [...words, ...more, "--json"], { encoding: "utf8", maxBuffer: 1 << 28 });
const lines = (text) => text.split("\n").filter(Boolean);

// By name; a ledger of many releases has several of SHA256SUMS, of which one must fit.
const recorded = new Map();
for (const line of lines(ask("log", "release-ledger", "--event", "x-release-artifact", "--limit", "1000"))) {
  const { payload } = JSON.parse(ask("show", "release-ledger", String(JSON.parse(line).index)));
  const { name, sha256, size } = payload.data;
  recorded.set(name, [...(recorded.get(name) ?? []), `${sha256} ${size}`]);
}

async function digestOf(file) {
  const hash = createHash("sha256");
  let size = 0;
  await pipeline(createReadStream(file), async function (chunks) {
    for await (const chunk of chunks) {
      hash.update(chunk);
      size += chunk.length;
    }
  });
  return `${hash.digest("hex")} ${size}`;
}

const isOfTheLedger = (name) => name === "release-ledger" || name === "release-ledger.trust.json";
const here = readdirSync(".").filter((name) => !isOfTheLedger(name)).sort();
const wrong = [];
for (const name of here) {
  const known = recorded.get(name);
  if (!known) wrong.push(`${name} is in no receipt`);
  else if (!known.includes(await digestOf(name))) wrong.push(`${name} is not the file that was recorded`);
}
for (const line of here.includes("SHA256SUMS") ? lines(readFileSync("SHA256SUMS", "utf8")) : []) {
  const [digest, name] = line.split("  ");
  if (!recorded.get(name)?.some((known) => known.startsWith(`${digest} `))) wrong.push(`SHA256SUMS has ${name} otherwise than the ledger`);
}
for (const line of wrong) console.error(line);
if (here.length === 0) console.error("there is no file of a release here");
console.log(`the ledger holds (${verdict.size} entries, ${verdict.root}); ${here.length - wrong.length} of ${here.length} files are as recorded`);
process.exit(wrong.length > 0 || here.length === 0 ? 1 : 0);
