/**
 * What one can point at and click on the river.
 *
 * @import { Norms } from "../lib/norms.js"
 * @import { Part } from "../lib/river.js"
 * @import { Sight } from "./riverfigure.js"
 */

import { printOne, printShape } from "../lib/numbers.js";
import { escapeText } from "./rivertexts.js";

const SIZE = 30;

/** @param {Sight} sight */
export function targetsOf({ course, trace, norms, digits, zoom }) {
  const spots = [
    ...[...course.places.values()].map(({ part, x, y }) => ({
      x,
      y,
      tensor: part.tensor,
      fold: part.kind === "cards" ? part : null,
    })),
    ...course.hung.map(({ hung, x, y }) => ({ x, y, tensor: hung.tensor, fold: null })),
  ];
  return {
    type: "scatter",
    mode: "markers",
    x: spots.map(({ x }) => x),
    y: spots.map(({ y }) => y),
    customdata: spots.map(({ tensor, fold }) => fold?.node.fold?.key ?? tensor),
    text: spots.map(({ tensor, fold }) =>
      [
        `<b>${escapeText(tensor)}</b>  ${printShape(trace.tensors[tensor].shape)}`,
        madeBy(tensor, fold, trace),
        ...normsTold(norms.get(tensor), digits),
      ].join("<br>"),
    ),
    hoverinfo: "text",
    marker: { size: SIZE * zoom, color: "rgba(0,0,0,0)" },
    cliponaxis: false,
  };
}

/** @param {string} tensor @param {Part | null} fold @param {import("../lib/types.js").Trace} trace */
function madeBy(tensor, fold, trace) {
  if (fold) return escapeText(fold.node.fold?.told ?? "");
  const { ready, role } = trace.tensors[tensor];
  if (ready.value === null) return role;
  const { output, code } = trace.steps[ready.value];
  return escapeText(`${output} = ${code}`);
}

/** @param {Norms | undefined} norms @param {number} digits */
function normsTold(norms, digits) {
  const { value = null, gradient = null } = norms ?? {};
  return [
    ...(value === null ? [] : [`norm ${printOne(value, digits)}`]),
    ...(gradient === null ? [] : [`norm of the gradient ${printOne(gradient, digits)}`]),
  ];
}
