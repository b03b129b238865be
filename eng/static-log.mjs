// Writes a static log (C2SP tlog-tiles): checkpoint, tiles of hashes, bundles of entries. It shares no code with Tessrax,
// so what tessraxctl makes of it says something. Entry i is the text "entry i"; the key has the seed 01 32 times: nobody
// should use it for anything.
// usage: node eng/static-log.mjs DIRECTORY SIZE [--origin NAME] [--change I]... [--cut FROM TO] [--extension LINE] [--no-entries]
// Prints the log's vkey. --change I gives entry I another text; --cut leaves out the entries
// from FROM up to TO, as if they had never been; --extension adds a line to the checkpoint.
import { createHash, createPrivateKey, createPublicKey, hash, sign } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const [directory, count, ...rest] = process.argv.slice(2);
const options = { origin: "example.com/log", changed: new Set(), cut: [0, 0], extension: "", entries: true };
while (rest.length > 0) {
  const option = rest.shift();
  if (option === "--origin") options.origin = rest.shift();
  else if (option === "--change") options.changed.add(Number(rest.shift()));
  else if (option === "--cut") options.cut = [Number(rest.shift()), Number(rest.shift())];
  else if (option === "--extension") options.extension = `${rest.shift()}\n`;
  else if (option === "--no-entries") options.entries = false;
  else throw new Error(`${option} is not known`);
}
const size = Number(count) - (options.cut[1] - options.cut[0]);

const sha256 = (bytes) => hash("sha256", bytes, "buffer");
const numberOf = (place) => (place < options.cut[0] ? place : place + options.cut[1] - options.cut[0]);
const entry = (place) => textOf(numberOf(place));
const textOf = (i) => Buffer.from(options.changed.has(i) ? `entry ${i}, changed` : `entry ${i}`);
const leafHash = (data) => sha256(Buffer.concat([Buffer.of(0), data]));
const node = Buffer.alloc(65, 1);
function nodeHash(left, right) {
  left.copy(node, 1);
  right.copy(node, 33);
  return sha256(node);
}

// tlog-tiles: N in groups of three digits, all but the last prefixed with x.
function pathOf(level, index, width) {
  let path = String(index % 1000).padStart(3, "0");
  for (let n = Math.floor(index / 1000); n > 0; n = Math.floor(n / 1000)) path = `x${String(n % 1000).padStart(3, "0")}/${path}`;
  return join(directory, "tile", String(level), width === 256 ? path : `${path}.p/${width}`);
}
function write(path, bytes) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
}

// RFC 6962, section 2.1: the root of hashes side by side, split at the largest power of two below their number.
function rootOf(hashes) {
  if (hashes.length === 0) return sha256(Buffer.alloc(0));
  if (hashes.length === 1) return hashes[0];
  let k = 1;
  while (2 * k < hashes.length) k *= 2;
  return nodeHash(rootOf(hashes.slice(0, k)), rootOf(hashes.slice(k)));
}

let level = Array.from({ length: size }, (_, i) => leafHash(entry(i)));
if (options.entries) {
  for (let first = 0; first < size; first += 256) {
    const last = Math.min(first + 256, size);
    const bundle = [];
    for (let i = first; i < last; i++) {
      const bytes = entry(i);
      bundle.push(Buffer.of(bytes.length >> 8, bytes.length & 255), bytes);
    }
    write(pathOf("entries", first / 256, last - first), Buffer.concat(bundle));
  }
}
const leaves = level;
for (let number = 0; level.length > 0; number++) {
  const above = [];
  for (let first = 0; first < level.length; first += 256) {
    const tile = level.slice(first, first + 256);
    write(pathOf(number, first / 256, tile.length), Buffer.concat(tile));
    if (tile.length === 256) above.push(rootOf(tile));
  }
  level = above;
}

// C2SP signed-note: 01 is Ed25519; an id is the first four bytes of SHA-256(name || LF || type || key).
const seed = Buffer.alloc(32, 1);
const key = createPrivateKey({
  key: Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]),
  format: "der",
  type: "pkcs8",
});
const publicKey = createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32);
const typed = Buffer.concat([Buffer.of(1), publicKey]);
const id = createHash("sha256").update(`${options.origin}\n`).update(typed).digest().subarray(0, 4);
const text = `${options.origin}\n${size}\n${rootOf(leaves).toString("base64")}\n${options.extension}`;
const signature = Buffer.concat([id, sign(null, Buffer.from(text), key)]).toString("base64");
write(join(directory, "checkpoint"), `${text}\n— ${options.origin} ${signature}\n`);
console.log(`${options.origin}+${id.toString("hex")}+${typed.toString("base64")}`);
