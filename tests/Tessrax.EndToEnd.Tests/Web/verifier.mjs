// Runs the published verifier under Node, for a test: a line on standard input is a question, its parts in base64 or "-",
// and a line of standard output its answer. Ends with how many milliseconds the start and all questions took.
// usage: node verifier.mjs FOLDER
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const [folder] = process.argv.slice(2);
const from = pathToFileURL(`${folder}/`);
const start = performance.now();
const { openEngine } = await import(new URL("engine.js", from));
const { verifySignature } = await import(new URL("sodium.js", from));
const engine = await openEngine();
const ready = performance.now();

const answers = {
  verify: (given, trust) => engine.verify(given, trust, false),
  follow: (given, trust, address) => engine.follow(given, trust, Buffer.from(address).toString()),
  signature: (key, message, signature) => String(verifySignature(key, message, signature)),
};
const out = [];
for await (const line of createInterface({ input: process.stdin })) {
  const [call, ...parts] = line.split(" ");
  out.push(await answers[call](...parts.map((part) => new Uint8Array(part === "-" ? 0 : Buffer.from(part, "base64")))));
}
const end = performance.now();
process.stdout.write([...out, `${Math.round(ready - start)} ${Math.round(end - ready)}`, ""].join("\n"), () =>
  process.exit(0),
);
