/**
 * What follows from the trace on the screen, and the keys that name what is read of it.
 *
 * @import { Aim, Field, TensorRecord } from "../../lib/types.js"
 * @import { State } from "../state.js"
 * @import { Shown } from "./reducer.js"
 */

import { at } from "../../lib/moment.js";
import { areNumbersCovered } from "../learning/selectors.js";

/** Is the moment on the screen another than the present? @param {State} state */
export function inThePast(state) {
  return (
    state.run !== null &&
    state.shown !== null &&
    (state.shown.event !== null || state.shown.iteration < state.run.iteration)
  );
}

/** That a replay gives other numbers than were recorded, in words; mostly null. @param {State} state */
export function recalculated({ shown }) {
  return shown?.trace.warnings?.find(({ code }) => code === "recalculated")?.message ?? null;
}

/**
 * The text that names what is read for the screen, with the numbers that it is about.
 *
 * @param {State} state
 * @param {string} kind
 * @param {Record<string, string>} query
 */
export function studyKey({ run, shown, open }, kind, query) {
  if (!run || !shown) return null;
  return [shown.run, shown.revision, at(shown), open, kind, JSON.stringify(query)].join("|");
}

/**
 * The text that names the part of a tensor under `parts`.
 *
 * @param {Shown} shown
 * @param {string} name
 * @param {import("../../lib/types.js").Aim} field
 * @param {string} window
 */
export function partKey(shown, name, field, window) {
  return [shown.revision, at(shown), shown.open, name, field, window].join("|");
}

/**
 * From which step on a tensor's value and gradient are known.
 *
 * @param {Shown} shown
 * @param {string} name
 */
export function readyAt({ trace }, name) {
  const { value, gradient } = trace.tensors[name]?.ready ?? { value: null, gradient: null };
  return { value: value ?? -1, gradient: gradient ?? Infinity };
}

/**
 * What a trace lists of a tensor; next values stand with the steps that make them.
 *
 * @param {TensorRecord} record
 * @param {Aim} field
 */
export function listedIn(record, field) {
  return field === "next" ? undefined : record[field];
}

/** @param {State} state @param {string | null} name @param {Field | null} field */
export function isLeaf(state, name, field) {
  const role = name === null ? null : state.shown?.trace.tensors[name]?.role;
  return field === "value" && (role === "input" || role === "parameter") && !inThePast(state);
}

/**
 * Does it say yes or no?
 *
 * @param {State} state
 * @param {string | null} name
 * @param {any} listed its numbers, where they come with the step
 * @returns {boolean}
 */
export function isMask(state, name, listed) {
  if (listed === undefined)
    return name !== null && state.shown?.trace.tensors[name]?.dtype === "bool";
  return Array.isArray(listed) ? isMask(state, null, listed[0] ?? 0) : typeof listed === "boolean";
}

/**
 * Is it a gradient that is covered until it is found, or something that a lesson asks for?
 *
 * @param {State} state
 * @param {string | null} name
 * @param {Field | null} field
 */
export function isHidden(state, name, field) {
  if (name === null || field === null) return false;
  const found = field === "gradient" && state.shown?.trace.tensors[name]?.hidden === true;
  return found || areNumbersCovered(state, name, field);
}

/**
 * Is it what one use of a tensor contributes to a gradient that is covered?
 *
 * @param {State} state
 * @param {string} code  its name, as the steps have it
 */
export function isHiddenPart(state, code) {
  return (
    state.shown?.trace.steps.some(
      ({ output, of }) =>
        of.part !== undefined &&
        output === code &&
        of.field === "gradient" &&
        isHidden(state, of.tensor, of.field),
    ) ?? false
  );
}
