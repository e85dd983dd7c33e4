/**
 * Steps: one after the other, by themselves, and on into another iteration.
 *
 * @import { Store } from "../store.js"
 * @typedef {object} Means  what it shares with the other commands
 * @property {() => Promise<unknown> | undefined} back  to the moment before
 * @property {() => Promise<unknown> | undefined} forward  to the moment after
 * @property {(count: number) => Promise<unknown>} train
 * @property {(text: string) => void} say
 */

import { afterDrawing } from "../../lib/drawing.js";
import { bind } from "../store.js";
import { closeExplanation } from "../explanation/reducer.js";
import { aspectOf } from "../explanation/selectors.js";
import { inThePast } from "../trace/selectors.js";
import * as reducers from "./reducer.js";

/** @param {Store} store @param {Means} means */
export function createStage({ get, apply }, { back, forward, train, say }) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let clock;
  let advancing = false;

  const stop = () => {
    clearTimeout(clock);
    apply(reducers.setPlaying, false);
  };

  /**
   * Into the next iteration: through history while there is some, then by training once. A held key
   * does not run ahead of the answers.
   */
  const finishIteration = async () => {
    const { shown } = get();
    if (!shown || advancing) return;
    advancing = true;
    await (inThePast(get()) ? forward() : train(1));
    advancing = false;
  };

  const stage = {
    ...bind(apply, reducers),

    /** @param {number} by */
    async step(by) {
      const { shown, cursor } = get();
      if (!shown) return;
      const aim = cursor + by;
      if (aim >= shown.trace.steps.length) return finishIteration();
      if (aim < 0 && shown.iteration === 0 && shown.event === null)
        return say("This is the first step of the first iteration.");
      if (aim < 0) return void (await back());
      stage.walkTo(aim);
    },

    /**
     * On along the program: what is explained is the step that one comes to, unless one follows a path.
     *
     * @param {number} aim
     */
    walkTo(aim) {
      if (aspectOf(get()) !== "uses") apply(closeExplanation);
      apply(reducers.stepTo, aim);
    },

    next: () => void stage.step(1),
    previous: () => void stage.step(-1),
    finish: () => void finishIteration(),

    play() {
      if (get().playing) return stop();
      apply(reducers.setPlaying, true);
      const go = () => {
        const { cursor, shown, playing, pace } = get();
        const last = (shown?.trace.steps.length ?? 1) - 1;
        if (!playing || cursor >= last) return stop();
        void stage.step(1);
        clock = setTimeout(go, pace);
      };
      clock = setTimeout(go, get().pace);
    },

    /** To a named part of a step. @param {number} step @param {number} at @param {boolean} [focus] */
    choosePart(step, at, focus) {
      apply(reducers.choosePart, step, at);
      if (focus)
        afterDrawing(() =>
          /** @type {HTMLElement | null} */ (
            document.querySelector(".step-parts [aria-selected=true]")
          )?.focus(),
        );
    },
  };
  return stage;
}
