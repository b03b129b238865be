// Sums the reports of all runs. The last line is alone on its line: N passed, N failed, N skipped.
// usage: node eng/summary.mjs DIRECTORY-OF-REPORTS
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { printable, readReport } from "./reports.mjs";

const directory = process.argv[2];
const sum = { passed: 0, failed: 0, skipped: 0 };
// What a script said begins with what went well: the end tells as much as the beginning.
const shortened = (text) => (text.length <= 3000 ? text : `${text.slice(0, 1000)}\n…\n${text.slice(-2000)}`);
const fail = (what, why = "") => {
  console.log(`FAILED: ${what}`);
  if (why) console.log(shortened(printable(why)).replace(/^/gm, "  "));
  sum.failed += 1;
};
for (const file of readdirSync(directory).sort()) {
  const path = join(directory, file);
  if (file.endsWith(".failed")) readFileSync(path, "utf8").trim().split("\n").forEach((line) => fail(line));
  if (!file.endsWith(".json")) continue;
  let tests = [];
  try {
    tests = readReport(path);
  } catch (error) {
    fail(`${file} is no report`, error.message);
    continue;
  }
  for (const { name, status, message } of tests) {
    if (status === "passed") sum.passed += 1;
    else if (status === "skipped") sum.skipped += 1;
    else fail(name, message);
  }
  // A project whose tests vanished must not look like one whose tests pass.
  if (tests.length === 0) fail(`no test ran in ${file}`);
}
console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
process.exitCode = sum.failed > 0 || sum.passed === 0 ? 1 : 0;
