/**
 * Answers that were written down, as the service would give them. What was not written down is refused
 * by name.
 *
 * @import { Explanation, Trace } from "../lib/types.js"
 * @import { Form } from "../lib/forms.js"
 * @import { Client } from "./client.js"
 * @typedef {{trace: Trace, answers: Record<string, any>, forms: Record<string, Form>}} Recording
 */

import { explainedBy } from "../lib/forms.js";
import { Refusal } from "./refusal.js";

const ABSENT = 404;

/**
 * The moment is the recording's, whatever one is asked for.
 *
 * @param {Recording} recording
 * @returns {Pick<Client, "explain" | "study">}
 */
export function recordedClient(recording) {
  const answer = async (
    /** @type {string} */ kind,
    /** @type {Record<string, string>} */ asked,
  ) => {
    const found = answerOf(recording, kind, asked);
    if (found === null) throw missing(kind);
    return found;
  };
  return {
    explain: (_, { tensor, field, index }) =>
      answer("explain", { tensor, field, index: index.join() }),
    study: (_, kind, query) => answer(kind, query),
  };
}

/**
 * @param {Recording} recording
 * @param {string} kind
 * @param {Record<string, string>} asked
 * @returns {any}
 */
function answerOf({ trace, answers, forms }, kind, asked) {
  const known = answers[question(kind, asked)];
  if (known !== undefined) return known;
  const { tensor, field, index, sample, ...others } = asked;
  if (kind === "jacobian" && sample !== undefined) return answers[question(kind, others)] ?? null;
  const step = trace.steps.find(({ of }) => of.tensor === tensor && of.field === field);
  if (kind === "why") return (step && answers[question(kind, { step: `${step.index}` })]) ?? null;
  const form = kind === "explain" && forms[`${tensor} ${field}`];
  return form
    ? explainedBy(form, trace, {
        tensor,
        field,
        index: index.split(",").filter(Boolean).map(Number),
      })
    : null;
}

/** As the file names it. @param {string} kind @param {Record<string, string>} asked */
function question(kind, asked) {
  return `${kind}?${Object.keys(asked)
    .sort()
    .map((name) => `${name}=${asked[name]}`)
    .join("&")}`;
}

/** @param {string} kind */
function missing(kind) {
  return new Refusal({
    code: "not_in_file",
    detail: `This file does not tell that (${kind}): it would be too large.`,
    hint: "Open the document in Backprop Explorer, which answers everything.",
    where: {},
    status: ABSENT,
  });
}
