/**
 * A sample as a small picture, where the program has images: the input, or what it is rearranged to.
 *
 * @import { VNode } from "../lib/h.js"
 * @import { Palette, Trace } from "../lib/types.js"
 */

import { mix } from "../lib/colour.js";
import { h } from "../lib/h.js";
import { span } from "../lib/tint.js";
import { imageTensor } from "../lib/images.js";
import { asTensor, size } from "../lib/tensor.js";

/**
 * The picture of a sample; undefined where samples are no images, or their numbers are not here.
 *
 * @param {Trace | null} trace
 * @param {{shape: number[], value: any} | null} read  of a trace that does not list them
 * @param {Palette | null} palette
 * @returns {((sample: number) => VNode) | undefined}
 */
export function photoOf(trace, read, palette) {
  const images = trace && imagesOf(trace, read);
  if (!images || !palette) return undefined;
  return (sample) =>
    h("canvas", {
      class: "photo",
      hook: (/** @type {HTMLCanvasElement & {shows?: unknown[]}} */ canvas) => {
        const shows = [images.data, sample, palette];
        if (canvas.shows?.every((one, at) => one === shows[at])) return;
        canvas.shows = shows;
        paint(canvas, images, sample, palette);
      },
    });
}

/** @param {Trace} trace @param {{shape: number[], value: any} | null} read */
function imagesOf(trace, read) {
  const name = imageTensor(trace);
  if (name === null) return null;
  const { shape, value } = trace.tensors[name];
  const listed = value ?? (String(read?.shape) === String(shape) ? read?.value : undefined);
  return typeof listed === "object" && listed !== null
    ? { data: asTensor(listed, shape).data, shape }
    : null;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {{data: ArrayLike<number>, shape: number[]}} images
 * @param {number} sample
 * @param {Palette} palette
 */
function paint(canvas, { data, shape }, sample, palette) {
  const [rows, columns] = shape.slice(-2);
  Object.assign(canvas, { width: columns, height: rows });
  const context = canvas.getContext("2d");
  const begin = sample * size(shape.slice(1));
  const largest = span(data) || 1;
  if (!context || sample >= shape[0]) return;
  for (let row = 0; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1) {
      const strength = Math.abs(data[begin + row * columns + column]) / largest;
      context.fillStyle = mix(palette.mid, palette.ink, strength);
      context.fillRect(column, row, 1, 1);
    }
}
