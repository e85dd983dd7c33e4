/**
 * How the weights of a network are stored, and the button that transposes them.
 *
 * @import { Commands } from "../state/commands.js"
 * @import { Speaking } from "./explaining.js"
 * @import { State } from "../state/state.js"
 * @import { Why } from "../lib/types.js"
 */

import { h, idleWhen } from "../lib/h.js";
import { inThePast } from "../state/trace/selectors.js";
import { questionView } from "../views/questions.js";
import { layoutsView } from "../views/shapes.js";

/**
 * The same network with its weights transposed.
 *
 * @param {Why} why
 * @param {State} state
 * @param {Commands} commands
 * @param {Speaking} options
 */
export function storageView({ layouts }, state, commands, options) {
  const layout = state.run?.layout;
  if (layout !== "in_out" && layout !== "out_in") return null;
  const other = layout === "in_out" ? "out_in" : "in_out";
  const words = {
    in_out: "(in, out), used as x @ w",
    out_in: "(out, in), used as x @ w.T as PyTorch stores them",
  };
  return questionView(
    "How are the weights stored?",
    [
      h("p", null, `As ${words[layout]}.`),
      layouts && layoutsView(layouts, options),
      h(
        "button",
        {
          type: "button",
          class: "small",
          ...idleWhen(inThePast(state)),
          onclick: () => inThePast(state) || commands.run.setLayout(other),
        },
        `Show them as ${other === "in_out" ? "(in, out)" : "(out, in)"}`,
      ),
    ],
    options,
  );
}
