/**
 * Two moments side by side: their losses, what was done on the way to each, what differs, and by
 * how much.
 *
 * @import { Figure } from "../lib/plotly.js"
 * @import { Apart as Row, ComparedMoment as Told } from "../lib/answers.js"
 * @import { Palette, Wire } from "../lib/types.js"
 * @typedef
 *   {{palette: Palette, digits: number, tensor: string | null, choose: (tensor: string | null) => void}}
 *   Options
 */

import { h } from "../lib/h.js";
import { fromWire, printOne, printShape } from "../lib/numbers.js";
import { draw, purge } from "../lib/plotly.js";
import { gained } from "../lib/film.js";
import { differenceView } from "./difference.js";
import { drawable, iterationAxis, layout, mode, sizeAxis } from "./plots/frame.js";

/** @param {any} comparison @param {Options} options */
export function comparisonView(
  { one, other, losses, document, tensors, unlike, difference },
  options,
) {
  const apart = tensors.filter((/** @type {Row} */ row) => fromWire(row.relative) !== 0);
  const same = tensors.length - apart.length;
  return h(
    "div",
    { class: "comparison" },
    h(
      "div",
      { class: "told" },
      toldView("A", one, options, "value"),
      toldView("B", other, options, "ink"),
    ),
    (losses.one.length > 1 || losses.other.length > 1) && curvesView(losses, options),
    document.length > 0 && documentView(document),
    apart.length > 0 && rowsView(apart, difference, options),
    apart.length > 0 &&
      h(
        "p",
        { class: "hint" },
        "Relative difference: the norm of the difference over the larger of both norms. A and B: the numbers where the difference is largest.",
      ),
    h("p", { class: "hint" }, summary(apart.length, same, unlike)),
  );
}

/** @param {number} apart @param {number} same @param {string[]} unlike */
function summary(apart, same, unlike) {
  const none = unlike.length
    ? ` Only in one of them, or in another shape: ${unlike.join(", ")}.`
    : "";
  if (apart === 0) return `All values and gradients are identical.${none}`;
  return `${same} ${same === 1 ? "tensor is" : "values and gradients are"} identical.${none}`;
}

/**
 * @param {string} label
 * @param {Told} told
 * @param {Options} options
 * @param {"value" | "ink"} line
 */
function toldView(label, { title, iteration, loss, done }, { digits }, line) {
  return h(
    "div",
    { class: "side" },
    h(
      "p",
      null,
      h("span", { class: `stroke ${line}`, "aria-hidden": "true" }),
      h("b", null, label),
      title ? `: ${title}` : "",
    ),
    h("p", null, `iteration ${iteration}, loss ${printOne(fromWire(loss), Math.max(6, digits))}`),
    done.length > 0
      ? h("p", null, "Its own changes: ", done.join("; "), ".")
      : h("p", { class: "hint" }, "No changes of its own."),
  );
}

/** @param {{one: Wire[], other: Wire[]}} losses @param {Options} options */
function curvesView(losses, { palette }) {
  const last = (/** @type {Wire[]} */ list) =>
    `${printOne(fromWire(list[list.length - 1]), 4)} after ${list.length - 1} iterations`;
  return h(
    "div",
    { class: "curves" },
    h("div", {
      class: "plot",
      role: "img",
      "aria-label": `Both losses: ${last(losses.one)} and ${last(losses.other)}`,
      unhook: purge,
      hook: (/** @type {HTMLElement} */ element) =>
        draw(element, [losses, palette], (width, height) =>
          curvesFigure(losses, palette, width, height),
        ),
    }),
  );
}

/**
 * @param {{one: Wire[], other: Wire[]}} losses
 * @param {Palette} palette
 * @param {number} width
 * @param {number} height
 * @returns {Figure}
 */
function curvesFigure({ one, other }, palette, width, height) {
  const line = (
    /** @type {Wire[]} */ list,
    /** @type {string} */ name,
    /** @type {object} */ style,
  ) => ({
    type: "scatter",
    mode: mode(list.length),
    name,
    x: list.map((_, at) => at),
    y: drawable(list),
    line: style,
    marker: { size: 4 },
    hovertemplate: `${name}<br>iteration %{x}<br>loss %{y:.6g}<extra></extra>`,
  });
  const longer = other.length > one.length ? other : one;
  return {
    data: [
      line(other, "B", { color: palette.ink, width: 3, dash: "dot" }),
      line(one, "A", { color: palette.value, width: 1.8 }),
    ],
    layout: layout(palette, width, height, {
      margin: { l: 46, r: 12, t: 8, b: 34 },
      xaxis: iterationAxis(
        palette,
        longer.map((_, at) => at),
      ),
      yaxis: sizeAxis(palette, "loss", drawable(longer), false),
    }),
  };
}

/** @param {{key: string, one: unknown, other: unknown}[]} changed */
function documentView(changed) {
  const text = (/** @type {any} */ value) => {
    if (typeof value === "string") return value;
    if (value === null || value === undefined) return "none";
    if (typeof value !== "object" || Array.isArray(value)) return JSON.stringify(value);
    return Object.entries(value)
      .map(([key, one]) =>
        key === "name" ? String(one) : `${key} ${Array.isArray(one) ? one.join(" ") : one}`,
      )
      .join(", ");
  };
  return h(
    "table",
    { class: "changed" },
    h(
      "thead",
      null,
      h(
        "tr",
        null,
        h("th", { scope: "col" }, "Document"),
        h("th", { scope: "col" }, "A"),
        h("th", { scope: "col" }, "B"),
      ),
    ),
    h(
      "tbody",
      null,
      changed.map(({ key, one, other }) =>
        h(
          "tr",
          { key },
          h("th", { scope: "row" }, key),
          h("td", null, h("code", null, text(one))),
          h("td", null, h("code", null, text(other))),
        ),
      ),
    ),
  );
}

/**
 * The chosen tensor's difference stands below its row.
 *
 * @param {Row[]} rows
 * @param {any} difference
 * @param {Options} options
 */
function rowsView(rows, difference, options) {
  const { digits, tensor, choose } = options;
  const number = (/** @type {Wire | boolean} */ wire) =>
    printOne(typeof wire === "boolean" ? Number(wire) : fromWire(wire), digits);
  return h(
    "div",
    { class: "distances-box" },
    h(
      "table",
      { class: "distances" },
      h(
        "thead",
        null,
        h(
          "tr",
          null,
          ["Tensor", "relative difference", "largest at", "A", "B"].map((title) =>
            h("th", { scope: "col", key: title }, title),
          ),
        ),
      ),
      h(
        "tbody",
        null,
        rows.flatMap(({ name, field, shape, relative, index, one, other }) => {
          const key = `${name} ${field}`;
          const share = fromWire(relative);
          const code = field === "gradient" ? `${name}.g` : name;
          const chosen = tensor === key && difference !== undefined;
          return [
            h(
              "tr",
              { key },
              h(
                "th",
                { scope: "row" },
                h(
                  "button",
                  {
                    type: "button",
                    class: `name-link ${field}`,
                    "aria-pressed": String(tensor === key),
                    title: `${printShape(shape)}: show the difference of every number`,
                    onclick: () => choose(tensor === key ? null : key),
                  },
                  code,
                ),
              ),
              h(
                "td",
                null,
                Number.isFinite(share)
                  ? `${printOne(100 * share, share < 0.01 ? 3 : 0)} %`
                  : "not finite",
              ),
              h("td", null, `[${index.join(", ")}]`),
              h("td", null, number(one)),
              h("td", null, number(other)),
            ),
            chosen &&
              h(
                "tr",
                { key: `${key} difference` },
                h("td", { colspan: "5" }, differenceView(key, gained(difference, shape), options)),
              ),
          ];
        }),
      ),
    ),
  );
}
