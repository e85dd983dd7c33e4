/**
 * Code as it stands: from the dialog or the editor to the service, which reads it and never runs
 * it, and back as a run with notes.
 *
 * @import { Tensors } from "../../lib/brought.js"
 * @import { Moment } from "../../lib/moment.js"
 * @import { Document, Run } from "../../lib/types.js"
 * @import { Client } from "../../service/client.js"
 * @import { Store } from "../store.js"
 * @import { Asking, Brought, Origin } from "./reducer.js"
 * @typedef {object} Means  what it shares with the other commands
 * @property {(label: string, work: () => Promise<unknown>) => Promise<unknown>} change
 * @property {(run: Run, example: null) => Promise<void>} open
 * @property {() => Promise<Run>} present  the run, to be changed: one's own, and as it is now
 * @property {(run: Run) => Promise<unknown>} settle  after a change that may have touched everything
 * @property {(document: unknown) => Promise<unknown>} openDocument
 * @property {(error: unknown) => void} report
 * @property {(moment: Moment) => Promise<unknown>} view
 * @property {() => void} practise
 * @property {() => Promise<unknown>} judge
 * @property {(text: string) => void} say
 */

import {
  bringsOwn,
  carriedOver,
  droppedNotes,
  entryOf,
  holdsCode,
  isLarge,
  isMeantAsJson,
  joined,
  missingIn,
  namedIn,
  namesOf,
  outlined,
  passText,
  shapesByLine,
  tensorsOf,
  usedOf,
  withWay,
  zerosOf,
} from "../../lib/brought.js";
import { afterDrawing } from "../../lib/drawing.js";
import { showWithin } from "../../lib/scrolling.js";
import { KEPT_BEFORE } from "../../lib/telling.js";
import { OPENING } from "../../service/client.js";
import { Refusal, isOvertaken, refusal, problemOf } from "../../service/refusal.js";
import { finishDraft, refuseDraft } from "../editor/reducer.js";
import { showDialog, typeOpening } from "../files/reducer.js";
import { setAlert } from "../messages/reducer.js";
import { chooseTab } from "../page/reducer.js";
import { updatePractice } from "../practice/reducer.js";
import { bind } from "../store.js";
import * as reducers from "./reducer.js";
import { guessText } from "./selectors.js";

/** After so many milliseconds without a key the text is read. */
const TYPING = 350;

/** In a narrower window the notes are folded at first. */
const NARROW = 480;

const TITLE = "My code";

const NONE = { inputs: {}, parameters: {} };
const PYTHON = /\.py$/i;

/** @param {Store} store @param {Client} client @param {Means} means */
export function createImport({ get, apply }, client, means) {
  const { change, open, present, settle, openDocument, report, view, practise, judge, say } = means;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let clock;
  let serial = 0;
  /** @type {{key: string, document: Document} | null} */
  let known = null;

  /** The run's document with its numbers, read once for each version. */
  const whole = async () => {
    const { run } = get();
    if (!run) return null;
    const key = `${run.id} ${run.version}`;
    if (known?.key !== key) known = { key, document: await client.document(run.id) };
    return known.document;
  };

  /** How tensors are filled is read once, before it is asked. */
  const readInitialisers = async () => {
    if (get().bringing.initialisers.length) return;
    const { initialisers } = /** @type {any} */ (await client.layers());
    apply(reducers.updateImport, { initialisers });
  };

  /**
   * A name that is missing can be added: it is asked as what.
   *
   * @param {import("../../lib/types.js").Problem} problem
   * @param {string} text
   * @param {Origin} origin
   * @param {Asking | null} again  what was added just now, to be mended
   */
  const ask = async (problem, text, origin, again) => {
    const missing = missingIn(problem, text);
    if (!missing) return apply(reducers.updateImport, { asking: again });
    await readInitialisers();
    apply(reducers.askForTensor, missing, origin);
    await guess(missing.name, text, origin);
  };

  /**
   * The shape that follows from the tensor's use is offered; where none does, one is asked for it.
   *
   * @param {string} name
   * @param {string} text
   * @param {Origin} origin
   */
  const guess = async (name, text, origin) => {
    const { added } = get().bringing;
    try {
      const before = origin === "editor" ? await whole() : null;
      const sent = joined(before ? usedOf(text, tensorsOf(before)) : NONE, usedOf(text, added));
      const found = await client.missingShapes({
        code: text,
        name,
        inputs: outlined(sent.inputs),
        parameters: outlined(sent.parameters),
        ...(before && !/^\s*(?:import|from)\s/m.test(text) && { dialect: get().run?.dialect }),
      });
      const { asking } = get().bringing;
      if (asking?.name !== name) return;
      apply(reducers.describeTensor, {
        guess: { inputs: found.input, parameters: found.parameter },
        problem: asking.problem,
      });
    } catch {
      // Without a guess the shape is asked for, as it would be anyway.
    }
  };

  /**
   * The document of the text, with those tensors of the run that the text does not define: it is
   * sent what it turns out to miss, since a name may also be that of an argument.
   *
   * @param {string} text
   * @param {Document} document of the run
   */
  const imported = async (text, document) => {
    const { run, bringing } = get();
    const own = /^\s*(?:import|from)\s/m.test(text) ? {} : { dialect: run?.dialect };
    const candidates = usedOf(text, tensorsOf(document));
    let sent = usedOf(text, bringing.added);
    for (;;) {
      try {
        return await client.importCode({ code: text, title: TITLE, ...sent, ...own }, false);
      } catch (error) {
        const more = joined(namedIn(problemOf(error), candidates), sent);
        if (namesOf(more).length === namesOf(sent).length) throw error;
        sent = more;
      }
    }
  };

  /**
   * What became of the code, once its run is open.
   *
   * @param {{notes: Brought["notes"], backward: Brought["backward"]}} answer
   * @param {Run} run
   * @param {boolean} kept  is there a run before?
   */
  const tell = ({ notes, backward }, run, kept) => {
    const { event = null } = run;
    const listed = get().room.width > NARROW;
    if (notes.length || backward.length)
      apply(reducers.setImported, { event, notes, backward, listed });
    say(`Opened your code as a new run.${kept ? KEPT_BEFORE : ""}`);
  };

  /** @param {any} body */
  const openCode = async (body) => {
    const before = get().run;
    const answer = await client.importCode(body, true);
    apply(typeOpening, "");
    await open(answer.run, null);
    tell(answer, answer.run, before !== null);
  };

  /** The text in the editor brings its own tensors: it becomes a run of its own. @param {string} text */
  const openEdited = async (text) => {
    const before = await whole();
    if (!before) return;
    const answer = await imported(text, before);
    const { document } = answer;
    const run = await client.create(
      { ...document, optimizer: document.optimizer ?? before.optimizer },
      OPENING,
    );
    await open(run, null);
    const kept = new Set(namesOf(document));
    const dropped = namesOf(before).filter((name) => !kept.has(name));
    tell({ ...answer, notes: [...answer.notes, ...droppedNotes(dropped)] }, run, true);
  };

  /** A program over the tensors that are there, and those that were added. @param {string} text */
  const changeProgram = async (text) => {
    const added = usedOf(text, get().bringing.added);
    const run = await client.change(await present(), { program: text, ...(await merged(added)) });
    await settle(run);
    apply(finishDraft, text);
    apply(reducers.endImport);
    const names = namesOf(added);
    say(`The program is changed.${names.length ? ` Added: ${names.join(", ")}.` : ""}`);
  };

  /** @param {Tensors} added */
  const merged = async (added) => {
    const document = namesOf(added).length ? await whole() : null;
    return document ? joined(tensorsOf(document), added) : {};
  };

  /** @param {string} text @returns {Promise<Record<number, number[]>>} */
  const shapesOf = async (text) => {
    const document = await whole();
    if (!document) return {};
    if (!bringsOwn(text, get().document?.program)) {
      const added = usedOf(text, get().bringing.added);
      const trace = await client.traceOf({
        ...document,
        ...joined(tensorsOf(document), added),
        program: text,
      });
      return shapesByLine(trace.steps);
    }
    const read = await imported(text, document);
    const { steps } = await client.traceOf(read.document);
    return carriedOver(shapesByLine(steps), String(read.document.program), text);
  };

  const read = async () => {
    const { draft, document } = get();
    if (!draft?.open || !document || draft.text === document.program || isLarge(document)) return;
    const [turn, { text }] = [(serial += 1), draft];
    /** @type {import("./reducer.js").Reading} */
    let reading;
    try {
      reading = { text, shapes: await shapesOf(text), problem: null, missing: null };
    } catch (error) {
      const problem = problemOf(error);
      reading = { text, shapes: {}, problem, missing: missingIn(problem, text) };
    }
    if (turn === serial && get().draft?.text === text) apply(reducers.updateImport, { reading });
  };

  /** What is being read is of no use any more. */
  const forget = () => {
    clearTimeout(clock);
    serial += 1;
  };

  const importing = {
    ...bind(apply, reducers),

    /** While one types: the newest text is read after a pause. */
    typed() {
      forget();
      const { draft, document, bringing } = get();
      const { asking } = bringing;
      if (asking && !draft?.text.includes(asking.name))
        apply(reducers.updateImport, { asking: null });
      if (!draft) return apply(reducers.endImport);
      if (draft.text === document?.program) return apply(reducers.updateImport, { reading: null });
      clock = setTimeout(() => void read(), TYPING);
    },

    /** The text of the dialog, whatever it is. @param {string} text @param {Asking | null} [again] */
    async openText(text, again = null) {
      if (!isMeantAsJson(text)) return importing.openCode({ code: text }, again);
      try {
        const content = JSON.parse(text);
        return holdsCode(content) ? importing.openCode(content, again) : openDocument(content);
      } catch (error) {
        report(
          refusal(
            `This is not JSON: ${/** @type {Error} */ (error).message}.`,
            "A document has a program, inputs and parameters; see the one of an example.",
          ),
        );
      }
    },

    /** @param {any} content @param {Asking | null} again */
    openCode: (content, again) =>
      change("Opening", async () => {
        apply(setAlert, null);
        try {
          const { inputs = {}, parameters = {} } = content;
          const tensors = joined(
            { inputs, parameters },
            usedOf(content.code ?? "", get().bringing.added),
          );
          const body = "cells" in content ? content : { title: TITLE, ...content, ...tensors };
          await openCode(body);
        } catch (error) {
          if (isOvertaken(error)) throw error;
          report(new Refusal(withWay(problemOf(error))));
          if ("code" in content) await ask(problemOf(error), content.code, "dialog", again);
        }
      }),

    /** A name that is not in the text any more is not asked for. @param {string} text */
    typeOpening(text) {
      const { asking } = get().bringing;
      apply(typeOpening, text);
      if (asking && !text.includes(asking.name)) apply(reducers.updateImport, { asking: null });
    },

    tell,

    /**
     * A file of code that does not define all of its tensors goes on as text.
     *
     * @param {File} file
     * @param {unknown} error
     * @returns {Promise<boolean>} whether it does
     */
    async goOn(file, error) {
      const problem = problemOf(error);
      if (!PYTHON.test(file.name) || problem.code !== "missing_tensor") return false;
      const text = await file.text();
      apply(typeOpening, text);
      if (get().dialog !== "open") apply(showDialog, "open");
      report(new Refusal(withWay(problem)));
      await ask(problem, text, "dialog", null);
      return true;
    },

    /** The text of the editor. @param {string} text @param {Asking | null} [again] */
    apply: (text, again = null) =>
      change("Reading the program", async () => {
        forget();
        try {
          const { document } = get();
          if (bringsOwn(text, document?.program)) await openEdited(text);
          else await changeProgram(text);
        } catch (error) {
          if (isOvertaken(error)) throw error;
          apply(refuseDraft, withWay(problemOf(error)));
          await ask(problemOf(error), text, "editor", again);
        }
      }),

    /** The missing tensor is added as it was described, and the text tried again. */
    async add() {
      const { asking, added } = get().bringing;
      if (!asking) return;
      const followed = asking.guess[asking.role];
      const entry =
        followed?.whole && asking.shape === guessText(asking)
          ? zerosOf(followed.shape)
          : entryOf(asking.shape, asking.init);
      if (entry === null)
        return apply(reducers.describeTensor, {
          problem: `“${asking.shape}” is not a shape. Write whole numbers such as 10, 2, or the numbers themselves: [[1, 2], [3, 4]].`,
        });
      const one = { inputs: {}, parameters: {}, [asking.role]: { [asking.name]: entry } };
      apply(reducers.updateImport, { added: joined(added, one), asking: null });
      const { draft, opening } = get();
      if (asking.origin === "dialog") return importing.openText(opening, asking);
      return draft && importing.apply(draft.text, asking);
    },

    /** The code's own backward pass is judged in Practice, with the numbers it was written for. */
    async check() {
      const { brought, run } = get();
      if (!brought || !run) return;
      apply(reducers.listNotes, false);
      apply(updatePractice, { pass: passText(brought.backward), judged: null });
      if (run.event !== brought.event) await view({ iteration: 0, event: brought.event });
      practise();
      apply(chooseTab, "explanation");
      await judge();
      afterDrawing(() => {
        const body = document.getElementById("exercise-body");
        const pass = /** @type {HTMLElement | null} */ (body?.querySelector(".whole-pass .pass"));
        if (body && pass) showWithin(body, pass);
      });
    },
  };
  return importing;
}
