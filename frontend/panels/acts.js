/**
 * What a person does, in terms of actions and effects.
 *
 * @import { CellPlace, Field, Matrix, Target, Tensor } from "../lib/types.js"
 * @import { Moment } from "../lib/moment.js"
 * @import { Effects, Store } from "../state/effects.js"
 * @import { Theme } from "../state/state.js"
 * @typedef {ReturnType<typeof createActs>} Acts
 * @typedef {{setTheme: (theme: Theme) => void}} Surroundings
 */

import { afterDrawing } from "../lib/drawing.js";
import { blockCells, parseBlock } from "../lib/block.js";
import { subjectOf } from "../lib/explanation.js";
import { exact, isTooLarge, parseNumber } from "../lib/numbers.js";
import { retryLibrary } from "../lib/plotly.js";
import { cell, cellName } from "../lib/tensor.js";
import { OVERTAKEN } from "../service/client.js";
import * as actions from "../state/actions.js";
import { partChosen } from "../state/scene.js";
import { leadPicked, placePointed } from "../state/sliding.js";
import { inThePast } from "../state/state.js";
import { ownIndex } from "../views/matrix.js";
import { dragPointer, rounded, unitOf } from "../lib/dragging.js";
import { moveInGrid } from "./gridkeys.js";
import { INTRO } from "./lesson.js";
import { viewActs } from "./viewacts.js";

/** @param {Store} store @param {Effects} effects @param {Surroundings} surroundings */
export function createActs(store, effects, surroundings) {
  const { get, apply } = store;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let clock;

  const stop = () => {
    clearTimeout(clock);
    apply(actions.playing, false);
  };

  /** @param {string} name @param {number[]} index @param {Field | null} field */
  const whyNot = (name, index, field) => {
    const { shown } = get();
    const role = shown?.trace.tensors[name]?.role;
    if (inThePast(get())) return "This iteration is past; return to the present to edit.";
    if (field === "gradient")
      return `${cellName(name, index, field)} is computed by the backward pass; edit an input or a parameter instead.`;
    return `${name} is ${role === "state" ? "kept by the optimizer" : "computed by the program"}; edit an input or a parameter instead.`;
  };

  /**
   * Back to the cell that was edited, once it is drawn.
   *
   * @param {string} matrix
   * @param {number[]} index
   */
  const focusCell = (matrix, index) =>
    afterDrawing(() => {
      /** @type {HTMLElement | null} */ (
        document.querySelector(`[data-matrix="${matrix}"] [data-index="${index.join(",")}"]`)
      )?.focus();
    });

  /** @param {boolean} back  give the focus back to the cell */
  const commit = async (back) => {
    const { edit } = get();
    if (!edit) return;
    const value = parseNumber(edit.text);
    if (value === null) {
      return apply(actions.editRefused, {
        detail: isTooLarge(edit.text)
          ? `“${edit.text}” is too large for a 64-bit number.`
          : `“${edit.text}” is not a number.`,
        hint: "Try −0.5 or 2e-3, or press Esc to cancel.",
        where: {},
        status: 0,
        code: "not_a_number",
      });
    }
    const drawn = get().edit?.matrix ?? "";
    const place = drawnIndex(drawn, edit.index);
    const written = effects.edit(edit.name, [{ index: edit.index, value }]);
    apply(actions.editLeft);
    if (back) focusCell(drawn, place);
    if (await written) return;
    apply((state) => ({
      ...actions.editBegun(state, edit.matrix, edit.name, edit.index, edit.text),
      alert: state.alert,
    }));
  };

  /**
   * The place on the screen of a cell that is known by its own index.
   *
   * @param {string} matrix
   * @param {number[]} index
   */
  const drawnIndex = (matrix, index) => {
    const focused = document
      .querySelector(`[data-matrix="${matrix}"] .cell-editor`)
      ?.closest("[data-index]");
    const text = /** @type {HTMLElement | null | undefined} */ (focused)?.dataset.index;
    return text === undefined ? index : text.split(",").filter(Boolean).map(Number);
  };

  const acts = {
    // the step bar
    next: () => void effects.step(1),
    previous: () => void effects.step(-1),
    finish: () => void effects.nextIteration(),
    play() {
      if (get().playing) return stop();
      apply(actions.playing, true);
      const go = () => {
        const { cursor, shown, playing, pace } = get();
        const last = (shown?.trace.steps.length ?? 1) - 1;
        if (!playing || cursor >= last) return stop();
        void effects.step(1);
        clock = setTimeout(go, pace);
      };
      clock = setTimeout(go, get().pace);
    },
    /** @param {number} pace */
    pace: (pace) => apply(actions.paceSet, pace),
    /** @param {number} index */
    goTo: (index) => apply(actions.steppedTo, index),

    /** To a named part of a step. @param {number} step @param {number} at @param {boolean} [focus] */
    part(step, at, focus) {
      apply(partChosen, step, at);
      if (focus)
        afterDrawing(() =>
          /** @type {HTMLElement | null} */ (
            document.querySelector(".step-parts [aria-selected=true]")
          )?.focus(),
        );
    },

    // the header
    /** @param {import("../state/state.js").Mode} mode */
    mode: (mode) => effects.mode(mode),
    /** @param {import("../state/state.js").Tab} tab */
    tab: (tab) => apply(actions.tabChosen, tab),
    lesson: {
      /** The three sentences of a first visit, from the first on. */
      intro: () => apply(actions.lessonTurned, { open: true, intro: 0 }),
      open: () => apply(actions.lessonTurned, { open: true, intro: null }),
      close: () => apply(actions.lessonTurned, { open: false, intro: null }),
      next() {
        const { intro } = get().lesson;
        const next = intro === null || intro + 1 >= INTRO.length ? null : intro + 1;
        apply(actions.lessonTurned, { intro: next });
      },
    },
    /** @param {string} name */
    example: (name) => void effects.openExample(name),
    undo: () => void effects.undo(),
    redo: () => void effects.redo(),
    share: () => void effects.share(),
    chooseSharing: effects.chooseSharing,
    copyLink: () => void effects.copyLink(),
    closeSharing: effects.closeSharing,
    showAll: effects.showAll,
    reload: () => void effects.reload(),
    copyAndRepeat: () => void effects.copyAndRepeat(),
    /** @param {number} digits */
    digits: (digits) => apply(actions.digitsSet, digits),
    /** @param {Theme} theme */
    theme: (theme) => surroundings.setTheme(theme),
    /** @param {import("../state/state.js").State["dialog"]} dialog */
    dialog: (dialog) => effects.dialog(dialog),
    dismiss: () => apply(actions.alerted, null),
    /** @param {string} text */
    openingTyped: (text) => effects.bringing.typedToOpen(text),
    /** @param {string} text */
    openText: (text) => void effects.files.openText(text),
    /** @param {File} file @param {...File} others */
    openFile: (file, ...others) => void effects.files.open(file, ...others),
    data: {
      /** @param {import("../lib/data.js").Choices} part */
      choose: (part) => void effects.data.choose(part),
      /** @param {string} use */
      use: (use) => effects.data.use(use),
      go: () => void effects.data.go(),
    },
    takeNumbers: () => void effects.files.take(),
    /** @param {import("../lib/files.js").Format} format */
    saveAs: (format) => void effects.files.save(format),

    // the program
    /** @param {import("../lib/types.js").Phase} phase @param {boolean} folded */
    phase: (phase, folded) => apply(actions.phaseFolded, phase, folded),
    /** @param {string | null} text */
    draft(text) {
      apply(actions.draftTyped, text);
      effects.bringing.typed();
    },
    openDraft: () => apply(actions.draftOpened),
    closeDraft: () => apply(actions.draftClosed),
    applyDraft() {
      const { draft } = get();
      if (draft) void effects.bringing.apply(draft.text);
    },
    bringing: {
      /** @param {Partial<import("../state/bringing.js").Asking>} part */
      describe: (part) => apply(actions.tensorDescribed, part),
      add: () => void effects.bringing.add(),
      check: () => void effects.bringing.check(),
      /** @param {boolean} listed */
      list: (listed) => apply(actions.broughtListed, listed),
      close: () => apply(actions.broughtTold, null),
    },

    ...viewActs(apply),
    retryPlots: retryLibrary,

    // tensors
    /** @param {string | null} name */
    select(name) {
      apply(actions.tensorSelected, name);
      if (name) apply(actions.tabChosen, "explanation");
      if (name)
        afterDrawing(() =>
          document.getElementById("selected")?.scrollIntoView({ block: "nearest" }),
        );
    },
    /** @param {CellPlace | null} place */
    light(place) {
      const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.closest?.(
        "[role=grid] [data-index]",
      );
      if (place || !focused) return apply(actions.cellLit, place);
      const { index } = /** @type {HTMLElement} */ (focused).dataset;
      const matrix =
        /** @type {HTMLElement} */ (focused.closest("[data-matrix]")).dataset.matrix ?? "";
      apply(actions.cellLit, {
        matrix,
        index: (index ?? "").split(",").filter(Boolean).map(Number),
      });
    },
    /** @param {KeyboardEvent} event @param {Matrix} matrix */
    key(event, matrix) {
      const target = /** @type {HTMLElement} */ (event.target);
      if (target.tagName === "INPUT" || target.dataset.index === undefined) return;
      const index = target.dataset.index.split(",").filter(Boolean).map(Number);
      if (
        (event.ctrlKey || event.metaKey) &&
        event.key === "c" &&
        matrix.part &&
        !matrix.veiled &&
        getSelection()?.isCollapsed
      )
        acts.copy(matrix, matrix.part, "tabs");
      const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
      const scrubbed = plain && acts.scrub(event, matrix, index);
      if (
        !scrubbed &&
        plain &&
        (event.key === "e" || event.key === " " || (event.key === "Enter" && !matrix.editable))
      )
        acts.explain(matrix, index);
      else if (!scrubbed && plain && (event.key === "Enter" || event.key === "F2"))
        acts.edit(matrix, index);
      else if (!scrubbed && plain && /^[\d.+-]$/.test(event.key) && matrix.editable)
        acts.edit(matrix, index, event.key);
      else if (!scrubbed && !moveInGrid(event, target)) return;
      event.preventDefault();
      event.stopPropagation();
    },
    /** @param {ClipboardEvent} event @param {Matrix} matrix */
    paste(event, matrix) {
      const target = /** @type {HTMLElement} */ (event.target);
      if (target.tagName === "INPUT" || target.dataset.index === undefined || matrix.name === null)
        return;
      event.preventDefault();
      const index = ownIndex(matrix, target.dataset.index.split(",").filter(Boolean).map(Number));
      if (!matrix.editable) return apply(actions.said, whyNot(matrix.name, index, matrix.field));
      const block = parseBlock(event.clipboardData?.getData("text/plain") ?? "");
      const shape = get().shown?.trace.tensors[matrix.name]?.shape ?? [];
      const cells = block && blockCells(block, index, shape);
      if (cells) return void effects.edit(matrix.name, cells);
      apply(actions.alerted, {
        detail: block
          ? `A block of ${block.length} × ${block[0].length} does not fit into ${matrix.name} from [${index.join(", ")}] on.`
          : "What was pasted is not a block of numbers.",
        hint: "Copy a rectangle of plain numbers, and paste it onto the cell where its upper left corner belongs.",
        where: {},
        status: 0,
        code: "paste",
      });
    },
    /**
     * A press on a number that moves sideways drags it.
     *
     * @param {PointerEvent} event
     * @param {Matrix} matrix
     * @param {number[]} index
     */
    grab(event, matrix, index) {
      const number = matrix.part ? cell(matrix.part, index) : undefined;
      if (event.button !== 0 || number === undefined || !matrix.name || get().edit) return;
      const own = ownIndex(matrix, index);
      const unit = unitOf(matrix.part?.data ?? []);
      dragPointer(event, {
        begin: () => effects.scrubbing.begin(matrix.name ?? "", own, number),
        move: (units) => effects.scrubbing.move(rounded(number + unit * units, unit / 10)),
        end: () => void effects.scrubbing.keep(),
        cancel: () => effects.scrubbing.cancel(),
      });
    },
    /**
     * `[` and `]` change a number by a tenth, with Shift by one.
     *
     * @param {KeyboardEvent} event
     * @param {Matrix} matrix
     * @param {number[]} index
     * @returns {boolean} whether the key was for it
     */
    scrub(event, matrix, index) {
      const { drag } = get();
      if (drag && (event.key === "Enter" || event.key === "Escape")) {
        if (event.key === "Enter") void effects.scrubbing.keep();
        else effects.scrubbing.cancel();
        return true;
      }
      const sign =
        { "[": -1, "{": -1, "]": 1, "}": 1 }[event.key] ??
        { BracketLeft: -1, BracketRight: 1 }[event.code];
      const change = sign === undefined ? undefined : sign * (event.shiftKey ? 1 : 0.1);
      if (change === undefined || !matrix.editable || !matrix.name) return false;
      const number = matrix.part ? (cell(matrix.part, index) ?? 0) : 0;
      if (!drag) effects.scrubbing.begin(matrix.name, ownIndex(matrix, index), number);
      effects.scrubbing.move(rounded((get().drag?.value ?? number) + change, 0.1));
      return true;
    },
    /** Whoever leaves a number that was scrubbed keeps it. */
    leaveScrub: () => void effects.scrubbing.keep(),
    /** @param {Matrix} matrix @param {number[]} index @param {string} [text] */
    edit(matrix, index, text) {
      const own = ownIndex(matrix, index);
      if (matrix.name === null || !matrix.editable) {
        effects.hush();
        return apply(actions.said, whyNot(matrix.name ?? matrix.code, own, matrix.field));
      }
      const number = matrix.part ? cell(matrix.part, index) : undefined;
      apply(
        actions.editBegun,
        matrix.id,
        matrix.name,
        own,
        text ?? exact(number ?? 0),
        text !== undefined,
      );
    },
    /**
     * What one does with a tensor that is laid on another, for an element of the result.
     *
     * @param {Matrix} result
     * @param {number[]} index
     */
    slides: (result, index) => ({
      pick: (/** @type {import("../lib/slide.js").Lead} */ lead, /** @type {number} */ at) =>
        apply(leadPicked, lead, at),
      turn: (/** @type {number} */ axis, /** @type {number} */ at) => {
        acts.light(null);
        acts.explain(
          result,
          index.map((old, place) => (place === axis ? at : old)),
        );
      },
      point: (/** @type {[number, number] | null} */ at) => apply(placePointed, at),
      key(/** @type {KeyboardEvent} */ event) {
        if (!moveInGrid(event, /** @type {HTMLElement} */ (event.target))) return;
        event.preventDefault();
        event.stopPropagation();
      },
    }),

    /** @param {string} text */
    type: (text) => apply(actions.editTyped, text),
    /** @param {KeyboardEvent} event */
    editKey(event) {
      event.stopPropagation();
      if (event.key === "Enter") void commit(true);
      if (event.key !== "Escape") return;
      const { edit } = get();
      const place = edit ? drawnIndex(edit.matrix, edit.index) : [];
      apply(actions.editLeft);
      apply(actions.alerted, null);
      if (edit) focusCell(edit.matrix, place);
    },
    blur() {
      if (get().edit && document.hasFocus() && get().alert?.status !== OVERTAKEN)
        void commit(false);
    },
    /** @param {Matrix} matrix @param {Tensor} part @param {"numpy" | "tabs"} how */
    copy: (matrix, part, how) => void effects.files.copy(matrix, part, how),

    /** @param {boolean} open */
    open: (open) => void effects.setOpen(open),

    // the explanation
    /**
     * @param {import("../lib/types.js").Aspect} aspect
     * @param {boolean} [focus] give the tab the focus
     */
    aspect(aspect, focus) {
      apply(actions.aspectChosen, aspect);
      if (focus) afterDrawing(() => document.getElementById(`aspect-${aspect}`)?.focus());
    },
    /** @param {string} by */
    jacobianBy: (by) => apply(actions.jacobianBy, by),
    /** @param {"in_out" | "out_in"} layout */
    layout: (layout) => void effects.setLayout(layout),
    /** @param {Matrix} matrix @param {number[]} index */
    explain(matrix, index) {
      const subject = subjectOf(matrix);
      if (subject === null)
        return acts.explainStep(
          `${matrix.code} has no name of its own: it is explained with the step that it is part of.`,
        );
      if (matrix.veiled && subject.field === "gradient") return acts.seek(subject.tensor);
      void effects.explain({ ...subject, index: ownIndex(matrix, index) });
    },
    /** To a step, and its own explanation. @param {number} index */
    explainAt(index) {
      apply(actions.explanationClosed);
      apply(actions.cursorMoved, index);
      acts.goToExplanation();
    },
    /** @param {string} why */
    explainStep(why) {
      apply(actions.explanationClosed);
      apply(actions.said, why);
    },
    /**
     * From one explanation to another, for the keyboard too.
     *
     * @param {Target} target
     * @param {Target[]} trail
     */
    async follow(target, trail) {
      const region = document.getElementById("explanation");
      const within = region?.contains(document.activeElement);
      await effects.explain(target, trail);
      if (within) afterDrawing(acts.goToExplanation);
    },
    goToExplanation() {
      /** @type {HTMLElement | null} */ (
        document.querySelector("#explanation [data-home]")
      )?.focus();
    },
    /** @param {Target[] | null} cells */
    pointTerm: (cells) => apply(actions.termPointed, cells),
    /** Whoever leaves it goes back to the number, where that is drawn. */
    closeExplanation() {
      const cell = /** @type {HTMLElement | null} */ (document.querySelector(".explained-cell"));
      const within = document.getElementById("explanation")?.contains(document.activeElement);
      apply(actions.explanationClosed);
      if (within) cell?.focus();
    },
    /** @param {KeyboardEvent} event */
    explanationKey(event) {
      if (event.key !== "Escape") return;
      event.preventDefault();
      acts.closeExplanation();
    },
    escape() {
      if (get().selected) return acts.select(null);
      acts.closeExplanation();
    },

    // practice
    /** A covered gradient is chosen to be found. @param {string} tensor */
    seek(tensor) {
      if (!get().practice.sheet?.exercises.some((one) => one.tensor === tensor))
        return apply(actions.said, `${tensor}.g is hidden until all gradients are solved.`);
      effects.practice.choose(tensor);
      apply(actions.said, `Write the formula of ${tensor}.g.`);
      afterDrawing(acts.goToFormula);
    },
    /** Out of practice, to the explanation of a step whose gradient is solved. @param {number} index */
    whyCorrect(index) {
      effects.mode("explore");
      acts.explainAt(index);
    },
    practice: effects.practice,
    builder: effects.builder,
    plots: effects.plots,
    /** @param {string} name */
    exercise: (name) => void effects.openExercise(name),
    /** @param {boolean} hiding */
    cover: (hiding) => effects.cover(hiding),
    sharePractice: () => void effects.sharePractice(),
    trainMine() {
      const { iterations } = get();
      if (Number.isInteger(iterations) && iterations > 0) void effects.practice.train(iterations);
    },
    /** @param {string} tensor */
    nextToFind(tensor) {
      effects.practice.choose(tensor);
      apply(actions.tabChosen, "stage");
      afterDrawing(acts.goToFormula);
    },
    goToFormula() {
      /** @type {HTMLElement | null} */ (document.querySelector("#practice-formula"))?.focus();
    },

    // training
    /** @param {number} count */
    iterations: (count) => apply(actions.iterationsSet, count),
    train() {
      const { iterations } = get();
      if (Number.isInteger(iterations) && iterations > 0) return void effects.train(iterations);
      apply(actions.alerted, {
        detail: "The number of iterations is a whole number from 1 on.",
        hint: null,
        where: {},
        status: 0,
        code: "iterations",
      });
    },
    stopTraining: () => effects.stopTraining(),
    /** @param {number} iteration */
    view: (iteration) => void effects.view(iteration),
    /** @param {number} position  among all moments on the way to now */
    viewAt: (position) => void effects.history.viewAt(position),
    /** @param {Moment} moment */
    lookBack(moment) {
      effects.mode("explore");
      void effects.history.view(moment, 0);
    },
    film: effects.film,
    brush: effects.history.brush,
    /** Two moments of the run as files. @param {Moment[]} moments */
    exportMoments: (moments) => void effects.files.saveMoments(moments),
    /** @param {Moment} moment */
    fork: (moment) => void effects.history.fork(moment),
    /** @param {Partial<import("../state/past.js").Past>} sides */
    compare: (sides) => void effects.history.compare(sides),
    tuning: effects.tuning,
  };
  return acts;
}
