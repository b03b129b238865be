// Ed25519 by libsodium, the same code that verifies in every other Tessrax: one rule, one verdict.
import sodium from "./libsodium-wrappers.mjs";

/** Settles when signatures can be verified; nothing may be asked before. Not awaited here, so that it is compiled beside the runtime. */
export const ready = sodium.ready;

/** Whether a signature holds. Lengths that cannot be are a no; what libsodium itself cannot do throws, and is no verdict. */
export function verifySignature(key, message, signature) {
  return (
    key.length === sodium.crypto_sign_PUBLICKEYBYTES &&
    signature.length === sodium.crypto_sign_BYTES &&
    sodium.crypto_sign_verify_detached(signature, message, key)
  );
}
