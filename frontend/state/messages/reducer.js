/**
 * What the page says: what is going on, what just happened, and what went wrong.
 *
 * @import { Problem, Wire } from "../../lib/types.js"
 * @import { State } from "../state.js"
 * @typedef
 *   {{label: string, done: number, total: number, stop: boolean, pace?: {loss: Wire, speed: number, left: number | null}}}
 *   Busy
 *
 * @typedef {object} MessagesState
 * @property {Busy | null} busy
 * @property {string} status
 * @property {string} first  what is said before whatever is said next
 * @property {boolean} concern  what the status says went wrong by what was done last, which can be undone
 * @property {Problem | null} alert
 * @property {import("../../service/patience.js").Waiting} waiting  why reads wait, while they do
 */

/** @type {MessagesState} */
export const initialMessages = {
  busy: null,
  status: "",
  first: "",
  concern: false,
  alert: null,
  waiting: null,
};

/** What was said of an act before does not stay when one goes on. */
export const SILENT = { status: "", first: "", concern: false };

/** @param {State} state @param {Busy | null} busy @returns {State} */
export function setBusy(state, busy) {
  return { ...state, busy };
}

/** @param {State} state @returns {State} */
export function askToStop(state) {
  return state.busy ? { ...state, busy: { ...state.busy, stop: true } } : state;
}

/**
 * @param {State} state
 * @param {string} status
 * @param {boolean} [concern] something went wrong by what was done last
 * @returns {State}
 */
export function setStatus(state, status, concern = false) {
  const { first } = state;
  return { ...state, status: first ? `${first} ${status}` : status, first: "", concern };
}

/** What is said now, and again with what is said next. @param {State} state @param {string} first @returns {State} */
export function sayFirst(state, first) {
  return { ...state, status: first, first, concern: false };
}

/** @param {State} state @param {Problem | null} alert @returns {State} */
export function setAlert(state, alert) {
  return { ...state, alert };
}

/** @param {State} state @param {State["waiting"]} waiting @returns {State} */
export function setWaiting(state, waiting) {
  return { ...state, waiting };
}

/** @param {State} state @returns {State} */
export function dismissAlert(state) {
  return state.alert === null ? state : { ...state, alert: null };
}
