/**
 * The numbers of a tensor as an image, for a plot to show.
 *
 * @import { Palette, Trace } from "./types.js"
 */

import { span } from "./tint.js";
import { imageTensor } from "./images.js";
import { scalesOf } from "./scale.js";
import { asTensor } from "./tensor.js";
import { paint, photographic } from "./thumbnail.js";

/** Pixels at least, so that cells keep sharp edges when the image is drawn smaller or larger. */
const LEAST = 112;

/** @type {WeakMap<object, {scale: number, palette: Palette, address: string}>} */
const known = new WeakMap();
/** @type {{small: HTMLCanvasElement, large: HTMLCanvasElement} | null} */
let canvases = null;

/**
 * Its address; null where the numbers are not at hand.
 *
 * @param {Trace} trace
 * @param {string} name
 * @param {Palette} palette
 * @returns {string | null}
 */
export function pictureAddress(trace, name, palette) {
  const { value, shape } = trace.tensors[name];
  if (value === undefined || value === null || typeof value !== "object") return null;
  const photo = name === imageTensor(trace);
  return addressOf(
    value,
    shape,
    photo ? span(asTensor(value, shape).data) : scalesOf(trace).value,
    photo ? photographic(palette) : palette,
  );
}

/**
 * @param {any} value
 * @param {number[]} shape
 * @param {number} scale
 * @param {Palette} palette
 */
function addressOf(value, shape, scale, palette) {
  const found = known.get(value);
  if (found && found.scale === scale && found.palette === palette) return found.address;
  const address = painted(asTensor(value, shape).data, shape, scale, palette);
  known.set(value, { scale, palette, address });
  return address;
}

/**
 * @param {ArrayLike<number>} data
 * @param {number[]} shape
 * @param {number} scale
 * @param {Palette} palette
 */
function painted(data, shape, scale, palette) {
  canvases ??= {
    small: document.createElement("canvas"),
    large: document.createElement("canvas"),
  };
  const { small, large } = canvases;
  paint(small, data, shape, scale, palette);
  const times = Math.max(1, Math.ceil(LEAST / Math.max(small.width, small.height)));
  large.width = small.width * times;
  large.height = small.height * times;
  const context = large.getContext("2d");
  if (!context) return small.toDataURL();
  context.imageSmoothingEnabled = false;
  context.drawImage(small, 0, 0, large.width, large.height);
  return large.toDataURL();
}
