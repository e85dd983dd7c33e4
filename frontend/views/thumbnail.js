/**
 * What a step makes, as a picture as large as a letter or two.
 *
 * @import { VNode } from "../lib/h.js"
 * @import { Palette, Step, Trace } from "../lib/types.js"
 */

import { h } from "../lib/h.js";
import { span } from "../lib/tint.js";
import { imageTensor } from "../lib/images.js";
import { scalesOf } from "../lib/scale.js";
import { asTensor } from "../lib/tensor.js";
import { paint, photographic } from "../lib/thumbnail.js";

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
 * Dotted until its step has run.
 *
 * @param {Step} step
 * @param {Trace} trace
 * @param {number} cursor
 * @param {Palette | null} palette
 * @returns {VNode}
 */
export function thumbnailView(step, trace, cursor, palette) {
  const listed = listedResult(step, trace);
  // Of a tensor with an exercise only the gradient is covered: what the forward pass made is known.
  const covered =
    step.hidden || (step.of.field === "gradient" && trace.tensors[step.of.tensor]?.hidden);
  if (step.index > cursor || listed === undefined || listed === null || covered || !palette)
    return h("span", { class: "thumbnail coming" });
  const { data } = asTensor(listed, step.shape);
  const photo = step.of.field === "value" && step.of.tensor === imageTensor(trace);
  const scale = photo
    ? span(data)
    : scalesOf(trace)[step.of.field === "gradient" ? "gradient" : "value"] || span(data);
  const look = photo ? photographic(palette) : palette;
  return h("canvas", {
    class: "thumbnail",
    hook: (/** @type {HTMLCanvasElement & {shows?: unknown[]}} */ canvas) => {
      const shows = [listed, scale, look];
      if (canvas.shows?.every((one, at) => one === shows[at])) return;
      canvas.shows = shows;
      paint(canvas, data, step.shape, scale, look);
    },
  });
}
