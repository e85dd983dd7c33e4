/**
 * The reference as the service sends it, and how one finds something in it.
 * @typedef {import("./answers.js").Reference} Reference
 * @typedef {import("./answers.js").ReferenceGroup} ReferenceGroup
 * @typedef {import("./answers.js").ReferenceEntry} ReferenceEntry
 * @typedef {import("./answers.js").LanguageRule} LanguageRule
 * @typedef {import("./answers.js").LibraryWords} LibraryWords
 * @typedef {import("./answers.js").SpellingEntry} SpellingEntry
 * @typedef {import("./answers.js").WrittenFormula} ReferenceFormula
 */

/**
 * Whether every word of the search stands in its name, other names, spellings, family, summary or
 * source.
 *
 * @param {ReferenceEntry} entry
 * @param {string} query
 */
export function fits(entry, query) {
  const text = [
    entry.name,
    ...entry.synonyms,
    ...entry.written,
    entry.signature,
    entry.family,
    entry.summary,
    entry.source,
  ];
  return holds(text, query);
}

/**
 * Whether every word of the search stands in the names of a library's word, its parameters, its
 * summary or its meaning.
 *
 * @param {SpellingEntry} entry
 * @param {string} query
 */
export function fitsWord({ paths, signature, summary, means }, query) {
  return holds([...paths, signature, summary, means], query);
}

/** @param {string[]} parts @param {string} query */
function holds(parts, query) {
  const text = parts.join("\n").toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/**
 * The anchor that an address means: an entry's own, or the one of whoever goes by that name.
 *
 * @param {Reference} reference
 * @param {string} hash
 */
export function anchorOf(reference, hash) {
  const wanted = decoded(hash.replace(/^#/, ""));
  const entries = reference.groups.flatMap(({ entries }) => entries);
  const named =
    entries.find(({ name }) => name === wanted) ??
    entries.find(({ synonyms }) => synonyms.includes(wanted));
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
