/**
 * What the browser keeps for this page: its own runs, the theme, and how far one is in each lesson;
 * for this tab alone, the step. Works without, where the browser keeps nothing.
 *
 * @import { Progress } from "../lib/lessons.js"
 * @import { Theme } from "../state/settings/reducer.js"
 * @typedef {{id: string, title: string, opened: string}} OwnRun
 */

import { progressOf } from "../lib/lessons.js";

const RUNS = "backprop-explorer.runs";

const THEME = "backprop-explorer.theme";

const VISITED = "backprop-explorer.visited";

const LESSONS = "backprop-explorer.lessons";

const STEP = "backprop-explorer.step";

const MOST = 30;

/** @param {() => Storage} storage  may throw */
function entries(storage) {
  return {
    /** @param {string} key @returns {unknown} */
    read(key) {
      try {
        return JSON.parse(storage().getItem(key) ?? "null");
      } catch {
        return null;
      }
    },
    /** @param {string} key @param {unknown} value */
    write(key, value) {
      try {
        storage().setItem(key, JSON.stringify(value));
      } catch {
        // A full or forbidden storage costs only the memory.
      }
    },
  };
}

/**
 * Where this tab is: a reload, or a way back from another page, leads to the same step.
 *
 * @param {() => Storage} storage  may throw
 */
export function tabMemory(storage) {
  const { read, write } = entries(storage);
  return {
    /** @param {string} run @param {number} step */
    keepStep: (run, step) => write(STEP, { run, step }),
    /** @param {string} run @returns {number | null} */
    step(run) {
      const kept = /** @type {any} */ (read(STEP));
      return kept?.run === run && Number.isInteger(kept.step) && kept.step >= 0 ? kept.step : null;
    },
  };
}

/** @param {() => Storage} storage  may throw */
export function memory(storage) {
  const { read, write } = entries(storage);
  /** @returns {OwnRun[]} */
  const runs = () => {
    const list = read(RUNS);
    return Array.isArray(list)
      ? list.filter((run) => typeof run?.id === "string" && typeof run?.title === "string")
      : [];
  };
  return {
    runs,
    /** @param {string} id @param {string} title @param {string | null} [instead] */
    addRun: (id, title, instead = null) =>
      write(
        RUNS,
        [
          { id, title, opened: new Date().toISOString() },
          ...runs().filter((run) => run.id !== id && run.id !== instead),
        ].slice(0, MOST),
      ),
    /** @returns {Record<string, Progress>} */
    lessons() {
      const kept = read(LESSONS);
      const entries = typeof kept === "object" && kept !== null ? Object.entries(kept) : [];
      return Object.fromEntries(
        entries.flatMap(([name, one]) => {
          const progress = progressOf(one);
          return progress ? [[name, progress]] : [];
        }),
      );
    },
    /** @param {Record<string, Progress>} progress */
    keepLessons: (progress) => write(LESSONS, progress),
    /** @returns {Theme} */
    theme() {
      const theme = read(THEME);
      return theme === "light" || theme === "dark" ? theme : "system";
    },
    /** Has the page been here before? From now on it has. */
    visited() {
      const before = read(VISITED) === true;
      write(VISITED, true);
      return before;
    },
    /** @param {Theme} theme */
    setTheme: (theme) => write(THEME, theme),
  };
}
