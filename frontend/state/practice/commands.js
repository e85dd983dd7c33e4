/**
 * Practice: gradients to find by one's own formula, checked and diagnosed by the service.
 *
 * @import { Run } from "../../lib/types.js"
 * @import { Client } from "../../service/client.js"
 * @import { Store } from "../effects.js"
 * @import { State } from "../state.js"
 * @import { Practice } from "./reducer.js"
 */

import { annotated } from "../../lib/annotated.js";
import { words } from "../../lib/code.js";
import { fromWire } from "../../lib/numbers.js";
import { pasted } from "../../lib/pasted.js";
import { size } from "../../lib/tensor.js";
import { troubleOf } from "../../service/client.js";
import { setAlert } from "../messages/reducer.js";
import { addLosses } from "../run/reducer.js";
import { moveCursor } from "../stage/reducer.js";
import { currentStep } from "../stage/selectors.js";
import { inThePast } from "../trace/selectors.js";
import { troubleWith } from "../training/selectors.js";
import { updatePractice } from "./reducer.js";
import { hintsFor, ownFormulas, stepOf, tried, typed } from "./selectors.js";

const TYPING = 180;

/** Of one's own product no more than so many factors of so many numbers are drawn. */
const [FACTORS, LISTED] = [2, 400];

/**
 * @param {Store} store
 * @param {Client} client
 * @param
 *   {{change: (label: string, work: () => Promise<any>) => Promise<any>, open: (run: Run, example: null) => Promise<void>, own: () => Promise<void>, demand: () => void, settle: (run: Run, cursor: number) => Promise<void>, say: (text: string) => void}}
 *   tools
 */
export function createPractice({ get, apply }, client, { change, open, own, demand, settle, say }) {
  /** @type {string | null} */
  let reading = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let clock;
  let checks = 0;
  let hinting = false;
  /** To the step of what is to be found, as soon as that is known. */
  let going = false;
  /** The step at which one has been last. @type {string | null} */
  let place = null;
  const put = (/** @type {Partial<Practice>} */ part) => apply(updatePractice, part);
  const keyOf = (/** @type {State} */ { run, shown }) =>
    run && shown && `${run.id} ${shown.revision}`;

  const readSheet = async (/** @type {string} */ key, /** @type {string} */ id) => {
    reading = key;
    try {
      const sheet = await client.exercisesOf(id);
      if (keyOf(get()) === key) put({ sheet, key, numeric: null, slice: null });
      if (going || (get().practice.tensor === null && get().cursor === 0)) practice.go();
    } catch (error) {
      if (keyOf(get()) === key) put({ sheet: null, key });
      if (troubleOf(error).status === 0) apply(setAlert, troubleOf(error));
    }
    reading = null;
  };

  /** The shape of what is typed; an older answer is dropped. */
  const readDraft = async () => {
    const [{ run }, exercise, text] = [get(), tried(get()), typed(get())];
    if (!run || !exercise || !text.trim()) return put({ draft: null });
    const key = `${exercise.tensor} ${text}`;
    /** @type {Practice["draft"]} */
    let draft;
    try {
      draft = { key, ...(await understood(run.id, exercise.tensor, text)) };
    } catch (error) {
      draft = {
        key,
        shape: null,
        fits: false,
        trouble: troubleOf(error),
        pieces: [],
        family: null,
      };
    }
    if (key === `${tried(get())?.tensor} ${typed(get())}`) put({ draft });
  };

  /** @param {string} id @param {string} tensor @param {string} text */
  const understood = async (id, tensor, text) => {
    const { shape, fits, problem, code, steps, names } = await client.draft(id, tensor, text);
    const known = [
      ...steps,
      ...names.map((/** @type {any} */ one) => ({ code: one.name, shape: one.shape })),
    ];
    return {
      shape,
      fits,
      trouble: problem,
      pieces: code ? annotated(code, known) : [],
      family: steps.at(-1)?.family ?? null,
    };
  };

  /**
   * The numbers of the parts of one's own formula, where they are few and none of them is covered
   * still.
   *
   * @param {string} id
   * @param {string} tensor
   * @param {string} text
   */
  const drawn = async (id, tensor, text) => {
    const { shown } = get();
    const { pieces, family } = await understood(id, tensor, text);
    const parts = pieces.filter(({ shape }) => shape !== null);
    const tells = parts.some((part) => isCovered(get(), part.text));
    const few = parts.every(({ shape }) => size(shape ?? []) <= LISTED);
    if (!shown || tells || !few || parts.length > FACTORS)
      return { pieces: [], family, values: [] };
    const values = await Promise.all(
      pieces.map(async (piece) => {
        if (piece.shape === null) return null;
        const { verdicts } = await client.check(id, { [tensor]: piece.text }, shown);
        return verdicts[tensor].value ?? null;
      }),
    );
    return { pieces, family, values };
  };

  const practice = {
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
        const aim = state.practice.sheet?.exercises.find(
          ({ gradient }) => gradient === step?.output,
        );
        if (aim && aim.tensor !== tried(state)?.tensor) return practice.choose(aim.tensor);
      }
      const key = keyOf(state);
      if (
        !key ||
        !state.run ||
        state.practice.key === key ||
        reading === key ||
        state.shown?.revision !== state.revision ||
        !(state.mode === "practice" || state.practice.hiding)
      )
        return;
      void readSheet(key, state.run.id);
    },

    /** @param {string} tensor */
    choose(tensor) {
      checks += 1;
      put({ tensor, draft: null, answer: null });
      practice.go();
      void readDraft();
    },

    /** To the step of what is to be found. */
    go() {
      going = get().practice.sheet === null;
      const step = get().mode === "practice" ? stepOf(get()) : null;
      if (step && step.index !== get().cursor) apply(moveCursor, step.index);
    },

    /** @param {string} text */
    type(text) {
      const exercise = tried(get());
      if (!exercise) return;
      put({ tensor: exercise.tensor, texts: { ...get().practice.texts, [exercise.tensor]: text } });
      clearTimeout(clock);
      clock = setTimeout(() => void readDraft(), TYPING);
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
        const picture = wrong ? await drawn(id, exercise.tensor, text) : null;
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
        if (verdict.verdict === "correct") put({ sheet: await client.exercisesOf(id) });
        say(`${exercise.gradient}: ${SAID[/** @type {keyof typeof SAID} */ (verdict.verdict)]}.`);
      } catch (error) {
        apply(setAlert, troubleOf(error));
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
        put({ sheet: await client.exercisesOf(id) });
        say(
          blame.length
            ? `Wrong in itself: ${blame.map((/** @type {string} */ name) => `${name}.g`).join(", ")}.`
            : "No step is wrong in itself.",
        );
      } catch (error) {
        apply(setAlert, troubleOf(error));
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
        apply(setAlert, troubleOf(error));
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
        apply(setAlert, troubleOf(error));
      } finally {
        hinting = false;
      }
    },

    /** The same program with other shapes and numbers, to find its gradients once more. */
    variant: () =>
      change("Drawing other numbers", async () => {
        const { run, practice } = get();
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
        put({ race: { losses, truth: true_losses.map(fromWire), names } });
        await settle(after, 0);
        const trouble = troubleWith(after, get().losses[0]);
        say(
          `Trained ${count} iterations with your ${names.length === 1 ? "formula" : "formulas"} for ${names.join(", ")}${trouble ? `. ${trouble}` : ";"} Undo takes them back.`,
        );
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

/** Does a piece of a formula name a gradient that is covered? @param {State} state @param {string} text */
function isCovered({ shown }, text) {
  return words(text, (name) => Object.hasOwn(shown?.trace.tensors ?? {}, name)).some(
    ({ kind, tensor }) => kind === "gradient" && tensor && shown?.trace.tensors[tensor]?.veiled,
  );
}
