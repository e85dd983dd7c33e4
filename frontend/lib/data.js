/**
 * Files of data: what one is asked about before they are used.
 *
 * @import { Inspected } from "./answers.js"
 * @import { Format } from "./files.js"
 * @typedef {object} Choices  as the service takes them
 * @property {string} [label]
 * @property {string} [target]
 * @property {string} [tensor]
 * @property {string} [tokens]
 * @property {string} [length]
 * @property {string} [stride]
 * @property {string} [predict]
 * @property {string} [validation]
 * @typedef {object} Looked a file that was looked into
 * @property {Blob} file
 * @property {string} name
 * @property {Inspected} answer
 * @property {Choices} choices
 * @property {string} use the name of a model that begins a run, or empty: the current run
 */

const PICTURES = /\.(?:png|jpe?g)$/i;
/** A shorter text is none. */
const LEAST = 20;
/** How lines of code begin, and a call. */
const CODE = /^\s*(?:import|from|def|class|for|if|while|with|return|@)\b.*[:.(]|\w\(/m;
/** Endings that mean the same as the one of a format. */
const ALIKE = [[".jpeg", ".jpg"]];

/** Does the name say that a file holds data, and no program? @param {string} name @param {Format[]} formats */
export function holdsData(name, formats) {
  const lower = ALIKE.reduce((text, [one, same]) => text.replace(one, same), name.toLowerCase());
  return formats.some(
    ({ data, ending, exports }) => data && !exports && lower.endsWith(`.${ending}`),
  );
}

/** Are these several pictures, which go together? @param {{name: string}[]} files */
export function arePictures(files) {
  return files.length > 1 && files.every(({ name }) => PICTURES.test(name));
}

/**
 * Is a pasted text a table or plain language, rather than code or a document? Lines of as many cells
 * are a table.
 *
 * @param {string} text
 */
export function isPastedData(text) {
  if (/^\s*[{[]/.test(text) || text.includes("=")) return false;
  const [one = "", other = ""] = text.split("\n").filter((line) => line.trim());
  const cells = [one, other].map((line) => line.split(/[,;\t]/).length);
  if (cells[0] > 1 && cells[0] === cells[1]) return true;
  return text.trim().length >= LEAST && /\s/.test(text.trim()) && !CODE.test(text);
}

/** What is sent: what was chosen, without what is empty. @param {Choices} choices */
export function queryOf(choices) {
  return new URLSearchParams(
    Object.entries(choices).filter(([, value]) => value !== undefined && value !== ""),
  ).toString();
}

/**
 * What a file is used for where nothing was chosen: it goes into the run where it fits, else it
 * begins one.
 *
 * @param {Inspected} answer
 * @param {string | null} before what was chosen before
 */
export function usual({ fits, models }, before = null) {
  const offered = [...(fits ? [""] : []), ...models.map(({ name }) => name)];
  return before !== null && offered.includes(before) ? before : (offered[0] ?? "");
}

/** A title for what a file begins: its name without the ending. @param {string} name */
export function titleOf(name) {
  return (
    name
      .replace(/\.[^.]*$/, "")
      .replace(/[_-]+/g, " ")
      .trim() || name
  );
}

/**
 * What a whole number of an input stands for; null where nothing says it.
 *
 * @param {import("./types.js").Document | null} document
 * @param {string} name
 * @param {number | null} number
 */
export function wordOf(document, name, number) {
  return (number === null ? null : document?.vocabulary?.[name]?.[number]) ?? null;
}
