// Cuts texts into words by spec/index.md, section 2, alone. It shares no code with Tessrax and takes case, decompositions and categories from
// Node's own tables, so where the two agree it says something.
// usage: node eng/words.mjs cases       writes spec/vectors/words/words.json
//        node eng/words.mjs check       compares the tables in spec/vectors/words with Node's; prints where they differ
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = join(fileURLToPath(import.meta.url), "..", "..", "spec", "vectors", "words");
const hasMarks = /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}]$/u;
const [letter, mark, wordRune] = [/^\p{L}$/u, /^\p{Mn}$/u, /^[\p{L}\p{N}\p{Mn}\p{Mc}]$/u];
const other = /^[\p{Mc}\p{Nl}\p{No}]$/u;
const within = (c, ...ranges) => ranges.some(([from, to]) => c >= from && c <= to);
const markable = (c) => within(c, [0x41, 0x2af], [0x370, 0x52f], [0x1e00, 0x1fff]);
const alone = (c) =>
  within(c, [0xe00, 0xeff], [0x1000, 0x109f], [0x1780, 0x17ff], [0x3005, 0x3007], [0x3021, 0x3029], [0x3038, 0x303b],
    [0x3040, 0x30ff], [0x31f0, 0x31ff], [0x3400, 0x4dbf], [0x4e00, 0x9fff], [0xa9e0, 0xa9ff], [0xaa60, 0xaa7f],
    [0xf900, 0xfaff], [0xff66, 0xff9d], [0x1aff0, 0x1b16f], [0x20000, 0x3ffff]);

function fold(s) {
  const parts = [...s.normalize("NFD")];
  const isPlain = letter.test(s) && hasMarks.test(parts[0]) && letter.test(parts[0]) && parts.slice(1).every((p) => mark.test(p));
  const small = (isPlain ? parts[0] : s).toLowerCase();
  return small === "ς" ? "σ" : [...small].length === 1 ? small : s;
}

class Cutter {
  words = [];
  cut = false;
  add(text) {
    let [word, full, markableBefore, begun] = ["", false, false, 0];
    const end = () => {
      if (word !== "" && !this.cut) {
        const more = begun === 0 && this.words.length > 0 ? ["\u0080", word] : [word];
        if (this.words.length + more.length > 16384) this.cut = true;
        else this.words.push(...more);
        begun++;
      }
      [word, full, markableBefore] = ["", false, false];
    };
    for (const s of text) {
      const f = fold(s);
      const c = f.codePointAt(0);
      if (mark.test(f) && markableBefore) continue;
      if (!wordRune.test(f)) {
        end();
        continue;
      }
      if (alone(c)) end();
      markableBefore = letter.test(f) && markable(c);
      full ||= Buffer.byteLength(word + f) > 64;
      if (!full) word += f;
      if (alone(c)) end();
    }
    end();
  }
  document(value) {
    if (value === null) return;
    if (Array.isArray(value)) value.forEach((item) => this.document(item));
    else if (typeof value === "object") Object.keys(value).sort().forEach((name) => this.document(value[name]));
    else this.add(typeof value === "string" ? value : JSON.stringify(value));
  }
}

const samples = [
  [null, "x-empty"],
  [{}, "LEDGER_CREATED"],
  [{ b: "second", a: ["First, of all", 12.5, true, false, null, -0.001, 1e21], c: { z: "", y: "--" } }, "x-order"],
  [{ id: "CVE-2024-1234", url: "https://example.org/a_b?c=d#e" }, "x-vuln"],
  [{ quote: 'say "what"\\it\nis\u0001so\u001fthen\u007fdel' }, "x-escapes"],
  [{ latin: "Ångström ÉCOLE naïve Straße ẞ Øresund İstanbul ıŁódź ǅ" }, "x-latin"],
  [{ decomposed: "E\u0301cole a\u0308\u0323b 1\u0301 \u0301alone -\u0301x" }, "x-marks"],
  [{ greek: "ΛΌΓΟΣ λόγος ᾧ Ὀδυσσεύς", cyrillic: "Йод ЁЖ й и\u0306" }, "x-greek"],
  [{ han: "東京都2026年、abc東def", kana: "カタカナとひらがな ｶﾅ", thai: "สวัสดี", beyond: "𠀀𠀁x" }, "x-han"],
  [{ arabic: "مَرْحَبًا", hebrew: "שָׁלוֹם", hindi: "हिन्दी क्ष", hangul: "한국어 \u1112\u1161\u11ab" }, "x-others"],
  [{ signs: "a\u00adb c\u200bd e\u2028f g\u202eh 👍🏽 10½ x² Ⅷ ①" }, "x-signs"],
  [{ separator: "a\u0080b \u0080 c", nul: "\u0000", last: "\u{10ffff}\ufffd" }, "x-separator"],
  [{ long: "x".repeat(65) + " " + "é".repeat(64) + " " + "漢".repeat(3) + " " + "ж".repeat(33) + "y z" }, "x-long"],
  [{ deseret: "𐐀𐐁", fullwidth: "ＡＢｃ１", kelvin: "\u212a \u212b \u2126" }, "x-capitals"],
  [["a b", "", "c", ["d"]], "x-phrases"],
  // Letters and a mark that Unicode has since 16.0.
  [{ newest: "\u{10d50}\u{10d51} \ua7cb\ua7da a\u0897b \u1c89" }, "x-newest"],
];

if (process.argv[2] === "cases") {
  const cases = samples.map(([content, event]) => {
    const cutter = new Cutter();
    cutter.document(content);
    cutter.add(event);
    return { content, event, words: cutter.words.join(" "), count: cutter.words.length, cut: cutter.cut };
  });
  writeFileSync(join(folder, "words.json"), JSON.stringify(cases, null, 1) + "\n");
} else {
  const lines = (name) => readFileSync(join(folder, name), "utf8").trimEnd().split("\n");
  const folded = new Map(lines("folding.txt").map((line) => line.split(" ").map((h) => parseInt(h, 16))));
  const kinds = new Uint8Array(0x110000);
  for (const [kind, name] of ["letters.txt", "marks.txt", "others.txt"].entries()) {
    const ranges = lines(name).map((line) => line.split("-").map((h) => parseInt(h, 16)));
    ranges.forEach(([from, to]) => kinds.fill(kind + 1, from, (to ?? from) + 1));
  }
  const kindOf = (s) => (!wordRune.test(s) ? 0 : mark.test(s) ? 2 : other.test(s) ? 3 : 1);
  let [differ, newer] = [0, 0];
  for (let c = 0; c < 0x110000; c++) {
    if (c >= 0xd800 && c < 0xe000) continue;
    const s = String.fromCodePoint(c);
    // A letter that Node knows and the tables do not came with a newer Unicode.
    if (wordRune.test(s) && !kinds[c]) newer++;
    else if (kindOf(s) !== kinds[c] || fold(s).codePointAt(0) !== (folded.get(c) ?? c)) {
      console.log(`U+${c.toString(16).toUpperCase()} ${s}`);
      differ++;
    }
  }
  console.log(`${differ} differ from Unicode ${process.versions.unicode}, ${newer} came later`);
  process.exitCode = differ === 0 ? 0 : 1;
}
