/**
 * The plots: one at a time, with a sentence, a table and buttons to keep it.
 *
 * @import { Commands } from "../state/commands.js"
 * @import { State } from "../state/state.js"
 * @import { Drawing, PlotOptions } from "../views/plots/frame.js"
 */

import { afterDrawing } from "../lib/drawing.js";
import { h } from "../lib/h.js";
import { draw, purge, save } from "../lib/plotly.js";
import { entriesOf, onScreen, reasonOf } from "../state/plots/selectors.js";
import { tableView } from "../views/plots/table.js";
import { problemView } from "../views/problem.js";
import { unplottedView } from "../views/unplotted.js";

/** @type {Map<string, Drawing>} */
const drawings = new Map();

/**
 * How the plot of that name is drawn: by the file of its name, which is fetched the first time.
 *
 * @param {string} name
 * @param {Commands} commands
 */
function drawingOf(name, commands) {
  const drawing = drawings.get(name);
  if (!drawing) {
    void import(`../views/plots/${name}.js`).then(({ plot }) => {
      drawings.set(name, plot);
      commands.plots.updatePlots({});
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

/** @param {ReturnType<typeof select>} _ @param {Commands} commands @param {State} state */
export function view(_, commands, state) {
  if (!state.plots.open) return [];
  return [
    h("h2", { class: "unseen", key: "title" }, "Plots"),
    tabs(state, commands),
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
      ...content(state, commands),
    ),
  ];
}

/** @param {State} state @param {Commands} commands */
function tabs(state, commands) {
  const entries = entriesOf(state);
  const names = entries.map(({ name }) => name);
  const now = state.plots.name;
  const choose = (/** @type {string} */ name, focus = false) => {
    commands.plots.updatePlots({ name });
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
          "data-text": title,
          onclick: () => choose(name),
        },
        title,
      ),
    ),
  );
}

/** @param {State} state @param {Commands} commands */
function content(state, commands) {
  const { plots, palette, digits, shown } = state;
  const { study, old } = onScreen(state);
  const drawing = drawingOf(plots.name, commands);
  const reason = reasonOf(state);
  const problem = plots.answers.list?.problem ?? study?.problem;
  if (reason !== null)
    return [h("p", { class: "senseless-reason" }, `Nothing to draw here: ${reason}.`)];
  const choices = drawing && choicesView(drawing, state, commands);
  if (problem && !old) return [choices, h("div", { role: "alert" }, problemView(problem))];
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
          commands.plots.retryLibrary,
        )
      : pictureView(drawing, answer, options, old, commands),
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
      drawing.pinnable && pinButton(plots, commands),
    ),
    tableView(drawing.table(answer, options)),
  ];
}

/** @param {State["plots"]} plots @param {Commands} commands */
function pinButton({ name, pinned }, commands) {
  return h(
    "button",
    {
      type: "button",
      class: "small",
      key: "pin",
      "aria-pressed": String(pinned === name),
      title: "Keep a small picture of it in the stage's corner; it follows the iterations",
      onclick: () => commands.plots.updatePlots({ pinned: pinned === name ? null : name }),
    },
    "Pin to the stage",
  );
}

/**
 * The pinned plot in the stage's corner, as it is at the iteration on the screen; null where nothing
 * is pinned, or makes no sense here.
 *
 * @param {State} state
 * @param {Commands} commands
 */
export function pinnedView(state, commands) {
  const { plots, palette, digits, shown } = state;
  const { pinned } = plots;
  if (pinned === null || state.mode !== "explore" || !shown || !palette) return null;
  if (reasonOf(state) !== null || state.library === "missing") return null;
  const { study, old } = onScreen(state);
  const drawing = drawingOf(pinned, commands);
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
          onclick: () => (
            commands.plots.updatePlots({ name: pinned }), commands.page.chooseMode("plots")
          ),
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
          onclick: () => commands.plots.updatePlots({ pinned: null }),
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
        : h("p", { class: "pending" }, study?.problem ? study.problem.detail : "Computing…"),
    ),
  );
}

/** @param {Drawing} drawing @param {State} state @param {Commands} commands */
function choicesView({ choices }, state, commands) {
  const { plots } = state;
  const choosing = {
    state,
    answer: plots.answers[plots.name]?.answer,
    choose: commands.plots.pick,
    set: commands.plots.updatePlots,
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
 * @param {Commands} commands
 */
function pictureView({ figure, iterationAt, tall }, answer, options, old, commands) {
  const { palette, iteration, log, digits } = options;
  const click = (/** @type {any} */ point) => {
    const aim = iterationAt?.(point);
    if (typeof aim === "number") commands.history.viewIteration(aim);
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
