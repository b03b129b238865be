// Sums the reports of all runs. The last line is alone on its line: N passed, N failed, N skipped.
// usage: node eng/summary.mjs DIRECTORY-OF-REPORTS
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const directory = process.argv[2];
const sum = { passed: 0, failed: 0, skipped: 0 };
const fail = (what) => {
  console.log(`FAILED: ${what}`);
  sum.failed += 1;
};
for (const file of readdirSync(directory).sort()) {
  const text = readFileSync(join(directory, file), "utf8");
  if (file.endsWith(".failed")) text.trim().split("\n").forEach(fail);
  if (!file.endsWith(".json")) continue;
  const { tests } = JSON.parse(text).results;
  for (const { name, status } of tests) {
    if (status === "passed") sum.passed += 1;
    else if (status === "skipped" || status === "pending") sum.skipped += 1;
    else fail(name);
  }
  // A project whose tests vanished must not look like one whose tests pass.
  if (tests.length === 0) fail(`no test ran in ${file}`);
}
console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
process.exitCode = sum.failed > 0 || sum.passed === 0 ? 1 : 0;
