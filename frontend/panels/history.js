/**
 * What happened to the run, to be looked at, copied and compared.
 *
 * @import { Acts } from "./acts.js"
 * @import { State } from "../state/state.js"
 * @import { Change } from "../lib/timeline.js"
 * @import { Moment } from "../lib/moment.js"
 */

import { h } from "../lib/h.js";
import { fromWire, printOne } from "../lib/numbers.js";
import { chainOf, isChange } from "../lib/timeline.js";
import { comparisonView } from "../views/comparison.js";
import { troubleView } from "../views/trouble.js";

/** @param {State} state */
export function select(state) {
  if (state.mode !== "history") return { past: null };
  const { run, shown, past, recent, palette, digits } = state;
  return { run, shown, past, recent, palette, digits };
}

/** @param {unknown} _ @param {Acts} acts @param {State} state */
export function view(_, acts, state) {
  if (state.mode !== "history") return [];
  const { run, shown, past, recent, palette, digits } = state;
  const now = new Set(chainOf(past.events).map(({ number }) => number));
  const changes = past.events.filter(isChange);
  const head = past.events[past.events.length - 1]?.head;
  return [
    h(
      "div",
      { class: "two" },
      h(
        "div",
        { role: "group", "aria-labelledby": "changes-title" },
        h("h3", { id: "changes-title" }, "Changes, newest first"),
        h(
          "ol",
          { class: "changes", reversed: true },
          [...changes]
            .reverse()
            .map((change) =>
              changeView(change, now.has(change.number), change.number === head, shown, acts),
            ),
        ),
      ),
      h(
        "div",
        { role: "group", "aria-labelledby": "compare-title" },
        h("h3", { id: "compare-title" }, "Compare two states"),
        run && sidesView(run.id, changes, past, recent, acts),
        past.trouble && troubleView(past.trouble),
        past.comparison && palette
          ? comparisonView(past.comparison, {
              palette,
              digits,
              tensor: past.tensor,
              choose: (tensor) => acts.compare({ tensor }),
            })
          : !past.trouble && h("p", { class: "hint" }, "Comparing…"),
      ),
    ),
  ];
}

/**
 * @param {Change} change
 * @param {boolean} done
 * @param {boolean} head
 * @param {State["shown"]} shown
 * @param {Acts} acts
 */
function changeView(
  { number, text, iteration, iterations, first_loss: first, last_loss: last },
  done,
  head,
  shown,
  acts,
) {
  const moment = { iteration, event: number };
  const losses = iterations
    ? `, the loss from ${printOne(fromWire(first), 4)} to ${printOne(fromWire(last), 4)}`
    : "";
  const where = iterations
    ? `iterations ${iteration - iterations} to ${iteration}${losses}`
    : `at iteration ${iteration}`;
  const onScreen =
    shown?.event === number || (head && shown?.event === null && shown.iteration === iteration);
  const name = `${text}, ${where}`;
  return h(
    "li",
    { key: String(number), class: done ? "" : "undone", "aria-current": onScreen ? "true" : null },
    h(
      "span",
      { class: "what" },
      h("b", null, text),
      " ",
      h("small", null, where),
      head && h("span", { class: "tag" }, "now"),
      !done && h("span", { class: "tag" }, "undone"),
    ),
    h(
      "span",
      { class: "row" },
      h(
        "button",
        {
          type: "button",
          class: "small",
          "aria-label": `Show ${name}`,
          onclick: () => acts.lookBack(head ? { iteration, event: null } : moment),
        },
        "Show",
      ),
      h(
        "button",
        {
          type: "button",
          class: "small",
          title: "A run of its own that goes on from here",
          "aria-label": `Copy the run after ${name}`,
          onclick: () => acts.fork(moment),
        },
        "Copy from here",
      ),
    ),
  );
}

/**
 * @param {string} run
 * @param {Change[]} changes
 * @param {State["past"]} past
 * @param {State["recent"]} recent
 * @param {Acts} acts
 */
function sidesView(run, changes, { one, other }, recent, acts) {
  const moments = changes.map(({ number, iteration, text }) => ({
    text: `iteration ${iteration}, after ${text}`,
    side: { run, moment: { iteration, event: number } },
  }));
  const others = recent
    .filter(({ id }) => id !== run)
    .slice(0, 8)
    .map(({ id, title, opened }) => ({
      text: `${title}, opened ${new Date(opened).toLocaleString()}`,
      side: { run: id, moment: null },
    }));
  const present = { text: "now", side: { run, moment: null } };
  const select = (
    /** @type {string} */ label,
    /** @type {import("../state/past.js").Side | null} */ chosen,
    /** @type {"one" | "other"} */ which,
  ) => {
    const listed = [present, ...[...moments].reverse(), ...others];
    const value = JSON.stringify(chosen);
    const extra =
      chosen && !listed.some(({ side }) => JSON.stringify(side) === value)
        ? [{ text: `iteration ${chosen.moment?.iteration}`, side: chosen }]
        : [];
    return h(
      "label",
      { class: "field" },
      h("span", { class: "field-name" }, label),
      h(
        "select",
        {
          value,
          onchange: (/** @type {any} */ event) =>
            acts.compare({ [which]: JSON.parse(event.target.value) }),
        },
        [...extra, ...listed].map(({ text, side }) =>
          h("option", { key: JSON.stringify(side), value: JSON.stringify(side) }, text),
        ),
      ),
    );
  };
  return h("div", { class: "sides" }, select("This", one, "one"), select("with", other, "other"));
}
