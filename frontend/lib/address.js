/**
 * What stands in the page's address: `#run=ID`, a run to work on; `#view=ID`, one to look at, of
 * which the first change makes a copy; or a whole document in `#doc=…`, as it is or compressed.
 * Beside them what a teacher may add: `step`, `hide` and `practice`, and `lesson` with `chapter`: its
 * name, or all of it as in `doc`; and `embed`, for a frame. All of it stands behind `#`,
 * which no browser sends, since whoever knows the id of a run may change it. `?run=ID` and
 * `?fork=ID`, as version 0.1.0 wrote them, are understood.
 * @typedef {object} Options
 * @property {number | null} [step]
 * @property {string[]} [hide]
 * @property {boolean} [practice]
 * @property {string | null} [lesson]
 * @property {number | null} [chapter]
 * @property {string | null} [embed]
 * @typedef {object} Address
 * @property {string | null} run
 * @property {string | null} view     a run to look at, perhaps by the id to change it by
 * @property {string | null} doc      still encoded
 * @property {boolean} practice       the gradients are to be found
 * @property {number | null} step     where the page opens
 * @property {string | null} lesson   its name, or all of it, encoded
 * @property {number | null} chapter  from 1
 * @property {string[]} hide          regions that are not shown, by their ids
 * @property {string | null} embed    what is shown alone, one of EMBEDS
 * @property {string[]} odd           what is not understood, as sentences
 */

import { EMBEDS, REGIONS } from "./regions.js";

const KNOWN = [
  "run",
  "view",
  "fork",
  "doc",
  "practice",
  "step",
  "hide",
  "lesson",
  "chapter",
  "embed",
];
const NUMBER = /^\d{1,9}$/;
const PACKED = "z.";
/**
 * The largest document that is taken out of a link, in bytes; larger ones travel as files or runs.
 */
export const LARGEST_DOCUMENT = 1_000_000;

/** @param {string} search @param {string} hash @returns {Address} */
export function readAddress(search, hash) {
  const [before, after] = [
    new URLSearchParams(search),
    new URLSearchParams(hash.replace(/^#/, "")),
  ];
  const value = (/** @type {string} */ name) => after.get(name) ?? before.get(name);
  const names = [...new Set([...before.keys(), ...after.keys()])];
  const odd = names
    .filter((name) => !KNOWN.includes(name))
    .map((name) => `“${shortened(name)}” in the address means nothing here.`);
  const [step, practice, chapter] = [value("step"), value("practice"), value("chapter")];
  const embed = value("embed");
  if (embed !== null && !Object.hasOwn(EMBEDS, embed))
    odd.push(`embed is ${Object.keys(EMBEDS).join(" or ")}, not “${shortened(embed)}”.`);
  if (chapter !== null && !NUMBER.test(chapter))
    odd.push(`chapter is the number of a chapter, from 1, not “${shortened(chapter)}”.`);
  if (step !== null && !NUMBER.test(step))
    odd.push(`step is the number of a step, from 0, not “${shortened(step)}”.`);
  if (practice !== null && !["0", "1"].includes(practice))
    odd.push(`practice is 1 or 0, not “${shortened(practice)}”.`);
  const wanted = (value("hide") ?? "").split(",").filter(Boolean);
  const hide = wanted.filter(
    (name, at) => Object.hasOwn(REGIONS, name) && wanted.indexOf(name) === at,
  );
  const unknown = wanted.filter((name) => !Object.hasOwn(REGIONS, name));
  if (unknown.length)
    odd.push(
      `There is no region “${shortened(unknown.join(", "))}” to hide; there are ${Object.keys(REGIONS).join(", ")}.`,
    );
  return {
    run: value("run"),
    view: value("view") ?? value("fork"),
    doc: after.get("doc"),
    practice: practice === "1",
    step: step !== null && NUMBER.test(step) ? Number(step) : null,
    lesson: after.get("lesson"),
    chapter: chapter !== null && NUMBER.test(chapter) ? Number(chapter) : null,
    hide,
    embed: embed !== null && Object.hasOwn(EMBEDS, embed) ? embed : null,
    odd,
  };
}

/** @param {string} text */
function shortened(text) {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

/** @param {string} base @param {string} id @param {Options} [options] */
export function runAddress(base, id, options) {
  return `${base}#run=${encodeURIComponent(id)}${tail(options)}`;
}

/** @param {string} base @param {string} id  to look at it by @param {Options} [options] */
export function viewAddress(base, id, options) {
  return `${base}#view=${encodeURIComponent(id)}${tail(options)}`;
}

/** @param {string} base @param {string} encoded  document @param {Options} [options] */
export function documentAddress(base, encoded, options) {
  return `${base}#doc=${encoded}${tail(options)}`;
}

/**
 * The same address as version 0.1.0 wrote it, with the id behind `#`; null where it is there already.
 *
 * @param {string} base
 * @param {string} search
 * @param {Address} address  which was read of it
 */
export function rewritten(base, search, { run, view, doc, ...options }) {
  const before = new URLSearchParams(search);
  if (!before.has("run") && !before.has("fork")) return null;
  if (doc !== null) return documentAddress(base, doc, options);
  return run === null ? viewAddress(base, view ?? "", options) : runAddress(base, run, options);
}

/** @param {Options} [options] */
function tail({
  step = null,
  hide = [],
  practice = false,
  lesson = null,
  chapter = null,
  embed = null,
} = {}) {
  const parts = {
    step,
    hide: hide.length ? hide.join(",") : null,
    practice: practice ? "1" : null,
    lesson: lesson === null ? null : encodeURIComponent(lesson),
    chapter: lesson === null ? null : chapter,
    embed,
  };
  return Object.entries(parts)
    .filter(([, part]) => part !== null)
    .map(([key, part]) => `&${key}=${part}`)
    .join("");
}

/** JSON as base64url. @param {unknown} document */
export function plainDocument(document) {
  return base64url(new TextEncoder().encode(JSON.stringify(document)));
}

/**
 * JSON as base64url, compressed where that is shorter; null where it is too large for a link.
 *
 * @param {unknown} document
 * @returns {Promise<string | null>}
 */
export async function encodeDocument(document) {
  const bytes = new TextEncoder().encode(JSON.stringify(document));
  if (bytes.length > LARGEST_DOCUMENT) return null;
  const packed =
    PACKED +
    base64url(await collected(through(bytes, new CompressionStream("deflate-raw")), Infinity));
  const plain = plainDocument(document);
  return packed.length < plain.length ? packed : plain;
}

/**
 * The document in a link, or why there is none. No more than the largest is ever unpacked, however
 * much was packed.
 * @param {string} encoded @returns {Promise<{document: unknown, why: "damaged" | "large" | null}>}
 */
export async function decodeDocument(encoded) {
  try {
    const packed = encoded.startsWith(PACKED);
    const bytes = bytesOf(packed ? encoded.slice(PACKED.length) : encoded);
    const whole = await collected(
      packed ? through(bytes, new DecompressionStream("deflate-raw")) : through(bytes),
      LARGEST_DOCUMENT,
    );
    const document = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(whole));
    return typeof document === "object" && document !== null && !Array.isArray(document)
      ? { document, why: null }
      : { document: null, why: "damaged" };
  } catch (error) {
    return { document: null, why: error instanceof RangeError ? "large" : "damaged" };
  }
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {GenericTransformStream} [transform]
 * @returns {ReadableStream<Uint8Array>}
 */
function through(bytes, transform) {
  const stream = new Blob([bytes]).stream();
  return transform ? stream.pipeThrough(/** @type {any} */ (transform)) : stream;
}

/**
 * All that a stream gives; a RangeError, and nothing more is read, once it gives more than so many
 * bytes.
 *
 * @param {ReadableStream<Uint8Array>} stream
 * @param {number} most
 */
async function collected(stream, most) {
  const [reader, parts] = [stream.getReader(), /** @type {Uint8Array[]} */ ([])];
  let total = 0;
  for (
    let { value, done } = await reader.read();
    !done && value;
    { value, done } = await reader.read()
  ) {
    total += value.length;
    if (total > most) {
      await reader.cancel();
      throw new RangeError(`more than ${most} bytes`);
    }
    parts.push(value);
  }
  const whole = new Uint8Array(total);
  parts.reduce((at, part) => (whole.set(part, at), at + part.length), 0);
  return whole;
}

/** @param {Uint8Array} bytes */
function base64url(bytes) {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(text).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** @param {string} text  base64url */
function bytesOf(text) {
  return Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) =>
    letter.charCodeAt(0),
  );
}
