/**
 * What can be asked about the chosen element, or else about the step at the cursor: why it is so,
 * how its shapes meet, its Jacobian,
 * where it goes. What is on the screen is read, and read anew whenever another iteration or other
 * numbers come on it.
 *
 * @import { Client } from "../service/client.js"
 * @import { Aspect, Target, Step } from "../lib/types.js"
 * @import { Moment } from "../lib/moment.js"
 * @import { Store } from "./effects.js"
 * @import { State, Study } from "./state.js"
 * @typedef {{kind: string, key: string, query: Record<string, string>}} Asking
 */

import { at } from "../lib/moment.js";
import { troubleOf } from "../service/client.js";
import * as actions from "./actions.js";
import { currentStep } from "./scene.js";
import { coverOf } from "./sheet.js";
import { wanted } from "./state.js";

const KEPT = 60;
/** What has no samples, or not this one, or is too large for one. */
const TOO_LARGE = ["no_samples", "unknown_sample", "over_budget"];

/**
 * The element that is explained, or null where it is the step.
 *
 * @param {State} state
 * @returns {Target | null}
 */
export function chosen(state) {
  return wanted(state)?.target ?? null;
}

/**
 * Is the element given, so that nothing computes it?
 *
 * @param {State} state
 * @param {Target} target
 */
function isGiven({ shown }, { tensor, field }) {
  const role = shown?.trace.tensors[tensor]?.role;
  return field === "value" && (role === "input" || role === "parameter" || role === "state");
}

/** What can be asked. @param {State} state @returns {Aspect[]} */
export function aspectsOf(state) {
  const target = chosen(state);
  const covered = coverOf(state) !== null; // the Jacobian's rule and what comes back would tell the answers
  if (!target) return covered ? ["why", "shapes"] : ["why", "shapes", "jacobian"];
  if (target.field === "next") return ["terms", "why", "shapes"];
  if (isGiven(state, target)) return covered ? ["terms"] : ["terms", "uses"];
  return covered ? ["terms", "why", "shapes"] : ["terms", "why", "shapes", "jacobian", "uses"];
}

/**
 * Is it about what is covered until it is found, or about an element that is made of such?
 *
 * @param {State} state
 */
export function isCovered(state) {
  const target = chosen(state);
  const tensors = state.shown?.trace.tensors ?? {};
  const own = target && (tensors[target.tensor]?.alias ?? target.tensor);
  const step = target
    ? state.shown?.trace.steps.find(
        ({ of }) => of.tensor === own && of.field === target.field && !of.part,
      )
    : currentStep(state);
  return (
    step !== null &&
    step !== undefined &&
    step.phase !== "forward" &&
    (step.veiled ||
      (target !== null &&
        step.tokens.some(
          ({ tensor, field }) =>
            tensor !== undefined && field === "gradient" && tensors[tensor]?.veiled,
        )))
  );
}

/** What is shown of it. @param {State} state @returns {Aspect} */
export function aspectOf(state) {
  const possible = aspectsOf(state);
  return state.aspect && possible.includes(state.aspect) ? state.aspect : possible[0];
}

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

/**
 * What has to be read for the screen, one after the other: the Jacobian that belongs to a step is
 * named by its reasons.
 *
 * @param {State} state
 * @returns {Asking[]}
 */
export function askings(state) {
  const { run, shown, open } = state;
  const aspect = aspectOf(state);
  if (!run || !shown || aspect === "terms" || isCovered(state)) return [];
  const asking = (/** @type {string} */ kind, /** @type {Record<string, string>} */ query) => ({
    kind,
    query,
    key: [run.id, shown.revision, at(shown), open, kind, JSON.stringify(query)].join("|"),
  });
  const subject = subjectQuery(state);
  if (subject === null) return [];
  // what a gradient tells of is where its number goes
  if (aspect === "uses") return [asking("uses", { ...subject, field: "value" })];
  const why = asking("why", subject);
  const reasons = state.studies.why;
  const matrix = reasons?.key === why.key ? reasons.answer?.jacobian : null;
  if (aspect !== "jacobian" || !matrix) return [why];
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

/** @param {State} state @returns {Record<string, string> | null} */
function subjectQuery(state) {
  const target = chosen(state);
  if (target) return { tensor: target.tensor, field: target.field, index: target.index.join() };
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
  const read = async (id, moment, open, { kind, key, query }) => {
    asked.add(key);
    /** @type {Study} */
    let study;
    try {
      study = { key, answer: await ask(id, kind, query, moment, open), trouble: null };
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
   * @param {string} kind
   * @param {Record<string, string>} query
   * @param {Moment} moment
   * @param {boolean} open
   */
  const ask = async (id, kind, query, moment, open) => {
    if (kind !== "jacobian") return client.study(id, kind, query, moment, open);
    const { sample, ...plain } = query;
    const costs = await client.study(id, kind, { ...plain, values: "none" }, moment, open);
    const fits = costs.limit === null || costs.cost.jacobian_elements <= costs.limit;
    if (fits) return client.study(id, kind, plain, moment, open);
    return client.study(id, kind, query, moment, open).catch((/** @type {any} */ error) => {
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
