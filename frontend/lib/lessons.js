/**
 * Lessons as data: how an answer is read from what was typed, and how far one is.
 *
 * @import { Judged, Place, QuestionAnswer } from "./answers.js"
 */

import { printShape, signed } from "./numbers.js";

/** Of a number that is given as the answer. */
const DIGITS = 4;

/** `x`, `w1.g`, `w1.g[2, 1]`: what a lesson calls a place. @param {Place} place */
export function placeName({ tensor, field, index }) {
  const end = { value: "", gradient: ".g", next: ".next" }[field];
  return `${tensor}${end}${index?.length ? `[${index.join(", ")}]` : ""}`;
}

/** `(10, 2)`, `10 2` and `10×2` are the same shape; null where it is none. @param {string} text */
export function readShape(text) {
  const inner = text
    .trim()
    .replace(/^[([]/, "")
    .replace(/[)\]]$/, "");
  const parts = inner.split(/[\s,x×]+/).filter(Boolean);
  return parts.every((part) => /^\d{1,9}$/.test(part)) ? parts.map(Number) : null;
}

/** A number or a fraction, as the service takes it, which knows what a comma means; null where it is neither. @param {string} text */
export function readNumber(text) {
  const written = text.trim().replaceAll("−", "-");
  return /^[+-]?(\d[\d,]*\.?\d*|[.,]\d+)(e[+-]?\d+)?( *\/ *\d+\.?\d*)?$/i.test(written)
    ? written
    : null;
}

/**
 * What was typed or chosen as the answer that the service judges, or in words what is missing.
 *
 * @param {QuestionAnswer} question
 * @param {{text: string, marked: string[]}} given
 * @returns {{answer: unknown} | {missing: string}}
 */
export function answerOf({ kind }, { text, marked }) {
  if (kind === "cells")
    return { answer: marked.map((at) => at.split(",").filter(Boolean).map(Number)) };
  if (kind === "shape") {
    const shape = readShape(text);
    return shape && text.trim()
      ? { answer: shape }
      : { missing: "Type a shape: the lengths of its axes." };
  }
  if (kind === "number") {
    const number = readNumber(text);
    return number ? { answer: number } : { missing: "Type a number, such as −0.5 or 1/3." };
  }
  return text.trim() ? { answer: text.trim() } : { missing: "Type a formula of named tensors." };
}

/**
 * The right answer as if one had typed, marked or chosen it.
 *
 * @param {Judged} verdict
 * @returns {{text?: string, marked?: string[], chosen?: number}}
 */
export function solutionIn({ solution }) {
  const { cells, choices, formula, shape, number } = solution ?? {};
  if (choices) return choices.length ? { chosen: choices[0] } : {};
  if (cells) return { marked: cells.map((index) => index.join()) };
  if (formula !== undefined) return { text: formula };
  if (shape) return { text: printShape(shape) };
  if (typeof number === "number")
    return { text: signed(String(Number(number.toPrecision(DIGITS)))) };
  return {};
}

/**
 * What the browser keeps of a lesson: where one is, what one has answered, and the run that it was
 * played on.
 *
 * @typedef {{at: number, settled: number[], run: string | null, done: boolean}} Progress
 */

/** What was kept, if it is that; anything else is no progress. @param {any} kept @returns {Progress | null} */
export function progressOf(kept) {
  if (typeof kept !== "object" || kept === null || !Number.isInteger(kept.at) || kept.at < 0)
    return null;
  const settled = Array.isArray(kept.settled) ? kept.settled.filter(Number.isInteger) : [];
  const run = typeof kept.run === "string" ? kept.run : null;
  return { at: kept.at, settled, run, done: kept.done === true };
}

/** How far one is, in words. @param {Progress | null} progress @param {number} chapters */
export function progressText(progress, chapters) {
  if (!progress) return "";
  return progress.done ? "done" : `${Math.min(progress.at + 1, chapters)} of ${chapters}`;
}

/** Is that a lesson rather than a document? @param {any} content */
export function isLesson(content) {
  return typeof content === "object" && content !== null && Array.isArray(content.chapters);
}

/** Does an address hold the whole lesson, or its name? @param {string} text */
export function isWholeLesson(text) {
  return text.startsWith("z.") || text.startsWith("eyJ");
}
