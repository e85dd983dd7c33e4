/**
 * Two columns of the film in words and pictures: the loss, the prediction of each sample, and what a
 * tensor gained.
 *
 * @import { Tensor } from "../lib/types.js"
 */

import { isSilent, listed, movement, sharedPrediction } from "../lib/film.js";
import { h } from "../lib/h.js";
import { MINUS, printOne, signed } from "../lib/numbers.js";
import { numbersView } from "./film.js";

/** More samples are not drawn one by one. */
const MOST_SAMPLES = 12;
/** A larger tensor's difference is drawn as a picture elsewhere. */
const LISTED = 80;

/** `−26 %` @param {number} from @param {number} to */
export function change(from, to) {
  if (!Number.isFinite(from) || !Number.isFinite(to) || from === 0) return null;
  const percent = (100 * (to - from)) / Math.abs(from);
  const near = Math.abs(percent) >= 99.5 && Math.abs(percent) < 100;
  const text = Math.abs(percent).toFixed(near ? 1 : 0);
  return `${Number(text) === 0 ? "" : percent > 0 ? "+" : MINUS}${text}\u00a0%`;
}

/**
 * @typedef {object} Predictions
 * @property {string} name  as the program calls it
 * @property {Tensor} before
 * @property {Tensor} after
 * @property {string | null} targetName
 * @property {Tensor | null} target
 * @property {{name: string, numbers: Tensor} | null} layer  the one before it, at B
 *
 * @param {{losses: [number, number], iterations: [number, number], digits: number}} what
 * @param {Predictions | null} predictions
 */
export function sentenceView({ losses: [from, to], iterations, digits }, predictions) {
  const print = (/** @type {number} */ number) => printOne(number, digits);
  const verb =
    to < from ? "fell" : to > from ? "rose" : from === to || Object.is(from, to) ? null : "went";
  const text = [
    verb
      ? `From iteration ${iterations[0]} to ${iterations[1]} the loss ${verb} from ${print(from)} to ${print(to)}.`
      : `The loss is ${print(to)} in both.`,
  ];
  if (predictions?.target) text.push(...tied(predictions, print));
  return h("p", { class: "film-sentence", key: "sentence" }, text.join(" "));
}

/** @param {Predictions} predictions @param {(number: number) => string} print */
function tied({ after, target, layer }, print) {
  const goals = /** @type {Tensor} */ (target).data;
  if (after.data.length !== goals.length) return [];
  const group = sharedPrediction(after.data, goals);
  if (!group) return [];
  const average = group.reduce((sum, at) => sum + goals[at], 0) / group.length;
  const value = after.data[group[0]];
  const near = Math.abs(average - value) <= 0.02 * Math.max(1, Math.abs(average));
  const some = group.length > MOST_SAMPLES ? `${group.length} samples` : `Samples ${listed(group)}`;
  const silent = layer && layer.numbers.shape[0] === goals.length && isSilent(layer.numbers, group);
  const mean = near ? ", about the mean of their targets" : "";
  const why = silent ? `: every unit of ${layer.name} is 0 for them` : "";
  return [`${some} share one prediction, ${print(value)}${mean}${why}.`];
}

/** @param {Predictions} predictions @param {number} digits */
export function dotsView({ name, before, after, targetName, target }, digits) {
  const count = Math.min(MOST_SAMPLES, after.data.length);
  const samples = Array.from({ length: count }, (_, at) => at);
  const numbers = samples
    .flatMap((at) => [before.data[at], after.data[at], target?.data[at] ?? after.data[at]])
    .filter(Number.isFinite);
  const [low, high] = [Math.min(0, ...numbers), Math.max(...numbers, 0)];
  const place = (/** @type {number} */ number) => `${(100 * (number - low)) / (high - low || 1)}%`;
  const print = (/** @type {number} */ number) => short(number, Math.min(digits, 2));
  return h(
    "div",
    { class: "dots-box", key: "dots" },
    h(
      "table",
      { class: "sample-dots", "aria-label": `${name} of each sample, at A and at B` },
      h(
        "thead",
        null,
        h(
          "tr",
          null,
          h("th", { scope: "col" }, "sample"),
          h("th", { scope: "col" }, h("code", { class: "value" }, name), " A → B"),
          target && h("th", { scope: "col" }, h("code", null, targetName)),
          h(
            "th",
            { class: "ends", scope: "col" },
            h("span", { class: "unseen" }, "drawn"),
            h("span", { "aria-hidden": "true" }, print(low)),
            h("span", { "aria-hidden": "true" }, print(high)),
          ),
        ),
      ),
      h(
        "tbody",
        null,
        samples.map((at) =>
          h(
            "tr",
            { key: at },
            h("th", { scope: "row" }, String(at)),
            h("td", null, `${print(before.data[at])} → ${print(after.data[at])}`),
            target && h("td", null, signed(String(target.data[at]))),
            h(
              "td",
              { class: "drawn", "aria-hidden": "true" },
              h(
                "div",
                null,
                target && h("i", { class: "goal", style: { left: place(target.data[at]) } }),
                [before, after].every(({ data }) => Number.isFinite(data[at])) &&
                  h("i", {
                    class: "way",
                    style: {
                      left: place(Math.min(before.data[at], after.data[at])),
                      width: `${(100 * Math.abs(after.data[at] - before.data[at])) / (high - low || 1)}%`,
                    },
                  }),
                Number.isFinite(before.data[at]) &&
                  h("i", { class: "from", style: { left: place(before.data[at]) } }),
                Number.isFinite(after.data[at]) &&
                  h("i", { class: "to", style: { left: place(after.data[at]) } }),
              ),
            ),
          ),
        ),
      ),
    ),
    h(
      "p",
      { class: "hint" },
      `ring: A, dot: B${target ? ", bar: target" : ""}`,
      count < after.data.length ? ` · ${count} of ${after.data.length} samples` : "",
    ),
  );
}

/** So many decimals, also of small numbers: here they are compared by the eye. @param {number} number @param {number} digits */
function short(number, digits) {
  if (Number.isInteger(number) || !(Math.abs(number) < 1e4)) return printOne(number, digits);
  const text = number.toFixed(digits);
  return signed(Number(text) === 0 ? text.replace("-", "") : text);
}

/**
 * What a tensor gained from A to B.
 *
 * @param {string} code
 * @param {"value" | "gradient"} field
 * @param {Tensor} difference
 * @param {number} digits
 * @param {import("../lib/h.js").VNode | null} choice of the tensor
 * @param {(difference: Tensor) => import("../lib/h.js").VNode} large
 */
export function gainView(code, field, difference, digits, choice, large) {
  const decimals = Math.min(digits, 2);
  const { many, threshold, still, all } = movement(difference.data, decimals);
  const limit = printOne(threshold, Math.max(0, -Math.floor(Math.log10(threshold))));
  const most = Math.max(0, ...Array.from(difference.data, Math.abs).filter(Number.isFinite));
  return h(
    "div",
    { class: "gain", key: "gain" },
    h("p", null, choice ?? h("code", { class: field }, code), ` B ${MINUS} A`),
    h(
      "div",
      { class: "gain-row" },
      difference.data.length <= LISTED
        ? h(
            "div",
            { role: "img", "aria-label": `${code}: B minus A, ${all} numbers` },
            numbersView(difference, most, decimals),
          )
        : large(difference),
      h(
        "p",
        { class: "hint" },
        threshold === 0
          ? "No number moved."
          : `${many} of ${all} moved by ${limit} or more, ${still} did not move at all.`,
      ),
    ),
  );
}
