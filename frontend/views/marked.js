/**
 * A formula with the place marked at which it fails.
 *
 * @import { VNode } from "../lib/h.js"
 * @import { Where } from "../lib/types.js"
 */

import { h } from "../lib/h.js";

/** @param {string} text @param {Where | null} where @returns {(VNode | string)[]} */
export function markedView(text, where) {
  if (!where?.column) return [text];
  const at = Math.min(where.column - 1, text.length);
  const [word] = /^[\w.]+|^./u.exec(text.slice(at)) ?? [" "];
  return [text.slice(0, at), h("mark", null, word), text.slice(at + word.length)].filter(
    (part) => part !== "",
  );
}
