/**
 * Practice: gradients to find by one's own formula, checked and diagnosed by the service.
 *
 * @import { Run } from "../../lib/types.js"
 * @import { Client } from "../../service/client.js"
 * @import { Store } from "../store.js"
 * @import { State } from "../state.js"
 * @import { Practice } from "./reducer.js"
 * @typedef {object} Means  what it shares with the other commands
 * @property {import("../changes.js").Change} change
 * @property {(run: Run, example: null) => Promise<void>} open
 * @property {() => Promise<void>} own  before the first change of a run that was only looked at
 * @property {() => void} demand  refuses where an option of the optimizer was refused
 * @property {(run: Run, cursor: number) => Promise<void>} settle
 * @property {() => void} locate
 * @property {(mode: State["mode"], covered?: boolean) => void} chooseMode
 * @property {(index: number) => void} explainAt
 * @property {(text: string) => void} say
 */

import { afterDrawing } from "../../lib/drawing.js";
import { fromWire } from "../../lib/numbers.js";
import { pasted } from "../../lib/pasted.js";
import { OPENING } from "../../service/client.js";
import { problemOf } from "../../service/refusal.js";
import { setAlert } from "../messages/reducer.js";
import { chooseMode, chooseTab } from "../page/reducer.js";
import { createQuery } from "../query.js";
import { addLosses } from "../run/reducer.js";
import { moveCursor } from "../stage/reducer.js";
import { currentStep } from "../stage/selectors.js";
import { inThePast } from "../trace/selectors.js";
import { problemWith } from "../training/selectors.js";
import { createDraft } from "./draft.js";
import { updatePractice } from "./reducer.js";
import { hintsFor, ownFormulas, stepOf, tried, typed } from "./selectors.js";

/** @param {Store} store @param {Client} client @param {Means} means */
export function createPractice({ get, apply }, client, means) {
  const { change, open, own, demand, settle, locate, say } = means;
  let checks = 0;
  let hinting = false;
  /** To the step of what is to be found, as soon as that is known. */
  let going = false;
  /** The step at which one has been last. @type {string | null} */
  let place = null;
  const draft = createDraft({ get, apply }, client);
  const put = (/** @type {Partial<Practice>} */ part) => apply(updatePractice, part);
  const keyOf = (/** @type {State} */ { run, shown }) =>
    run && shown && `${run.id} ${shown.revision}`;

  /** What of the run is to be found, where that counts, once numbers are on the screen. */
  const query = createQuery({
    wanted() {
      const { run, shown, revision, mode, practice } = get();
      const key = keyOf(get());
      if (!run || !key || practice.key === key || shown?.revision !== revision) return [];
      return mode === "practice" || practice.hiding ? [{ key, id: run.id }] : [];
    },
    ask: ({ id }) => client.exercisesOf(id),
    show({ key }, exerciseSet) {
      put({ exerciseSet, key, numeric: null, slice: null });
      if (going || (get().practice.tensor === null && get().cursor === 0)) practice.go();
    },
    refuse({ key }, error) {
      put({ exerciseSet: null, key });
      if (problemOf(error).status === 0) apply(setAlert, problemOf(error));
    },
  });

  const practice = {
    type: draft.type,

    /** @param {string} name */
    openExercise: (name) =>
      change("Opening", async () => {
        const run = await client.create({ exercise: name }, OPENING);
        put({ hiding: true });
        apply(chooseMode, "practice");
        await open(run, null);
      }),

    /**
     * Cover the gradients until they are found, or lay them open; a reload keeps it so.
     *
     * @param {boolean} hiding
     */
    cover(hiding) {
      put({ hiding });
      if (get().run) locate();
      say(hiding ? "Gradients are hidden until they are solved." : "All gradients are shown.");
    },

    /** A covered gradient is chosen to be found. @param {string} tensor */
    seek(tensor) {
      if (!get().practice.exerciseSet?.exercises.some((one) => one.tensor === tensor))
        return say(`${tensor}.g is hidden until all gradients are solved.`);
      practice.choose(tensor);
      say(`Write the formula of ${tensor}.g.`);
      afterDrawing(practice.focusFormula);
    },

    /** The next one to find. @param {string} tensor */
    goOn(tensor) {
      practice.choose(tensor);
      apply(chooseTab, "stage");
      afterDrawing(practice.focusFormula);
    },

    focusFormula: () =>
      /** @type {HTMLElement | null} */ (document.querySelector("#practice-formula"))?.focus(),

    /**
     * Out of practice, to the explanation of a step whose gradient is solved; the others stay covered.
     *
     * @param {number} index
     */
    showWhy(index) {
      means.chooseMode("explore", true);
      means.explainAt(index);
    },

    /** As many iterations as were chosen, by one's own formulas. */
    trainOwn() {
      const { iterations } = get();
      if (Number.isInteger(iterations) && iterations > 0) void practice.train(iterations);
    },

    /**
     * Read what is to be found, where that counts, once numbers are on the screen; whoever steps to a gradient that is to
     * be found, wants to find it.
     */
    follow() {
      const state = get();
      const step = state.mode === "practice" ? currentStep(state) : null;
      const now = step && `${state.run?.id} ${step.index}`;
      if (now !== place) {
        place = now;
        const aim = state.practice.exerciseSet?.exercises.find(
          ({ gradient }) => gradient === step?.output,
        );
        if (aim && aim.tensor !== tried(state)?.tensor) return practice.choose(aim.tensor);
      }
      query.follow();
    },

    /** @param {string} tensor */
    choose(tensor) {
      checks += 1;
      put({ tensor, draft: null, answer: null });
      practice.go();
      void draft.read();
    },

    /** To the step of what is to be found. */
    go() {
      going = get().practice.exerciseSet === null;
      const step = get().mode === "practice" ? stepOf(get()) : null;
      if (step && step.index !== get().cursor) apply(moveCursor, step.index);
    },

    async check() {
      const [{ run, shown }, exercise, text] = [get(), tried(get()), typed(get())];
      if (!run || !shown || !exercise || !text.trim()) return say("Write a formula first.");
      const turn = (checks += 1);
      try {
        await own();
        const { id } = get().run ?? run;
        const { verdicts } = await client.check(
          id,
          { [exercise.tensor]: text },
          inThePast(get()) ? shown : null,
        );
        const verdict = verdicts[exercise.tensor];
        const wrong = verdict.verdict !== "correct" && verdict.value;
        const picture = wrong ? await draft.pictureOf(id, exercise.tensor, text) : null;
        if (turn !== checks || get().run?.id !== id) return;
        put({
          tensor: exercise.tensor,
          answer: {
            tensor: exercise.tensor,
            text,
            revision: shown.revision,
            verdict,
            picture,
            element: null,
          },
          newest: "answer",
        });
        if (verdict.verdict === "correct") put({ exerciseSet: await client.exercisesOf(id) });
        say(`${exercise.gradient}: ${SAID[/** @type {keyof typeof SAID} */ (verdict.verdict)]}.`);
      } catch (error) {
        apply(setAlert, problemOf(error));
      }
    },

    /** @param {string} text */
    paste(text) {
      put({ pass: text });
    },

    /** All gradients of a backward pass of one's own: whose step is wrong, and what follows. */
    async judge() {
      const { run, shown, practice } = get();
      if (!run || !shown) return;
      const gradients = pasted(practice.pass, (name) => Object.hasOwn(shown.trace.tensors, name));
      if (!Object.keys(gradients).length) return say("Paste your gradients first: w1 = [[…]].");
      try {
        await own();
        const { id } = get().run ?? run;
        const { verdicts, blame } = await client.check(
          id,
          gradients,
          inThePast(get()) ? shown : null,
        );
        if (get().run?.id !== id) return;
        put({ judged: { verdicts, blame, revision: shown.revision } });
        put({ exerciseSet: await client.exercisesOf(id) });
        say(
          blame.length
            ? `Wrong in itself: ${blame.map((/** @type {string} */ name) => `${name}.g`).join(", ")}.`
            : "No step is wrong in itself.",
        );
      } catch (error) {
        apply(setAlert, problemOf(error));
      }
    },

    /** What one's own formula makes of an element. @param {number[]} index */
    async element(index) {
      const {
        run,
        practice: { answer },
      } = get();
      if (!run || !answer) return;
      try {
        const { element } = await client.element(run.id, answer.tensor, answer.text, index);
        if (get().practice.answer === answer) put({ answer: { ...answer, element } });
      } catch (error) {
        apply(setAlert, problemOf(error));
      }
    },

    /** One step further than what was shown. */
    async hint() {
      const [
        {
          run,
          practice: { hints, shown },
        },
        exercise,
      ] = [get(), tried(get())];
      if (!run || !exercise) return;
      const known = hintsFor(get().practice, exercise.tensor);
      if (hinting || (known.length && known.length === known[0].levels)) return;
      hinting = true;
      try {
        const hint = await client.hint(run.id, exercise.tensor, known.length + 1);
        const last = hint.level === hint.levels;
        put({
          hints: { ...hints, [exercise.tensor]: [...known, hint] },
          shown: last ? [...shown, exercise.tensor] : shown,
          newest: "hint",
        });
      } catch (error) {
        apply(setAlert, problemOf(error));
      } finally {
        hinting = false;
      }
    },

    /** The same program with other shapes and numbers, to find its gradients once more. */
    variant: () =>
      change("Drawing other numbers", async () => {
        const { practice } = get();
        await own();
        const { run } = get();
        if (!run) return;
        const made = await client.variant(run.id);
        await open(made, null);
        if (practice.tensor) put({ tensor: practice.tensor });
        say("The same program with other shapes and numbers.");
      }),

    /**
     * Train as one's own formulas say, beside what the true gradients would have done.
     *
     * @param {number} count
     */
    train: (count) =>
      change("Training with your formulas", async () => {
        const formulas = ownFormulas(get());
        const names = Object.keys(formulas).map((name) => `${name}.g`);
        demand();
        await own();
        const { run } = get();
        if (!run || !names.length) return;
        const {
          losses: wire,
          true_losses,
          ...after
        } = await client.iterateBy(run, count, formulas);
        const losses = wire.map(fromWire);
        apply(addLosses, after.iteration - losses.length + 1, losses);
        const race = { losses, truth: true_losses.map(fromWire), names, until: after.iteration };
        put({ race });
        await settle(after, get().cursor);
        say(trainedText(race, problemWith(after, get().losses[0])));
      }),

    /** The loss as a function of one weight. @param {string} parameter @param {number[]} index */
    async slice(parameter, index) {
      const { run } = get();
      if (!run) return;
      await change("Following the loss", async () => {
        const { curve } = await client.curve(run.id, parameter, index);
        put({ slice: { curve, at: Math.floor(curve.values.length / 2) } });
      });
    },

    /** Along the curve. @param {number} at */
    slide(at) {
      const { slice } = get().practice;
      if (slice) put({ slice: { ...slice, at } });
    },

    async numeric() {
      const { run } = get();
      if (run)
        await change("Checking numerically", async () =>
          put({ numeric: await client.gradcheck(run.id) }),
        );
    },
  };
  return practice;
}

const SAID = {
  correct: "correct",
  wrong_shape: "wrong shape",
  wrong_value: "wrong numbers",
  error: "cannot be computed",
};

/**
 * What training by one's own formulas did; where only it diverged, the formulas are why.
 *
 * @param {NonNullable<State["practice"]["race"]>} race
 * @param {string | null} problem
 */
function trainedText({ losses, truth, names }, problem) {
  const one = names.length === 1;
  const told = `Trained ${losses.length - 1} iterations with your ${one ? "formula" : "formulas"} for ${names.join(", ")}`;
  const [first, last] = [truth[0], truth[truth.length - 1]];
  if (problem && last <= first)
    return `${told}: the loss diverges, and with the true ${one ? "gradient" : "gradients"} it falls. Undo takes them back.`;
  return `${told}${problem ? `. ${problem}` : ";"} Undo takes them back.`;
}
