/**
 * Beside the film: two moments compared, their numbers, and what happened.
 *
 * @import { Commands } from "../state/commands.js"
 * @import { State } from "../state/state.js"
 */

import { afterDrawing } from "../lib/drawing.js";
import { firstRows, gained, predictionOf } from "../lib/film.js";
import { h } from "../lib/h.js";
import { printOne } from "../lib/numbers.js";
import { asTensor } from "../lib/tensor.js";
import { brushOf, frameOf, lossOf } from "../state/film/selectors.js";
import { differenceView } from "../views/difference.js";
import { change, dotsView, gainView, sentenceView } from "../views/filmcompare.js";
import { problemView } from "../views/problem.js";
import { eventsView, numbersTab } from "./changes.js";

/** @type {[import("../state/film/reducer.js").FilmTab, string][]} */
const TABS = [
  ["compare", "Compare"],
  ["numbers", "Numbers"],
  ["events", "Events"],
];

/** @param {State} state @param {Commands} commands */
export function aside(state, commands) {
  const { past, digits } = state;
  const { comparison } = past;
  const from = comparison && lossOf(comparison.one);
  const to = comparison && lossOf(comparison.other);
  const by = comparison && change(from, to);
  const same = comparison && comparison.one.iteration === comparison.other.iteration && from === to;
  return h(
    "aside",
    { class: "film-aside", key: "aside", "aria-label": "A to B" },
    h(
      "div",
      { class: "film-aside-head", key: "head" },
      h("h2", { class: "large" }, "A to B", by && !same ? `: loss ${by}` : ""),
      h(
        "p",
        null,
        comparison
          ? [
              "iteration ",
              h("b", null, String(comparison.one.iteration)),
              " → ",
              h("b", null, String(comparison.other.iteration)),
              ` · ${printOne(from, digits)} → ${printOne(to, digits)}`,
            ]
          : "\u00a0",
      ),
    ),
    tabs(past.film.tab, commands),
    h(
      "div",
      {
        class: "film-aside-body",
        key: past.film.tab,
        role: "tabpanel",
        id: "film-panel",
        tabindex: "0",
        "aria-labelledby": `film-tab-${past.film.tab}`,
      },
      past.problem && past.film.tab !== "events" && problemView(past.problem),
      past.film.tab === "compare"
        ? compareTab(state, commands)
        : past.film.tab === "numbers"
          ? numbersTab(state, commands)
          : eventsView(state, commands),
    ),
    buttons(state, commands),
  );
}

/** @param {import("../state/film/reducer.js").FilmTab} now @param {Commands} commands */
function tabs(now, commands) {
  const choose = (/** @type {import("../state/film/reducer.js").FilmTab} */ tab) => {
    commands.film.tab(tab);
    afterDrawing(() => document.getElementById(`film-tab-${tab}`)?.focus());
  };
  const move = (/** @type {KeyboardEvent} */ event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    const at = TABS.findIndex(([name]) => name === now);
    event.preventDefault();
    event.stopPropagation();
    choose(TABS[(at + by + TABS.length) % TABS.length][0]);
  };
  return h(
    "div",
    {
      class: "tabs",
      key: "tabs",
      role: "tablist",
      "aria-label": "What to compare",
      onkeydown: move,
    },
    TABS.map(([name, text]) =>
      h(
        "button",
        {
          type: "button",
          role: "tab",
          key: name,
          id: `film-tab-${name}`,
          "aria-selected": String(name === now),
          "aria-controls": name === now ? "film-panel" : null,
          tabindex: name === now ? "0" : "-1",
          onclick: () => commands.film.tab(name),
        },
        text,
      ),
    ),
  );
}

/** @param {State} state @param {Commands} commands */
function compareTab(state, commands) {
  const { past, digits } = state;
  const { comparison } = past;
  if (!comparison) return past.problem ? null : h("p", { class: "pending" }, "Comparing…");
  const predictions = predictionsOf(state);
  const told = {
    losses: /** @type {[number, number]} */ ([lossOf(comparison.one), lossOf(comparison.other)]),
    iterations: /** @type {[number, number]} */ ([
      comparison.one.iteration,
      comparison.other.iteration,
    ]),
    digits,
  };
  return h(
    "div",
    { class: "film-compare" },
    sentenceView(told, predictions),
    predictions && dotsView(predictions, digits),
    gain(state, commands),
  );
}

/**
 * The prediction of each sample at A and at B, where it is one number.
 *
 * @param {State} state
 * @returns {import("../views/filmcompare.js").Predictions | null}
 */
function predictionsOf(state) {
  const trace = state.shown?.trace;
  const found = trace && predictionOf(trace);
  const [one, other] = [brushOf(state, "one"), brushOf(state, "other")];
  if (!found || !one || !other) return null;
  const row = { name: found.prediction, field: /** @type {const} */ ("value") };
  const [before, after] = [frameOf(state, one, row), frameOf(state, other, row)];
  const { shape } = trace.tensors[found.prediction];
  const single = shape.length > 0 && shape.slice(1).every((length) => length === 1);
  if (!before || !after || !single || before.data.length !== after.data.length) return null;
  const record = found.target === null ? null : trace.tensors[found.target];
  const target =
    record?.value === undefined || record.value === null
      ? null
      : asTensor(record.value, record.shape);
  const layer = firstRows(trace).at(-1);
  const numbers = layer && frameOf(state, other, layer);
  return {
    name: found.shown,
    before,
    after,
    targetName: found.target,
    target,
    layer: layer && numbers ? { name: layer.name, numbers } : null,
  };
}

/** @param {State} state @param {Commands} commands */
function gain(state, commands) {
  const { past, digits, palette } = state;
  const { comparison, tensor } = past;
  const [name, field] = tensor?.split(" ") ?? [];
  const row = comparison.tensors.find(
    (/** @type {any} */ one) => one.name === name && one.field === field,
  );
  if (!row || comparison.difference === undefined || !palette) return null;
  const difference = gained(comparison.difference, row.shape);
  const code = field === "gradient" ? `${name}.g` : name;
  const choice = h(
    "select",
    {
      "aria-label": "Difference of",
      value: tensor,
      onchange: (/** @type {any} */ event) =>
        commands.history.compare({ tensor: event.target.value }),
    },
    comparison.tensors.map((/** @type {any} */ one) =>
      h(
        "option",
        { key: `${one.name} ${one.field}`, value: `${one.name} ${one.field}` },
        one.field === "gradient" ? `${one.name}.g` : one.name,
      ),
    ),
  );
  return gainView(
    code,
    field === "gradient" ? "gradient" : "value",
    difference,
    digits,
    choice,
    (large) => differenceView(code, large, { palette, digits }),
  );
}

/** @param {State} state @param {Commands} commands */
function buttons(state, commands) {
  const { past, run } = state;
  const [one, other] = [past.one, past.other];
  const own = (/** @type {typeof one} */ side) =>
    side && run && side.run === run.id
      ? (side.moment ?? { iteration: run.iteration, event: null })
      : null;
  const [a, b] = [own(one), own(other)];
  return h(
    "div",
    { class: "film-buttons", key: "buttons" },
    h(
      "button",
      {
        type: "button",
        disabled: !b,
        title: "A run of its own that goes on from B",
        onclick: () => b && commands.history.fork(b),
      },
      "Fork from B",
    ),
    h(
      "button",
      {
        type: "button",
        disabled: !a || !b,
        title: "Both as documents, each can be opened again",
        onclick: () => a && b && commands.files.saveMoments([a, b]),
      },
      "Export A and B",
    ),
  );
}
