/**
 * Where a run is at the service, and its version as a condition.
 *
 * @import { Version } from "./client.js"
 */

/** @param {string} id */
export function runPath(id) {
  return `/runs/${encodeURIComponent(id)}`;
}

/** @param {Version} known */
export function tag({ version }) {
  return `"${version}"`;
}
