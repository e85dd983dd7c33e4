/**
 * The film strip: the loss on top, below it one column for each sampled moment, with pictures of
 * some tensors; two brushes mark the columns that are compared.
 *
 * @import { VNode } from "../lib/h.js"
 * @import { Row } from "../lib/film.js"
 * @import { Palette, Tensor } from "../lib/types.js"
 * @import { Column } from "../state/film/selectors.js"
 *
 * @typedef {object} Brush
 * @property {"one" | "other"} which
 * @property {string} name  A or B
 * @property {number} column
 * @property {Column} at
 *
 * @typedef {object} FilmProps
 * @property {Column[]} columns
 * @property {Row[]} rows
 * @property {(number[])[]} shapes  of the rows
 * @property {(column: Column, row: Row) => Tensor | null | undefined} frame
 * @property {Record<"value" | "gradient", number>} scales
 * @property {Brush[]} brushes
 * @property {number | null} shown  the column on the screen
 * @property {{column: number, row: number} | null} hovered
 * @property {boolean} playing
 * @property {Palette | null} palette
 * @property {number} digits
 *
 * @typedef {object} FilmCommands
 * @property {(hovered: {column: number, row: number} | null) => void} hover
 * @property {(column: Column) => void} go
 * @property {(which: "one" | "other", column: number) => void} brush
 */

import { rowCode } from "../lib/film.js";
import { curveOf, isBelow } from "../lib/filmcurve.js";
import { h } from "../lib/h.js";
import { tintOf } from "../lib/tint.js";
import { printOne, printShape } from "../lib/numbers.js";
import { aligned, cellText, printing } from "../lib/printing.js";
import { faceOf, paint } from "../lib/thumbnail.js";

/** Units of the loss curve's drawing, which is stretched to its room. */
const [WIDTH, HEIGHT] = [1000, 100];
/** A larger tensor is looked at as a picture. */
const LISTED = 80;
/** As many labels below the curve have room. */
const LABELS = 21;

/** @param {FilmProps} props @param {FilmCommands} commands */
export function filmView(props, commands) {
  const { columns, rows, brushes, hovered } = props;
  return h(
    "div",
    {
      class: "film",
      key: "film",
      style: { "--columns": String(columns.length) },
      onpointerleave: () => commands.hover(null),
    },
    h(
      "div",
      { class: "film-names", "aria-hidden": "true" },
      h(
        "div",
        { class: "film-loss" },
        h("b", null, "loss"),
        h("span", null, curveOf(columns).log ? "log scale" : ""),
      ),
      h("div", { class: "film-iterations" }, h("span", null, "iteration")),
      rows.map((row, at) =>
        h(
          "div",
          { key: rowCode(row), class: "film-row", style: rowStyle(props.shapes[at]) },
          h("b", { class: row.field, title: rowCode(row) }, rowCode(row)),
          h("span", null, printShape(props.shapes[at])),
        ),
      ),
    ),
    h(
      "div",
      { class: "film-room" },
      lossView(props),
      iterationsView(props, commands),
      rows.map((_, at) => rowView(at, props, commands)),
      brushes.map((brush) => brushView(brush, columns, commands)),
      hovered && lookView(props, hovered),
    ),
  );
}

/** A row is as high as its tensor has rows, while there is room. @param {number[]} shape */
function rowStyle(shape) {
  const rows = Math.max(2, Math.min(12, faceOf(shape)[0]));
  return { flex: `${rows} 1 0`, "max-height": `${Math.max(48, 30 * rows)}px` };
}

/** @param {FilmProps} props */
function lossView({ columns, hovered }) {
  const { points } = curveOf(columns);
  const first = columns.find(({ loss }) => loss !== null)?.loss ?? NaN;
  const last = [...columns].reverse().find(({ loss }) => loss !== null)?.loss ?? NaN;
  return h(
    "div",
    {
      class: "film-loss",
      role: "img",
      "aria-label": `The loss over ${columns.length} columns, from ${printOne(first, 4)} to ${printOne(last, 4)}`,
    },
    h(
      "svg",
      { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" },
      [0.08, 0.36, 0.64, 0.92].map((y) =>
        h("line", { key: y, class: "axis", x1: 0, x2: WIDTH, y1: HEIGHT * y, y2: HEIGHT * y }),
      ),
      h("polyline", {
        class: "losses",
        "vector-effect": "non-scaling-stroke",
        points: points
          .map(({ x, y }) => `${(WIDTH * x).toFixed(1)},${(HEIGHT * y).toFixed(1)}`)
          .join(" "),
      }),
    ),
    points.map(({ x, y, at }) =>
      h("i", {
        key: at,
        class: at === hovered?.column ? "dot hovered" : "dot",
        style: { left: `${100 * x}%`, top: `${100 * y}%` },
      }),
    ),
  );
}

/** @param {FilmProps} props @param {FilmCommands} commands */
function iterationsView({ columns, brushes, shown, hovered }, commands) {
  const every = Math.ceil(columns.length / LABELS);
  const home = hovered?.column ?? shown ?? 0;
  const marked = [...brushes.map(({ column }) => column), shown ?? -every];
  const crowded = (/** @type {number} */ at) =>
    marked.some((column) => column !== at && Math.abs(column - at) < every);
  return h(
    "div",
    {
      class: "film-iterations",
      role: "group",
      "aria-label": "Columns",
      onkeydown: moveAlong,
    },
    columns.map((column, at) => {
      const brushed = brushes.some((brush) => brush.column === at);
      const forced = brushed || at === shown;
      const labelled = forced || (at % every === 0 && !crowded(at));
      const { iteration } = column.state;
      return h(
        "button",
        {
          type: "button",
          key: column.position,
          class: brushed ? "brushed" : null,
          tabindex: at === home ? "0" : "-1",
          "aria-current": at === shown ? "true" : null,
          "aria-label": [
            `${iteration}: go to iteration ${iteration}`,
            column.moment.event === null ? "" : ", before an edit",
            column.loss === null ? "" : `, loss ${printOne(column.loss, 4)}`,
          ].join(""),
          onclick: () => commands.go(column),
          onfocus: () => commands.hover({ column: at, row: 0 }),
          onblur: () => commands.hover(null),
          onpointerenter: () => commands.hover({ column: at, row: 0 }),
        },
        labelled ? String(iteration) : column.moment.event === null ? "" : "·",
      );
    }),
  );
}

/** One Tab stop, arrows inside. @param {KeyboardEvent} event */
function moveAlong(event) {
  const buttons = /** @type {HTMLElement[]} */ ([
    .../** @type {HTMLElement} */ (event.currentTarget).querySelectorAll("button"),
  ]);
  const at = buttons.indexOf(/** @type {HTMLElement} */ (event.target));
  const aim = /** @type {Record<string, number>} */ ({
    ArrowRight: at + 1,
    ArrowLeft: at - 1,
    Home: 0,
    End: buttons.length - 1,
  })[event.key];
  if (aim === undefined) return;
  buttons[Math.max(0, Math.min(buttons.length - 1, aim))].focus();
  event.preventDefault();
  event.stopPropagation();
}

/** @param {number} at @param {FilmProps} props @param {FilmCommands} commands */
function rowView(at, { rows, shapes, columns, frame, scales, palette }, commands) {
  const row = rows[at];
  return h(
    "div",
    { key: rowCode(row), class: "film-row", style: rowStyle(shapes[at]), "aria-hidden": "true" },
    columns.map((column, place) => {
      const tensor = frame(column, row);
      return h(
        "div",
        {
          key: column.position,
          class: "film-cell",
          onpointerenter: () => commands.hover({ column: place, row: at }),
          onclick: () => commands.go(column),
        },
        tensor && palette
          ? pictureOf(tensor, scales[row.field], palette)
          : h("span", { class: tensor === null ? "nothing" : "coming" }),
      );
    }),
  );
}

/** @param {Tensor} tensor @param {number} largest @param {Palette} palette */
function pictureOf(tensor, largest, palette) {
  return h("canvas", {
    hook: (/** @type {HTMLCanvasElement & {shows?: unknown[]}} */ canvas) => {
      const shows = [tensor, largest, palette];
      if (canvas.shows?.every((one, at) => one === shows[at])) return;
      canvas.shows = shows;
      paint(canvas, tensor.data, tensor.shape, largest, palette, { columns: 64, rows: 64 });
    },
  });
}

/**
 * A frame around its column, which is dragged by its upper part; a slider for the keyboard.
 *
 * @param {Brush} brush
 * @param {Column[]} columns
 * @param {FilmCommands} commands
 */
function brushView({ which, name, column, at }, columns, commands) {
  const last = columns.length - 1;
  const loss = at.loss === null ? "" : printOne(at.loss, 3);
  const put = (/** @type {number} */ aim) =>
    commands.brush(which, Math.max(0, Math.min(last, aim)));
  const move = (/** @type {any} */ event) => {
    if (event.buttons !== 1 || !event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const room = event.currentTarget.closest(".film-room").getBoundingClientRect();
    put(Math.floor(((event.clientX - room.left) / room.width) * columns.length));
  };
  const { points } = curveOf(columns);
  const point = points.find((one) => one.at === column);
  const side = column > last / 2 ? -1 : 1;
  return h(
    "div",
    {
      class: "brush",
      key: which,
      style: {
        left: `${(100 * column) / columns.length}%`,
        width: `${100 / columns.length}%`,
      },
    },
    h("div", {
      class: "brush-grip",
      role: "slider",
      tabindex: "0",
      "aria-label": name,
      "aria-valuemin": "0",
      "aria-valuemax": String(last),
      "aria-valuenow": String(column),
      "aria-valuetext": `iteration ${at.state.iteration}${loss && `, loss ${loss}`}`,
      title: `Drag ${name}, or move it with the arrow keys`,
      onpointerdown: (/** @type {any} */ event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        event.currentTarget.focus();
        event.preventDefault();
      },
      onpointermove: move,
      onkeydown: (/** @type {KeyboardEvent} */ event) => {
        const aim = /** @type {Record<string, number>} */ ({
          ArrowRight: column + 1,
          ArrowUp: column + 1,
          ArrowLeft: column - 1,
          ArrowDown: column - 1,
          Home: 0,
          End: last,
        })[event.key];
        if (aim === undefined) return;
        put(aim);
        event.preventDefault();
        event.stopPropagation();
      },
    }),
    point && h("i", { class: "ring", style: { top: `calc(var(--loss-height) * ${point.y})` } }),
    h(
      "span",
      {
        class: side < 0 ? "brush-text before" : "brush-text",
        style: {
          top: `calc(var(--loss-height) * ${point?.y ?? 0.5} ${isBelow(points, column, side) ? "+ 6px" : "- 24px"})`,
        },
      },
      h("b", null, name),
      ` ${loss}`,
    ),
  );
}

/**
 * A column's numbers, on the side where the pointer is not.
 *
 * @param {FilmProps} props
 * @param {{column: number, row: number}} hovered
 * @returns {VNode | null}
 */
function lookView(props, { column: place, row: at }) {
  const { columns, rows, shapes, frame, scales, palette, digits, playing } = props;
  const column = columns[place];
  const row = rows[at] ?? rows[0];
  if (!column || !row) return null;
  const tensor = frame(column, row);
  const left = place > columns.length / 2;
  return h(
    "div",
    { class: `film-look${left ? " left" : ""}`, key: "look", "aria-hidden": "true" },
    h(
      "p",
      null,
      h("b", null, `iteration ${column.state.iteration}`),
      column.loss === null ? "" : ` · loss ${printOne(column.loss, digits)}`,
    ),
    h(
      "p",
      null,
      h("code", { class: row.field }, rowCode(row)),
      h("span", { class: "shape" }, ` ${printShape(shapes[at] ?? [])}`),
    ),
    tensor && palette
      ? tensor.data.length <= LISTED
        ? numbersView(tensor, scales[row.field], digits)
        : h("div", { class: "film-large" }, pictureOf(tensor, scales[row.field], palette))
      : h("p", { class: "hint" }, tensor === null ? "There is no such tensor here." : "Loading…"),
    !playing && h("p", { class: "hint" }, "Click to go to this iteration."),
  );
}

/**
 * @param {Tensor} tensor
 * @param {number} largest
 * @param {number} digits
 */
export function numbersView({ data, shape, ...rest }, largest, digits) {
  const { style, places, width } = printing([{ data, shape, ...rest }], digits);
  const columns = shape.length > 0 ? shape[shape.length - 1] : 1;
  const rows = data.length / Math.max(1, columns);
  return h(
    "div",
    { class: "tiles", style: { "--cell-width": `${width + 1.5}ch`, "--letters": String(width) } },
    Array.from({ length: rows }, (_, row) =>
      h(
        "div",
        { key: row },
        Array.from({ length: columns }, (__, column) => {
          const number = data[row * columns + column];
          const { sign, strength } = tintOf(number, largest);
          const text = cellText(number, style);
          return h(
            "span",
            {
              key: column,
              class: `cell ${sign}`,
              style: { "--heat": `${strength}%`, ...aligned(text, places) },
            },
            text,
          );
        }),
      ),
    ),
  );
}
