/** What just happened. @import { State } from "../state/state.js" */

/** @param {State} state */
export function select({ status }) {
  return { status };
}

/** @param {ReturnType<typeof select>} props */
export function view({ status }) {
  return [status];
}
