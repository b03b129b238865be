// The reports that test runs leave (CTRF, https://ctrf.io), as they come: what a failed test says may hold what a terminal
// was sent, and their writer leaves such characters in strings as they are, which is not JSON.
import { readFileSync } from "node:fs";

const escapeOf = (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

// The text with its control characters written out, but for line feeds.
export const printable = (text) => text.replace(/[\u0000-\u0009\u000b-\u001f\u007f]/g, escapeOf);

// The tests of a report: name, status and, of one that failed, message. Those that are only run when they are asked for, and were not, are no part of it.
export const readReport = (file) =>
  JSON.parse(printable(readFileSync(file, "utf8"))).results.tests.filter(({ status }) => status !== "pending");
