// Draws the map of contradictions, and lets people look around in it. Where marks stand is worked out beside it (map-layout.js); what they are comes from the ledger, and is only ever text here.
const byId = (id) => document.getElementById(id);
const canvas = byId("map");
const context = canvas.getContext("2d", { alpha: false });
const state = byId("map-state");
const form = byId("map-form");
const until = byId("map-until");
const severities = ["low", "moderate", "high", "critical"];
const number = new Intl.NumberFormat("en");
const near = 14;

// Marks in one order: subjects, sources, contradictions.
let map, count, firstSource, firstPoint, links, around;
let positions = null;
let isShown = new Uint8Array(0);
let sprites = [];
let colours = {};
let view = { x: 0, y: 0, k: 1 };
let hasMoved = false;
let chosen = -1;
let under = -1;
let isDue = false;

// What a terminal would obey or not show stands here escaped, as on the server's pages.
const clean = (text) =>
  text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (c) => `\\u{${c.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}}`);
const short = (text) => (text.length > 28 ? `${clean(text.slice(0, 27))}…` : clean(text));
const point = (place) => map.points[place - firstPoint];
const nameOf = (place) =>
  place < firstSource ? map.subjects[place] : place < firstPoint ? map.sources[place - firstSource] : map.subjects[point(place).subject];
// Settled, and nothing was decided: the proposal that would have was rejected, or left to expire.
const isUndecided = (one) => one.state === "resolved" && one.proposal !== undefined;
const waits = (one) => one.state === "open" || one.state === "recurring";

function build() {
  firstSource = map.subjects.length;
  firstPoint = firstSource + map.sources.length;
  count = firstPoint + map.points.length;
  const pairs = [];
  map.points.forEach((one, i) => {
    pairs.push(firstPoint + i, one.subject);
    for (const source of one.sources) pairs.push(firstPoint + i, firstSource + source);
  });
  links = Uint32Array.from(pairs);
  around = Array.from({ length: count }, () => []);
  for (let i = 0; i < links.length; i += 2) {
    around[links[i]].push(links[i + 1]);
    around[links[i + 1]].push(links[i]);
  }
}

function filter() {
  const wanted = new Set([...form.querySelectorAll("input[name=severity]:checked")].map((box) => box.value));
  const last = Number(until.value);
  isShown = new Uint8Array(count);
  let shown = 0;
  let newest = null;
  map.points.forEach((one, i) => {
    if ((wanted.size > 0 && !wanted.has(one.severity)) || one.first.entry > last) return;
    shown++;
    if (newest === null || one.first.entry > newest.first.entry) newest = one;
    isShown[firstPoint + i] = isShown[one.subject] = 1;
    for (const source of one.sources) isShown[firstSource + source] = 1;
  });
  byId("map-until-said").textContent = number.format(last) + (newest ? `, ${newest.first.at.slice(0, 10)}` : "");
  canvas.dataset.shown = String(shown);
  state.textContent = positions === null ? "Laying out…" : `${number.format(shown)} of ${number.format(map.points.length)} drawn`;
  redraw();
}

// How large marks are: there is more room between them from near.
const sizeNow = () => (view.k < 0.45 ? 5 : view.k < 1.1 ? 8 : 12);

// Colours are the style sheet's; a mark is drawn once and then copied, which is what makes thousands of them cheap.
function paint() {
  const style = getComputedStyle(document.documentElement);
  const of = (name) => style.getPropertyValue(`--${name}`).trim();
  colours = { ground: of("sheet"), edge: of("line"), ink: of("ink"), strong: of("accent"), soft: of("soft") };
  const bySeverity = [of("info"), of("warn"), of("bad"), of("bad")];
  const ratio = devicePixelRatio;
  const size = sizeNow();
  const make = (colour, draw, scale = 1) => {
    const box = Math.ceil(ratio * (size * scale + 4));
    const sprite = new OffscreenCanvas(box, box);
    const on = sprite.getContext("2d");
    on.translate(box / 2, box / 2);
    on.scale(ratio, ratio);
    on.fillStyle = on.strokeStyle = colour;
    on.lineWidth = 1.5;
    on.beginPath();
    draw(on, (size * scale) / 2);
    return sprite;
  };
  const diamond = (on, r) => {
    on.moveTo(0, -r);
    on.lineTo(r, 0);
    on.lineTo(0, r);
    on.lineTo(-r, 0);
    on.closePath();
  };
  sprites = [
    make(colours.soft, (on, r) => on.fillRect(-r * 0.7, -r * 0.7, r * 1.4, r * 1.4)),
    make(colours.strong, (on, r) => (on.arc(0, 0, r, 0, 7), on.fill()), 1.5),
    ...severities.flatMap((severity, i) => [
      make(bySeverity[i], (on, r) => (diamond(on, r), on.fill()), severity === "critical" ? 1.4 : 1),
      make(bySeverity[i], (on, r) => (diamond(on, r - 0.75), on.stroke()), severity === "critical" ? 1.4 : 1),
      make(bySeverity[i], (on, r) => (diamond(on, r - 0.75), on.moveTo(-r / 2, -r / 2), on.lineTo(r / 2, r / 2), on.stroke()), severity === "critical" ? 1.4 : 1),
    ]),
  ];
  sprites.size = size;
}

const standOf = (one) => (waits(one) ? 0 : isUndecided(one) ? 2 : 1);
const spriteOf = (place) =>
  place < firstSource ? 0 : place < firstPoint ? 1 : 2 + 3 * severities.indexOf(point(place).severity) + standOf(point(place));
const atX = (place) => positions[2 * place] * view.k + view.x;
const atY = (place) => positions[2 * place + 1] * view.k + view.y;

function redraw() {
  if (isDue) return;
  isDue = true;
  requestAnimationFrame(draw);
}

function draw() {
  isDue = false;
  if (sprites.size !== sizeNow()) paint();
  const ratio = devicePixelRatio;
  const [width, height] = [canvas.width / ratio, canvas.height / ratio];
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.fillStyle = colours.ground;
  context.fillRect(0, 0, canvas.width, canvas.height);
  if (positions === null) return;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  drawEdges(width, height);
  context.setTransform(1, 0, 0, 1, 0, 0);
  // Sources last: they are few, and much hangs on each.
  drawMarks(0, firstSource, width, height);
  drawMarks(firstPoint, count, width, height);
  drawMarks(firstSource, firstPoint, width, height);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  drawNames(width, height);
}

function drawMarks(from, to, width, height) {
  const ratio = devicePixelRatio;
  for (let place = from; place < to; place++) {
    if (isShown[place] === 0) continue;
    const [x, y] = [atX(place), atY(place)];
    if (x < -20 || y < -20 || x > width + 20 || y > height + 20) continue;
    const sprite = sprites[spriteOf(place)];
    context.drawImage(sprite, Math.round(x * ratio - sprite.width / 2), Math.round(y * ratio - sprite.height / 2));
  }
}

// In many short paths: one long path of crossing lines takes many times as long.
function drawEdges(width, height) {
  context.lineWidth = 1;
  context.strokeStyle = colours.edge;
  context.beginPath();
  let drawn = 0;
  for (let i = 0; i < links.length; i += 2) {
    if (isShown[links[i]] === 0) continue;
    const [x1, y1, x2, y2] = [atX(links[i]), atY(links[i]), atX(links[i + 1]), atY(links[i + 1])];
    if (Math.max(x1, x2) < 0 || Math.max(y1, y2) < 0 || Math.min(x1, x2) > width || Math.min(y1, y2) > height) continue;
    context.moveTo(x1, y1);
    context.lineTo(x2, y2);
    if (++drawn % 64 === 0) {
      context.stroke();
      context.beginPath();
    }
  }
  context.stroke();
  const marked = under >= 0 ? under : chosen;
  if (marked < 0 || isShown[marked] === 0) return;
  context.strokeStyle = colours.strong;
  context.lineWidth = 2;
  context.beginPath();
  for (const other of around[marked]) {
    if (isShown[other] === 0) continue;
    context.moveTo(atX(marked), atY(marked));
    context.lineTo(atX(other), atY(other));
  }
  context.stroke();
  context.beginPath();
  context.arc(atX(marked), atY(marked), 11, 0, 7);
  context.stroke();
}

// The sources that most is drawn of, and what the pointer is at; all that is in sight when that is little.
function drawNames(width, height) {
  const inSight = (place) => isShown[place] === 1 && atX(place) > 0 && atX(place) < width && atY(place) > 0 && atY(place) < height;
  const places = Array.from({ length: firstPoint }, (_, place) => place).filter(inSight);
  const sources = places.filter((place) => place >= firstSource).sort((a, b) => around[b].length - around[a].length);
  const wanted = [under, chosen].filter((place) => place >= 0 && isShown[place] === 1);
  const named = new Set([...wanted, ...sources.slice(0, 8), ...(places.length <= 60 ? places : [])]);
  context.font = "12px ui-sans-serif, system-ui, sans-serif";
  context.textAlign = "center";
  context.lineWidth = 3;
  context.strokeStyle = colours.ground;
  context.fillStyle = colours.ink;
  const taken = [];
  for (const place of named) {
    const [x, y, name] = [atX(place), atY(place) - 12, short(nameOf(place))];
    const half = context.measureText(name).width / 2;
    if (taken.some((other) => Math.abs(other.y - y) < 14 && Math.abs(other.x - x) < other.half + half)) continue;
    taken.push({ x, y, half });
    context.strokeText(name, x, y);
    context.fillText(name, x, y);
  }
}

function fit() {
  const ratio = devicePixelRatio;
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let place = 0; place < count; place++) {
    left = Math.min(left, positions[2 * place]);
    right = Math.max(right, positions[2 * place]);
    top = Math.min(top, positions[2 * place + 1]);
    bottom = Math.max(bottom, positions[2 * place + 1]);
  }
  const [width, height] = [canvas.width / ratio, canvas.height / ratio];
  const k = Math.min(3, (width - 64) / (right - left + 1), (height - 64) / (bottom - top + 1));
  view = { k, x: width / 2 - (k * (left + right)) / 2, y: height / 2 - (k * (top + bottom)) / 2 };
  redraw();
}

function zoom(by, x = canvas.clientWidth / 2, y = canvas.clientHeight / 2) {
  hasMoved = true;
  const k = Math.min(Math.max(view.k * by, 0.02), 12);
  view = { k, x: x - ((x - view.x) * k) / view.k, y: y - ((y - view.y) * k) / view.k };
  redraw();
}

function pan(x, y) {
  hasMoved = true;
  view = { ...view, x: view.x + x, y: view.y + y };
  redraw();
}

// Contradictions before others: they are what people look for.
function find(x, y) {
  if (positions === null) return -1;
  let [best, distance] = [-1, near * near];
  for (let place = 0; place < count; place++) {
    if (isShown[place] === 0) continue;
    const of = (atX(place) - x) ** 2 + (atY(place) - y) ** 2;
    if (of < distance || (of === distance && place >= firstPoint)) [best, distance] = [place, of];
  }
  return best;
}

// The next contradiction that is drawn, in the order of the table, comes to the middle.
function turn(by) {
  const drawn = map.points.map((_, i) => firstPoint + i).filter((place) => isShown[place] === 1);
  if (drawn.length === 0 || positions === null) return;
  const now = drawn.indexOf(chosen);
  choose(drawn[now < 0 ? 0 : (now + by + drawn.length) % drawn.length]);
  pan(canvas.clientWidth / 2 - atX(chosen), canvas.clientHeight / 2 - atY(chosen));
}

function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function lineOf(one) {
  const about = `${clean(one.metric)} of ${clean(map.subjects[one.subject])}`;
  const line = element("li", `${one.severity}, ${isUndecided(one) ? "closed without a decision" : one.state}: ${about} `);
  const story = one.proposal ?? one.settled;
  line.append(
    story === undefined
      ? element("a", `entry ${number.format(one.first.entry)}`, { href: canvas.dataset.receipts + one.first.entry })
      : element("a", `${one.proposal === undefined ? "decision" : "proposal"} ${number.format(story)}`, { href: canvas.dataset.decisions + story }),
  );
  return line;
}

function choose(place) {
  chosen = place;
  redraw();
  if (place < 0) return;
  const ofKind = place < firstSource ? "subject" : place < firstPoint ? "source" : "contradiction";
  const told = place < firstPoint ? around[place].filter((other) => isShown[other] === 1).map(point) : [point(place)];
  const list = element("ul", "");
  list.append(...told.slice(0, 12).map(lineOf));
  if (told.length > 12) list.append(element("li", `and ${number.format(told.length - 12)} more`));
  const who = place < firstPoint ? [] : [element("p", `differ: ${point(place).sources.map((source) => clean(map.sources[source])).join(", ")}`)];
  byId("map-told").replaceChildren(element("h3", `${ofKind} ${clean(nameOf(place))}`), ...who, list);
}

const keys = {
  "+": () => zoom(1.3),
  "-": () => zoom(1 / 1.3),
  0: fit,
  n: () => turn(1),
  p: () => turn(-1),
  ArrowLeft: () => pan(40, 0),
  ArrowRight: () => pan(-40, 0),
  ArrowUp: () => pan(0, 40),
  ArrowDown: () => pan(0, -40),
};

function listen(layout) {
  const fingers = new Map();
  let held = -1;
  let travelled = 0;
  let spread = 0;
  const place = (event) => [event.offsetX, event.offsetY];
  const apart = () => {
    const [a, b] = [...fingers.values()];
    return Math.hypot(a[0] - b[0], a[1] - b[1]);
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, place(event));
    travelled = 0;
    held = fingers.size === 1 ? find(...place(event)) : -1;
    if (fingers.size === 2) spread = apart();
  });
  canvas.addEventListener("pointermove", (event) => {
    const [x, y] = place(event);
    const before = fingers.get(event.pointerId);
    if (before === undefined) {
      const found = find(x, y);
      if (found !== under) {
        under = found;
        canvas.classList.toggle("over", found >= 0);
        redraw();
      }
      return;
    }
    fingers.set(event.pointerId, [x, y]);
    travelled += Math.hypot(x - before[0], y - before[1]);
    if (fingers.size === 2) {
      const now = apart();
      zoom(now / spread, x, y);
      spread = now;
    } else if (held < 0) {
      pan(x - before[0], y - before[1]);
    } else if (travelled > 3) {
      hasMoved = true;
      [positions[2 * held], positions[2 * held + 1]] = [(x - view.x) / view.k, (y - view.y) / view.k];
      layout.postMessage({ hold: held, x: positions[2 * held], y: positions[2 * held + 1] });
      redraw();
    }
  });
  const end = (event) => {
    if (!fingers.delete(event.pointerId)) return;
    if (held >= 0 && travelled > 3) layout.postMessage({ release: held });
    else if (event.type === "pointerup" && travelled <= 3) choose(find(...place(event)));
    held = -1;
  };
  canvas.addEventListener("pointerup", end);
  canvas.addEventListener("pointercancel", end);
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoom(2 ** (-event.deltaY / 400), ...place(event));
  }, { passive: false });
  canvas.addEventListener("keydown", (event) => {
    const does = keys[event.key];
    if (does === undefined || positions === null || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    does();
  });
  byId("map-in").addEventListener("click", () => zoom(1.5));
  byId("map-out").addEventListener("click", () => zoom(1 / 1.5));
  byId("map-fit").addEventListener("click", () => positions !== null && fit());
}

function resize() {
  const ratio = devicePixelRatio;
  canvas.width = Math.round(canvas.clientWidth * ratio);
  canvas.height = Math.round(canvas.clientHeight * ratio);
  sprites = [];
  if (positions !== null && !hasMoved) fit();
  redraw();
}

// The table is the server's; it is asked for what is drawn.
let asked = 0;
async function list() {
  const turn = ++asked;
  const given = new URLSearchParams(new FormData(form));
  if (given.getAll("severity").length === severities.length) given.delete("severity");
  if (until.value === until.max) given.delete("until");
  const address = `${form.action}?${given}`;
  const answer = await fetch(address, { headers: { Accept: "text/html" } });
  if (!answer.ok || turn !== asked) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  byId("map-list").replaceChildren(...page.getElementById("map-list").childNodes);
  history.replaceState(null, "", address);
}

form.addEventListener("input", () => map !== undefined && filter());
form.addEventListener("change", list);

const answer = await fetch(canvas.dataset.map);
if (answer.ok) {
  map = await answer.json();
  build();
  const layout = new Worker(canvas.dataset.layout);
  listen(layout);
  new ResizeObserver(resize).observe(canvas);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", resize);
  layout.addEventListener("message", ({ data }) => {
    const isFirst = positions === null;
    positions = data.positions;
    if (!hasMoved) fit();
    if (isFirst) filter();
    canvas.dataset.done = String(data.isDone);
    redraw();
  });
  const isQuiet = matchMedia("(prefers-reduced-motion: reduce)").matches;
  layout.postMessage({ forces: canvas.dataset.forces.split(" "), count, firstSource, firstPoint, links, isQuiet });
  filter();
} else {
  state.textContent = "The map cannot be loaded now; the table holds the same.";
}
