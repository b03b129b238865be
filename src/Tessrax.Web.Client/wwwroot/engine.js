// The verifier in this thread: .NET on WebAssembly with libsodium beside it. In a page use verifier.js, which keeps the page responsive.
import { dotnet } from "./_framework/dotnet.js";
import { fetchBytes } from "./fetch.js";
import { verifySignature } from "./sodium.js";

/** Starts the runtime, once a thread. */
export async function openEngine() {
  const runtime = await dotnet.create();
  const fetchFile = async (url, most) => {
    const bytes = await fetchBytes(url, most);
    return bytes && { bytes };
  };
  runtime.setModuleImports("host", { verifySignature, fetchFile });
  await runtime.runMain();
  const { Tessrax } = await runtime.getAssemblyExports("Tessrax.Web.Client");
  const { Verify, Follow } = Tessrax.Web.Client.Verifier;
  return {
    /** The verdict's canonical JSON. `trust` is a trust root document or a vkey, in bytes; empty if there is none. */
    verify: (given, trust, timed) => Verify(given, trust, timed),
    /** The canonical JSON of one stage: whether the log at `address` goes on from what was given. */
    follow: (given, trust, address) => Follow(given, trust, address),
  };
}
