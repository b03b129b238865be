// Holds the claims of conformance against what ran: each row names a test, a method or a whole class, that must have
// run and passed; and so must each test that a page names as `Class.Method` or `ClassTests`. What does not hold is left
// in conformance.failed, to be counted with the failures.
// usage: node eng/conformance.mjs ROWS.json DIRECTORY-OF-REPORTS PAGE.md...
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readReport } from "./reports.mjs";

const [rowsFile, directory, ...pages] = process.argv.slice(2);
const rows = JSON.parse(readFileSync(rowsFile, "utf8"));
const ran = [];
for (const file of readdirSync(directory)) {
  if (file.endsWith(".json")) ran.push(...readReport(join(directory, file)));
}

const members = ["row", "clause", "test", "command"];
const failures = [];
for (const row of rows) {
  const odd = Object.keys(row).find((key) => !members.includes(key)) ?? members.find((key) => !row[key]);
  // A method's cases read "Class.Method(case)", a class's methods "Class.Method".
  const found = ran.filter(
    ({ name }) => name === row.test || name.startsWith(`${row.test}.`) || name.startsWith(`${row.test}(`),
  );
  const broken = found.find((test) => test.status !== "passed");
  const why =
    odd !== undefined ? `the row's member '${odd}' is unknown or empty`
    : found.length === 0 ? "no such test ran"
    : broken ? `${broken.name} did not pass`
    : "";
  if (why) failures.push(`conformance ${row.row} (${row.clause}), ${row.test}: ${why}`);
}

// Pages name a class without its namespace.
const names = ran.map(({ name, status }) => ({ name: name.split("(")[0], status }));
let named = 0;
for (const page of pages) {
  const tests = new Set([...readFileSync(page, "utf8").matchAll(/`([A-Z]\w*Tests(?:\.\w+)?)`/g)].map((match) => match[1]));
  named += tests.size;
  for (const test of tests) {
    const found = names.filter(({ name }) => `${name}.`.includes(`.${test}.`));
    const broken = found.find(({ status }) => status !== "passed");
    if (found.length === 0) failures.push(`${page}: no test ${test} ran`);
    else if (broken) failures.push(`${page}: ${broken.name} did not pass`);
  }
}
if (failures.length > 0) writeFileSync(join(directory, "conformance.failed"), failures.join("\n") + "\n");
const all = rows.length + named;
console.log(`${all - failures.length} of ${all} hold: ${rows.length} rows, and ${named} tests that pages name`);
