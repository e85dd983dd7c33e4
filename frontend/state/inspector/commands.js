/**
 * A tensor is selected.
 *
 * @import { Store } from "../store.js"
 */

import { afterDrawing } from "../../lib/drawing.js";
import { tree } from "../../lib/tree.js";
import { chooseTab } from "../page/reducer.js";
import { selectTensor } from "./reducer.js";

/** @param {Store["apply"]} apply */
export function createInspector(apply) {
  return {
    /** @param {string | null} name */
    selectTensor(name) {
      apply(selectTensor, name);
      if (name === null) return;
      apply(chooseTab, "explanation");
      afterDrawing(() =>
        tree.root.getElementById("selected")?.scrollIntoView({ block: "nearest" }),
      );
    },
  };
}
