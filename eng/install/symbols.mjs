// Checks that PATH.pdb are the symbols of PATH.dll: the identifier of the symbols stands in both.
// usage: node symbols.mjs PATH
import { readFileSync } from "node:fs";

const path = process.argv[2];
const [dll, pdb] = ["dll", "pdb"].map((ending) => readFileSync(`${path}.${ending}`));

// ECMA-335, II.24.2.1: the metadata of portable symbols begins with its streams; #Pdb begins with the identifier of 20 bytes.
function identifierOf(symbols) {
  let at = 16 + symbols.readUInt32LE(12);
  const streams = symbols.readUInt16LE(at + 2);
  at += 4;
  for (let i = 0; i < streams; i++) {
    const offset = symbols.readUInt32LE(at);
    const end = symbols.indexOf(0, at + 8);
    if (symbols.toString("latin1", at + 8, end) === "#Pdb") return symbols.subarray(offset, offset + 16);
    at = at + 8 + Math.ceil((end + 1 - at - 8) / 4) * 4;
  }
  throw new Error(`${path}.pdb has no #Pdb`);
}

// A CodeView entry: "RSDS", then the identifier.
const entry = dll.indexOf(Buffer.concat([Buffer.from("RSDS"), identifierOf(pdb)]));
console.log(`${path}: ${entry >= 0 ? "symbols fit" : "symbols of something else"}`);
process.exit(entry >= 0 ? 0 : 1);
