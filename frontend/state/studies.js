/**
 * What has to be read for the explanation: why it is so, how its shapes meet, its Jacobian, where it
 * goes, and of a number that is given the loss along it. What is on the screen is read, and read anew
 * whenever another iteration or other numbers come on it.
 *
 * @import { Client } from "../service/client.js"
 * @import { Target } from "../lib/types.js"
 * @import { Moment } from "../lib/moment.js"
 * @import { Store } from "./effects.js"
 * @import { State, Study } from "./state.js"
 * @typedef {{kind: string, path: string, key: string, query: Record<string, string>}} Asking
 */

import { imageTensor } from "../lib/images.js";
import { troubleOf } from "../service/client.js";
import * as actions from "./actions.js";
import { currentStep } from "./scene.js";
import { coverOf } from "./sheet.js";
import { studyKey } from "./state.js";
import { aspectOf, chosen, exampleOf, hasGradient, isCovered, isGiven } from "./subject.js";

const KEPT = 60;
/** What has no samples, or not this one, or is too large for one. */
const TOO_LARGE = ["no_samples", "unknown_sample", "over_budget"];
/** What knows nothing of the steps inside of others. */
const CLOSED = ["plots/slice"];

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
  return [...(step?.parts && !step.veiled ? [parts] : []), ...explained(state)];
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

/** @param {Store} store @param {Client} client */
export function createStudies({ get, apply }, client) {
  /** @type {Map<string, Study>} */
  const known = new Map();
  /** @type {Set<string>} */
  const asked = new Set();

  /** @param {string} id @param {Moment} moment @param {boolean} open @param {Asking} asking */
  const read = async (id, moment, open, { kind, path, key, query }) => {
    asked.add(key);
    /** @type {Study} */
    let study;
    try {
      study = { key, answer: await ask(id, path, query, moment, open), trouble: null };
      known.set(key, study);
      if (known.size > KEPT) known.delete([...known.keys()][0]);
    } catch (error) {
      study = { key, answer: null, trouble: troubleOf(error) };
    }
    asked.delete(key);
    if (askings(get()).some((one) => one.key === key)) apply(actions.studied, kind, study);
  };

  /**
   * What a Jacobian costs comes first: of one that is too large the part of a sample is asked for.
   *
   * @param {string} id
   * @param {string} path
   * @param {Record<string, string>} query
   * @param {Moment} moment
   * @param {boolean} open
   */
  const ask = async (id, path, query, moment, open) => {
    if (path !== "jacobian")
      return client.study(id, path, query, moment, open && !CLOSED.includes(path));
    const { sample, ...plain } = query;
    const costs = await client.study(id, path, { ...plain, values: "none" }, moment, open);
    const fits = costs.limit === null || costs.cost.jacobian_elements <= costs.limit;
    if (fits) return client.study(id, path, plain, moment, open);
    return client.study(id, path, query, moment, open).catch((/** @type {any} */ error) => {
      if (TOO_LARGE.includes(troubleOf(error).code)) return costs;
      throw error;
    });
  };

  return {
    /** Read what is on the screen and not at hand. */
    follow() {
      const state = get();
      const { run, shown, revision, open } = state;
      if (!run || !shown || shown.revision !== revision || shown.open !== open) return;
      for (const asking of askings(state)) {
        if (state.studies[asking.kind]?.key === asking.key || asked.has(asking.key)) continue;
        const study = known.get(asking.key);
        if (study) return apply(actions.studied, asking.kind, study);
        void read(run.id, shown, open, asking);
      }
    },
  };
}
