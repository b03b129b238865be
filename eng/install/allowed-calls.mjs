// Checks that each system call of a trace is one that a unit of systemd allows.
// usage: node allowed-calls.mjs TRACE ALLOWED-GROUP DENIED-GROUP      TRACE: of strace -f; groups as of systemd-analyze syscall-filter
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

const [trace, allowed, denied] = process.argv.slice(2);

// Groups name groups; what begins with a hash is a remark.
function callsOf(group) {
  const calls = new Set();
  for (const line of execFileSync("systemd-analyze", ["syscall-filter", "--no-pager", group], { encoding: "utf8" }).split("\n").slice(1)) {
    const word = line.trim();
    if (word.startsWith("@")) for (const call of callsOf(word)) calls.add(call);
    else if (word && !word.startsWith("#")) calls.add(word);
  }
  return calls;
}

const made = new Set([...readFileSync(trace, "utf8").matchAll(/^\d+ +(?:<\.\.\. )?([a-z_0-9]+)(?:\(| resumed>)/gm)].map((match) => match[1]));
const may = callsOf(allowed);
const mayNot = callsOf(denied);
const refused = [...made].filter((call) => !may.has(call) || mayNot.has(call)).sort();
console.log(`${made.size} kinds of system calls, ${refused.length} not allowed${refused.length > 0 ? `: ${refused.join(" ")}` : ""}`);
process.exit(made.size > 50 && refused.length === 0 ? 0 : 1);
