/**
 * The iteration as a list of lines: the program's own, and those that were derived.
 *
 * @import { Phase, Step } from "./types.js"
 * @typedef {object} Line
 * @property {string} key
 * @property {Phase} phase
 * @property {string} code       as it was written
 * @property {Step[]} steps      what it makes; none for an empty line or a comment
 */

/**
 * The lines of the program with the steps that they make, and a line for each step that was derived.
 *
 * @param {string} program
 * @param {Step[]} steps
 * @returns {Line[]}
 */
export function linesOf(program, steps) {
  const texts = program.split("\n");
  while (texts.length > 1 && !texts[texts.length - 1]) texts.pop();
  return [
    ...texts.map((code, at) => ({
      key: `line ${at}`,
      phase: /** @type {Phase} */ ("forward"),
      code,
      steps: steps.filter((step) => step.phase === "forward" && step.line === at + 1),
    })),
    ...steps
      .filter((step) => step.phase !== "forward")
      .map((step) => ({
        key: `step ${step.index}`,
        phase: step.phase,
        code: `${step.output} = ${step.code}`,
        steps: [step],
      })),
  ];
}
