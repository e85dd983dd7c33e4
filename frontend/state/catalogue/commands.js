/**
 * What the service promises, read where one looks for it.
 *
 * @import { Client } from "../../service/client.js"
 * @import { Store } from "../store.js"
 */

import { setRetention } from "./reducer.js";

/** @param {Store} store @param {Client} client */
export function createCatalogue({ apply }, client) {
  /** @type {Promise<void> | null} */
  let asked = null;

  return {
    /** How long runs are kept; a service that does not say so keeps them, and is asked again. */
    readRetention() {
      asked ??= client.health().then(
        ({ retention_days: days }) => apply(setRetention, days ?? 0),
        () => void (asked = null),
      );
      return asked;
    },
  };
}
