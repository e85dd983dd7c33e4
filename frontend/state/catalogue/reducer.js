/**
 * What the service has to offer.
 *
 * @import { Example, Operation, OptimizerRecord } from "../../service/client.js"
 * @import { State } from "../state.js"
 *
 * @typedef {object} CatalogueState
 * @property {Example[]} examples
 * @property {string | null} example  the example that was chosen last
 * @property {Record<string, string>} symbols  of the operations
 * @property {OptimizerRecord[]} optimizers
 * @property {number} retention  so many days a run is kept that nobody touches; 0: for ever, or unknown
 */

import { exampleOf } from "../run/selectors.js";

/** @type {CatalogueState} */
export const initialCatalogue = {
  examples: [],
  example: null,
  symbols: {},
  optimizers: [],
  retention: 0,
};

/**
 * @param {State} state
 * @param {Operation[]} operations
 * @param {OptimizerRecord[]} optimizers
 * @returns {State}
 */
export function setCatalogue(state, operations, optimizers) {
  const symbols = Object.fromEntries(operations.map(({ name, symbol }) => [name, symbol ?? name]));
  return { ...state, symbols, optimizers };
}

/** @param {State} state @param {number} days @returns {State} */
export function setRetention(state, days) {
  return { ...state, retention: days };
}

/** @param {State} state @param {Example[]} examples @returns {State} */
export function setExamples(state, examples) {
  const next = { ...state, examples };
  const example = next.document && !next.example ? exampleOf(next, next.document) : next.example;
  return { ...next, example };
}
