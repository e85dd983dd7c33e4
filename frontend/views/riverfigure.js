/**
 * The river as a Plotly figure: shapes, images and texts at positions in pixels, so that what is
 * drawn at zoom 1 is what was measured. How many shapes there are depends neither on the numbers
 * nor on the cursor.
 *
 * @import { Course, HungPlace, Place } from "../lib/course.js"
 * @import { Norms } from "../lib/norms.js"
 * @import { Figure } from "../lib/plotly.js"
 * @import { Point } from "../lib/ribbon.js"
 * @import { Hung, Stream } from "../lib/river.js"
 * @import { Palette, Step, Trace } from "../lib/types.js"
 * @import { Traced } from "./rivertrace.js"
 * @typedef {object} Sight what is seen of the river now
 * @property {Course} course
 * @property {Trace} trace
 * @property {number} cursor
 * @property {Step} step
 * @property {string | null} selected
 * @property {Palette} palette
 * @property {number} zoom
 * @property {number} digits
 * @property {Map<string, Norms>} norms
 * @property {(norm: number | null) => number} width  of the ribbon for a norm
 * @property {Set<string>} [stopped]  tensors whose gradient ends for some units
 * @property {(tensor: string) => string | null} picture  the address of a tensor's image
 * @property {Traced | null} traced
 * @property {boolean} legend
 * @property {"above" | "below"} names
 */

import { mix } from "../lib/colour.js";
import { UNKNOWN } from "../lib/norms.js";
import { band, beside, box, capsule, hanging, dots, pathOf, smooth, stump } from "../lib/ribbon.js";
import { isNow } from "../lib/river.js";
import { targetsOf } from "./rivertargets.js";
import { textsOf } from "./rivertexts.js";

/** How much of its colour a ribbon has; of those beside a traced path less. */
const [FULL, DIM] = [0.72, 0.28];
const STUMP = 6;
/** Of units that are off beside those that are not: thinner, and so far from the ribbon. */
const [THIN_STUMP, APART] = [3, 2];
/** The cards behind a node that stands for several are so far off. */
const CARD = 3;

/**
 * The figure is as large as the course; what shows it scrolls.
 *
 * @param {Sight} sight
 * @returns {Figure}
 */
export function riverFigure(sight) {
  const { course, palette, zoom } = sight;
  const { width, height } = course;
  return {
    data: [textsOf(sight), targetsOf(sight)],
    layout: {
      width: width * zoom,
      height: height * zoom,
      margin: { l: 0, r: 0, t: 0, b: 0 },
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      xaxis: { range: [0, width], visible: false, fixedrange: true },
      yaxis: { range: [height, 0], visible: false, fixedrange: true },
      dragmode: false,
      hovermode: "closest",
      showlegend: false,
      shapes: shapesOf(sight),
      images: imagesOf(sight),
      hoverlabel: {
        bgcolor: palette.panel,
        bordercolor: palette.ink,
        font: {
          color: palette.ink,
          size: 12,
          family: "ui-monospace, 'DejaVu Sans Mono', monospace",
        },
      },
    },
    view: viewOf(sight),
  };
}

/** @param {Sight} sight */
function shapesOf(sight) {
  const { course, palette, step, zoom, traced, cursor, selected } = sight;
  const shape = (
    /** @type {string} */ path,
    /** @type {string} */ fillcolor,
    /** @type {string} */ color = "rgba(0,0,0,0)",
    /** @type {number} */ width = 0,
    dash = "solid",
  ) => ({
    type: "path",
    path: path || "M0,0Z",
    layer: "below",
    fillcolor,
    line: { color, width: width * zoom, dash },
    fillrule: "nonzero",
  });
  const none = "rgba(0,0,0,0)";
  const { skeleton, values, gradients } = ribbonsOf(sight);
  const share = traced ? DIM : FULL;
  const accent =
    step.phase === "forward"
      ? palette.value
      : step.phase === "backward"
        ? palette.grad
        : palette.ink;
  const streams = course.ways.map(({ stream }) => stream);
  const all = [...course.places.values()];
  const now = all.filter((place) => isNow(place.part, step, streams));
  const chosen = all.filter(({ part }) => part.kind !== "pill" && stands(part, selected));
  const pictures = framesOf(sight);
  const ready = pictures.filter((one) => one.ready);
  const inked = mix(palette.panel, palette.ink, 0.75);
  const hungNow =
    step.phase === "forward"
      ? []
      : pictures.filter((one) => one.hung && one.tensor === step.of.tensor);
  const losses = all.filter(({ part }) => part.kind === "loss");
  const known = losses.filter(({ part }) => cursor >= part.step);
  return [
    shape(
      [
        ...chosen.map(({ part, x, y }) => box(x, y, part.width + 10, part.height + 10)),
        ...pictures
          .filter((one) => one.hung && one.tensor === selected)
          .map(({ x, y, width, height }) => box(x, y, width + 8, height + 8)),
      ].join(""),
      palette.lit,
    ),
    shape(skeleton, none, palette.skeleton, 1.5),
    shape(values, mix(palette.panel, palette.value, share)),
    shape(gradients, mix(palette.panel, palette.grad, share)),
    shape(traced?.line ?? "", none, palette.ink, 2.6),
    shape(
      course.ties.map(({ from, to, low }) => hanging(from, to, low)).join(""),
      none,
      palette.soft,
      1,
      "2px,2px",
    ),
    shape(frames(pictures.filter((one) => !one.ready)), palette.panel, inked, 1),
    shape(dotted(pictures.filter((one) => !one.ready)), none, palette.skeleton, 1),
    shape(frames(ready), none, inked, 1.2),
    shape(pillsOf(all.filter((one) => !now.includes(one))), palette.panel, inked, 1.2),
    shape(frames(losses.map(plain)), palette.panel, inked, 1.2),
    shape(frames(known.map(plain)), palette.ink, palette.ink, 1.2),
    shape(pillsOf(now), palette.panel, accent, 3),
    shape(
      frames([
        ...now.filter(({ part }) => part.kind === "picture" || part.kind === "loss").map(plain),
        ...hungNow,
      ]),
      none,
      accent,
      3,
    ),
  ];
}

/** Does a part stand for a tensor? @param {Place["part"]} part @param {string | null} tensor */
export function stands(part, tensor) {
  return part.tensor === tensor || (part.node.fold?.tensors.has(tensor ?? "") ?? false);
}

/** @typedef {{x: number, y: number, width: number, height: number}} Area */

/** @param {Place} place @returns {Area} */
function plain({ part, x, y }) {
  return { x, y, width: part.width, height: part.height };
}

/** @param {Area[]} areas */
function frames(areas) {
  return areas.map(({ x, y, width, height }) => box(x, y, width, height)).join("");
}

/** @param {Area[]} areas */
function dotted(areas) {
  return areas.map(({ x, y, width, height }) => dots(x, y, width, height)).join("");
}

/** @param {Place[]} places */
function pillsOf(places) {
  return places
    .map(({ part: { kind, width, height }, x, y }) => {
      const pill = capsule(x, y, width, height);
      if (kind === "pill") return pill;
      if (kind !== "cards") return "";
      return capsule(x + CARD, y - CARD, width, height) + pill;
    })
    .join("");
}

/**
 * Every picture of a tensor, whether its numbers are known yet.
 *
 * @param {Sight} sight
 * @returns {(Area & {tensor: string, ready: boolean, hung: boolean})[]}
 */
export function framesOf({ course, trace, cursor }) {
  const isReady = (/** @type {string} */ tensor) =>
    cursor >= (trace.tensors[tensor].ready.value ?? -1);
  return [
    ...[...course.places.values()]
      .filter(({ part }) => part.kind === "picture")
      .map((place) => ({
        ...plain(place),
        tensor: place.part.tensor,
        ready: isReady(place.part.tensor),
        hung: false,
      })),
    ...course.hung.map(({ hung: { tensor, width, height }, x, y }) => ({
      x,
      y,
      width,
      height,
      tensor,
      ready: isReady(tensor),
      hung: true,
    })),
  ];
}

/** @param {Sight} sight */
function imagesOf(sight) {
  return framesOf(sight).map(({ x, y, width, height, tensor, ready }) => ({
    source: (ready && sight.picture(tensor)) || "",
    xref: "x",
    yref: "y",
    x: x - width / 2,
    y: y - height / 2,
    sizex: width,
    sizey: height,
    sizing: "stretch",
    layer: "below",
  }));
}

/**
 * The lines of what is not reached, and the ribbons of what is: values at the left of the way, and
 * gradients, which come back, at the right.
 *
 * @param {Sight} sight
 */
function ribbonsOf(sight) {
  const { course } = sight;
  const paths = { skeleton: "", values: "", gradients: "" };
  for (const { stream, pieces } of course.ways)
    addRibbon(
      paths,
      sight,
      stream,
      pieces.map((piece) => smooth(piece)),
    );
  for (const place of course.hung) addRibbon(paths, sight, place.hung, [hangingLine(place)]);
  return paths;
}

/**
 * From what hangs below up to what it hangs on.
 *
 * @param {HungPlace} place
 * @returns {Point[]}
 */
export function hangingLine({ hung, on, x, y }) {
  const reach = Math.max(0, on.part.width / 2 - 9);
  const end = on.x + Math.max(-reach, Math.min(reach, hung.x));
  return smooth(
    [
      { x, y: y - hung.height / 2 },
      { x: end, y: on.y + on.part.height / 2 },
    ],
    true,
  );
}

/**
 * @param {{skeleton: string, values: string, gradients: string}} paths
 * @param {Sight} sight
 * @param {Stream | Hung} stream
 * @param {Point[][]} lines
 */
function addRibbon(paths, { cursor, norms, width, stopped }, { tensor, reached, backward }, lines) {
  const { value, gradient } = norms.get(tensor) ?? { value: null, gradient: null };
  const forward = cursor >= reached ? width(value) : 0;
  const back = cursor >= backward ? width(gradient) : 0;
  if (forward === 0 && back === 0) paths.skeleton += lines.map((line) => pathOf(line)).join("");
  for (const line of lines) {
    if (forward > 0) paths.values += band(line, 0, forward);
    if (back > 0) paths.gradients += band(line, -back, 0);
  }
  if (cursor >= backward && gradient === 0)
    paths.gradients += stump(lines[lines.length - 1], Math.max(STUMP, UNKNOWN));
  else if (back > 0 && stopped?.has(tensor))
    paths.gradients += stump(beside(lines[lines.length - 1], -back - APART), THIN_STUMP);
}

/**
 * What should be in view: the part of the step, and what was chosen last.
 *
 * @param {Sight} sight
 */
function viewOf({ course, step, selected, zoom }) {
  const streams = course.ways.map(({ stream }) => stream);
  const all = [...course.places.values()];
  const current = all.find((place) => isNow(place.part, step, streams));
  const below = course.hung.find(({ hung }) => hung.tensor === selected);
  const chosen = all.find(({ part }) => stands(part, selected)) ?? below;
  const spot = (/** @type {Point | undefined} */ place, /** @type {number} */ across) =>
    place && { x: place.x * zoom, y: place.y * zoom, across };
  return {
    content: course,
    step: [step.index, step.phase].join(),
    chosen: selected ?? "",
    current: spot(current, step.phase === "forward" ? 0.65 : 0.35),
    selected: spot(chosen, 0.5),
  };
}
