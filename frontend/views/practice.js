/**
 * What is said about a formula: in one glance whether shape and numbers fit, then where they do not
 * and what to look at.
 * @import { Hint, Practice, Verdict } from "../state/practice/reducer.js"
 */

import { h } from "../lib/h.js";
import { colorscale, span } from "../lib/heat.js";
import { fromWire, printOne, printShape } from "../lib/numbers.js";
import { draw, purge } from "../lib/plotly.js";
import { codeView } from "./code.js";
import { formulaView } from "./formula.js";
import { wrongCount } from "./own.js";
import { markedView } from "./marked.js";
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
 * Both losses, the learner's and the true one.
 *
 * @param {NonNullable<Practice["race"]>} race
 * @param {import("../lib/types.js").Palette | null} palette
 */
export function raceView({ losses, truth, names }, palette) {
  const label = `Loss with your ${names.join(", ")}: from ${printOne(losses[0], 4)} to ${printOne(losses[losses.length - 1], 4)}; with the true ${names.length === 1 ? "gradient" : "gradients"} to ${printOne(truth[truth.length - 1], 4)}`;
  return h(
    "div",
    { class: "race", key: "race" },
    h("p", null, `${label}.`),
    palette &&
      h(
        "div",
        { class: "race-plot" },
        h("div", {
          class: "plot",
          role: "img",
          "aria-label": label,
          unhook: purge,
          hook: (/** @type {HTMLElement} */ element) =>
            draw(element, [losses, truth, palette], (width) => ({
              data: [
                curve(truth, "true gradient", palette.value, "solid"),
                curve(losses, "yours", palette.grad, "dash"),
              ],
              layout: {
                width,
                height: 150,
                margin: { l: 40, r: 8, t: 6, b: 24 },
                paper_bgcolor: "rgba(0,0,0,0)",
                plot_bgcolor: "rgba(0,0,0,0)",
                dragmode: false,
                legend: { x: 1, xanchor: "right", y: 1, font: { size: 12, color: palette.soft } },
                font: { color: palette.soft, size: 12 },
                xaxis: { gridcolor: palette.line, fixedrange: true, tickformat: "d", nticks: 5 },
                yaxis: { gridcolor: palette.line, fixedrange: true, nticks: 4 },
              },
            })),
        }),
      ),
  );
}

/** @param {number[]} losses @param {string} name @param {string} color @param {string} dash */
function curve(losses, name, color, dash) {
  return {
    type: "scatter",
    mode: "lines",
    name,
    x: losses.map((_, at) => at),
    y: losses.map((loss) => (Number.isFinite(loss) ? loss : null)),
    line: { color, dash, width: 1.8 },
    hovertemplate: "%{y:.6g}<extra></extra>",
  };
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
      h(
        "div",
        { class: "race-plot" },
        h("div", {
          class: "plot",
          role: "img",
          "aria-label": label,
          unhook: purge,
          hook: (/** @type {HTMLElement} */ element) =>
            draw(element, [curve, at, palette, covered], (width) => ({
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
              layout: {
                width,
                height: 150,
                margin: { l: 40, r: 8, t: 6, b: 24 },
                paper_bgcolor: "rgba(0,0,0,0)",
                plot_bgcolor: "rgba(0,0,0,0)",
                dragmode: false,
                showlegend: false,
                font: { color: palette.soft, size: 12 },
                xaxis: { gridcolor: palette.line, fixedrange: true, nticks: 5 },
                yaxis: { gridcolor: palette.line, fixedrange: true, nticks: 4 },
              },
            })),
        }),
      ),
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
