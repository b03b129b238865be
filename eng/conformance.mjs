// Holds the claims of conformance against what ran: each row names a test, a method or a whole class, that must have
// run and passed. Rows that do not hold are left in conformance.failed, to be counted with the failures.
// usage: node eng/conformance.mjs ROWS.json DIRECTORY-OF-REPORTS
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [rowsFile, directory] = process.argv.slice(2);
const rows = JSON.parse(readFileSync(rowsFile, "utf8"));
const ran = [];
for (const file of readdirSync(directory)) {
  if (file.endsWith(".json")) ran.push(...JSON.parse(readFileSync(join(directory, file), "utf8")).results.tests);
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
if (failures.length > 0) writeFileSync(join(directory, "conformance.failed"), failures.join("\n") + "\n");
console.log(`${rows.length - failures.length} of ${rows.length} rows hold`);
