/**
 * Answers that were written down, as the service would give them. What was not written down is refused
 * by name.
 *
 * @import { Explanation, Trace } from "../lib/types.js"
 * @import { Form } from "../lib/forms.js"
 * @import { Moment } from "../lib/moment.js"
 * @import { Client } from "./client.js"
 * @typedef {{trace: Trace, answers: Record<string, any>, forms: Record<string, Form>}} Recording
 * @typedef {{count: number, are: any}} Columns
 * @typedef {object} Written  as it is in a file
 * @property {Omit<Trace, "steps"> & {steps: Columns}} trace
 * @property {Record<string, Columns & {by: string[] | {asked: any}}>} answers  `by`: what was asked, or the
 *   names of the parts of an answer that say it
 * @property {{names: string[], are: any}} forms
 */

import { valuesOf } from "../lib/columns.js";
import { explainedBy } from "../lib/forms.js";
import { Refusal } from "./refusal.js";

const ABSENT = 404;

/** @template {Written} W @param {W} written @returns {W & Recording} */
export function recordingIn({ trace, answers, forms, ...others }) {
  const told = Object.entries(answers).flatMap(([kind, { count, by, are }]) => {
    const known = valuesOf(are, count);
    const asked = Array.isArray(by)
      ? known.map((one) => parts(one, by))
      : valuesOf(by.asked, count);
    return known.map((one, at) => [question(kind, asked[at]), one]);
  });
  const formed = valuesOf(forms.are, forms.names.length);
  return /** @type {any} */ ({
    ...others,
    trace: { ...trace, steps: valuesOf(trace.steps.are, trace.steps.count) },
    answers: Object.fromEntries(told),
    forms: Object.fromEntries(forms.names.map((name, at) => [name, formed[at]])),
  });
}

/** @param {any} answer @param {string[]} names @returns {Record<string, string>} */
function parts(answer, names) {
  return Object.fromEntries(names.map((name) => [name, String(answer[name])]));
}

/**
 * @param {(moment: Moment) => Recording} recordingAt
 * @returns {Pick<Client, "explain" | "study">}
 */
export function recordedClient(recordingAt) {
  const answer = async (
    /** @type {string} */ kind,
    /** @type {Record<string, string>} */ asked,
    /** @type {Moment} */ moment,
  ) => {
    const found = answerOf(recordingAt(moment), kind, asked);
    if (found === null) throw missing(kind);
    return found;
  };
  return {
    explain: (_, { tensor, field, index }, moment) =>
      answer("explain", { tensor, field, index: index.join() }, moment),
    study: (_, kind, query, moment) => answer(kind, query, moment),
  };
}

/**
 * A Jacobian is told as a whole, or what it would cost.
 *
 * @param {Recording} recording
 * @param {string} kind
 * @param {Record<string, string>} asked
 * @returns {any}
 */
function answerOf({ trace, answers, forms }, kind, asked) {
  const { sample, values, ...about } = asked;
  const known = answers[question(kind, about)];
  if (known !== undefined) return known;
  const { tensor, field, index } = about;
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
