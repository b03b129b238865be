// Lays out the map beside the page, so that the page goes on answering: D3's forces, a few rounds at a time.
// In: {forces, count, firstSource, firstPoint, links, isQuiet} once, then {hold: place, x, y} and {release: place}. Out: {positions, isDone}.
const slice = 30;
const rest = 40;
let simulation = null;
let nodes = [];
let isQuiet = false;
let isRunning = false;
let isHeld = false;

// From so many contradictions on the sources that many share would draw everything into one ball.
const many = 200;
// Of more groups none would be seen.
const mostGroups = 60;

// Which group each mark belongs to: that of the sources that differ, or where there are too many pairs of them, of the one that differs most often; -1 for sources.
function groupsOf({ count, firstSource, firstPoint, links }) {
  const sources = Array.from({ length: count - firstPoint }, () => []);
  const told = new Uint32Array(firstPoint);
  for (let i = 0; i < links.length; i += 2) {
    if (links[i + 1] < firstSource) continue;
    sources[links[i] - firstPoint].push(links[i + 1]);
    told[links[i + 1]]++;
  }
  for (const of of sources) of.sort((a, b) => told[b] - told[a] || a - b);
  const named = (length) => sources.map((of) => of.slice(0, length).join());
  const pairs = named(2);
  const names = new Set(pairs).size > mostGroups ? named(1) : pairs;
  const known = new Map();
  for (const name of names) if (!known.has(name)) known.set(name, known.size);
  const groups = new Int32Array(count).fill(-1);
  names.forEach((name, i) => (groups[firstPoint + i] = known.get(name)));
  // A subject goes with what was told of it first.
  for (let i = 0; i < links.length; i += 2)
    if (links[i + 1] < firstSource && groups[links[i + 1]] < 0) groups[links[i + 1]] = groups[links[i]];
  return groups;
}

// Where groups have their middles: as far apart as they are large, and no farther.
function middlesOf(groups) {
  const sizes = [];
  for (const group of groups) if (group >= 0) sizes[group] = (sizes[group] ?? 0) + 1;
  const middles = sizes.map((size) => ({ r: 11 * Math.sqrt(size) + 45 }));
  d3.forceSimulation(middles)
    .force("apart", d3.forceCollide((middle) => middle.r).iterations(4))
    .force("x", d3.forceX().strength(0.08))
    .force("y", d3.forceY().strength(0.08))
    .stop()
    .tick(250);
  return middles;
}

// Each group has a place of its own, where its marks begin and to which they are drawn; its sources only come near.
function grouped(simulation, pairs, groups) {
  const middles = middlesOf(groups);
  const filled = middles.map(() => 0);
  const middle = (node) => middles[groups[node.index]];
  nodes.forEach((node, i) => {
    if (groups[i] < 0) return;
    // As in a sunflower: evenly filled from the middle on.
    const [turn, out] = [2.4 * filled[groups[i]], 11 * Math.sqrt(filled[groups[i]]++)];
    [node.x, node.y] = [middles[groups[i]].x + out * Math.cos(turn), middles[groups[i]].y + out * Math.sin(turn)];
  });
  const toSource = ({ target }) => groups[target.index] < 0;
  simulation
    .force("charge", d3.forceManyBody().strength((node) => (groups[node.index] < 0 ? -160 : -24)).theta(1.1).distanceMax(90))
    .force("link", d3.forceLink(pairs).distance((pair) => (toSource(pair) ? 60 : 16)).strength((pair) => (toSource(pair) ? 0.004 : 0.5)))
    .force("x", d3.forceX((node) => middle(node)?.x ?? 0).strength((node) => (groups[node.index] < 0 ? 0.01 : 0.07)))
    .force("y", d3.forceY((node) => middle(node)?.y ?? 0).strength((node) => (groups[node.index] < 0 ? 0.01 : 0.07)));
}

function alone(simulation, pairs) {
  simulation
    .force("charge", d3.forceManyBody().strength(-24).theta(1.1).distanceMax(420))
    .force("link", d3.forceLink(pairs).distance(22))
    .force("x", d3.forceX().strength(0.05))
    .force("y", d3.forceY().strength(0.05));
}

function start(graph) {
  const { forces, count, firstPoint, links, isQuiet: quiet } = graph;
  importScripts(...forces);
  isQuiet = quiet;
  nodes = Array.from({ length: count }, () => ({}));
  const pairs = Array.from({ length: links.length / 2 }, (_, i) => ({ source: links[2 * i], target: links[2 * i + 1] }));
  simulation = d3.forceSimulation(nodes).alphaDecay(0.03).stop();
  if (count - firstPoint < many) alone(simulation, pairs);
  else grouped(simulation, pairs, groupsOf(graph));
  run();
}

function run() {
  isRunning = true;
  // While a mark is dragged the page comes first.
  const until = performance.now() + (isHeld ? 0 : slice);
  do simulation.tick();
  while (performance.now() < until && simulation.alpha() > simulation.alphaMin());
  const isDone = simulation.alpha() <= simulation.alphaMin();
  if (isDone || !isQuiet) {
    const positions = new Float32Array(2 * nodes.length);
    nodes.forEach((node, i) => {
      positions[2 * i] = node.x;
      positions[2 * i + 1] = node.y;
    });
    postMessage({ positions, isDone }, [positions.buffer]);
  }
  if (isDone) isRunning = false;
  else setTimeout(run, isHeld ? rest : 0);
}

function warm(target) {
  simulation.alphaTarget(target).alpha(Math.max(simulation.alpha(), 0.1));
  if (!isRunning) run();
}

onmessage = ({ data }) => {
  if (data.forces) {
    start(data);
  } else if (data.hold !== undefined) {
    isQuiet = false;
    isHeld = true;
    nodes[data.hold].fx = data.x;
    nodes[data.hold].fy = data.y;
    warm(0.08);
  } else {
    isHeld = false;
    nodes[data.release].fx = nodes[data.release].fy = null;
    warm(0);
  }
};
