/**
 * The iteration as one program: forward as it was written, backward and update as they were
 * derived.
 *
 * @import { Acts } from "./acts.js"
 * @import { Draft, State } from "../state/state.js"
 * @import { Step, TensorRecord, Warning } from "../lib/types.js"
 */

import { h } from "../lib/h.js";
import { printShape } from "../lib/numbers.js";
import { keepInView } from "../lib/scrolling.js";
import { codeView, statementView } from "../views/code.js";
import { troubleView } from "../views/trouble.js";
import { inThePast } from "../state/state.js";
import { builderView } from "./builder.js";

/**
 * @typedef
 *   {{key: string, number: number, code: string, shape: number[] | null, steps: number[], output: string | null, step?: Step, inside?: Step[]}}
 *   Line
 */

const COMPOSITE = "composite";

/** @param {State} state */
export function select(state) {
  const { shown, cursor, document, draft, builder, run, optimizers } = state;
  return {
    builder,
    run,
    optimizers,
    document,
    trace: shown?.trace ?? null,
    open: shown?.open ?? false,
    cursor,
    program: document?.program ?? null,
    draft,
    past: inThePast(state),
  };
}

/** @param {ReturnType<typeof select>} props @param {Acts} acts @param {State} state */
export function view({ trace, open, cursor, program, draft, past, builder }, acts, state) {
  const build = h(
    "button",
    {
      type: "button",
      class: "small",
      key: "build",
      "aria-expanded": String(builder.open),
      title: "Layers to choose from, which write a program",
      onclick: acts.builder.toggle,
    },
    "Build",
  );
  if (!trace || program === null)
    return [
      h(
        "h2",
        null,
        h("span", { id: "program-title" }, "Program"),
        h("span", { class: "space" }),
        build,
      ),
      builderView(state, acts),
      h("p", { class: "pending" }, "Nothing is open yet: choose an example above."),
    ];
  const phases = phasesOf(program, trace.steps, open);
  const isTensor = (/** @type {string} */ name) => Object.hasOwn(trace.tensors, name);
  const list = (/** @type {Line[]} */ lines) => lineList(lines, cursor, isTensor, acts);
  return [
    h(
      "h2",
      {
        hook: (/** @type {HTMLElement} */ heading) =>
          heading.parentElement &&
          keepInView(
            heading.parentElement,
            "[aria-current=step]",
            [cursor, trace.steps.length, draft?.open, builder.open].join(),
          ),
      },
      h("span", { id: "program-title" }, "Program"),
      h("span", { class: "space" }),
      build,
      (open || trace.steps.some(({ family }) => family === COMPOSITE)) &&
        h(
          "button",
          {
            type: "button",
            class: "small",
            "aria-pressed": String(open),
            title: "Show the steps inside of composites",
            onclick: () => acts.open(!open),
          },
          "Open composites",
        ),
      !draft?.open &&
        h(
          "button",
          {
            type: "button",
            class: "small",
            "data-home": "",
            disabled: past,
            onclick: acts.openDraft,
          },
          "Edit",
        ),
    ),
    builderView(state, acts),
    draft &&
      !draft.open &&
      h(
        "p",
        { class: "kept-draft", key: "kept" },
        h("span", null, "Unapplied changes are kept."),
        discardButton(acts),
      ),
    h("h3", null, "forward"),
    draft?.open ? editor(draft, program, acts) : list(phases.forward),
    warnings(trace.warnings),
    h("h3", null, "backward"),
    list(phases.backward),
    phases.update.length > 0 && h("h3", null, "update"),
    phases.update.length > 0 && list(phases.update),
  ];
}

/** @param {string} program @param {Step[]} steps @param {boolean} open */
function phasesOf(program, steps, open) {
  const texts = program.split("\n");
  while (texts.length > 1 && !texts[texts.length - 1]) texts.pop();
  const forward = texts.map((code, at) => {
    const own = steps.filter((step) => step.phase === "forward" && step.line === at + 1);
    const last = own[own.length - 1];
    return {
      key: `line ${at}`,
      number: at + 1,
      code,
      shape: last ? last.shape : null,
      steps: own.map((step) => step.index),
      output: last?.output ?? null,
      inside: open && own.length > 1 ? own : [],
    };
  });
  const derived = steps
    .filter((step) => step.phase !== "forward")
    .map((step, at) => ({
      key: `step ${step.index}`,
      number: texts.length + 1 + at,
      code: `${step.output} = ${step.code}`,
      step,
      shape: step.shape,
      steps: [step.index],
      output: step.output,
      phase: step.phase,
    }));
  return {
    forward,
    backward: derived.filter(({ phase }) => phase === "backward"),
    update: derived.filter(({ phase }) => phase === "update"),
  };
}

/**
 * @param {Line[]} lines
 * @param {number} cursor
 * @param {(name: string) => boolean} isTensor
 * @param {Acts} acts
 */
function lineList(lines, cursor, isTensor, acts) {
  return h(
    "ol",
    { class: "lines" },
    lines.map((line) =>
      h(
        "li",
        { key: line.key },
        lineView(line, cursor, isTensor, acts),
        insideView(line, cursor, isTensor, acts),
      ),
    ),
  );
}

/**
 * @param {Line} line
 * @param {number} cursor
 * @param {(name: string) => boolean} isTensor
 * @param {Acts} acts
 */
function lineView({ number, code, step, shape, steps }, cursor, isTensor, acts) {
  const now = steps.includes(cursor);
  const state = now ? "now" : steps.length && steps[steps.length - 1] < cursor ? "done" : "";
  const content = [
    h("span", { class: "line-number" }, String(number)),
    h("code", null, ...(step ? statementView(step, isTensor) : codeView(code, isTensor))),
    shape && h("span", { class: "shape" }, printShape(shape)),
  ];
  if (!steps.length) return h("div", { class: "line still" }, ...content);
  const aim = now ? steps[(steps.indexOf(cursor) + 1) % steps.length] : steps[0];
  return h(
    "button",
    {
      type: "button",
      class: `line ${state}`,
      "aria-current": now ? "step" : null,
      onclick: () => acts.goTo(aim),
      onkeydown: moveInProgram,
      tabindex: now ? "0" : "-1",
    },
    ...content,
  );
}

/**
 * The steps that a line is made of, where composites are open.
 *
 * @param {Line} line
 * @param {number} cursor
 * @param {(name: string) => boolean} isTensor
 * @param {Acts} acts
 */
function insideView({ inside }, cursor, isTensor, acts) {
  if (!inside?.length) return null;
  return h(
    "ol",
    { class: "inside" },
    inside.map(({ index, shape, ...step }) =>
      h(
        "li",
        { key: index },
        h(
          "button",
          {
            type: "button",
            class: `line ${index === cursor ? "now" : ""}`,
            tabindex: "-1",
            "aria-current": index === cursor ? "step" : null,
            onclick: () => acts.goTo(index),
            onkeydown: moveInProgram,
          },
          h("span"),
          h("code", null, ...statementView(step, isTensor)),
          h("span", { class: "shape" }, printShape(shape)),
        ),
      ),
    ),
  );
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

/** @param {Acts} acts */
function discardButton(acts) {
  return h(
    "button",
    { type: "button", class: "small", key: "discard", onclick: () => acts.draft(null) },
    "Discard changes",
  );
}

/** @param {Draft} draft @param {string} program  as it is without the draft @param {Acts} acts */
function editor({ text, trouble }, program, acts) {
  const lines = text.split("\n");
  const { line, column } = trouble?.where ?? {};
  return h(
    "div",
    { class: "editor" },
    h(
      "div",
      { class: "editor-text", style: { "--lines": String(Math.max(4, lines.length + 1)) } },
      h(
        "div",
        { class: "gutter", "aria-hidden": "true" },
        lines.map((_, at) => h("span", { class: at + 1 === line ? "wrong" : "" }, String(at + 1))),
      ),
      h(
        "div",
        { class: "typing" },
        h("textarea", {
          "aria-label": "Program text",
          spellcheck: "false",
          autocapitalize: "off",
          wrap: "off",
          value: text,
          "aria-invalid": trouble ? "true" : null,
          "aria-describedby": trouble ? "program-trouble" : null,
          oninput: (/** @type {any} */ event) => acts.draft(event.target.value),
          onkeydown: (/** @type {KeyboardEvent} */ event) => editorKey(event, acts),
          hook: (/** @type {HTMLElement} */ element) => {
            if (!element.dataset.begun) queueMicrotask(() => element.focus());
            element.dataset.begun = "yes";
          },
        }),
        line &&
          h("span", {
            class: "caret",
            "aria-hidden": "true",
            style: {
              "--line": String(line - 1),
              "--column": String(Math.max(0, (column ?? 1) - 1)),
            },
          }),
      ),
    ),
    h("div", { role: "alert" }, trouble && troubleView(trouble, { id: "program-trouble" })),
    h(
      "p",
      { class: "actions" },
      h("button", { type: "button", class: "primary small", onclick: acts.applyDraft }, "Apply"),
      h(
        "button",
        { type: "button", class: "small", key: "close", onclick: acts.closeDraft },
        "Close",
      ),
      text !== program && discardButton(acts),
      h(
        "span",
        { class: "hint" },
        "Ctrl + Enter applies. Esc closes the editor and keeps your text.",
      ),
    ),
  );
}

/** @param {KeyboardEvent} event @param {Acts} acts */
function editorKey(event, acts) {
  if (event.key === "Escape") acts.closeDraft();
  else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) acts.applyDraft();
  else return;
  event.preventDefault();
}

/** @param {Warning[]} list */
function warnings(list) {
  return list?.length
    ? h(
        "ul",
        { class: "warnings" },
        list.map(({ line, code, message }) =>
          h(
            "li",
            { class: code === "left_out" ? "note" : null },
            line ? h("b", null, `Line ${line}: `) : null,
            message,
          ),
        ),
      )
    : null;
}
