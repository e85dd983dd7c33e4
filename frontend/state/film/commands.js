/**
 * Reads the film strip column by column, a few at a time, and plays it; nothing more is asked for
 * once one has left it.
 *
 * @import { Client } from "../../service/client.js"
 * @import { Store } from "../store.js"
 * @import { Need } from "./selectors.js"
 */

import { faceWindow } from "../../lib/film.js";
import { fromNested } from "../../lib/tensor.js";
import { addFrames, updateFilm } from "./reducer.js";
import { brushOf, columnOf, columnsOf, filmNeeds } from "./selectors.js";

/** So many requests are on their way at once. */
const AT_ONCE = 4;

/** Milliseconds that a column is shown while the film plays. */
const PACE = 180;

/** @param {Store} store @param {Client} client */
export function createFilm({ get, apply }, client) {
  let reading = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let clock;

  /** @param {string} id @param {Need} need */
  const frame = async (id, { state, row }) => {
    const shape = get().shown?.trace.tensors[row.name]?.shape ?? [];
    const { window } = faceWindow(shape);
    try {
      const part = await client.tensor(id, row.name, row.field, state, window, false);
      return fromNested(
        part.value,
        part.window ? part.window.map(([from, to]) => to - from) : part.shape,
      );
    } catch {
      return null; // the tensor is not there at that moment, or has another shape
    }
  };

  const follow = async () => {
    if (reading) return;
    reading = true;
    try {
      for (;;) {
        const id = get().run?.id;
        const needs = filmNeeds(get()).slice(0, AT_ONCE);
        if (!needs.length || id === undefined) return;
        const frames = await Promise.all(needs.map((need) => frame(id, need)));
        if (get().run?.id !== id) continue;
        apply(addFrames, Object.fromEntries(needs.map(({ key }, at) => [key, frames[at]])));
      }
    } finally {
      reading = false;
    }
  };

  const stop = () => {
    clearTimeout(clock);
    apply(updateFilm, { playing: false, hovered: null });
  };

  return {
    follow,
    /** @param {{column: number, row: number} | null} hovered */
    hover(hovered) {
      const old = get().past.film.hovered;
      if (get().past.film.playing || (old?.column === hovered?.column && old?.row === hovered?.row))
        return;
      apply(updateFilm, { hovered });
    },
    /** @param {import("../../lib/film.js").Row[]} rows */
    rows: (rows) => apply(updateFilm, { rows, hovered: null }),
    /** @param {import("./reducer.js").FilmTab} tab */
    tab: (tab) => apply(updateFilm, { tab }),
    stop,
    /** From A to B, or all of it. */
    play() {
      if (get().past.film.playing) return stop();
      const columns = columnsOf(get());
      const ends = /** @type {const} */ (["one", "other"]).map((which) => {
        const brush = brushOf(get(), which);
        return brush ? columnOf(columns, brush) : null;
      });
      const [from, to] = [
        Math.min(ends[0] ?? 0, ends[1] ?? 0),
        Math.max(ends[0] ?? 0, ends[1] ?? columns.length - 1),
      ];
      const go = (/** @type {number} */ column) => {
        if (get().mode !== "history" || !get().past.film.playing || column > to) return stop();
        apply(updateFilm, { hovered: { column, row: 0 } });
        clock = setTimeout(() => go(column + 1), PACE);
      };
      apply(updateFilm, { playing: true });
      go(from);
    },
  };
}
