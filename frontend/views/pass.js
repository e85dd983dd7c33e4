/**
 * A whole backward pass judged: which step is wrong, and what only follows from it.
 * @import { Verdict } from "../state/practice/reducer.js"
 */

import { h } from "../lib/h.js";
import { fromWire, printOne, printShape } from "../lib/numbers.js";
import { proseView } from "./prose.js";

/** @type {Record<Verdict["verdict"], string>} */
const MARKS = { correct: "✓", wrong_shape: "✗", wrong_value: "≠", error: "!" };

/**
 * The gradients in backward order; the first step that is wrong by itself is marked.
 *
 * @param {Record<string, Verdict>} verdicts
 * @param {string[]} blame
 * @param {{digits: number, isTensor: (name: string) => boolean, explain: (tensor: string) => void}} options
 */
export function passView(verdicts, blame, options) {
  return h(
    "ol",
    { class: "pass", key: "pass", "aria-label": "Your backward pass" },
    Object.entries(verdicts).map(([name, verdict]) =>
      h(
        "li",
        { key: name, class: classOf(name, verdict, blame) },
        h("b", { "aria-hidden": "true" }, MARKS[verdict.verdict]),
        h(
          "button",
          { type: "button", class: "name-link", onclick: () => options.explain(name) },
          `${name}.g`,
        ),
        h("span", { class: "says" }, saysOf(verdict, options.digits)),
        ...toldOf(name, verdict, blame, options),
      ),
    ),
  );
}

/** @param {string} name @param {Verdict} verdict @param {string[]} blame */
function classOf(name, { verdict, follows_from: causes }, blame) {
  if (verdict === "correct") return "right";
  if (causes.length) return "follows";
  return blame[0] === name ? "wrong first" : "wrong";
}

/** @param {Verdict} verdict @param {number} digits */
function saysOf(verdict, digits) {
  if (verdict.verdict === "correct") return verdict.notes.length ? "right, with a note" : "right";
  if (verdict.follows_from.length) {
    return `follows from your ${verdict.follows_from.map((name) => `${name}.g`).join(", ")}`;
  }
  if (verdict.verdict === "wrong_shape") {
    return `wrong shape ${printShape(verdict.shape ?? [])}, not ${printShape(verdict.expected_shape ?? [])}`;
  }
  if (verdict.verdict === "error") return "cannot be read";
  const most = verdict.max_abs_difference === null ? NaN : fromWire(verdict.max_abs_difference);
  const off = Number.isFinite(most) ? `, off by up to ${printOne(most, digits)}` : "";
  return verdict.own_step === "wrong" ? `this step is wrong${off}` : `wrong${off}`;
}

/**
 * @param {string} name
 * @param {Verdict} verdict
 * @param {string[]} blame
 * @param {{isTensor: (name: string) => boolean}} options
 */
function toldOf(name, { diagnosis, hint, message }, blame, { isTensor }) {
  const told = diagnosis?.message ?? (message ? `${message}.` : null);
  return [
    told && h("p", { class: blame[0] === name ? "diagnosis" : "" }, ...proseView(told, isTensor)),
    hint && h("p", { class: "hint" }, ...proseView(hint, isTensor)),
  ];
}
