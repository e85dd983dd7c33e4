/**
 * What a person does with the cells of a matrix: point, explain, type, drag, paste and copy.
 *
 * @import { CellPlace, Field, Matrix, Tensor, Wire } from "../../lib/types.js"
 * @import { Client } from "../../service/client.js"
 * @import { Change } from "../changes.js"
 * @import { Store } from "../store.js"
 * @typedef {object} Means  what it shares with the other commands
 * @property {Change} change
 * @property {ReturnType<typeof import("../run/commands.js").createRun>} run
 * @property {ReturnType<typeof import("../trace/commands.js").createTraces>} traces
 * @property {ReturnType<typeof import("../scrubbing/commands.js").createScrubbing>} scrubbing
 * @property {ReturnType<typeof import("../explanation/commands.js").createExplanation>} explanation
 * @property {(matrix: Matrix, part: Tensor, how: "numpy" | "tabs") => Promise<void>} copy
 * @property {(tensor: string) => void} seek  what is covered
 * @property {(matrix: Matrix, index: number[], block?: boolean) => boolean} take  for a lesson's question
 * @property {() => ReturnType<typeof import("../learning/marking.js").createMarking>} marking  of cells that it asks for
 * @property {(text: string, concern?: boolean) => void} say
 */

import { blockCells, parseBlock } from "../../lib/block.js";
import { dragPointer, rounded, unitOf } from "../../lib/dragging.js";
import { afterDrawing, drawWith } from "../../lib/drawing.js";
import { subjectOf } from "../../lib/explanation.js";
import { moveInGrid } from "../../lib/gridkeys.js";
import { exact, isTooLarge, parseNumber, printLoss } from "../../lib/numbers.js";
import { shortened } from "../../lib/river.js";
import { newlyOff } from "../../lib/telling.js";
import { cell, cellName, ownIndex } from "../../lib/tensor.js";
import { tree } from "../../lib/tree.js";
import { OVERTAKEN } from "../../service/refusal.js";
import { setAlert } from "../messages/reducer.js";
import { bind } from "../store.js";
import { inThePast } from "../trace/selectors.js";
import * as reducers from "./reducer.js";

/** So many letters of what was typed are quoted. */
const QUOTED = 60;

/** @param {Store} store @param {Client} client @param {Means} means */
export function createCells({ get, apply }, client, means) {
  const {
    change,
    run: runs,
    traces,
    scrubbing,
    explanation,
    copy,
    seek,
    take,
    marking,
    say,
  } = means;

  /** @param {Wire | undefined} before @param {Wire} after */
  const lossText = (before, after) => {
    const print = (/** @type {Wire} */ loss) => printLoss(loss, get().digits);
    return before === undefined || before === after
      ? `the loss is ${print(after)}`
      : `the loss went from ${print(before)} to ${print(after)}`;
  };

  /** @param {string} name @param {number[]} index @param {Field | null} field */
  const whyNot = (name, index, field) => {
    const { shown } = get();
    const role = shown?.trace.tensors[name]?.role;
    if (inThePast(get())) return "This is an earlier iteration; go back to the latest to edit.";
    if (field === "gradient")
      return `${cellName(name, index, field)} is computed by the backward pass; edit an input or a parameter instead.`;
    return `${name} is ${role === "state" ? "kept by the optimizer" : "computed by the program"}; edit an input or a parameter instead.`;
  };

  /** @param {boolean} back  give the focus back to the cell */
  const commit = async (back) => {
    const { edit } = get();
    if (!edit) return;
    const value = parseNumber(edit.text);
    if (value === null) {
      const quoted = `“${shortened(edit.text, QUOTED)}”`;
      return apply(reducers.refuseEdit, {
        detail: isTooLarge(edit.text)
          ? `${quoted} is too large for a 64-bit number.`
          : `${quoted} is not a number.`,
        hint: "Try −0.5 or 2e-3, or press Esc to cancel.",
        where: {},
        status: 0,
        code: "not_a_number",
      });
    }
    const drawn = get().edit?.matrix ?? "";
    const place = drawnIndex(drawn, edit.index);
    const written = cells.write(edit.name, [{ index: edit.index, value }]);
    drawWith(written);
    apply(reducers.leaveEdit);
    if (back) focusCell(drawn, place);
    if (await written) return;
    apply((state) => ({
      ...reducers.beginEdit(state, edit.matrix, edit.name, edit.index, edit.text),
      alert: state.alert,
    }));
  };

  const cells = {
    ...bind(apply, reducers),
    copy,

    /** Numbers into cells, as one change. @param {string} name @param {{index: number[], value: number}[]} written */
    write: (name, written) =>
      change("Writing", async () => {
        const before = get().drag?.before.loss ?? get().run?.loss;
        const warnings = (get().drag?.before ?? get().shown?.trace)?.warnings ?? [];
        const own = await runs.present();
        const { trace, ...run } = await client.edit(own, name, written, traces.listed());
        apply(reducers.writeCells, name, written);
        traces.keep(run, trace);
        await runs.settle(run, get().cursor);
        const what =
          written.length === 1
            ? `${cellName(name, written[0].index, null)} is ${written[0].value}`
            : `${written.length} cells of ${name} are written`;
        const off = newlyOff(warnings, get().shown?.trace.warnings ?? []);
        say(`${what}; ${lossText(before, run.loss)}.${off && ` ${off}`}`, off !== "");
        return true;
      }),

    /** Who points at no cell, points at the one with the focus. @param {CellPlace | null} place */
    highlightCell(place) {
      const focused = /** @type {HTMLElement | null} */ (tree.root.activeElement)?.closest?.(
        "[role=grid] [data-index]",
      );
      if (place || !focused) return apply(reducers.highlightCell, place);
      const matrix =
        /** @type {HTMLElement} */ (focused.closest("[data-matrix]")).dataset.matrix ?? "";
      apply(reducers.highlightCell, {
        matrix,
        index: indexOf(/** @type {HTMLElement} */ (focused)) ?? [],
      });
    },

    /** @param {Matrix} matrix @param {number[]} index @param {boolean} [block] with Shift */
    explain(matrix, index, block = false) {
      if (take(matrix, index, block)) return;
      const subject = subjectOf(matrix);
      if (subject === null)
        return explanation.explainStep(
          `${matrix.code} is explained with its step, not number by number.`,
        );
      if (matrix.hidden && subject.field === "gradient") return seek(subject.tensor);
      void explanation.explain({ ...subject, index: ownIndex(matrix, index) });
    },

    /** @param {KeyboardEvent} event @param {Matrix} matrix */
    key(event, matrix) {
      const target = /** @type {HTMLElement} */ (event.target);
      const index = target.tagName === "INPUT" ? null : indexOf(target);
      if (index === null) return;
      if (
        (event.ctrlKey || event.metaKey) &&
        event.key === "c" &&
        matrix.part &&
        !matrix.hidden &&
        getSelection()?.isCollapsed
      )
        void copy(matrix, matrix.part, "tabs");
      const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
      const taken =
        marking().key(event, matrix, index) ||
        (plain &&
          (event.key === "Enter" || event.key === " ") &&
          take(matrix, index, event.shiftKey));
      const scrubbed = taken || (plain && cells.scrub(event, matrix, index));
      if (
        !scrubbed &&
        plain &&
        (event.key === "e" || event.key === " " || (event.key === "Enter" && !matrix.editable))
      )
        cells.explain(matrix, index);
      else if (!scrubbed && plain && (event.key === "Enter" || event.key === "F2"))
        cells.edit(matrix, index);
      else if (!scrubbed && plain && /^[\d.+-]$/.test(event.key) && matrix.editable)
        cells.edit(matrix, index, event.key);
      else if (!scrubbed && !moveInGrid(event, target)) return;
      event.preventDefault();
      event.stopPropagation();
    },

    /** @param {ClipboardEvent} event @param {Matrix} matrix */
    paste(event, matrix) {
      const target = /** @type {HTMLElement} */ (event.target);
      const drawn = target.tagName === "INPUT" ? null : indexOf(target);
      if (drawn === null || matrix.name === null) return;
      event.preventDefault();
      const index = ownIndex(matrix, drawn);
      if (!matrix.editable) return say(whyNot(matrix.name, index, matrix.field));
      const block = parseBlock(event.clipboardData?.getData("text/plain") ?? "");
      const shape = get().shown?.trace.tensors[matrix.name]?.shape ?? [];
      const written = block && blockCells(block, index, shape);
      if (written) return void cells.write(matrix.name, written);
      apply(setAlert, {
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
     * A press on a number that moves sideways drags it; where cells are asked for, it marks those
     * that it crosses.
     *
     * @param {PointerEvent} event
     * @param {Matrix} matrix
     * @param {number[]} index
     */
    grab(event, matrix, index) {
      if (marking().isAsked(matrix)) {
        if (event.button === 0 && !event.shiftKey) marking().sweep(event, matrix, index);
        return;
      }
      const number = matrix.part ? cell(matrix.part, index) : undefined;
      if (event.button !== 0 || !matrix.editable || number === undefined) return;
      if (!matrix.name || get().edit) return;
      const own = ownIndex(matrix, index);
      const unit = unitOf(matrix.part?.data ?? []);
      dragPointer(event, {
        begin: () => scrubbing.begin(matrix.name ?? "", own, number),
        move: (units) => scrubbing.move(rounded(number + unit * units, unit / 10)),
        end: () => void scrubbing.keep(),
        cancel: () => scrubbing.cancel(),
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
        if (event.key === "Enter") void scrubbing.keep();
        else scrubbing.cancel();
        return true;
      }
      const sign =
        { "[": -1, "{": -1, "]": 1, "}": 1 }[event.key] ??
        { BracketLeft: -1, BracketRight: 1 }[event.code];
      const change = sign === undefined ? undefined : sign * (event.shiftKey ? 1 : 0.1);
      if (change === undefined || !matrix.editable || !matrix.name) return false;
      const number = matrix.part ? (cell(matrix.part, index) ?? 0) : 0;
      if (!drag) scrubbing.begin(matrix.name, ownIndex(matrix, index), number);
      scrubbing.move(rounded((get().drag?.value ?? number) + change, 0.1));
      return true;
    },

    /** Whoever leaves a number that was scrubbed keeps it. */
    leaveScrub: () => void scrubbing.keep(),

    /** @param {Matrix} matrix @param {number[]} index @param {string} [text] */
    edit(matrix, index, text) {
      if (marking().isAsked(matrix)) return;
      const own = ownIndex(matrix, index);
      if (matrix.name === null || !matrix.editable) {
        explanation.showSilently();
        return say(whyNot(matrix.name ?? matrix.code, own, matrix.field));
      }
      const number = matrix.part ? cell(matrix.part, index) : undefined;
      apply(
        reducers.beginEdit,
        matrix.id,
        matrix.name,
        own,
        text ?? exact(number ?? 0),
        text !== undefined,
      );
    },

    /** @param {KeyboardEvent} event */
    editorKey(event) {
      event.stopPropagation();
      if (event.key === "Enter") void commit(true);
      if (event.key !== "Escape") return;
      const { edit } = get();
      const place = edit ? drawnIndex(edit.matrix, edit.index) : [];
      apply(reducers.leaveEdit);
      apply(setAlert, null);
      if (edit) focusCell(edit.matrix, place);
    },

    /** Whoever leaves the field writes what is in it, unless it is to be said what becomes of that. */
    leaveEditor() {
      const { edit, alert } = get();
      const asked = alert?.status === OVERTAKEN || alert?.again;
      if (edit && document.hasFocus() && !asked) void commit(false);
    },
  };
  return cells;
}

/**
 * The index of a drawn cell; null for anything else.
 *
 * @param {HTMLElement} place
 */
function indexOf({ dataset }) {
  return dataset.index === undefined ? null : dataset.index.split(",").filter(Boolean).map(Number);
}

/**
 * Back to the cell that was edited, once it is drawn.
 *
 * @param {string} matrix
 * @param {number[]} index
 */
function focusCell(matrix, index) {
  afterDrawing(() => {
    /** @type {HTMLElement | null} */ (
      tree.root.querySelector(`[data-matrix="${matrix}"] [data-index="${index.join(",")}"]`)
    )?.focus();
  });
}

/**
 * The place on the screen of a cell that is known by its own index.
 *
 * @param {string} matrix
 * @param {number[]} index
 */
function drawnIndex(matrix, index) {
  const focused = tree.root
    .querySelector(`[data-matrix="${matrix}"] .cell-editor`)
    ?.closest("[data-index]");
  return (focused && indexOf(/** @type {HTMLElement} */ (focused))) ?? index;
}
