// Draws what a command prints on a terminal as an SVG: the picture in the README.
// usage: node eng/terminal-svg.mjs COLUMNS COMMAND... > picture.svg      (needs script from util-linux)
import { execFileSync } from "node:child_process";

const columns = Number(process.argv[2]);
const command = process.argv.slice(3).join(" ");
const raw = execFileSync("script", ["-qec", `stty cols ${columns}; ${command}`, "/dev/null"], {
  encoding: "utf8",
  env: { ...process.env, TERM: "xterm-256color", COLUMNS: String(columns) },
});

const palette = { 31: "#ff7b72", 32: "#7ee787", 33: "#e3b341", 1: "#ffffff", 2: "#8b949e" };
const escape = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const characterWidth = 7.8;
const lineHeight = 18;

const rows = [];
// Modes that the terminal is put into draw nothing.
const drawn = raw.replaceAll(/\u001b\[\?[0-9;]*[a-zA-Z]|\u001b[=>]|\r/g, "").trim();
for (const line of drawn.split("\n")) {
  let style = {};
  let spans = [];
  for (const part of line.split(/(\u001b\[[0-9;]*m)/)) {
    const sgr = /^\u001b\[([0-9;]*)m$/.exec(part);
    if (sgr === null) {
      if (part.length > 0) spans.push({ text: part, ...style });
      continue;
    }
    for (const code of sgr[1].split(";").map(Number)) {
      if (code === 0) style = {};
      else if (code === 1) style = { ...style, bold: true };
      else if (palette[code]) style = { ...style, color: palette[code] };
    }
  }
  // Long lines are folded as a terminal folds them.
  let row = [];
  let used = 0;
  for (const span of spans) {
    let rest = [...span.text];
    while (rest.length > 0) {
      const piece = rest.splice(0, columns - used);
      row.push({ ...span, text: piece.join("") });
      used += piece.length;
      if (used === columns && rest.length > 0) {
        rows.push(row);
        row = [];
        used = 0;
      }
    }
  }
  rows.push(row);
}

const width = Math.ceil(columns * characterWidth) + 32;
const height = rows.length * lineHeight + 32;
const out = [
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,monospace" font-size="13">`,
  `<rect width="${width}" height="${height}" rx="8" fill="#0d1117"/>`,
];
rows.forEach((row, index) => {
  const spans = row.map((s) => {
    const weight = s.bold ? ' font-weight="bold"' : "";
    return `<tspan fill="${s.color ?? (s.bold ? "#ffffff" : "#c9d1d9")}"${weight}>${escape(s.text)}</tspan>`;
  });
  out.push(`<text x="16" y="${28 + index * lineHeight}" xml:space="preserve">${spans.join("")}</text>`);
});
out.push("</svg>");
process.stdout.write(out.join("\n") + "\n");
