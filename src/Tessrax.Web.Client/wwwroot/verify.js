// The page: takes trust and a file, shows the verdict. Whatever a file says is shown as text, never as markup.
import { fetchBytes } from "./fetch.js";
import { mostBytes, startVerifier } from "./verifier.js";

const mostTrust = 1024 * 1024;
const part = (id) => document.getElementById(id);
const verifier = startVerifier();
let given = null;
let running = 0;

verifier.ready().then(
  () => say("engine", "The verifier is ready. It needs no network any more.", "good"),
  (error) => say("engine", `The verifier could not be started: ${error.message}`, "bad"),
);

part("trust-file").addEventListener("change", async ({ target }) => {
  const [file] = target.files;
  if (!file) return;
  if (file.size > mostTrust) return say("trust-said", `${file.name} is too large to be a trust root.`, "bad");
  part("trust").value = await file.text();
  say("trust-said", `Taken from ${file.name}.`);
});

part("file").addEventListener("change", ({ target }) => take(target.files[0]));
for (const event of ["dragenter", "dragover"])
  part("drop").addEventListener(event, (drag) => {
    drag.preventDefault();
    part("drop").classList.add("over");
  });
part("drop").addEventListener("dragleave", () => part("drop").classList.remove("over"));
part("drop").addEventListener("drop", (drop) => {
  drop.preventDefault();
  part("drop").classList.remove("over");
  take(drop.dataTransfer.files[0]);
});

part("fetch").addEventListener("click", async () => {
  const number = part("entry").value.trim();
  if (!/^[0-9]{1,16}$/.test(number)) return say("file-said", "An entry is named by its number.", "bad");
  say("file-said", `Fetching entry ${number}…`);
  try {
    const bytes = await fetchBytes(new URL(`/v1/bundles/${number}`, location.href), mostBytes);
    if (bytes === null) return say("file-said", "There is no such entry here, or no ledger serves this page.", "bad");
    hold(bytes, `the bundle of entry ${number}`, new URL("/", location.href).href);
  } catch (error) {
    say("file-said", `It could not be fetched: ${error.message}`, "bad");
  }
});

part("ask").addEventListener("submit", (submit) => {
  submit.preventDefault();
  if (given) verify(given);
});

async function take(file) {
  if (!file) return;
  // One byte more than is read tells that it is too large, which the verifier then says.
  hold(new Uint8Array(await file.slice(0, mostBytes + 1).arrayBuffer()), file.name, null);
}

function hold(bytes, name, log) {
  given = { bytes, name, log };
  part("go").disabled = false;
  say("file-said", `${name}, ${bytes.length.toLocaleString("en")} bytes.`);
}

async function verify({ bytes, name, log }) {
  const run = ++running;
  const trust = new TextEncoder().encode(part("trust").value.trim());
  part("details").hidden = true;
  say("verdict", `Verifying ${name}…`);
  try {
    const text = await verifier.verify(bytes, trust);
    const verdict = JSON.parse(text);
    if (run !== running) return;
    if (verdict.refused) return refuse(verdict.refused);
    say("trust-said", "");
    show(verdict, text, name, bytes);
    if (log && verdict.holds) await follow(run, bytes, trust, log);
  } catch (error) {
    // No verdict: neither yes nor no.
    if (run === running) say("verdict", `The verifier failed, which says nothing about the file: ${error.message}`, "warn");
  }
  if (run === running) part("result").focus();
}

async function follow(run, bytes, trust, log) {
  part("stages").append(row(["log", "being read…", "", ""], "warn"));
  const stage = JSON.parse(await verifier.follow(bytes, trust, log));
  if (run !== running) return;
  part("stages").lastChild.replaceWith(stageRow(stage));
  part("findings").append(...findingsOf(stage));
  if (stage.holds === false)
    say("verdict", "The file holds by itself, but the log that is served here does not go on from it.", "bad");
}

function refuse({ code, message, hint }) {
  say("trust-said", `${code}: ${message}. ${hint}.`, "bad");
  say("verdict", "Nothing was verified: what is to be trusted is neither a key nor a trust root.", "warn");
  part("trust").focus();
}

function show(verdict, text, name, bytes) {
  const open = verdict.stages.find((stage) => stage.name === "trust" && stage.holds === null);
  const broken = verdict.stages.some((stage) => stage.holds === false);
  if (verdict.holds) say("verdict", `Holds: ${name}.`, "good");
  else if (open && !broken) say("verdict", `Trust is not established: ${name} agrees with itself, but nobody vouches for it.`, "warn");
  else say("verdict", `Does not hold: ${name}.`, "bad");
  part("facts").replaceChildren(
    ...fact("Ledger", verdict.ledger ?? "cannot be told"),
    ...fact("Entries in its tree", verdict.size.toLocaleString("en")),
    ...fact("Root", verdict.root ?? "cannot be told"),
    ...(verdict.query === undefined ? [] : fact("Search", verdict.query)),
    ...(verdict.hits === undefined ? [] : fact("Found in entries", verdict.hits.join(", ") || "none")),
  );
  part("stages").replaceChildren(...verdict.stages.map(stageRow));
  part("findings").replaceChildren(...verdict.stages.flatMap(findingsOf));
  part("about").replaceChildren(...(verdict.holds ? subjectOf(bytes) : []));
  part("excludes").replaceChildren(...verdict.does_not_exclude.map((line) => element("li", line)));
  part("json").textContent = clean(text);
  part("details").hidden = false;
}

function stageRow({ name, holds, checked, seconds }) {
  const word = holds ? "yes" : holds === false ? "NO" : name === "trust" ? "not established" : "not checked";
  const tone = holds ? "good" : holds === false ? "bad" : "warn";
  return row([name, word, checked.toLocaleString("en"), (seconds * 1000).toFixed(1)], tone);
}

function row([name, word, ...numbers], tone) {
  const line = document.createElement("tr");
  const head = element("th", name);
  head.scope = "row";
  line.append(head, element("td", word, tone), ...numbers.map((number) => element("td", number)));
  return line;
}

const findingsOf = ({ name, holds, findings }) =>
  findings.map(({ code, message }) => element("p", `${name}: ${code} ${message}`, holds === false ? "bad" : "warn"));

// What a bundle that holds is about. The verifier has read it strictly, so that JSON.parse cannot read anything else in it.
function subjectOf(bytes) {
  const bundle = JSON.parse(new TextDecoder().decode(bytes));
  const about = bundle.entries?.find?.(({ entry }) => entry.index === bundle.subject);
  if (bundle.bundle === undefined || !about) return [];
  const { index, recorded_at, body } = about.entry;
  const payload = element("div", JSON.stringify(about.payload ?? body.control ?? null, null, 2), "payload");
  payload.tabIndex = 0;
  return [element("h3", `About entry ${index}: ${body.event}, recorded at ${recorded_at}`), payload];
}

const fact = (name, value) => [element("dt", name), element("dd", value)];

function element(kind, text, tone) {
  const made = document.createElement(kind);
  made.textContent = clean(String(text));
  if (tone) made.className = tone;
  return made;
}

function say(id, text, tone = "") {
  const place = part(id);
  place.textContent = clean(text);
  place.classList.remove("good", "bad", "warn");
  if (tone) place.classList.add(tone);
}

// Characters that are not seen, or that turn the order of others, are written out.
function clean(text) {
  return text.replace(/[^\P{C}\n]|[\u2028\u2029]/gu, (c) => `\\u{${c.codePointAt(0).toString(16).toUpperCase()}}`);
}
