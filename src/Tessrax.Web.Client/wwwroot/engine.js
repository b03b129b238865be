// The verifier in this thread: .NET on WebAssembly with libsodium beside it. In a page use verifier.js, which keeps the page responsive.
import { dotnet } from "./_framework/dotnet.js";
import * as sample from "./sample.js";
import { fetchBytes } from "./fetch.js";
import { ready, verifySignature } from "./sodium.js";

const bytes = (text) => new TextEncoder().encode(text);

// Hashing, libsodium and the rules, on a bundle that holds and on the same with one signature changed.
function tryOut(verify) {
  const holds = (text) => JSON.parse(verify(bytes(text), bytes(sample.trust), false)).holds;
  const forged = sample.bundle.replace(/"sig":"(.)/, (_, first) => `"sig":"${first === "A" ? "B" : "A"}`);
  if (forged === sample.bundle || holds(sample.bundle) !== true || holds(forged) !== false)
    throw new Error("the verifier does not pass its self-test in this browser");
}

/** Starts the runtime, once a thread, and lets it pass its self-test. */
export async function openEngine() {
  const [runtime] = await Promise.all([dotnet.create(), ready]);
  const fetchFile = async (url, most) => {
    const bytes = await fetchBytes(url, most);
    return bytes && { bytes };
  };
  let stageOver = null;
  runtime.setModuleImports("host", { verifySignature, fetchFile, stageOver: (stage) => stageOver?.(stage) });
  await runtime.runMain();
  const { Tessrax } = await runtime.getAssemblyExports("Tessrax.Web.Client");
  const { Verify, Follow } = Tessrax.Web.Client.Verifier;
  tryOut(Verify);
  return {
    /**
     * The verdict's canonical JSON. `trust` is a trust root document or a vkey, in bytes; empty if there is none.
     * `told` gets the canonical JSON of each stage that is over while others are to come; the verdict has the last word on all of them.
     */
    verify: (given, trust, timed, told = null) => {
      stageOver = told;
      try {
        return Verify(given, trust, timed);
      } finally {
        stageOver = null;
      }
    },
    /** Verifies the sample once more. The runtime compiles what runs often: a file that comes after some of these is verified in half the time. */
    warmUp: () => void Verify(bytes(sample.bundle), bytes(sample.trust), false),
    /** The canonical JSON of one stage: whether the log at `address` goes on from what was given. */
    follow: (given, trust, address) => Follow(given, trust, address),
  };
}
