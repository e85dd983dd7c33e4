/**
 * The pictures of a Why: how a composite's results move when one number is raised, and what a loss
 * compares.
 *
 * @import { LossComparison, Effect, UsedCell } from "../lib/answers.js"
 * @import { BarOptions } from "./bars.js"
 * @import { Speech } from "./prose.js"
 * @typedef {BarOptions & Speech & {print: (number: number) => string}} EffectOptions
 */

import { targetName } from "../lib/explanation.js";
import { h } from "../lib/h.js";
import { fromWire, print, signed, styleFor } from "../lib/numbers.js";
import { barScale } from "../lib/terms.js";
import { barCell, cellLink, numberCell, pointing } from "./bars.js";
import { proseView } from "./prose.js";

/**
 * @param {Effect} effect
 * @param {EffectOptions} options
 * @param {string} asked  the tensor that is explained: what goes in may be made of it and have another name
 */
export function effectView(effect, options, asked) {
  const { tensor, index, output, cells, cell_count: count, rest, total } = effect;
  const raised = targetName({ tensor, field: "value", index });
  const gradient =
    asked === tensor
      ? `\`${targetName({ tensor, field: "gradient", index })}\``
      : `the gradient of \`${raised}\``;
  const derivatives = cells.map(({ derivative }) => fromWire(derivative));
  const look = { scale: barScale(derivatives), style: styleFor(derivatives, options.digits) };
  const passed = cells.map(({ contribution }) => fromWire(contribution));
  const style = styleFor([...passed, fromWire(total), fromWire(rest)], options.digits);
  const end = { ...look, style };
  return [
    h(
      "p",
      { key: "raised" },
      ...proseView(
        (asked === tensor
          ? ""
          : `What goes into \`${output}\` is \`${tensor}\`, computed from \`${asked}\`. `) +
          `Raise \`${raised}\` by ε, and these numbers of \`${output}\` change by this many ε. ` +
          `Multiplied by their gradients and summed: ${gradient}.`,
        options.isTensor,
        options,
      ),
    ),
    h(
      "table",
      { class: "bars effect", key: "effect", "aria-label": `What ${raised} changes` },
      h(
        "thead",
        null,
        h(
          "tr",
          { class: "bars-head" },
          h("th", { scope: "col" }, output),
          h("th", { scope: "col", colspan: "2" }, "change / ε"),
          h("th", { scope: "col", class: "amount" }, "× gradient"),
          h("th", { scope: "col", class: "amount" }, "="),
        ),
      ),
      h(
        "tbody",
        null,
        cells.map((cell) => effectRow(cell, look, end, options)),
      ),
      h(
        "tfoot",
        null,
        count > cells.length &&
          h(
            "tr",
            { class: "more", key: "more" },
            h(
              "th",
              { scope: "row", colspan: "4" },
              `${(count - cells.length).toLocaleString("en")} more, with smaller shares`,
            ),
            numberCell(fromWire(rest), end),
          ),
        h(
          "tr",
          { class: "total", key: "total" },
          h("th", { scope: "row", colspan: "4" }, "all together"),
          numberCell(fromWire(total), end),
        ),
      ),
    ),
  ];
}

/**
 * @param {UsedCell} cell
 * @param {import("./bars.js").Look} look
 * @param {import("./bars.js").Look} end
 * @param {EffectOptions} options
 */
function effectRow(cell, look, end, options) {
  const { tensor, index } = cell;
  const [value, gradient] = [
    { ...cell, field: /** @type {const} */ ("value") },
    { ...cell, field: /** @type {const} */ ("gradient") },
  ];
  return h(
    "tr",
    { key: index.join(), ...pointing([value, gradient], options) },
    h(
      "th",
      { scope: "row", class: "place" },
      cellLink(
        value,
        `[${index.join(", ")}]`,
        options,
        targetName({ tensor, field: "value", index }),
      ),
    ),
    barCell(fromWire(cell.derivative), look),
    numberCell(fromWire(cell.derivative), look),
    h(
      "td",
      { class: "amount" },
      print(fromWire(cell.gradient), styleFor([fromWire(cell.gradient)], options.digits)),
    ),
    numberCell(fromWire(cell.contribution), end),
  );
}

/** `5`, not `5.000`. @param {number} number @param {EffectOptions} options */
function shortest(number, { print: written }) {
  const whole = Math.round(number);
  return Math.abs(number - whole) < 1e-9 ? String(whole) : written(number);
}

/**
 * The factor after the difference: as the step's code writes it, `× 2/6`, else as a division, `÷ 3`.
 *
 * @param {number} divisor
 * @param {string} code
 * @param {EffectOptions} options
 */
function factorText(divisor, code, options) {
  const written = code.match(/(-?\d+) \/ (\d+) \*/);
  if (written && Math.abs((Number(written[1]) / Number(written[2])) * divisor - 1) < 1e-9)
    return `× ${signed(written[1])}/${written[2]}`;
  return `÷ ${signed(shortest(divisor, options))}`;
}

/** @param {LossComparison} comparison @param {EffectOptions} options @param {string} [code] of the step */
export function comparisonView({ tensor, first, second, divisor, rows }, options, code = "") {
  const sides = rows.flatMap((row) => [fromWire(row.first), fromWire(row.second)]);
  const differences = rows.map((row) => fromWire(row.first) - fromWire(row.second));
  const style = styleFor([...sides, ...differences], options.digits);
  const look = { scale: barScale(differences), style };
  const gradients = rows.map(({ gradient }) => fromWire(gradient));
  const end = { ...look, style: styleFor(gradients, options.digits) };
  const by = divisor === null ? null : fromWire(divisor);
  const last = by === null || by === 1 ? "gradient" : factorText(by, code, options);
  return h(
    "table",
    { class: "bars effect", key: "compared", "aria-label": `${first} and ${second} of ${tensor}` },
    h(
      "thead",
      null,
      h(
        "tr",
        { class: "bars-head" },
        h("td", { class: "place" }),
        h("th", { scope: "col", class: "amount" }, first),
        h("th", { scope: "col", class: "amount" }, second),
        h("th", { scope: "col" }, "difference"),
        h("th", { scope: "col", class: "amount" }, last),
      ),
    ),
    h(
      "tbody",
      null,
      rows.map((row, at) =>
        h(
          "tr",
          { key: row.index.join() },
          h("th", { scope: "row", class: "place" }, `[${row.index.join(", ")}]`),
          numberCell(fromWire(row.first), look),
          numberCell(fromWire(row.second), look),
          barCell(differences[at], look),
          numberCell(gradients[at], end),
        ),
      ),
    ),
  );
}
