/**
 * Answers that were written down, as the service would give them: the client asks for them in the
 * same words. What was not written down is refused by name.
 *
 * @import { Trace } from "../lib/types.js"
 * @import { Form } from "../lib/forms.js"
 * @typedef {{trace: Trace, answers: Record<string, any>, forms: Record<string, Form>}} Recording
 */

import { explainedBy } from "../lib/forms.js";

/** Of which moment it is is known. */
const MOMENT = ["iteration", "event"];
const ABSENT = 404;

/**
 * @param {Recording} recording
 * @returns {(address: string) => Promise<Response>} in the place of `fetch`
 */
export function recordedFetcher(recording) {
  return async (address) => {
    const [path, query = ""] = address.split("?");
    const kind = path.slice(path.lastIndexOf("/") + 1);
    const asked = Object.fromEntries(
      [...new URLSearchParams(query)].filter(([name]) => !MOMENT.includes(name)),
    );
    const found = answerOf(recording, kind, asked);
    return found === null ? reply({ ...missing(kind), status: ABSENT }, ABSENT) : reply(found, 200);
  };
}

/**
 * @param {Recording} recording
 * @param {string} kind
 * @param {Record<string, string>} asked
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
    ? explainedBy(form, trace, { tensor, field, index: index.split(",").map(Number) })
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
  return {
    code: "not_in_file",
    detail: `This file does not tell that (${kind}): it would be too large.`,
    hint: "Open the document in Backprop Explorer, which answers everything.",
    where: {},
  };
}

/** Numbers as they are, the sign of a zero too. @param {unknown} content @param {number} status */
function reply(content, status) {
  const ok = status !== ABSENT;
  return /** @type {Response} */ ({ ok, status, json: () => Promise.resolve(content) });
}
