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
 */

import { exampleOf } from "../run/selectors.js";

/** @type {CatalogueState} */
export const initialCatalogue = { examples: [], example: null, symbols: {}, optimizers: [] };

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

/** @param {State} state @param {Example[]} examples @returns {State} */
export function setExamples(state, examples) {
  const next = { ...state, examples };
  const example = next.document && !next.example ? exampleOf(next, next.document) : next.example;
  return { ...next, example };
}
