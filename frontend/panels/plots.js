/**
 * The plots: one at a time, with a sentence, a table and buttons to keep it.
 *
 * @import { Acts } from "./acts.js"
 * @import { State } from "../state/state.js"
 * @import { Figure } from "../lib/plotly.js"
 * @import { Drawing, PlotOptions } from "../views/plots/frame.js"
 */

import { afterDrawing } from "../lib/drawing.js";
import { h } from "../lib/h.js";
import { draw, purge, save } from "../lib/plotly.js";
import { entriesOf, onScreen, reasonOf } from "../state/plots/selectors.js";
import { tableView } from "../views/plots/table.js";
import { troubleView } from "../views/trouble.js";
import { unplottedView } from "../views/unplotted.js";

/** @type {Map<string, Drawing>} */
const drawings = new Map();

/**
 * How the plot of that name is drawn: by the file of its name, which is fetched the first time.
 *
 * @param {string} name
 * @param {Acts} acts
 */
function drawingOf(name, acts) {
  const drawing = drawings.get(name);
  if (!drawing) {
    void import(`../views/plots/${name}.js`).then(({ plot }) => {
      drawings.set(name, plot);
      acts.plots.choose({});
    });
  }
  return drawing;
}

/** @param {State} state */
export function select(state) {
  if (!state.plots.open) return { plots: null };
  const { plots, run, shown, palette, digits, revision, library } = state;
  return { library, plots, run, shown, palette, digits, revision };
}

/** @param {ReturnType<typeof select>} _ @param {Acts} acts @param {State} state */
export function view(_, acts, state) {
  if (!state.plots.open) return [];
  return [
    h("h2", { class: "unseen", key: "title" }, "Plots"),
    tabs(state, acts),
    h(
      "div",
      {
        class: "plots-body",
        key: state.plots.name,
        role: "tabpanel",
        id: "plot-panel",
        tabindex: "0",
        "aria-labelledby": `plot-${state.plots.name}`,
      },
      ...content(state, acts),
    ),
  ];
}

/** @param {State} state @param {Acts} acts */
function tabs(state, acts) {
  const entries = entriesOf(state);
  const names = entries.map(({ name }) => name);
  const now = state.plots.name;
  const choose = (/** @type {string} */ name, focus = false) => {
    acts.plots.choose({ name });
    if (focus) afterDrawing(() => document.getElementById(`plot-${name}`)?.focus());
  };
  const move = (/** @type {KeyboardEvent} */ event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const aim =
      event.key === "Home"
        ? names[0]
        : event.key === "End"
          ? names[names.length - 1]
          : by && names[(names.indexOf(now) + by + names.length) % names.length];
    if (!aim) return;
    event.preventDefault();
    choose(aim, true);
  };
  return h(
    "div",
    { class: "tabs", key: "tabs", role: "tablist", "aria-label": "Which plot", onkeydown: move },
    entries.map(({ name, title, reason }) =>
      h(
        "button",
        {
          type: "button",
          role: "tab",
          key: name,
          id: `plot-${name}`,
          class: reason === null ? null : "senseless",
          "aria-selected": String(name === now),
          "aria-controls": name === now ? "plot-panel" : null,
          tabindex: name === now ? "0" : "-1",
          title: reason,
          onclick: () => choose(name),
        },
        title,
      ),
    ),
  );
}

/** @param {State} state @param {Acts} acts */
function content(state, acts) {
  const { plots, palette, digits, shown } = state;
  const { study, old } = onScreen(state);
  const drawing = drawingOf(plots.name, acts);
  const reason = reasonOf(state);
  const trouble = plots.answers.list?.trouble ?? study?.trouble;
  if (reason !== null)
    return [h("p", { class: "senseless-reason" }, `Nothing to draw here: ${reason}.`)];
  const choices = drawing && choicesView(drawing, state, acts);
  if (trouble && !old) return [choices, h("div", { role: "alert" }, troubleView(trouble))];
  if (!drawing || !study?.answer || !palette || !shown)
    return [h("p", { class: "pending", role: "status" }, "Computing…")];
  const { answer } = study;
  const options = { palette, iteration: shown.iteration, log: plots.log, digits };
  return [
    choices,
    h("p", { class: "plot-text", id: "plot-text", key: "text" }, answer.text),
    state.library === "missing"
      ? unplottedView(
          "The plot",
          "The sentence above and the table below have its numbers.",
          acts.retryPlots,
        )
      : pictureView(drawing, answer, options, old, acts),
    h(
      "div",
      { class: "row plot-foot", key: "foot" },
      state.library !== "missing" &&
        ["png", "svg"].map((format) =>
          h(
            "button",
            {
              type: "button",
              class: "small",
              key: format,
              onclick: () => keep(plots.name, options.iteration, format, palette.panel),
            },
            `Save as ${format.toUpperCase()}`,
          ),
        ),
      state.library !== "missing" &&
        drawing.iterationAt &&
        h("span", { class: "hint" }, "Click a point to go to that iteration."),
      drawing.pinnable && pinButton(plots, acts),
    ),
    tableView(drawing.table(answer, options)),
  ];
}

/** @param {State["plots"]} plots @param {Acts} acts */
function pinButton({ name, pinned }, acts) {
  return h(
    "button",
    {
      type: "button",
      class: "small",
      key: "pin",
      "aria-pressed": String(pinned === name),
      title: "Keep a small picture of it in the stage's corner; it follows the iterations",
      onclick: () => acts.plots.choose({ pinned: pinned === name ? null : name }),
    },
    "Pin to the stage",
  );
}

/**
 * The pinned plot in the stage's corner, as it is at the iteration on the screen; null where nothing
 * is pinned, or makes no sense here.
 *
 * @param {State} state
 * @param {Acts} acts
 */
export function pinnedView(state, acts) {
  const { plots, palette, digits, shown } = state;
  const { pinned } = plots;
  if (pinned === null || state.mode !== "explore" || !shown || !palette) return null;
  if (reasonOf(state) !== null || state.library === "missing") return null;
  const { study, old } = onScreen(state);
  const drawing = drawingOf(pinned, acts);
  const title = entriesOf(state).find(({ name }) => name === pinned)?.title ?? "Plot";
  const options = { palette, iteration: shown.iteration, log: plots.log, digits, small: true };
  return h(
    "figure",
    { class: "pinned", key: "pinned", "data-old": old ? "true" : null },
    h(
      "figcaption",
      null,
      h(
        "button",
        {
          type: "button",
          class: "name-link",
          title: "Open it under Plots",
          onclick: () => (acts.plots.choose({ name: pinned }), acts.mode("plots")),
        },
        title,
      ),
      h("span", { class: "space" }),
      h(
        "button",
        {
          type: "button",
          class: "quiet",
          "aria-label": `Unpin: ${title}`,
          title: "Unpin",
          onclick: () => acts.plots.choose({ pinned: null }),
        },
        "×",
      ),
    ),
    h(
      "div",
      { class: "pinned-frame" },
      drawing && study?.answer
        ? h("div", {
            class: "plot",
            role: "img",
            "aria-label": study.answer.text,
            hook: (/** @type {HTMLElement} */ element) =>
              draw(element, [study.answer, palette, digits], (width, height) =>
                drawing.figure(study.answer, options, width, height),
              ),
            unhook: purge,
          })
        : h("p", { class: "pending" }, study?.trouble ? study.trouble.detail : "Computing…"),
    ),
  );
}

/** @param {Drawing} drawing @param {State} state @param {Acts} acts */
function choicesView({ choices }, state, acts) {
  const { plots } = state;
  const choosing = {
    state,
    answer: plots.answers[plots.name]?.answer,
    choose: acts.plots.pick,
    set: acts.plots.choose,
  };
  return (
    choices &&
    h(
      "div",
      { class: "row plot-choices", key: "choices" },
      choices.map((choice) => choice(choosing)),
    )
  );
}

/**
 * @param {Drawing} drawing
 * @param {any} answer
 * @param {PlotOptions} options
 * @param {boolean} old
 * @param {Acts} acts
 */
function pictureView({ figure, iterationAt, tall }, answer, options, old, acts) {
  const { palette, iteration, log, digits } = options;
  const click = (/** @type {any} */ point) => {
    const aim = iterationAt?.(point);
    if (typeof aim === "number") acts.view(aim);
  };
  return h(
    "div",
    { class: `plot-frame${tall ? " tall" : ""}`, key: "picture", "data-old": old ? "true" : null },
    h("div", {
      class: "plot",
      id: "plot",
      role: "img",
      "aria-labelledby": "plot-text",
      hook: (/** @type {HTMLElement} */ element) =>
        draw(
          element,
          [answer, palette, iteration, log, digits],
          (width, height) => figure(answer, options, width, height),
          { click },
        ),
      unhook: purge,
    }),
  );
}

/** @param {string} name @param {number} iteration @param {string} format @param {string} paper */
function keep(name, iteration, format, paper) {
  const element = document.getElementById("plot");
  if (element) void save(element, `${name}-${iteration}`, format, paper);
}
