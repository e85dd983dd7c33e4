/**
 * The formula that is being written: its shape, and that of its parts.
 *
 * @import { Client } from "../../service/client.js"
 * @import { State } from "../state.js"
 * @import { Store } from "../store.js"
 * @import { Practice } from "./reducer.js"
 */

import { annotated } from "../../lib/annotated.js";
import { words } from "../../lib/code.js";
import { size } from "../../lib/tensor.js";
import { problemOf } from "../../service/refusal.js";
import { updatePractice } from "./reducer.js";
import { tried, typed } from "./selectors.js";

const TYPING = 180;

/** Of one's own product no more than so many factors of so many numbers are drawn. */
const [FACTORS, LISTED] = [2, 400];

/** @param {Store} store @param {Client} client */
export function createDraft({ get, apply }, client) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let clock;
  const put = (/** @type {Partial<Practice>} */ part) => apply(updatePractice, part);

  /** An older answer is dropped. */
  const read = async () => {
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
        problem: problemOf(error),
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
      problem,
      pieces: code ? annotated(code, known) : [],
      family: steps.at(-1)?.family ?? null,
    };
  };

  return {
    read,

    /** @param {string} text */
    type(text) {
      const exercise = tried(get());
      if (!exercise) return;
      put({ tensor: exercise.tensor, texts: { ...get().practice.texts, [exercise.tensor]: text } });
      clearTimeout(clock);
      clock = setTimeout(() => void read(), TYPING);
    },

    /**
     * The numbers of the parts of one's own formula, where they are few and none of them is covered
     * still.
     *
     * @param {string} id
     * @param {string} tensor
     * @param {string} text
     */
    async pictureOf(id, tensor, text) {
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
    },
  };
}

/** Does a piece of a formula name a gradient that is covered? @param {State} state @param {string} text */
function isCovered({ shown }, text) {
  return words(text, (name) => Object.hasOwn(shown?.trace.tensors ?? {}, name)).some(
    ({ kind, tensor }) => kind === "gradient" && tensor && shown?.trace.tensors[tensor]?.hidden,
  );
}
