// What pages use. Everything that is verified stays in this browser: nothing is sent anywhere.

/** The most bytes of a file that are read; one more tells the verifier that it is too large. */
export const mostBytes = 64 * 1024 * 1024;

/** Starts the verifier. It loads everything that it needs at once, so that it works without a network afterwards. */
export function startVerifier() {
  const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  const waiting = new Map();
  let last = 0;
  worker.addEventListener("message", ({ data: { id, stage, text, failure } }) => {
    const { resolve, reject, told } = waiting.get(id);
    if (stage !== undefined) return told?.(stage);
    waiting.delete(id);
    if (failure === undefined) resolve(text);
    else reject(new Error(failure));
  });
  worker.addEventListener("error", (event) => {
    for (const { reject } of waiting.values()) reject(new Error(event.message || "the verifier could not be loaded"));
    waiting.clear();
  });
  const ask = (call, args = [], told = null) =>
    new Promise((resolve, reject) => {
      waiting.set(++last, { resolve, reject, told });
      worker.postMessage({ id: last, call, args });
    });
  return {
    /** Resolves when it can verify. */
    ready: () => ask("ready"),
    /**
     * The verdict's canonical JSON, byte for byte what `tessraxctl verify --json` finds.
     * `told` gets the canonical JSON of each stage that is over, while the others are still to come.
     */
    verify: (given, trust, timed = true, told = null) => ask("verify", [given, trust, timed], told),
    /** The canonical JSON of the stage `log`. */
    follow: (given, trust, address) => ask("follow", [given, trust, address]),
  };
}
