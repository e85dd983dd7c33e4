/**
 * The texts of the river: names beside what they name, symbols in their pills, the loss in its box,
 * and along a traced path the factors and their products.
 *
 * @import { Sight } from "./riverfigure.js"
 * @typedef {{x: number, y: number, text: string, color: string, size: number, place: string, mono: boolean}} Text
 */

import { fromWire, printOne } from "../lib/numbers.js";
import { BESIDE, isNow, nameWidth } from "../lib/river.js";

const SANS = "system-ui, 'DejaVu Sans', sans-serif";
const MONO = "ui-monospace, 'DejaVu Sans Mono', monospace";
const [CAPTION, CONTROL] = [12, 13];
/** Below a picture stand the product of a path and what it is the gradient of. */
const [PRODUCT, WHOSE] = [14, 30];
/** The legend, in words and shortly, with the room that each takes. */
const LEGENDS = [
  { words: "ribbon width: log of the norm&nbsp;&nbsp;", room: 335 },
  { words: "", room: 160 },
];
const FOOT = 9;
/** How high a line of text is. */
const LINE = 14;

/** Plotly reads a little HTML in texts; names come from users. @param {string} text */
export function escapeText(text) {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

/** One trace of them all. @param {Sight} sight */
export function textsOf(sight) {
  const texts = [
    ...namesOf(sight),
    ...continuedOf(sight),
    ...(sight.traced ? pathTexts(sight) : []),
    ...(sight.legend ? legendOf(sight) : []),
  ];
  return {
    type: "scatter",
    mode: "text",
    x: texts.map(({ x }) => x),
    y: texts.map(({ y }) => y),
    text: texts.map(({ text }) => text),
    textposition: texts.map(({ place }) => place),
    textfont: {
      size: texts.map(({ size }) => size * sight.zoom),
      color: texts.map(({ color }) => color),
      family: texts.map(({ mono }) => (mono ? MONO : SANS)),
    },
    hoverinfo: "skip",
    cliponaxis: false,
  };
}

/** @param {Sight} sight @returns {Text[]} */
function namesOf(sight) {
  const { course, step, palette, traced, trace, cursor, names } = sight;
  const streams = course.ways.map(({ stream }) => stream);
  const plain = { color: palette.ink, size: CONTROL, place: "middle center" };
  const number = (/** @type {string} */ tensor) => {
    const { value, ready } = trace.tensors[tensor];
    const known = cursor >= (ready.value ?? -1) && value !== undefined && typeof value !== "object";
    return known ? printOne(fromWire(/** @type {any} */ (value)), sight.digits) : "?";
  };
  /** @type {Text[]} */
  const texts = [];
  for (const place of course.places.values()) {
    const { part, x, y } = place;
    const scalar = part.kind === "picture" && trace.tensors[part.tensor].shape.length === 0;
    if (part.text) {
      const text = escapeText(part.text);
      const bold = isNow(place.part, step, streams);
      texts.push({ ...plain, x, y, text: bold ? `<b>${text}</b>` : text, mono: false });
    }
    if (part.name && !(traced && traced.products.has(part.id)))
      texts.push({
        ...plain,
        x,
        y: names === "above" ? y - course.named : y + part.height / 2 + 8,
        text: escapeText(part.name),
        mono: true,
      });
    if (part.kind === "loss" || scalar)
      texts.push({
        ...plain,
        x,
        y,
        text: number(part.tensor),
        color: part.kind === "loss" && cursor >= part.step ? palette.panel : palette.ink,
        size: CAPTION,
        mono: true,
      });
  }
  for (const { hung, x, y } of course.hung) {
    if (!(traced && traced.start?.id === hung.id))
      texts.push({
        ...plain,
        x: x + hung.width / 2 + BESIDE,
        y,
        text: escapeText(hung.name),
        place: "middle right",
        mono: true,
      });
    if (trace.tensors[hung.tensor].shape.length === 0)
      texts.push({ ...plain, x, y, text: number(hung.tensor), size: CAPTION, mono: true });
  }
  return texts;
}

/**
 * Where a ribbon goes on in the next row it is said whose it is, if nothing else stands there.
 *
 * @param {Sight} sight
 * @returns {Text[]}
 */
function continuedOf({ course, palette, trace }) {
  const taken = [...course.places.values()].map(({ part, x, y }) => ({
    left: x - Math.max(part.width, nameWidth(part.name)) / 2,
    top: y - (part.name ? course.named + LINE / 2 : part.height / 2),
    bottom: y + part.height / 2,
  }));
  return course.ways.flatMap(({ stream: { tensor }, pieces }) =>
    pieces.slice(1).flatMap(([{ x, y }]) => {
      const name = trace.tensors[tensor].assigned ?? "";
      const [right, top, bottom] = [x + nameWidth(name), y - BESIDE - LINE, y - BESIDE];
      const isTaken = taken.some(
        (one) => one.left < right + BESIDE && one.top < bottom && one.bottom > top,
      );
      if (!name || isTaken) return [];
      taken.push({ left: x, top, bottom });
      return [
        {
          ...{ x, y: bottom - LINE / 2 + 2, text: escapeText(name), color: palette.soft },
          ...{ size: CAPTION, place: "middle right", mono: true },
        },
      ];
    }),
  );
}

/**
 * Each local derivative above its operation, and the product so far below its tensor.
 *
 * @param {Sight} sight
 * @returns {Text[]}
 */
function pathTexts({ course, palette, traced, digits }) {
  if (!traced) return [];
  const { factors, products, start } = traced;
  const print = (/** @type {number} */ number) => printOne(number, digits);
  const bold = (/** @type {string} */ text) => `<b>${text}</b>`;
  const center = { size: CONTROL, place: "middle center", mono: false };
  const places = [...course.places.values()];
  return [
    ...thinned(
      places
        .filter(({ part }) => factors.has(part.id))
        .map(({ part, x, y }) => ({
          x,
          y: y - course.named,
          factor: /** @type {number} */ (factors.get(part.id)),
        })),
      print,
    ).map(({ x, y, text }) => ({ ...center, x, y, text: bold(text), color: palette.grad })),
    ...places
      .filter(({ part }) => products.has(part.id))
      .flatMap(({ part, x, y }) => {
        const below = y + part.height / 2;
        const product = /** @type {number} */ (products.get(part.id));
        if (!isFreeBelow(course, { part, x, y }))
          return [
            {
              ...{ ...center, x, y: y - course.named, mono: true },
              text: `<b>${escapeText(`${part.name}.g`)} = ${print(product)}</b>`,
              color: palette.ink,
            },
          ];
        return [
          { ...center, x, y: below + PRODUCT, text: bold(print(product)), color: palette.ink },
          {
            ...center,
            x,
            y: below + WHOSE,
            text: escapeText(`${part.name}.g`),
            color: palette.soft,
            size: CAPTION,
            mono: true,
          },
        ];
      }),
    ...startOf(course, start, products, palette, print),
  ];
}

/**
 * Is there room for two lines below a picture, or does another one with its name stand there, or
 * hang from it?
 *
 * @param {Sight["course"]} course
 * @param {Pick<import("../lib/course.js").Place, "part" | "x" | "y">} place
 */
function isFreeBelow({ places, hung, named, height }, { part, x, y }) {
  const end = y + part.height / 2 + WHOSE + LINE / 2;
  if (end > height || hung.some(({ on }) => on.part.id === part.id)) return false;
  return ![...places.values()].some(
    (other) =>
      other.part.id !== part.id &&
      other.y > y &&
      Math.abs(other.x - x) < (other.part.width + part.width) / 2 &&
      other.y - (other.part.name ? named + LINE / 2 : other.part.height / 2) < end,
  );
}

/**
 * Factors that would stand on each other: of two neighbours the one that is 1 is left out.
 *
 * @param {{x: number, y: number, factor: number}[]} spots
 * @param {(number: number) => string} print
 */
function thinned(spots, print) {
  const sorted = spots
    .map((spot) => ({ ...spot, text: `× ${print(spot.factor)}` }))
    .sort((a, b) => a.y - b.y || a.x - b.x);
  /** @type {typeof sorted} */
  const kept = [];
  for (const spot of sorted) {
    const before = kept[kept.length - 1];
    const touches =
      before &&
      before.y === spot.y &&
      spot.x - before.x < (nameWidth(spot.text) + nameWidth(before.text)) / 2 + 3;
    if (touches && spot.factor === 1) continue;
    if (touches && before.factor === 1) kept.pop();
    kept.push(spot);
  }
  return kept;
}

/**
 * The element that the path begins with, and what arrives there.
 *
 * @param {Sight["course"]} course
 * @param {NonNullable<Sight["traced"]>["start"]} start
 * @param {Map<string, number>} products  that are told below tensors
 * @param {Sight["palette"]} palette
 * @param {(number: number) => string} print
 * @returns {Text[]}
 */
function startOf(course, start, products, palette, print) {
  if (!start) return [];
  const lines = [
    { text: escapeText(start.code), color: palette.ink },
    { text: print(start.gradient), color: palette.grad },
  ];
  const write = (/** @type {number} */ x, /** @type {number} */ y, /** @type {string} */ place) =>
    lines.map(({ text, color }, at) => ({
      x,
      y: y + 16 * at,
      text: `<b>${text}</b>`,
      color,
      size: CONTROL,
      place,
      mono: true,
    }));
  const hung = course.hung.find((one) => one.hung.id === start.id);
  if (!hung) {
    const place = course.places.get(start.id);
    if (!place) return [];
    const { part, x, y } = place;
    const above = { x, y: y - course.named, size: CONTROL, place: "middle center", mono: true };
    if (isFreeBelow(course, place)) return write(x, y + part.height / 2 + PRODUCT, "middle center");
    if (part.kind !== "picture")
      return [{ ...above, text: `<b>${print(start.gradient)}</b>`, color: palette.ink }];
    const behind = x + nameWidth(part.name) / 2 + BESIDE; // its name stands above
    return write(behind, above.y, "middle right")
      .slice(1)
      .map((one) => ({ ...one, y: above.y }));
  }
  const left = hung.x - hung.hung.width / 2 - 6;
  const free = left - nameWidth(start.code);
  const taken = course.hung.some(
    (one) =>
      one !== hung &&
      one.on.row === hung.on.row &&
      one.x < hung.x &&
      one.x + one.hung.width / 2 + BESIDE + nameWidth(one.hung.name) > free,
  );
  if (free >= 4 && !taken) return write(left, hung.y - 6, "middle left");
  const right = hung.x + hung.hung.width / 2 + BESIDE;
  const end = right + nameWidth(start.code);
  const meets = [...course.places.values()].some(
    ({ part, x, row }) =>
      products.has(part.id) &&
      row === hung.on.row &&
      x > hung.x &&
      x - nameWidth(`${part.name}.g`) / 2 < end,
  );
  const below = hung.y + hung.hung.height / 2 + LINE - 1;
  return meets && below + 16 + LINE / 2 <= course.height
    ? write(hung.x, below, "middle center")
    : write(right, hung.y - 6, "middle right");
}

/**
 * At the lower right, where nothing hangs; shorter, or not at all, where there is no room.
 *
 * @param {Sight} sight
 * @returns {Text[]}
 */
function legendOf({ course, palette, traced }) {
  const [right, y] = [course.width - 12, course.height - FOOT];
  const isFree = (/** @type {number} */ room) =>
    ![
      ...course.hung.map(({ hung, x, y: middle }) => ({
        right: x + hung.width / 2 + BESIDE + nameWidth(hung.name),
        bottom: middle + Math.max(12, hung.height) / 2,
      })),
      ...[...course.places.values()].map(({ part, x, y: middle }) => ({
        right: x + part.width / 2,
        bottom: middle + part.height / 2,
      })),
      ...course.ties.map(({ from, to, low }) => ({
        right: Math.max(from.x, to.x),
        bottom: low,
      })),
    ].some((one) => one.right > right - room && one.bottom > y - 8);
  const legend = traced ? undefined : LEGENDS.find(({ room }) => isFree(room));
  if (!legend) return [];
  const span = (/** @type {string} */ color, /** @type {string} */ text) =>
    `<span style="color:${color}">${text}</span>`;
  const ways = [span(palette.value, "values →"), span(palette.grad, "← gradients")];
  return [
    {
      x: right,
      y,
      text: `${span(palette.soft, legend.words)}${ways.join("&nbsp;&nbsp;")}`,
      color: palette.soft,
      size: CAPTION,
      place: "middle left",
      mono: false,
    },
  ];
}
