/**
 * What the explanation says while a number is dragged.
 *
 * @import { Speaking } from "./explaining.js"
 * @import { State } from "../state/state.js"
 */

import { h } from "../lib/h.js";
import { fromWire } from "../lib/numbers.js";
import { promiseText, slopeText } from "../lib/telling.js";
import { proseView } from "../views/prose.js";
import { gradientBefore, gradientOf, shownTarget } from "./explaining.js";

/** What dragging did, beside what the gradient promised. @param {State} state @param {Speaking} options */
export function dragContent(state, options) {
  const { drag, shown, digits } = state;
  const target = shownTarget(state);
  if (!drag || !shown || !target) return [];
  const [before, after] = [gradientBefore(drag), gradientOf(state, target)];
  if (before === null || after === null)
    return [h("p", { class: "first", key: "told" }, "Everything that depends on it follows.")];
  const text =
    drag.value === drag.from
      ? slopeText(target, before, digits)
      : promiseText(
          {
            from: drag.from,
            value: drag.value,
            slopes: [before, after],
            losses: [fromWire(drag.before.loss), fromWire(shown.trace.loss)],
          },
          digits,
        );
  return [h("p", { class: "first", key: "told" }, ...proseView(text, options.isTensor))];
}
