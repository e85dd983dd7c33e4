/**
 * Files of data: looked into first, then put into the run, or made a run of.
 *
 * @import { Client } from "../../service/client.js"
 * @import { Looked, Choices } from "../../lib/data.js"
 * @import { Run } from "../../lib/types.js"
 * @import { Store } from "../store.js"
 * @typedef {object} Means  what it shares with the other commands
 * @property {(label: string, work: () => Promise<unknown>) => Promise<unknown>} change
 * @property {() => Promise<Run>} own  the run, to be changed
 * @property {(run: Run, example: null) => Promise<void>} open
 * @property {(run: Run) => Promise<void>} settle
 * @property {(error: unknown) => void} report
 * @property {(text: string) => void} say
 */

import { queryOf, titleOf, usual } from "../../lib/data.js";
import { printLoss } from "../../lib/numbers.js";
import { KEPT_BEFORE } from "../../lib/telling.js";
import { problemOf } from "../../service/refusal.js";
import { showDialog, updateFiles } from "../files/reducer.js";
import { setAlert } from "../messages/reducer.js";
import { bind } from "../store.js";
import { inThePast } from "../trace/selectors.js";
import * as reducers from "./reducer.js";

/** @param {Store} store @param {Client} client @param {Means} means */
export function createData({ get, apply }, client, { change, own, open, settle, report, say }) {
  let serial = 0;

  /** @param {Looked | null} data */
  const put = (data) => apply(reducers.setData, data);

  /** @param {Blob} file @param {Choices} choices */
  const inspect = (file, choices) => {
    const { run } = get();
    const view = run && !inThePast(get()) ? `run=${encodeURIComponent(run.view_id)}&` : "";
    return client.inspectData(file, `${view}${queryOf(choices)}`);
  };

  const data = {
    ...bind(apply, reducers),

    /** What is in a file is shown before it is used. @param {File} file @returns {Promise<boolean>} whether it is data */
    async look(file) {
      const answer = await inspect(file, {});
      if (answer.holds === "program") return false;
      put({ file, name: file.name, answer, choices: {}, use: usual(answer) });
      apply(showDialog, "data");
      return true;
    },

    /** What was chosen otherwise is looked into anew. @param {Choices} part */
    async choose(part) {
      const looked = get().data;
      if (!looked) return;
      const [turn, choices] = [(serial += 1), { ...looked.choices, ...part }];
      put({ ...looked, choices });
      try {
        const answer = await inspect(looked.file, choices);
        const now = get().data;
        if (turn !== serial || now?.file !== looked.file) return;
        apply(setAlert, null);
        put({ ...now, answer, use: usual(answer, now.use) });
      } catch (error) {
        if (turn === serial) apply(setAlert, problemOf(error));
      }
    },

    /** The data goes where it was chosen to go. */
    go: () =>
      change("Opening", async () => {
        const looked = get().data;
        if (!looked) return;
        try {
          await (looked.use ? begin(looked) : replace(looked));
        } catch (error) {
          report(error);
        }
      }),
  };

  /** @param {Looked} looked */
  async function begin({ file, name, choices, use }) {
    const before = get().run;
    const query = queryOf(choices);
    const title = encodeURIComponent(titleOf(name));
    const { run, warnings } = await client.importFile(
      file,
      `&model=${encodeURIComponent(use)}&title=${title}&${query}`,
    );
    await open(run, null);
    put(null);
    apply(updateFiles, { notes: warnings });
    apply(showDialog, null);
    say(`Opened ${name} as a new run.${before ? KEPT_BEFORE : ""} ${warnings.join(". ")}.`);
  }

  /** @param {Looked} looked */
  async function replace({ file, choices, answer }) {
    const label = choices.label ?? answer.fits?.label ?? undefined;
    const changed = await client.importTensors(await own(), file, queryOf({ ...choices, label }));
    put(null);
    await settle(changed);
    apply(showDialog, null);
    say(
      `${changed.replaced.join(", ")}: the numbers are the file's now; the loss is ${printLoss(changed.loss, get().digits)}.`,
    );
  }

  return data;
}
