/**
 * The terms of an element as bars on one axis: what is multiplied, how much it contributes, and why
 * the others contribute nothing. The last row is their sum.
 *
 * @import { VNode } from "../lib/h.js"
 * @import { Cell, Explanation, Factor, Group, Target } from "../lib/types.js"
 * @import { Style } from "../lib/numbers.js"
 * @import { Row, SampleRow, TermRow } from "../lib/terms.js"
 * @typedef {ReturnType<typeof import("../lib/terms.js").barScale>} Scale
 * @typedef {object} BarOptions
 * @property {number} digits
 * @property {(name: string) => boolean} isTensor
 * @property {(cell: Target) => void} follow
 * @property {(cells: Target[] | null) => void} point
 * @property {(sample: number) => VNode | null} [image]
 */

import { soleCell, targetCode, targetName } from "../lib/explanation.js";
import { h } from "../lib/h.js";
import { exact, fromWire, print, signed, styleForSum } from "../lib/numbers.js";
import { barScale, cellsOf, rowsOf, samplesOf } from "../lib/terms.js";
import { codeView } from "./code.js";

/** More factors go on in a second line. */
const MANY = 3;
/** Of several samples so many are drawn one by one. */
const SAMPLES = 7;

/**
 * @param {Explanation} answer
 * @param {BarOptions} options
 * @param {boolean} [brief]
 */
export function barsView(answer, options, brief = false) {
  const groups = rowsOf(answer, brief);
  if (groups.length === 0) return null;
  const samples = samplesOf(answer);
  if (samples) return sampleBars(answer, samples, options, brief);
  const total = fromWire(answer.value);
  const left = restOf(answer);
  const values = [total, left, ...groups.flat().map(({ value }) => value)];
  const look = { scale: barScale(values), style: styleForSum(values, options.digits) };
  return h(
    "table",
    { class: "bars", key: "bars", "aria-label": `Terms of ${targetName(answer)}` },
    groups.map((rows, at) =>
      h(
        "tbody",
        { key: at },
        heading(rows[0].group, options),
        rows.map((row) => rowView(row, look, options)),
      ),
    ),
    answer.term_count > 1 &&
      h(
        "tfoot",
        null,
        left !== 0 || answer.term_count > answer.terms.length
          ? plainRow(
              `${grouped(answer.term_count - answer.terms.length)} more terms, not listed`,
              left,
              look,
              "more",
            )
          : null,
        plainRow(sumText(answer), total, look, "total"),
      ),
  );
}

/**
 * @param {Explanation} answer
 * @param {SampleRow[]} samples
 * @param {BarOptions} options
 * @param {boolean} brief
 */
function sampleBars(answer, samples, options, brief) {
  const most = brief ? 4 : SAMPLES;
  const shown = samples.slice(0, samples.length > most + 1 ? most : samples.length);
  const others = samples.slice(shown.length);
  const rest = others.reduce((sum, { value }) => sum + value, 0);
  const total = fromWire(answer.value);
  const values = [rest, ...shown.map(({ value }) => value)];
  const style = styleForSum([total, ...values], options.digits + 1);
  const look = { scale: barScale(values), style };
  const several = samples.some(({ count }) => count > 1);
  const wide = several ? {} : { colspan: "2" };
  return h(
    "table",
    { class: "bars", key: "bars", "aria-label": `Terms of ${targetName(answer)} per sample` },
    h(
      "tbody",
      null,
      h(
        "tr",
        { class: "bars-head" },
        h("th", { scope: "col", ...wide }, "sample"),
        several && h("th", { scope: "col" }, "terms"),
        h("td", { colspan: "2" }),
      ),
      shown.map(({ sample, value, count, cells }) =>
        h(
          "tr",
          { key: sample, class: value === 0 ? "nothing" : "", ...pointing(cells, options) },
          h(
            "th",
            { scope: "row", class: "place", ...wide },
            h("span", { class: "sample" }, String(sample)),
            options.image?.(sample) ?? null,
          ),
          several && h("td", { class: "product" }, grouped(count)),
          barCell(value, look),
          numberCell(value, look),
        ),
      ),
    ),
    h(
      "tfoot",
      null,
      others.length > 0 && plainRow(`${others.length} smaller samples`, rest, look, "more"),
      h(
        "tr",
        { class: "total", key: "total" },
        h("th", { scope: "row", colspan: "3" }, `${samples.length} samples`),
        numberCell(total, look),
      ),
    ),
  );
}

/** What of the sum is not listed. @param {Explanation} answer */
function restOf({ rest }) {
  return rest === undefined ? 0 : fromWire(rest);
}

/** @param {number} number */
function grouped(number) {
  return number.toLocaleString("en");
}

/** @param {Explanation} answer */
function sumText({ terms, term_count: count, groups }) {
  const samples = new Set(terms.map(({ sample }) => sample));
  if (groups.length === 1 && count === terms.length && samples.size === count)
    return `sum over ${count} samples`;
  const products = groups.every(({ factors }) => factors.length > 1);
  return `sum of ${grouped(count)} ${products ? "products" : "terms"}`;
}

/** @param {Group} group @param {BarOptions} options */
function heading({ letters, factors }, { isTensor }) {
  return h(
    "tr",
    { class: "bars-head" },
    placeCell("col", letters),
    h(
      "th",
      { scope: "colgroup", colspan: "3" },
      h(
        "code",
        null,
        factors.flatMap(({ code, loose }, at) => [
          at > 0 && " × ",
          ...codeView(signed(loose && factors.length > 1 ? `(${code})` : code), isTensor),
        ]),
      ),
    ),
  );
}

/**
 * @typedef {{scale: Scale, style: Style}} Look
 * @param {Row} row
 * @param {Look} look
 * @param {BarOptions} options
 */
function rowView(row, look, options) {
  if (row.kind === "rest") return plainRow(`${row.count} smaller`, row.value, look, "more");
  if (row.kind === "folded")
    return h(
      "tr",
      { class: "nothing", ...pointing(row.cells, options) },
      h("th", { scope: "row", colspan: "2" }, `${grouped(row.count)} that are 0`),
      barCell(0, look, row.reason),
      numberCell(0, look),
    );
  return termRow(row, look, options);
}

/** @param {TermRow} row @param {Look} look @param {BarOptions} options */
function termRow({ term, place, value, reason }, look, options) {
  const cells = cellsOf([term]);
  return h(
    "tr",
    {
      key: `${place} ${term.factors.map(({ code }) => code)}`,
      class: value === 0 ? "nothing" : "",
      ...pointing(cells, options),
    },
    placeCell("row", place),
    h(
      "td",
      { class: term.factors.length > MANY ? "product many" : "product" },
      term.factors.flatMap((factor, at) => [at > 0 && " × ", factorView(factor, options)]),
    ),
    barCell(value, look, reason?.text),
    numberCell(value, look),
  );
}

/**
 * A factor is a link to what it is computed from.
 *
 * @param {Factor} factor
 * @param {BarOptions} options
 */
function factorView(factor, options) {
  const number = fromWire(factor.value);
  const text = print(number, styleForSum([number], options.digits));
  const cell = soleCell(factor) ?? (factor.cells.length === 1 ? factor.cells[0] : null);
  return cell
    ? cellLink(cell, text, options, signed(`${factor.code} is ${text}`))
    : h("span", { title: signed(`${factor.code} = ${exact(number)}`) }, text);
}

/** A sum without letters has no places: an empty heading says nothing. @param {"col" | "row"} scope @param {(string | number)[]} places */
function placeCell(scope, places) {
  return places.length
    ? h("th", { scope, class: "place" }, places.join(", "))
    : h("td", { class: "place" });
}

/** @param {Cell} cell @param {string} text @param {BarOptions} options @param {string} [label] */
export function cellLink(cell, text, { follow }, label) {
  const { tensor, field, index } = cell;
  return h(
    "button",
    {
      type: "button",
      class: `name-link ${field}`,
      "aria-label": label ?? null,
      title: signed(`${targetCode(cell)} = ${exact(fromWire(cell.value))}`),
      onclick: () => follow({ tensor, field, index }),
    },
    text,
  );
}

/** @param {string} text @param {number} value @param {Look} look @param {string} kind */
export function plainRow(text, value, look, kind) {
  return h(
    "tr",
    { class: kind, key: kind },
    h("th", { scope: "row", colspan: "2" }, text),
    barCell(value, look),
    numberCell(value, look),
  );
}

/**
 * @param {number} value
 * @param {Look} look
 * @param {string} [reason] why it is 0
 */
export function barCell(value, { scale }, reason) {
  const { zero } = scale;
  return h(
    "td",
    { class: "bar" },
    h("span", { class: "axis", style: { left: `${zero}%` } }),
    value !== 0 &&
      !Number.isNaN(value) &&
      h("span", {
        class: value > 0 ? "length" : "length negative",
        style: { left: `${scale.from(value)}%`, width: `${scale.width(value)}%` },
      }),
    reason &&
      h(
        "span",
        {
          class: "reason",
          title: signed(reason),
          style: zero <= 55 ? {} : { "flex-direction": "row-reverse" },
        },
        h("i", { style: { width: `${zero <= 55 ? zero : 100 - zero}%` } }),
        h("span", null, signed(reason)),
      ),
  );
}

/** @param {number} value @param {Look} look */
export function numberCell(value, { style }) {
  return h(
    "td",
    { class: "amount", "data-value": exact(value), title: signed(exact(value)) },
    value === 0 ? "0" : print(value, style),
  );
}

/**
 * Who points at a row sees its numbers on the stage.
 *
 * @param {Target[]} cells
 * @param {BarOptions} options
 */
export function pointing(cells, options) {
  return {
    onmouseenter: () => options.point(cells),
    onmouseleave: () => options.point(null),
    onfocusin: () => options.point(cells),
    onfocusout: () => options.point(null),
  };
}
