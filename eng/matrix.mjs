// Judges a test project's run in one row of the matrix: what fails must be named with its reason, and what is named must fail.
// usage: node eng/matrix.mjs ROW PROJECT REPORT CODE [CLASS...]     REPORT: in CTRF; CODE: the run's exit code; CLASS: what alone was run. Prints the result; exits with 1 if it is not as it must be.
// eng/matrix-exceptions.txt: the row, the test (a method, or a whole class) and the reason, with tabs between.
import { existsSync, readFileSync } from "node:fs";
import { readReport } from "./reports.mjs";

const [row, project, report, code, ...classes] = process.argv.slice(2);
if (!existsSync(report)) {
  console.log("left no report");
  process.exit(1);
}
const within = (test, name) => test === name || test.startsWith(`${name}.`) || test.startsWith(`${name}(`);
const exceptions = readFileSync(new URL("matrix-exceptions.txt", import.meta.url), "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"))
  .map((line) => line.split("\t"))
  .filter(([of, test]) => of === row && within(test, project))
  .filter(([, test]) => classes.length === 0 || classes.some((name) => within(test, name)));

const tests = readReport(report);
const of = (status) => tests.filter((test) => test.status === status);
const named = (name) => exceptions.some(([, test]) => within(name, test));
const failed = of("failed").map((test) => test.name);
const faults = [
  ...failed.filter((name) => !named(name)).map((name) => `fails: ${name}`),
  ...exceptions.filter(([, test]) => !failed.some((name) => within(name, test))).map(([, test]) => `is named and does not fail: ${test}`),
];
if (of("passed").length === 0) faults.push("nothing passed");
// What goes wrong outside of a test stands in no report.
if (code !== "0" && failed.length === 0) faults.push(`the run ended with ${code}, and no test failed`);
for (const name of classes) if (!tests.some((test) => within(test.name, name))) faults.push(`no test of ${name} was run`);

const counts = [`${of("passed").length} passed`];
if (failed.length > 0) counts.push(`${failed.length} failed, ${failed.filter(named).length} of them as named`);
const skipped = tests.length - of("passed").length - failed.length;
if (skipped > 0) counts.push(`${skipped} skipped`);
console.log(counts.join(", "));
const reasons = tests.filter((test) => !["passed", "failed"].includes(test.status)).map((test) => test.message ?? "no reason");
for (const reason of new Set(reasons)) console.log(`  skips ${reasons.filter((one) => one === reason).length}: ${reason.split("\n")[0]}`);
for (const [, test, reason] of exceptions) console.log(`  cannot: ${test.slice(project.length + 1)}: ${reason}`);
for (const fault of faults) console.log(`  ${fault}`);
process.exitCode = faults.length > 0 ? 1 : 0;
