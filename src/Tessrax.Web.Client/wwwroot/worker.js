// The verifier in a thread of its own: a large file must not freeze the page.

// Not imported in the usual way: a worker whose modules await something loses what it is sent meanwhile.
const opening = import("./engine.js").then(({ openEngine }) => openEngine());

addEventListener("message", async ({ data: { id, call, args } }) => {
  try {
    const engine = await opening;
    const told = (stage) => postMessage({ id, stage });
    postMessage({ id, text: call === "ready" ? "" : await engine[call](...args, told) });
  } catch (error) {
    postMessage({ id, failure: String(error?.message ?? error) });
  }
});
