// Search, and copying. Without it every page reads the same.
"use strict";

const form = document.querySelector(".find");
const box = form.querySelector("input");
const list = form.querySelector("ol");
const limit = 12;
let loading = null;
let chosen = -1;

form.hidden = false;

// The index is a script, since a page from a folder may fetch nothing.
const load = () =>
  (loading ??= new Promise((done, fail) => {
    const script = document.createElement("script");
    script.src = form.dataset.index;
    script.onload = () => done(globalThis.tessraxIndex.map((row) => ({ row, title: row[1].toLowerCase(), part: row[2].toLowerCase(), text: row[3].toLowerCase() })));
    script.onerror = () => { loading = null; fail(new Error("the index could not be loaded")); };
    document.head.append(script);
  }));

// Every word must be there; titles count more than text, and a whole word more than a part of one.
const score = (entry, words) => {
  let sum = 0;
  for (const word of words) {
    const inPart = entry.part.indexOf(word);
    const inTitle = entry.title.indexOf(word);
    const inText = entry.text.indexOf(word);
    if (inPart < 0 && inTitle < 0 && inText < 0) return 0;
    if (inPart >= 0) sum += entry.part === word ? 40 : inPart === 0 ? 14 : 8;
    if (inTitle >= 0) sum += entry.title === word ? 16 : inTitle === 0 ? 6 : 3;
    if (inText >= 0) sum += 1 + 1 / (1 + inText / 80);
  }
  return sum - Math.min(2, entry.part.length / 60);
};

const find = (entries, query) => {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return { words, hits: [] };
  const hits = entries
    .map((entry) => ({ entry, points: score(entry, words) }))
    .filter((hit) => hit.points > 0)
    .sort((a, b) => b.points - a.points)
    .slice(0, limit);
  return { words, hits };
};

const snippet = (text, words) => {
  const lower = text.toLowerCase();
  const at = Math.max(0, Math.min(...words.map((word) => lower.indexOf(word)).map((i) => (i < 0 ? text.length : i))) - 40);
  const from = at >= text.length - 40 ? 0 : at;
  return (from > 0 ? "…" : "") + text.slice(from, from + 140) + (from + 140 < text.length ? "…" : "");
};

const close = () => {
  list.hidden = true;
  box.setAttribute("aria-expanded", "false");
  box.removeAttribute("aria-activedescendant");
  chosen = -1;
};

const show = ({ words, hits }) => {
  list.replaceChildren();
  chosen = -1;
  hits.forEach(({ entry: { row } }, i) => {
    const item = document.createElement("li");
    item.id = `found-${i}`;
    item.setAttribute("role", "option");
    const link = document.createElement("a");
    link.href = form.dataset.root + row[0];
    link.tabIndex = -1;
    link.append(row[2] === row[1] ? row[1] : `${row[1]}: ${row[2]}`);
    const small = document.createElement("small");
    small.append(snippet(row[3], words));
    link.append(small);
    item.append(link);
    list.append(item);
  });
  if (hits.length === 0) {
    const none = document.createElement("li");
    none.className = "none";
    none.setAttribute("role", "option");
    none.setAttribute("aria-disabled", "true");
    none.append("Nothing has all of these words.");
    list.append(none);
  }
  list.hidden = words.length === 0;
  box.setAttribute("aria-expanded", String(words.length > 0));
};

const choose = (step) => {
  const items = [...list.querySelectorAll('li[id]')];
  if (list.hidden || items.length === 0) return;
  chosen = (chosen + step + items.length) % items.length;
  items.forEach((item, i) => item.setAttribute("aria-selected", String(i === chosen)));
  items[chosen].scrollIntoView({ block: "nearest" });
  box.setAttribute("aria-activedescendant", items[chosen].id);
};

box.addEventListener("focus", () => load().catch(() => {}), { once: true });
box.addEventListener("input", async () => {
  const query = box.value;
  const entries = await load();
  if (query === box.value) show(find(entries, query));
});
box.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    choose(event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Escape") close();
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  list.querySelectorAll("li[id] > a")[Math.max(0, chosen)]?.click();
});
document.addEventListener("click", (event) => { if (!form.contains(event.target)) close(); });
document.addEventListener("keydown", (event) => {
  const writes = event.target instanceof HTMLInputElement || event.target.isContentEditable;
  if (event.key === "/" && !writes && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    box.focus();
  }
});

// What one reads is in sight among all pages, where they stand beside it.
const pages = document.querySelector("nav.pages");
const here = pages.querySelector("[aria-current]");
if (here && pages.scrollHeight > pages.clientHeight) pages.scrollTop = here.offsetTop - pages.clientHeight / 2;

if (navigator.clipboard)
  for (const code of document.querySelectorAll("article pre.code[data-language]")) {
    const copy = document.createElement("button");
    copy.type = "button";
    copy.className = "copy";
    copy.append("Copy");
    copy.addEventListener("click", async () => {
      await navigator.clipboard.writeText(code.querySelector("code").textContent);
      copy.textContent = "Copied";
      setTimeout(() => { copy.textContent = "Copy"; }, 1500);
    });
    code.append(copy);
  }
