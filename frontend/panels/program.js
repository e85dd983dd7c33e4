/**
 * The iteration as one program: forward as it was written, backward and update as they were
 * derived.
 *
 * @import { Commands } from "../state/commands.js"
 * @import { State } from "../state/state.js"
 * @import { Line } from "../lib/listing.js"
 * @import { Phase, Step, Trace } from "../lib/types.js"
 */

import { h } from "../lib/h.js";
import { linesOf } from "../lib/listing.js";
import { printShape } from "../lib/numbers.js";
import { keepInView } from "../lib/scrolling.js";
import { gathered } from "../lib/telling.js";
import { openListing } from "../state/learning/concealing.js";
import { inThePast } from "../state/trace/selectors.js";
import { codeView, statementView } from "../views/code.js";
import { listedResult, thumbnailView } from "../views/thumbnail.js";
import { discardButton, editorView } from "./editor.js";

const COMPOSITE = "composite";
/** @type {Phase[]} */
const PHASES = ["forward", "backward", "update"];
/** From so many lines on, phases that are not being stepped are one line each. */
const LONG = 25;

/** @param {State} state */
export function select(state) {
  const { shown, cursor, document, draft, mode, practice, palette, phases, held, drag, bringing } =
    state;
  return {
    trace: openListing(state),
    open: shown?.open ?? false,
    cursor,
    program: document?.program ?? null,
    draft,
    bringing: draft?.open ? bringing : null,
    mode,
    hiding: practice.hiding,
    exerciseSet: mode === "practice" ? practice.exerciseSet : null,
    palette,
    phases,
    held,
    before: drag?.before ?? null,
    past: inThePast(state),
  };
}

/** @param {ReturnType<typeof select>} props @param {Commands} commands */
export function view(props, commands) {
  const { trace, program, draft, cursor } = props;
  const title = h("span", { id: "program-title" }, "Program");
  if (!trace || program === null)
    return [
      h("h2", null, title),
      h("p", { class: "pending" }, "No document is open: choose an example above."),
    ];
  return [
    head(title, props, commands),
    h(
      "div",
      {
        class: "lines-box",
        key: "lines",
        onpointerleave: commands.editor.releaseLines,
        hook: (/** @type {HTMLElement} */ box) =>
          keepInView(box, "[aria-current=step]", [cursor, trace.steps.length, draft?.open].join()),
      },
      draft &&
        !draft.open &&
        h(
          "p",
          { class: "kept-draft", key: "kept" },
          h("span", null, "Unapplied changes are kept."),
          discardButton(commands),
        ),
      phaseViews({ ...props, trace, program }, commands),
    ),
  ];
}

/** @param {import("../lib/h.js").VNode} title @param {ReturnType<typeof select>} props @param {Commands} commands */
function head(title, { trace, open, draft, past, mode, hiding }, commands) {
  const composed = open || trace?.steps.some(({ family }) => family === COMPOSITE);
  return h(
    "h2",
    { key: "head" },
    title,
    h("span", { class: "space" }),
    mode === "practice" &&
      h(
        "button",
        {
          type: "button",
          class: "quiet",
          "aria-pressed": String(hiding),
          onclick: () => commands.practice.cover(!hiding),
        },
        "Hide answers",
      ),
    composed &&
      mode !== "practice" &&
      h(
        "button",
        {
          type: "button",
          class: "quiet",
          "aria-pressed": String(open),
          "aria-label": "Expand operations",
          title: "Show the steps inside each composite operation",
          onclick: () => commands.trace.setOpen(!open),
        },
        "Expand",
      ),
    !draft?.open &&
      h(
        "button",
        {
          type: "button",
          class: "quiet",
          "data-home": "",
          disabled: past,
          onclick: commands.editor.openDraft,
        },
        "Edit",
      ),
  );
}

/**
 * @typedef {ReturnType<typeof select> & {trace: Trace, program: string}} Shown
 *
 * @param {Shown} props
 * @param {Commands} commands
 */
function phaseViews(props, commands) {
  const { trace, program, cursor, draft, phases, held } = props;
  const lines = linesOf(program, trace.steps);
  const now = [cursor, ...held].map((at) => trace.steps[at]?.phase);
  const long = lines.length > LONG;
  return PHASES.flatMap((phase) => {
    const own = lines.filter((line) => line.phase === phase);
    if (!own.length) return [];
    const folded = phases[phase] ?? (long && !now.includes(phase));
    const editing = phase === "forward" && draft?.open;
    return [
      h("h3", { key: phase, class: phase }, phase),
      editing
        ? editorView(draft, program, props.bringing, commands)
        : h(
            "ol",
            { class: "lines", key: `lines ${phase}` },
            folded && foldedView(phase, own, commands),
            own
              .filter((line) => !folded || stays(line, trace, cursor))
              .map((line) => lineView(line, props, commands)),
          ),
      phase === "forward" && warnings(trace),
    ];
  });
}

/**
 * Of a folded phase the line stays that the step at the cursor is about.
 *
 * @param {Line} line
 * @param {Trace} trace
 * @param {number} cursor
 */
function stays({ steps }, trace, cursor) {
  const step = trace.steps[cursor];
  return steps.some(
    ({ phase, line }) => phase === "forward" && step?.line !== null && line === step?.line,
  );
}

/** @param {Phase} phase @param {Line[]} lines @param {Commands} commands */
function foldedView(phase, lines, commands) {
  const steps = lines.flatMap((line) => line.steps);
  const [first, last] = [steps[0], steps[steps.length - 1]];
  return h(
    "li",
    { key: "folded" },
    h(
      "button",
      {
        type: "button",
        class: "line",
        "aria-expanded": "false",
        onclick: () => commands.editor.foldPhase(phase, false),
      },
      h("span", { class: "line-number" }, "▸"),
      h(
        "span",
        null,
        first
          ? `steps ${numbers(first.index, last.index)}, ${lines.length} lines`
          : `${lines.length} lines`,
      ),
    ),
  );
}

/** Steps as a person counts them: from 1. @param {number} first @param {number} last */
function numbers(first, last) {
  return first === last ? String(first + 1) : `${first + 1}–${last + 1}`;
}

/** @param {Line} line @param {Shown} props @param {Commands} commands */
function lineView(line, props, commands) {
  const { key, phase, code, steps } = line;
  const { cursor, trace, palette, before, held } = props;
  const isTensor = (/** @type {string} */ name) => Object.hasOwn(trace.tensors, name);
  const now = steps.some(({ index }) => index === cursor);
  if (!steps.length)
    return h(
      "li",
      { key },
      h("div", { class: "line still" }, h("span"), h("code", null, ...codeView(code, isTensor))),
    );
  const [first, last] = [steps[0], steps[steps.length - 1]];
  const single = steps.length === 1;
  const unfolded = now || steps.some(({ index }) => held.includes(index));
  const changed = before !== null && steps.some((step) => isChanged(step, trace, before));
  const unneeded = phase === "backward" && trace.tensors[last.of.tensor]?.role === "input";
  return h(
    "li",
    { key, class: now ? `now ${phase}` : null },
    h(
      "button",
      {
        type: "button",
        class: ["line", unneeded && !now ? "unneeded" : "", changed ? "changed" : ""]
          .join(" ")
          .trim(),
        "aria-current": now && single ? "step" : null,
        title: `${code} ${printShape(last.shape)}`,
        onclick: (/** @type {PointerEvent} */ event) => goTo(first.index, commands, event),
        onkeydown: moveInProgram,
        tabindex: now ? "0" : "-1",
      },
      h(
        "span",
        { class: "line-number" },
        solved(last, props) && h("span", { class: "solved", title: "Solved" }, "✓ "),
        `${numbers(first.index, last.index)}${changed ? "•" : ""}`,
      ),
      h("code", null, ...lineCode(phase, code, last, isTensor)),
      thumbnailView(last, trace, cursor, palette),
    ),
    unfolded &&
      !single &&
      h(
        "ol",
        { class: "inside" },
        steps.map((step) => insideView(step, props, commands)),
      ),
  );
}

/**
 * Does the step make other numbers than before one was dragged?
 *
 * @param {Step} step
 * @param {Trace} trace
 * @param {Trace} before
 */
function isChanged(step, trace, before) {
  const [now, then] = [listedResult(step, trace), listedResult(before.steps[step.index], before)];
  return JSON.stringify(now) !== JSON.stringify(then);
}

/** Has its formula been found? @param {Step} step @param {Shown} props */
function solved({ output, phase }, { exerciseSet }) {
  return (
    phase === "backward" &&
    exerciseSet?.exercises.some(({ gradient, found }) => found && gradient === output)
  );
}

/**
 * A formula that is to be found is a blank.
 *
 * @param {Phase} phase
 * @param {string} code
 * @param {Step} last
 * @param {(name: string) => boolean} isTensor
 */
function lineCode(phase, code, last, isTensor) {
  if (phase === "forward") return codeView(code, isTensor);
  const text = statementView(last, isTensor);
  if (phase !== "backward" || !last.hidden) return text;
  return [...text.slice(0, -1), h("span", { class: "covered" }, ...text.slice(-1))];
}

/** A step of the line at the cursor. @param {Step} step @param {Shown} props @param {Commands} commands */
function insideView(step, { cursor, trace, palette }, commands) {
  const isTensor = (/** @type {string} */ name) => Object.hasOwn(trace.tensors, name);
  const current = step.index === cursor;
  return h(
    "li",
    { key: step.index, class: current ? "current" : null },
    h(
      "button",
      {
        type: "button",
        class: "line",
        tabindex: current ? "0" : "-1",
        "aria-current": current ? "step" : null,
        title: printShape(step.shape),
        onclick: (/** @type {PointerEvent} */ event) => goTo(step.index, commands, event),
        onkeydown: moveInProgram,
      },
      h("span", { class: "line-number" }, String(step.index + 1)),
      h("code", null, ...statementView(step, isTensor)),
      thumbnailView(step, trace, cursor, palette),
    ),
  );
}

/**
 * What was unfolded stays so below a mouse, until it leaves.
 *
 * @param {number} step
 * @param {Commands} commands
 * @param {PointerEvent} event
 */
function goTo(step, commands, { pointerType }) {
  if (pointerType === "mouse") commands.editor.holdLine();
  commands.stage.walkTo(step);
}

/** Up and down from line to line. @param {KeyboardEvent} event */
function moveInProgram(event) {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!by) return;
  const lines = /** @type {HTMLElement[]} */ ([
    ...document.querySelectorAll("#program button.line"),
  ]);
  lines[lines.indexOf(/** @type {HTMLElement} */ (event.currentTarget)) + by]?.focus();
  event.preventDefault();
}

/** @param {Trace} trace */
function warnings({ warnings: list, steps }) {
  return list?.length
    ? h(
        "ul",
        { class: "warnings" },
        gathered(list).map(({ line, message, calm }) =>
          h(
            "li",
            { class: calm ? "note" : null },
            line ? h("b", null, `${placeOf(line, steps)}: `) : null,
            message,
          ),
        ),
      )
    : null;
}

/** A line of the program by the numbers that stand before it. @param {number} line @param {Step[]} steps */
function placeOf(line, steps) {
  const own = steps.filter((step) => step.phase === "forward" && step.line === line);
  if (!own.length) return `Program line ${line}`;
  const [first, last] = [own[0].index, own[own.length - 1].index];
  return `${first === last ? "Step" : "Steps"} ${numbers(first, last)}`;
}
