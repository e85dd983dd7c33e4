/**
 * The reference as the service sends it, and how one finds something in it.
 * @import { Document } from "./types.js"
 *
 * @typedef {{formula: string, mathml: string}} ReferenceFormula
 * @typedef {{anchor: string, title: string, text: string, document: Document}} LanguageRule
 * @typedef {{family: string, title: string, summary: string, entries: ReferenceEntry[]}} ReferenceGroup
 * @typedef {{language: LanguageRule[], groups: ReferenceGroup[]}} Reference
 *
 * @typedef {object} ReferenceEntry
 * @property {string} name
 * @property {string} family
 * @property {string} summary
 * @property {string} source
 * @property {boolean} internal  only rules and definitions use it
 * @property {string[]} synonyms
 * @property {string} signature  empty where it is written with a sign
 * @property {string[]} written
 * @property {ReferenceFormula[]} formulae
 * @property {string[]} operands
 * @property {{name: string, default: string | null, allowed: string, also: string[]}[]} parameters
 * @property {string} definition  of a composite or an optimizer
 * @property {{operand: string, code: string, mathml: string}[]} gradients
 * @property {{text: string, code: string, at: Record<string, unknown>, gradient: Record<string, unknown>, document: Document} | null} kink
 * @property {{code: string, shapes: Record<string, number[]>, message: string, hint: string | null}[]} refusals
 * @property {{code: string, document: Document} | null} sample
 * @property {string} remark  why there is no sample
 */

/** Whether every word of the search stands in its name, other names, spellings, family, summary or source. @param {ReferenceEntry} entry @param {string} query */
export function fits(entry, query) {
  const text = [entry.name, ...entry.synonyms, ...entry.written, entry.signature, entry.family, entry.summary, entry.source].join("\n").toLowerCase();
  return query.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

/** The anchor that an address means: an entry's own, or the one of whoever goes by that name. @param {Reference} reference @param {string} hash */
export function anchorOf(reference, hash) {
  const wanted = decoded(hash.replace(/^#/, ""));
  const entries = reference.groups.flatMap(({ entries }) => entries);
  const named = entries.find(({ name }) => name === wanted) ?? entries.find(({ synonyms }) => synonyms.includes(wanted));
  return named?.name ?? wanted;
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
