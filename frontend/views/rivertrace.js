/**
 * A path from an element to the loss, as it runs along the river.
 *
 * @import { Course, Place } from "../lib/course.js"
 * @import { Link, Path } from "../lib/path.js"
 * @import { Point } from "../lib/ribbon.js"
 * @typedef {object} Traced
 * @property {string} line    the way as an SVG path
 * @property {Map<string, number>} factors   by the part of an operation: its local derivative
 * @property {Map<string, number>} products  by the part of a tensor: the gradient that arrives there
 * @property {{id: string, code: string, gradient: number} | null} start
 */

import { targetCode } from "../lib/explanation.js";
import { pathOf, smooth } from "../lib/ribbon.js";
import { hangingLine } from "./riverfigure.js";

/**
 * @param {Course} course
 * @param {Path} path
 * @returns {Traced}
 */
export function tracedOn(course, path) {
  const places = [...course.places.values()];
  /** @type {Map<string, number>} */
  const factors = new Map();
  /** @type {Map<string, number>} */
  const products = new Map();
  /** @type {Place[]} */
  const along = [];
  for (const link of path.slice(1)) {
    for (const place of stationsOf(places, link)) {
      const { id, kind, tensor } = place.part;
      if (along[along.length - 1] !== place) along.push(place);
      if (kind === "pill" || kind === "cards")
        factors.set(id, (factors.get(id) ?? 1) * link.derivative);
      else if (tensor === link.tensor) products.set(id, link.gradient);
    }
  }
  const [first] = path;
  const begin = beginOf(course, first, along[0]);
  return {
    line: [...begin.lines, ...linesAlong(course, along)].map((line) => pathOf(line)).join(""),
    factors,
    products,
    start: begin.id
      ? { id: begin.id, code: targetCode({ ...first, field: "value" }), gradient: first.gradient }
      : null,
  };
}

/**
 * The parts at which a link stands: what makes it, and its picture.
 *
 * @param {Place[]} places
 * @param {Link} link
 */
function stationsOf(places, { tensor }) {
  return places.filter(
    ({ part }) =>
      part.step >= 0 &&
      (part.tensor === tensor ||
        ((part.kind === "cards" || part.kind === "pill") &&
          (part.node.fold?.tensors.has(tensor) ?? false))),
  );
}

/**
 * @param {Course} course
 * @param {Link} first
 * @param {Place | undefined} next
 * @returns {{id: string | null, lines: Point[][]}}
 */
function beginOf(course, first, next) {
  if (!next) return { id: null, lines: [] };
  const hung = course.hung.find(
    ({ hung: { tensor }, on }) => tensor === first.tensor && on === next,
  );
  if (hung) return { id: hung.hung.id, lines: [hangingLine(hung)] };
  const way = course.ways.find(
    ({ stream }) => stream.to === next.part.id && stream.tensor === first.tensor,
  );
  return way
    ? { id: way.stream.from, lines: way.pieces.map((piece) => smooth(piece)) }
    : { id: null, lines: [] };
}

/** @param {Course} course @param {Place[]} along @returns {Point[][]} */
function linesAlong(course, along) {
  return along.slice(1).flatMap((place, at) => {
    const way = course.ways.find(
      ({ stream }) => stream.from === along[at].part.id && stream.to === place.part.id,
    );
    return way ? way.pieces.map((piece) => smooth(piece)) : [];
  });
}
