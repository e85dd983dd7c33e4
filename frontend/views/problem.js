/**
 * What went wrong and what to do about it, as two sentences.
 *
 * @import { Problem } from "../lib/types.js"
 */

import { h } from "../lib/h.js";

/** @param {Problem} problem @param {Record<string, any>} [props] */
export function problemView({ detail, hint, where }, props = {}) {
  const place = where?.line
    ? `Line ${where.line}${where.column ? `, column ${where.column}` : ""}: `
    : null;
  const sentence = /[.!?]$/.test(detail) ? detail : `${detail}.`;
  return h(
    "p",
    { class: "trouble", ...props },
    place && h("b", null, place),
    sentence,
    hint && ` ${hint[0].toUpperCase()}${hint.slice(1)}${/[.!?]$/.test(hint) ? "" : "."}`,
  );
}
