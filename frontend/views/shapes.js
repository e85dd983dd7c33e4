/**
 * How the axes of a step meet, drawn as a table: a column per axis, a row per tensor; and what else
 * could have been written.
 *
 * @import { Layout } from "../lib/answers.js"
 * @import { Alignment, Axis, AxesRow, Solved, Way } from "../lib/types.js"
 * @import { Speech } from "./prose.js"
 */

import { h } from "../lib/h.js";
import { printShape, signed } from "../lib/numbers.js";
import { codeView } from "./code.js";
import { proseView } from "./prose.js";

const ROLES = { kept: "kept", summed: "summed over", stretched: "broadcast" };
const SHOWN_WAYS = 5;
/** More axes stand closer. */
const MANY = 3;

/** @typedef {(name: string) => boolean} Known */

/**
 * What becomes of the axes, in a sentence.
 *
 * @param {Alignment} shapes
 */
export function axesText({ axes, rows }) {
  const result = rows.find((row) => row.result);
  const named = (/** @type {Axis["role"]} */ role) =>
    axes
      .filter((axis) => axis.role === role)
      .map(({ letter, length }) => `${letter} (${length})`)
      .join(", ");
  const [summed, repeated] = [named("summed"), named("stretched")];
  const whose = result ? `, the shape of \`${result.code}\`` : "";
  const shape = result ? printShape(result.shape) : "";
  if (summed) return `Summed over axis ${summed}; what remains is ${shape}${whose}.`;
  if (repeated) return `Broadcast along axis ${repeated} to ${shape}${whose}.`;
  return `Every axis is kept: ${shape}${whose}.`;
}

/** @param {Alignment} shapes @param {Speech} speech */
export function alignmentView({ axes, rows }, { isTensor, pointLetter }) {
  const pointing = (/** @type {string} */ letter) => ({
    onmouseenter: () => pointLetter?.(letter),
    onmouseleave: () => pointLetter?.(null),
    onfocusin: () => pointLetter?.(letter),
    onfocusout: () => pointLetter?.(null),
  });
  return h(
    "div",
    { class: "terms-box", key: "alignment" },
    h(
      "table",
      {
        class: axes.length > MANY ? "alignment dense" : "alignment",
        "aria-label": "How the axes meet",
      },
      h(
        "thead",
        null,
        h(
          "tr",
          null,
          h("td", null),
          axes.map(({ letter, length, role }) =>
            h(
              "th",
              { scope: "col", key: letter, class: role, ...pointing(letter) },
              h(
                "button",
                {
                  type: "button",
                  class: "letter",
                  title: `Show on the stage what ${letter} runs over`,
                },
                letter,
              ),
              h("span", { class: "axis-length" }, String(length)),
              h("span", { class: "role" }, ROLES[role]),
            ),
          ),
        ),
      ),
      h(
        "tbody",
        null,
        rows.map((row) => rowView(row, axes, isTensor)),
      ),
    ),
  );
}

/** @param {AxesRow} row @param {Axis[]} axes @param {Known} isTensor */
function rowView(row, axes, isTensor) {
  return h(
    "tr",
    { key: row.code, class: row.result ? "result" : "" },
    h(
      "th",
      { scope: "row" },
      h("code", null, ...codeView(signed(row.code), isTensor)),
      h("span", { class: "shape" }, ` ${printShape(row.shape)}`),
    ),
    axes.map((axis) => h("td", { key: axis.letter }, boxView(row, axis))),
  );
}

/** What a tensor has along an axis. @param {AxesRow} row @param {Axis} axis */
function boxView({ axes, repeated, result }, { letter, length, role }) {
  const own = axes.find((one) => one.letter === letter);
  if (own && !own.stretched) return h("span", { class: "axis-box" }, String(length));
  if (own || repeated.includes(letter))
    return h("span", { class: "axis-box repeated" }, `${own ? "1" : "–"} → ${length}`);
  return result && role === "summed" ? h("span", { class: "axis-box gone" }, "Σ") : null;
}

/** @param {Solved} solved @param {Known} isTensor */
export function waysView({ target, operands, list, coincidence }, isTensor) {
  const whom = operands.map(({ code, shape }) => `\`${code}\` ${printShape(shape)}`).join(" and ");
  const table = (/** @type {Way[]} */ ways) =>
    h(
      "table",
      { class: "ways", "aria-label": "Ways to combine the operands" },
      h(
        "tbody",
        null,
        ways.map((way) => wayView(way, isTensor)),
      ),
    );
  return [
    h(
      "p",
      { key: "whom" },
      ...proseView(
        `All ways to combine ${whom} with \`*\`, \`@\`, transposes and sums; the shape must be ${printShape(target)}.`,
        isTensor,
      ),
    ),
    coincidence && h("p", { class: "beware", key: "beware" }, ...proseView(coincidence, isTensor)),
    h("div", { class: "terms-box", key: "first" }, table(list.slice(0, SHOWN_WAYS))),
    list.length > SHOWN_WAYS &&
      h(
        "details",
        { key: "rest" },
        h("summary", null, `${list.length - SHOWN_WAYS} more`),
        table(list.slice(SHOWN_WAYS)),
      ),
  ];
}

/** @param {Way} way @param {Known} isTensor */
function wayView(way, isTensor) {
  const [mark, kind, words] = judgement(way);
  return h(
    "tr",
    { key: way.code, class: kind },
    h("td", { class: "mark", "aria-hidden": "true" }, mark),
    h("th", { scope: "row" }, h("code", null, ...codeView(signed(way.code), isTensor))),
    h(
      "td",
      null,
      h("span", { class: "judgement" }, words),
      way.shape && h("span", { class: "shape" }, ` ${printShape(way.shape)}`),
      way.error && h("span", { class: "why-not" }, way.error),
    ),
  );
}

/** @param {Way} way @returns {[string, string, string]} */
function judgement({ runs, right_shape: fits, right_numbers: right }) {
  if (!runs) return ["✗", "refused", "does not run"];
  if (!fits) return ["✗", "misfit", "wrong shape"];
  if (right === null) return ["○", "fits", "right shape"];
  return right
    ? ["✓", "right", "right shape, right numbers"]
    : ["≠", "wrong", "right shape, wrong numbers"];
}

/** Weights stored both ways: what changes is the code alone. @param {Layout[]} layouts @param {Speech} options */
export function layoutsView(layouts, { isTensor }) {
  const rows = /** @type {const} */ ([
    ["forward", "forward"],
    ["weight_gradient", "weight gradient"],
    ["input_gradient", "input gradient"],
  ]);
  return h(
    "table",
    { class: "ways layouts" },
    h(
      "thead",
      null,
      h(
        "tr",
        null,
        h("td", null),
        layouts.map(({ name, own, weight, shape }) =>
          h(
            "th",
            { scope: "col", key: name, class: own ? "right" : null },
            name === "in_out" ? "(in, out)" : "(out, in)",
            h("span", { class: "why-not" }, `${weight} ${printShape(shape)}${own ? ", here" : ""}`),
          ),
        ),
      ),
    ),
    h(
      "tbody",
      null,
      rows.map(([field, word]) =>
        h(
          "tr",
          { key: field },
          h("th", { scope: "row" }, word),
          layouts.map((layout) =>
            h("td", { key: layout.name }, h("code", null, ...codeView(layout[field], isTensor))),
          ),
        ),
      ),
    ),
  );
}
