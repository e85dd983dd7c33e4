/**
 * Files that a run leaves as, and that can be opened.
 *
 * @import { Moment } from "./moment.js"
 * @typedef {import("./answers.js").FormatEntry} Format
 * @typedef {object} Files
 * @property {Format[]} formats
 * @property {string[]} notes     what there is to know about the file that was opened
 * @property {File | null} numbers  a file of numbers only, which may go into the present run
 * @property {number | null} first  with which iteration a file of several begins; null: with the last one, NaN: what is
 *   typed is no number
 */

import { at } from "./moment.js";

/** Code comes as a notebook, too. */
const [PYTHON, NOTEBOOK] = [".py", ".ipynb"];

/** What else may be chosen with an ending: a network has its weights in a second file, or in an archive with it. */
const OTHERS = /** @type {Record<string, string[]>} */ ({
  [PYTHON]: [NOTEBOOK],
  ".onnx": [".data", ".zip"],
  ".jpg": [".jpeg"],
});

/** @type {Files} */
export const unopened = { formats: [], notes: [], numbers: null, first: null };

/** What a file's name may end with, as an input asks for it. @param {Format[]} formats */
export function accepted(formats) {
  const endings = formats.filter(({ imports }) => imports).map(({ ending }) => `.${ending}`);
  return [...new Set(endings.flatMap((one) => [one, ...(OTHERS[one] ?? [])]))].join(",");
}

/** The formats that can be opened, in words. @param {Format[]} formats */
export function openable(formats) {
  const listed = formats.filter(({ imports }) => imports);
  const notebook = listed.some(({ ending }) => `.${ending}` === PYTHON) ? ["notebook"] : [];
  return [
    ...listed.map(({ title, ending }) => `${title} (.${ending})`),
    ...notebook.map((title) => `${title} (${NOTEBOOK})`),
  ].join(", ");
}

/**
 * Where a run is to be had as a file, below the service's root.
 *
 * @param {string} id
 * @param {Format} format
 * @param {Moment} moment
 * @param {number | null} [first]  the iteration with which a file of several begins
 */
export function exportPath(id, { name, several }, moment, first = null) {
  const begins = several && first !== null && !Number.isNaN(first) && first !== moment.iteration;
  const from = begins ? `&first_iteration=${first}` : "";
  return `/runs/${encodeURIComponent(id)}/export?format=${encodeURIComponent(name)}&${at(moment)}${from}`;
}

/**
 * The name that the service gives a file.
 *
 * @param {string | null} disposition
 * @param {Format} format
 */
export function fileName(disposition, { ending }) {
  return /filename="([^"/\\]+)"/.exec(disposition ?? "")?.[1] ?? `run.${ending}`;
}

/** What was said about a file, as sentences. @param {string} note */
export function sentence(note) {
  const words = `${note[0]?.toUpperCase() ?? ""}${note.slice(1)}`;
  return /[.!?]$/.test(words) ? words : `${words}.`;
}
