/**
 * The film strip: its rows, its pictures, and where one points.
 *
 * @import { Row } from "../../lib/film.js"
 * @import { Tensor } from "../../lib/types.js"
 * @import { State } from "../state.js"
 * @typedef {"compare" | "numbers" | "events"} FilmTab
 * @typedef {object} Film
 * @property {Row[] | null} rows  as they were chosen; null: as the page proposes
 * @property {Record<string, Tensor | null>} frames  null where there is no such tensor at that moment
 * @property {{column: number, row: number} | null} hovered
 * @property {boolean} playing
 * @property {FilmTab} tab
 */

/** @param {State} state @param {Partial<Film>} part @returns {State} */
export function updateFilm(state, part) {
  return { ...state, past: { ...state.past, film: { ...state.past.film, ...part } } };
}

/**
 * Pictures that came; those of long ago are forgotten.
 *
 * @param {State} state
 * @param {Record<string, Tensor | null>} frames
 * @returns {State}
 */
export function addFrames(state, frames) {
  const all = { ...state.past.film.frames, ...frames };
  const keys = Object.keys(all);
  const own =
    keys.length > MOST_FRAMES ? keys.filter((key) => key.startsWith(`${state.run?.id}|`)) : keys;
  return updateFilm(state, {
    frames: Object.fromEntries(own.slice(-MOST_FRAMES).map((key) => [key, all[key]])),
  });
}

const MOST_FRAMES = 1200;
