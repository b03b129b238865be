// Chooses one member in N of the C# files under a folder, the same ones each time, as Stryker takes them: ["Merkle/Frontier.cs{120..480}", …].
// A member is what stands between two empty lines; which are chosen follows from the digest of the file's name and what number the member has.
// usage: node eng/sample.mjs FOLDER N SEED
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";

const [folder, most, seed] = process.argv.slice(2);
const chosen = [];
for (const entry of readdirSync(folder, { recursive: true }).sort()) {
  if (!entry.endsWith(".cs")) continue;
  const text = readFileSync(join(folder, entry), "utf8");
  const spans = [];
  let at = 0;
  for (const [number, member] of text.split(/\n[ \t]*\n/).entries()) {
    const begin = text.indexOf(member, at);
    at = begin + member.length;
    const digest = createHash("sha256").update(`${seed}/${entry}/${number}`).digest();
    if (digest.readUInt32BE() % Number(most) === 0) spans.push(`{${begin}..${at}}`);
  }
  if (spans.length > 0) chosen.push(`${basename(folder)}/${entry}${spans.join("")}`);
}
console.log(JSON.stringify(chosen));
