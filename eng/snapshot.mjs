// Reads and writes snapshots and backups by spec/snapshot.md alone. It shares no code with Tessrax, so where the two agree it says something.
// usage: node eng/snapshot.mjs read FILE           checks every digest, the tree and the order; prints what is in it as JSON
//        node eng/snapshot.mjs vector DIRECTORY    writes the vectors from spec/vectors/ledger/ledger.json
// Only SHA-256 ledgers; signatures are looked at by eye, or with tessraxctl verify.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const sha256 = (...parts) => parts.reduce((h, part) => h.update(part), createHash("sha256")).digest();
const u32 = (n) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(n);
  return bytes;
};
const u64 = (n) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(n));
  return bytes;
};
const label = Buffer.from("tessrax/snapshot/v1\n");
const magic = Buffer.from("545358534e500d0a", "hex");
const places = ["", "pinned", "evidence", "keys", ".", "prepared"];

// RFC 6962: the peaks of perfect subtrees, from the largest to the smallest.
class Tree {
  peaks = [];
  size = 0;
  append(entry) {
    let [hash, count] = [sha256(Buffer.of(0), entry), 1];
    while (this.peaks.length > 0 && this.peaks.at(-1).count === count) {
      hash = sha256(Buffer.of(1), this.peaks.pop().hash, hash);
      count *= 2;
    }
    this.peaks.push({ hash, count });
    this.size++;
  }
  root() {
    return this.peaks.map((p) => p.hash).reduceRight((right, left) => sha256(Buffer.of(1), left, right));
  }
}
const textOf = (origin, tree) => `${origin}\n${tree.size}\n${tree.root().toString("base64")}\n\n`;

function require(holds, what) {
  if (!holds) throw new Error(`expected ${what}`);
}

// Section 2: header and chunks. Gives the content and the digest of the last chunk.
function unwrap(file) {
  require(file.subarray(0, 8).equals(magic), "the magic of a snapshot");
  require(file.readUInt32LE(8) === 1, "version 1");
  let before = file.subarray(0, 16);
  const content = [];
  for (let at = 16, last = false; !last; ) {
    const length = file.readUInt32LE(at);
    require(length <= 65536, "a chunk of at most 65,536 bytes");
    const bytes = file.subarray(at + 4, at + 4 + length);
    const digest = file.subarray(at + 4 + length, at + 36 + length);
    require(digest.length === 32, "a whole chunk");
    require(sha256(label, before, u32(length), bytes).equals(digest), `the digest of the chunk at ${at}`);
    content.push(bytes);
    before = digest;
    at += 36 + length;
    last = length < 65536;
    require(!last || at === file.length, "the end of the file after the last chunk");
  }
  return { kind: file.readUInt32LE(12), content: Buffer.concat(content), last: before.toString("hex") };
}

function wrap(kind, content) {
  const parts = [Buffer.concat([magic, u32(1), u32(kind)])];
  let before = parts[0];
  for (let at = 0; at <= content.length; at += 65536) {
    const bytes = content.subarray(at, at + 65536);
    before = sha256(label, before, u32(bytes.length), bytes);
    parts.push(u32(bytes.length), bytes, before);
  }
  return Buffer.concat(parts);
}

// Section 3: what the content says.
function read(file) {
  const { kind, content, last } = unwrap(file);
  let at = 0;
  const take = (n) => {
    require(at + n <= content.length, "more content");
    return content.subarray(at, (at += n));
  };
  const number = () => take(4).readUInt32LE();
  require(take(1)[0] === 1, "the ledger's facts");
  const facts = JSON.parse(take(number()));
  require(facts.hash === "sha256", "a SHA-256 ledger: this reader knows no other");
  const tree = new Tree();
  const [batches, files] = [[], []];
  let [payloads, erased, note] = [0, 0, ""];
  for (let item = take(1)[0]; item !== 3; item = take(1)[0]) {
    require(item === 2, "a batch, or the last checkpoint");
    const count = number();
    for (let i = 0; i < count; i++) {
      const [length, beside] = [number(), number()];
      tree.append(take(length));
      if (beside === 0xfffffffe) erased++;
      else if (beside !== 0xffffffff) {
        take(beside + 32);
        payloads++;
      }
    }
    note = textOf(facts.origin, tree) + take(number()).toString();
    batches.push(tree.size);
  }
  require(take(number()).toString() === note, "the last batch's checkpoint");
  while (at < content.length) {
    require(take(1)[0] === 4, "a file");
    const place = places[take(1)[0]];
    const name = take(take(1)[0]).toString();
    const bytes = take(Number(take(8).readBigUInt64LE()));
    if (place === "pinned" || place === "evidence") require(sha256(bytes).toString("hex") === name, `the bytes of ${name}`);
    files.push({ place, name, bytes: bytes.length });
  }
  return {
    kind: { 1: "snapshot", 2: "backup" }[kind],
    ...facts,
    size: tree.size,
    root: `sha256:${tree.root().toString("hex")}`,
    checkpoints: batches,
    payloads,
    erased,
    note,
    files,
    last_chunk: last,
    digest: `sha256:${sha256(file).toString("hex")}`,
    bytes: file.length,
  };
}

// Turns the whole ledger of spec/vectors/ledger into a snapshot, and with its evidence into a backup.
function vector(directory) {
  const source = fileURLToPath(new URL("../spec/vectors/ledger/ledger.json", import.meta.url));
  const ledger = JSON.parse(readFileSync(source, "utf8"));
  const facts = { format: 1, hash: "sha256", id: ledger.genesis.ledger_id, origin: ledger.origin };
  const head = Buffer.from(JSON.stringify(facts));
  const parts = [Buffer.of(1), u32(head.length), head];
  const tree = new Tree();
  for (const note of ledger.checkpoints) {
    const size = Number(note.split("\n")[1]);
    const entries = ledger.entries.slice(tree.size, size);
    parts.push(Buffer.of(2), u32(entries.length));
    for (const entry of entries) {
      const [leaf, payload] = [Buffer.from(entry.leaf), entry.payload == null ? null : Buffer.from(entry.payload)];
      parts.push(u32(leaf.length), u32(payload ? payload.length : 0xffffffff), leaf);
      if (payload) parts.push(payload, Buffer.from(entry.salt, "base64"));
      tree.append(leaf);
    }
    const text = textOf(ledger.origin, tree);
    require(note.startsWith(text), "checkpoints of what the entries give");
    const lines = Buffer.from(note.slice(text.length));
    parts.push(u32(lines.length), lines);
  }
  const last = Buffer.from(ledger.checkpoints.at(-1));
  parts.push(Buffer.of(3), u32(last.length), last);
  const evidence = Buffer.from("evidence");
  const name = Buffer.from(sha256(evidence).toString("hex"));
  const file = [Buffer.of(4, 2, name.length), name, u64(evidence.length), evidence];
  mkdirSync(directory, { recursive: true });
  const made = { "ledger.snapshot": wrap(1, Buffer.concat(parts)), "ledger.backup": wrap(2, Buffer.concat([...parts, ...file])) };
  for (const [to, bytes] of Object.entries(made)) {
    writeFileSync(join(directory, to), bytes);
    writeFileSync(join(directory, `${to}.json`), `${JSON.stringify(read(bytes), null, 2)}\n`);
  }
}

const [command, path] = process.argv.slice(2);
if (command === "read") console.log(JSON.stringify(read(readFileSync(path))));
else if (command === "vector") vector(path);
else throw new Error("usage: node eng/snapshot.mjs read FILE | vector DIRECTORY");
