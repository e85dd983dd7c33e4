/**
 * Numbers in and out: a file opens as a run of its own, or gives its numbers to the present one; a
 * run is saved as a file, a tensor copied.
 *
 * @import { Files, Format } from "../../lib/files.js"
 * @import { Moment } from "../../lib/moment.js"
 * @import { Matrix, Run, Tensor } from "../../lib/types.js"
 * @import { Client } from "../../service/client.js"
 * @import { Browser } from "../commands.js"
 * @import { State } from "../state.js"
 * @import { Store } from "../store.js"
 * @typedef {object} Means  what it shares with the other commands
 * @property {(label: string, work: () => Promise<unknown>) => Promise<unknown>} change
 * @property {() => Promise<Run>} own  the run, to be changed
 * @property {(run: Run, example: null) => Promise<void>} open
 * @property {Pick<ReturnType<typeof import("../import/commands.js").createImport>, "tell" | "goOn" | "openText">} bringing
 * @property {ReturnType<typeof import("../data/commands.js").createData>} data
 * @property {(run: Run) => Promise<void>} settle  after a change that may have touched everything
 * @property {(lesson: object) => Promise<boolean>} learn
 * @property {(error: unknown) => void} report
 * @property {(text: string) => void} say
 * @property {(text: string, what: string) => Promise<void>} copy  to the clipboard
 */

import { together } from "../../lib/archive.js";
import { asNumpy, asTabs } from "../../lib/block.js";
import { LARGEST_DOCUMENT } from "../../lib/address.js";
import { arePictures, holdsData, isPastedData } from "../../lib/data.js";
import { isLesson } from "../../lib/lessons.js";
import { printLoss } from "../../lib/numbers.js";
import { fromNested, size } from "../../lib/tensor.js";
import { Refusal } from "../../service/refusal.js";
import { setAlert } from "../messages/reducer.js";
import { inThePast } from "../trace/selectors.js";
import { showDialog, typeOpening, updateFiles } from "./reducer.js";

const NO_PROGRAM = "no_program";

/** @param {Store} store @param {Client} client @param {Browser} browser @param {Means} means */
export function createFiles({ get, apply }, client, browser, means) {
  const { change, own, open, bringing, data, learn, settle, report, say, copy } = means;
  const { save } = browser;

  /** @param {Partial<Files>} part */
  const put = (part) => apply(updateFiles, part);

  /**
   * All its numbers, where only some of them are on the screen.
   *
   * @param {Matrix} matrix
   * @param {Tensor} part
   * @returns {Promise<Tensor>}
   */
  const whole = async ({ name, field, shape, transposed }, part) => {
    const { run, shown } = get();
    if (
      !run ||
      !shown ||
      name === null ||
      field === null ||
      transposed ||
      size(part.shape) === size(shape)
    )
      return part;
    return fromNested(
      (await client.tensor(run.id, name, field, shown, "", shown.open)).value,
      shape,
    );
  };

  /** Which formats there are is asked once. */
  const begin = async () => {
    put({ numbers: null, first: null });
    if (get().files.formats.length) return;
    try {
      put({ formats: await client.formats() });
    } catch (error) {
      report(error);
    }
  };

  /** The numbers of a file for the present run. @param {File} file */
  const offer = async (file) => {
    if (get().dialog !== "open") apply(showDialog, "open");
    await begin();
    put({ numbers: inThePast(get()) ? null : file });
  };

  /** @param {[File, ...File[]]} files */
  const openFiles = (files) =>
    change("Opening", async () => {
      await begin();
      apply(setAlert, null);
      const file = await together(files);
      const isData = arePictures(files) || holdsData(file.name, get().files.formats);
      if (isData && (await data.look(file))) return;
      try {
        const before = get().run;
        const { run, warnings, ...code } = await client.importFile(file);
        await open(run, null);
        if (code.format === "code") bringing.tell(code, run, before !== null);
        if (!warnings.length) return;
        put({ notes: warnings });
        apply(showDialog, "opened");
      } catch (error) {
        if (error instanceof Refusal && error.problem.code === NO_PROGRAM && get().run)
          await offer(file);
        if (!(await bringing.goOn(file, error))) throw error;
      }
    });

  return {
    begin,

    /** @param {State["dialog"]} dialog */
    showDialog(dialog) {
      apply(showDialog, dialog, dialog === "open" ? browser.recent() : []);
      if (dialog === "open" || dialog === "export") void begin();
    },

    /** With which iteration a file of several begins. @param {number} first */
    chooseFirst: (first) => put({ first }),

    /**
     * @param {Matrix} matrix
     * @param {Tensor} part what is on the screen of it
     * @param {"numpy" | "tabs"} how
     */
    async copy(matrix, part, how) {
      try {
        const tensor = await whole(matrix, part);
        await copy(
          how === "numpy" ? asNumpy(tensor) : asTabs(tensor),
          `${matrix.code} as ${how === "numpy" ? "NumPy code" : "tab-separated text"}`,
        );
      } catch (error) {
        report(error);
      }
    },

    /** A file, or several that belong together. @param {[File, ...File[]]} files */
    async open(...files) {
      const lesson = files.length === 1 ? await lessonIn(files[0]) : null;
      if (lesson !== null) return void (await learn(lesson));
      await openFiles(files);
    },

    /** What was pasted: data is looked into, all else is code or a document. @param {string} text */
    openText: (text) =>
      isLesson(parsed(text))
        ? void learn(parsed(text)).then((opened) => opened && apply(showDialog, null))
        : isPastedData(text)
          ? change("Opening", async () => {
              apply(setAlert, null);
              const pasted = new File([text], "pasted.txt", { type: "text/plain" });
              if (await data.look(pasted)) apply(typeOpening, "");
            })
          : bringing.openText(text),

    /** The numbers of a file into the present run. */
    take: () =>
      change("Opening", async () => {
        const { files } = get();
        if (!files.numbers) return;
        const changed = await client.importTensors(await own(), files.numbers);
        put({ numbers: null, notes: changed.warnings });
        await settle(changed);
        apply(showDialog, changed.warnings.length ? "opened" : null);
        say(
          `${changed.replaced.join(", ")}: the numbers are the file's now; the loss is ${printLoss(changed.loss, get().digits)}.`,
        );
      }),

    /** The run at these moments, each as a document that can be opened again. @param {Moment[]} moments */
    saveMoments: (moments) =>
      change("Saving", async () => {
        await begin();
        const { run, files } = get();
        const format = files.formats.find(({ exports, imports }) => exports && imports);
        if (!run || !format) return;
        const names = [];
        for (const moment of moments) {
          const { name, content } = await client.exportFile(run.id, format, moment);
          save(name, content);
          names.push(name);
        }
        say(`Saved as ${names.join(" and ")}.`);
      }),

    /** @param {Format} format */
    save: (format) =>
      change("Saving", async () => {
        const { run, shown, files } = get();
        if (!run) return;
        apply(setAlert, null);
        const { iteration, event } = shown ?? { iteration: run.iteration, event: null };
        const moment = { iteration, event };
        const { name, content } = await client.exportFile(run.id, format, moment, files.first);
        save(name, content);
        say(`Saved as ${name}.`);
      }),
  };
}

/** The lesson in a file, where one is. @param {File} file */
async function lessonIn(file) {
  if (!file.name.endsWith(".json") || file.size > LARGEST_DOCUMENT) return null;
  const content = parsed(await file.text());
  return isLesson(content) ? content : null;
}

/** @param {string} text @returns {any} */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
