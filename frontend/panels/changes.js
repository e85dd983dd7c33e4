/**
 * All that was done to a run, undone or not, and the numbers of two of its states side by side.
 *
 * @import { Commands } from "../state/commands.js"
 * @import { State } from "../state/state.js"
 * @import { Change } from "../lib/timeline.js"
 */

import { h } from "../lib/h.js";
import { fromWire, printOne } from "../lib/numbers.js";
import { chainOf, isChange } from "../lib/timeline.js";
import { comparisonView } from "../views/comparison.js";

/** The changes, the newest first. @param {State} state @param {Commands} commands */
export function eventsView({ past, shown }, commands) {
  const now = new Set(chainOf(past.events).map(({ number }) => number));
  const changes = past.events.filter(isChange);
  const head = past.events.at(-1)?.head;
  return h(
    "ol",
    { class: "changes", reversed: true, "aria-label": "Changes, newest first" },
    [...changes]
      .reverse()
      .map((change) =>
        changeView(change, now.has(change.number), change.number === head, shown, commands),
      ),
  );
}

/**
 * @param {Change} change
 * @param {boolean} done
 * @param {boolean} head
 * @param {State["shown"]} shown
 * @param {Commands} commands
 */
function changeView(change, done, head, shown, commands) {
  const { number, iteration, iterations, parent } = change;
  const { first_loss: first, last_loss: last } = change;
  const moment = { iteration, event: number };
  const text = parent === null ? "Start" : change.text;
  const losses = iterations
    ? `, loss ${printOne(fromWire(first), 4)} → ${printOne(fromWire(last), 4)}`
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
          onclick: () => commands.history.lookBack(head ? { iteration, event: null } : moment),
        },
        "Show",
      ),
      h(
        "button",
        {
          type: "button",
          class: "small",
          title: "A run of its own that goes on from here",
          "aria-label": `Fork from here: ${name}`,
          onclick: () => commands.history.fork(moment),
        },
        "Fork from here",
      ),
    ),
  );
}

/** @param {State} state @param {Commands} commands */
export function numbersTab({ run, past, recent, palette, digits }, commands) {
  const changes = past.events.filter(isChange);
  return h(
    "div",
    { class: "film-numbers" },
    run && sidesView(run.id, changes, past, recent, commands),
    past.comparison && palette
      ? comparisonView(past.comparison, {
          palette,
          digits,
          tensor: past.tensor,
          choose: (tensor) => commands.history.compare({ tensor }),
        })
      : !past.problem && h("p", { class: "hint" }, "Comparing…"),
  );
}

/**
 * @param {string} run
 * @param {Change[]} changes
 * @param {State["past"]} past
 * @param {State["recent"]} recent
 * @param {Commands} commands
 */
function sidesView(run, changes, { one, other }, recent, commands) {
  const moments = changes.map(({ number, iteration, text, parent }) => ({
    text: `iteration ${iteration}, after ${parent === null ? "the start" : text}`,
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
  const listed = [present, ...[...moments].reverse(), ...others];
  const select = (
    /** @type {string} */ label,
    /** @type {import("../state/history/reducer.js").Side | null} */ chosen,
    /** @type {"one" | "other"} */ which,
  ) => {
    const value = JSON.stringify(chosen);
    const extra =
      chosen && !listed.some(({ side }) => JSON.stringify(side) === value)
        ? [{ text: `iteration ${chosen.moment?.iteration}`, side: chosen }]
        : [];
    return h(
      "label",
      { class: "field", key: which },
      h("span", { class: "field-name" }, label),
      h(
        "select",
        {
          value,
          onchange: (/** @type {any} */ event) =>
            commands.history.compare({ [which]: JSON.parse(event.target.value) }),
        },
        [...extra, ...listed].map(({ text, side }) =>
          h("option", { key: JSON.stringify(side), value: JSON.stringify(side) }, text),
        ),
      ),
    );
  };
  return h("div", { class: "sides" }, select("A", one, "one"), select("B", other, "other"));
}
