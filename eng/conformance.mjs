// Holds the claims of conformance against what ran: each row names a test, a method or a whole class, that must have
// run and passed. Its answers join the other reports as one test per row.
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
const tests = rows.map((row) => {
  const name = `Conformance ${row.row} (${row.clause}): ${row.test}`;
  const odd = Object.keys(row).find((key) => !members.includes(key)) ?? members.find((key) => !row[key]);
  // A method's cases read "Class.Method(case)", a class's methods "Class.Method".
  const found = ran.filter(
    ({ name: n }) => n === row.test || n.startsWith(`${row.test}.`) || n.startsWith(`${row.test}(`),
  );
  const broken = found.filter((test) => test.status !== "passed");
  const why =
    odd !== undefined ? `the row's member '${odd}' is unknown or empty`
    : found.length === 0 ? "no such test ran"
    : broken.length > 0 ? `${broken[0].name} did not pass`
    : "";
  if (why) console.log(`${name}: ${why}`);
  return { name, status: why ? "failed" : "passed", duration: 0, message: why || undefined };
});
writeFileSync(join(directory, "conformance.json"), JSON.stringify({ results: { tests } }));
console.log(`${tests.filter((t) => t.status === "passed").length} of ${tests.length} rows hold`);
