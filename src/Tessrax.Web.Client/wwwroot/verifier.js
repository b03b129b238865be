// What pages use. Everything that is verified stays in this browser: nothing is sent anywhere.

/** The most bytes of a file that are read; one more tells the verifier that it is too large. */
export const mostBytes = 64 * 1024 * 1024;

/** Starts the verifier. It loads everything that it needs at once, so that it works without a network afterwards. */
export function startVerifier() {
  const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  const waiting = new Map();
  let last = 0;
  worker.addEventListener("message", ({ data: { id, text, failure } }) => {
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (failure === undefined) resolve(text);
    else reject(new Error(failure));
  });
  worker.addEventListener("error", (event) => {
    for (const { reject } of waiting.values()) reject(new Error(event.message || "the verifier could not be loaded"));
    waiting.clear();
  });
  const ask = (call, ...args) =>
    new Promise((resolve, reject) => {
      waiting.set(++last, { resolve, reject });
      worker.postMessage({ id: last, call, args });
    });
  return {
    /** Resolves when it can verify. */
    ready: () => ask("ready"),
    /** The verdict's canonical JSON, byte for byte what `tessraxctl verify --json` finds. */
    verify: (given, trust, timed = true) => ask("verify", given, trust, timed),
    /** The canonical JSON of the stage `log`. */
    follow: (given, trust, address) => ask("follow", given, trust, address),
  };
}
