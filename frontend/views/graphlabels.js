/**
 * Names and shapes beside the edges of the graph: each at the first place along its edge where it
 * covers no node, no other
 * label and, where that can be, no edge. Where there is none it is left out; pointing at a node
 * tells the shape.
 *
 * @import { GraphEdge } from "../lib/graph.js"
 * @import { Box } from "./graphfigure.js"
 * @typedef {{x: number, y: number}} Place
 * @typedef {{edge: GraphEdge, points: Place[]}} Way  an edge from border to border
 * @typedef {{x: number, y: number, text: string, flat: boolean}} Label
 * @typedef {{left: number, right: number, top: number, bottom: number}} Area
 */

import { printShape } from "../lib/numbers.js";

const LETTER = 6.35;
const LINE = 13.5;
/** So far a node reaches above and below the line through it. */
const NODE = 18;
const LONGEST_NAME = 6;
/** From this many uses of one tensor on, one label is enough. */
const MANY = 4;

/**
 * @param {Way[]} ways
 * @param {Map<string, Box>} boxes
 * @param {{width: number, height: number}} room
 * @returns {Label[]}
 */
export function labelsOf(ways, boxes, room) {
  const taken = [...boxes.values()].flatMap(areasOf);
  const uses = new Map(
    ways.map(({ edge }) => [
      edge.tensor,
      ways.filter((way) => way.edge.tensor === edge.tensor).length,
    ]),
  );
  const done = new Set();
  return ways.flatMap(({ edge, points }) => {
    if (done.has(edge.tensor) && (uses.get(edge.tensor) ?? 0) >= MANY) return [];
    const free = candidates(edge, points, boxes).filter(({ area }) => isFree(area, taken, room));
    const found =
      free.find(
        ({ area, label }) =>
          !ways.some((way) => (label.flat || way.points !== points) && isCrossed(area, way.points)),
      ) ?? free[0];
    if (!found) return [];
    done.add(edge.tensor);
    taken.push(found.area);
    return [found.label];
  });
}

/** What a node covers; round ones leave their corners free. @param {Box} box @returns {Area[]} */
function areasOf({ x, y, halfWidth, halfHeight, node }) {
  const area = (/** @type {number} */ wide, /** @type {number} */ high) => ({
    left: x - wide,
    right: x + wide,
    top: y - high,
    bottom: y + high,
  });
  if (node.kind !== "operation" || node.fold) return [area(halfWidth, halfHeight)];
  return [area(halfWidth, 0.36 * halfHeight), area(halfWidth - 0.25 * halfHeight, halfHeight)];
}

/** @param {Area} area @param {Area[]} taken @param {{width: number, height: number}} room */
function isFree({ left, right, top, bottom }, taken, { width, height }) {
  if (left < 0 || right > width || top < 0 || bottom > height) return false;
  return taken.every(
    (other) =>
      right <= other.left || left >= other.right || bottom <= other.top || top >= other.bottom,
  );
}

/** Does a way lead through an area? @param {Area} area @param {Place[]} points */
function isCrossed(area, points) {
  return points.slice(1).some((b, at) => cuts(area, points[at], b));
}

/**
 * Is a part of the line from a to b in the area?
 *
 * @param {Area} area
 * @param {Place} a
 * @param {Place} b
 */
function cuts({ left, right, top, bottom }, a, b) {
  if (
    Math.max(a.x, b.x) < left ||
    Math.min(a.x, b.x) > right ||
    Math.max(a.y, b.y) < top ||
    Math.min(a.y, b.y) > bottom
  )
    return false;
  const side = (/** @type {number} */ x, /** @type {number} */ y) =>
    Math.sign((b.x - a.x) * (y - a.y) - (b.y - a.y) * (x - a.x));
  const corners = [side(left, top), side(right, top), side(left, bottom), side(right, bottom)];
  return !corners.every((corner) => corner === corners[0]);
}

/**
 * Where a label may stand, the best place first.
 *
 * @param {GraphEdge} edge
 * @param {Place[]} points
 * @param {Map<string, Box>} boxes
 * @returns {{label: Label, area: Area}[]}
 */
function candidates(edge, points, boxes) {
  const caption = boxes.get(edge.from)?.node.caption ?? "";
  const shape = printShape(edge.shape);
  const texts = caption && caption.length <= LONGEST_NAME ? [[caption, shape], [shape]] : [[shape]];
  const first = points.length > 3 ? 1 : 0; // a way around others is labelled where it is level
  const segments = points
    .slice(1)
    .map((_, at) => at)
    .sort((a, b) => Number(b === first) - Number(a === first));
  return texts.flatMap((lines) =>
    segments.flatMap((at) => along(points[at], points[at + 1], lines, shape)),
  );
}

/**
 * @param {Place} a
 * @param {Place} b
 * @param {string[]} lines
 * @param {string} shape
 * @returns {{label: Label, area: Area}[]}
 */
function along(a, b, lines, shape) {
  const flat = Math.abs(b.y - a.y) < 14;
  if (!flat && lines.length > 1) return [];
  const [width, height] = [
    Math.max(...lines.map((line) => line.length)) * LETTER,
    lines.length * LINE,
  ];
  const begin = flat
    ? 0.5
    : Math.min(
        0.5,
        Math.max(0.34, ((shape.length * LETTER) / 2 + 6) / Math.max(1, Math.abs(b.x - a.x))),
      );
  const beside = height / 2 + 6.5;
  const beyond = height / 2 + NODE;
  const shifts = flat ? [-beside, beside, ...(lines.length > 1 ? [] : [0]), -beyond, beyond] : [0];
  const text = lines
    .map((line, at) => (at < lines.length - 1 ? `<b>${escapeText(line)}</b>` : line))
    .join("<br>");
  return shifts.flatMap((shift) =>
    [begin, 0.5, 0.35, 0.65, 0.22, 0.78].map((part) => {
      const [x, y] = [a.x + part * (b.x - a.x), a.y + part * (b.y - a.y) + shift];
      return {
        label: { x, y, text, flat: shift !== 0 },
        area: {
          left: x - width / 2,
          right: x + width / 2,
          top: y - height / 2,
          bottom: y + height / 2,
        },
      };
    }),
  );
}

/** Plotly reads a little HTML in texts; names come from users. @param {string} text */
export function escapeText(text) {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}
