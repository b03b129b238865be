// Puts together what eng/wasm.sh has published of the verifier: libsodium beside it, each file also compressed.
// Prints what a browser transfers before it can verify.
// usage: node eng/verifier.mjs FOLDER
import { copyFileSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const [folder] = process.argv.slice(2);
const packages = "src/Tessrax.Web.Client/node_modules";

// A browser finds a module by its address, not by its package's name. Anything but one import is another version than was looked at.
function vendor(name, bare) {
  let text = readFileSync(join(packages, name, "dist/modules-esm", `${name}.mjs`), "utf8");
  if (bare) {
    const parts = text.split(`from"${bare}"`);
    if (parts.length !== 2) throw new Error(`${name} imports ${bare} ${parts.length - 1} times, not once`);
    text = parts.join(`from"./${bare}.mjs"`);
  }
  const license = readFileSync(join(packages, name, "LICENSE"), "utf8");
  writeFileSync(join(folder, `${name}.mjs`), text);
  writeFileSync(join(folder, `${name}.LICENSE.txt`), license);
}

// The bundle that engine.js tries the verifier on.
const [bundle, trust] = ["decision.tessrax.json", "trust.json"].map((file) =>
  JSON.stringify(readFileSync(join("spec/vectors/ledger", file), "utf8")),
);
writeFileSync(join(folder, "sample.js"), `export const bundle = ${bundle};\nexport const trust = ${trust};\n`);

// The page looks as a server's pages do.
for (const file of ["site.css", "mark.svg"]) copyFileSync(join("src/Tessrax.Web/Assets", file), join(folder, file));

vendor("libsodium");
vendor("libsodium-wrappers", "libsodium");

const files = readdirSync(folder, { recursive: true })
  .filter((file) => statSync(join(folder, file)).isFile() && !/\.(br|gz)$/.test(file))
  .sort();
let raw = 0;
let transfer = 0;
const rows = [];
for (const file of files) {
  const bytes = readFileSync(join(folder, file));
  const brotli = brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  });
  writeFileSync(join(folder, `${file}.br`), brotli);
  writeFileSync(join(folder, `${file}.gz`), gzipSync(bytes, { level: 9 }));
  if (/\.(txt)$/.test(file)) continue;
  raw += bytes.length;
  transfer += brotli.length;
  rows.push([file, bytes.length, brotli.length]);
}
for (const [file, size, small] of rows.sort((a, b) => b[2] - a[2]).slice(0, 12))
  console.log(`${String(small).padStart(9)} of ${String(size).padStart(9)}  ${file}`);
console.log(`the verifier: ${rows.length} files, ${raw} bytes, ${transfer} to transfer by brotli`);
