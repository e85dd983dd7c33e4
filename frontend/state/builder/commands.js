/**
 * The layer builder: every change of the network shows what it would become; building it opens a
 * run of its own. A program is never read back into layers.
 *
 * @import { Building, Network } from "../../lib/network.js"
 * @import { Run } from "../../lib/types.js"
 * @import { Client } from "../../service/client.js"
 * @import { Store } from "../store.js"
 * @typedef {object} Means  what it shares with the other commands
 * @property {(label: string, work: () => Promise<unknown>) => Promise<unknown>} change
 * @property {(run: Run, example: null, instead: string | null) => Promise<void>} open
 * @property {(text: string) => void} say
 * @property {() => void} leave  to what was built
 */

import { beginning } from "../../lib/network.js";
import { fromWire, printOne } from "../../lib/numbers.js";
import { KEPT_BEFORE } from "../../lib/telling.js";
import { OPENING } from "../../service/client.js";
import { problemOf } from "../../service/refusal.js";
import { updateBuilder } from "./reducer.js";

/** @param {Store} store @param {Client} client @param {Means} means */
export function createBuilder(store, client, { change, open, say, leave }) {
  const { get, apply } = store;
  let latest = 0;

  /** @param {Partial<Building>} part */
  const put = (part) => apply(updateBuilder, part);

  /**
   * The service's answer to the network; null where it refuses, or where another change has
   * overtaken it.
   *
   * @param {number} own
   */
  const ask = async (own) => {
    try {
      const answer = await client.build(get().builder.network);
      return own === latest ? answer : null;
    } catch (error) {
      if (own === latest) put({ problem: problemOf(error) });
      return null;
    }
  };

  /** What the layers would give. */
  const look = async () => {
    const answer = await ask((latest += 1));
    if (answer) put({ layers: answer.layers, preview: answer.document, problem: null });
  };

  const write = () => {
    const own = (latest += 1);
    return change("Building", async () => {
      const answer = own === latest ? await ask(own) : null;
      if (!answer) return;
      const { document, layers } = answer;
      const [before, made] = [get().run, get().builder.made];
      const untouched = before && made?.run === before.id && !before.can_undo ? before.id : null;
      const network = /** @type {Network} */ (get().builder.network);
      const run = await client.create(document, OPENING);
      put({
        layers,
        preview: document,
        problem: null,
        made: { run: run.id, program: document.program, network },
      });
      await open(run, null, untouched);
      leave();
      say(
        `Built ${document.title}: the loss is ${printOne(fromWire(run.loss), get().digits)}.` +
          (before?.can_undo ? KEPT_BEFORE : ""),
      );
    });
  };

  return {
    /** What there is to build with is read once. */
    async begin() {
      if (get().builder.catalogue) return;
      try {
        const found = await client.layers();
        put({ catalogue: found, network: beginning(found) });
        await look();
      } catch (error) {
        put({ problem: problemOf(error) });
      }
    },

    /** Another network, whose preview follows. @param {Network} network */
    become(network) {
      put({ network });
      return look();
    },

    write,
  };
}
