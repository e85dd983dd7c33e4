/**
 * One immutable state, replaced by named pure functions.
 *
 * @import { State } from "./state.js"
 * @typedef
 *   {{get: () => State, apply: (reducer: (state: State, ...args: any[]) => State, ...args: any[]) => void}}
 *   Store
 */

/**
 * @template S
 * @param {S} initial
 */
export function createStore(initial) {
  let state = initial;
  /** @type {Set<(state: S) => void>} */
  const listeners = new Set();
  return {
    get: () => state,
    /** @template {unknown[]} A @param {(state: S, ...args: A) => S} reducer @param {A} args */
    apply(reducer, ...args) {
      const next = reducer(state, ...args);
      if (next === state) return;
      state = next;
      for (const listener of listeners) listener(state);
    },
    /** @param {(state: S) => void} listener */
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/**
 * The reducers of a module as commands, under the same names: each changes the state by its reducer.
 *
 * @template {Record<string, unknown>} R
 * @param {Store["apply"]} apply
 * @param {R} reducers what else the module exports is left out
 * @returns {{[K in keyof R as R[K] extends (state: State, ...args: any[]) => State ? K : never]: R[K] extends (state: State, ...args: infer A) => State ? (...args: A) => void : never}}
 */
export function bind(apply, reducers) {
  const functions = Object.entries(reducers).filter(([, reducer]) => typeof reducer === "function");
  return /** @type {any} */ (
    Object.fromEntries(
      functions.map(([name, reducer]) => [
        name,
        (/** @type {any[]} */ ...args) => apply(/** @type {any} */ (reducer), ...args),
      ]),
    )
  );
}
