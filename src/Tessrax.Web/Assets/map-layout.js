// Lays out the map beside the page, so that the page goes on answering: D3's forces, a few rounds at a time.
// In: {forces, count, links, isQuiet} once, then {hold: place, x, y} and {release: place}. Out: {positions, isDone}.
const slice = 30;
const rest = 40;
let simulation = null;
let nodes = [];
let isQuiet = false;
let isRunning = false;
let isHeld = false;

function start({ forces, count, links, isQuiet: quiet }) {
  importScripts(...forces);
  isQuiet = quiet;
  nodes = Array.from({ length: count }, () => ({}));
  const pairs = Array.from({ length: links.length / 2 }, (_, i) => ({ source: links[2 * i], target: links[2 * i + 1] }));
  simulation = d3
    .forceSimulation(nodes)
    .alphaDecay(0.03)
    .force("charge", d3.forceManyBody().strength(-24).theta(1.1).distanceMax(420))
    .force("link", d3.forceLink(pairs).distance(22))
    .force("x", d3.forceX().strength(0.05))
    .force("y", d3.forceY().strength(0.05))
    .stop();
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
