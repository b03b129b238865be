// Files from a server that may be hostile: bounded in bytes and time, never from elsewhere than asked.
const seconds = 30;

/** The bytes under an address, cut off one beyond `most`; null if there is nothing. */
export async function fetchBytes(url, most) {
  const answer = await fetch(url, {
    cache: "no-store",
    redirect: "error",
    signal: AbortSignal.timeout(seconds * 1000),
  });
  if (answer.status === 404 || answer.status === 410) return null;
  if (answer.status !== 200) throw new Error(`the server answered ${answer.status}`);
  const parts = [];
  let length = 0;
  for (const reader = answer.body.getReader(); length <= most; ) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    length += value.length;
    if (length > most) await reader.cancel();
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes.subarray(0, most + 1);
}
