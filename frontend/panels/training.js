/**
 * Training: how far, how well, and back again.
 *
 * @import { Acts } from "./acts.js"
 * @import { State } from "../state/state.js"
 * @import { Palette } from "../lib/types.js"
 */

import { h, idleWhen } from "../lib/h.js";
import { exact, fromWire, printOne } from "../lib/numbers.js";
import { draw, purge } from "../lib/plotly.js";
import { momentText, positionOf } from "../lib/timeline.js";
import { refusedOf } from "../state/tuning.js";
import { timelineIn } from "../state/past.js";
import { inThePast } from "../state/state.js";
import { lossFigure } from "../views/lossfigure.js";
import { optimizerForm } from "./optimizer.js";
import { progress } from "./progress.js";

/** @param {State} state */
export function select(state) {
  const { run, shown, losses, iterations, optimizers, digits, palette, busy } = state;
  const past = inThePast(state);
  const timeline = run && timelineIn(state);
  const position = timeline && shown ? positionOf(timeline, shown) : 0;
  const trained = (timeline?.stretches.at(-1)?.change.iterations ?? 0) > 0;
  return {
    run,
    past,
    trained,
    moments: timeline?.length ?? 1,
    position,
    moment: timeline ? momentText(timeline, position) : "",
    iteration: past ? (shown?.iteration ?? 0) : (run?.iteration ?? 0),
    loss: past ? shown?.trace.loss : run?.loss,
    losses,
    iterations,
    optimizers,
    digits,
    palette,
    busy,
    tuning: refusedOf(state),
    trace: shown?.trace ?? null,
  };
}

/** @param {ReturnType<typeof select>} props @param {Acts} acts */
export function view(props, acts) {
  const { run, past, busy, moments, position, moment } = props;
  return [
    h("h2", { id: "training-title" }, "Training"),
    figures(props),
    curve(props, acts),
    h(
      "div",
      { class: "scrubber" },
      h(
        "label",
        null,
        h("span", null, "Iteration on the screen"),
        h("input", {
          type: "range",
          min: "0",
          max: String(moments - 1),
          step: "1",
          value: String(position),
          disabled: moments < 2,
          "aria-valuetext": moment,
          title: moment,
          oninput: (/** @type {any} */ event) => acts.viewAt(Number(event.target.value)),
        }),
      ),
      h(
        "button",
        {
          type: "button",
          class: "small",
          disabled: !run,
          "aria-haspopup": "dialog",
          title: "What happened, to be looked at, copied and compared",
          onclick: () => acts.dialog("history"),
        },
        "History",
      ),
      h(
        "button",
        {
          type: "button",
          class: "small",
          disabled: !run,
          "aria-haspopup": "dialog",
          title: "The run in pictures: norms, layers, weights, the loss around them, classes",
          onclick: acts.plots.open,
        },
        "Plots",
      ),
    ),
    past &&
      h(
        "p",
        { class: "past" },
        `You look at ${moment}; the present is ${run?.iteration}.`,
        h(
          "button",
          { type: "button", class: "small", onclick: () => acts.view(run?.iteration ?? 0) },
          "Return to the present",
        ),
      ),
    run?.divergence &&
      !past &&
      h(
        "p",
        { class: "trouble diverged" },
        `${run.divergence} `,
        run.can_undo &&
          h(
            "button",
            { type: "button", class: "small", onclick: acts.undo },
            props.trained ? "Undo training" : "Undo the last change",
          ),
      ),
    trainForm(props, acts),
    busy ? progress(busy, acts) : null,
    optimizerForm(props, acts),
  ];
}

/** @param {ReturnType<typeof select>} props */
function figures({ iteration, loss, digits, run }) {
  const number = fromWire(loss);
  return h(
    "dl",
    { class: "figures" },
    h(
      "div",
      null,
      h("dt", null, "iteration"),
      h(
        "dd",
        { id: "iteration", "data-value": run ? String(iteration) : null },
        run ? String(iteration) : "–",
      ),
    ),
    h(
      "div",
      null,
      h("dt", null, "loss"),
      h(
        "dd",
        { id: "loss", "data-value": run ? exact(number) : null, title: run ? exact(number) : null },
        run ? printOne(number, Math.max(6, digits)) : "–",
      ),
    ),
  );
}

/** @param {ReturnType<typeof select>} props @param {Acts} acts */
function curve({ run, losses, iteration, palette }, acts) {
  const known = losses.filter((loss) => loss !== null);
  const [first, last] = [known[0], known[known.length - 1]];
  const diverged = run?.diverged_at ?? null;
  const label =
    known.length < 2
      ? "The loss over the iterations: nothing trained yet."
      : `The loss over ${losses.length - 1} iterations, from ${printOne(first ?? NaN, 4)} to ${printOne(last ?? NaN, 4)}`;
  return h(
    "div",
    { class: "curve" },
    palette &&
      h("div", {
        class: "plot",
        role: "img",
        "aria-label": label,
        hook: (/** @type {HTMLElement} */ element) =>
          draw(
            element,
            [losses, iteration, diverged, palette],
            (width, height) => lossFigure({ losses, iteration, diverged }, palette, width, height),
            { click: (point) => acts.view(point.x) },
          ),
        unhook: purge,
      }),
  );
}

/** @param {ReturnType<typeof select>} props @param {Acts} acts */
function trainForm({ iterations, run, busy }, acts) {
  return h(
    "form",
    {
      class: "row",
      onsubmit: (/** @type {Event} */ event) => (event.preventDefault(), busy ?? acts.train()),
    },
    h(
      "label",
      { class: "field" },
      h("span", { class: "field-name" }, "Iterations"),
      h("input", {
        type: "number",
        min: "1",
        step: "1",
        value: Number.isNaN(iterations) ? "" : String(iterations),
        oninput: (/** @type {any} */ event) => acts.iterations(event.target.valueAsNumber),
      }),
    ),
    h(
      "button",
      { type: "submit", class: "primary", disabled: !run, ...idleWhen(busy !== null) },
      "Train",
    ),
  );
}
