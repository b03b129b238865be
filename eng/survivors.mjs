// Tells what came of mutation testing: a score for each report, and the survivors that nobody has explained.
// A survivor is explained in a file of rows {"file" (any without), "line" (a text that stands in it), "mutator", "now" (what stands there instead), "why"}: the change makes no difference, or none that matters.
// A report in which nothing was changed or killed, or less was killed than ran out of time, says nothing of the tests: such a run went wrong, and gets no score.
// usage: node eng/survivors.mjs EXPLAINED.json REPORT.json...      exit code: how many nobody has explained, 100 at most; 101 if a run went wrong
import { readFileSync } from "node:fs";
import { basename } from "node:path";

const [explainedFile, ...reports] = process.argv.slice(2);
const explained = JSON.parse(readFileSync(explainedFile, "utf8"));
const counted = ["Killed", "Timeout", "Survived", "NoCoverage"];
const rows = [];
const open = [];
const late = [];
const wrong = [];
const sources = [];
for (const report of reports) {
  const sums = { Killed: 0, Timeout: 0, Survived: 0, NoCoverage: 0, explained: 0 };
  const read = JSON.parse(readFileSync(report, "utf8"));
  for (const [path, { source, mutants }] of Object.entries(read.files)) {
    const lines = source.split(/\r?\n/);
    const file = path.replace(/.*src\/Tessrax\//, "");
    sources.push({ file, source });
    for (const mutant of mutants) {
      if (!counted.includes(mutant.status)) continue;
      sums[mutant.status]++;
      if (mutant.status === "Killed") continue;
      const line = lines[mutant.location.start.line - 1].trim();
      const told = { file, at: mutant.location.start.line, line, status: mutant.status, mutator: mutant.mutatorName, now: (mutant.replacement ?? "").split("\n")[0].trim() };
      if (mutant.status === "Timeout") {
        late.push(told);
        continue;
      }
      const why = explained.find(
        (row) => (!row.file || file.endsWith(row.file)) && line.includes(row.line) && (!row.mutator || mutant.mutatorName.startsWith(row.mutator)) && (!row.now || mutant.replacement === row.now),
      );
      if (why) sums.explained++;
      else open.push(told);
    }
  }
  const caught = sums.Killed + sums.Timeout;
  const all = caught + sums.Survived + sums.NoCoverage;
  if (all === 0) wrong.push(`${basename(report, ".json")}: nothing was changed`);
  else if (sums.Killed === 0) wrong.push(`${basename(report, ".json")}: no change was killed`);
  else if (sums.Timeout > sums.Killed) wrong.push(`${basename(report, ".json")}: ${sums.Timeout} changes ran out of time and only ${sums.Killed} were killed`);
  rows.push([basename(report, ".json"), all, sums.Killed, sums.Timeout, sums.Survived, sums.NoCoverage, sums.explained, `${((100 * caught) / all).toFixed(1)} %`, `${((100 * caught) / Math.max(1, all - sums.explained)).toFixed(1)} %`]);
}
const words = { Timeout: "out of time", Survived: "survived", NoCoverage: "not run" };
for (const one of [...late, ...open]) console.log(`${words[one.status].padEnd(11)}  ${one.file}:${one.at}  ${one.mutator}\n    ${one.line}\n    -> ${one.now}`);
for (const row of explained.filter((row) => row.file)) {
  const here = sources.filter(({ file }) => file.endsWith(row.file));
  if (here.length > 0 && !here.some(({ source }) => source.includes(row.line))) console.log(`explains what is not there any more: ${row.file}: ${row.line}`);
}
if (wrong.length > 0) {
  for (const fault of wrong) console.error(`${fault}: the run went wrong, not the tests`);
  process.exit(101);
}
const table = [["area", "mutants", "killed", "timed out", "survived", "not covered", "explained", "score", "without the explained"], ...rows];
const widths = table[0].map((_, i) => Math.max(...table.map((row) => `${row[i]}`.length)));
for (const row of table) console.log(row.map((cell, i) => `${cell}`.padEnd(widths[i])).join("  ").trimEnd());
process.exit(Math.min(100, open.length));
