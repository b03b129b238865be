// The page: takes trust and a file, shows the verdict. Whatever a file says is shown as text, never as markup.
import { fetchBytes } from "./fetch.js";
import { mostBytes, startVerifier } from "./verifier.js";

const mostTrust = 1024 * 1024;
const part = (id) => document.getElementById(id);
// A server that shows this page in its own frame says where its ledger is; a copy of one's own has none.
const ledger = part("served") ? new URL(part("served").dataset.root, location.href).href : null;
const verifier = startVerifier();
let given = null;
// Which file was asked for last, and which verification: what an earlier one has still to say comes too late.
let asked = 0;
let running = 0;
// The keys that the server said, once it was asked: whatever trusts these alone rests on its word, however it is written.
let serversKeys = [];
// Whether what is trusted was read from a file of the user's since.
let isOwnFile = false;

verifier.ready().then(
  () => say("engine", "The verifier is ready. It needs no network any more.", "good"),
  (error) => say("engine", `The verifier could not be started: ${error.message}`, "bad"),
);

part("trust").addEventListener("input", () => {
  isOwnFile = false;
  say("trust-said", "");
  retract();
});

part("trust-file").addEventListener("change", async ({ target }) => {
  const [file] = target.files;
  if (!file) return;
  if (file.size > mostTrust) return say("trust-said", `${file.name} is too large to be a trust root.`, "bad");
  part("trust").value = await file.text();
  isOwnFile = true;
  say("trust-said", `Taken from ${file.name}.`);
  retract();
});

part("trust-server").addEventListener("click", async () => {
  try {
    const bytes = await fetchBytes(`${ledger}v1/ledger`, mostTrust);
    if (bytes === null) throw new Error("it does not say which ledger this is");
    const { id, log_keys: keys } = JSON.parse(new TextDecoder().decode(bytes));
    const policy = `log ${keys.at(-1).vkey}\nquorum none\n`;
    part("trust").value = JSON.stringify({ ledger: id, policy, trust: "tessrax/trust/v1" });
    [serversKeys, isOwnFile] = [keysIn(policy), false];
    retract();
    say(
      "trust-said",
      "As this server says, and marked so in the verdict: it may say what suits it. Compare the key with one from a source that you trust.",
      "warn",
    );
  } catch (error) {
    say("trust-said", `The server's word could not be had: ${error.message}`, "bad");
  }
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

part("fetch").addEventListener("click", fetchBundle);
if (ledger) {
  const wanted = new URLSearchParams(location.search).get("entry");
  if (wanted) {
    part("entry").value = wanted;
    fetchBundle();
  }
}

function fetchBundle() {
  const number = part("entry").value.trim();
  part("file").value = "";
  const read = async () => {
    if (!/^[0-9]{1,16}$/.test(number)) throw new Error("an entry is named by its number");
    const bytes = await fetchBytes(`${ledger}v1/bundles/${number}`, mostBytes);
    if (bytes === null) throw new Error(`the ledger has no entry ${number}`);
    return bytes;
  };
  return hold(`the bundle of entry ${number}`, read, ledger, number);
}

part("ask").addEventListener("submit", (submit) => {
  submit.preventDefault();
  if (given) verify(given);
});

function take(file) {
  // One byte more than is read tells that it is too large, which the verifier then says.
  if (file) hold(file.name, async () => new Uint8Array(await file.slice(0, mostBytes + 1).arrayBuffer()), null);
}

// Whatever was held before is let go at once, with what was said of it: nothing that follows could be taken for the new file's.
async function hold(name, read, log, number = null) {
  const ask = ++asked;
  given = null;
  part("go").disabled = true;
  retract();
  say("file-said", `Reading ${name}…`);
  try {
    const bytes = await read();
    if (ask !== asked) return;
    given = { bytes, name, log, number };
    part("go").disabled = false;
    say("file-said", `${name}, ${bytes.length.toLocaleString("en")} bytes.`);
  } catch (error) {
    if (ask !== asked) return;
    say("file-said", `There is nothing to verify: ${error.message}.`, "bad");
    say("verdict", `Nothing was verified. Asked for was ${name}: ${error.message}.`, "warn");
  }
}

// A verdict is one on a file under a trust: it does not outlive either.
function retract() {
  running++;
  part("details").hidden = true;
  part("stages-part").hidden = true;
  part("stages").replaceChildren();
  part("findings").replaceChildren();
  say("verdict", "Nothing was verified yet.", "own");
}

async function verify({ bytes, name, log, number }) {
  retract();
  const run = running;
  const trust = new TextEncoder().encode(part("trust").value.trim());
  const asSaid = isServersWord();
  part("stages-part").hidden = false;
  say("verdict", `Verifying ${name}…`, "own");
  const told = (stage) => run === running && part("stages").append(stageRow(JSON.parse(stage), asSaid));
  try {
    const text = await verifier.verify(bytes, trust, true, told);
    const verdict = JSON.parse(text);
    if (run !== running) return;
    if (verdict.refused) return refuse(verdict.refused);
    if (!asSaid) say("trust-said", "");
    // Whoever was asked for one entry may hand out another that holds as well.
    const other = verdict.holds && number !== null && !isAbout(bytes, number);
    show(verdict, text, other ? "what the server handed out" : name, bytes, asSaid);
    if (other) say("verdict", `What the server handed out holds, and is no bundle of entry ${number}.`, "bad");
    else if (log && verdict.holds) await follow(run, bytes, trust, log);
  } catch (error) {
    // No verdict: neither yes nor no.
    if (run === running) say("verdict", `The verifier failed, which says nothing about the file: ${error.message}`, "warn");
  }
  if (run === running) part("result").focus();
}

async function follow(run, bytes, trust, log) {
  part("stages").append(row(["log", "being read…", "", ""], ""));
  const stage = JSON.parse(await verifier.follow(bytes, trust, log));
  if (run !== running) return;
  part("stages").lastChild.replaceWith(stageRow(stage));
  part("findings").append(...findingsOf(stage));
  if (stage.holds === false)
    say("verdict", "The file holds by itself, but the log that is served here does not go on from it.", "bad");
}

function refuse({ code, message, hint }) {
  part("stages-part").hidden = true;
  say("trust-said", `${code}: ${message}. ${hint}.`, "bad");
  say("verdict", "Nothing was verified: what is to be trusted is neither a key nor a trust root.", "warn");
  part("trust").focus();
}

function show(verdict, text, name, bytes, asSaid) {
  const open = verdict.stages.find((stage) => stage.name === "trust" && stage.holds === null);
  const broken = verdict.stages.some((stage) => stage.holds === false);
  if (verdict.holds && asSaid) say("verdict", `Holds, if what this server says of its own log is true: ${name}.`, "warn");
  else if (verdict.holds) say("verdict", `Holds: ${name}.`, "good");
  else if (open && !broken) say("verdict", `Trust is not established: ${name} agrees with itself, but nobody vouches for it.`, "warn");
  else say("verdict", `Does not hold: ${name}.`, "bad");
  part("facts").replaceChildren(
    fact("Ledger", verdict.ledger ?? "cannot be told"),
    fact("Entries in its tree", verdict.size.toLocaleString("en")),
    fact("Root", verdict.root ?? "cannot be told"),
    ...(verdict.query === undefined ? [] : [fact("Search", verdict.query)]),
    ...(verdict.hits === undefined ? [] : [fact("Found in entries", verdict.hits.join(", ") || "none")]),
  );
  part("stages").replaceChildren(...verdict.stages.map((stage) => stageRow(stage, asSaid)));
  part("findings").replaceChildren(...verdict.stages.flatMap(findingsOf));
  part("about").replaceChildren(...(verdict.holds ? subjectOf(bytes) : []));
  part("excludes").replaceChildren(...verdict.does_not_exclude.map((line) => element("li", line)));
  part("json").textContent = clean(text);
  part("details").hidden = false;
}

function stageRow({ name, holds, checked, seconds }, asSaid = false) {
  const isSaid = holds && asSaid && name === "trust";
  const word = isSaid ? "as this server says" : holds ? "yes" : holds === false ? "NO" : name === "trust" ? "not established" : "not checked";
  const tone = isSaid ? "warn" : holds ? "good" : holds === false ? "bad" : "warn";
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
  findings.map(({ code, message }) => element("p", `${name}: ${code} ${message}`, `notice ${holds === false ? "bad" : "warn"}`));

// The log's keys that a text names, as a trust root or a policy does.
function keysIn(text) {
  return text.match(/[^\s"\\]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]+=*/g) ?? [];
}

function isServersWord() {
  const keys = keysIn(part("trust").value);
  return !isOwnFile && keys.length > 0 && keys.every((key) => serversKeys.includes(key));
}

function isAbout(bytes, number) {
  const { bundle, subject } = JSON.parse(new TextDecoder().decode(bytes));
  return bundle !== undefined && subject === Number(number);
}

// What a bundle that holds is about. The verifier has read it strictly, so that JSON.parse cannot read anything else in it.
function subjectOf(bytes) {
  const bundle = JSON.parse(new TextDecoder().decode(bytes));
  const about = bundle.entries?.find?.(({ entry }) => entry.index === bundle.subject);
  if (bundle.bundle === undefined || !about) return [];
  const { index, recorded_at, body } = about.entry;
  const payload = element("div", JSON.stringify(about.payload ?? body.control ?? null, null, 2), "code payload");
  payload.tabIndex = 0;
  return [element("h3", `About entry ${index}: ${body.event}, recorded at ${recorded_at}`), payload];
}

function fact(name, value) {
  const line = document.createElement("div");
  line.append(element("dt", name), element("dd", value));
  return line;
}

function element(kind, text, tone) {
  const made = document.createElement(kind);
  made.textContent = clean(String(text));
  if (tone) made.className = tone;
  return made;
}

function say(id, text, tone = "") {
  const place = part(id);
  place.textContent = clean(text);
  place.classList.remove("own", "good", "bad", "warn");
  if (tone) place.classList.add(tone);
}

// Characters that are not seen, or that turn the order of others, are written out.
function clean(text) {
  return text.replace(/[^\P{C}\n]|[\u2028\u2029]/gu, (c) => `\\u{${c.codePointAt(0).toString(16).toUpperCase()}}`);
}
