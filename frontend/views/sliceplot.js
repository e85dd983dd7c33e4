/**
 * The loss along a number that is given, as a small picture, and what it tells.
 *
 * @import { SlicePlot } from "../lib/answers.js"
 */

import { fromWire, signed } from "../lib/numbers.js";
import { cellName } from "../lib/tensor.js";
import { lossCurve } from "./losscurve.js";

/** Of the column at its narrowest. */
const WIDTH = 300;

/** @param {SlicePlot} answer */
export function slicePlot(answer) {
  const { parameter, index, value, loss, gradient, values, losses } = answer;
  const told = signed(answer.text);
  const plot = lossCurve({
    name: cellName(parameter, index, null),
    label: told,
    values: values.map(fromWire),
    losses: losses.map(fromWire),
    now: { at: fromWire(value), loss: fromWire(loss), slope: fromWire(gradient) },
    old: null,
    width: WIDTH,
  });
  return { plot, told };
}
