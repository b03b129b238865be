// The verifier in a thread of its own: a large file must not freeze the page.
import { openEngine } from "./engine.js";

const opening = openEngine();

addEventListener("message", async ({ data: { id, call, args } }) => {
  try {
    const engine = await opening;
    postMessage({ id, text: call === "ready" ? "" : await engine[call](...args) });
  } catch (error) {
    postMessage({ id, failure: String(error?.message ?? error) });
  }
});
