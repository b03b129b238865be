// Makes maps of fields and proofs of searches by spec/index.md, section 6, alone. It shares no code with Tessrax, so where the two agree it says something.
// usage: node eng/fields.mjs vector DIRECTORY   writes maps.json and proofs.json from spec/vectors/fields/ledger.json
// Only SHA-256 ledgers, and payloads of the first form.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const sha256 = (...parts) => parts.reduce((h, part) => h.update(part), createHash("sha256")).digest();
const u64 = (n) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(n));
  return bytes;
};
const text = (digest) => `sha256:${digest.toString("hex")}`;
const base64 = (digest) => digest.toString("base64");
const Fields = { event: 1, key: 2, policy: 3, subject: 16, metric: 17, source: 18, severity: 19, claim: 20, approver: 21 };
const isOpen = (field) => field < Fields.subject;

function require(holds, what) {
  if (!holds) throw new Error(`expected ${what}`);
}

// RFC 6962, sections 2.1 and 2.1.1, as they stand there.
const leafHash = (data) => sha256(Buffer.of(0), data);
const split = (n) => {
  let k = 1;
  while (2 * k < n) k *= 2;
  return k;
};
function rootOf(leaves) {
  if (leaves.length === 0) return sha256();
  if (leaves.length === 1) return leaves[0];
  const k = split(leaves.length);
  return sha256(Buffer.of(1), rootOf(leaves.slice(0, k)), rootOf(leaves.slice(k)));
}
function pathOf(m, leaves) {
  if (leaves.length === 1) return [];
  const k = split(leaves.length);
  return m < k
    ? [...pathOf(m, leaves.slice(0, k)), rootOf(leaves.slice(k))]
    : [...pathOf(m - k, leaves.slice(k)), rootOf(leaves.slice(0, k))];
}
function peaksOf(leaves) {
  if (leaves.length === 0) return [];
  const k = split(leaves.length + 1);
  return [rootOf(leaves.slice(0, k)), ...peaksOf(leaves.slice(k))];
}

// Section 1.
function fieldsOf(entry) {
  const { body } = entry.leaf;
  const said = [[Fields.event, body.event], [Fields.key, body.by.key.slice("sha256:".length)]];
  if (body.policy) said.push([Fields.policy, `${body.policy.id} ${body.policy.version}`]);
  if (!entry.payload) return said;
  const about = (of) => [
    [Fields.subject, of.key.subject],
    [Fields.metric, of.key.metric],
    [Fields.severity, of.severity],
    ...of.claims.map((claim) => [Fields.claim, claim.claim_id]),
  ];
  if (body.event === "CLAIMS_RECORDED")
    for (const claim of entry.payload.claims)
      said.push([Fields.subject, claim.subject], [Fields.metric, claim.metric], [Fields.source, claim.source], [Fields.claim, claim.claim_id]);
  if (body.event === "CONTRADICTION_DETECTED") said.push(...about(entry.payload));
  if (body.event === "DECISION_PROPOSED" && entry.payload.decision) said.push(...about(entry.payload.decision));
  if (body.event === "APPROVAL_RECORDED") said.push([Fields.approver, entry.payload.approval.key.slice("sha256:".length)]);
  if (body.event === "DECISION_RECORDED") said.push(...about(entry.payload), [Fields.source, entry.payload.outcome.source]);
  return said;
}

// Section 6.1.
const keyOf = (ledger, field, value) => sha256("tessrax/field/v1\n", ledger, Buffer.of(field), Buffer.from(value));
const blindOf = (entry) => sha256("tessrax/posting/v1\n", Buffer.from(entry.salt, "hex"));
function digestOf(field, postings) {
  return sha256("tessrax/postings/v1\n", ...postings.flatMap((p) => (isOpen(field) ? [u64(p.index)] : [u64(p.index), p.blind])));
}

function mapOf(ledger, entries, to) {
  const erased = new Set(entries.filter((e) => e.leaf.body.event === "PAYLOAD_ERASED").flatMap((e) => e.leaf.body.control.entries.map((x) => x.index)));
  const values = new Map();
  for (const entry of entries)
    for (const [field, value] of fieldsOf(entry)) {
      const { index } = entry.leaf;
      if (!isOpen(field) && erased.has(index)) continue;
      const key = keyOf(ledger, field, value);
      const known = values.get(key.toString("hex")) ?? { field, value, key, postings: [] };
      values.set(key.toString("hex"), known);
      if (known.postings.at(-1)?.index !== index) known.postings.push({ index, blind: isOpen(field) ? null : blindOf(entry) });
    }
  const half = (open) => {
    const leaves = [...values.values()].filter((v) => isOpen(v.field) === open).sort((a, b) => a.key.compare(b.key));
    for (const leaf of leaves) {
      leaf.P = digestOf(leaf.field, leaf.postings);
      leaf.hash = leafHash(Buffer.concat([leaf.key, leaf.P]));
    }
    return { leaves, root: rootOf(leaves.map((leaf) => leaf.hash)) };
  };
  return { at: to, from: entries[0].leaf.index, open: half(true), sealed: half(false) };
}

// Section 6.3.
function termOf(ledger, map, field, value) {
  const { leaves } = isOpen(field) ? map.open : map.sealed;
  const key = keyOf(ledger, field, value);
  const path = (i) => pathOf(i, leaves.map((leaf) => leaf.hash)).map(base64);
  const next = leaves.findIndex((leaf) => leaf.key.compare(key) >= 0);
  const found = leaves[next];
  if (found?.key.equals(key))
    return {
      field,
      value,
      at: next,
      path: path(next),
      postings: found.postings.map((p) => (isOpen(field) ? p.index : [p.index, base64(p.blind)])),
    };
  const neighbour = (i) => leaves[i] ? { at: i, key: base64(leaves[i].key), postings: base64(leaves[i].P), path: path(i) } : null;
  const right = next < 0 ? leaves.length : next;
  return { field, value, left: neighbour(right - 1), right: neighbour(right) };
}

const indexesOf = (term) => (term.postings ?? []).map((p) => (Array.isArray(p) ? p[0] : p));

function proofOf(ledger, maps, { query, cover, withOpen = true }) {
  const { entries, checkpoint, id } = ledger;
  const hashes = entries.map((entry) => entry.hash);
  const epochs = maps.map((map) => ({ at: map.at, terms: cover.map(([field, value]) => termOf(id, map, field, value)) })).reverse();
  const from = withOpen ? maps.at(-1).at : entries.length;
  const wanted = new Set(epochs.flatMap((epoch) => epoch.terms.flatMap(indexesOf)));
  const control = (entry) => /^(LEDGER|EPOCH|CLOCK|HOLD|KEY|APPROVERS|POLICY)_|^PAYLOAD_ERASED$/.test(entry.leaf.body.event);
  const shown = (entry) => ({
    entry: entry.leaf,
    ...(entry.erased ? { erased: true } : entry.payload ? { payload: entry.payload, salt: Buffer.from(entry.salt, "hex").toString("base64") } : {}),
  });
  return {
    search: "tessrax/search/v1",
    query,
    checkpoint,
    entries: entries
      .filter((entry) => entry.leaf.index < from && (control(entry) || wanted.has(entry.leaf.index)))
      .map((entry) => ({ ...shown(entry), proof: pathOf(entry.leaf.index, hashes).map(base64) })),
    epochs,
    open: withOpen ? { from, peaks: peaksOf(hashes.slice(0, from)).map(base64), entries: entries.slice(from).map(shown) } : null,
  };
}

// Changes to a proof, as RFC 6902 writes them.
function pathIn(document, pointer) {
  const steps = pointer.split("/").slice(1);
  const last = steps.pop();
  return [steps.reduce((node, step) => node[step], document), last];
}
function patched(document, patch) {
  const copy = structuredClone(document);
  for (const { op, path, value } of patch) {
    const [node, last] = pathIn(copy, path);
    if (op === "remove") Array.isArray(node) ? node.splice(Number(last), 1) : delete node[last];
    else if (op === "replace") node[last] = value;
    else throw new Error(op);
  }
  return copy;
}

function holding(ledger, maps) {
  const claims = (entry) => (entry.payload?.claims && entry.leaf.body.event === "CLAIMS_RECORDED" ? entry.payload.claims : []);
  const subject = (entry, value) => fieldsOf(entry).some(([field, of]) => field === Fields.subject && of === value);
  const event = (entry, value) => entry.leaf.body.event === value;
  const wishes = [
    { name: "a subject that two epochs have", query: "subject:A", cover: [[Fields.subject, "A"]], hits: (e) => subject(e, "A") },
    { name: "a subject that nobody has", query: "subject:nobody", cover: [[Fields.subject, "nobody"]], hits: () => false },
    { name: "a subject that was erased before its epoch was closed", query: "subject:erased", cover: [[Fields.subject, "erased"]], hits: () => false },
    {
      name: "an event, and of its entries those without a source",
      query: "event:CLAIMS_RECORDED AND NOT source:source-1",
      cover: [[Fields.event, "CLAIMS_RECORDED"]],
      hits: (e) => event(e, "CLAIMS_RECORDED") && !claims(e).some((claim) => claim.source === "source-1"),
    },
    {
      name: "one of two values, in two halves",
      query: "event:x-other OR claim:A-2",
      cover: [[Fields.event, "x-other"], [Fields.claim, "A-2"]],
      hits: (e) => event(e, "x-other") || fieldsOf(e).some(([field, of]) => field === Fields.claim && of === "A-2"),
    },
    { name: "without the open epoch", query: "event:x-other", cover: [[Fields.event, "x-other"]], withOpen: false, hits: (e) => event(e, "x-other") },
  ];
  return wishes.map((wish) => {
    const proof = proofOf(ledger, maps, wish);
    const there = new Set([...proof.entries, ...(proof.open?.entries ?? [])].map((item) => item.entry.index));
    return { name: wish.name, hits: ledger.entries.filter((e) => there.has(e.leaf.index) && wish.hits(e)).map((e) => e.leaf.index), proof };
  });
}

// Each is a proof of the first list, bent.
function refuted(held, maps) {
  const [some, none, , , two, closed] = held.map((h) => h.proof);
  const epochWith = some.epochs.findIndex((epoch) => epoch.terms[0].postings?.length > 1);
  const first = `/epochs/${epochWith}/terms/0`;
  const term = some.epochs[epochWith].terms[0];
  const entryAt = (proof, index) => proof.entries.findIndex((item) => item.entry.index === index);
  const candidate = entryAt(some, term.postings[0][0]);
  const opened = entryAt(some, maps[0].at);
  const zero = base64(Buffer.alloc(32));
  const replace = (path, value) => ({ op: "replace", path, value });
  const remove = (path) => ({ op: "remove", path });
  const absent = none.epochs[0].terms[0];
  const cases = [
    ["an entry that the map names is not there", 0, "search", [remove(`/entries/${candidate}`)]],
    ["it is not there, and no posting names it", 0, "search", [remove(`/entries/${candidate}`), remove(`${first}/postings/0`)]],
    ["a blind is another one", 0, "search", [replace(`${first}/postings/0/1`, zero)]],
    ["a posting names another entry of the epoch", 0, "search", [replace(`${first}/postings/0/0`, term.postings[0][0] - 1)]],
    ["the leaf is said to stand elsewhere", 0, "search", [replace(`${first}/at`, term.at + 1)]],
    ["a hash is missing from the path", 0, "search", [remove(`${first}/path/0`)]],
    ["the term is of another value", 0, "search", [replace(`${first}/value`, "B")]],
    ["the value is said to be nobody's, by what shows that of another value", 0, "search", [replace(first, { ...none.epochs[epochWith].terms[0], value: "A" })]],
    ["nobody's, without a neighbour", 1, "search", [replace("/epochs/0/terms/0/left", null), replace("/epochs/0/terms/0/right", null)]],
    ["nobody's, with the neighbours exchanged", 1, "search", [replace("/epochs/0/terms/0/left", absent.right), replace("/epochs/0/terms/0/right", absent.left)]],
    ["an epoch is not shown", 0, "search", [remove("/epochs/1")]],
    ["an epoch is said to be erased, and is not", 0, "epochs", [replace("/epochs/1", { at: some.epochs[1].at, erased: true })]],
    ["something is shown of an epoch that there is none of", 0, "epochs", [replace("/epochs/2/at", some.epochs[2].at - 1)]],
    ["one of two values is not shown", 4, "search", [remove("/epochs/0/terms/1")]],
    ["the query is another one", 0, "search", [replace("/query", "subject:B")]],
    ["an EPOCH_OPENED is not there", 0, "governance", [remove(`/entries/${opened}`)]],
    ["the payload of a candidate says something else", 0, "commitments", [replace(`/entries/${candidate}/payload/claims/0/subject`, "Z")]],
    ["a candidate is another entry", 0, "inclusion", [replace(`/entries/${candidate}/entry/recorded_at`, "2026-03-01T00:00:00.000001Z")]],
    ["an entry of the open epoch is not there", 0, "open", [remove("/open/entries/1")]],
    ["the last entry of the open epoch is not there", 0, "open", [remove(`/open/entries/${some.open.entries.length - 1}`)]],
    ["the peaks are of another tree", 0, "open", [replace("/open/peaks/0", zero)]],
    ["the map is said to have an entry that it has not", 5, "search", [replace("/epochs/0/terms/0", closed.epochs[1].terms[0])]],
  ];
  require(two.epochs[0].terms.length === 2, "two terms");
  return cases.map(([name, of, stage, patch]) => {
    require(JSON.stringify(patched(held[of].proof, patch)) !== JSON.stringify(held[of].proof), `a change: ${name}`);
    return { name, of, stage, patch };
  });
}

function vector(directory) {
  const source = fileURLToPath(new URL("../spec/vectors/fields/ledger.json", import.meta.url));
  const file = JSON.parse(readFileSync(source, "utf8"));
  const entries = file.entries.map((entry) => ({
    ...entry,
    leaf: JSON.parse(entry.leaf),
    payload: entry.payload == null ? null : JSON.parse(entry.payload),
    hash: leafHash(Buffer.from(entry.leaf)),
  }));
  const ledger = { id: Buffer.from(file.ledger.slice("sha256:".length), "hex"), checkpoint: file.checkpoint, entries };
  require(file.checkpoint.includes(`\n${entries.length}\n${base64(rootOf(entries.map((entry) => entry.hash)))}\n`), "the checkpoint of these entries");
  const maps = [];
  let from = 0;
  for (const { leaf } of entries.filter((entry) => entry.leaf.body.event === "EPOCH_OPENED")) {
    const map = mapOf(ledger.id, entries.slice(from, leaf.index), leaf.index);
    const said = leaf.body.control.index;
    for (const half of ["open", "sealed"]) {
      require(said[half].size === map[half].leaves.length, `${map[half].leaves.length} leaves at ${leaf.index}`);
      require(said[half].root === text(map[half].root), `the root of the ${half} half at ${leaf.index}`);
    }
    maps.push(map);
    from = leaf.index;
  }
  const shownHalf = ({ leaves, root }) => ({
    size: leaves.length,
    root: text(root),
    leaves: leaves.map((leaf) => ({
      field: leaf.field,
      value: leaf.value,
      key: text(leaf.key),
      entries: leaf.postings.map((p) => p.index),
      ...(isOpen(leaf.field) ? {} : { blinds: leaf.postings.map((p) => text(p.blind)) }),
      postings: text(leaf.P),
    })),
  });
  const holds = holding(ledger, maps);
  const made = {
    "maps.json": { maps: maps.map((map) => ({ at: map.at, from: map.from, open: shownHalf(map.open), sealed: shownHalf(map.sealed) })) },
    "proofs.json": { holds, refuted: refuted(holds, maps) },
  };
  mkdirSync(directory, { recursive: true });
  for (const [to, document] of Object.entries(made)) writeFileSync(join(directory, to), `${JSON.stringify(document, null, 1)}\n`);
}

const [command, path] = process.argv.slice(2);
if (command === "vector" && path) vector(path);
else throw new Error("usage: node eng/fields.mjs vector DIRECTORY");
