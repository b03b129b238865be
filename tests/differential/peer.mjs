// Answers questions with other people's code: one JSON document a line in, one a line out, bytes in base64.
// What must be independent of ours is: JSON.parse and canonicalize, the hashes and Ed25519 of noble, and the trees below,
// written from RFC 6962, section 2.1, as it stands: recursively, without any thought for speed.
import { createInterface } from "node:readline";
import * as ed from "@noble/ed25519";
import { blake3 } from "@noble/hashes/blake3.js";
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import { concatBytes } from "@noble/hashes/utils.js";
import canonicalize from "canonicalize";

ed.hashes.sha512 = sha512;

const hashes = { sha256, blake3 };
const bytes = (text) => new Uint8Array(Buffer.from(text, "base64"));
const hex = (data) => Buffer.from(data).toString("hex");

// MTH, PATH and SUBPROOF of RFC 6962, section 2.1.
const splitAt = (n) => {
  let k = 1;
  while (2 * k < n) k *= 2;
  return k;
};
const leaf = (h, d) => h(concatBytes(Uint8Array.of(0), d));
const node = (h, l, r) => h(concatBytes(Uint8Array.of(1), l, r));
const mth = (h, d) => {
  if (d.length === 0) return h(new Uint8Array());
  if (d.length === 1) return leaf(h, d[0]);
  const k = splitAt(d.length);
  return node(h, mth(h, d.slice(0, k)), mth(h, d.slice(k)));
};
const path = (h, m, d) => {
  if (d.length === 1) return [];
  const k = splitAt(d.length);
  return m < k
    ? [...path(h, m, d.slice(0, k)), mth(h, d.slice(k))]
    : [...path(h, m - k, d.slice(k)), mth(h, d.slice(0, k))];
};
const subproof = (h, m, d, whole) => {
  if (m === d.length) return whole ? [] : [mth(h, d)];
  const k = splitAt(d.length);
  return m <= k
    ? [...subproof(h, m, d.slice(0, k), whole), mth(h, d.slice(k))]
    : [...subproof(h, m - k, d.slice(k), false), mth(h, d.slice(0, k))];
};

const answers = {
  hash: ({ alg, data }) => hex(hashes[alg](bytes(data))),
  blake3: ({ data, key, context, length }) =>
    hex(
      blake3(bytes(data), {
        dkLen: length,
        ...(key && { key: bytes(key) }),
        ...(context && { context: bytes(context) }),
      }),
    ),
  root: ({ alg, leaves }) => hex(mth(hashes[alg], leaves.map(bytes))),
  inclusion: ({ alg, leaves, index }) => path(hashes[alg], index, leaves.map(bytes)).map(hex),
  consistency: ({ alg, leaves, from }) => subproof(hashes[alg], from, leaves.map(bytes), true).map(hex),
  canonicalize: ({ data }) => {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes(data));
    return hex(new TextEncoder().encode(canonicalize(JSON.parse(text))));
  },
  // The stricter of its two rules: RFC 8032's encodings, no key of small order.
  ed25519: ({ key, message, signature }) =>
    ed.verify(bytes(signature), bytes(message), bytes(key), { zip215: false }),
};

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const question = JSON.parse(line);
  let answer;
  try {
    answer = { is: answers[question.op](question) };
  } catch (e) {
    answer = { refused: String(e.message ?? e) };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
}
