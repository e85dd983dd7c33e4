/**
 * What is said about a formula: in one glance whether shape and numbers fit, then where they do not
 * and what to look at.
 * @import { Hint, Practice, Verdict } from "../state/practice/reducer.js"
 */

import { h } from "../lib/h.js";
import { colorscale, span } from "../lib/tint.js";
import { fromWire, printOne, printShape } from "../lib/numbers.js";
import { draw, purge } from "../lib/plotly.js";
import { codeView } from "./code.js";
import { formulaView } from "./formula.js";
import { markedView } from "./marked.js";
import { wrongCount } from "./own.js";
import { proseView } from "./prose.js";

/**
 * A mark, its colour and the words.
 *
 * @type {Record<Verdict["verdict"], [string, string, string]>}
 */
const WORDS = {
  correct: ["✓", "right", "Correct."],
  wrong_shape: ["✗", "wrong", "The shape does not fit."],
  wrong_value: ["≠", "wrong", "The shape fits, the numbers do not."],
  error: ["!", "wrong", "This does not run."],
};

/**
 * What a note adds to the hint, if anything.
 *
 * @type {Record<Verdict["notes"][number], string | null>}
 */
const NOTES = {
  coincidental_shape: "The shape fits only because some dimensions are equal.",
  coincidental_numbers: "So it does not count as solved.",
  rounded: null,
  tie_convention: null,
  holds_for_one_hot: null,
  holds_for_mask: null,
  backward_gives_nan: null,
};

/** Is it right, and not by accident? @param {Verdict} verdict */
export function isFound({ verdict, notes }) {
  return verdict === "correct" && !notes.includes("coincidental_numbers");
}

/** @param {Verdict} answer @returns {[string, string, string]} */
function glance(answer) {
  if (answer.verdict === "correct" && !isFound(answer))
    return ["≈", "wrong", "Correct for these numbers only."];
  const [mark, kind, words] = WORDS[answer.verdict];
  if (answer.verdict !== "wrong_value") return [mark, kind, words];
  const { wrong, all } = wrongCount(answer);
  return [mark, kind, wrong ? `The shape fits, ${wrong} of ${all} numbers differ.` : words];
}

/**
 * @param {Verdict} answer
 * @param {string} text the formula
 * @param {{digits: number, isTensor: (name: string) => boolean}} options
 */
export function verdictView(answer, text, { digits, isTensor }) {
  const {
    verdict,
    shape,
    expected_shape: expected,
    diagnosis,
    hint,
    notes,
    warnings,
    message,
    where,
  } = answer;
  const [mark, kind, words] = glance(answer);
  const prose = (/** @type {string} */ said) => [" ", ...proseView(said, isTensor)];
  return h(
    "div",
    { class: `verdict ${kind}`, key: "verdict" },
    h(
      "p",
      null,
      h("b", { "aria-hidden": "true" }, `${mark} `),
      h("strong", null, words),
      ...(shape && expected && verdict === "wrong_shape"
        ? prose(`Yours is \`${printShape(shape)}\`; expected \`${printShape(expected)}\`.`)
        : []),
      ...(verdict === "wrong_value" && !answer.difference && answer.max_abs_difference !== null
        ? prose(
            `The largest difference is ${printOne(fromWire(answer.max_abs_difference), digits)}.`,
          )
        : []),
      ...(message ? [" ", h("code", { class: "failing" }, ...markedView(text, where))] : []),
      ...(message ? prose(`${message}.`) : []),
      ...(diagnosis ? prose(diagnosis.message) : []),
      ...(hint ? prose(hint) : []),
    ),
    [...notes.map((note) => NOTES[note]), ...warnings].map(
      (note) => note && h("p", { class: "beware", key: note }, note),
    ),
  );
}

/**
 * What may stand in the formula, to be put there by a click.
 *
 * @param {{name: string, shape: number[]}[]} names
 * @param {{isTensor: (name: string) => boolean, insert: (name: string) => void}} options
 */
export function namesView(names, { isTensor, insert }) {
  return h(
    "div",
    { class: "names", key: "names", role: "group", "aria-label": "Names for the formula" },
    names.map(({ name, shape }) =>
      h(
        "button",
        {
          type: "button",
          key: name,
          title: `${name} ${printShape(shape)}: put it where the caret is`,
          onclick: () => insert(name),
        },
        h("code", null, ...codeView(name, isTensor)),
      ),
    ),
  );
}

/**
 * What one's own formula adds up for an element.
 *
 * @param {NonNullable<NonNullable<Practice["answer"]>["element"]>} element
 * @param {{digits: number, isTensor: (name: string) => boolean}} options
 */
export function elementView({ index, value, terms, term_count: count }, { digits, isTensor }) {
  return h(
    "table",
    {
      class: "terms",
      key: "element",
      "aria-label": `Terms of your formula at [${index.join(", ")}]`,
    },
    h(
      "tbody",
      null,
      terms
        .slice(0, 12)
        .map(({ factors, value: product }, at) =>
          h(
            "tr",
            { key: at },
            h(
              "td",
              { class: "made-of" },
              ...proseView(factors.map(({ code }) => `\`${code}\``).join(" × "), isTensor),
            ),
            h(
              "td",
              null,
              factors.map((factor) => printOne(fromWire(factor.value), digits)).join(" × "),
            ),
            h("td", { class: "product" }, printOne(fromWire(product), digits)),
          ),
        ),
    ),
    h(
      "tfoot",
      null,
      h(
        "tr",
        { class: "total" },
        h(
          "th",
          { scope: "row", colspan: "2" },
          `your [${index.join(", ")}], ${count} ${count === 1 ? "term" : "terms"}`,
        ),
        h("td", { class: "product" }, printOne(fromWire(value), digits)),
      ),
    ),
  );
}

/**
 * The newest in full, those before it folded.
 *
 * @param {Hint[]} hints
 * @param {{digits: number, isTensor: (name: string) => boolean}} options
 */
export function hintsView(hints, options) {
  const newest = hints[hints.length - 1];
  const older = hints.slice(0, -1).reverse();
  return h(
    "div",
    { class: "hints", key: "hints" },
    hintView(newest, options),
    older.length > 0 &&
      h(
        "details",
        { class: "older", key: "older" },
        h(
          "summary",
          null,
          older.length === 1 ? "The hint before" : `The ${older.length} hints before`,
        ),
        older.map((hint) => hintView(hint, options)),
      ),
  );
}

/** @param {Hint} hint @param {{digits: number, isTensor: (name: string) => boolean}} options */
function hintView(
  { level, levels, title, text, formula, code, terms, index },
  { digits, isTensor },
) {
  const name = level < levels ? `Hint ${level} of ${levels - 1}.` : `${title}.`;
  return h(
    "div",
    { class: "a-hint", key: level },
    h("p", null, h("strong", null, name), " ", ...proseView(text, isTensor)),
    formula && h("div", { class: "index-form" }, formulaView(formula.mathml)),
    terms?.length > 0 &&
      h(
        "p",
        { class: "in-numbers" },
        h(
          "code",
          null,
          `[${(index ?? []).join(", ")}]: ${terms.map(({ factors }) => factors.map(({ value }) => printOne(fromWire(value), digits)).join(" × ")).join(" + ")}`,
        ),
      ),
    code &&
      !text.includes(code) &&
      h("p", null, h("code", null, ...proseView(`\`${code}\``, isTensor))),
  );
}

/**
 * Where a formula's numbers are too large or too small, as colours.
 *
 * @param {any} difference
 * @param {number} size pixels of a number
 * @param {import("../lib/types.js").Palette | null} palette
 */
export function differenceView(difference, size, palette) {
  const rows = rowsOf(difference);
  const numbers = rows.map((row) => row.map(fromWire));
  const most = span(numbers.flat()) || 1;
  return h(
    "div",
    { class: "difference", key: "difference" },
    palette &&
      h(
        "div",
        {
          style: {
            height: `${Math.ceil(size * numbers.length)}px`,
            width: `${Math.ceil(size * numbers[0].length)}px`,
          },
        },
        h("div", {
          class: "plot",
          role: "img",
          "aria-label": `Differences of your result, ${numbers.length} by ${numbers[0].length}; the largest is ${printOne(most, 4)}`,
          unhook: purge,
          hook: (/** @type {HTMLElement} */ element) =>
            draw(element, [difference, palette], (width, height) => ({
              data: [
                {
                  type: "heatmap",
                  z: numbers,
                  zmin: -most,
                  zmax: most,
                  colorscale: colorscale(palette),
                  showscale: false,
                  xgap: size > 6 ? 1 : 0,
                  ygap: size > 6 ? 1 : 0,
                  hovertemplate: "[%{y}, %{x}]: %{z:.6g}<extra></extra>",
                },
              ],
              layout: {
                width,
                height,
                margin: { l: 0, r: 0, t: 0, b: 0 },
                paper_bgcolor: "rgba(0,0,0,0)",
                plot_bgcolor: palette.line,
                dragmode: false,
                xaxis: { visible: false, fixedrange: true },
                yaxis: { visible: false, fixedrange: true, autorange: "reversed" },
                hoverlabel: {
                  bgcolor: palette.panel,
                  bordercolor: palette.ink,
                  font: { color: palette.ink, size: 12 },
                },
              },
            })),
        }),
      ),
    h("p", { class: "hint" }, "Green: yours is too large. Purple: too small."),
  );
}

/** Any tensor as rows: leading axes one below the other. @param {any} nested @returns {any[][]} */
function rowsOf(nested) {
  if (!Array.isArray(nested)) return [[nested]];
  return Array.isArray(nested[0])
    ? nested.flatMap((inner) => (Array.isArray(inner[0]) ? rowsOf(inner) : [inner]))
    : [nested];
}
