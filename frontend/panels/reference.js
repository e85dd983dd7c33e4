/**
 * The page of operations: header with the search, table of contents, the language's rules, the
 * entries by family, the libraries' words.
 * @import { VNode } from "../lib/h.js"
 * @import { ReferenceEntry, ReferenceGroup, LanguageRule, LibraryWords } from "../lib/reference.js"
 * @import { ReferenceState } from "../state/reference/reducer.js"
 * @import { Theme } from "../state/settings/reducer.js"
 * @import { Travel } from "../views/operation.js"
 */

import { h } from "../lib/h.js";
import { fits, fitsWord } from "../lib/reference.js";
import { documentView, operationView } from "../views/operation.js";
import { wordRow } from "../views/words.js";

const THEMES = /** @type {Theme[]} */ (["system", "light", "dark"]);

/**
 * @param {ReferenceState} state
 * @param {{search: (query: string) => void, theme: (theme: Theme) => void, home: string}} commands
 */
export function headerView({ query, theme }, commands) {
  return [
    h("h1", null, "Operations"),
    h("a", { href: commands.home }, "Back to the explorer"),
    h("span", { class: "space" }),
    h(
      "label",
      { class: "field" },
      h("span", { class: "field-name" }, "Search"),
      h("input", {
        type: "search",
        value: query,
        placeholder: "Search operations",
        autocomplete: "off",
        spellcheck: "false",
        oninput: (/** @type {any} */ event) => commands.search(event.target.value),
      }),
    ),
    h(
      "label",
      { class: "field" },
      h("span", { class: "field-name" }, "Theme"),
      h(
        "select",
        {
          value: theme,
          onchange: (/** @type {any} */ event) => commands.theme(event.target.value),
        },
        THEMES.map((name) => h("option", { value: name }, name[0].toUpperCase() + name.slice(1))),
      ),
    ),
  ];
}

/** @param {ReferenceState} state */
export function contentsView({ reference, query }) {
  if (!reference) return [];
  const language = h(
    "div",
    { key: "language", hidden: query.trim() !== "" },
    h("h2", null, h("a", { href: "#the-language" }, "The language")),
  );
  return [
    language,
    ...reference.groups.map(({ family, title, entries }) => {
      const shown = entries.filter((entry) => fits(entry, query));
      return h(
        "div",
        { key: family, hidden: shown.length === 0 },
        h(
          "h2",
          null,
          h("a", { href: `#family-${family}` }, title),
          h("small", null, String(shown.length)),
        ),
        h(
          "ul",
          null,
          shown.map(({ name }) => h("li", { key: name }, h("a", { href: `#${name}` }, name))),
        ),
      );
    }),
    ...reference.words.map(({ library, title, entries }) => {
      const shown = entries.filter((entry) => fitsWord(entry, query)).length;
      return h(
        "div",
        { key: `words-${library}`, hidden: shown === 0 },
        h(
          "h2",
          null,
          h("a", { href: `#words-${library}` }, title),
          h("small", null, String(shown)),
        ),
      );
    }),
  ];
}

/** @param {ReferenceState} state @param {Travel} travel */
export function entriesView({ reference, query, problem }, travel) {
  if (!reference) return problem ? [] : [h("p", { class: "pending" }, "Loading…")];
  const found =
    reference.groups.some(({ entries }) => entries.some((entry) => fits(entry, query))) ||
    reference.words.some(({ entries }) => entries.some((entry) => fitsWord(entry, query)));
  return [
    languageView(reference.language, query.trim() !== "", travel),
    ...reference.groups.map((group) => groupView(group, query, travel)),
    ...reference.words.map((words) => wordsView(words, query)),
    h(
      "p",
      { key: "nothing", class: "nothing", hidden: found },
      "Nothing fits. Try a shorter word: every word has to stand in a name, a spelling, a family, a summary or a source.",
    ),
  ];
}

/** @param {LanguageRule[]} rules @param {boolean} hidden @param {Travel} travel */
function languageView(rules, hidden, travel) {
  return h(
    "section",
    { key: "language", hidden, id: "the-language", "aria-labelledby": "the-language--title" },
    h("h2", { id: "the-language--title" }, "The language"),
    h(
      "div",
      { class: "rules" },
      rules.map((rule) =>
        h(
          "article",
          {
            key: rule.anchor,
            id: rule.anchor,
            class: "entry",
            "aria-labelledby": `${rule.anchor}--title`,
          },
          h("h3", { id: `${rule.anchor}--title` }, rule.title),
          h("p", null, rule.text),
          documentView(rule.document, rule.title, travel),
        ),
      ),
    ),
  );
}

/** @param {ReferenceGroup} group @param {string} query @param {Travel} travel */
function groupView({ family, title, summary, entries }, query, travel) {
  const shown = new Set(entries.filter((entry) => fits(entry, query)));
  return h(
    "section",
    {
      key: family,
      hidden: shown.size === 0,
      id: `family-${family}`,
      "aria-labelledby": `family-${family}--title`,
    },
    h("h2", { id: `family-${family}--title` }, title),
    h("p", { class: "family-summary" }, summary),
    ...entries.map((entry) =>
      h(
        "article",
        {
          key: entry.name,
          id: entry.name,
          class: "entry",
          hidden: !shown.has(entry),
          "aria-labelledby": `${entry.name}--title`,
        },
        drawn(entry, travel),
      ),
    ),
  );
}

/** @param {LibraryWords} words @param {string} query */
function wordsView({ library, title, summary, entries }, query) {
  const shown = new Set(entries.filter((entry) => fitsWord(entry, query)));
  const id = `words-${library}`;
  return h(
    "section",
    { key: id, id, hidden: shown.size === 0, "aria-labelledby": `${id}--title` },
    h("h2", { id: `${id}--title` }, title),
    h("p", { class: "family-summary" }, summary),
    h(
      "table",
      { class: "words", "aria-labelledby": `${id}--title` },
      h(
        "thead",
        null,
        h("tr", null, h("th", { scope: "col" }, "Word"), h("th", { scope: "col" }, "Means")),
      ),
      h(
        "tbody",
        null,
        entries.map((entry) =>
          h("tr", { key: entry.paths[0], hidden: !shown.has(entry) }, wordRow(entry)),
        ),
      ),
    ),
  );
}

/** @type {WeakMap<ReferenceEntry, VNode>} */
const kept = new WeakMap();

/**
 * An entry's description is made once: searching only hides and shows.
 *
 * @param {ReferenceEntry} entry
 * @param {Travel} travel
 */
function drawn(entry, travel) {
  const vnode = kept.get(entry) ?? operationView(entry, travel);
  kept.set(entry, vnode);
  return vnode;
}
