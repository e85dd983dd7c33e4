/** What stands in the page's address: `?run=ID`, or a whole document in `#doc=…`; with `&practice=1` the gradients are to be found. */

/** @param {string} search @param {string} hash @returns {{run: string | null, doc: unknown, practice: boolean}} */
export function readAddress(search, hash) {
  const [before, after] = [new URLSearchParams(search), new URLSearchParams(hash.replace(/^#/, ""))];
  const encoded = after.get("doc");
  return { run: before.get("run"), doc: encoded === null ? null : decodeDocument(encoded), practice: (after.get("practice") ?? before.get("practice")) === "1" };
}

/** @param {string} base @param {string} id @param {boolean} [practice]  with the gradients covered until they are found */
export function runAddress(base, id, practice = false) {
  return `${base}?run=${encodeURIComponent(id)}${practice ? "&practice=1" : ""}`;
}

/** @param {string} base @param {unknown} document @param {boolean} [practice] */
export function documentAddress(base, document, practice = false) {
  return `${base}#doc=${encodeDocument(document)}${practice ? "&practice=1" : ""}`;
}

/** JSON as base64url. @param {unknown} document */
export function encodeDocument(document) {
  const bytes = new TextEncoder().encode(JSON.stringify(document));
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(text).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** The document, or undefined where the text is damaged. @param {string} encoded @returns {unknown} */
export function decodeDocument(encoded) {
  try {
    const text = atob(encoded.replace(/-/g, "+").replace(/_/g, "/"));
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(text, (letter) => letter.charCodeAt(0))));
  } catch {
    return undefined;
  }
}
