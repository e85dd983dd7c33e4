/**
 * Which sample of a step that slides one tensor along another is on the screen, before one is picked.
 *
 * @typedef {{key: string, picks: import("../lib/slide.js").Letters, at: [number, number] | null}} Sliding
 *   `picks`: of letters that are summed over; `at`: row and column of what is laid, at which one points
 */

/** @type {Sliding} */
export const unslid = { key: "", picks: {}, at: null };
