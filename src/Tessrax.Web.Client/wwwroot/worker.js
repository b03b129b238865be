// The verifier in a thread of its own: a large file must not freeze the page.

// Not imported in the usual way: a worker whose modules await something loses what it is sent meanwhile.
const opening = import("./engine.js").then(({ openEngine }) => openEngine());

// Nobody chooses a file as fast as this: meanwhile the code gets warm, a little at a time, so that whatever is asked hardly waits.
const rounds = 20;
opening.then((engine) => {
  let done = 0;
  const next = () => {
    engine.warmUp();
    if (++done < rounds) setTimeout(next, 5);
  };
  setTimeout(next, 50);
}, () => {});

addEventListener("message", async ({ data: { id, call, args } }) => {
  try {
    const engine = await opening;
    const told = (stage) => postMessage({ id, stage });
    postMessage({ id, text: call === "ready" ? "" : await engine[call](...args, told) });
  } catch (error) {
    postMessage({ id, failure: String(error?.message ?? error) });
  }
});
