/**
 * One bar for time: from step to step within an iteration, and along the curve of the loss from
 * iteration to iteration.
 *
 * @import { Commands } from "../state/commands.js"
 * @import { State } from "../state/state.js"
 */

import { h, idleWhen } from "../lib/h.js";
import { exact, fromWire, printOne } from "../lib/numbers.js";
import { momentText, positionOf } from "../lib/timeline.js";
import { unfoldBelow } from "../lib/unfolding.js";
import { waitingText } from "../service/patience.js";
import { timelineIn } from "../state/history/selectors.js";
import { refusedOf } from "../state/optimizer/selectors.js";
import { coversLoss } from "../state/learning/concealing.js";
import { isOffering } from "../state/learning/selectors.js";
import { presentAddress } from "../state/sharing/selectors.js";
import { inThePast, recalculated } from "../state/trace/selectors.js";
import { curveView } from "../views/curve.js";
import { recalculatedView } from "../views/notices.js";
import { heldLossView } from "../views/validation.js";
import { optimizerForm, optimizerText } from "./optimizer.js";
import { progress } from "./progress.js";
import { stepButtons, stepText } from "./steps.js";
import { tabBar } from "./tabs.js";

/** From so many steps on, the track shows phases only. */
const MOST_TICKS = 40;

/** @param {State} state */
export function select(state) {
  const {
    run,
    shown,
    losses,
    iterations,
    optimizers,
    digits,
    busy,
    cursor,
    playing,
    mode,
    tab,
    pace,
    status,
    concern,
    waiting,
  } = state;
  const past = inThePast(state);
  const timeline = run && timelineIn(state);
  const position = timeline && shown ? positionOf(timeline, shown) : 0;
  const trained = (timeline?.stretches.at(-1)?.change.iterations ?? 0) > 0;
  return {
    run,
    past,
    trained,
    mode,
    taught: state.learning.course !== null || isOffering(state),
    tab,
    cursor,
    playing,
    pace,
    status,
    concern,
    waiting,
    recalculated: recalculated(state),
    undoable: run?.can_undo === true,
    moments: timeline?.length ?? 1,
    position,
    moment: timeline ? momentText(timeline, position) : "",
    iteration: past ? (shown?.iteration ?? 0) : (run?.iteration ?? 0),
    loss: past || state.drag ? shown?.trace.loss : run?.loss,
    asked: coversLoss(state),
    losses,
    held: state.heldLosses,
    iterations,
    optimizers,
    digits,
    busy,
    tuning: refusedOf(state),
    trace: shown?.trace ?? null,
    whole: state.embed === null ? null : presentAddress("", { ...state, embed: null }, cursor),
  };
}

/** @typedef {ReturnType<typeof select>} Props */

/** @param {Props} props @param {Commands} commands */
export function view(props, commands) {
  const { trace, cursor, losses, iteration, run, moments, position, moment } = props;
  const steps = trace?.steps ?? [];
  return [
    h("h2", { id: "training-title", class: "unseen" }, "Training"),
    stepButtons({ ...props, idle: !trace, first: cursor === 0 && iteration === 0 }, commands.stage),
    h(
      "div",
      { class: "step-text", key: "step" },
      stepText(steps[cursor] ?? null, steps.length),
      trace && track(steps, cursor, commands),
    ),
    figures(props),
    curveView(
      {
        losses: props.asked ? [] : losses,
        at: iteration,
        diverged: run?.diverged_at ?? null,
        held: props.held,
      },
      { moments, position, moment, view: commands.history.viewAt },
    ),
    trainForm(props, commands),
    optimizerPopover(props, commands),
    overBar(props, commands),
    h(
      "div",
      { class: props.concern ? "status-line concern" : "status-line", key: "status" },
      h(
        "p",
        { id: "status", role: "status", title: props.concern ? props.status : null },
        props.status,
      ),
      props.concern &&
        props.undoable &&
        h("button", { type: "button", class: "small", onclick: commands.run.undo }, "Undo this"),
    ),
    props.whole !== null && run && wholePage(props.whole),
    tabBar(props.tab, commands.page.chooseTab),
  ];
}

/** From a frame to the page around what it shows. @param {string} address */
function wholePage(address) {
  return h(
    "a",
    { class: "whole-page", key: "whole", href: address, target: "_blank", rel: "noopener" },
    "Open in Backprop Explorer",
  );
}

/**
 * The steps as marks in the colours of their phases; many of them as one mark for a stretch.
 *
 * @param {import("../lib/types.js").Step[]} steps
 * @param {number} cursor
 * @param {Commands} commands
 */
function track(steps, cursor, commands) {
  const each = Math.max(1, Math.ceil(steps.length / MOST_TICKS));
  const marks = [];
  for (let at = 0; at < steps.length; at += each) {
    const { phase } = steps[at];
    const stretch = cursor >= at && cursor < at + each;
    if (at > 0 && phase !== steps[at - each].phase)
      marks.push(h("span", { class: "gap", key: `gap ${at}` }));
    marks.push(
      h("button", {
        type: "button",
        key: at,
        tabindex: "-1",
        "aria-hidden": "true",
        class: [at <= cursor ? phase : "", stretch ? "now" : ""].join(" ").trim() || null,
        title: `Step ${at + 1}: ${steps[at].output}`,
        onclick: () => commands.stage.walkTo(at),
      }),
    );
  }
  return h("div", { class: "track" }, marks);
}

/** @param {Props} props */
function figures({ iteration, loss, asked, digits, run, held }) {
  const number = fromWire(loss);
  const told = run && !asked ? exact(number) : null;
  return h(
    "dl",
    { class: "figures", key: "figures" },
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
        { id: "loss", "data-value": told, title: told },
        asked ? "?" : run ? printOne(number, Math.max(4, digits)) : "–",
      ),
    ),
    heldLossView(held[iteration], digits),
  );
}

/** @param {Props} props @param {Commands} commands */
function trainForm(props, commands) {
  const { iterations, run, busy } = props;
  return h(
    "form",
    {
      class: "train",
      key: "train",
      onsubmit: (/** @type {Event} */ event) => (
        event.preventDefault(), busy ?? commands.training.start()
      ),
    },
    h("button", { type: "submit", disabled: !run, ...idleWhen(busy !== null) }, "Train"),
    h("input", {
      type: "number",
      min: "1",
      step: "1",
      "aria-label": "Iterations",
      title: "Iterations",
      value: Number.isNaN(iterations) ? "" : String(iterations),
      oninput: (/** @type {any} */ event) =>
        commands.training.setIterations(event.target.valueAsNumber),
    }),
    h(
      "button",
      {
        type: "button",
        class: "quiet optimizer-button",
        popovertarget: "optimizer",
        "aria-haspopup": "dialog",
        title: "Optimizer, its options, and batches",
        disabled: !run,
      },
      optimizerText(props),
      h("span", { "aria-hidden": "true" }, " ▾"),
    ),
  );
}

/** @param {Props} props @param {Commands} commands */
function optimizerPopover(props, commands) {
  return h(
    "div",
    {
      id: "optimizer",
      key: "optimizer",
      class: "optimizer-popover",
      popover: "auto",
      role: "dialog",
      "aria-label": "Optimizer and batch",
      hook: unfoldBelow(".optimizer-button"),
    },
    optimizerForm(props, commands),
  );
}

/** What is said above the bar while it lasts. @param {Props} props @param {Commands} commands */
function overBar(props, commands) {
  const { busy, past, run, moment, trained, status, waiting, recalculated: told } = props;
  if (waiting)
    return h(
      "p",
      { class: "over-bar waiting", key: "over", "aria-live": "polite" },
      waitingText(waiting),
    );
  if (busy) return h("div", { class: "over-bar", key: "over" }, progress(busy, commands));
  if (past)
    return h(
      "p",
      { class: "over-bar past", key: "over" },
      h(
        "span",
        null,
        `Viewing ${moment}; the latest is ${run?.iteration}.`,
        recalculatedView(told),
      ),
      h(
        "button",
        {
          type: "button",
          class: "small",
          onclick: () => commands.history.viewIteration(run?.iteration ?? 0),
        },
        "Back to latest",
      ),
    );
  if (!run?.divergence || status.includes(run.divergence))
    return told === null
      ? null
      : h("div", { class: "over-bar past", key: "over" }, recalculatedView(told));
  return h(
    "p",
    { class: "over-bar trouble diverged", key: "over" },
    `${run.divergence} `,
    run.can_undo &&
      h(
        "button",
        { type: "button", class: "small", onclick: commands.run.undo },
        trained ? "Undo training" : "Undo the last change",
      ),
  );
}
