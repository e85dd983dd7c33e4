/**
 * One immutable state, replaced by named pure functions.
 * @template S
 * @param {S} initial
 */
export function createStore(initial) {
  let state = initial;
  /** @type {Set<(state: S) => void>} */
  const listeners = new Set();
  return {
    get: () => state,
    /** @template {unknown[]} A @param {(state: S, ...args: A) => S} action @param {A} args */
    apply(action, ...args) {
      const next = action(state, ...args);
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
