// What a command prints on a terminal, as rows of styled text, and those rows as SVG: shared by eng/session.mjs and eng/screens.mjs.
import { spawnSync } from "node:child_process";

export const cell = { width: 7.8, height: 18, font: "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace" };

/** The colours by class: of a light page and of a dark one. Both were chosen for a contrast of at least 4.5 with their ground. */
export const palettes = {
  light: { ground: "#ffffff", edge: "#d0d7de", f: "#1f2328", b: "#000000", d: "#59636e", r: "#c5202b", g: "#1a7f37", y: "#8a5a00", p: "#0550ae", n: "#0a6c74", v: "#8250df" },
  dark: { ground: "#0d1117", edge: "#30363d", f: "#c9d1d9", b: "#ffffff", d: "#8b949e", r: "#ff7b72", g: "#7ee787", y: "#e3b341", p: "#79c0ff", n: "#76e3ea", v: "#d2a8ff" },
};

const classes = { 31: "r", 32: "g", 33: "y", 35: "v", 36: "n", 2: "d", 1: "b" };

/** Runs a command of the shell on a terminal of so many columns and gives the rows that it left there. */
export function screen(command, { columns, cwd, env }) {
  const run = spawnSync("script", ["-qec", `stty cols ${columns} rows 500; ${command}`, "/dev/null"], {
    cwd,
    encoding: "utf8",
    maxBuffer: 1 << 28,
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...env, TERM: "xterm-256color", COLUMNS: String(columns) },
  });
  if (run.error) throw run.error;
  return { rows: rowsOf(run.stdout, columns), exitCode: run.status };
}

/** Splits what a terminal was sent into rows; a row that is too long is folded as the terminal folds it. */
export function rowsOf(raw, columns) {
  // Modes that the terminal is put into draw nothing; a line that was overwritten (a bar of progress) shows what was written last.
  const drawn = raw.replaceAll(/\u001b\[\?[0-9;]*[a-zA-Z]|\u001b[=>]/g, "").replaceAll("\r\n", "\n").trimEnd();
  return drawn.split("\n").flatMap((line) => fold(spansOf(line.split("\r").at(-1).replaceAll("\u001b[K", "")), columns));
}

function spansOf(line) {
  let style = "f";
  const spans = [];
  for (const part of line.split(/(\u001b\[[0-9;]*m)/)) {
    const sgr = /^\u001b\[([0-9;]*)m$/.exec(part);
    if (sgr === null) {
      if (part.length > 0) spans.push({ text: part, style });
      continue;
    }
    for (const code of sgr[1].split(";").map(Number)) {
      if (code !== 0 && classes[code] === undefined) throw new Error(`a style that no palette has: SGR ${code}`);
      style = code === 0 ? "f" : classes[code];
    }
  }
  return spans;
}

function fold(spans, columns) {
  const rows = [[]];
  let used = 0;
  for (const span of spans) {
    const rest = [...span.text];
    while (rest.length > 0) {
      if (used === columns) {
        rows.push([]);
        used = 0;
      }
      const piece = rest.splice(0, columns - used);
      rows.at(-1).push({ ...span, text: piece.join("") });
      used += piece.length;
    }
  }
  return rows;
}

const escape = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** One row as a text element. Each span stands at its column, so that a font of another width moves nothing. */
export function rowSvg(row, index) {
  let column = 0;
  const spans = row.map(({ text, style }) => {
    const x = 16 + column * cell.width;
    const length = [...text].length;
    column += length;
    if (text.trim() === "") return "";
    return `<tspan class="${style}" x="${fixed(x)}" textLength="${fixed(length * cell.width)}">${escape(text)}</tspan>`;
  });
  return `<text y="${index * cell.height}" xml:space="preserve">${spans.join("")}</text>`;
}

const fixed = (number) => String(Math.round(number * 10) / 10);

/** The rules that give the classes of a palette their colours. */
export function paletteCss(palette) {
  const { ground, edge, ...inks } = palette;
  const fills = Object.entries(inks).map(([name, ink]) => `.${name}{fill:${ink}}`);
  return `.ground{fill:${ground};stroke:${edge}}${fills.join("")}.b{font-weight:bold}`;
}

/** The opening of a picture of so many columns and rows, with its ground. */
export function openSvg(columns, rows, label, css) {
  const width = Math.ceil(columns * cell.width) + 32;
  const height = rows * cell.height + 28;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(label)}" font-family="${cell.font}" font-size="13">`,
    `<style>${css}</style>`,
    `<rect class="ground" x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="8"/>`,
  ];
}
