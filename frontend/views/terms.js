/**
 * All terms of an explanation one by one, with every element that they are computed from as a link.
 *
 * @import { Cell, Explanation, Factor, Group, Target, Term } from "../lib/types.js"
 * @import { Style } from "../lib/numbers.js"
 * @typedef
 *   {{digits: number, isTensor: (name: string) => boolean, follow: (cell: Target) => void, point: (cells: Target[] | null) => void}}
 *   TermOptions
 * @typedef {{factors: Style[], product: Style}} Styles
 */

import { soleCell, targetCode, targetName, termsOf, unwritten } from "../lib/explanation.js";
import { h } from "../lib/h.js";
import { exact, fromWire, print, signed, styleForSum } from "../lib/numbers.js";
import { codeView } from "./code.js";

/** @param {Explanation} answer @param {Group[]} groups @param {TermOptions} options */
export function termsView(answer, groups, options) {
  const most = Math.max(...groups.map(({ factors }) => factors.length));
  const products = styleForSum(
    answer.terms.map(({ value }) => fromWire(value)).concat(fromWire(answer.value)),
    options.digits,
  );
  const bodies = groups.map((group, at) => {
    const terms = termsOf(group, answer.terms);
    const styles = { factors: stylesOf(terms, options.digits), product: products };
    return h(
      "tbody",
      { key: at },
      headings(group, most, options),
      terms.flatMap((term, row) => rowsView(term, group.places[row], most, styles, options)),
    );
  });
  return h(
    "div",
    { class: "terms-box" },
    h(
      "table",
      { class: "terms", "aria-label": `All terms of ${targetName(answer)}` },
      bodies,
      foot(answer, most, products),
    ),
  );
}

/**
 * Every column of factors has its own decimals.
 *
 * @param {Term[]} terms
 * @param {number} digits
 * @returns {Style[]}
 */
function stylesOf(terms, digits) {
  return terms[0].factors.map((_, at) =>
    styleForSum(
      terms.map(({ factors }) => fromWire(factors[at].value)),
      digits,
    ),
  );
}

/** @param {Group} group @param {number} most @param {TermOptions} options */
function headings({ letters, factors }, most, { isTensor }) {
  return h(
    "tr",
    null,
    letters.length ? h("th", { scope: "col", class: "place" }, letters.join(", ")) : h("td", null),
    factors.flatMap(({ code }, at) => [
      at ? h("td", null) : null,
      h(
        "th",
        { scope: "col", colspan: widthOf(at, factors.length, most) },
        h(
          "code",
          null,
          codeView(signed(code), isTensor).flatMap((token) => [token, h("wbr", null)]),
        ),
      ),
    ]),
    most > 1 && h("td", null),
    most > 1 && h("th", { scope: "col" }, "product"),
  );
}

/**
 * The last factor takes the place of those that others have more.
 *
 * @param {number} at
 * @param {number} count
 * @param {number} most
 */
function widthOf(at, count, most) {
  return at === count - 1 && count < most ? String(1 + 2 * (most - count)) : null;
}

/**
 * @param {Term} term
 * @param {number[]} place
 * @param {number} most
 * @param {Styles} styles
 * @param {TermOptions} options
 */
function rowsView({ value, factors }, place, most, styles, options) {
  const product = fromWire(value);
  const cells = factors.flatMap((factor) => factor.cells);
  const computed = factors.filter((factor) => factor.cells.length > 0 && !soleCell(factor));
  const pointing = {
    class: product === 0 ? "nothing" : "",
    onmouseenter: () => options.point(cells),
    onmouseleave: () => options.point(null),
    onfocusin: () => options.point(cells),
    onfocusout: () => options.point(null),
  };
  return [
    h(
      "tr",
      pointing,
      place.length ? h("th", { scope: "row", class: "place" }, place.join(", ")) : h("td", null),
      factors.flatMap((factor, at) => [
        at ? h("td", { class: "between-numbers" }, "×") : null,
        h(
          "td",
          { colspan: widthOf(at, factors.length, most) },
          ...factorView(factor, styles.factors[at], options),
        ),
      ]),
      most > 1 && h("td", { class: "between-numbers" }, "="),
      most > 1 &&
        h(
          "td",
          { class: "product", "data-value": exact(product), title: exact(product) },
          print(product, styles.product),
        ),
    ),
    computed.length > 0 &&
      h(
        "tr",
        pointing,
        h("td", null),
        h(
          "td",
          { class: "made-of", colspan: String(2 * most + (most > 1 ? 1 : 0) - (most > 1 ? 0 : 1)) },
          computed.map((factor) => h("div", null, ...codeOf(factor, options))),
        ),
      ),
  ];
}

/**
 * A cell is a button; the text of what is computed from cells stands below.
 *
 * @param {Factor} factor
 * @param {Style} style
 * @param {TermOptions} options
 */
function factorView(factor, style, options) {
  const number = fromWire(factor.value);
  const text = print(number, style);
  const sole = soleCell(factor);
  if (sole) return [cellLink(sole, text, options, `${factor.code} is ${text}`)];
  return [h("span", { title: exact(number) }, text)];
}

/**
 * What a factor is computed from, with a button for every cell.
 *
 * @param {Factor} factor
 * @param {TermOptions} options
 */
function codeOf(factor, options) {
  const others = unwritten(factor);
  return [
    h(
      "code",
      null,
      ...(factor.pieces ?? []).map(({ text, cell }) =>
        cell === undefined
          ? h("span", null, signed(text))
          : cellLink(factor.cells[cell], text, options),
      ),
    ),
    others.length > 0 && " ",
    others.length > 0 &&
      h(
        "details",
        null,
        h("summary", null, others.length === 1 ? "its cell" : `its ${others.length} cells`),
        others.map((cell) => h("code", null, cellLink(cell, targetCode(cell), options), " ")),
      ),
  ];
}

/** @param {Cell} cell @param {string} text @param {TermOptions} options @param {string} [label] */
function cellLink(cell, text, { follow }, label) {
  const { tensor, field, index } = cell;
  return h(
    "button",
    {
      type: "button",
      class: `name-link ${field}`,
      "aria-label": label ?? null,
      title: `${targetName(cell)} = ${exact(fromWire(cell.value))}`,
      onclick: () => follow({ tensor, field, index }),
    },
    text,
  );
}

/** @param {Explanation} answer @param {number} most @param {Style} style */
function foot({ value, terms, term_count: count, rest }, most, style) {
  if (count === 1) return null;
  const span = String(most > 1 ? 2 * most : 1);
  const total = fromWire(value);
  return h(
    "tfoot",
    null,
    count > terms.length &&
      h(
        "tr",
        { class: "more" },
        h(
          "th",
          { scope: "row", colspan: span },
          `… and ${(count - terms.length).toLocaleString("en")} more, together`,
        ),
        h("td", { class: "between-numbers" }),
        h("td", { "data-value": exact(fromWire(rest)) }, print(fromWire(rest), style)),
      ),
    h(
      "tr",
      { class: "total" },
      h(
        "th",
        { scope: "row", colspan: span },
        `sum of ${count.toLocaleString("en")} ${most > 1 ? "products" : "terms"}`,
      ),
      most > 1 && h("td", { class: "between-numbers" }, "="),
      h(
        "td",
        { class: "product", "data-value": exact(total), title: exact(total) },
        print(total, style),
      ),
    ),
  );
}
