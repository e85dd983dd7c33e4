/**
 * What a step makes, as a picture as large as a letter or two.
 *
 * @import { VNode } from "../lib/h.js"
 * @import { Palette, Step, Trace } from "../lib/types.js"
 */

import { h } from "../lib/h.js";
import { scalesOf } from "../lib/scale.js";
import { asTensor } from "../lib/tensor.js";
import { paint } from "../lib/thumbnail.js";

/**
 * The numbers of a step's result where the trace lists them.
 *
 * @param {Step} step
 * @param {Trace} trace
 */
export function listedResult(step, trace) {
  if (step.value !== undefined) return step.value;
  const record = trace.tensors[step.of.tensor];
  if (!record || step.of.part || step.of.field === "next") return undefined;
  return record[step.of.field];
}

/**
 * Hatched until its step has run.
 *
 * @param {Step} step
 * @param {Trace} trace
 * @param {number} cursor
 * @param {Palette | null} palette
 * @returns {VNode}
 */
export function thumbnailView(step, trace, cursor, palette) {
  const listed = listedResult(step, trace);
  const covered = step.veiled || trace.tensors[step.of.tensor]?.veiled;
  if (step.index > cursor || listed === undefined || listed === null || covered || !palette)
    return h("span", { class: "thumbnail coming" });
  const { data } = asTensor(listed, step.shape);
  const scale = scalesOf(trace)[step.of.field === "gradient" ? "gradient" : "value"];
  return h("canvas", {
    class: "thumbnail",
    hook: (/** @type {HTMLCanvasElement & {shows?: unknown[]}} */ canvas) => {
      const shows = [listed, scale, palette];
      if (canvas.shows?.every((one, at) => one === shows[at])) return;
      canvas.shows = shows;
      paint(canvas, data, step.shape, scale, palette);
    },
  });
}
