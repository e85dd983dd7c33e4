/**
 * Practice: gradients to find by one's own formula, checked and diagnosed by the service.
 *
 * @import { Client } from "../service/client.js"
 * @import { Run } from "../lib/types.js"
 * @import { Store } from "./effects.js"
 * @import { Practice } from "./sheet.js"
 * @import { State } from "./state.js"
 */

import { fromWire } from "../lib/numbers.js";
import { pasted } from "../lib/pasted.js";
import { troubleOf } from "../service/client.js";
import * as actions from "./actions.js";
import { hintsFor, tried, typed } from "./sheet.js";
import { inThePast } from "./state.js";
import { troubleWith } from "./training.js";

const TYPING = 180;

/**
 * @param {Store} store
 * @param {Client} client
 * @param
 *   {{change: (label: string, work: () => Promise<any>) => Promise<any>, own: () => Promise<void>, demand: () => void, settle: (run: Run, cursor: number) => Promise<void>, say: (text: string) => void}}
 *   tools
 */
export function createPractice({ get, apply }, client, { change, own, demand, settle, say }) {
  /** @type {string | null} */
  let reading = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let clock;
  let checks = 0;
  let hinting = false;
  const put = (/** @type {Partial<Practice>} */ part) => apply(actions.practised, part);
  const keyOf = (/** @type {State} */ { run, shown }) =>
    run && shown && `${run.id} ${shown.revision}`;

  const readSheet = async (/** @type {string} */ key, /** @type {string} */ id) => {
    reading = key;
    try {
      const sheet = await client.exercisesOf(id);
      if (keyOf(get()) === key) put({ sheet, key, numeric: null, slice: null });
    } catch (error) {
      if (keyOf(get()) === key) put({ sheet: null, key });
      if (troubleOf(error).status === 0) apply(actions.alerted, troubleOf(error));
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
      const { shape, fits, problem } = await client.draft(run.id, exercise.tensor, text);
      draft = { key, shape, fits, trouble: problem };
    } catch (error) {
      draft = { key, shape: null, fits: false, trouble: troubleOf(error) };
    }
    if (key === `${tried(get())?.tensor} ${typed(get())}`) put({ draft });
  };

  const practice = {
    /** Read what is to be found once numbers are on the screen. */
    follow() {
      const state = get();
      const key = keyOf(state);
      if (
        !key ||
        !state.run ||
        state.practice.key === key ||
        reading === key ||
        state.shown?.revision !== state.revision
      )
        return;
      void readSheet(key, state.run.id);
    },

    /** @param {string} tensor */
    choose(tensor) {
      checks += 1;
      put({ tensor, draft: null, answer: null });
      void readDraft();
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
        if (turn !== checks || get().run?.id !== id) return;
        put({
          tensor: exercise.tensor,
          answer: {
            tensor: exercise.tensor,
            text,
            revision: shown.revision,
            verdict,
            element: null,
          },
          newest: "answer",
        });
        if (verdict.verdict === "correct") put({ sheet: await client.exercisesOf(id) });
        say(`${exercise.gradient}: ${verdict.verdict.replace("_", " ")}.`);
      } catch (error) {
        apply(actions.alerted, troubleOf(error));
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
        say(blame.length ? `Wrong by itself: ${blame.join(", ")}.` : "No step is wrong by itself.");
      } catch (error) {
        apply(actions.alerted, troubleOf(error));
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
        apply(actions.alerted, troubleOf(error));
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
        apply(actions.alerted, troubleOf(error));
      } finally {
        hinting = false;
      }
    },

    /**
     * Train as one's own formula says, beside what the true gradient would have done.
     *
     * @param {number} count
     */
    train: (count) =>
      change("Training by your gradient", async () => {
        const [exercise, text] = [tried(get()), typed(get())];
        demand();
        await own();
        const { run } = get();
        if (!run || !exercise) return;
        const {
          losses: wire,
          true_losses,
          ...after
        } = await client.iterateBy(run, count, { [exercise.tensor]: text });
        const losses = wire.map(fromWire);
        apply(actions.lossesAdded, after.iteration - losses.length + 1, losses);
        put({ race: { losses, truth: true_losses.map(fromWire), tensor: exercise.tensor } });
        await settle(after, 0);
        const trouble = troubleWith(after, get().losses[0]);
        say(
          `Trained ${count} iterations by your formula for ${exercise.gradient}${trouble ? `. ${trouble}` : ";"} Undo takes them back.`,
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
