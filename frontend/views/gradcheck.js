/**
 * Gradients beside differences of the loss.
 */

import { h } from "../lib/h.js";
import { fromWire, printOne } from "../lib/numbers.js";
import { curve, smallPlot } from "./smallplot.js";

/**
 * The loss as a function of one weight, the line that its gradient claims to touch it, and a point
 * to drag along.
 *
 * @param {{curve: any, at: number}} slice
 * @param {import("../lib/types.js").Palette | null} palette
 * @param {{digits: number, covered: boolean, slide: (at: number) => void}} options
 */
export function sliceView({ curve, at }, palette, { digits, covered, slide }) {
  const name = curve.index.length
    ? `${curve.parameter}[${curve.index.join(", ")}]`
    : curve.parameter;
  const [x, loss, tangent] = [curve.values, curve.losses, curve.tangent].map((list) =>
    fromWire(list[at]),
  );
  const label = `The loss as a function of ${name}${covered ? "" : `, and its tangent with the slope ${printOne(fromWire(curve.gradient), digits)}`}`;
  const touching = covered
    ? []
    : [{ ...curveOf(curve.tangent, "tangent", palette?.grad ?? "", "dash"), x: curve.values }];
  return h(
    "div",
    { class: "slice", key: "slice" },
    h("p", null, `${label}.`),
    palette &&
      smallPlot(label, [curve, at, palette, covered], palette, () => ({
        data: [
          { ...curveOf(curve.losses, "loss", palette.value, "solid"), x: curve.values },
          ...touching,
          {
            type: "scatter",
            mode: "markers",
            x: covered ? [x] : [x, x],
            y: covered ? [loss] : [loss, tangent],
            marker: { size: 9, color: [palette.value, palette.grad] },
            hoverinfo: "skip",
          },
        ],
        layout: { showlegend: false },
      })),
    h(
      "label",
      { class: "field" },
      h("span", { class: "field-name" }, name),
      h("input", {
        type: "range",
        min: "0",
        max: String(curve.values.length - 1),
        value: String(at),
        "aria-valuetext": printOne(x, digits),
        oninput: (/** @type {any} */ event) => slide(Number(event.target.value)),
      }),
    ),
    h(
      "p",
      null,
      `At ${printOne(x, digits)} the loss is ${printOne(loss, digits)}${covered ? "; the tangent is hidden until its gradient is solved" : `; the tangent says ${printOne(tangent, digits)}`}.`,
    ),
    curve.kink &&
      !covered &&
      h(
        "p",
        { class: "hint" },
        `There is a kink here: the slope to the left is ${printOne(fromWire(curve.left), digits)}, to the right ${printOne(fromWire(curve.right), digits)}. The gradient is one of the slopes in between.`,
      ),
  );
}

/** @param {any[]} losses @param {string} name @param {string} color @param {string} dash */
function curveOf(losses, name, color, dash) {
  return curve(losses.map(fromWire), name, color, dash);
}

/**
 * @param {any} numeric
 * @param {{digits: number, slice: (parameter: string, index: number[]) => void}} options
 */
export function numericView({ passed, parameters, step }, { digits, slice }) {
  const checked = Object.entries(parameters);
  const kinks = checked
    .filter(([, one]) => one.kink_count > 0)
    .map(([name, one]) => `${one.kink_count} of ${one.checked} in ${name}`);
  return h(
    "div",
    { key: "numeric" },
    h(
      "p",
      null,
      `${passed ? "Central differences agree" : "Central differences do not agree"} with the backward pass. `,
      h("span", { class: "hint" }, `Every weight was moved by ±${printOne(step, 2)}.`),
    ),
    h(
      "table",
      { class: "terms", "aria-label": "Central differences" },
      h(
        "tbody",
        null,
        h(
          "tr",
          null,
          h("th", { scope: "col", class: "place" }, "parameter"),
          h("th", { scope: "col" }, "largest relative difference"),
          h("th", { scope: "col" }, "at"),
        ),
        checked.map(([name, one]) =>
          h(
            "tr",
            { key: name },
            h("th", { scope: "row", class: "place" }, `${one.passed ? "✓" : "✗"} ${name}`),
            h(
              "td",
              null,
              one.max_relative_difference === null
                ? "–"
                : printOne(fromWire(one.max_relative_difference), digits),
            ),
            h(
              "td",
              null,
              one.index
                ? h(
                    "button",
                    {
                      type: "button",
                      class: "name-link value",
                      title: "The loss as a function of it",
                      onclick: () => slice(name, one.index),
                    },
                    one.index.length ? `${name}[${one.index.join(", ")}]` : name,
                  )
                : "–",
            ),
          ),
        ),
      ),
    ),
    kinks.length > 0 &&
      h(
        "p",
        { class: "hint" },
        `Left out are weights at a kink of the loss, where no derivative exists: ${kinks.join(", ")}.`,
      ),
  );
}
