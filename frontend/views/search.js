/**
 * A search over the graph's nodes (WAI-ARIA combobox with a list): typing finds, arrows choose,
 * Enter shows.
 * @import { VNode } from "../lib/h.js"
 * @import { Found } from "../lib/search.js"
 * @typedef
 *   {{searchGraph: (query: string) => void, moveChoice: (choice: number) => void, selectTensor: (name: string) => void}}
 *   SearchCommands
 */

import { h } from "../lib/h.js";
import { signed } from "../lib/numbers.js";

/**
 * @param {{query: string, choice: number}} drawing
 * @param {Found[]} found
 * @param {SearchCommands} commands
 * @returns {VNode}
 */
export function searchView({ query, choice }, found, commands) {
  const open = query.trim() !== "";
  const take = (/** @type {Found | undefined} */ one) => {
    if (!one) return;
    commands.searchGraph("");
    commands.selectTensor(one.tensor);
  };
  return h(
    "div",
    { class: "search" },
    h("input", {
      type: "search",
      id: "graph-search",
      role: "combobox",
      "aria-label": "Find a node",
      placeholder: "Find a node",
      autocomplete: "off",
      spellcheck: "false",
      value: query,
      "aria-expanded": String(open),
      "aria-controls": "graph-found",
      "aria-autocomplete": "list",
      "aria-activedescendant": found.length ? `found-${choice}` : null,
      oninput: (/** @type {any} */ event) => commands.searchGraph(event.target.value),
      onblur: () => commands.searchGraph(""),
      onkeydown: (/** @type {KeyboardEvent} */ event) => {
        const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (way && found.length) commands.moveChoice((choice + way + found.length) % found.length);
        else if (event.key === "Enter") take(found[choice]);
        else if (event.key === "Escape") commands.searchGraph("");
        else return;
        event.preventDefault();
      },
    }),
    h(
      "ul",
      {
        id: "graph-found",
        role: "listbox",
        "aria-label": "Nodes that were found",
        class: open ? "" : "closed",
      },
      open &&
        found.length === 0 &&
        h(
          "li",
          {
            role: "option",
            class: "none",
            "aria-disabled": "true",
            "aria-selected": "false",
            key: "none",
          },
          "No node has this name or operation.",
        ),
      open &&
        found.map((one, at) =>
          h(
            "li",
            {
              role: "option",
              id: `found-${at}`,
              key: one.tensor,
              "aria-selected": String(at === choice),
              onpointerdown: (/** @type {Event} */ event) => {
                event.preventDefault();
                take(one);
              },
            },
            h("code", null, one.tensor),
            h("small", null, signed(one.detail)),
          ),
        ),
    ),
  );
}
