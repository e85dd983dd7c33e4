/**
 * What has to be read for the explanation: why it is so, how its shapes meet, its Jacobian, where it
 * goes, and of a number that is given the loss along it.
 *
 * @import { Path } from "../../lib/path.js"
 * @import { Target, Uses } from "../../lib/types.js"
 * @import { State } from "../state.js"
 * @import { Study } from "./reducer.js"
 * @typedef {{kind: string, path: string, key: string, query: Record<string, string>}} Asking
 */

import { imageTensor } from "../../lib/images.js";
import { at } from "../../lib/moment.js";
import { pathOf } from "../../lib/path.js";
import {
  aspectOf,
  chosen,
  exampleOf,
  hasGradient,
  isCovered,
  isGiven,
  subjectOf,
} from "../explanation/selectors.js";
import { coverOf } from "../practice/selectors.js";
import { currentStep } from "../stage/selectors.js";
import { studyKey } from "../trace/selectors.js";

/** What knows nothing of the steps inside of others. */
export const CLOSED = ["plots/slice"];

/**
 * The answer to what is asked now; null while it is on its way.
 *
 * @param {State} state
 * @param {string} kind
 * @returns {Study | null}
 */
export function present(state, kind) {
  const asking = askings(state).find((one) => one.kind === kind);
  const study = state.studies[kind];
  return asking && study?.key === asking.key ? study : null;
}

/** Is something on its way? @param {State} state */
export function isAsking(state) {
  return askings(state).some(({ kind, key }) => state.studies[kind]?.key !== key);
}

/**
 * What has to be read for the screen, one after the other: the Jacobian that belongs to a step is
 * named by its reasons.
 *
 * @param {State} state
 * @returns {Asking[]}
 */
export function askings(state) {
  const { run, shown, drag } = state;
  if (!run || !shown || drag || isCovered(state)) return [];
  const step = currentStep(state);
  const query = { step: String(state.cursor) };
  const parts = { kind: "parts", path: "parts", query, key: studyKey(state, "parts", query) ?? "" };
  return [...(step?.parts && !step.hidden ? [parts] : []), ...explained(state)];
}

/**
 * What has to be read for the explanation.
 *
 * @param {State} state
 * @returns {Asking[]}
 */
function explained(state) {
  const { run, shown } = state;
  if (!run || !shown) return [];
  const aspect = aspectOf(state);
  const asking = (
    /** @type {string} */ kind,
    /** @type {Record<string, string>} */ query,
    /** @type {string} */ path = kind,
  ) => ({
    kind,
    path,
    query,
    key: studyKey(state, kind, query) ?? "",
  });
  const target = chosen(state);
  const example = target ? null : exampleOf(state);
  const subject = target ?? example;
  // the explainer reads what was chosen
  const terms = example ? [asking("explain", elementQuery(example))] : [];
  // what a gradient tells of is where its number goes
  if (aspect === "uses")
    return subject ? [asking("uses", { ...elementQuery(subject), field: "value" })] : [];
  if (aspect === "why" && target && isGiven(state, target)) return given(state, target, asking);
  const query = subjectQuery(state);
  if (query === null) return [];
  const why = asking("why", query);
  const reasons = state.studies.why;
  const matrix = reasons?.key === why.key ? reasons.answer?.jacobian : null;
  if (aspect === "why" || aspect === "terms") return [...terms, why, ...images(state, asking)];
  if (aspect === "shapes") return [why];
  if (!matrix) return [why];
  const { inputs } = shown.trace.steps[matrix.step] ?? { inputs: [] };
  return [
    why,
    asking("jacobian", {
      step: String(matrix.step),
      input: state.by && inputs.includes(state.by) ? state.by : matrix.input,
      sample: String(state.sample),
    }),
  ];
}

/**
 * The loss along a number that is given, what the update makes of it, and where it goes.
 *
 * @param {State} state
 * @param {Target} target
 * @param {(kind: string, query: Record<string, string>, path?: string) => Asking} asking
 */
function given(state, target, asking) {
  if (coverOf(state) !== null) return [];
  const query = elementQuery(target);
  const steps = state.shown?.trace.steps ?? [];
  const updated = steps.some(({ of }) => of.tensor === target.tensor && of.field === "next");
  return [
    asking("uses", query),
    ...(hasGradient(state, target.tensor)
      ? [asking("slice", { parameter: target.tensor, index: target.index.join() }, "plots/slice")]
      : []),
    ...(updated ? [asking("next", { ...query, field: "next" }, "explain")] : []),
  ];
}

/**
 * The images of samples whose parts are told, where the trace does not list them.
 *
 * @param {State} state
 * @param {(kind: string, query: Record<string, string>, path?: string) => Asking} asking
 */
function images({ shown, explained, studies }, asking) {
  const answer = explained ? explained.answer : studies.explain?.answer;
  const name = shown && answer?.samples ? imageTensor(shown.trace) : null;
  if (!shown || name === null || shown.trace.tensors[name].value !== undefined) return [];
  return [asking("images", { field: "value" }, `tensors/${encodeURIComponent(name)}`)];
}

/** @param {Target} target @returns {Record<string, string>} */
function elementQuery({ tensor, field, index }) {
  return { tensor, field, index: index.join() };
}

/**
 * Nothing computes what is given: how its shapes meet is told of its gradient.
 *
 * @param {State} state
 * @returns {Record<string, string> | null}
 */
function subjectQuery(state) {
  const target = chosen(state);
  if (target)
    return elementQuery(isGiven(state, target) ? { ...target, field: "gradient" } : target);
  const step = currentStep(state);
  return step && { step: String(step.index) };
}

/** @type {{answer: Uses, path: Path | null} | null} */
let last = null;

/**
 * Where it is asked where the element goes, and nowhere else: it takes the place of other numbers.
 *
 * @param {State} state
 * @returns {Path | null}
 */
export function tracedPath(state) {
  const { run, shown, open, studies } = state;
  const target = subjectOf(state);
  const study = studies.uses;
  if (!run || !shown || !target || !study?.answer) return null;
  const aspect = aspectOf(state);
  if (aspect !== "uses") return null;
  const now = [shown.run, shown.revision, at(shown), open].join("|");
  if (!study.key.startsWith(`${now}|`) || !isAbout(study.answer, target)) return null;
  if (last && last.answer === study.answer) return last.path;
  const path = pathOf(study.answer);
  last = { answer: study.answer, path: path.length > 1 ? path : null };
  return last.path;
}

/** @param {Uses} answer @param {Target} target */
function isAbout(answer, target) {
  return answer.tensor === target.tensor && answer.index.join() === target.index.join();
}
